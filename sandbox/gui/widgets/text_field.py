"""A line of text that counts once it is finished; Escape puts the old one back."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QLineEdit

if TYPE_CHECKING:
    from PySide6.QtGui import QKeyEvent


class TextField(QLineEdit):
    """Hands on what was typed when Enter is pressed or the field is left."""

    committed = Signal(str)

    def __init__(self) -> None:
        super().__init__()
        self.setObjectName("text_field")
        self.setAcceptDrops(False)  # a file is the window's, wherever it is dropped
        self._value = ""
        self.editingFinished.connect(self.commit)

    def show_value(self, value: str) -> None:
        """Show the text that is in force."""
        self._value = value
        if self.text() != value:
            self.setText(value)

    def commit(self) -> None:
        """Hand on what was typed, if it is another text."""
        typed = self.text().strip()
        if typed == self._value:
            self.setText(self._value)
            return
        self.committed.emit(typed)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Escape shows the old text again."""
        if event.key() == Qt.Key.Key_Escape:
            self.show_value(self._value)
            self.selectAll()
        else:
            super().keyPressEvent(event)
