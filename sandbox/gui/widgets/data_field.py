"""The file that a task is about: its name, and a button to choose another."""

from __future__ import annotations

from typing import Any

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QBoxLayout, QLineEdit, QPushButton, QWidget

from sandbox.gui.widgets.controls import Control
from sandbox.tasks.data import name_of

SAMPLE = "the sample"


class DataControl(Control):
    """Shows a file's name, which cannot be typed; `asked` says that another one is wanted."""

    asked = Signal()
    DIRECTION = QBoxLayout.Direction.TopToBottom

    def __init__(self, field: str, label: str, tip: str) -> None:
        super().__init__(field, label, tip)
        self._name, self._button = QLineEdit(), QPushButton("Choose…")
        self._name.setReadOnly(True)
        self._name.setAcceptDrops(False)
        self._button.clicked.connect(self.asked)
        self._add(self._name)
        self._add(self._button, f"Choose {label}")
        self._button.setToolTip("Open a text or a table of your own.")

    def show_value(self, value: Any) -> None:
        """Show the file that is in force."""
        name = name_of(str(value)) or SAMPLE
        self._name.setText(name)
        self._name.setCursorPosition(0)
        self._name.setToolTip(f"{name}. {self._tip}")

    def entry(self) -> QWidget:
        """The button."""
        return self._button
