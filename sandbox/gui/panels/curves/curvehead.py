"""Over the curves: what each plot shows, and the switches of their axes."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QPainter
from PySide6.QtWidgets import QHBoxLayout, QLabel, QToolButton, QWidget

from sandbox.gui.look.typeface import SMALL_PX
from sandbox.gui.panels.curves.plotaxes import LEFT_WIDTH

if TYPE_CHECKING:
    from collections.abc import Mapping

    from PySide6.QtGui import QPaintEvent

    from sandbox.drawing.styles import Palette
    from sandbox.tasks.base import Task

LEAST_PX, RIGHT_PX = 60, 12
LOSSES: Mapping[str, str] = {
    "cross_entropy": "cross-entropy, nats",
    "squared_error": "squared error",
    "legal_symbols": "binary cross-entropy a symbol, nats",
}


class CurvesHead(QWidget):
    """A title over each plot; the loss' has the switches, which hold for both."""

    def __init__(self) -> None:
        super().__init__()
        self._task: Task | None = None
        self.loss_title, self.accuracy_title = Title("loss"), Title("accuracy")
        self.loss_title.setObjectName("curves_loss_name")
        self.accuracy_title.setObjectName("curves_accuracy_name")
        self.log_button = _switch(
            "log", "Logarithmic loss axis", "Show the loss on a logarithmic axis"
        )
        self.log_button.setObjectName("curves_log")
        self.time_button = _switch(
            "by time", "Curves over time", "Show all curves over seconds of training, not steps"
        )
        self.time_button.setObjectName("curves_by_time")
        self.beyond_button = _switch(
            "generalisation",
            "Generalisation curves",
            "Show how each net does where it is not trained: dashed, with hollow markers",
        )
        self.beyond_button.setObjectName("curves_beyond")
        self.beyond_button.setChecked(True)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(0)
        row.addLayout(_part(self.loss_title, self.log_button, self.time_button), 1)
        row.addLayout(_part(self.accuracy_title, self.beyond_button), 1)

    def name(self, task: Task) -> None:
        """What loss, accuracy and generalisation are for this task."""
        if task is self._task:
            return
        self._task = task
        self.loss_title.say(f"loss: {LOSSES[task.loss]}")
        self.accuracy_title.say(share_meaning(task), share_in_short(task))
        self.beyond_button.setVisible(task.generalisation is not None)
        self.beyond_button.setToolTip(
            f"Show how each net does where it is not trained ({task.generalisation}): dashed, "
            "with hollow markers"
        )


class Title(QLabel):
    """Words, or shorter ones where there is little room; the tool tip says all of them."""

    def __init__(self, words: str) -> None:
        super().__init__(words)
        self._shorter = words

    def say(self, words: str, shorter: str = "") -> None:
        """Say this from now on."""
        self.setText(words)
        self.setToolTip(words)
        self._shorter = shorter or words

    def minimumSizeHint(self) -> QSize:
        """It can do with little."""
        return QSize(LEAST_PX, super().minimumSizeHint().height())

    def paintEvent(self, event: QPaintEvent) -> None:
        """As much as there is room for."""
        painter, elide = QPainter(self), Qt.TextElideMode.ElideRight
        fits = self.fontMetrics().horizontalAdvance(self.text()) <= self.width()
        words = self.text() if fits else self._shorter
        words = self.fontMetrics().elidedText(words, elide, self.width())
        painter.setPen(self.palette().color(self.foregroundRole()))
        painter.drawText(self.rect(), Qt.AlignmentFlag.AlignVCenter, words)
        painter.end()


def head_style(palette: Palette) -> str:
    """The style sheet of titles and switches."""
    switches = ("#curves_log", "#curves_by_time", "#curves_beyond")
    checked, focused = (
        ", ".join(f"{s}:{state}" for s in switches) for state in ("checked", "focus")
    )
    return (
        f"#curves_loss_name, #curves_accuracy_name {{ color: {palette.text};"
        f" font-size: {SMALL_PX}px; font-weight: bold; }}"
        f"{', '.join(switches)} {{ color: {palette.quiet}; background: {palette.panel};"
        f" border: 1px solid {palette.edge}; border-radius: 4px; padding: 0 6px;"
        f" font-size: {SMALL_PX}px; }}"
        f"{checked} {{ color: {palette.ground}; background: {palette.text}; }}"
        f"{focused} {{ border-color: {palette.text}; }}"
    )


def _part(*widgets: QWidget) -> QHBoxLayout:
    part = QHBoxLayout()
    part.setContentsMargins(LEFT_WIDTH, 0, RIGHT_PX, 0)
    part.setSpacing(12)
    for widget in widgets:
        part.addWidget(widget)
    part.addStretch(1)
    return part


def _switch(words: str, name: str, tip: str) -> QToolButton:
    button = QToolButton()
    button.setText(words)
    button.setCheckable(True)
    button.setAccessibleName(name)
    button.setToolTip(tip)
    return button


def share_meaning(task: Task) -> str:
    """What the accuracy is the share of, and what its markers are, where that is another."""
    words = {
        "cross_entropy": "accuracy: share of right answers",
        "squared_error": f"share of answers within {task.correct_within:g}",
        "legal_symbols": "share of steps with all legal symbols above the others",
    }[task.loss]
    return f"{words}; markers: of whole sequences" if task.whole_sequences else words


def share_in_short(task: Task) -> str:
    """The same in fewer words."""
    words = {
        "cross_entropy": "right answers",
        "squared_error": f"within {task.correct_within:g}",
        "legal_symbols": "all legal symbols on top",
    }[task.loss]
    return f"{words}; markers: whole sequences" if task.whole_sequences else words
