"""Over the curves: what each plot shows, the switches of their axes, and the way out of a zoom."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QPainter
from PySide6.QtWidgets import QHBoxLayout, QLabel, QWidget

from sandbox.drawing.curve_axes import LOSS_UNITS, accuracy_meanings
from sandbox.drawing.styles import GENERALISATION
from sandbox.gui.look.typeface import px
from sandbox.gui.panels.curves.curve_plot import LEFT_WIDTH
from sandbox.gui.panels.shared.panel import small_button, small_switch
from sandbox.gui.widgets.parts import fill

if TYPE_CHECKING:
    from PySide6.QtGui import QPaintEvent

    from sandbox.tasks.base import Task

LEAST_PX, RIGHT_PX = 60, 12
_BEYOND_TIP = (
    "Show how each net does on sequences that it is not trained on{}: {}, with hollow markers"
)
_ALL_TIP = (
    "Only part of training is shown. Click here, double-click the curves or press Home to show all "
    "of it."
)


class CurvesHead(QWidget):
    """A title over each plot; the loss' has the switches, which hold for both."""

    def __init__(self) -> None:
        super().__init__()
        self._task: Task | None = None
        self.loss_title, self.accuracy_title = Title("loss"), Title("accuracy")
        self.log_button = small_switch(
            "curves_log", "log", "Logarithmic loss axis", "Show the loss on a logarithmic axis"
        )
        tip = "Show all curves over seconds of training, not steps"
        self.time_button = small_switch("curves_by_time", "by time", "Curves over time", tip)
        tip = _BEYOND_TIP.format("", GENERALISATION.word)
        self.beyond_button = small_switch(
            "curves_beyond", "generalisation", "Generalisation curves", tip, checked=True
        )
        self.all_button = small_button(
            "curves_show_all", "zoomed: show all", "Show all of training", _ALL_TIP
        )
        self.all_button.hide()
        over_loss = (self.loss_title, self.log_button, self.time_button, self.all_button, None)
        over_accuracy = (self.accuracy_title, self.beyond_button, None)
        self._parts = [
            fill(QHBoxLayout(), *widgets, spacing=12) for widgets in (over_loss, over_accuracy)
        ]
        row = fill(QHBoxLayout(self), *self._parts, spacing=0)
        row.setStretch(0, 1)
        row.setStretch(1, 1)

    def name(self, task: Task) -> None:
        """Say what loss, accuracy and generalisation are for this task."""
        if task is self._task:
            return
        self._task = task
        self.loss_title.say(f"loss: {LOSS_UNITS[task.loss]}")
        self.accuracy_title.say(*accuracy_meanings(task))
        self.beyond_button.setVisible(task.generalisation is not None)
        where = f" ({task.split_title(task.generalisation or '')})"
        self.beyond_button.setToolTip(_BEYOND_TIP.format(where, GENERALISATION.word))

    def refit(self) -> None:
        """Stand over the plots at the type size now in force."""
        for part in self._parts:
            part.setContentsMargins(px(LEFT_WIDTH), 0, RIGHT_PX, 0)


class Title(QLabel):
    """Words, or shorter ones where there is little room; the tool tip says all of them."""

    def __init__(self, words: str) -> None:
        super().__init__(words)
        self.setProperty("role", "plot")
        self._shorter = words

    def say(self, words: str, shorter: str = "") -> None:
        """Say this from now on."""
        self.setText(words)
        self.setToolTip(words)
        self._shorter = shorter or words

    def minimumSizeHint(self) -> QSize:
        """A few pixels: it is elided."""
        return QSize(px(LEAST_PX), super().minimumSizeHint().height())

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint as much as fits."""
        painter, measure = QPainter(self), self.fontMetrics()
        fits = measure.horizontalAdvance(self.text()) <= self.width()
        words = self.text() if fits else self._shorter
        words = measure.elidedText(words, Qt.TextElideMode.ElideRight, self.width())
        painter.setPen(self.palette().color(self.foregroundRole()))
        painter.drawText(self.rect(), Qt.AlignmentFlag.AlignVCenter, words)
        painter.end()
