"""Paints answers over time: probabilities as rows of colour, values as lines."""

from __future__ import annotations

import math
from functools import lru_cache
from typing import TYPE_CHECKING

import numpy as np
from PySide6.QtCore import QPointF, QRect, QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPen

from sandbox.drawing.answer_text import EVEN_CHANCE, values_text
from sandbox.drawing.styles import BASELINE
from sandbox.drawing.wording import as_read, percent
from sandbox.gui.look.colourmaps import (
    Pixels,
    colour_bar,
    colour_table,
    draw_pixels,
    pixel,
    pixels_of,
)
from sandbox.gui.look.marks import marker, pen, polyline, tint, write
from sandbox.gui.look.typeface import SMALL_PX, baseline, elided, px, width_of
from sandbox.gui.panels.answers.answers_content import listed
from sandbox.gui.panels.nets.column_geometry import MARGIN

if TYPE_CHECKING:
    from collections.abc import Iterable

    from sandbox.drawing.styles import Palette
    from sandbox.gui.panels.answers.answers_content import AnswersContent, Floats, Places

_RIGHT = Qt.AlignmentFlag.AlignRight
QUIET = 0.45  # of a colour's strength, where nothing is asked
BRIGHT = 0.6  # from this probability on, marks are dark
DARK_MARK, LIGHT_MARK = 0xFF14171C, 0xFFFFFFFF
MARK = 5  # pixels, the side of a mark, and of the one beside the right answer's name
BAR_GAP, BAR = 6, 6  # the colours' own bar, right of the rows
NAME = MARGIN + MARK + 5  # where an answer's name begins
BEYOND = 1.0  # spans of the right values, up to which predictions stretch the axis
MARKED = 9  # pixels per step from which on each question has a marker
ITSELF = "fed its answers"
RING = 5.5  # pixels, radius of a right value's ring; a net's own mark fits inside
SAMPLE = 18  # pixels of a line, before its name


# -- probabilities ----------------------------------------------------------------------


def paint_chances(painter: QPainter, places: Places, content: AnswersContent) -> None:
    """A row for each answer; right ones are marked beside their name and at the questions."""
    rows = listed(content, places.rows)
    ratio = painter.device().devicePixelRatio()
    steps = places.timeline.columns(ratio, np.flatnonzero(content.scored).tolist())
    colours = _colours(content, content.given[:, rows])
    for position, output in enumerate(rows.tolist()):
        rect = places.row(position, len(rows))
        high = max(round((rect.height() - 1) * ratio), 1)
        shown = np.repeat(colours[None, steps, position], high, axis=0)
        _mark(shown, content, output, steps, ratio)
        draw_pixels(painter, rect.left(), rect.top(), shown, ratio)
        _paint_name(painter, rect, content, output)
    _paint_scale(painter, places, len(rows), content.palette)


def _colours(content: AnswersContent, chances: Floats) -> Pixels:
    """Each probability's colour (T, R): quiet, or the ground's, where nothing is asked."""
    colours = pixels_of(chances, 0.0, 1.0, colour_table("gate", content.palette))
    quiet = _quiet_table(content.palette)
    beside = pixels_of(chances, 0.0, 1.0, quiet) if content.every else quiet[-1]
    return np.where(content.scored[:, None], colours, beside).astype(np.uint32)


@lru_cache(maxsize=4)
def _quiet_table(palette: Palette) -> Pixels:
    """The colours mixed with the ground's, which is the last entry."""
    bright, ground = (
        pixels.view(np.uint8).reshape(-1, 4)
        for pixels in (colour_table("gate", palette), np.array([pixel(palette.ground)], np.uint32))
    )
    mixed = np.vstack([QUIET * bright + (1 - QUIET) * ground, ground])
    return mixed.round().astype(np.uint8).view(np.uint32).ravel()


def _mark(
    shown: Pixels, content: AnswersContent, output: int, steps: np.ndarray, ratio: float
) -> None:
    """A mark where this answer is the right one: light on dark colours, dark on bright ones.

    shown: the row's pixels (height, width), which are changed; steps: of each column of them.
    """
    side = round(MARK * ratio)
    first = np.searchsorted(steps, steps, "left")
    count = np.searchsorted(steps, steps, "right") - first
    place = np.arange(len(steps)) - first - np.maximum((count - side) // 2, 0)
    middle = (place >= 0) & (place < side) & content.marks[steps, output]
    dark = content.given[steps, output] > BRIGHT
    top = max((len(shown) - side) // 2, 0)
    marks = np.where(dark, DARK_MARK, LIGHT_MARK).astype(np.uint32)
    shown[top : top + side, middle] = marks[middle]


def _paint_name(painter: QPainter, rect: QRect, content: AnswersContent, output: int) -> None:
    """An answer's name and its probability at the step in focus; bold if it is the net's answer."""
    palette, chances = content.palette, content.given[content.step]
    chance, right = float(chances[output]), bool(content.marks[content.step, output])
    said = chance >= EVEN_CHANCE or (
        content.task.loss == "cross_entropy" and output == int(chances.argmax())
    )
    y, end = baseline(rect.top(), rect.height() - 1), rect.left() - 8
    color = palette.text if said else palette.quiet
    write(painter, end, y, percent(chance), color, bold=said, align=_RIGHT)
    if right:
        middle = rect.top() + (rect.height() - 1) / 2
        painter.fillRect(QRectF(MARGIN, middle - 2, MARK, MARK), QColor(palette.text))
    room = end - width_of("100%", SMALL_PX, bold=True) - 6 - NAME
    name = elided(content.task.outputs[output], max(room, 8), SMALL_PX, bold=said)
    write(painter, NAME, y, name, palette.text if right else color, bold=said)


def _paint_scale(painter: QPainter, places: Places, count: int, palette: Palette) -> None:
    """The colours from 0 to 100%, right of the rows."""
    top, height = places.body.top(), count * places.row(0, count).height() - 1
    if height < 2 * px(SMALL_PX):
        return
    ratio = painter.device().devicePixelRatio()
    bar = colour_bar(colour_table("gate", palette), height, BAR, ratio)
    x = places.timeline.right + BAR_GAP
    draw_pixels(painter, x, top, bar, ratio)
    x += BAR + 4
    write(painter, x, top + px(9), "100%", palette.quiet)
    write(painter, x, top + height, "0", palette.quiet)


# -- values -----------------------------------------------------------------------------


def needed_range(right: Floats, given: Iterable[Floats]) -> tuple[float, float]:
    """Round ends that hold the right values, and the given ones unless they are far out."""
    known = right[np.isfinite(right)]
    low, high = (float(known.min()), float(known.max())) if len(known) else (0.0, 1.0)
    span = max(high - low, abs(high) / 2, 1e-6)
    floor, ceiling = low - BEYOND * span, high + BEYOND * span
    for values in given:
        finite = values[np.isfinite(values)]
        if len(finite):
            low = min(low, max(float(finite.min()), floor))
            high = max(high, min(float(finite.max()), ceiling))
    unit = 10.0 ** math.floor(math.log10(max(high - low, span))) / 2
    return math.floor(low / unit + 1e-9) * unit, math.ceil(high / unit - 1e-9) * unit


def paint_values(painter: QPainter, places: Places, content: AnswersContent) -> None:
    """Axis, right values, the net's own line, and how it continues."""
    painter.fillRect(places.body, tint(content.palette.quiet, 14))
    _paint_axis(painter, places, content)
    _paint_figures(painter, places, content)
    if content.further:
        _paint_border(painter, places, content)
    painter.save()
    painter.setClipRect(places.body.adjusted(0, 0, 8, 0))  # extra room for a mark at the end
    painter.setRenderHint(QPainter.RenderHint.Antialiasing, places.timeline.steps <= 300)
    for output in range(len(content.task.outputs)):
        _paint_right(painter, places, content, output)
        _paint_given(painter, places, content, output)
        if content.further and content.ahead is not None:
            first, answers = content.sequence.length - 1, content.ahead[:, output]
            x = places.timeline.centres()[first : first + len(answers)]
            painter.setPen(_pen(content))
            polyline(painter, x, _y(_read(answers[: len(x)], content), places, content))
    painter.restore()


def _read(values: Floats, content: AnswersContent) -> Floats:
    """Values in the units of the axis."""
    return as_read(content.task, values)


def _y(values: Floats, places: Places, content: AnswersContent) -> Floats:
    """The y of each value; values beyond an end stay at it, NaN stays NaN."""
    body = places.body
    shares = (content.high - values.astype(np.float64)) / (content.high - content.low)
    return body.top() + 2 + np.clip(shares, 0, 1) * (body.height() - 5)


def _paint_axis(painter: QPainter, places: Places, content: AnswersContent) -> None:
    body, palette = places.body, content.palette
    ends = np.array([content.high, content.low])
    heights = _y(ends, places, content).tolist()
    for value, y, down in zip(ends.tolist(), heights, (px(8), 0), strict=True):
        painter.fillRect(QRectF(body.left(), round(y), body.width(), 1), palette.hairline)
        write(painter, body.left() - 6, round(y) + down, f"{value:g}", palette.quiet, align=_RIGHT)


def _paint_figures(painter: QPainter, places: Places, content: AnswersContent) -> None:
    """Beside the axis: which line is which, with its value at the step in focus."""
    palette, pitch, step = content.palette, px(15), content.step
    units = content.task.units
    unit = "" if units is None else f" {units.unit}"
    given = values_text(content.task, content.given[step])
    right = values_text(content.task, content.targets[step])
    right = right if content.scored[step] else "–"
    own = content.head.style.color(palette)
    for position, (name, value, color, line) in enumerate(
        (("right", right, palette.text, pen(palette.text)), ("says", given, own, _pen(content)))
    ):
        y = baseline(places.body.top() + position * pitch, pitch)
        if y > places.body.bottom() + 2:
            return
        painter.setPen(line)
        painter.drawLine(MARGIN, y - px(4), MARGIN + px(SAMPLE), y - px(4))
        x = write(painter, MARGIN + px(SAMPLE) + 6, y, name, palette.quiet)
        room, bare = places.body.left() - px(30) - x - 6, value.removesuffix(unit)
        fitting = (w for w in (value, bare) if width_of(w, SMALL_PX, bold=True) <= room)
        write(painter, x + 6, y, next(fitting, ""), color, bold=True)


def _pen(content: AnswersContent, alpha: int = 255) -> QPen:
    style = content.head.style
    return pen(tint(style.color(content.palette), alpha), 2, style.dash)


def _paint_right(painter: QPainter, places: Places, content: AnswersContent, output: int) -> None:
    """Paint lines where questions are adjacent, and a ring for a single one."""
    x, color = places.timeline.centres()[: len(content.scored)], content.palette.text
    targets = _read(content.targets[:, output], content)
    y = _y(np.where(content.scored, targets, np.nan), places, content)
    if content.scored.sum() == 1:  # a line, to show how near the net is on the way
        height = float(y[content.scored][0])
        painter.setPen(pen(tint(color, 130), 1, BASELINE.dash))
        painter.drawLine(QPointF(places.body.left(), height), QPointF(float(x[-1]), height))
    painter.setPen(pen(color))
    polyline(painter, x, y)
    painter.setPen(pen(color, 1.5))
    painter.setBrush(Qt.BrushStyle.NoBrush)
    for spot in _spots(x[content.scored], y[content.scored], places):
        painter.drawEllipse(spot, px(RING), px(RING))


def _paint_given(painter: QPainter, places: Places, content: AnswersContent, output: int) -> None:
    """Strong where something is asked, faint elsewhere."""
    x = places.timeline.centres()[: len(content.scored)]
    y, style = _y(_read(content.given[:, output], content), places, content), content.head.style
    if content.every and not content.scored.all():
        painter.setPen(_pen(content, 110))
        polyline(painter, x, y)
    painter.setPen(_pen(content))
    polyline(painter, x, np.where(content.scored, y, np.nan))
    color = QColor(style.color(content.palette))
    for spot in _spots(x[content.scored], y[content.scored], places):
        marker(painter, spot.x(), spot.y(), style, color)


def _spots(x: Floats, y: Floats, places: Places) -> list[QPointF]:
    """Where markers stand: one for each question, if there is room."""
    wide = places.timeline.width / max(places.timeline.steps, 1)
    if len(x) > 1 and wide < px(MARKED):
        return []
    known = np.isfinite(y)
    return [QPointF(*spot) for spot in np.stack([x[known], y[known]], axis=1).tolist()]


def _paint_border(painter: QPainter, places: Places, content: AnswersContent) -> None:
    """The end of the sequence, and a tint over the steps after it."""
    body, palette = places.body, content.palette
    x, right = round(places.timeline.edge(content.sequence.length)), places.timeline.right
    painter.fillRect(QRectF(x, body.top(), right - x, body.height()), tint(palette.cue, 22))
    painter.fillRect(QRectF(x, body.top(), 1, body.height()), QColor(palette.quiet))
    known = content.ahead is not None
    text = f"{ITSELF}, {content.further} steps" if known else f"{ITSELF}: not computed yet"
    words = next((w for w in (text, ITSELF) if width_of(w, SMALL_PX) + 8 <= right - x), "")
    write(painter, x + 4, body.top() + px(11), words, palette.quiet)
