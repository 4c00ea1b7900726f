"""The parts around the table of runs: a page for no runs, a notice, and the bar below."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QFrame, QHBoxLayout, QPushButton, QVBoxLayout, QWidget

from sandbox.gui.history.history_actions import BUTTONS
from sandbox.gui.look.typeface import fit
from sandbox.gui.session.overlays import MOST_OVERLAYS
from sandbox.gui.widgets.actions import bind
from sandbox.gui.widgets.controls import QuietComboBox
from sandbox.gui.widgets.parts import fill, label, named, paragraph, push_button
from sandbox.run.words import counted
from sandbox.store.budget import in_units

if TYPE_CHECKING:
    from collections.abc import Mapping

    from PySide6.QtGui import QAction

    from sandbox.store.base import Usage

READING = ("Reading the runs …", "")
NO_RUNS = ("No runs yet", "Every run that takes a training step is stored and listed here.")
WORDS_PX = 460
BUDGETS = tuple(round(size * 1e9) for size in (0.5, 1, 2, 5, 10, 20, 50))
BUDGET_TIP = (
    "The most disk space that stored runs may take. Beyond it, the oldest runs without a star give "
    "up their checkpoints; curves are never deleted."
)


class EmptyPage(QWidget):
    """A heading, a sentence and a button, in place of an empty table."""

    def __init__(self) -> None:
        super().__init__()
        self.setObjectName("empty_page")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.heading, self.sentence = label(role="large"), paragraph("", "quiet")
        fit(self.sentence, width=WORDS_PX)
        self.button = QPushButton()
        column = fill(QVBoxLayout(self), None, spacing=8)
        for widget in (self.heading, self.sentence, self.button):
            column.addWidget(widget, 0, Qt.AlignmentFlag.AlignHCenter)
        column.addStretch(1)
        for words in (self.heading, self.sentence):
            words.setAlignment(Qt.AlignmentFlag.AlignHCenter)
        self.say(*READING)

    def say_why(self, stored: int) -> None:
        """Say why no run is listed, of that many in the store."""
        if not stored:
            self.say(*NO_RUNS)
        else:
            words = f"{counted(stored, 'run')} {'is' if stored == 1 else 'are'} stored."
            self.say("No matching runs", words, "List every run")

    def say(self, heading: str, sentence: str, button: str = "") -> None:
        """Show a heading, a sentence and a button; "" for none."""
        self.heading.setText(heading)
        self.sentence.setText(sentence)
        self.sentence.setVisible(bool(sentence))
        self.button.setText(button)
        self.button.setAccessibleName(button)
        self.button.setToolTip(f"{button}." if button else "")
        self.button.setVisible(bool(button))


class NoticeBar(QFrame):
    """Says what has just been done, with a button that undoes it if possible."""

    def __init__(self) -> None:
        super().__init__()
        self.setObjectName("notice")
        self.words = paragraph("")
        self.words.setAccessibleName("Notice")
        self.undo_button = push_button("Undo", "Undo the last deletion or change (Ctrl+Z).")
        close_button = push_button("Dismiss", "Close this notice.")
        close_button.clicked.connect(self.hide)
        parts = self.words, self.undo_button, close_button
        fill(QHBoxLayout(self), *parts, spacing=8, margins=(12, 6, 12, 6), wide=self.words)
        self.hide()

    def say(self, words: str, undo: bool = False) -> None:
        """Show these words; undo: with a button that undoes what was done."""
        self.words.setText(words)
        self.words.setAccessibleDescription(words)
        self.undo_button.setVisible(undo)
        self.show()


class BottomBar(QWidget):
    """Buttons for the selected runs, the number of runs drawn, and the axis of their curves."""

    axis_changed = Signal(str)  # "step" or "time"

    def __init__(self, actions: Mapping[str, QAction]) -> None:
        super().__init__()
        self.setObjectName("button_bar")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        buttons = []
        for name in BUTTONS:
            button = QPushButton()
            bind(button, actions[name], actions[name].text())
            buttons.append(button)
        self.count = label(role="quiet")
        self.count.setAccessibleName("Runs drawn with the current one")
        self.none_button = push_button("Hide all", "Draw only the curves of the current run.")
        axis_tip = "Draw the curves over training steps or over seconds of training."
        axis = named(QuietComboBox(), "Axis of the curves", axis_tip)
        axis.addItem("by step", "step")
        axis.addItem("by time", "time")
        axis.currentIndexChanged.connect(lambda: self.axis_changed.emit(axis.currentData()))
        self.disk = DiskBudget()
        parts = (*buttons, None, self.count, self.none_button, axis, 12, self.disk)
        fill(QHBoxLayout(self), *parts, spacing=8, margins=(12, 8, 12, 8))
        self.show_count(0)

    def show_count(self, shown: int) -> None:
        """Show how many runs are drawn with the current one."""
        words = f"{shown} of at most {MOST_OVERLAYS} runs drawn"
        self.count.setText(words if shown else "no other runs drawn")
        self.none_button.setEnabled(bool(shown))


class DiskBudget(QWidget):
    """How much disk the stored runs take, and the most that they may take."""

    def __init__(self) -> None:
        super().__init__()
        self.used = label(role="quiet")
        self.limit = named(QuietComboBox(), "Disk budget", BUDGET_TIP)
        for size in BUDGETS:
            self.limit.addItem(in_units(size), size)
        fill(QHBoxLayout(self), self.used, self.limit, spacing=4)
        self.hide()

    def show_usage(self, usage: Usage) -> None:
        """Show the bytes used and the budget in force."""
        self.used.setText(f"{in_units(usage.used)} of")
        self.used.setAccessibleName(f"Stored runs take {in_units(usage.used)}")
        if self.limit.findData(usage.budget) < 0:
            self.limit.addItem(in_units(usage.budget), usage.budget)
        self.limit.setCurrentIndex(self.limit.findData(usage.budget))
        self.show()
