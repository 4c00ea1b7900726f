"""The rows of a table at which nothing was taken from a column, to be marked in its plot."""

from __future__ import annotations

from bisect import bisect
from dataclasses import dataclass, replace
from itertools import compress
from typing import TYPE_CHECKING

import numpy as np

from sandbox.reading.cell_columns import looks_of
from sandbox.reading.cells import taken_apart
from sandbox.reading.missing_words import is_missing
from sandbox.reading.picked_rows import OTHER
from sandbox.reading.recipe import TURNED

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from sandbox.reading.number_columns import Column
    from sandbox.reading.table import Table


@dataclass(frozen=True)
class Marks:
    """Rows (from 0, in their final order) at which nothing was taken.

    missing: without a value.  fillings: with a number that stands for none.  left_out: rows of the
    file that come before this one and were left out.
    """

    missing: NDArray[np.intp]
    fillings: NDArray[np.intp]
    left_out: NDArray[np.intp]


NO_MARKS = Marks(*(np.array([], np.intp) for _ in range(3)))


def marks_of(table: Table, column: Column, *, even: bool = False) -> Marks:
    """The places to mark in a column.

    Those inside a large file, or of a table that was brought to an even step, are only known to be
    missing.
    """
    layout, kept, count = table.layout, table.layout.kept, len(column.values)
    gaps = np.flatnonzero(np.isnan(column.values))
    if even or table.orientation == "rows" or not count <= len(kept) <= count + 5:
        return replace(NO_MARKS, missing=gaps)
    turned = table.order == TURNED
    place = layout.names.index(column.name) if column.name in layout.names else -1
    rows = [kept[count - 1 - row if turned else row] for row in gaps.tolist() if place >= 0]
    filled = _are_fillings([_cell(layout.body.rows[at], place) for at in rows])
    fillings = list(compress(gaps.tolist(), filled))
    out = [bisect(kept, at) for at, why in layout.left_out.items() if why not in ("empty", OTHER)]
    out += [count] * (len(kept) - count)
    left = np.array([count - row if turned else row for row in out], np.intp)
    return Marks(np.setdiff1d(gaps, fillings), np.array(fillings, np.intp), left)


def _cell(row: Sequence[str], place: int) -> str:
    return row[place] if place < len(row) else ""


def _are_fillings(cells: Sequence[str]) -> list[bool]:
    """Whether each cell holds a number, though none was taken from it."""
    looks = looks_of(cells)
    examples = dict(zip(looks, cells, strict=True))
    judged = {look: _is_filling(cell) for look, cell in examples.items()}
    return [judged[look] for look in looks]


def _is_filling(cell: str) -> bool:
    if not cell or is_missing(cell):
        return False
    parts = taken_apart(cell)
    return bool(parts.digits) and not parts.limit
