"""The column or the columns of a table that tell the time of its rows."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from sandbox.reading.cell_columns import CellColumn, once
from sandbox.reading.course import Course, course_of
from sandbox.reading.kinds import kinds_in
from sandbox.reading.missing_words import is_missing
from sandbox.reading.time_formats import CLOCK, ELAPSED, PACKED, month_of
from sandbox.reading.times import format_of, numeric_format, times_of
from sandbox.validation import ExperimentError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from sandbox.reading.draft import Draft

PARTS = {
    "year": re.compile(r"(?i)(?:year|yr|yyyy|jahr|année|annee|anno|año|ano|y)"),
    "month": re.compile(r"(?i)(?:month|mon|mm|mo|monat|mois|mese|mes|mth)"),
    "day": re.compile(r"(?i)(?:day|dd|dy|tag|jour|giorno|dia|día|dom|d)"),
    "hour": re.compile(r"(?i)(?:hour|hh|hr|stunde|heure|ora|hora|h)"),
    "minute": re.compile(r"(?i)(?:minute|min|mn|mi)"),
}
FIRST_COLUMNS = 5  # among which times without a name are looked for
_NAMED_TIME = re.compile(r"(?i)date|dat|time|zeit|month|period|yyyy|day")
_YEAR = re.compile(r"1[5-9]\d\d|2[01]\d\d|2200")
_WHOLE = re.compile(r"\d{1,4}(?:\.0+)?")


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
    found, used = _in_parts(draft.names, cells)
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
        found = _with_clock(found, draft.names[clock], cells[clock])
    return found, used


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
    return CellColumn("" if is_missing(cell) else cell for cell in cells)


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
    return Times(name, values, form, course_of(values))


def _with_clock(found: Times | None, name: str, column: Sequence[str]) -> Times:
    """The dates with the times of day of another column."""
    clock = times_of(column, CLOCK)
    if found is None:
        return Times(name, clock, CLOCK, course_of(clock))
    if "%H" in found.form or "%I" in found.form:
        return found
    values = with_clock(found.values, column)
    return Times(f"{found.name} {name}", values, f"{found.form} {CLOCK}", course_of(values))


def with_clock(dates: NDArray[np.datetime64], column: Sequence[str]) -> NDArray[np.datetime64]:
    """Dates (n,) with the times of day in a column (n,), midnight where there is none."""
    clock = times_of(column, CLOCK)
    seconds = np.where(np.isnat(clock), 0, clock.astype(np.int64) % 86400)
    values: NDArray[np.datetime64] = dates + seconds.astype("timedelta64[s]")
    return values


def _in_parts(names: list[str], cells: Sequence[Sequence[str]]) -> tuple[Times | None, set[int]]:
    """Times in columns of their own for year, month, day and hour, or year and day of the year."""
    places = _named_parts(names) or _year_and_month(cells)
    if not places:
        return _days_of_years(names, cells)
    parts = _numbers_of(places, cells)
    if "month" not in parts or parts["month"].min() < 1 or parts["month"].max() > 12:
        return None, set()
    values = _put_together(parts)
    used = sorted(places[part] for part in parts)
    name = " ".join(names[place] for place in used)
    return Times(name, values, "parts", course_of(values)), set(used)


def _named_parts(names: list[str]) -> dict[str, int]:
    """Where the parts of a time are, by the names of the columns; {} without year and month."""
    found: dict[str, int] = {}
    for part, pattern in PARTS.items():
        for at, name in enumerate(names):
            if part not in found and pattern.fullmatch(name.strip(" #")):
                found[part] = at
    return found if "year" in found and "month" in found else {}


def _year_and_month(cells: Sequence[Sequence[str]]) -> dict[str, int]:
    """Where years stand beside names of months in columns without names; {} if nowhere."""
    for at in range(1, min(len(cells), FIRST_COLUMNS)):
        months = all(map(month_of, cells[at]))
        if months and all(map(_YEAR.fullmatch, _filled_down(cells[at - 1]))):
            return {"year": at - 1, "month": at}
    return {}


def _numbers_of(
    places: dict[str, int], cells: Sequence[Sequence[str]]
) -> dict[str, NDArray[np.int64]]:
    """Years, months and so on (n,), up to the first part that is not all whole numbers."""
    parts: dict[str, NDArray[np.int64]] = {}
    for part in PARTS:
        if part not in places:
            break
        column = cells[places[part]]
        if part == "year":
            column = _filled_down(column)
        elif part == "month":
            column = [str(month_of(cell) or cell) for cell in column]
        if not all(map(_WHOLE.fullmatch, column)):
            break
        parts[part] = np.array([int(float(cell)) for cell in column], np.int64)
    return parts


def _put_together(parts: dict[str, NDArray[np.int64]]) -> NDArray[np.datetime64]:
    months = (parts["year"] - 1970) * 12 + parts["month"] - 1
    days = months.astype("datetime64[M]").astype("datetime64[D]") + (parts.get("day", 1) - 1)
    seconds = np.asarray(3600 * parts.get("hour", 0) + 60 * parts.get("minute", 0))
    times: NDArray[np.datetime64] = days.astype("datetime64[s]") + seconds.astype("timedelta64[s]")
    return times


def _days_of_years(
    names: list[str], cells: Sequence[Sequence[str]]
) -> tuple[Times | None, set[int]]:
    """Times in a column of years and one of days from 1 to 366 that count up."""
    for at in range(min(len(cells) - 1, FIRST_COLUMNS - 1)):
        both = cells[at : at + 2]
        if not all(re.fullmatch(r"\d{1,4}", cell) for column in both for cell in column):
            continue
        years, days = (np.array([int(cell) for cell in column], np.int64) for column in both)
        if _count_up(years, days):
            first = (years - 1970).astype("datetime64[Y]").astype("datetime64[D]")
            values = (first + (days - 1)).astype("datetime64[s]")
            name = f"{names[at]} {names[at + 1]}"
            return Times(name, values, "days of years", course_of(values)), {at, at + 1}
    return None, set()


def _count_up(years: NDArray[np.int64], days: NDArray[np.int64]) -> bool:
    """Whether these can be years and days that follow one another."""
    if years.min() < 1500 or years.max() > 2200 or days.min() < 1 or days.max() > 366:
        return False
    steps = np.diff(days)[np.diff(years) == 0]
    few_years = np.ptp(years) <= len(years) // 300 + 1
    return bool(few_years and len(steps) and (steps >= 1).all())


def _filled_down(cells: Sequence[str]) -> list[str]:
    """Each empty cell as the one above it."""
    found: list[str] = []
    for cell in cells:
        found.append(cell if cell or not found else found[-1])
    return found
