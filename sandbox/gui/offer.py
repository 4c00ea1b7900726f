"""A bar above the nets that offers something, or tells something that stays until it is read."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QHBoxLayout, QLabel, QPushButton, QWidget

from sandbox.gui.palette import DARK, Palette

if TYPE_CHECKING:
    from collections.abc import Callable


class Offer(QWidget):
    """A sentence, a button that takes the offer, and one that puts it away."""

    def __init__(self) -> None:
        super().__init__()
        self.setObjectName("offer")
        self._words, self._colors = QLabel(), DARK
        self._accept, self._decline = QPushButton(), QPushButton()
        self._accepted: Callable[[], object] | None = None
        self._declined: Callable[[], object] | None = None
        self._accept.setAccessibleName("Take the offer")
        self._accept.setToolTip("Do what is offered here.")
        self._decline.setAccessibleName("Put the offer away")
        self._decline.setToolTip("Leave it, and take this bar away.")
        self._words.setWordWrap(True)
        self._words.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        row = QHBoxLayout(self)
        row.setContentsMargins(12, 6, 12, 6)
        row.setSpacing(8)
        row.addWidget(self._words, 1)
        row.addWidget(self._accept)
        row.addWidget(self._decline)
        self._accept.clicked.connect(self._on_accept)
        self._decline.clicked.connect(self._on_decline)
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.hide()

    @property
    def sentence(self) -> str:
        """What it says."""
        return self._words.text()

    def make(
        self,
        sentence: str,
        take: str = "",
        taken: Callable[[], object] | None = None,
        leave: str = "Close",
        left: Callable[[], object] | None = None,
    ) -> None:
        """Say this; `take` and `leave` are the buttons' words, `taken` and `left` what they do."""
        self._accepted, self._declined = taken, left
        self._words.setText(sentence)
        self._accept.setVisible(bool(take))
        for button, words in ((self._accept, take), (self._decline, leave)):
            button.setText(words)
            button.setAccessibleName(words)
        self.setAccessibleName(sentence)
        self.show()

    def withdraw(self) -> None:
        """Another run is on screen: what was offered before does not count any more."""
        self.hide()

    def set_palette(self, palette: Palette) -> None:
        """Draw in these colours."""
        self._colors = palette
        line = f"border-bottom: 1px solid {palette.hairline};"
        self.setStyleSheet(f"#offer {{ background: {palette.panel}; {line} }}")

    def _on_accept(self) -> None:
        self._end(self._accepted)

    def _on_decline(self) -> None:
        self._end(self._declined)

    def _end(self, act: Callable[[], object] | None) -> None:
        self.hide()
        if act is not None:
            act()
