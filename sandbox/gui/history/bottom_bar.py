"""Below the runs: what to do with the chosen ones, and how many are drawn beside the live one."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QLabel, QPushButton, QWidget

from sandbox.gui.history.history_actions import ACTIONS
from sandbox.gui.history.model import MOST_SHOWN
from sandbox.gui.widgets.controls import QuietComboBox
from sandbox.gui.widgets.dialogs import push_button

if TYPE_CHECKING:
    from collections.abc import Mapping

    from PySide6.QtGui import QAction

AXES = {"by step": "step", "by time": "time"}


class BottomBar(QWidget):
    """A button a each, then the number of runs that are shown and the axis of their curves."""

    axis_changed = Signal(str)  # "step" or "time"
    none_wanted = Signal()

    def __init__(self, actions: Mapping[str, QAction]) -> None:
        super().__init__()
        self.setObjectName("button_bar")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        row = QHBoxLayout(self)
        row.setContentsMargins(12, 8, 12, 8)
        row.setSpacing(8)
        self._actions = {each.name: actions[each.name] for each in ACTIONS if each.button}
        self._buttons: dict[str, QPushButton] = {}
        for name, action in self._actions.items():
            button = push_button(action.text(), action.toolTip())
            button.clicked.connect(action.trigger)
            self._buttons[name] = button
            row.addWidget(button)
        self.count = QLabel()
        self.count.setProperty("role", "quiet")
        self.count.setAccessibleName("Runs shown beside the live one")
        self.none_button = push_button("Hide all", "Draw the live curves alone.")
        self.none_button.clicked.connect(self.none_wanted)
        self.axis = QuietComboBox()
        self.axis.addItems(list(AXES))
        self.axis.setAccessibleName("Axis of the curves")
        self.axis.setToolTip("Draw curves over training steps, or over the time spent training.")
        self.axis.currentTextChanged.connect(self._tell_axis)
        row.addStretch(1)
        for widget in (self.count, self.none_button, self.axis):
            row.addWidget(widget)
        self.show_count(0)

    def follow_actions(self) -> None:
        """A button can be pressed where its action can be taken."""
        for name, button in self._buttons.items():
            button.setEnabled(self._actions[name].isEnabled())

    def show_count(self, shown: int) -> None:
        """How many runs are drawn beside the live one."""
        words = f"{shown} of {MOST_SHOWN} shown beside the live run"
        self.count.setText(words if shown else "no run shown beside the live one")
        self.none_button.setEnabled(bool(shown))

    def _tell_axis(self, words: str) -> None:
        self.axis_changed.emit(AXES[words])
