"""The bar that says what was just done, and undoes it."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QSizePolicy

from sandbox.gui.widgets.dialogs import paragraph, push_button


class Notice(QFrame):
    """A sentence or two with an Undo button where there is something to undo; gone when closed."""

    undo_wanted = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.setObjectName("notice")
        self.setAccessibleName("What was done")
        self._words: QLabel = paragraph("")
        self._words.setAccessibleName("What was done")
        self._words.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Preferred)
        self.undo_button = push_button(
            "Undo", "Put back what was deleted or changed last (Ctrl+Z)."
        )
        self.undo_button.clicked.connect(self.undo_wanted)
        self.close_button = push_button("Dismiss", "Take this line away.")
        self.close_button.clicked.connect(self.hide)
        row = QHBoxLayout(self)
        row.setContentsMargins(12, 6, 12, 6)
        row.setSpacing(8)
        row.addWidget(self._words, 1)
        row.addWidget(self.undo_button)
        row.addWidget(self.close_button)
        self.hide()

    @property
    def words(self) -> str:
        """What it says."""
        return self._words.text()

    def say(self, words: str, undo: bool = False) -> None:
        """Say this; `undo`: with a button that undoes it."""
        self._words.setText(words)
        self._words.setAccessibleDescription(words)
        self.undo_button.setVisible(undo)
        self.show()
