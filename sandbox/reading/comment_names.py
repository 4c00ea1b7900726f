"""Names of columns in comments right above a table's values."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sandbox.reading.kinds import COMMENTS, is_comment, is_ruler, kind_of
from sandbox.reading.missing_words import AS_WRITTEN
from sandbox.reading.splitting import Splitting
from sandbox.reading.unit_rows import is_units

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sandbox.reading.body import Body


def names_in_comments(
    body: Body, begin: int, lines: Sequence[str]
) -> tuple[list[list[str]], int | None]:
    """Names in a comment right above the values, and the row of units between them."""
    above = [
        at
        for at in range(body.inside[0] - 1, begin - 1, -1)
        if body.rows[at] and not is_ruler(body.rows[at])
    ]
    found: list[tuple[int, list[str]]] = []
    for at in above[:2]:
        row = _names_in(lines[at] if at < len(lines) else "", body)
        if row is None:
            break
        found += [(at, row)] if row else []
    if len(found) > 1 and is_units(found[0][1], found[1][1], body):
        whole = len(body.rows[found[0][0]]) == body.width
        return [found[1][1]], found[0][0] if whole else None
    return ([found[0][1]], None) if found else ([], None)


def _names_in(line: str, body: Body) -> list[str] | None:
    """The names in a comment, [] if it names no columns; None if it is no comment."""
    if not is_comment(line):
        return None
    bare = line.strip()
    for sign in COMMENTS:
        while bare.startswith(sign):
            bare = bare[len(sign) :].strip()
    for splitting in (Splitting("space", '"'), body.splitting):
        row = splitting.rows([bare + "\n"])[0]
        if len(row) == body.width and all(
            kind_of(cell) == "text" or cell in AS_WRITTEN for cell in row
        ):
            return row
    return []
