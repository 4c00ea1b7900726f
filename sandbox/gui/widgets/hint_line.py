"""One line beside the tabs that says what to do, with a button that does it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtWidgets import QHBoxLayout, QToolButton, QWidget

from sandbox.gui.widgets.parts import BriefLabel, fill, named

if TYPE_CHECKING:
    from collections.abc import Callable

DISMISS_TIP = "Hide this line."


class HintLine(QWidget):
    """A sentence, a button that does what it says if there is one, and a button that hides it.

    It takes no height of its own, so nothing moves when it comes and goes.
    """

    def __init__(self) -> None:
        super().__init__()
        self.setObjectName("hint_line")
        self._words = BriefLabel()
        self.button, self.dismiss = _small("Do it"), _small("Hide this line")
        self.dismiss.setText("×")
        self.dismiss.setToolTip(DISMISS_TIP)
        self._act: Callable[[], object] | None = None
        fill(QHBoxLayout(self), self._words, self.button, self.dismiss, spacing=6)
        self.button.clicked.connect(self._take)
        self.dismiss.clicked.connect(self.clear)
        self.hide()

    @property
    def sentence(self) -> str:
        """What it says; "" if it is hidden."""
        return self._words.text()

    def say(
        self,
        sentence: str,
        shorter: str = "",
        label: str = "",
        act: Callable[[], object] | None = None,
    ) -> None:
        """Show a sentence in place of any other; shorter: where there is little room.

        label: of the button, with what it does; "" for none.
        """
        self._act = act
        self._words.say(sentence, shorter)
        self.setAccessibleName(sentence)
        self.button.setVisible(bool(label))
        named(self.button, label or "Do it", sentence).setText(label)
        self.setVisible(bool(sentence))

    def clear(self) -> None:
        """Say nothing."""
        self.say("")

    def take_back(self, sentence: str) -> None:
        """Hide this sentence, if it is the one on screen."""
        if sentence == self.sentence:
            self.clear()

    def _take(self) -> None:
        act = self._act
        self.clear()
        if act is not None:
            act()


def _small(name: str) -> QToolButton:
    button = named(QToolButton(), name, name)
    button.setProperty("role", "small")
    return button
