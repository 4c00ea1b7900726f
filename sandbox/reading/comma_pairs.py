"""Rows in which commas separate and are decimal marks as well, without quotes: 1,5,2,7."""

from __future__ import annotations

import re
from itertools import groupby, pairwise
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

PAIRS = "pairs"
FEWEST = 3  # rows that tell
_WHOLE, _DECIMALS = re.compile(r"[-+]?\d{1,15}"), re.compile(r"\d{1,15}")


def joined(row: Sequence[str]) -> list[str]:
    """The cells, whole numbers joined in pairs by a decimal comma.

    Of an odd number of them in turn the first stays alone, since years and counters come first.
    """
    found: list[str] = []
    for whole, cells in groupby(row, lambda cell: _WHOLE.fullmatch(cell) is not None):
        run = list(cells)
        alone = len(run) % 2 if whole else len(run)
        found += run[:alone]
        pairs = list(zip(run[alone::2], run[alone + 1 :: 2], strict=True))
        if all(_DECIMALS.fullmatch(after) for _, after in pairs):
            found += [f"{before},{after}" for before, after in pairs]
        else:
            found += run[alone:]
    return found


def width_in_pairs(rows: Sequence[Sequence[str]]) -> int:
    """How many cells each row has once pairs are joined; 0 unless that is certain."""
    lengths = set(map(len, rows))
    if len(rows) < FEWEST or {len(joined(rows[0]))} == lengths:
        return 0
    pairs = [joined(row) for row in rows]
    widths = set(map(len, pairs))
    if len(widths) > 1 or widths == lengths:
        return 0
    if len(lengths) > 1:  # 16 among 16,6: certain only where there is one value a row
        return next(iter(widths)) if all(_numbers_in(row) == 1 for row in pairs) else 0
    alone = [at for at, cell in enumerate(pairs[0]) if _WHOLE.fullmatch(cell)]
    return next(iter(widths)) if all(_goes_one_way(pairs, at) for at in alone) else 0


def _numbers_in(row: Sequence[str]) -> int:
    return sum(all(map(_WHOLE.fullmatch, cell.split(","))) for cell in row)


def has_padded_decimals(rows: Sequence[Sequence[str]]) -> bool:
    """Whether some second cell of a pair begins with a zero, as decimals do and numbers do not."""
    pairs = [cell for row in rows for cell in joined(row) if cell not in row]
    ends = [cell.partition(",")[2] for cell in pairs]
    return any(len(end) > 1 and end[0] == "0" for end in ends)


def _goes_one_way(rows: Sequence[Sequence[str]], at: int) -> bool:
    if not all(_WHOLE.fullmatch(row[at]) for row in rows):
        return False
    steps = [int(after[at]) - int(before[at]) for before, after in pairwise(rows)]
    return all(step > 0 for step in steps) or all(step < 0 for step in steps)
