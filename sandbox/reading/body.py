"""The rows of a table that hold its values, for one way of splitting its lines."""

from __future__ import annotations

import csv
import re
from collections import Counter
from dataclasses import dataclass, field
from functools import lru_cache
from typing import TYPE_CHECKING

from sandbox.reading.keys import without_keys
from sandbox.reading.kinds import is_comment, is_figure, is_ruler, kind_of, kinds_of_rows
from sandbox.reading.label_rows import NONE, ROW, Labels
from sandbox.reading.missing_words import AS_WRITTEN
from sandbox.reading.names_below import first_below_words, name_columns
from sandbox.reading.splitting import FIXED, ways_of_splitting
from sandbox.reading.time_formats import looks_like_time

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from sandbox.reading.splitting import Splitting

MOST_COLUMNS = 2000
FEW = 400  # lines that are split in several ways
_GROUP = re.compile(r"[-+]?\d{1,3} \d{3}(?:[.,]\d+)?")
# What a cell of each kind adds to the score of a way of splitting.
WORTH = {"number": 1.0, "time": 1.0, "missing": 0.7, "padded": 0.6, "text": 0.3}


@dataclass(frozen=True)
class Body:
    """The rows of a table that hold its values.

    rows: all rows.  width: cells in one.  kinds: what each column mostly holds.  inside: the
    indices of the rows that fit, in order.  score: of the way of splitting, up to about 1.  keys:
    before the numbers of some columns, by their indices.
    """

    splitting: Splitting
    rows: list[list[str]]
    width: int
    kinds: tuple[str, ...]
    inside: tuple[int, ...]
    score: float
    keys: Mapping[int, str] = field(default_factory=dict)

    @property
    def covered(self) -> float:
        """The share of rows, from the first of the table on, that fit."""
        told = sum(map(bool, self.rows[self.inside[0] : self.inside[-1] + 1]))
        return len(self.inside) / max(told, 1)


def bodies(lines: Sequence[str], wanted: str = "") -> list[Body]:
    """Every way of splitting that gives a table, the best first; wanted: a separator or ""."""
    told = [line for line in lines if line.strip() and not is_comment(line)]
    found: list[Body] = []
    for splitting in ways_of_splitting(told, wanted):
        try:
            body = body_of(splitting, lines)
        except csv.Error:
            continue
        if body is not None and not any(body.rows == other.rows for other in found):
            found.append(body)
    return sorted(found, key=lambda body: -body.score)


def body_of(splitting: Splitting, lines: Sequence[str]) -> Body | None:
    """The table that lies in the lines if they are split so; None if there is none; csv.Error."""
    return (_body_of if len(lines) > FEW else _body_of_few)(splitting, tuple(lines))


def _read_body(splitting: Splitting, lines: tuple[str, ...]) -> Body | None:
    rows, keys = without_keys(splitting.rows(lines), lines)
    kinds_of = kinds_of_rows(rows)
    figures = [any(is_figure(kind) for kind in kinds) for kinds in kinds_of]
    widths = Counter(
        len(row)
        for row, is_told in zip(rows, figures, strict=True)
        if is_told and not is_comment(row[0])
    )
    if not _may_be_one_column(splitting, lines):
        widths.pop(1, None)
    if not widths:
        return None
    width = max(widths, key=lambda width: (widths[width], width))
    if width > MOST_COLUMNS:
        return None
    columns, inside = _fitting(rows, kinds_of, width)
    if not inside:
        return None
    first = first_below_words(inside, rows, kinds_of, columns)
    if first:  # what lies above may have misled about the columns
        columns, inside = _fitting(rows, kinds_of, width, first)
    inside = _with_missing_rows(inside, rows, kinds_of, columns)
    worth = [
        WORTH[kind]
        for at in inside
        for kind, column in zip(kinds_of[at], columns, strict=False)
        if column != "missing" or kind != "missing"
    ]
    told = sum(1 for row in rows if row and not is_comment(row[0]) and not is_ruler(row))
    whole = sum(len(rows[at]) == width for at in inside)
    score = (len(inside) + whole) / 2 / told * sum(worth) / len(worth)
    body = Body(splitting, rows, width, columns, inside, score, keys)
    return body if not _splits_numbers(body) and not _holds_several(body) else None


def _fitting(
    rows: list[list[str]], kinds_of: list[list[str]], width: int, first: int = 0
) -> tuple[tuple[str, ...], tuple[int, ...]]:
    """What the columns of rows of this width hold, from a first row on, and the rows that fit."""
    columns = _kinds_of_columns(rows[first:], kinds_of[first:], width)
    _see_times(rows, kinds_of, columns)
    inside = tuple(
        at
        for at, (row, kinds) in enumerate(zip(rows, kinds_of, strict=True))
        if at >= first
        and any(map(is_figure, kinds))
        and not is_comment(row[0])
        and _fits(kinds, columns)
    )
    return columns, inside


# A table is read again by another recipe, often with the same cells.
_body_of = lru_cache(maxsize=2)(_read_body)
_body_of_few = lru_cache(maxsize=12)(_read_body)


def _kinds_of_columns(
    rows: list[list[str]], kinds_of: list[list[str]], width: int
) -> tuple[str, ...]:
    """What most of the told cells of each column are, in rows of that width."""
    counts = [Counter[str]() for _ in range(width)]
    for row, kinds in zip(rows, kinds_of, strict=True):
        if row and not is_comment(row[0]) and len(row) == width:
            for count, kind in zip(counts, kinds, strict=False):
                count[kind] += 1
    found = []
    for count in counts:
        told = count.copy()
        told.pop("missing", None)
        if not told:
            found.append("missing")
            continue
        kind = max(told, key=lambda kind: (told[kind], is_figure(kind)))
        if kind == "padded" and told["number"]:
            kind = "number"
        found.append(kind)
    return tuple(found)


def _see_times(rows: list[list[str]], kinds_of: list[list[str]], columns: tuple[str, ...]) -> None:
    """In columns of times, make those times that are numbers as well: 10.2019 below 09.2019."""
    for place in [place for place, kind in enumerate(columns) if kind == "time"]:
        for row, kinds in zip(rows, kinds_of, strict=True):
            if place < len(row) and kinds[place] == "number" and looks_like_time(row[place]):
                kinds[place] = "time"


def _fits(kinds: list[str], columns: tuple[str, ...]) -> bool:
    """Whether a row has figures where the columns have them, in at least half of those told."""
    told = [
        (kind, column)
        for kind, column in zip(kinds, columns, strict=False)
        if is_figure(column) and kind != "missing"
    ]
    wrong = sum((kind == "time") != (column == "time") or kind == "text" for kind, column in told)
    times = [kind for kind, column in zip(kinds, columns, strict=False) if column == "time"]
    if times and all(kind not in ("time", "missing") for kind in times):
        return False
    width = len(kinds)
    long = (
        width > len(columns)
        and columns[-1] not in ("text", "missing")  # words may hold commas without quotes
        and any(kind != "missing" for kind in kinds[len(columns) :])
    )
    few = width < len(columns) and wrong  # a row that ends early has to be right so far
    return bool(told) and 2 * wrong <= len(told) and wrong < len(told) and not long and not few


def _with_missing_rows(
    inside: tuple[int, ...],
    rows: list[list[str]],
    kinds_of: list[list[str]],
    columns: tuple[str, ...],
) -> tuple[int, ...]:
    """The rows inside, and those among them and next to them in which all values are missing."""
    labels = Labels(columns, [rows[at] for at in inside])

    def is_missing_row(at: int, *, any_text: bool = True) -> bool:
        row, kinds = rows[at], kinds_of[at]
        if len(row) != len(columns) or is_ruler(row):
            return False
        if not any_text and all(cell in AS_WRITTEN for cell in row if cell):
            return False  # they may as well name the columns
        words = [labels.words.get(place, set()) for place in range(len(row))]
        return all(
            kind == "missing" or (kind == "text" and (cell in known or (any_text and known)))
            for cell, kind, known in zip(row, kinds, words, strict=True)
        ) and any(cell and kind == "missing" for cell, kind in zip(row, kinds, strict=True))

    def verdict(at: int) -> str:
        return labels.verdict(rows[at], kinds_of[at]) if len(rows[at]) == len(columns) else NONE

    first, last, fitting = inside[0], inside[-1], set(inside)
    while first and (is_missing_row(first - 1, any_text=False) or verdict(first - 1) != NONE):
        first -= 1
    if first < inside[0] and not name_columns(rows[first - 1] if first else [], columns):
        first = inside[0]
        while first and (
            is_missing_row(first - 1, any_text=False) or labels.counts(rows[first - 1])
        ):
            first -= 1
    while last + 1 < len(rows) and (is_missing_row(last + 1) or verdict(last + 1) == ROW):
        last += 1
    added = {*range(first, inside[0]), *range(inside[-1] + 1, last + 1)}
    return tuple(
        at for at in range(first, last + 1) if at in fitting or at in added or is_missing_row(at)
    )


def _may_be_one_column(splitting: Splitting, lines: Sequence[str]) -> bool:
    """Whether a row may have one cell: where nothing separates, and between two bars."""
    if splitting.separator != "bar":
        return splitting.separator == "none"
    return all(re.fullmatch(r"\|[^|]*\|", line.strip()) for line in lines if "|" in line)


def _holds_several(body: Body) -> bool:
    """Whether most rows have a cell with a wide gap, as between columns."""
    if body.splitting.separator in ("space", FIXED):
        return False
    wide = sum(any("  " in cell or "\t" in cell for cell in body.rows[at]) for at in body.inside)
    return 2 * wide > len(body.inside)


def _is_told(cell: str) -> bool:
    return kind_of(cell) != "missing"


def _splits_numbers(body: Body) -> bool:
    """Whether a space would cut groups of thousands apart: 1 090 | 12 300."""
    if body.splitting.separator not in ("space", FIXED) or body.width != 2:
        return False
    told = [body.rows[at] for at in body.inside if any(map(_is_told, body.rows[at]))]
    if not all(len(row) == 2 and _GROUP.fullmatch(" ".join(row)) for row in told):
        return False
    above = next((row for row in reversed(body.rows[: body.inside[0]]) if row), [""])
    one_name = len(" ".join(above).split()) == 1 and kind_of(above[0]) == "text"
    return one_name or any(row[1][0] == "0" for row in told)
