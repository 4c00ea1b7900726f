"""A bar above the nets with an offer, or a notice that stays until it is dismissed."""

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
    """A sentence with its buttons; take: "" if nothing is offered."""

    sentence: str
    take: str
    taken: Callable[[], object] | None
    leave: str
    left: Callable[[], object] | None


class Offer(QWidget):
    """A sentence, a button that accepts an offer, and one that dismisses it.

    The newest notice is shown; the ones before it come back when it is dismissed.
    """

    def __init__(self) -> None:
        super().__init__()
        self.setObjectName("offer")
        self._words, self._colors = QLabel(), DARK
        self._accept, self._decline = QPushButton(), QPushButton()
        self._notices: list[Notice] = []
        self._accept.setAccessibleName("Accept")
        self._accept.setToolTip("Accept this offer.")
        self._decline.setAccessibleName("Dismiss")
        self._decline.setToolTip("Dismiss this notice.")
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
        """The sentence on screen; "" if there is none."""
        return self._notices[-1].sentence if self._notices else ""

    def make(
        self,
        sentence: str,
        take: str = "",
        taken: Callable[[], object] | None = None,
        leave: str = "Close",
        left: Callable[[], object] | None = None,
    ) -> None:
        """Show a sentence; take, leave: labels of the buttons; taken, left: what they do."""
        self._notices = [notice for notice in self._notices if notice.sentence != sentence]
        self._notices.append(Notice(sentence, take, taken, leave, left))
        self._show()

    def take_back(self, sentence: str) -> None:
        """Remove a notice that no longer holds."""
        self._notices = [notice for notice in self._notices if notice.sentence != sentence]
        self._show()

    def withdraw(self) -> None:
        """Remove every offer, since another run is on screen."""
        self._notices = [notice for notice in self._notices if not notice.take]
        self._show()

    def set_palette(self, palette: Palette) -> None:
        """Draw in these colours."""
        self._colors = palette
        line = f"border-bottom: 1px solid {palette.hairline};"
        self.setStyleSheet(f"#offer {{ background: {palette.panel}; {line} }}")

    def _show(self) -> None:
        """Show the newest notice, if there is one."""
        if self._notices:
            notice = self._notices[-1]
            self._words.setText(notice.sentence)
            self._accept.setVisible(bool(notice.take))
            for button, words in ((self._accept, notice.take), (self._decline, notice.leave)):
                button.setText(words)
                button.setAccessibleName(words)
            self.setAccessibleName(notice.sentence)
        self.setVisible(bool(self._notices))

    def _on_accept(self) -> None:
        self._end(self._notices.pop().taken)

    def _on_decline(self) -> None:
        self._end(self._notices.pop().left)

    def _end(self, act: Callable[[], object] | None) -> None:
        self._show()
        if act is not None:
            act()
