"""The sequence on screen, with cue and question marked: as words, or as a strip a channel."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from PySide6.QtCore import QEvent, QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QMouseEvent, QPainter, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import QSizePolicy

from sandbox.drawing.placing import spread
from sandbox.drawing.ribbon import Piece, Ribbon, lay_out, words_of
from sandbox.drawing.timeline import ROLE_NAMES, Timeline
from sandbox.drawing.wording import decimal, step_name
from sandbox.gui.look.marks import pen, tint, write
from sandbox.gui.look.typeface import SMALL_PX, TEXT_PX, baseline, elided, px, width_of
from sandbox.gui.panels.shared.panel import StepPanel
from sandbox.tasks.base import Channels, Role
from sandbox.tasks.shown import ShownSequence, unit_of_length

if TYPE_CHECKING:
    from sandbox.drawing.styles import Palette

MARGIN, HEADER, LINE, LINES = 12, 18, 19, 3
TEXT_SIZES = (16, 14, TEXT_PX)  # the largest at which everything fits
_SPACE = 6.0  # between words
_GAP = 4.0  # between channels
FEW, NAME_PITCH = 3, 11  # channels that have room; pixels between names
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
        self._ribbon = Ribbon()
        self._size = TEXT_SIZES[-1]
        self.set_palette(self._palette)

    def show_view(self, view: ShownSequence) -> None:
        """Draw this; a hidden panel keeps it until it is shown."""
        if view is not self._view:
            super().show_view(view)

    def set_palette(self, palette: Palette) -> None:
        """Draw everything in these colours, and in the type size now in force."""
        self.setFixedHeight(px(self._top + LINE * self._lines) + 5)
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
            self._ribbon = lay_out(words, width, self._lines, _SPACE, self._measure, unit)
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
                top = px(self._top) + 2
                area = QRectF(MARGIN, top, self.width() - 2 * MARGIN, self.height() - top - 2)
                paint_channels(painter, area, view, self._palette, self.marked)
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
        text = step_name(view, self.marked) if marked else header(view)
        room = left - 2 * MARGIN - width_of(text, SMALL_PX, bold=marked)
        intro = next((each for each in INTROS if width_of(each, SMALL_PX) <= room), INTROS[-1])
        if left - width_of(intro, SMALL_PX) > MARGIN:
            write(painter, left, y, intro, palette.quiet, align=align)
            left -= width_of(intro, SMALL_PX) + 6
        text = elided(text, left - 2 * MARGIN, SMALL_PX, bold=marked)
        color = palette.text if marked else palette.quiet
        write(painter, MARGIN, y, text, color, bold=marked)

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
    if not cues:
        return text
    apart_each = {at - cue for cue, at in zip(cues, asked, strict=False)}
    if len(cues) == len(asked) > 1 and len(apart_each) == 1:
        return f"{text}, each {ROLE_NAMES[Role.CUE]} {apart_each.pop()} steps before its question"
    which = "the first" if cues[-1] - cues[0] >= len(cues) else "the"  # they are not in one piece
    far = view.asked_at - cues[0]
    apart = f"{text}, {which} {ROLE_NAMES[Role.CUE]} {far} steps before the question"
    gap = int(view.task.params.gap) if view.task.gap_field == "gap" else 0  # 0: not in steps
    return f"{apart} (the gap of {gap} and {far - gap} more)" if 0 < gap < far else apart


# -- sequences of real numbers ----------------------------------------------------------


def channel_timeline(left: float, width: float, view: ShownSequence) -> Timeline:
    """The time axis, right of the channels' names."""
    assert isinstance(view.task.inputs, Channels)
    names = max(width_of(name, SMALL_PX) for name in view.task.inputs.names) + 12
    return Timeline(left + names, max(width - names, 1), view.length)


def paint_channels(
    painter: QPainter, area: QRectF, view: ShownSequence, palette: Palette, mark: int
) -> None:
    """A strip of bars a channel; the cue in its colour, the marked step over everything."""
    inputs = view.task.inputs
    assert isinstance(inputs, Channels)
    values = np.asarray(view.sequences.inputs[view.index, : view.length], np.float64)
    timeline = channel_timeline(area.left(), area.width(), view)
    gap = _GAP if inputs.size <= FEW else 1.0
    height = (area.height() - gap * (inputs.size - 1)) / inputs.size
    _write_names(painter, area, inputs.names, height + gap, palette)
    for channel in range(inputs.size):
        top = area.top() + channel * (height + gap)
        strip = QRectF(timeline.left, top, timeline.width, height)
        shares = (values[:, channel] - inputs.low) / (inputs.high - inputs.low)
        _paint_strip(painter, strip, shares, zero_share(inputs), view, palette)
    if 0 <= mark < view.length:
        x = timeline.centre(mark)
        painter.fillRect(QRectF(round(x), area.top(), 1, area.height()), palette.text)
        if inputs.size <= FEW:  # of more, the line above tells them with their names
            _write_values(painter, x, area, values[mark], palette)


def _write_names(
    painter: QPainter, area: QRectF, names: tuple[str, ...], pitch: float, palette: Palette
) -> None:
    """Names beside channels that are `pitch` apart, moved until none lies over another."""
    least = px(NAME_PITCH)
    for name, middle in names_placed(names, area.height(), pitch, least):
        y = baseline(area.top() + middle - least / 2, least)
        write(painter, area.left(), y, name, palette.quiet)


def names_placed(
    names: tuple[str, ...], height: float, pitch: float, least: float
) -> list[tuple[str, float]]:
    """As many names as have room, at least so far apart, and the middle of each from the top.

    One stands for the sine and the cosine of the same; the first and the last are always there.
    """
    told = [
        (name.removesuffix(" sin"), (at + 1.0) * pitch)
        if _is_pair(names[at : at + 2])
        else (name, (at + 0.5) * pitch)
        for at, name in enumerate(names)
        if not _is_pair(names[max(at - 1, 0) : at + 1])
    ]
    many = max(min(int(height / least), len(told)), 1)
    kept = [told[round(at)] for at in np.linspace(0, len(told) - 1, many)]
    middles = spread(
        [middle for _, middle in kept], least / 2, height - least / 2, least, keep=True
    )
    return [(name, middle) for (name, _), middle in zip(kept, middles, strict=True)]


def _is_pair(names: tuple[str, ...]) -> bool:
    """Whether these are the sine and the cosine of the same."""
    return len(names) == 2 and f"{names[0].removesuffix(' sin')} cos" == names[1]


def zero_share(inputs: Channels) -> float:
    """Where bars begin, 0 the bottom and 1 the top: at zero, or at the end nearest to it."""
    return min(max(-inputs.low / (inputs.high - inputs.low), 0.0), 1.0)


def _paint_strip(
    painter: QPainter,
    strip: QRectF,
    shares: np.ndarray,
    zero: float,
    view: ShownSequence,
    palette: Palette,
) -> None:
    """shares: of the strip's height, (T,)."""
    painter.fillRect(strip, tint(palette.quiet, 20))
    base = strip.bottom() - zero * strip.height()
    width = strip.width() / view.length
    for step, share in enumerate(np.clip(shares, 0, 1).tolist()):
        cue = view.roles[step] == Role.CUE
        x, tall = strip.left() + step * width, (share - zero) * strip.height()
        if cue:
            band = QRectF(x, strip.top(), max(width, 2), strip.height())
            painter.fillRect(band, tint(palette.cue, 60))
        bar = QRectF(x, base - tall, max(width - 1, 1), tall).normalized()
        painter.fillRect(bar, palette.cue if cue else tint(palette.quiet, 170))
    if 0 < zero < 1:
        painter.fillRect(QRectF(strip.left(), round(base), strip.width(), 1), palette.quiet)


def _write_values(
    painter: QPainter, x: float, area: QRectF, values: np.ndarray, palette: Palette
) -> None:
    """The values of the marked step (I,) on a chip beside its line."""
    text = " · ".join(map(decimal, values))
    width, height = width_of(text, SMALL_PX, bold=True) + 8, px(15)
    left = min(max(x + 4, area.left()), area.right() - width)
    painter.fillRect(QRectF(left, area.top(), width, height), palette.text)
    y = baseline(area.top(), height)
    write(painter, left + 4, y, text, palette.ground, bold=True)
