"""Where the equations of a cell stand in rows, so that as few as can be are cut.

Places do not depend on the numbers of the moment, or they would jump from step to step.
"""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING, NamedTuple

from sandbox.cells.wiring import wiring
from sandbox.gui.look.typeface import SMALL_PX, px, scale, width_of
from sandbox.insight.cell_moment import Moment

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sandbox.cells.cell import Cell

APART, AFTER_NAME = 8, 4  # pixels between two equations, and after a line's name
EXAMPLE = 0.51  # a gate has no sign and says a share; other values have a sign


class Said(NamedTuple):
    """A line in numbers: "σ(4.21) = 0.98: keeps", and where there is less room "0.98: keeps"."""

    name: str
    whole: str
    short: str


class Row(NamedTuple):
    """Where a line stands: row from the top, left end and width."""

    row: int
    left: float
    width: float


def said(moment: Moment) -> tuple[Said, ...]:
    """Every line of the cell in numbers, a gate with what it does."""
    does = {name: words for name, _, words in moment.gates()}
    found = []
    for name, text in moment.equations():
        words = f": {does[name]}" if name in does else ""
        value = text.rpartition(" = ")[2].rpartition(", ")[2]  # "0.98", or "held at 0.98"
        short = value if words else text
        found.append(Said(name, f"{text}{words}", f"{short}{words}"))
    return tuple(found)


def rows_of(cell: Cell, width: float, most: int) -> tuple[Row, ...]:
    """The places of a cell's lines in at most so many rows of that width, if they can be.

    Lines are whole where there are enough rows, else gates are short; else all are in columns.
    """
    for widths in _widths(cell, scale()):
        packed = _packed(widths, width)
        if packed[-1].row < most:
            return packed
    lines = len(cell.step.lines)
    return _in_columns(lines, width, max(-(-lines // max(most, 1)), 2))


def fewest_rows(cell: Cell, width: float) -> int:
    """In how many rows of that width a cell's lines are whole, but for the gates' equations."""
    _, short = _widths(cell, scale())
    return _packed(short, width)[-1].row + 1


def _packed(widths: Sequence[float], width: float) -> tuple[Row, ...]:
    """One after another, in the next row where there is no room left."""
    places: list[Row] = []
    row, left = 0, 0.0
    for wide in widths:
        if left and left + wide > width:
            row, left = row + 1, 0.0
        places.append(Row(row, left, min(wide, width)))
        left += wide + px(APART)
    rows = [place.row for place in places]
    return tuple(
        place if place.row in rows[n + 1 :] else place._replace(width=width - place.left)
        for n, place in enumerate(places)
    )


def _in_columns(count: int, width: float, columns: int) -> tuple[Row, ...]:
    """In columns of equal width, each from top to bottom."""
    high, wide = -(-count // columns), width / columns
    return tuple(Row(n % high, n // high * wide, wide - px(APART) / 2) for n in range(count))


def _example(cell: Cell) -> tuple[float, ...]:
    graph = wiring(cell)
    gates = {graph.lines[each.name] for each in cell.pictures if each.kind == "gate"}
    return tuple(EXAMPLE if n in gates else -EXAMPLE for n in range(len(graph.operations)))


@lru_cache(maxsize=64)
def _widths(cell: Cell, type_scale: float) -> tuple[tuple[float, ...], tuple[float, ...]]:
    """Of every line, whole and short, with example numbers; type_scale: what they depend on."""
    lines = said(Moment(cell, _example(cell)))

    def wide(name: str, text: str) -> float:
        text = text.replace(", held at ", " = ").replace("held at ", "")
        return width_of(name, SMALL_PX, bold=True) + AFTER_NAME + width_of(text, SMALL_PX) + 3

    return (
        tuple(wide(line.name, line.whole) for line in lines),
        tuple(wide(line.name, line.short) for line in lines),
    )
