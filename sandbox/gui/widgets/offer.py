"""A bar above the nets with an offer, or a notice that stays until it is dismissed."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QHBoxLayout, QWidget

from sandbox.gui.widgets.parts import fill, paragraph, push_button

if TYPE_CHECKING:
    from collections.abc import Callable

    from sandbox.drawing.styles import Palette


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
        self._words = paragraph("")
        self._notices: list[Notice] = []
        self._accept = push_button("Accept", "Accept this offer.")
        self._decline = push_button("Dismiss", "Dismiss this notice.")
        parts, words = (self._words, self._accept, self._decline), self._words
        fill(QHBoxLayout(self), *parts, spacing=8, margins=(12, 6, 12, 6), wide=words)
        self._accept.clicked.connect(lambda: self._end(self._notices.pop().taken))
        self._decline.clicked.connect(lambda: self._end(self._notices.pop().left))
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
        self.take_back(sentence)
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

    def _end(self, act: Callable[[], object] | None) -> None:
        self._show()
        if act is not None:
            act()
