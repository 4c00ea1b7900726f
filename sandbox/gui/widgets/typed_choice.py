"""A text that can be typed or chosen from a list."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QComboBox, QLineEdit

from sandbox.gui.widgets.controls import QuietComboBox

if TYPE_CHECKING:
    from collections.abc import Mapping

    from PySide6.QtGui import QKeyEvent


class TypedChoice(QuietComboBox):
    """Emits what was typed or chosen; whoever checks it calls `show_value`."""

    committed = Signal(str)

    def __init__(self) -> None:
        super().__init__()
        self._line = QLineEdit()
        self._line.setAcceptDrops(False)  # a file is the window's, wherever it is dropped
        self.setLineEdit(self._line)
        self.setInsertPolicy(QComboBox.InsertPolicy.NoInsert)
        self.setCompleter(None)  # type: ignore[arg-type]
        self._value, self._choices = "", [""]
        self.activated.connect(self._choose)
        self._line.editingFinished.connect(self._type)

    def show_choices(self, choices: Mapping[str, str]) -> None:
        """Offer these texts, each said in words."""
        self._choices = list(choices)
        words = list(choices.values())
        if [self.itemText(at) for at in range(self.count())] != words:
            self.clear()
            self.addItems(words)

    def show_value(self, value: str, placeholder: str) -> None:
        """Show the text in force, or the placeholder if it is empty."""
        self._value = value
        self.setCurrentIndex(self._choices.index(value) if value in self._choices else -1)
        self.setEditText(value)
        self._line.setPlaceholderText(placeholder)
        self._line.setCursorPosition(0)

    def placeholderText(self) -> str:
        """What stands for no text."""
        return self._line.placeholderText()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Show the old text again on Escape."""
        if event.key() == Qt.Key.Key_Escape and self.currentText() != self._value:
            self.show_value(self._value, self.placeholderText())
        else:
            super().keyPressEvent(event)

    def _choose(self, at: int) -> None:
        self._commit(self._choices[at])

    def _type(self) -> None:
        typed = self.currentText().strip()
        words = [self.itemText(at) for at in range(self.count())]
        self._commit(self._choices[words.index(typed)] if typed in words else typed)

    def _commit(self, text: str) -> None:
        self.setEditText(text)
        if text != self._value:
            self._value = text  # told once, whether or not it is accepted
            self.committed.emit(text)
