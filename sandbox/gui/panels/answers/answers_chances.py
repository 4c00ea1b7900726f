"""Probabilities of answers over time: a row an answer, named and told in full beside it."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING

import numpy as np
from PySide6.QtCore import QRect, QRectF, Qt
from PySide6.QtGui import QColor, QPainter

from sandbox.drawing.answer_text import EVEN_CHANCE
from sandbox.drawing.words import percent
from sandbox.gui.look.colourmaps import Pixels, colour_bar, colour_table, draw_pixels, pixels_of
from sandbox.gui.look.marks import write
from sandbox.gui.look.typeface import SMALL_PX, metrics, width_of
from sandbox.gui.panels.answers.answers_content import listed
from sandbox.gui.panels.nets.geometry import MARGIN

if TYPE_CHECKING:
    from sandbox.drawing.styles import Palette
    from sandbox.gui.panels.answers.answers_content import AnswersContent, Bools, Floats
    from sandbox.gui.panels.answers.answers_places import Places

QUIET = 0.45  # of a colour's strength, where nothing is asked
BRIGHT = 0.6  # from this probability on, marks are dark
DARK_MARK, LIGHT_MARK = 0xFF14171C, 0xFFFFFFFF
MARK = 5  # pixels, the side of a mark, and of the one beside the right answer's name
BAR_GAP, BAR = 6, 6  # the colours' own bar, right of the rows
NAME = MARGIN + MARK + 5  # where an answer's name begins


def paint_chances(painter: QPainter, places: Places, content: AnswersContent) -> None:
    """Every answer that has a row; the right ones are marked by their name and where asked."""
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
    bright, ground = colour_table("gate", palette), int(palette.ground.lstrip("#"), 16)
    mixed = np.full(len(bright) + 1, 0xFF000000, np.uint32)
    for shift in (16, 8, 0):
        part = (bright >> shift & 0xFF) * QUIET + (ground >> shift & 0xFF) * (1 - QUIET)
        mixed[:-1] |= part.astype(np.uint32) << shift
    mixed[-1] |= ground
    return mixed


def _mark(
    shown: Pixels, content: AnswersContent, output: int, steps: np.ndarray, ratio: float
) -> None:
    """A mark where this answer is the right one: light on dark colours, dark on bright ones.

    shown: the row's pixels, (height, width), which are changed; steps: of each column of them.
    """
    side = round(MARK * ratio)
    middle = _middles(steps, side) & content.marks[steps, output]
    dark = content.given[steps, output] > BRIGHT
    top = max((len(shown) - side) // 2, 0)
    marks = np.where(dark, DARK_MARK, LIGHT_MARK).astype(np.uint32)
    part = shown[top : top + side]
    part[:, middle] = marks[middle]


def _middles(steps: np.ndarray, side: int) -> Bools:
    """Which columns of pixels are in the middle of their step: `side` of each, or all it has."""
    first = np.searchsorted(steps, steps, "left")
    count = np.searchsorted(steps, steps, "right") - first
    place = np.arange(len(steps)) - first
    margin = np.maximum((count - side) // 2, 0)
    return np.asarray((place >= margin) & (place < margin + side))


def _paint_name(painter: QPainter, rect: QRect, content: AnswersContent, output: int) -> None:
    """Name and probability at the step that is told; bold where the net says it."""
    palette, chances = content.palette, content.given[content.step]
    chance, right = float(chances[output]), bool(content.marks[content.step, output])
    said = chance >= EVEN_CHANCE or (
        content.task.loss == "cross_entropy" and output == int(chances.argmax())
    )
    middle, end = rect.top() + (rect.height() - 1) / 2, rect.left() - 8
    color, align = palette.text if said else palette.quiet, Qt.AlignmentFlag.AlignRight
    write(painter, end, middle + 4, percent(chance), color, bold=said, align=align)
    if right:
        painter.fillRect(QRectF(MARGIN, middle - 2, MARK, MARK), QColor(palette.text))
    room = end - width_of("100%", SMALL_PX, bold=True) - 6 - NAME
    measure = metrics(SMALL_PX, bold=said)
    name = content.task.outputs[output]
    name = measure.elidedText(name, Qt.TextElideMode.ElideRight, max(room, 8))
    write(painter, NAME, middle + 4, name, palette.text if right else color, bold=said)


def _paint_scale(painter: QPainter, places: Places, count: int, palette: Palette) -> None:
    """The colours from 0 to 100%, right of the rows."""
    top, height = places.body.top(), count * places.row(0, count).height() - 1
    if height < 2 * SMALL_PX:
        return
    ratio = painter.device().devicePixelRatio()
    bar = colour_bar(colour_table("gate", palette), height, BAR, ratio)
    x = places.timeline.right + BAR_GAP
    draw_pixels(painter, x, top, bar, ratio)
    x += BAR + 4
    write(painter, x, top + 9, "100%", palette.quiet)
    write(painter, x, top + height, "0", palette.quiet)
