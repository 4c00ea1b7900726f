"""The status bar: the run's state in words, and the numbers under the mouse."""

from __future__ import annotations

from PySide6.QtCore import Qt, QTimer
from PySide6.QtGui import QColor, QCursor, QPainter, QPaintEvent
from PySide6.QtWidgets import (
    QApplication,
    QLabel,
    QProgressBar,
    QSizePolicy,
    QStatusBar,
    QToolButton,
    QWidget,
)

from sandbox.drawing.styles import DARK, Palette
from sandbox.gui.look.typeface import TEXT_PX, fit
from sandbox.gui.widgets.parts import named

GAP = 24
TIP_MS = 300  # between looks at whether a tip's button is still pointed at
REMARK_MS = 4000  # a remark is shown so long, even while a step is marked


class StatusLine(QStatusBar):
    """A busy bar while kernels are compiled, the state of the run, a readout, and an aside.

    aside: a button at the right end, hidden while there is nothing to say.
    """

    def __init__(self) -> None:
        super().__init__()
        self.setAccessibleName("Status")
        self._busy = QProgressBar(minimum=0, maximum=0, textVisible=False)
        fit(self._busy, width=64, height=4)
        tip = "The engine is getting ready; this takes longest the first time."
        named(self._busy, "Warming up", tip)
        self._words = self._numbers = self._news = ""
        self._bad, self._palette = False, DARK
        self._fresh = QTimer(self, singleShot=True, interval=REMARK_MS)
        self._fresh.timeout.connect(self._show_words)
        self._phase, self._readout = QLabel(), Elided()
        self._phase.setAccessibleName("State of the run")
        self._readout.setAccessibleName("Numbers of the marked step")
        fit(self._readout, type=TEXT_PX)
        self._readout.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        self.addWidget(self._busy)
        self.addWidget(self._phase)
        self.addPermanentWidget(self._readout, 1)
        self.aside = named(QToolButton(), "Aside", "What goes on beside the training.")
        self.aside.setProperty("role", "small")
        self.aside.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
        self.aside.hide()
        self.addPermanentWidget(self.aside)
        self.messageChanged.connect(self._make_room)
        self._pointed: QWidget | None = None  # what a tip is about
        self._watch = QTimer(self, interval=TIP_MS)
        self._watch.timeout.connect(self._end_tip)
        self.setSizeGripEnabled(False)
        self.setContentsMargins(8, 0, 8, 0)
        self._phase.setContentsMargins(0, 4, 24, 4)

    def show_phase(self, words: str, busy: bool) -> None:
        """Show the state of the run, and the busy bar or none."""
        self._words = words
        self._busy.setVisible(busy)
        self._show_words()

    def show_news(self, words: str, bad: bool) -> None:
        """Show the latest event on the right while no step is marked."""
        self._news, self._bad = words, bad
        self._show_words()

    def show_remark(self, words: str) -> None:
        """Show what the program has just done, for a moment even while a step is marked."""
        self._fresh.start()
        self.show_news(words, False)

    def show_readout(self, words: str) -> None:
        """Show the numbers of the marked step."""
        self._numbers = words
        self._show_words()

    def set_palette(self, palette: Palette) -> None:
        """Draw in these colours."""
        self._palette = palette
        self._show_words()

    def _make_room(self, tip: str) -> None:
        """Show the tip of a menu's item or a button for as long as it is pointed at."""
        self._readout.setVisible(not tip)
        if tip:
            self._pointed = QApplication.widgetAt(QCursor.pos())
            self._watch.start()
        else:
            self._watch.stop()

    def _end_tip(self) -> None:
        """End a tip whose button was disabled under the mouse, since it gets no leave event."""
        pointed = QApplication.widgetAt(QCursor.pos())
        if pointed is not self._pointed or (pointed is not None and not pointed.isEnabled()):
            self.clearMessage()

    def _show_words(self) -> None:
        numbers = "" if self._fresh.isActive() else self._numbers
        state, _, _ = self._words.partition(": ")
        self._phase.setText(state if numbers else self._words)
        self._phase.setToolTip(self._words)
        bad = self._bad and not numbers
        self._readout.setText(numbers or self._news)
        self._readout.setToolTip(self._news)
        self._readout.color = QColor(self._palette.wrong if bad else self._palette.text)


class Elided(QLabel):
    """One line in one colour, with an ellipsis if it does not fit."""

    def __init__(self) -> None:
        super().__init__()
        self.color = QColor(DARK.text)
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw as much as fits."""
        painter = QPainter(self)
        painter.setFont(self.font())
        painter.setPen(self.color)
        room = self.width() - GAP
        words = self.fontMetrics().elidedText(self.text(), Qt.TextElideMode.ElideRight, room)
        painter.drawText(self.rect().adjusted(GAP, 0, 0, 0), self.alignment(), words)
        painter.end()
