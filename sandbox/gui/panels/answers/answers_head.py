"""Over the answers: what they are, its explanation, and what else is drawn."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QLabel, QToolButton, QWidget

from sandbox.gui.look.icons import icon
from sandbox.gui.look.typeface import SMALL_PX
from sandbox.gui.panels.nets.geometry import MARGIN
from sandbox.gui.widgets.info import InfoButton

if TYPE_CHECKING:
    from sandbox.drawing.styles import Palette

HEIGHT = 22
TITLE = "What each net would answer"


class AnswersHead(QWidget):
    """A title and its (i), two switches, and the button that hides the panel."""

    changed = Signal()  # a switch was thrown
    hide_wanted = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.setFixedHeight(HEIGHT)
        title = QLabel(TITLE.upper())
        title.setProperty("role", "title")
        self._info = InfoButton("answers")
        self._info.make_small()
        self.every = _switch(
            "answers_every",
            "every step",
            "Answers at every step",
            "Show also what the nets would say at steps where nothing is asked",
        )
        self.ahead = _switch(
            "answers_ahead",
            "fed on itself",
            "Several steps ahead",
            "Go on after the last step, each net reading its own answers",
        )
        self._hide = QToolButton()
        self._hide.setAccessibleName(f"Hide {TITLE[:1].lower()}{TITLE[1:]}")
        self._hide.setToolTip("Hide this part; the View menu shows it again.")
        self._hide.setIconSize(QSize(14, 14))
        self._hide.setFixedSize(20, 20)
        self._hide.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self._hide.clicked.connect(self.hide_wanted)
        for switch in (self.every, self.ahead):
            switch.toggled.connect(self.changed)
        row = QHBoxLayout(self)
        row.setContentsMargins(MARGIN, 2, 8, 0)
        row.setSpacing(8)
        for widget in (title, self._info, self.every, self.ahead):
            row.addWidget(widget)
        row.addStretch(1)
        row.addWidget(self._hide)

    def set_palette(self, palette: Palette) -> None:
        """Draw in these colours."""
        self._info.set_palette(palette)
        self._hide.setIcon(icon("remove", palette.quiet))
        self.setStyleSheet(
            f"#answers_every, #answers_ahead {{ color: {palette.quiet};"
            f" background: {palette.panel}; border: 1px solid {palette.edge};"
            f" border-radius: 4px; padding: 0 6px; font-size: {SMALL_PX}px; }}"
            f"#answers_every:checked, #answers_ahead:checked {{ color: {palette.ground};"
            f" background: {palette.text}; }}"
            f"#answers_every:focus, #answers_ahead:focus {{ border-color: {palette.text}; }}"
        )


def _switch(name: str, words: str, accessible: str, tip: str) -> QToolButton:
    button = QToolButton()
    button.setObjectName(name)
    button.setText(words)
    button.setCheckable(True)
    button.setChecked(True)
    button.setAccessibleName(accessible)
    button.setToolTip(tip)
    return button
