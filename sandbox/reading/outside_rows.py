"""Rows of a file that hold no values of the table: other tables, sums, comments, what is lost."""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING

from sandbox.reading.cells import is_missing
from sandbox.reading.doubts import is_total
from sandbox.reading.kinds import is_comment, is_figure, is_ruler, kind_of
from sandbox.reading.splitting import FIXED

if TYPE_CHECKING:
    from sandbox.reading.body import Body

UNCLEAR = "it does not look like the other rows"


def tables_in(body: Body) -> list[tuple[int, ...]]:
    """The rows of each table, where a blank line or words and another header come between."""
    parts: list[list[int]] = [[body.inside[0]]]
    for before, at in pairwise(body.inside):
        between = [row for row in body.rows[before + 1 : at] if row and not is_ruler(row)]
        names = [row for row in between if not is_comment(row[0])]
        words = [row for row in names if sum(kind_of(cell) == "text" for cell in row) >= 1]
        if words and len(parts[-1]) > 1 and not _repeats(words[-1], body, parts[0][0]):
            if len(words) >= 1 and any(not row for row in body.rows[before + 1 : at]):
                parts.append([])
        parts[-1].append(at)
    return [tuple(part) for part in parts]


def blocks_in(body: Body) -> list[tuple[int, ...]]:
    """The rows in parts, where two empty lines come between, as gnuplot has them."""
    parts: list[list[int]] = [[body.inside[0]]]
    for before, at in pairwise(body.inside):
        empty = sum(not row for row in body.rows[before + 1 : at])
        if empty > 1:
            parts.append([])
        parts[-1].append(at)
    long_enough = body.splitting.separator in ("space", "tab", FIXED) and all(
        len(part) > 2 for part in parts
    )
    return [tuple(part) for part in parts] if long_enough else [body.inside]


def lost_row(body: Body, last: int) -> str:
    """A row behind the table with numbers where the table has them, and no sum."""
    above = body.rows[: body.inside[0]]
    whole = [row for row in above + body.rows[last:] if len(row) == 1 < body.width]
    if body.splitting.separator == FIXED:  # lines that do not fit into the columns stay whole
        for row in whole:
            words = row[0].split()
            if len(words) >= body.width and all(is_figure(kind_of(word)) for word in words[-2:]):
                return row[0]
    for row in body.rows[last:]:
        if len(row) < max(2, body.width - 1) or _is_sum(row):
            continue
        texts = sum(kind_of(cell) == "text" for cell in row)
        if texts > body.kinds.count("text"):
            continue
        found = [
            kind_of(cell) in ("number", "padded")
            for cell, kind in zip(row, body.kinds, strict=False)
            if kind in ("number", "padded")
        ]
        if found and all(found):
            return " ".join(row)
    return ""


def _repeats(row: list[str], body: Body, first: int) -> bool:
    """Whether a row says what stands above the table."""
    return any(row == above for above in body.rows[max(first - 4, 0) : first])


def _is_sum(row: list[str]) -> bool:
    """Whether a row says that it sums others up: Total, 2021 total."""
    return any(is_total(cell) or is_total(cell.partition(" ")[2]) for cell in row)


def has_figures_beyond(row: list[str], body: Body) -> bool:
    """Whether a row has numbers behind the last column; words there are a remark."""
    return body.kinds[-1] != "text" and any(is_figure(kind_of(cell)) for cell in row[body.width :])


def left_out_rows(body: Body, inside: list[int]) -> dict[int, str]:
    """Rows between the values that are none, and why."""
    found: dict[int, str] = {}
    fitting = set(inside)
    for at in range(inside[0], inside[-1] + 1):
        row = body.rows[at]
        if at in fitting:
            continue
        if not any(row) and (len(row) < body.width or body.width < 2 or "time" in body.kinds):
            found[at] = "empty"
        elif len(row) == body.width and all(map(is_missing, row)):
            continue
        elif is_comment(row[0]):
            found[at] = "a comment"
        elif is_ruler(row):
            found[at] = "a line"
        elif _repeats(row, body, inside[0]):
            found[at] = "the header again"
        elif has_figures_beyond(row, body):
            found[at] = UNCLEAR
        elif _is_sum(row):
            found[at] = f"{row[0]} is no single value"
        elif not any(is_figure(kind_of(cell)) for cell in row):
            missing = all(
                is_missing(cell) or body.kinds[place] == "text"
                for place, cell in enumerate(row[: body.width])
            )
            if not missing:
                found[at] = UNCLEAR
        elif "time" in body.kinds and not _has_time(row, body):
            found[at] = UNCLEAR
    return found


def _has_time(row: list[str], body: Body) -> bool:
    """Whether a row has a time in the first column of times."""
    place = body.kinds.index("time")
    return len(row) > place and kind_of(row[place]) == "time"
