"""A bar above the nets that offers something, or tells something that stays until it is read."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QHBoxLayout, QLabel, QPushButton, QWidget

from sandbox.drawing.styles import DARK, Palette

if TYPE_CHECKING:
    from collections.abc import Callable


@dataclass(frozen=True)
class Notice:
    """One sentence with its buttons; `take` is "" where nothing is offered."""

    sentence: str
    take: str
    taken: Callable[[], object] | None
    leave: str
    left: Callable[[], object] | None


class Offer(QWidget):
    """A sentence, a button that takes the offer, and one that puts it away.

    What was said before and is not put away yet is there again afterwards.
    """

    def __init__(self) -> None:
        super().__init__()
        self.setObjectName("offer")
        self._words, self._colors = QLabel(), DARK
        self._accept, self._decline = QPushButton(), QPushButton()
        self._told: list[Notice] = []
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
        """What it says; "" where it says nothing."""
        return self._told[-1].sentence if self._told else ""

    def make(
        self,
        sentence: str,
        take: str = "",
        taken: Callable[[], object] | None = None,
        leave: str = "Close",
        left: Callable[[], object] | None = None,
    ) -> None:
        """Say this; `take` and `leave` are the buttons' words, `taken` and `left` what they do."""
        self._told = [told for told in self._told if told.sentence != sentence]
        self._told.append(Notice(sentence, take, taken, leave, left))
        self._show()

    def take_back(self, sentence: str) -> None:
        """It does not hold any more, whether it was read or not."""
        self._told = [told for told in self._told if told.sentence != sentence]
        self._show()

    def withdraw(self) -> None:
        """Another run is on screen: what was offered before does not count any more."""
        self._told = [told for told in self._told if not told.take]
        self._show()

    def set_palette(self, palette: Palette) -> None:
        """Draw in these colours."""
        self._colors = palette
        line = f"border-bottom: 1px solid {palette.hairline};"
        self.setStyleSheet(f"#offer {{ background: {palette.panel}; {line} }}")

    def _show(self) -> None:
        """What was said last, or nothing at all."""
        if self._told:
            told = self._told[-1]
            self._words.setText(told.sentence)
            self._accept.setVisible(bool(told.take))
            for button, words in ((self._accept, told.take), (self._decline, told.leave)):
                button.setText(words)
                button.setAccessibleName(words)
            self.setAccessibleName(told.sentence)
        self.setVisible(bool(self._told))

    def _on_accept(self) -> None:
        self._end(self._told.pop().taken)

    def _on_decline(self) -> None:
        self._end(self._told.pop().left)

    def _end(self, act: Callable[[], object] | None) -> None:
        self._show()
        if act is not None:
            act()
