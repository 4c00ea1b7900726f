"""Times in several columns of whole numbers: year, month, day, hour; year and week; and others."""

from __future__ import annotations

import datetime
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from sandbox.reading.course import course_of
from sandbox.reading.time_formats import month_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    Columns = Sequence[Sequence[str]]
    Whole = NDArray[np.int64]
    Moments = NDArray[np.datetime64]

PARTS = {
    "year": re.compile(r"(?i)(?:year|yr|yyyy|yy|jahr|année|annee|anno|año|ano|y)"),
    "quarter": re.compile(r"(?i)(?:quarter|qtr|quartal|trimestre|trim|q)"),
    "week": re.compile(r"(?i)(?:week|wk|kw|woche|kalenderwoche|semaine|semana|isoweek)"),
    "month": re.compile(r"(?i)(?:month|mon|mm|mo|monat|mois|mese|mes|mth)"),
    "day": re.compile(r"(?i)(?:day|dd|dy|tag|jour|giorno|dia|día|dom|d)"),
    "hour": re.compile(r"(?i)(?:hour|hh|hr|stunde|heure|ora|hora|h)"),
    "minute": re.compile(r"(?i)(?:minute|min|mn|mi|mm)"),
}
LIMITS = {
    **{"year": (0, 9999), "quarter": (1, 4), "week": (1, 53), "month": (1, 12)},
    **{"day": (1, 31), "hour": (0, 24), "minute": (0, 60)},
}
LEAST_LETTERS = 3  # of a part in a longer name, as in obs_year
FIRST_COLUMNS = 5  # among which times without a name are looked for
FEWEST = 6  # rows in which an even course is no chance
DAYS_OF_WEEK = 7
_YEAR = re.compile(r"1[5-9]\d\d|2[01]\d\d|2200")
_WHOLE = re.compile(r"\d{1,4}(?:\.0+)?")
_QUARTER = re.compile(r"(?i)[qt]?([1-4])\.?(?: ?(?:quarter|quartal|trimestre))?")


@dataclass(frozen=True)
class Parts:
    """Times (n,) in seconds that several columns tell.  used: their indices.  form: in words."""

    values: Moments
    name: str
    form: str
    used: tuple[int, ...]


@dataclass(frozen=True)
class Hours:
    """Whole hours of the day (n,), in seconds, and the index of their column."""

    seconds: Whole
    at: int


def found_in(names: Sequence[str], cells: Columns) -> Parts | None:
    """The times that columns tell together; None if none do."""
    places = _named_parts(names) or _year_and_month(cells)
    if not places:
        return _by_course(names, cells) or _days_of_years(names, cells)
    parts = _numbers_of(places, cells)
    if not any(part in parts for part in ("month", "week", "quarter")):
        return None
    return _parts(names, [places[part] for part in parts], _put_together(parts), "parts")


def is_part(part: str, name: str, cells: Sequence[str]) -> bool:
    """Whether a column holds months, days or hours by its name and its cells."""
    return is_named(name, part) and _whole(part, cells) is not None


def hours_in(names: Sequence[str], cells: Columns) -> Hours | None:
    """The column of hours by its name, None if there is none."""
    for at, name in enumerate(names):
        if is_named(name, "hour"):
            hours = _whole("hour", cells[at])
            if hours is not None:
                return Hours(3600 * hours, at)
    return None


def _parts(names: Sequence[str], used: Sequence[int], values: Moments, form: str) -> Parts:
    used = sorted(used)
    return Parts(values, " ".join(names[at] for at in used), form, tuple(used))


def _named_parts(names: Sequence[str]) -> dict[str, int]:
    """Where the parts of a time are, by the names of the columns; {} without year and another."""
    found: dict[str, int] = {}
    for part in PARTS:
        for at, name in enumerate(names):
            fits = is_named(name, part) and at not in found.values()
            if part not in found and fits and not _may_be_rain(names, found, at):
                found[part] = at
    if "month" in found:
        found.pop("quarter", None)
        found.pop("week", None)
    elif "week" in found:
        found.pop("quarter", None)
    several = "year" in found and any(part in found for part in ("month", "week", "quarter"))
    rests = {_rest(names[at], part) for part, at in found.items()}
    return found if several and len(rests) == 1 else {}


def _may_be_rain(names: Sequence[str], found: dict[str, int], at: int) -> bool:
    """Whether mm may be a unit rather than the minutes, as in YY MM DD hh mm."""
    if names[at].strip(" #") != "mm" or "month" not in found:
        return False
    return found.get("hour") != at - 1 or names[found["month"]].strip(" #") != "MM"


def is_named(name: str, part: str) -> bool:
    """Whether a name says that a column holds this part: Year, obs_year, Year (UTC)."""
    return _rest(name, part) is not None


def _rest(name: str, part: str) -> tuple[str, ...] | None:
    """What a name says besides a part, as obs in obs_year; None if it does not name the part."""
    pattern = PARTS[part]
    if pattern.fullmatch(name.strip(" #")):
        return ()
    words = [word for word in re.split(r"[\W_]+", name) if word]
    if part in ("minute", "quarter") or len(words) != 2:
        return None
    for word, other in (words, words[::-1]):
        if len(word) >= LEAST_LETTERS and pattern.fullmatch(word):
            return (other.lower(),)
    return None


def _year_and_month(cells: Columns) -> dict[str, int]:
    """Where years stand beside names of months in columns without names; {} if nowhere."""
    for at in range(1, min(len(cells), FIRST_COLUMNS)):
        months = all(map(month_of, cells[at]))
        if months and all(map(_YEAR.fullmatch, _filled_down(cells[at - 1]))):
            return {"year": at - 1, "month": at}
    return {}


def _numbers_of(places: dict[str, int], cells: Columns) -> dict[str, Whole]:
    """Years, months and so on (n,), up to the first part that is not all whole numbers."""
    parts: dict[str, Whole] = {}
    for part, place in places.items():
        numbers = _whole(part, cells[place])
        if numbers is None:
            break
        if part == "day" and "month" not in parts and numbers.max() > DAYS_OF_WEEK:
            break
        parts[part] = numbers
    return parts


def _whole(part: str, column: Sequence[str]) -> Whole | None:
    """The numbers (n,) of one part, None unless all are in its limits."""
    if part == "year":
        column = _filled_down(column)
    elif part == "month":
        column = [str(month_of(cell) or cell) for cell in column]
    elif part == "quarter":
        column = [match[1] if (match := _QUARTER.fullmatch(cell)) else "" for cell in column]
    if not column or not all(map(_WHOLE.fullmatch, column)):
        return None
    numbers = np.array([int(float(cell)) for cell in column], np.int64)
    low, high = LIMITS[part]
    return numbers if low <= numbers.min() and numbers.max() <= high else None


def _put_together(parts: dict[str, Whole]) -> Moments:
    if "week" in parts:
        pairs = zip(parts["year"].tolist(), parts["week"].tolist(), strict=True)
        days = np.array([_monday(*pair) for pair in pairs], "datetime64[D]")
    else:
        month = parts["month"] if "month" in parts else 3 * parts["quarter"] - 2
        months = (parts["year"] - 1970) * 12 + month - 1
        days = months.astype("datetime64[M]").astype("datetime64[D]")
    days = days + (parts.get("day", 1) - 1)
    seconds = np.asarray(3600 * parts.get("hour", 0) + 60 * parts.get("minute", 0))
    times: Moments = days.astype("datetime64[s]") + seconds.astype("timedelta64[s]")
    return times


def _monday(year: int, week: int) -> datetime.date:
    """The first day of a week; week 53 of a year with 52 begins the next."""
    try:
        return datetime.date.fromisocalendar(year, week, 1)
    except ValueError:
        return datetime.date.fromisocalendar(year, 1, 1) + datetime.timedelta(weeks=week - 1)


def _days_of_years(names: Sequence[str], cells: Columns) -> Parts | None:
    """Times in a column of years and one of days from 1 to 366 that count up."""
    for at in range(min(len(cells) - 1, FIRST_COLUMNS - 1)):
        both = cells[at : at + 2]
        if not all(re.fullmatch(r"\d{1,4}", cell) for column in both for cell in column):
            continue
        years, days = (np.array([int(cell) for cell in column], np.int64) for column in both)
        if _count_up(years, days):
            values = _day_of_year(years, days)
            return _parts(names, [at, at + 1], values, "days of years")
        hours = _whole("hour", cells[at + 2]) if at + 2 < len(cells) else None
        if hours is not None and hours.any() and _are_days(years, days):
            values = _day_of_year(years, days) + (3600 * hours).astype("timedelta64[s]")
            course = course_of(values)
            if course.order == "rising" and not course.doubles:
                return _parts(names, [at, at + 1, at + 2], values, "days of years")
    return None


def _day_of_year(years: Whole, days: Whole) -> Moments:
    first = (years - 1970).astype("datetime64[Y]").astype("datetime64[D]")
    times: Moments = (first + (days - 1)).astype("datetime64[s]")
    return times


def _count_up(years: Whole, days: Whole) -> bool:
    """Whether these can be years and days that follow one another."""
    steps = np.diff(days)[np.diff(years) == 0]
    return bool(_are_days(years, days) and len(steps) and (steps >= 1).all())


def _are_days(years: Whole, days: Whole) -> bool:
    """Whether these can be years, of which there are few, and days of them."""
    if years.min() < 1500 or years.max() > 2200 or days.min() < 1 or days.max() > 366:
        return False
    return bool(np.ptp(years) <= len(years) // 300 + 1)


def _by_course(names: Sequence[str], cells: Columns) -> Parts | None:
    """Years, months and days in first columns without a name, if days or months follow evenly."""
    for parts in (("year", "month", "day"), ("year", "month")):
        many = len(parts)
        unnamed = all(re.fullmatch(r"column \d+", name) for name in names[:many])
        if len(cells) <= many or not unnamed or len(cells[0]) < FEWEST:
            continue
        numbers = _numbers_of({part: at for at, part in enumerate(parts)}, cells)
        if len(numbers) < many or numbers["year"].min() < 1500:
            continue
        values = _put_together(numbers)
        course = course_of(values)
        if course.order == "rising" and not course.doubles and 10 * course.gaps <= len(values):
            return _parts(names, range(many), values, "parts")
    return None


def _filled_down(cells: Sequence[str]) -> list[str]:
    """Each empty cell as the one above it."""
    found: list[str] = []
    for cell in cells:
        found.append(cell if cell or not found else found[-1])
    return found
