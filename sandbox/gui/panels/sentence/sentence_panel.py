"""The sequence on screen, as a ribbon of words or as channels, with cue and question marked."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QMouseEvent, QPainter, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from sandbox.drawing.ribbon import Piece, Ribbon, lay_out, words_of
from sandbox.drawing.timeline import ROLE_NAMES
from sandbox.drawing.wording import step_name, unit_of_length
from sandbox.gui.look.marks import hairline, tint, write
from sandbox.gui.look.typeface import SMALL_PX, TEXT_PX, baseline, elided, px, width_of
from sandbox.gui.panels.sentence.channels import channel_timeline, paint_channels
from sandbox.gui.panels.shared.panel import StepPanel
from sandbox.gui.panels.shared.views import SequenceView
from sandbox.tasks.base import Channels, Role

if TYPE_CHECKING:
    from sandbox.drawing.styles import Palette

MARGIN, HEADER, LINE, LINES = 12, 18, 19, 3
TEXT_SIZES = (16, 14, TEXT_PX)  # the largest at which everything fits
_SPACE = 6.0
INTROS = ("the question and the right answer:", "question and answer:", "question:")


class SentencePanel(StepPanel[SequenceView]):
    """Three lines at most, always as high; hovering a word marks its step everywhere."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__("sentence_panel", "The sequence that the nets read", parent)
        self.setMouseTracking(True)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self._ribbon = Ribbon()
        self._size = TEXT_SIZES[-1]
        self.set_palette(self._palette)

    def show_view(self, view: SequenceView) -> None:
        """Draw this; a hidden panel keeps it until it is shown."""
        if view is not self._view:
            super().show_view(view)

    def clear(self) -> None:
        """Show nothing."""
        self._view, self._ribbon, self._mark = None, Ribbon(), -1
        self._description.changed()
        self.update()

    def set_palette(self, palette: Palette) -> None:
        """Draw everything in these colours, and in the type size now in force."""
        self.setFixedHeight(px(HEADER + LINE * LINES) + 5)
        super().set_palette(palette)
        self.update()

    def sizeHint(self) -> QSize:
        """Its height never depends on what it shows."""
        return QSize(600, self.height())

    def word_rect(self, step: int) -> QRectF:
        """The place of a step's word, or of the ellipsis that stands for it."""
        piece = self._ribbon.piece_of(step)
        return self._rect(piece) if piece is not None else QRectF()

    def _length(self) -> int:
        return self._view.length if self._view is not None else 0

    # -- layout and painting ------------------------------------------------------------

    def _draw(self, view: SequenceView) -> None:
        """Lay the words out in the largest type in which they fit."""
        words = words_of(view)
        width, unit = self.width() - 2 * MARGIN, unit_of_length(view.task)
        for size in TEXT_SIZES:
            self._size = size
            self._ribbon = lay_out(words, width, LINES, _SPACE, self._measure, unit)
            lines = LINES if size == TEXT_PX else 1
            if self._ribbon.hidden == (0, 0) and self._ribbon.lines <= lines:
                break
        self.update()

    def _measure(self, text: str, bold: bool) -> float:
        return width_of(text, self._size, bold=bold)

    def _rect(self, piece: Piece) -> QRectF:
        line = px(LINE)
        top = px(HEADER) + 2 + (LINES - self._ribbon.lines) * line / 2 + piece.line * line
        return QRectF(MARGIN + piece.x - 3, top, piece.width + 6, line)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Header, then words or channels."""
        painter, view = QPainter(self), self._view
        painter.fillRect(self.rect(), QColor(self._palette.ground))
        if self.hasFocus():
            painter.setPen(hairline(self._palette.quiet))
            painter.drawRect(self.rect().adjusted(0, 0, -1, -1))
        if view is not None:
            self._paint_header(painter, view)
            if isinstance(view.task.inputs, Channels):
                top = px(HEADER) + 2
                area = QRectF(MARGIN, top, self.width() - 2 * MARGIN, self.height() - top - 2)
                paint_channels(painter, area, view, self._palette, self._mark)
            else:
                for piece in self._ribbon.pieces:
                    self._paint_piece(painter, piece, view)
        painter.end()

    def _paint_header(self, painter: QPainter, view: SequenceView) -> None:
        """What is read, or the marked step, at the left; the question at the right."""
        palette, y, align = self._palette, baseline(0, px(HEADER) + 2), Qt.AlignmentFlag.AlignRight
        right = self.width() - MARGIN
        question = view.task.question(view.sequences, view.index)
        write(painter, right, y, question, palette.text, TEXT_PX, bold=True, align=align)
        left = right - width_of(question, bold=True) - 6
        marked = 0 <= self._mark < view.length
        text = step_name(view, self._mark) if marked else header(view)
        room = left - 2 * MARGIN - width_of(text, SMALL_PX, bold=marked)
        intro = next((each for each in INTROS if width_of(each, SMALL_PX) <= room), INTROS[-1])
        if left - width_of(intro, SMALL_PX) > MARGIN:
            write(painter, left, y, intro, palette.quiet, align=align)
            left -= width_of(intro, SMALL_PX) + 6
        text = elided(text, left - 2 * MARGIN, SMALL_PX, bold=marked)
        color = palette.text if marked else palette.quiet
        write(painter, MARGIN, y, text, color, bold=marked)

    def _paint_piece(self, painter: QPainter, piece: Piece, view: SequenceView) -> None:
        palette, rect = self._palette, self._rect(piece)
        role = Role(int(view.roles[piece.step])) if piece.step >= 0 else Role.FILLER
        color = {Role.CUE: palette.cue, Role.FILLER: palette.quiet}.get(role, palette.text)
        if self._mark >= 0 and self._ribbon.piece_of(self._mark) is piece:
            painter.fillRect(rect, palette.text)
            color = palette.ground
        elif role in (Role.CUE, Role.QUERY):
            painter.fillRect(rect, tint(color, 44))
            painter.fillRect(QRectF(rect.left(), rect.bottom() - 2, rect.width(), 2), color)
        y = baseline(rect.top(), rect.height(), self._size)
        write(painter, rect.left() + 3, y, piece.text, color, self._size, bold=piece.bold)

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
        self._point(self.step_at(event.position()))

    def leaveEvent(self, event: QEvent) -> None:
        """Remove the mark when the pointer leaves."""
        self._point(-1)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Wrap the words again."""
        super().resizeEvent(event)
        if self._view is not None:
            self._draw(self._view)

    def _in_words(self) -> str:
        view = self._view
        if view is None:
            return "Nothing to show yet."
        cues = (t for t, role in enumerate(view.roles.tolist()) if role == Role.CUE)
        named = [step_name(view, step) for step in cues]
        asked = view.task.question(view.sequences, view.index)
        text = " ".join(label for label in view.labels if label)
        return f"{header(view)}. Cue: {', '.join(named) or 'none'}. Asked: {asked}. In full: {text}"


def header(view: SequenceView) -> str:
    """What is read, and how far the cue is from the question."""
    cues = [step for step, role in enumerate(view.roles.tolist()) if role == Role.CUE]
    unit = unit_of_length(view.task)
    manner = (
        f"one {unit.removesuffix('s')} per step: " if unit != "steps" else "one after another: "
    )
    text = f"What every net reads, {manner}{view.length} {unit}"
    if not cues:
        return text
    asked = [step for step, role in enumerate(view.roles.tolist()) if role == Role.QUERY]
    apart_each = {at - cue for cue, at in zip(cues, asked, strict=False)}
    if len(cues) == len(asked) > 1 and len(apart_each) == 1:
        return f"{text}, each {ROLE_NAMES[Role.CUE]} {apart_each.pop()} steps before its question"
    which = "the first" if cues[-1] - cues[0] >= len(cues) else "the"  # they are not in one piece
    far, gap = view.asked_at - cues[0], _gap(view)
    apart = f"{text}, {which} {ROLE_NAMES[Role.CUE]} {far} steps before the question"
    if gap is None or not 0 < far - gap < far:
        return apart
    return f"{apart} (the gap of {gap} and {far - gap} more)"


def _gap(view: SequenceView) -> int | None:
    """The task's gap, if its slider counts steps between cue and question."""
    return int(view.task.params.gap) if view.task.gap_field == "gap" else None
