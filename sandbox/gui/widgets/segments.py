"""A row of buttons for choices, one of them in force."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QSizePolicy, QToolButton, QWidget

from sandbox.gui.widgets.parts import fill, named

if TYPE_CHECKING:
    from collections.abc import Mapping

    from PySide6.QtGui import QKeyEvent


class Segments(QWidget):
    """One button per choice; Tab stops at the one in force, Up and Down move to its neighbours.

    name: the accessible name of the row.   tips: what each choice does, by its text.
    """

    chosen = Signal(str)

    def __init__(self, name: str, tips: Mapping[str, str]) -> None:
        super().__init__()
        self.setAccessibleName(name)
        self._buttons = {
            words: Segment(words, f"{name} {words}", tip) for words, tip in tips.items()
        }
        for button in self._buttons.values():
            button.clicked.connect(self._choose)
            button.stepped.connect(self._step)
        fill(QHBoxLayout(self), *self._buttons.values(), spacing=0)
        self._first.setProperty("first", True)
        self.choose(next(iter(tips)))

    def choose(self, words: str | None) -> None:
        """Mark the choice in force; None for none of them."""
        for each, button in self._buttons.items():
            button.setChecked(each == words)
            tabbed = each == words or (words is None and button is self._first)
            policy = Qt.FocusPolicy.StrongFocus if tabbed else Qt.FocusPolicy.ClickFocus
            button.setFocusPolicy(policy)

    def button(self, words: str) -> Segment:
        """The button of a choice."""
        return self._buttons[words]

    @property
    def chosen_words(self) -> str | None:
        """The choice in force."""
        return next((words for words, b in self._buttons.items() if b.isChecked()), None)

    @property
    def entry(self) -> Segment:
        """The button at which Tab stops."""
        return self._buttons.get(self.chosen_words or "", self._first)

    @property
    def _first(self) -> Segment:
        return next(iter(self._buttons.values()))

    def _choose(self) -> None:
        button = self.sender()
        assert isinstance(button, Segment)
        button.setChecked(True)  # a second click does not clear the choice
        self.chosen.emit(button.text())

    def _step(self, by: int) -> None:
        shown = [b for b in self._buttons.values() if not b.isHidden()]
        place = shown.index(self.entry) + by
        if 0 <= place < len(shown):
            shown[place].setFocus(Qt.FocusReason.OtherFocusReason)
            shown[place].click()


class Segment(QToolButton):
    """One of the choices."""

    stepped = Signal(int)  # -1: to the choice before, 1: to the one after

    def __init__(self, words: str, name: str, tip: str) -> None:
        super().__init__()
        self.setText(words)
        self.setCheckable(True)
        self.setProperty("role", "segment")
        named(self, name, tip)
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Choose a neighbour with Up and Down; leave every other key to the window."""
        if event.key() in (Qt.Key.Key_Up, Qt.Key.Key_Down):
            self.stepped.emit(-1 if event.key() == Qt.Key.Key_Up else 1)
        else:
            super().keyPressEvent(event)
