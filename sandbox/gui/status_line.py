"""The status bar: the run's state in words, and the numbers under the mouse."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtGui import QPaintEvent, QPainter
from PySide6.QtWidgets import QLabel, QProgressBar, QSizePolicy, QStatusBar

from sandbox.gui.theme import TEXT_PX, figures


class StatusLine(QStatusBar):
    """A busy indicator while the engine warms up, the phase, and a readout at the right."""

    def __init__(self) -> None:
        super().__init__()
        self.setAccessibleName("Status")
        self._busy = QProgressBar()
        self._busy.setRange(0, 0)
        self._busy.setFixedSize(64, 4)
        self._busy.setTextVisible(False)
        self._busy.setAccessibleName("Warming up")
        self._busy.setToolTip("The engine is being made ready; this takes longest the first time.")
        self._phase, self._readout = QLabel(), Elided()
        self._phase.setAccessibleName("State of the run")
        self._readout.setAccessibleName("Numbers of the marked step")
        self._readout.setFont(figures(TEXT_PX))
        self._readout.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        self.addWidget(self._busy)
        self.addWidget(self._phase)
        self.addPermanentWidget(self._readout, 1)
        self.setSizeGripEnabled(False)
        self.setContentsMargins(8, 0, 8, 0)
        self._phase.setContentsMargins(0, 4, 24, 4)

    def show_phase(self, words: str, busy: bool) -> None:
        """The run's state, and whether the indicator moves."""
        self._phase.setText(words)
        self._busy.setVisible(busy)

    def show_readout(self, words: str) -> None:
        """What is under the mouse."""
        self._readout.setText(words)
        self._readout.setToolTip(words)


class Elided(QLabel):
    """One line that ends in an ellipsis where it does not fit."""

    def __init__(self) -> None:
        super().__init__()
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw what fits."""
        painter = QPainter(self)
        painter.setFont(self.font())
        words = self.fontMetrics().elidedText(
            self.text(), Qt.TextElideMode.ElideRight, self.width()
        )
        painter.drawText(self.rect(), self.alignment(), words)
        painter.end()
