"""A heatmap of one gate or state over time: rows are units, columns are steps, no smoothing."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from PySide6.QtCore import QPointF, QRect, QRectF, Qt
from PySide6.QtGui import QImage, QPainter

from sandbox.drawing.ranges import limits
from sandbox.drawing.timeline import Timeline, rows
from sandbox.gui.look.colourmaps import COLOURS, Pixels, colour_table, pixels_of
from sandbox.gui.look.marks import write
from sandbox.gui.look.typeface import SMALL_PX, TEXT_PX, fits, metrics, wrap
from sandbox.gui.panels.nets.content import ColumnContent, marked_steps
from sandbox.gui.panels.nets.geometry import MARGIN
from sandbox.gui.panels.shared.wording import SHORTER_MEANINGS

if TYPE_CHECKING:
    from sandbox.engine.cells import Picture

_BAR_GAP, _BAR_WIDTH = 6, 6


def paint_picture(
    painter: QPainter, rect: QRect, picture: Picture, content: ColumnContent, timeline: Timeline
) -> None:
    """The picture's heatmap in rect."""
    ratio = painter.device().devicePixelRatio()
    low, high = limits(picture.kind, content.limits.get(picture.name, 1.0))
    table = colour_table(picture.kind, content.palette)
    colours = pixels_of(content.values(picture.name), low, high, table)
    columns = timeline.columns(ratio, marked_steps(content.sequence))
    wide = np.take(colours.T, columns, axis=1)  # then whole rows are copied, which is cheap
    shown = np.take(wide, rows(len(wide), rect.height(), ratio), axis=0)
    draw_pixels(painter, rect.left(), rect.top(), shown, ratio)


def paint_legend(painter: QPainter, rect: QRect, picture: Picture, content: ColumnContent) -> None:
    """What does not change with every frame: name and meaning beside rect, and its colours."""
    table = colour_table(picture.kind, content.palette)
    ends = limits(picture.kind, content.limits.get(picture.name, 1.0))
    _paint_bar(painter, rect, ends, table, content)
    meanings = (picture.meaning, *SHORTER_MEANINGS.get(picture.meaning, ()))
    paint_name(painter, rect, picture.title, meanings, content)


def paint_name(
    painter: QPainter,
    rect: QRect,
    title: str,
    meanings: tuple[str, ...],
    content: ColumnContent,
    narrower: int = 0,
) -> None:
    """Title and meaning in the gutter left of rect; the first meaning that fits, or none."""
    palette, measure = content.palette, metrics(SMALL_PX)
    lines = max(int((rect.height() + 4) // measure.height()) - 1, 0)
    width = rect.left() - MARGIN - 8 - narrower
    top = rect.top() - 1.0
    write(painter, MARGIN, round(top + measure.ascent()), title, palette.text, bold=True)
    top += measure.height()
    meaning = next((each for each in meanings if fits(each, width, lines, measure)), "")
    for line in wrap(meaning, width, lines, measure) if lines else ():
        write(painter, MARGIN, round(top + measure.ascent()), line, palette.quiet)
        top += measure.height()


def _paint_bar(
    painter: QPainter,
    rect: QRect,
    ends: tuple[float, float],
    table: Pixels,
    content: ColumnContent,
) -> None:
    ratio = painter.device().devicePixelRatio()
    steps = np.linspace(COLOURS - 1, 0, max(round(rect.height() * ratio), 2)).astype(np.intp)
    bar = np.repeat(table[steps][:, None], round(_BAR_WIDTH * ratio), axis=1)
    x = rect.left() + rect.width() + _BAR_GAP
    draw_pixels(painter, x, rect.top(), bar, ratio)
    x += _BAR_WIDTH + 4
    ascent = metrics(SMALL_PX).ascent()
    if rect.height() < 2 * ascent:  # no room for two ends: they are named in one line
        text = f"{_end(ends[0])}…{_end(ends[1])}" if ends[0] >= 0 else f"±{_end(ends[1])}"
        write(painter, x, round(rect.center().y() + ascent / 2 - 1), text, content.palette.quiet)
        return
    write(painter, x, round(rect.top() + ascent - 2), _end(ends[1]), content.palette.quiet)
    write(painter, x, rect.top() + rect.height() - 1, _end(ends[0]), content.palette.quiet)


def _end(value: float) -> str:
    return f"{value:g}".replace("e+0", "e").replace("e+", "e").replace("-", "−")


def draw_pixels(painter: QPainter, x: float, y: float, pixels: Pixels, ratio: float) -> None:
    """Pixels one to one on the device, their corner at (x, y)."""
    pixels = np.ascontiguousarray(pixels)
    height, width = pixels.shape
    image = QImage(pixels.data, width, height, width * 4, QImage.Format.Format_RGB32)
    image.setDevicePixelRatio(ratio)
    painter.drawImage(QPointF(x, y), image)


def paint_waiting(painter: QPainter, rect: QRect, content: ColumnContent) -> None:
    """Words in the pictures' place before the first frame."""
    text, measure = content.waiting or "No picture yet.", metrics(TEXT_PX)
    lines = wrap(text, rect.width() - 2 * MARGIN, 3, measure)
    middle = QRectF(rect).center()
    baseline = middle.y() - (len(lines) - 1) * measure.height() / 2
    for line in lines:
        align = Qt.AlignmentFlag.AlignHCenter
        write(painter, middle.x(), baseline, line, content.palette.quiet, TEXT_PX, align=align)
        baseline += measure.height()
