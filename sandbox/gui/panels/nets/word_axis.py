"""The words under a column and what they are for: cue, filler and query."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise
from typing import TYPE_CHECKING

import numpy as np
from PySide6.QtCore import QRect, QRectF, Qt
from PySide6.QtGui import QColor, QPainter

from sandbox.drawing.timeline import ROLE_NAMES
from sandbox.gui.look.marks import tint, write
from sandbox.gui.look.typeface import SMALL_PX, width_of
from sandbox.gui.panels.nets.content import ColumnContent, marked_steps
from sandbox.tasks.base import Role

if TYPE_CHECKING:
    from sandbox.drawing.styles import Palette
    from sandbox.drawing.timeline import Timeline
    from sandbox.gui.panels.nets.geometry import Geometry

_SLANT = 60.0
_SLANTED_PITCH = 14.0
_SPACE = 5.0


@dataclass(frozen=True)
class Segment:
    """Steps `start` to `stop` (excluded) that have one role."""

    role: Role
    start: int
    stop: int


def segments(roles: np.ndarray) -> list[Segment]:
    """A sequence's roles as runs."""
    cuts = [0, *(np.flatnonzero(np.diff(roles)) + 1).tolist(), len(roles)]
    return [Segment(Role(int(roles[a])), a, b) for a, b in pairwise(cuts) if b > a]


def paint_bands(painter: QPainter, geometry: Geometry, content: ColumnContent) -> None:
    """Cue and query as tints behind the gradient, and as thin edges from the pictures down."""
    top, strip = _first_picture(geometry, content), geometry.gradient
    for segment in _bands(content):
        x, right = (geometry.timeline.edge(step) for step in (segment.start, segment.stop))
        color = tint(role_color(segment.role, content.palette), 56)
        painter.fillRect(QRectF(x, strip.top(), max(right - x, 1), strip.height()), color)
    height = strip.top() + strip.height() - top
    paint_edges(
        painter, QRect(strip.left(), top, strip.width(), height), content, geometry.timeline
    )


def paint_edges(painter: QPainter, rect: QRect, content: ColumnContent, timeline: Timeline) -> None:
    """Where cue and query begin and end, over the height of rect."""
    for segment in _bands(content):
        color = tint(role_color(segment.role, content.palette), 150)
        x, right = (timeline.edge(step) for step in (segment.start, segment.stop))
        for edge in {round(x), round(right) - 1} if right - x >= 3 else {round(x)}:
            painter.fillRect(edge, rect.top(), 1, rect.height(), color)


def _bands(content: ColumnContent) -> list[Segment]:
    return [
        segment
        for segment in segments(content.sequence.roles)
        if segment.role in (Role.CUE, Role.QUERY)
    ]


def _first_picture(geometry: Geometry, content: ColumnContent) -> int:
    """Where the pictures begin; above them there may be words."""
    return geometry.picture(0, len(content.pictures)).top()


def role_color(role: Role, palette: Palette) -> str:
    """Cue in its colour, query in the text's, the rest quiet."""
    return {Role.CUE: palette.cue, Role.QUERY: palette.text}.get(role, palette.quiet)


def paint_axis(painter: QPainter, geometry: Geometry, content: ColumnContent) -> None:
    """As many words as fit, cue and query always, and the roles under them."""
    _paint_words(painter, geometry, content, (0.0, 0.0))
    _paint_roles(painter, geometry, content)


def _paint_words(
    painter: QPainter, geometry: Geometry, content: ColumnContent, gap: tuple[float, float]
) -> None:
    """The words that do not reach into the gap."""
    labels, timeline = tuple(content.sequence.labels), geometry.timeline
    first = marked_steps(content.sequence)
    for step, x in chosen_words(labels, first, timeline, geometry.slanted):
        _, left, right = _extent(labels[step], timeline.centre(step), timeline, geometry.slanted)
        if right <= gap[0] or left >= gap[1]:
            role = Role(int(content.sequence.roles[step]))
            _paint_word(painter, geometry, x, labels[step], role, content.palette)


@lru_cache(maxsize=64)
def chosen_words(
    labels: tuple[str, ...], first: tuple[int, ...], timeline: Timeline, slanted: bool
) -> tuple[tuple[int, float], ...]:
    """(step, x) of the words that stand without overlap; x is a middle, or a slant's end."""
    taken: list[tuple[float, float]] = []
    chosen = []
    for step in _by_weight(labels, first):
        x, left, right = _extent(labels[step], timeline.centre(step), timeline, slanted)
        if labels[step] and all(right <= a or left >= b for a, b in taken):
            taken.append((left, right))
            chosen.append((step, x))
    return tuple(chosen)


def _by_weight(labels: tuple[str, ...], first: tuple[int, ...]) -> list[int]:
    """Query and cue, then longer words, then "the" and its like."""
    rest = sorted(set(range(len(labels))) - set(first), key=lambda t: (len(labels[t]) < 4, t))
    return [*reversed(first), *rest]


def _extent(
    label: str, centre: float, timeline: Timeline, slanted: bool
) -> tuple[float, float, float]:
    if slanted:
        return centre, centre - _SLANTED_PITCH / 2, centre + _SLANTED_PITCH / 2
    half = width_of(label, SMALL_PX, bold=True) / 2
    x = min(max(centre, timeline.left - 40 + half), timeline.right + 40 - half)
    return x, x - half - _SPACE / 2, x + half + _SPACE / 2


def _paint_word(
    painter: QPainter, geometry: Geometry, x: float, label: str, role: Role, palette: Palette
) -> None:
    color, bold = role_color(role, palette), role in (Role.CUE, Role.QUERY)
    if not geometry.slanted:
        middle = Qt.AlignmentFlag.AlignHCenter
        write(painter, x, geometry.words.top() + 12, label, color, bold=bold, align=middle)
        return
    painter.save()
    painter.translate(x + 3, geometry.words.top() + 5)
    painter.rotate(-_SLANT)
    write(painter, 0, 4, label, color, bold=bold, align=Qt.AlignmentFlag.AlignRight)
    painter.restore()


def _paint_roles(painter: QPainter, geometry: Geometry, content: ColumnContent) -> None:
    palette, timeline = content.palette, geometry.timeline
    top = geometry.roles.top()
    written: list[tuple[float, float]] = []
    runs = [run for run in segments(content.sequence.roles) if run.role in ROLE_NAMES]
    for run in sorted(runs, key=lambda run: run.role == Role.FILLER):
        color = role_color(run.role, palette)
        left, right = timeline.edge(run.start), timeline.edge(run.stop)
        painter.fillRect(QRectF(left, top + 1, max(right - left - 1, 1), 2), tint(color, 220))
        name = ROLE_NAMES[run.role]
        half = width_of(name, SMALL_PX) / 2
        x = min(max((left + right) / 2, timeline.left + half), timeline.right - half)
        if all(x + half + 4 <= a or x - half - 4 >= b for a, b in written):
            written.append((x - half, x + half))
            middle = Qt.AlignmentFlag.AlignHCenter
            write(painter, x, top + 14, name, color, align=middle)


def paint_mark(painter: QPainter, geometry: Geometry, content: ColumnContent, step: int) -> None:
    """The marked step: one line through everything, its word on a chip over the axis."""
    palette, timeline = content.palette, geometry.timeline
    x = round(timeline.centre(step))
    top = _first_picture(geometry, content)
    height = geometry.words.top() - top
    painter.fillRect(x - 1, top, 3, height, tint(palette.ground, 150))
    painter.fillRect(x, top, 1, height, QColor(palette.text))
    label = content.sequence.labels[step] or f"step {step + 1}"
    half = width_of(label, SMALL_PX, bold=True) / 2 + 4
    middle = min(max(x, half), geometry.words.width() - half)
    painter.fillRect(geometry.words, QColor(palette.ground))
    _paint_words(painter, geometry, content, (middle - half, middle + half))
    chip = QRect(round(middle - half), geometry.words.top(), round(2 * half), 16)
    painter.fillRect(chip, QColor(palette.text))
    align = Qt.AlignmentFlag.AlignHCenter
    write(painter, middle, chip.top() + 12, label, palette.ground, bold=True, align=align)
