"""A heatmap of one gate or state over time: rows are units, columns are steps, no smoothing."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from PySide6.QtCore import QRect, QRectF, Qt

from sandbox.drawing.ranges import limits
from sandbox.drawing.timeline import Timeline, rows
from sandbox.drawing.words import end_text, meanings
from sandbox.gui.look.colourmaps import Pixels, colour_bar, colour_table, draw_pixels, pixels_of
from sandbox.gui.look.marks import write
from sandbox.gui.look.typeface import SMALL_PX, TEXT_PX, fits, metrics, wrap
from sandbox.gui.panels.nets.content import ColumnContent, marked_steps
from sandbox.gui.panels.nets.geometry import MARGIN

if TYPE_CHECKING:
    from PySide6.QtGui import QPainter

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
    paint_name(painter, rect, picture.title, meanings(picture), content)


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
    meaning = next((each for each in meanings if fits(each, width, lines, SMALL_PX)), "")
    for line in wrap(meaning, width, lines, SMALL_PX) if lines else ():
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
    bar = colour_bar(table, rect.height(), _BAR_WIDTH, ratio)
    x = rect.left() + rect.width() + _BAR_GAP
    draw_pixels(painter, x, rect.top(), bar, ratio)
    x += _BAR_WIDTH + 4
    ascent = metrics(SMALL_PX).ascent()
    if rect.height() < 2 * ascent:  # no room for two ends: they are named in one line
        text = (
            f"{end_text(ends[0])}…{end_text(ends[1])}" if ends[0] >= 0 else f"±{end_text(ends[1])}"
        )
        write(painter, x, round(rect.center().y() + ascent / 2 - 1), text, content.palette.quiet)
        return
    write(painter, x, round(rect.top() + ascent - 2), end_text(ends[1]), content.palette.quiet)
    write(painter, x, rect.top() + rect.height() - 1, end_text(ends[0]), content.palette.quiet)


def paint_waiting(painter: QPainter, rect: QRect, content: ColumnContent) -> None:
    """Words in the pictures' place before the first frame."""
    text, measure = content.waiting or "No picture yet.", metrics(TEXT_PX)
    lines = wrap(text, rect.width() - 2 * MARGIN, 3)
    middle = QRectF(rect).center()
    baseline = middle.y() - (len(lines) - 1) * measure.height() / 2
    for line in lines:
        align = Qt.AlignmentFlag.AlignHCenter
        write(painter, middle.x(), baseline, line, content.palette.quiet, TEXT_PX, align=align)
        baseline += measure.height()
