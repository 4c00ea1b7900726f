"""The time axis under a column: words, what steps are for, and the marked step."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING, Protocol

from PySide6.QtCore import QRect, QRectF, Qt
from PySide6.QtGui import QColor, QPainter

from sandbox.drawing.timeline import (
    ROLE_NAMES,
    Timeline,
    fitting_words,
    marked_bands,
    marked_steps,
    named_bands,
)
from sandbox.gui.look.marks import tint, write
from sandbox.gui.look.typeface import SMALL_PX, baseline, px, scale, width_of
from sandbox.tasks.base import Role

if TYPE_CHECKING:
    from sandbox.drawing.styles import Palette
    from sandbox.gui.panels.nets.column_geometry import Geometry
    from sandbox.gui.panels.nets.nets_scales import ColumnContent
    from sandbox.tasks.shown import ShownSequence

_RIGHT, _MIDDLE = Qt.AlignmentFlag.AlignRight, Qt.AlignmentFlag.AlignHCenter
_SLANT = 60.0  # degrees
_SLANTED_PITCH = 14
_SPACE = 5.0  # between two words


def role_color(role: Role, palette: Palette) -> str:
    """Cue in its colour, question in the text's, the rest quiet."""
    return {Role.CUE: palette.cue, Role.QUERY: palette.text}.get(role, palette.quiet)


def paint_bands(painter: QPainter, geometry: Geometry, content: ColumnContent) -> None:
    """Cue and question as tints behind the gradient, and as thin edges from the pictures down."""
    top = geometry.picture(0, len(content.pictures)).top()
    strip, timeline = geometry.gradient, geometry.timeline
    for band in marked_bands(content.sequence.roles):
        x, right = timeline.edge(band.start), timeline.edge(band.stop)
        color = tint(role_color(band.role, content.palette), 56)
        painter.fillRect(QRectF(x, strip.top(), max(right - x, 1), strip.height()), color)
    whole = QRect(strip.left(), top, strip.width(), strip.top() + strip.height() - top)
    paint_edges(painter, whole, content.sequence, timeline, content.palette)


def paint_edges(
    painter: QPainter, rect: QRect, sequence: ShownSequence, timeline: Timeline, palette: Palette
) -> None:
    """Where cue and question begin and end, over the height of rect."""
    for band in marked_bands(sequence.roles):
        color = tint(role_color(band.role, palette), 150)
        x, right = timeline.edge(band.start), timeline.edge(band.stop)
        for edge in {round(x), round(right) - 1} if right - x >= 3 else {round(x)}:
            painter.fillRect(edge, rect.top(), 1, rect.height(), color)


class Axis(Protocol):
    """Where the words of a time axis stand, and the roles under them."""

    @property
    def words(self) -> QRect:
        """The strip of words."""
        ...

    @property
    def roles(self) -> QRect:
        """The strip of roles."""
        ...

    @property
    def timeline(self) -> Timeline:
        """The steps."""
        ...

    @property
    def slanted(self) -> bool:
        """Whether words are."""
        ...


def paint_axis(painter: QPainter, axis: Axis, sequence: ShownSequence, palette: Palette) -> None:
    """As many words as fit, cue and question always, and the roles under them."""
    _paint_words(painter, axis, sequence, palette)
    timeline, roles = axis.timeline, axis.roles
    named = named_bands(sequence.roles, timeline, lambda text: width_of(text, SMALL_PX))
    for band, x in named:
        color = role_color(band.role, palette)
        left, right = timeline.edge(band.start), timeline.edge(band.stop)
        bar = QRectF(left, roles.top() + 1, max(right - left - 1, 1), 2)
        painter.fillRect(bar, tint(color, 220))
        if x is not None:
            y = baseline(roles.top() + 2, roles.height() - 2)
            write(painter, x, y, ROLE_NAMES[band.role], color, align=_MIDDLE)


def paint_mark(
    painter: QPainter, top: int, bottom: int, timeline: Timeline, step: int, palette: Palette
) -> None:
    """The marked step: one line from top to bottom."""
    x = round(timeline.centre(step))
    painter.fillRect(x - 1, top, 3, bottom - top, tint(palette.ground, 150))
    painter.fillRect(x, top, 1, bottom - top, QColor(palette.text))


def paint_marked_step(
    painter: QPainter, axis: Axis, top: int, sequence: ShownSequence, palette: Palette, step: int
) -> None:
    """The marked step's line from `top` down, its word on a chip over the axis."""
    words = axis.words
    paint_mark(painter, top, words.top(), axis.timeline, step, palette)
    label = sequence.labels[step] or f"step {step + 1}"
    half = width_of(label, SMALL_PX, bold=True) / 2 + 4
    middle = min(max(round(axis.timeline.centre(step)), half), words.width() - half)
    painter.fillRect(words, QColor(palette.ground))
    _paint_words(painter, axis, sequence, palette, (middle - half, middle + half))
    chip = QRect(round(middle - half), words.top(), round(2 * half), px(16))
    painter.fillRect(chip, QColor(palette.text))
    y = baseline(chip.top(), chip.height())
    write(painter, middle, y, label, palette.ground, bold=True, align=_MIDDLE)


def _paint_words(
    painter: QPainter,
    axis: Axis,
    sequence: ShownSequence,
    palette: Palette,
    gap: tuple[float, float] = (0.0, 0.0),
) -> None:
    """The words that do not reach into the gap."""
    timeline, slanted = axis.timeline, axis.slanted
    marked = marked_steps(sequence.roles)
    for step in _chosen_words(tuple(sequence.labels), marked, timeline, slanted, scale()):
        x, left, right = _extent(sequence.labels[step], timeline.centre(step), timeline, slanted)
        if right <= gap[0] or left >= gap[1]:
            role = Role(int(sequence.roles[step]))
            _paint_word(painter, axis, x, sequence.labels[step], role, palette)


@lru_cache(maxsize=64)
def _chosen_words(
    labels: tuple[str, ...],
    marked: tuple[int, ...],
    timeline: Timeline,
    slanted: bool,
    type_size: float,
) -> tuple[int, ...]:
    """The steps whose words fit without overlap at that type size."""
    return tuple(
        fitting_words(
            labels,
            marked,
            lambda step: _extent(labels[step], timeline.centre(step), timeline, slanted)[1:],
        )
    )


def _extent(
    label: str, centre: float, timeline: Timeline, slanted: bool
) -> tuple[float, float, float]:
    """Where a word is written (its middle, or a slanted one's end), and its two ends."""
    if slanted:
        half = px(_SLANTED_PITCH) / 2
        return centre, centre - half, centre + half
    half, beyond = width_of(label, SMALL_PX, bold=True) / 2, px(40)
    x = min(max(centre, timeline.left - beyond + half), timeline.right + beyond - half)
    return x, x - half - _SPACE / 2, x + half + _SPACE / 2


def _paint_word(
    painter: QPainter, axis: Axis, x: float, label: str, role: Role, palette: Palette
) -> None:
    color, bold = role_color(role, palette), role in (Role.CUE, Role.QUERY)
    if not axis.slanted:
        y = baseline(axis.words.top(), axis.words.height())
        write(painter, x, y, label, color, bold=bold, align=_MIDDLE)
        return
    painter.save()
    painter.translate(x + px(3), axis.words.top() + px(5))
    painter.rotate(-_SLANT)
    write(painter, 0, px(4), label, color, bold=bold, align=_RIGHT)
    painter.restore()
