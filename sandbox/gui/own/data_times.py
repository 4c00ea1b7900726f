"""The line about the times of rows, and one click that brings them to an even step."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QPushButton, QWidget

from sandbox.gui.look.typeface import fit
from sandbox.gui.widgets.parts import BriefLabel, fill, named
from sandbox.reading.steps import is_uneven, usual_step
from sandbox.reading.words import RULES, even_in_words, times_in_words

if TYPE_CHECKING:
    from sandbox.reading.recipe import Recipe
    from sandbox.reading.table import Table

BUTTON_PX = 28
BRING, LEAVE = "Bring to {}", "Rows as they stand"
LEAVE_TIP = "Read the rows as they stand in the file, at their own times."


class TimesLine(QWidget):
    """First and last time, step, gaps and doubles; a button where the rows are uneven."""

    wanted = Signal(str)  # a step, or "" for the rows as they stand

    def __init__(self) -> None:
        super().__init__()
        self.words, self.button = BriefLabel(role="quiet"), QPushButton()
        fit(self.button, height=BUTTON_PX)
        policy = self.button.sizePolicy()
        policy.setRetainSizeWhenHidden(True)
        self.button.setSizePolicy(policy)
        self._step = ""
        self.button.clicked.connect(lambda: self.wanted.emit(self._step))
        fill(QHBoxLayout(self), self.words, self.button, spacing=8, wide=self.words)
        self.clear()

    def clear(self) -> None:
        """Say nothing."""
        self.words.say("")
        self.button.hide()

    def show_table(self, found: Table, plotted: Table, recipe: Recipe) -> None:
        """Say how the rows of a table lie, or how they were brought to the recipe's step."""
        self.words.say(even_in_words(plotted, recipe) if recipe.every else times_in_words(found))
        if recipe.every:
            rule = RULES[recipe.resample or "mean"]
            self.words.setToolTip(f"{self.words.text()}. A row has {rule}.")
        self._step = "" if recipe.every or not is_uneven(found) else usual_step(found)
        self.button.setVisible(bool(recipe.every or self._step))
        words = BRING.format(self._step) if self._step else LEAVE
        self.button.setText(words)
        named(self.button, words, self._tip(recipe) if self._step else LEAVE_TIP)

    def _tip(self, recipe: Recipe) -> str:
        rule = RULES[recipe.resample or "mean"]
        return (
            f"A row every {self._step.removeprefix('1 ')}, which has {rule}; steps without rows "
            "are missing. “a step has” at the left chooses another rule."
        )
