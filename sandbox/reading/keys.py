"""Keys before the numbers of a table, the same in every row: temp=21.5, hum=40."""

from __future__ import annotations

import re
from collections import Counter
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

NEARLY = 0.95  # the least share of rows with the same key at the same place
FEWEST = 3  # rows that tell
LOOKED_AT, LETTERS = 60, 400  # lines in which a key would show, and the first letters of each
_KEY = re.compile(
    r"(?:([^\W\d][\w .%/°()-]{0,30}?)\s*=|([^\W\d](?:[^\W\d]|[ .%/°()-]){0,30}?)\s*:)\s*"
    r"(?=[-+.]?\d)"
)  # no digits before a colon, which are a time


def without_keys(
    rows: list[list[str]], lines: Sequence[str]
) -> tuple[list[list[str]], dict[int, str]]:
    """The rows without keys, and the keys by their columns; {} if there are none."""
    if sum(map(_may_have_one, lines[:LOOKED_AT])) < FEWEST:
        return rows, {}
    keys = _keys_in(rows)
    if not keys:
        return rows, {}
    return [[_bare(cell, keys.get(at)) for at, cell in enumerate(row)] for row in rows], keys


def _may_have_one(line: str) -> bool:
    line = line[:LETTERS]
    return ("=" in line or ":" in line) and _KEY.search(line) is not None


def _keys_in(rows: list[list[str]]) -> dict[int, str]:
    """The keys by their columns, of the rows that are as wide as most."""
    widths = Counter(len(row) for row in rows if row)
    if not widths:
        return {}
    width = widths.most_common(1)[0][0]
    told = [row for row in rows if len(row) == width]
    found = {}
    for at in range(width):
        counts = Counter(match[1] or match[2] for row in told if (match := _KEY.match(row[at])))
        key, many = counts.most_common(1)[0] if counts else ("", 0)
        if many >= max(FEWEST, NEARLY * (len(told) - 1)):
            found[at] = key
    return found if len(set(found.values())) == len(found) else {}


def _bare(cell: str, key: str | None) -> str:
    match = _KEY.match(cell) if key is not None else None
    return cell[match.end() :] if match is not None and key in match.groups() else cell
