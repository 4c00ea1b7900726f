"""Over the curves: what each plot shows, and the switches of their axes."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtWidgets import QHBoxLayout, QLabel, QToolButton, QWidget

from sandbox.gui.panels.plotaxes import LEFT_WIDTH
from sandbox.gui.panels.typeface import SMALL_PX

if TYPE_CHECKING:
    from sandbox.gui.palette import Palette
    from sandbox.tasks.base import Task


class CurvesHead(QWidget):
    """A title over each plot; the loss' has the switches, which hold for both."""

    def __init__(self) -> None:
        super().__init__()
        self.loss_title, self.accuracy_title = QLabel("loss"), QLabel("accuracy")
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
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(0)
        row.addLayout(_part(self.loss_title, self.log_button, self.time_button), 1)
        row.addLayout(_part(self.accuracy_title), 1)

    def name(self, task: Task) -> None:
        """What loss and accuracy are for this task."""
        regression = task.loss == "squared_error"
        loss = "squared error" if regression else "cross-entropy, nats"
        self.loss_title.setText(f"loss: {loss}")
        self.accuracy_title.setText(_share_meaning(task))


def head_style(palette: Palette) -> str:
    """The style sheet of titles and switches."""
    return (
        f"#curves_loss_name, #curves_accuracy_name {{ color: {palette.text};"
        f" font-size: {SMALL_PX}px; font-weight: bold; }}"
        f"#curves_log, #curves_by_time {{ color: {palette.quiet}; background: {palette.panel};"
        f" border: 1px solid {palette.hairline}; border-radius: 4px; padding: 0 6px;"
        f" font-size: {SMALL_PX}px; }}"
        f"#curves_log:checked, #curves_by_time:checked {{ color: {palette.ground};"
        f" background: {palette.text}; }}"
        f"#curves_log:focus, #curves_by_time:focus {{ border-color: {palette.text}; }}"
    )


def _part(*widgets: QWidget) -> QHBoxLayout:
    part = QHBoxLayout()
    part.setContentsMargins(LEFT_WIDTH, 0, 0, 0)
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


def _share_meaning(task: Task) -> str:
    if task.loss == "cross_entropy":
        return "accuracy: share of right answers"
    return f"share of answers within {task.correct_within:g}"
