"""The command that measures a claim over its seeds, to be copied."""

from __future__ import annotations

from PySide6.QtGui import QFontDatabase, QGuiApplication
from PySide6.QtWidgets import QHBoxLayout, QLabel, QWidget

from sandbox.gui.widgets.parts import paragraph, push_button


class CommandLine(QWidget):
    """A line for a terminal, and a button that copies it."""

    def __init__(self) -> None:
        super().__init__()
        self._line: QLabel = paragraph("")
        self._line.setFont(QFontDatabase.systemFont(QFontDatabase.SystemFont.FixedFont))
        self._line.setAccessibleName("Command")
        self.button = push_button(
            "Copy", "Copy the command, to run in a terminal in the program's folder."
        )
        self.button.clicked.connect(self.copy)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.addWidget(self._line)
        row.addWidget(self.button)
        row.addStretch(1)

    @property
    def text(self) -> str:
        """The command."""
        return self._line.text()

    def show_claim(self, name: str) -> None:
        """The command for this claim."""
        self._line.setText(f"python3 main.py reproduce {name}")
        self._line.setWordWrap(False)
        self.button.setText("Copy")

    def copy(self) -> None:
        """Put it on the clipboard."""
        QGuiApplication.clipboard().setText(self.text)
        self.button.setText("Copied")
