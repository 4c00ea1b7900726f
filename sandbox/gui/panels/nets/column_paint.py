"""Paints a column's heatmaps and its gradient on one time axis."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from PySide6.QtCore import QRect, QRectF, Qt
from PySide6.QtGui import QColor, QPainter

from sandbox.drawing.placing import spread
from sandbox.drawing.ranges import decade_ticks, gradient_heights, gradient_label, limits
from sandbox.drawing.timeline import Timeline, marked_steps, rows
from sandbox.drawing.wording import end_text, meanings, power_of_ten
from sandbox.gui.look.colourmaps import colour_bar, colour_table, draw_pixels, pixels_of
from sandbox.gui.look.marks import pen, polyline, tint, write, write_lines
from sandbox.gui.look.typeface import (
    SMALL_PX,
    TEXT_PX,
    baseline,
    elided,
    fits,
    metrics,
    px,
    width_of,
    wrap,
)
from sandbox.gui.panels.nets.column_geometry import MARGIN

if TYPE_CHECKING:
    from sandbox.cells.cell import Picture
    from sandbox.drawing.styles import Palette
    from sandbox.gui.panels.nets.nets_scales import ColumnContent, GradientCurve

_RIGHT, _MIDDLE = Qt.AlignmentFlag.AlignRight, Qt.AlignmentFlag.AlignHCenter
FLOOR = 8  # pixels under the lowest decade, where zeros and what is below it are drawn
_BAR_GAP, _BAR_WIDTH = 6, 6
_TICK_ROOM = 36
_LABEL_HEIGHT = 13
_BESIDE = 8  # between a title and its meaning on one line
_FURTHEST = 4  # lines from its curve that a name may stand
GRADIENT_MEANINGS = (  # plain, relative
    ("how much each step still matters for learning; log scale", "size at each step, log scale"),
    ("relative to its value at the question; log", "relative to the question; log"),
)
HISTORY_DECADES = 8
HISTORY_MEANINGS = (
    ("at each position, over training: downwards is later; log colours", "over training, log"),
    ("relative to the question, over training: downwards is later; log", "over training, log"),
)


# -- pictures ---------------------------------------------------------------------------


def paint_picture(
    painter: QPainter, rect: QRect, picture: Picture, content: ColumnContent, timeline: Timeline
) -> None:
    """A heatmap in rect: rows are units, columns are steps, nothing is smoothed."""
    ratio = painter.device().devicePixelRatio()
    low, high = limits(picture.kind, content.limits.get(picture.name, 1.0))
    table = colour_table(picture.kind, content.palette)
    colours = pixels_of(content.values(picture.name), low, high, table)
    columns = timeline.columns(ratio, marked_steps(content.sequence.roles))
    wide = np.take(colours.T, columns, axis=1)  # then whole rows are copied, which is cheap
    shown = np.take(wide, rows(len(wide), rect.height(), ratio), axis=0)
    draw_pixels(painter, rect.left(), rect.top(), shown, ratio)


def paint_marked_unit(
    painter: QPainter, rect: QRect, rows: int, row: int, unit: int, palette: Palette
) -> None:
    """The pinned unit's row of a heatmap: lines above and below it, and its number at the left."""
    pitch = rect.height() / rows
    top, tall = rect.top() + round(row * pitch), max(round(pitch), 1)
    for y in (top - 1, top + tall):
        painter.fillRect(rect.left(), y, rect.width(), 1, QColor(palette.text))
    number = str(unit + 1)
    wide, high = round(width_of(number, SMALL_PX, bold=True)) + 6, px(13)
    at = min(max(top + tall // 2 - high // 2, rect.top()), rect.bottom() + 1 - high)
    chip = QRect(rect.left() - wide, at, wide, high)
    painter.fillRect(chip, QColor(palette.text))
    y = baseline(chip.top(), high)
    write(painter, chip.left() + 3, y, number, palette.ground, bold=True)


def paint_legend(painter: QPainter, rect: QRect, picture: Picture, content: ColumnContent) -> None:
    """Paint what frames do not change: name and meaning left of rect, colour bar right of it."""
    _paint_name(painter, rect, picture.title, meanings(picture), content.palette)
    ratio, quiet = painter.device().devicePixelRatio(), content.palette.quiet
    ends = limits(picture.kind, content.limits.get(picture.name, 1.0))
    table = colour_table(picture.kind, content.palette)
    x = rect.left() + rect.width() + _BAR_GAP
    draw_pixels(painter, x, rect.top(), colour_bar(table, rect.height(), _BAR_WIDTH, ratio), ratio)
    x += _BAR_WIDTH + 4
    low, high = map(end_text, ends)
    ascent = metrics(SMALL_PX).ascent()
    if rect.height() < 2 * ascent:  # no room for two ends: they are named in one line
        text = f"{low}…{high}" if ends[0] >= 0 else f"±{high}"
        write(painter, x, baseline(rect.top(), rect.height()), text, quiet)
        return
    write(painter, x, round(rect.top() + ascent - 2), high, quiet)
    write(painter, x, rect.top() + rect.height() - 1, low, quiet)


def _paint_name(
    painter: QPainter,
    rect: QRect,
    title: str,
    meanings: tuple[str, ...],
    palette: Palette,
    narrower: int = 0,
) -> None:
    """Title and meaning in the gutter left of rect: the first meaning that fits, or none.

    Below the title, or beside it where there is only one line; there "forget gate" is "forget", as
    in the equations, rather than that the meaning is left out.
    """
    measure, top = metrics(SMALL_PX), rect.top() - 1.0
    lines = max(int((rect.height() + 1) // measure.height()) - 1, 0)  # clear of what is below
    width = rect.left() - MARGIN - 8 - narrower
    y = round(top + measure.ascent())
    if not lines:
        short = title.removesuffix(" gate").removesuffix(" state")
        both = ((name, meaning) for name in (title, short) for meaning in meanings)
        fitting = (each for each in both if _beside(*each) <= width)
        name, meaning = next(fitting, (title, ""))
        x = write(painter, MARGIN, y, name, palette.text, bold=True) + _BESIDE
        write(painter, x, y, meaning, palette.quiet)
        return
    write(painter, MARGIN, y, title, palette.text, bold=True)
    meaning = next((each for each in meanings if fits(each, width, lines, SMALL_PX)), "")
    words = wrap(meaning, width, lines, SMALL_PX)
    write_lines(painter, MARGIN, top + measure.height(), words, palette.quiet)


def _beside(title: str, meaning: str) -> float:
    return width_of(title, SMALL_PX, bold=True) + _BESIDE + width_of(meaning, SMALL_PX)


def paint_waiting(painter: QPainter, rect: QRect, content: ColumnContent) -> None:
    """Paint words in place of the pictures before the first frame."""
    lines = wrap(content.waiting or "No picture yet.", rect.width() - 2 * MARGIN, 3)
    middle, pitch = QRectF(rect).center(), metrics(TEXT_PX).height()
    for n, line in enumerate(lines):
        y = middle.y() + (n - (len(lines) - 1) / 2) * pitch
        write(painter, middle.x(), y, line, content.palette.quiet, TEXT_PX, align=_MIDDLE)


# -- the gradient -----------------------------------------------------------------------


def paint_gradient_axis(painter: QPainter, rect: QRect, content: ColumnContent) -> None:
    """Paint what frames do not change: ground, decades, name and meaning."""
    palette, (low, high) = content.palette, content.decades
    painter.fillRect(rect, tint(palette.quiet, 14))
    top, bottom = _plot_edges(rect)
    for exponent in decade_ticks(low, high, bottom - FLOOR - top, px(14)):
        y = round(float(_heights(np.array([10.0**exponent]), rect, content)[0]))
        painter.fillRect(rect.left(), y, rect.width(), 1, QColor(palette.hairline))
        if not content.floor or y + px(12) <= bottom:
            text = power_of_ten(exponent)
            write(painter, rect.left() - 6, y + px(4), text, palette.quiet, align=_RIGHT)
    if content.floor:
        write(painter, rect.left() - 6, bottom + 1, content.floor, palette.quiet, align=_RIGHT)
    words = GRADIENT_MEANINGS[content.relative]
    _paint_name(painter, rect, "gradient", words, palette, px(_TICK_ROOM))


def paint_gradients(
    painter: QPainter, rect: QRect, content: ColumnContent, timeline: Timeline
) -> None:
    """Paint the others' curves faintly, this contestant's on top, and names at the curves.

    Where something is held, the curve without it is dotted.
    """
    untouched = content.untouched_norms
    if untouched is not None:
        painter.setPen(pen(content.head.style.color(content.palette), 1, (1, 3)))
        polyline(painter, timeline.centres(), _heights(untouched, rect, content))
    for curve in sorted(content.curves, key=lambda curve: curve.key == content.key):
        own = curve.key == content.key
        color = tint(curve.style.color(content.palette), 255 if own else 130)
        painter.setPen(pen(color, 2 if own else 1, curve.style.dash))
        painter.setRenderHint(QPainter.RenderHint.Antialiasing, own and timeline.steps <= 200)
        polyline(painter, timeline.centres(), _heights(curve.norms, rect, content))
        painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)
    _paint_names(painter, rect, content)


def paint_gradient_history(
    painter: QPainter, rect: QRect, content: ColumnContent, timeline: Timeline
) -> None:
    """Paint the gradient over training: rows are training steps, the first on top."""
    palette, rows_kept = content.palette, content.history
    if rows_kept is None or not rows_kept.steps:
        return
    ratio, (low, high) = painter.device().devicePixelRatio(), _history_decades(content)
    pixels = max(round(rect.height() * ratio), 1)
    with np.errstate(all="ignore"):
        sizes = np.maximum(np.log10(rows_kept.picture(pixels)), low)
    colours = pixels_of(sizes, low, high, colour_table("gate", palette))
    columns = timeline.columns(ratio, marked_steps(content.sequence.roles))
    draw_pixels(painter, rect.left(), rect.top(), np.take(colours, columns, axis=1), ratio)
    first, last = rows_kept.steps[0], rows_kept.steps[-1]
    for y, step in ((rect.top() + px(11), first), (rect.bottom() - 2, last)):
        text = f"step {step:,}"
        box = QRect(rect.left(), y - px(10), round(width_of(text, SMALL_PX)) + 6, px(13))
        painter.fillRect(box, tint(palette.ground, 190))
        write(painter, rect.left() + 3, y, text, palette.text)


def paint_history_axis(painter: QPainter, rect: QRect, content: ColumnContent) -> None:
    """Paint what frames do not change: name, meaning and colours."""
    words = HISTORY_MEANINGS[content.relative]
    _paint_name(painter, rect, "gradient", words, content.palette)
    ratio, (low, high) = painter.device().devicePixelRatio(), _history_decades(content)
    x, table = rect.left() + rect.width() + _BAR_GAP, colour_table("gate", content.palette)
    draw_pixels(painter, x, rect.top(), colour_bar(table, rect.height(), _BAR_WIDTH, ratio), ratio)
    x += _BAR_WIDTH + 4
    quiet = content.palette.quiet
    write(painter, x, rect.top() + px(9), power_of_ten(high), quiet)
    write(painter, x, rect.bottom(), power_of_ten(low), quiet)


def _history_decades(content: ColumnContent) -> tuple[int, int]:
    """Exponents at the ends of the colours: what is smaller is as good as nothing."""
    low, high = content.decades
    return max(low, high - HISTORY_DECADES), high


def _heights(norms: np.ndarray, rect: QRect, content: ColumnContent) -> np.ndarray:
    return gradient_heights(norms, content.decades, *_plot_edges(rect), FLOOR)


def _plot_edges(rect: QRect) -> tuple[float, float]:
    return rect.top() + 4.0, rect.top() + rect.height() - 1.0


def _paint_names(painter: QPainter, rect: QRect, content: ColumnContent) -> None:
    """Each curve's name at its left end, where the curves are furthest apart."""
    palette, pitch = content.palette, px(_LABEL_HEIGHT)
    placed = _placed_names(rect, content, pitch)
    if len(placed) < len(content.curves):
        text = f"and {len(content.curves) - len(placed)} more"
        right, foot = rect.left() + rect.width() - 4, rect.top() + rect.height() - 4
        write(painter, right, foot, text, palette.quiet, align=_RIGHT)
    for y, curve in placed:
        wrong, bold = not np.all(np.isfinite(curve.norms)), curve.key == content.key
        color = palette.wrong if wrong else curve.style.color(palette)
        text = gradient_label(curve.title, curve.norms)
        room = rect.width() - 8
        if bold and not wrong:
            longer = (f"{text}: {words}" for words in curve.way_back)
            fitting = (each for each in longer if width_of(each, SMALL_PX, bold=True) <= room)
            text = next(fitting, text)
        text = elided(text, room, SMALL_PX, bold=bold)
        x, top = rect.left() + 4, round(y - pitch / 2)
        box = QRect(x - 2, top, round(width_of(text, SMALL_PX, bold=bold)) + 4, pitch)
        painter.fillRect(box, tint(palette.ground, 190))
        write(painter, x, baseline(top, pitch), text, color, bold=bold)


def _placed_names(
    rect: QRect, content: ColumnContent, pitch: float
) -> list[tuple[float, GradientCurve]]:
    """The curves that are named, and the middles of their names, clear of one another.

    Where room is short, the own name is kept, and of the others those that stay near their
    curves.
    """
    top, bottom = _plot_edges(rect)
    room = max(int((bottom - top) // pitch), 1)
    named = sorted(content.curves, key=lambda curve: curve.key != content.key)[:room]
    starts = [float(_heights(curve.norms[:1], rect, content)[0]) for curve in named]
    starts = [start if np.isfinite(start) else bottom for start in starts]
    above = [y - pitch / 2 if y > top + pitch else y + pitch / 2 for y in starts]
    middles = spread(above, top + pitch / 2, bottom - pitch / 2, pitch)
    return [
        (middle, curve)
        for middle, start, curve in zip(middles, starts, named, strict=True)
        if curve.key == content.key
        or abs(middle - start) <= _FURTHEST * pitch
        or not np.all(np.isfinite(curve.norms))
    ]
