"""What a cell may be, and what a line or a row may be that holds no values."""

from __future__ import annotations

import re
from collections import Counter
from functools import lru_cache
from itertools import islice
from typing import TYPE_CHECKING

from sandbox.reading.cell_columns import groups_of, looks_of, once
from sandbox.reading.cells import Style, taken_apart, value_of
from sandbox.reading.missing_words import is_missing
from sandbox.reading.time_formats import looks_like_time

if TYPE_CHECKING:
    from collections.abc import Sequence

COMMENTS = ("#", "%", "//", "!", "--")
_ANY = [
    Style(decimal, thousands)
    for decimal in ".,"
    for thousands in ("", ",", ".", " ", "'")
    if decimal != thousands
]
_RULER = re.compile(r"[-=+:|_\s]*[-=+_]{3,}[-=+:|_\s]*|\\(?:[hc]line|(?:top|c?mid|bottom)rule).*")
_COUNT = re.compile(r"(?i)\(\d+ rows?(?: affected)?\)|\d+ rows? (?:in set|selected|affected)")
_NO_COMMENT = re.compile(
    r"#(?:N/?A|[A-Z]+/?0?[!?])|--?-?(?=[\"',;\t|]|\s+[-+\d]|\s*$)", re.IGNORECASE
)
_SIMPLE = re.compile(r"-?(?:0|[1-9]\d{0,15})(?:\.\d{1,20})?")  # most numbers


def kind_of(cell: str) -> str:
    """What a plain cell may be: number, padded (with zeros), time, missing or text."""
    return "number" if _SIMPLE.fullmatch(cell) else _kind_of(cell)


@lru_cache(maxsize=1 << 16)
def _kind_of(cell: str) -> str:
    if is_missing(cell):
        return "missing"
    found = taken_apart(cell)
    if found.after and looks_like_time(cell):
        return "time"
    if found.digits:
        if found.digits[0] == "0" and found.digits[1:2].isdigit():
            whole = found.digits.isdigit() or not looks_like_time(cell)
            return "padded" if whole else "time"
        if any(value_of(found, style) is not None for style in _ANY):
            return "number"
    return "time" if looks_like_time(cell) else "text"


@once
def kinds_in(cells: Sequence[str]) -> Counter[str]:
    """How many of the plain cells (n,) are of each kind."""
    kinds = Counter[str]()
    for group in groups_of(cells):
        kinds[kind_of(group[0])] += len(group)
    return kinds


def kinds_of_rows(rows: Sequence[Sequence[str]]) -> list[list[str]]:
    """The kind of each plain cell, by row."""
    cells = [cell for row in rows for cell in row]
    looks = looks_of(cells)
    kinds = {look: kind_of(cell) for look, cell in dict(zip(looks, cells, strict=True)).items()}
    found = (kinds[look] for look in looks)
    return [list(islice(found, len(row))) for row in rows]


def is_figure(kind: str) -> bool:
    """Whether cells of this kind stand for numbers or times."""
    return kind in ("number", "padded", "time")


def is_comment(line: str) -> bool:
    """Whether a line begins as comments do, or counts rows as databases do: (52 rows).

    Neither a number nor a missing value begins so.
    """
    line = line.lstrip()
    if line[:1] in "(0123456789" and _COUNT.match(line) is not None:
        return True
    return line.startswith(COMMENTS) and _NO_COMMENT.match(line) is None


def is_ruler(row: Sequence[str]) -> bool:
    """Whether a row only draws a line, as in Markdown or LaTeX."""
    return bool(row) and _RULER.fullmatch(" | ".join(row)) is not None
