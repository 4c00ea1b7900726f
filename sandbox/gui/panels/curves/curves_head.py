"""Over the curves: what each plot shows, the switches of their axes, and the way out of a zoom."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtWidgets import QHBoxLayout, QWidget

from sandbox.drawing.curve_axes import accuracy_meanings, loss_levels, loss_meanings
from sandbox.drawing.styles import GENERALISATION
from sandbox.gui.look.typeface import px
from sandbox.gui.panels.curves.curve_plot import LEFT_WIDTH
from sandbox.gui.panels.shared.panel import small_button, small_switch
from sandbox.gui.widgets.parts import BriefLabel, fill

if TYPE_CHECKING:
    from sandbox.tasks.base import Task

RIGHT_PX = 12
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
        self.loss_title, self.accuracy_title = BriefLabel("loss"), BriefLabel("accuracy")
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
        self.loss_title.say(*loss_meanings(task))
        levels = (level.labels[0] for level in loss_levels(task) if level.units)
        self.loss_title.setToolTip("\n".join([loss_meanings(task)[0], *levels]))
        self.accuracy_title.say(*accuracy_meanings(task))
        self.beyond_button.setVisible(task.generalisation is not None)
        where = f" ({task.split_title(task.generalisation or '')})"
        self.beyond_button.setToolTip(_BEYOND_TIP.format(where, GENERALISATION.word))

    def refit(self) -> None:
        """Stand over the plots at the type size now in force."""
        for part in self._parts:
            part.setContentsMargins(px(LEFT_WIDTH), 0, RIGHT_PX, 0)
