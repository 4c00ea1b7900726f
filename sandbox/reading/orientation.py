"""Whether a series is a column or a row, and whether several lie one below the other."""

from __future__ import annotations

import re
from itertools import pairwise
from typing import TYPE_CHECKING

from sandbox.reading.cell_columns import CellColumn
from sandbox.reading.doubts import is_total
from sandbox.reading.kinds import kind_of, kinds_in
from sandbox.reading.time_formats import month_of
from sandbox.reading.times import format_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sandbox.reading.draft import Draft

COLUMNS, ROWS = "columns", "rows"
FEWEST = 4  # cells of a row that may be a series
FIGURES = 0.8  # of the cells behind the labels
LABELS = re.compile(r"(?i)id|nr|no|name|series|station|code")


def orientation_of(draft: Draft) -> str:
    """COLUMNS or ROWS, by the recipe or by header and labels; asks where both are plausible."""
    if draft.recipe.orientation:
        return draft.recipe.orientation
    labels = _label_columns(draft)
    if len(draft.names) < FEWEST or not _are_figures(draft, labels):
        return COLUMNS
    found, sure = _by_header(draft, labels) if draft.layout.header else _by_shape(draft, labels)
    if not sure:
        other = COLUMNS if found == ROWS else ROWS
        draft.ask(
            "orientation",
            f"A series could be a row or a column; it is read by {found}.",
            draft.names,
            (f"By {other}", (("orientation", other),)),
            (f"By {found}", (("orientation", found),)),
        )
    return found


def _are_figures(draft: Draft, labels: int) -> bool:
    columns = draft.cells[labels:]
    told = sum(len(column) - column.count("") for column in columns)
    return sum(kinds_in(column)["number"] for column in columns) >= FIGURES * max(told, 1)


def _by_shape(draft: Draft, labels: int) -> tuple[str, bool]:
    """The orientation without a header, and whether it is sure."""
    width, count = len(draft.names), draft.count
    if count == 1:
        return ROWS, True
    if labels or count > 3 or width <= 4 * count:
        return COLUMNS, True
    return ROWS, False


def _by_header(draft: Draft, labels: int) -> tuple[str, bool]:
    """The same by names that are times or count up: 1960, 1961, … or V2, V3, …"""
    header = _without_total(draft.names[labels:])
    counted = counted_by(header)
    times = counted == "years" or format_of(header) is not None
    months_above = len(draft.names) > 12 and all(map(month_of, draft.names[1:13]))
    if months_above or (labels and times and all(map(month_of, draft.cells[0]))):
        return COLUMNS, False  # a calendar: a row a year, or a column a year
    if not counted and not times:
        return COLUMNS, True
    if not labels:
        return COLUMNS, not times
    first = draft.cells[0]
    named = len(set(first)) == len(first) and all(
        kind_of(cell) in ("text", "padded", "number") for cell in first
    )
    return (ROWS if named or times else COLUMNS), True


def _without_total(names: list[str]) -> list[str]:
    return names[:-1] if names and is_total(names[-1]) else names


def _label_columns(draft: Draft) -> int:
    """How many columns on the left hold labels."""
    labels = 0
    while labels < len(draft.kinds) and draft.kinds[labels] in ("text", "padded", "missing"):
        labels += 1
    return labels or int(LABELS.fullmatch(draft.names[0]) is not None)


def counted_by(names: Sequence[str]) -> str:
    """What names count up by one: "years" as in 1960, 1961, "numbers" as in V2, V3, or ""."""
    matches = [re.fullmatch(r"(\D*)(\d{1,15})(?:\.0)?(?: \[YR\d+\])?", name) for name in names]
    found = [match for match in matches if match is not None]
    if len(found) < max(len(names), 3) or len({match[1] for match in found}) > 1:
        return ""
    numbers = [int(match[2]) for match in found]
    steps = {after - before for before, after in pairwise(numbers)}
    if len(steps) > 1 or steps == {0}:
        return ""
    return "years" if min(numbers) >= 1500 and max(numbers) <= 2200 else "numbers"


def turn_over(draft: Draft) -> None:
    """Make each row a column that has the row's label as its name, behind the times above."""
    labels = _label_columns(draft)
    rows, header = draft.rows, draft.names[labels:]
    if _without_total(header) != header:
        draft.notes.append(f"the last column, {header[-1]}, is left out")
        rows, header = [row[:-1] for row in rows], header[:-1]
    named = _names_of_rows(rows, labels)
    series = [row[labels:] for row in rows]
    times = format_of(header) is not None or counted_by(header) == "years"
    if times and draft.layout.header:
        series, named = [tuple(header), *series], [draft.names[0] if labels else "time", *named]
    draft.cells, draft.names = list(map(CellColumn, series)), named
    draft.units = [""] * len(draft.names)


def _names_of_rows(rows: Sequence[Sequence[str]], labels: int) -> list[str]:
    """The first label of each row if they differ, else all its labels; else its number."""
    if not labels:
        return [f"row {at + 1}" for at in range(len(rows))]
    first = [row[0] for row in rows]
    if len(set(first)) == len(first) and all(first):
        return first
    return [" ".join(dict.fromkeys(filter(None, row[:labels]))) for row in rows]
