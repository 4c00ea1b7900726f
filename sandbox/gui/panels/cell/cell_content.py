"""What a column of the Cell view draws, and where it stands."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np
from PySide6.QtCore import QRect

from sandbox.cells.known import cell_named
from sandbox.drawing.cell_drawing import cell_drawing
from sandbox.drawing.timeline import Timeline
from sandbox.gui.look.typeface import px
from sandbox.gui.panels.cell.equation_rows import fewest_rows, rows_of, said
from sandbox.gui.panels.nets.column_geometry import MARGIN
from sandbox.insight.cell_moment import moment

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray

    from sandbox.cells.cell import Cell
    from sandbox.drawing.cell_drawing import CellDrawing
    from sandbox.drawing.styles import Palette
    from sandbox.engine.trace import Float32, Trace
    from sandbox.gui.panels.cell.equation_rows import Said
    from sandbox.gui.panels.shared.views import NetHead
    from sandbox.insight.cell_moment import Moment
    from sandbox.tasks.shown import ShownSequence

HEAD, ROW, STRIP, GAP = 26, 15, 36, 4
LEAST_SCALE, LARGEST_SCALE, LEAST_CELL_WIDTH = 0.77, 1.4, 330
CELL_STATE = "cell"


@dataclass(frozen=True)
class CellView:
    """Traces and weights of every net on the shown sequence; none while there is no frame.

    weights: by net, its parts by their layout's names.
    """

    sequence: ShownSequence
    heads: Mapping[str, NetHead]
    traces: Mapping[str, Trace] = field(default_factory=dict)
    weights: Mapping[str, Mapping[str, Float32]] = field(default_factory=dict)
    waiting: str = ""


@dataclass(frozen=True)
class CellContent:
    """One net's column: a unit at a step.  lit: the line whose parts are lit, or ""."""

    key: str
    head: NetHead
    sequence: ShownSequence
    trace: Trace | None
    weights: Mapping[str, Float32] | None
    step: int
    unit: int
    waiting: str
    palette: Palette
    lit: str = ""

    @property
    def cell(self) -> Cell:
        """The net's cell."""
        return cell_named(self.head.cell)

    @property
    def units(self) -> int:
        """H; 0 before the first frame."""
        return 0 if self.trace is None else int(self.trace.arrays["hidden"].shape[2])

    @property
    def is_there(self) -> bool:
        """Whether the net has this unit, and its numbers are known."""
        return self.trace is not None and self.weights is not None and self.unit < self.units

    @cached_property
    def moment(self) -> Moment:
        """The numbers of the unit at the step."""
        assert self.trace is not None
        assert self.weights is not None
        shown = self.sequence
        return moment(
            self.cell,
            self.weights,
            shown.task,
            shown.sequences,
            shown.index,
            self.trace,
            self.step,
            self.unit,
        )

    @cached_property
    def said(self) -> tuple[Said, ...]:
        """The equations in numbers with what each gate does, by line."""
        return said(self.moment)

    @property
    def rows(self) -> tuple[tuple[str, str], ...]:
        """The name of each line, and all that is said of it."""
        return tuple((line.name, line.whole) for line in self.said)

    @property
    def state(self) -> str:
        """The line of the strip: the lit one, or else the cell state where there is one."""
        if self.lit and self.trace is not None and self.lit in self.trace.arrays:
            return self.lit
        return CELL_STATE if CELL_STATE in self.cell.states else self.cell.states[-1]

    def over_time(self) -> NDArray[np.float64]:
        """The unit's value of the strip's line at every step, (T,)."""
        assert self.trace is not None
        array = self.trace.arrays[self.state]
        return array[: self.sequence.length, self.sequence.index, self.unit].astype(np.float64)


@dataclass(frozen=True)
class CellPlaces:
    """Parts of a column from top to bottom.  scale: of the drawing; rows: of equations, by line."""

    head: QRect
    drawn: QRect
    drawing: CellDrawing
    scale: float
    rows: tuple[QRect, ...]
    strip: QRect
    timeline: Timeline

    @property
    def origin(self) -> tuple[float, float]:
        """Where the drawing's corner is, so that it stands in the middle of its place."""
        spare = (
            self.drawn.width() - self.drawing.width * self.scale,
            self.drawn.height() - self.drawing.height * self.scale,
        )
        return self.drawn.left() + max(spare[0], 0) / 2, self.drawn.top() + max(spare[1], 0) / 2


def place_cell(width: int, height: int, content: CellContent) -> CellPlaces:
    """The parts of a column of that size; the drawing takes the spare room."""
    inner = width - 2 * MARGIN
    head = QRect(MARGIN, 0, inner, px(HEAD))
    strip = QRect(MARGIN, height - px(STRIP) - 2, inner, px(STRIP))
    smallest, row = cell_drawing(content.cell), px(ROW)
    least = min(inner / smallest.width, LEAST_SCALE * px(100) / 100) * smallest.height
    room = strip.top() - head.bottom() - 1 - 2 * px(GAP) - round(least)
    lines = rows_of(content.cell, inner, room // row)
    top = strip.top() - px(GAP) - (1 + max(line.row for line in lines)) * row
    rows = tuple(
        QRect(MARGIN + round(line.left), top + line.row * row, round(line.width), row)
        for line in lines
    )
    drawn = QRect(MARGIN, head.bottom() + 1, inner, max(top - px(GAP) - head.bottom() - 1, 1))
    scale = min(drawn.width() / smallest.width, drawn.height() / smallest.height)
    scale = min(scale, LARGEST_SCALE * px(100) / 100)
    drawing = smallest.stretched(
        min(drawn.width() / scale, 1.6 * smallest.width),
        min(drawn.height() / scale, 1.5 * smallest.height),
    )
    timeline = Timeline(strip.left(), strip.width(), content.sequence.length)
    return CellPlaces(head, drawn, drawing, scale, rows, strip, timeline)


def least_cell_height(content: CellContent | None, width: int) -> int:
    """The height in which a column of that width can be read."""
    if content is None:
        return px(200)
    rows = fewest_rows(content.cell, width - 2 * MARGIN)
    drawn = LEAST_SCALE * cell_drawing(content.cell).height
    return px(HEAD + STRIP + 3 * GAP + 8) + rows * px(ROW) + px(drawn)
