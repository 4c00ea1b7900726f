"""Years, quarters and months that stand below one another, as statistics offices put them."""

from __future__ import annotations

import re
from dataclasses import replace
from itertools import groupby
from typing import TYPE_CHECKING

from sandbox.reading.time_formats import QUARTER, month_of

if TYPE_CHECKING:
    from sandbox.reading.body import Body

FEWEST = 3  # rows of a kind
KINDS = ("years", "quarters", "months")
_YEAR = re.compile(r"(?:1[5-9]|20)\d\d")
_MONTH = re.compile(r"\d{4}[- /]?([^\W\d]{3,10})\.?|([^\W\d]{3,10})\.?[- /]?\d{4}|\d{4}[-/M]\d\d")


def period_of(cell: str) -> str:
    """Which of KINDS a cell names, "" if none: 2018, 2018 Q1, 2018 JAN."""
    if _YEAR.fullmatch(cell):
        return "years"
    if QUARTER.fullmatch(cell):
        return "quarters"
    month = _MONTH.fullmatch(cell)
    if month is None:
        return ""
    name = month[1] or month[2] or ""
    return "months" if not name or month_of(name) else ""


def periods_in(body: Body) -> dict[str, tuple[int, ...]]:
    """The rows by the kind of period in their first cell, if there are several kinds in turn.

    Years that were taken for a heading count.  {} if some row names no period, or a kind comes
    twice.
    """
    rows, first = list(body.inside), body.inside[0]
    while first and len(body.rows[first - 1]) == body.width and _kind(body, first - 1):
        first -= 1
        rows.insert(0, first)
    runs = [(kind, tuple(run)) for kind, run in groupby(rows, lambda at: _kind(body, at))]
    found = dict(runs)
    told = len(found) == len(runs) > 1 and "" not in found
    return found if told and all(len(run) >= FEWEST for run in found.values()) else {}


def _kind(body: Body, at: int) -> str:
    return period_of(body.rows[at][0]) if body.rows[at] else ""


def only_period(body: Body, rows: tuple[int, ...]) -> Body:
    """The body with these rows; the others of its table are empty."""
    others = {at for run in periods_in(body).values() for at in run} - set(rows)
    left = [[] if at in others else row for at, row in enumerate(body.rows)]
    return replace(body, rows=left, inside=rows)
