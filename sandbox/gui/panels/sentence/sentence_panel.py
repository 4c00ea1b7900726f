"""The sequence on screen, with cue and question marked: as words, or as a strip a channel."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

import numpy as np
from PySide6.QtCore import QEvent, QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QMouseEvent, QPainter, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import QSizePolicy

from sandbox.drawing.ribbon import Piece, Ribbon, lay_out, words_of
from sandbox.drawing.timeline import ROLE_NAMES
from sandbox.drawing.wording import step_name
from sandbox.gui.look.marks import pen, tint, write
from sandbox.gui.look.typeface import SMALL_PX, TEXT_PX, baseline, elided, px, width_of
from sandbox.gui.panels.sentence.channel_strips import channel_timeline, paint_channels
from sandbox.gui.panels.shared.panel import StepPanel, small_button
from sandbox.tasks.base import Channels, Role
from sandbox.tasks.shown import ShownSequence, unit_of_length

if TYPE_CHECKING:
    from sandbox.drawing.styles import Palette

MARGIN, HEADER, LINE, LINES = 12, 18, 19, 3
TEXT_SIZES = (16, 14, TEXT_PX)  # the largest at which everything fits
_SPACE = 6.0  # between words
INTROS = ("the question and the right answer:", "question and answer:", "question:")


class SentencePanel(StepPanel[ShownSequence]):
    """Three lines at most, always as high; hovering a word marks its step everywhere."""

    def __init__(
        self,
        name: str = "sentence_panel",
        accessible_name: str = "The sequence that the nets read",
        lines: int = LINES,
        top: int = HEADER,
    ) -> None:
        """top: pixels above the words; 0 for no header."""
        super().__init__(name, accessible_name)
        self._lines, self._top = lines, top
        self.setMouseTracking(True)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.back_button = small_button(
            "own_back", "×", "Back to the example", "Show the example again (1, 2 or 3)"
        )
        self.back_button.setParent(self)
        self.back_button.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.back_button.hide()
        self._ribbon, self._hint = Ribbon(), ""
        self._size = TEXT_SIZES[-1]
        self.set_palette(self._palette)

    def show_view(self, view: ShownSequence) -> None:
        """Draw this; a hidden panel keeps it until it is shown."""
        if view is not self._view:
            super().show_view(view)
            self.back_button.setVisible(view.is_own and self._top > 0)

    def show_hint(self, hint: str) -> None:
        """Say this in the header, in place of what is read; "" for nothing."""
        self._hint = hint
        self.update()

    def set_palette(self, palette: Palette) -> None:
        """Draw everything in these colours, and in the type size now in force."""
        self.setFixedHeight(px(self._top + LINE * self._lines) + 5)
        self.back_button.setGeometry(MARGIN - 4, 2, px(18), px(HEADER) - 2)
        super().set_palette(palette)
        self.update()

    def sizeHint(self) -> QSize:
        """Its height never depends on what it shows."""
        return QSize(600, self.height())

    def _length(self) -> int:
        return self._view.length if self._view is not None else 0

    # -- layout and painting ------------------------------------------------------------

    def _draw(self, view: ShownSequence) -> None:
        """Lay the words out in the largest type in which they fit."""
        words = words_of(view)
        width, unit = self.width() - 2 * MARGIN, unit_of_length(view.task)
        for size in TEXT_SIZES:
            self._size = size
            measure = cache(self._measure)  # many words come again, and are tried in several lines
            self._ribbon = lay_out(words, width, self._lines, _SPACE, measure, unit)
            lines = self._lines if size == TEXT_PX else 1
            if self._ribbon.hidden == (0, 0) and self._ribbon.lines <= lines:
                break
        self.update()

    def _measure(self, text: str, bold: bool) -> float:
        return width_of(text, self._size, bold=bold)

    def _rect(self, piece: Piece) -> QRectF:
        line = px(LINE)
        top = px(self._top) + 2 + (self._lines - self._ribbon.lines) * line / 2 + piece.line * line
        return QRectF(MARGIN + piece.x - 3, top, piece.width + 6, line)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Header, then words or channels."""
        painter, view = QPainter(self), self._view
        painter.fillRect(self.rect(), QColor(self._palette.ground))
        if self.hasFocus():
            painter.setPen(pen(self._palette.quiet))
            painter.drawRect(self.rect().adjusted(0, 0, -1, -1))
        if view is not None:
            if self._top:
                self._paint_header(painter, view)
            if isinstance(view.task.inputs, Channels):
                paint_channels(painter, self.area, view, self._palette, self.marked)
            else:
                for piece in self._ribbon.pieces:
                    self._paint_piece(painter, piece, view)
        painter.end()

    def _paint_header(self, painter: QPainter, view: ShownSequence) -> None:
        """What is read, or the marked step, at the left; the question at the right."""
        palette, y, align = self._palette, baseline(0, px(HEADER) + 2), Qt.AlignmentFlag.AlignRight
        right = self.width() - MARGIN
        question = view.task.question(view.sequences, view.index)
        write(painter, right, y, question, palette.text, TEXT_PX, bold=True, align=align)
        left = right - width_of(question, bold=True) - 6
        marked = 0 <= self.marked < view.length
        text = step_name(view, self.marked) if marked else self._hint or header(view)
        begin = self.back_button.geometry().right() + 7 if view.is_own else MARGIN
        room = left - begin - MARGIN - width_of(text, SMALL_PX, bold=marked)
        intro = next((each for each in INTROS if width_of(each, SMALL_PX) <= room), INTROS[-1])
        if left - width_of(intro, SMALL_PX) > MARGIN:
            write(painter, left, y, intro, palette.quiet, align=align)
            left -= width_of(intro, SMALL_PX) + 6
        text = elided(text, left - begin - MARGIN, SMALL_PX, bold=marked)
        color = palette.text if marked or view.is_own else palette.quiet
        write(painter, begin, y, text, color, bold=marked)

    def _paint_piece(self, painter: QPainter, piece: Piece, view: ShownSequence) -> None:
        palette, rect = self._palette, self._rect(piece)
        role = Role(int(view.roles[piece.step])) if piece.step >= 0 else Role.FILLER
        color = {Role.CUE: palette.cue, Role.FILLER: palette.quiet}.get(role, palette.text)
        if self.marked >= 0 and self._ribbon.piece_of(self.marked) is piece:
            painter.fillRect(rect, palette.text)
            color = palette.ground
        elif role in (Role.CUE, Role.QUERY):
            painter.fillRect(rect, tint(color, 44))
            painter.fillRect(QRectF(rect.left(), rect.bottom() - 2, rect.width(), 2), color)
        y = baseline(rect.top(), rect.height(), self._size)
        write(painter, rect.left() + 3, y, piece.text, color, self._size, bold=piece.bold)

    @property
    def area(self) -> QRectF:
        """Where channels are drawn."""
        top = px(self._top) + 2
        return QRectF(MARGIN, top, self.width() - 2 * MARGIN, self.height() - top - 2)

    def place_of(self, step: int) -> QRectF | None:
        """Where a step's word is, or the strips of its values; None where it is left out."""
        view = self._view
        if view is None or not 0 <= step < view.length:
            return None
        if isinstance(view.task.inputs, Channels):
            x = channel_timeline(MARGIN, self.width() - 2 * MARGIN, view).centre(step)
            return QRectF(x - 4, self.area.top(), 8, px(LINE))
        piece = self._ribbon.piece_of(step)
        return self._rect(piece) if piece is not None and piece.step >= 0 else None

    @property
    def view(self) -> ShownSequence | None:
        """The sequence on screen."""
        return self._view

    # -- pointing -----------------------------------------------------------------------

    def step_at(self, position: QPointF) -> int:
        """The step under a point, or -1."""
        view = self._view
        if view is None:
            return -1
        if isinstance(view.task.inputs, Channels):
            timeline = channel_timeline(MARGIN, self.width() - 2 * MARGIN, view)
            return timeline.step_at(position.x())
        hits = (piece.step for piece in self._ribbon.pieces if self._rect(piece).contains(position))
        return next(hits, -1)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Mark the word under the pointer."""
        self._hover(self.step_at(event.position()))

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Pin the word under the pointer."""
        if event.button() == Qt.MouseButton.LeftButton:
            self._pick(self.step_at(event.position()))

    def leaveEvent(self, event: QEvent) -> None:
        """Remove the mark when the pointer leaves."""
        self._hover(-1)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Wrap the words again."""
        super().resizeEvent(event)
        if self._view is not None:
            self._draw(self._view)

    def _in_words(self, view: ShownSequence) -> str:
        cues = np.flatnonzero(view.roles == Role.CUE).tolist()
        named = [step_name(view, step) for step in cues]
        asked = view.task.question(view.sequences, view.index)
        text = " ".join(label for label in view.labels if label)
        told = header(view)
        cue = ", ".join(named) or "none"
        return f"{told}. Cue: {cue}. Asked: {asked}. In full: {text}"


def header(view: ShownSequence) -> str:
    """What is read, and how far the cue is from the question."""
    roles, unit = (Role.CUE, Role.QUERY), unit_of_length(view.task)
    cues, asked = (np.flatnonzero(view.roles == role).tolist() for role in roles)
    manner = "one after another" if unit == "steps" else f"one {unit.removesuffix('s')} per step"
    text = f"What every net reads, {manner}: {view.length} {unit}"
    if view.is_own:
        text = f"Your own sequence: {view.length:,} {unit}"
    if view.remark:
        return f"{text}; {view.remark}"
    if not cues:
        return text
    apart_each = {at - cue for cue, at in zip(cues, asked, strict=False)}
    if len(cues) == len(asked) > 1 and len(apart_each) == 1:
        return f"{text}, each {ROLE_NAMES[Role.CUE]} {apart_each.pop()} steps before its question"
    which = "the first" if cues[-1] - cues[0] >= len(cues) else "the"  # they are not in one piece
    far = view.asked_at - cues[0]
    apart = f"{text}, {which} {ROLE_NAMES[Role.CUE]} {far:,} steps before the question"
    in_steps = view.task.gap_field == "gap" and not view.is_own
    gap = int(view.task.params.gap) if in_steps else 0
    return f"{apart} (the gap of {gap} and {far - gap} more)" if 0 < gap < far else apart
