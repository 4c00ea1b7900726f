"""The column or the columns of a table that tell the time of its rows."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass, replace
from functools import cached_property
from itertools import pairwise
from typing import TYPE_CHECKING

import numpy as np

from sandbox.reading import date_parts
from sandbox.reading.cell_columns import CellColumn, groups_of, once
from sandbox.reading.course import Course, course_of
from sandbox.reading.kinds import kinds_in
from sandbox.reading.missing_words import is_missing
from sandbox.reading.time_formats import CLOCK, ELAPSED, PACKED, SEASONS
from sandbox.reading.times import format_of, numeric_format, seconds_of_day, times_of
from sandbox.validation import ExperimentError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from sandbox.reading.draft import Draft

_PARTS_OF_SECONDS = re.compile(r":\d\d[.,]\d")
_NAMED_TIME = re.compile(r"(?i)date|dat|time|zeit|month|period|yyyy|day")


@dataclass(frozen=True)
class Times:
    """The column or columns of times.

    values: (n,) in seconds, NaT where none is known; of a large file, those of its two ends.
    form: how they are written.
    """

    name: str
    values: NDArray[np.datetime64]
    form: str
    course: Course

    @cached_property
    def apart(self) -> NDArray[np.int64]:
        """The seconds (m,) between times that follow one another, oldest first, without doubles."""
        told = self.values[~np.isnat(self.values)]
        apart: NDArray[np.int64] = np.diff(told).astype(np.int64)
        return apart if (apart > 0).all() else np.diff(np.unique(told)).astype(np.int64)


def times_in(draft: Draft) -> tuple[Times | None, set[int]]:
    """The times, and the indices of the columns that hold them or parts of them.

    ExperimentError if the recipe names a column that is not there.
    """
    wanted = draft.recipe.time
    if wanted == "none":
        return None, set()
    if wanted and wanted not in draft.names:
        accepts = f"none or the name of a column: {', '.join(draft.names[:8])}"
        raise ExperimentError("data.time", wanted, accepts)
    cells = draft.cells
    found, used = _in_parts(draft)
    clock: int | None = None
    for at, column in draft.in_turn(list(enumerate(cells)), 0.2, 0.4):
        form = _form_of(draft, at, column)
        if form is None:
            continue
        used.add(at)
        if form[0] == CLOCK:
            clock = at if clock is None else clock
        elif found is None:
            found = _dated(draft, at, column, *form)
    if clock is not None:
        found = _with_clock(draft, found, draft.names[clock], cells[clock])
    elif found is not None:
        found = _with_hours(draft, found, used)
    return found, used


def _in_parts(draft: Draft) -> tuple[Times | None, set[int]]:
    """The times in columns of their own for year, month, day and so on."""
    parts = date_parts.found_in(draft.names, draft.cells)
    if parts is None:
        return None, set()
    return Times(parts.name, parts.values, parts.form, course_of(parts.values)), set(parts.used)


def _with_hours(draft: Draft, found: Times, used: set[int]) -> Times:
    """Dates that repeat with the hours of another column, which is then used."""
    if not found.course.doubles or (found.values.astype(np.int64) % 86400).any():
        return found
    hours = date_parts.hours_in(draft.names, draft.cells)
    if hours is None or hours.at in used:
        return found
    values = found.values + hours.seconds.astype("timedelta64[s]")
    course = course_of(values)
    if course.doubles >= found.course.doubles:
        return found
    used.add(hours.at)
    return Times(f"{found.name} {draft.names[hours.at]}", values, found.form, course)


def numeric_times(draft: Draft, names: Sequence[str], values: NDArray[np.float64]) -> Times | None:
    """Times in the first of the columns (m, n) of numbers that holds some: years, Unix seconds."""
    wanted = draft.recipe.time
    for name, column in zip(names, values, strict=True):
        first = name == draft.names[0] and len(draft.names) > 1
        form = numeric_format(name, column, first)
        if wanted:
            form = (form or ELAPSED) if wanted == name else None
        if form is not None and (wanted or len(names) > 1):
            times = times_of([repr(value) for value in column.tolist()], form)
            return Times(name, times, form, course_of(times))
    return None


def kind_of_column(cells: Sequence[str]) -> str:
    """What most told cells are."""
    kinds = Counter(kinds_in(cells))
    kinds.pop("missing", None)
    return kinds.most_common(1)[0][0] if kinds else "missing"


def _form_of(draft: Draft, at: int, column: Sequence[str]) -> tuple[str, tuple[str, ...]] | None:
    """The format of a column of times and others that read it as well; None if it holds none."""
    wanted, kind = draft.recipe.time, kind_of_column(column)
    if wanted and draft.names[at] != wanted:
        return None
    if not wanted and kind not in ("time", "number", "padded"):
        return None
    found = format_of(_told_in(column), draft.recipe.dates)
    if found is None or (kind != "time" and not _are_packed(draft.names[at], column, found.form)):
        return None
    return found.form, found.others


@once
def _told_in(cells: Sequence[str]) -> CellColumn:
    """The cells (n,) with "" for those without a value."""
    gone = {group[0] for group in groups_of(cells) if is_missing(group[0])}
    if isinstance(cells, CellColumn) and gone <= {""}:
        return cells
    return CellColumn("" if cell in gone else cell for cell in cells)


def _are_packed(name: str, column: Sequence[str], form: str) -> bool:
    """Whether numbers such as 20240131 are dates, by their name, or since they go one way."""
    if form not in PACKED:
        return False
    if _NAMED_TIME.search(name):
        return True
    return form != "%Y%m" and course_of(times_of(column, form)).order in ("rising", "falling")


def _dated(
    draft: Draft, at: int, column: Sequence[str], form: str, others: tuple[str, ...]
) -> Times:
    """A column of dates; asks where day and month could change places."""
    name, values = draft.names[at], times_of(column, form)
    if others and not draft.recipe.dates:
        first, other = ("day", "month") if form.startswith("%d") else ("month", "day")
        example = next(cell for cell in column if cell)
        draft.ask(
            "dates",
            f"{example} could have the day or the month first; it is read {first} first.",
            draft.names,
            (f"The {first} comes first", (("dates", f"{first} first"),)),
            (f"The {other} comes first", (("dates", f"{other} first"),)),
        )
    if form == SEASONS:
        draft.notes.append(f"each season in {name} is dated by its first year")
    return Times(name, values, form, _course(draft, name, values, column))


def _course(
    draft: Draft, name: str, values: NDArray[np.datetime64], cells: Sequence[str]
) -> Course:
    """The course of times (n,) in cells; those that differ by parts of a second are no doubles."""
    course = course_of(values)
    if not course.doubles or not any(map(_PARTS_OF_SECONDS.search, cells)):
        return course
    same = [before == after for before, after in pairwise(cells)]
    doubles = int(((np.diff(values).astype(np.int64) == 0) & np.array(same)).sum())
    if doubles < course.doubles:
        draft.notes.append(f"parts of a second are left out of {name}")
    return replace(course, doubles=doubles)


def _with_clock(draft: Draft, found: Times | None, name: str, column: Sequence[str]) -> Times:
    """The dates with the times of day of another column."""
    clock = times_of(column, CLOCK)
    if found is None:
        return Times(name, clock, CLOCK, _course(draft, name, clock, column))
    if "%H" in found.form or "%I" in found.form:
        return found
    values = with_clock(found.values, column)
    course = _course(draft, name, values, column)
    return Times(f"{found.name} {name}", values, f"{found.form} {CLOCK}", course)


def with_clock(dates: NDArray[np.datetime64], column: Sequence[str]) -> NDArray[np.datetime64]:
    """Dates (n,) with the times of day in a column (n,), midnight where there is none.

    24:00 is the end of its day.
    """
    seconds = np.maximum(seconds_of_day(column), 0)
    values: NDArray[np.datetime64] = dates + seconds.astype("timedelta64[s]")
    return values
