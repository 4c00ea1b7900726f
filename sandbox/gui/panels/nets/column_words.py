"""What is written above a column's heatmaps: a comment, plain words, and the cell's equations."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import TYPE_CHECKING

from sandbox.cells.known import cell_named
from sandbox.gui.look.formulas import Piece, formula_rows, write_formula
from sandbox.gui.look.marks import write, write_lines
from sandbox.gui.look.typeface import SMALL_PX, TEXT_PX, fits, metrics, px, scale, wrap
from sandbox.gui.panels.nets.column_geometry import span_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from PySide6.QtCore import QRect
    from PySide6.QtGui import QPainter

    from sandbox.cells.cell import Cell
    from sandbox.drawing.styles import Palette

NO_GATES = (
    "No gates: nothing decides what to keep. Every step rewrites the whole state, "
    "from what it reads and the state before."
)
PLEASANT_WIDTH = 420
COMMENT_LINES = 2
SMALL_ROW = 16  # heatmaps stay as high, in pixels
LEAST_ROWS = {TEXT_PX: 24, SMALL_PX: SMALL_ROW}  # the same by the type of equations above them
EDGE = 6  # above and below all of it
BETWEEN = {TEXT_PX: 4, SMALL_PX: 2}  # lines of equations


@dataclass(frozen=True)
class Said:
    """What a column has to say above its heatmaps.  cell: its name."""

    cell: str
    comment: str = ""


@dataclass(frozen=True)
class Above:
    """The parts that fit, each whole; height: of all of them, 0 if there is none.

    size: of the equations' type.
    """

    comment: tuple[str, ...] = ()
    words: tuple[str, ...] = ()
    equations: tuple[tuple[Piece, ...], ...] = ()
    size: int = TEXT_PX

    @property
    def height(self) -> int:
        """The height that all of it takes."""
        parts = [
            len(self.comment) * metrics(SMALL_PX).height(),
            len(self.words) * metrics(TEXT_PX).height(),
            len(self.equations) * (metrics(self.size).height() + BETWEEN[self.size]),
        ]
        tall = [part for part in parts if part]
        return math.ceil(sum(tall) + EDGE + 4 * (len(tall) - 1)) if tall else 0


def above(said: Said, width: float, most: float) -> Above:
    """As much as fits into that width and height: first the comment, then the equations."""
    fitting = (each for each in _choices(said, width, scale()) if each.height <= most)
    return next(fitting, Above())


@lru_cache(maxsize=64)
def _choices(said: Said, width: float, _type: float) -> tuple[Above, ...]:
    """From all there is to say down to the comment alone."""
    cell, levels = cell_named(said.cell), _levels(said, width, scale())
    return *(replace(levels[0], words=words) for words in _words(cell, width)), *levels


@lru_cache(maxsize=64)
def _levels(said: Said, width: float, _type: float) -> tuple[Above, ...]:
    """Comment and equations in large type, in small type, and the comment alone."""
    cell, comment = cell_named(said.cell), _whole(said.comment, width)
    sizes = ((size, formula_rows(cell.equations, width, size)) for size in LEAST_ROWS)
    return (*(Above(comment, (), rows, size) for size, rows in sizes), Above(comment))


def strip_height(
    all_said: Iterable[Said], width: float, height: float, rows: int, folded: bool
) -> int:
    """How much lower the heatmaps of a row of columns begin, for what is written above them.

    height: of all rows of heatmaps without it.  Heatmaps stay high enough to be read: where all
    equations together would leave less, only comments stand above them.  folded: equations take
    no room.  A heatmap that is alone gives of its own height, so it does not count.
    """
    several = [each for each in all_said if len(cell_named(each.cell).pictures) > 1]
    levels = zip(*(_levels(said, width, scale()) for said in several), strict=True)
    for choices, least in zip(levels, (*LEAST_ROWS.values(), SMALL_ROW), strict=False):
        if folded and any(choice.equations for choice in choices):
            continue
        pairs = zip(several, choices, strict=True)
        needed = max(_needed(said.cell, choice.height, height, rows) for said, choice in pairs)
        if not needed or (height - needed) / rows >= px(least):
            return needed
    return 0


def _needed(cell: str, above: int, height: float, rows: int) -> int:
    """How much lower a cell's heatmaps have to begin to have that much height above them."""
    count = len(cell_named(cell).pictures)
    taken = count * span_of(rows, count) / rows
    return max(math.ceil((above - height * (1 - taken)) / taken), 0)


def paint_above(painter: QPainter, rect: QRect, what: Above, palette: Palette) -> None:
    """Paint it at the foot of the free space above the heatmaps."""
    top = rect.top() + rect.height() - what.height + EDGE / 2
    if what.comment:
        top = write_lines(painter, rect.left(), top, what.comment, palette.text) + 4
    if what.words:
        top = write_lines(painter, rect.left(), top, what.words, palette.quiet, TEXT_PX) + 4
    measure = metrics(what.size)
    for row in what.equations:
        for piece in row:
            x, y = rect.left() + piece.x, round(top + measure.ascent())
            if piece.remark:
                write(painter, x, y, piece.text, palette.quiet, what.size)
            else:
                write_formula(painter, x, y, piece.text, palette.text, what.size)
        top += measure.height() + BETWEEN[what.size]


def _words(cell: Cell, width: float) -> Iterator[tuple[str, ...]]:
    """NO_GATES in lines, for a cell that has none."""
    if any(picture.kind == "gate" for picture in cell.pictures):
        return
    for wide in (min(width, px(PLEASANT_WIDTH)), width):
        if fits(NO_GATES, wide, 4):
            yield tuple(wrap(NO_GATES, wide, 4))


def _whole(text: str, width: float) -> tuple[str, ...]:
    """A comment in lines; none if it does not fit."""
    if not text or not fits(text, width, COMMENT_LINES, SMALL_PX):
        return ()
    return tuple(wrap(text, width, COMMENT_LINES, SMALL_PX))
