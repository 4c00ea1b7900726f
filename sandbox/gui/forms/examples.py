"""The example sequences as buttons of coloured words; the chosen one is on screen."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import groupby
from typing import TYPE_CHECKING

from PySide6.QtCore import QRect, QSize, Qt, Signal
from PySide6.QtGui import (
    QColor,
    QFont,
    QFontMetrics,
    QKeyEvent,
    QPainter,
    QPaintEvent,
    QPen,
    QResizeEvent,
)
from PySide6.QtWidgets import QAbstractButton, QButtonGroup, QVBoxLayout, QWidget

from sandbox.drawing.styles import DARK, Palette
from sandbox.gui.look.typeface import font, px
from sandbox.gui.widgets.parts import fill
from sandbox.tasks.base import Channels, Role

if TYPE_CHECKING:
    from sandbox.tasks.shown import ShownSequence

PADDING, ABOVE, GAP, LINE_PX, BAR_PX, WORDS_PX = 8, 3, 4, 16, 5, 12
HEAD, TAIL = 2, 1  # words of a long filler shown at each end


@dataclass(frozen=True)
class Token:
    """A few words of one role."""

    text: str
    role: Role


class Example(QAbstractButton):
    """One sequence as words that wrap."""

    def __init__(self, number: int) -> None:
        super().__init__()
        self.number = number
        self._tokens: list[Token] = []
        self._placed: list[tuple[QRect, Token]] = []
        self._colors = DARK
        self.setCheckable(True)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)

    def show_view(self, view: ShownSequence) -> None:
        """Show this sequence."""
        self._tokens = tokens(view)
        question = view.task.question(view.sequences, view.index)
        words = " ".join(token.text for token in self._tokens)
        self.setAccessibleName(f"Example {self.number + 1}: {words}")
        self.setAccessibleDescription(question)
        self.setToolTip(f"{question}\nClick to show this sequence ({self.number + 1}).")
        self._place()

    def set_palette(self, palette: Palette) -> None:
        """Draw in these colours, at the type size in force."""
        self._colors = palette
        self._place()

    def sizeHint(self) -> QSize:
        """As high as the wrapped words."""
        bottom = max((rect.bottom() for rect, _ in self._placed), default=px(LINE_PX))
        return QSize(120, bottom + 1 + ABOVE)

    def minimumSizeHint(self) -> QSize:
        """As high as the wrapped words."""
        return self.sizeHint()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Wrap the words again."""
        if event.oldSize().width() != event.size().width():
            self._place()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Enter chooses; Up and Down go to the neighbours, as in any group of buttons."""
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.click()
        else:
            super().keyPressEvent(event)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint a frame if chosen, a dotted line if focused, and the words."""
        painter = QPainter(self)
        chosen, frame = self.isChecked(), self.rect().adjusted(0, 0, -1, -1)
        if chosen or self.underMouse():
            painter.fillRect(self.rect(), QColor(self._colors.ground))
        if chosen:
            painter.setPen(QColor(self._colors.quiet))
            painter.drawRect(frame)
            painter.fillRect(QRect(0, 0, BAR_PX, self.height()), QColor(self._colors.text))
        if self.hasFocus():
            painter.setPen(QPen(QColor(self._colors.contestants[1]), 1, Qt.PenStyle.DotLine))
            inset = 2 if chosen else 0
            painter.drawRect(frame.adjusted(inset and BAR_PX + 1, inset, -inset, -inset))
        for rect, token in self._placed:
            painter.setFont(self._font_of(token))
            painter.setPen(QColor(self._color_of(token)))
            painter.drawText(rect, Qt.AlignmentFlag.AlignVCenter, token.text)
        painter.end()

    def _place(self) -> None:
        x, y, right, line = PADDING + BAR_PX, ABOVE, self.width() - PADDING, px(LINE_PX)
        self._placed = []
        for token in self._tokens:
            width = QFontMetrics(self._font_of(token)).horizontalAdvance(token.text)
            if x + width > right and x > PADDING + BAR_PX:
                x, y = PADDING + BAR_PX, y + line
            self._placed.append((QRect(x, y, width + 1, line), token))
            x += width + px(GAP)
        self.updateGeometry()
        self.update()

    def _font_of(self, token: Token) -> QFont:
        return font(WORDS_PX, bold=token.role is Role.CUE)

    def _color_of(self, token: Token) -> str:
        if token.role is Role.CUE:
            return self._colors.cue
        return self._colors.quiet if token.role is Role.FILLER else self._colors.text


class Examples(QWidget):
    """All examples, of which one is chosen."""

    chosen = Signal(int)

    def __init__(self, count: int) -> None:
        super().__init__()
        self._group = QButtonGroup(self)
        self._rows = [Example(number) for number in range(count)]
        fill(QVBoxLayout(self), *self._rows, spacing=2)
        for row in self._rows:
            self._group.addButton(row, row.number)
        self._group.idClicked.connect(self.chosen)

    def show_views(self, views: list[ShownSequence], chosen: int) -> None:
        """Show these sequences, and which of them is on screen."""
        for row, view in zip(self._rows, views, strict=True):
            row.show_view(view)
        self.choose(chosen)

    def choose(self, index: int) -> None:
        """Mark the one on screen; -1 for none."""
        self._group.setExclusive(False)  # else one would stay marked
        for row in self._rows:
            row.setChecked(row.number == index)
        self._group.setExclusive(True)

    def set_palette(self, palette: Palette) -> None:
        """Draw in these colours."""
        for row in self._rows:
            row.set_palette(palette)


def tokens(view: ShownSequence) -> list[Token]:
    """Its words, with long filler as "the rain … 47 more … us"."""
    made: list[Token] = []
    for role, steps in groupby(range(len(view.roles)), lambda step: Role(int(view.roles[step]))):
        words = [view.labels[step] for step in steps]
        if role is Role.FILLER and len(words) > HEAD + TAIL + 1:
            middle = f"… {len(words) - HEAD - TAIL} more …"
            words = [*words[:HEAD], middle, *words[-TAIL:]]
        made += [Token(word, role) for word in words if word]
    return [*made, *([] if isinstance(view.task.inputs, Channels) else [Token("___", Role.QUERY)])]
