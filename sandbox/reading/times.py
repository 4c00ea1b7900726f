"""Columns of dates and times: what format reads them, their order, step and gaps."""

from __future__ import annotations

import datetime
import re
from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from sandbox.reading.cell_columns import groups_of, looks_of, once
from sandbox.reading.time_formats import (
    CLOCK,
    DECIMAL_YEARS,
    ELAPSED,
    EXCEL,
    MILLISECONDS,
    QUARTER,
    QUARTERS,
    SEASONS,
    SECONDS,
    WEEK,
    WEEKS,
    YEARS,
    formats_of,
    is_season,
    tidy_time,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from numpy.typing import NDArray

NEARLY = 0.3  # as uneven as the best: still plausible
FEWEST_SEASONS = 3  # that differ; one or two such as 2000/01 may be months
FITTING = 0.95  # the least share of cells that a format reads


@dataclass(frozen=True)
class TimeFormat:
    """How a column of times is written.

    form: for strptime, or one of the words above.  others: formats that read it as well, and give
    other times.
    """

    form: str
    others: tuple[str, ...] = ()


@once
def format_of(cells: Sequence[str], chosen: str = "") -> TimeFormat | None:
    """The format of the cells (n,), of which "" are missing; None if they are no times.

    chosen: "day first" or "month first" settles what they do not tell.
    """
    found = _that_read(cells)
    if not found:
        return None
    if chosen:
        first = "%d" if chosen == "day first" else "%m"
        found = {form: times for form, times in found.items() if form.startswith(first)} or found
    uneven = {form: _unevenness(times) for form, times in found.items()}
    best = min(uneven, key=uneven.__getitem__)
    plausible = (
        form
        for form, times in found.items()
        if (uneven[form] < uneven[best] + NEARLY or _goes_one_way(times))
        and not np.array_equal(times, found[best], equal_nan=True)
    )
    return TimeFormat(best, tuple(plausible))


@once
def _that_read(cells: Sequence[str]) -> dict[str, NDArray[np.datetime64]]:
    """The times (n,) by the formats that read the most of the cells, and nearly all."""
    told, counts = sum(map(bool, cells)), Counter[str]()
    for group in groups_of(cells):
        for form in formats_of(group[0]):
            counts[form] += len(group)
    likely = [form for form, count in counts.items() if count >= FITTING * told]
    found = {form: times_of(cells, form) for form in likely}
    read = {form: int((~np.isnat(times)).sum()) for form, times in found.items()}
    most = max([FITTING * told, *read.values()])
    if read.get(SEASONS, 0) >= most and len(set(cells)) >= FEWEST_SEASONS:
        return {SEASONS: found[SEASONS]}  # 2000/01 and 2001/02 are not months
    found.pop(SEASONS, None)
    return {form: times for form, times in found.items() if read[form] >= most}


def _goes_one_way(times: NDArray[np.datetime64]) -> bool:
    steps = np.diff(times[~np.isnat(times)]).astype(np.int64)
    return bool((steps > 0).all() or (steps < 0).all())


def _unevenness(times: NDArray[np.datetime64]) -> float:
    """0 if all steps are alike and go one way; 1 and more if hardly two are."""
    told = times[~np.isnat(times)]
    if len(told) < 3:
        return 0.0
    steps = np.diff(told).astype(np.int64)
    _, counts = np.unique(steps, return_counts=True)
    ways = min(int((steps > 0).sum()), int((steps < 0).sum())) / len(steps)
    return float(1 - counts.max() / len(steps) + 2 * ways)


@once
def times_of(cells: Sequence[str], form: str) -> NDArray[np.datetime64]:
    """The times (n,) in seconds of UTC, or of the clock where no zone is written; else NaT."""
    import pandas as pd

    if form == QUARTERS:
        return _by_pattern(cells, QUARTER, _quarter)
    if form == WEEKS:
        return _by_pattern(cells, WEEK, _week)
    if form == SEASONS:
        return np.array([cell[:4] if is_season(cell) else "NaT" for cell in cells], "datetime64[s]")
    if form == CLOCK:
        return _on_a_clock(cells)
    if form in _OF_NUMBERS:
        return _OF_NUMBERS[form](np.array([_float(cell) for cell in cells]))
    text = _as_in_format(cells, form)
    late = np.array([" 24:00" in cell for cell in text]) if "%H" in form else np.array(False)
    if late.any():
        text = [cell.replace(" 24:00", " 00:00") for cell in text]
    read = pd.Series(pd.to_datetime(text, format=form, errors="coerce", utc="%z" in form))
    if late.any():
        read = read + pd.to_timedelta(late.astype(int), unit="D")
    if "%z" in form:
        read = read.dt.tz_localize(None)
    times = np.asarray(read.to_numpy().astype("datetime64[s]"))
    return _in_their_century(times) if "%y" in form else times


def _in_their_century(times: NDArray[np.datetime64]) -> NDArray[np.datetime64]:
    """Times whose years have two digits: 50 to 99 are of 1900, unless all go one way otherwise."""
    late = np.datetime64("2050", "s")
    usual = np.where(times >= late, _a_century_before(times), times)
    if not _goes_one_way(usual):
        early = np.where(times >= np.datetime64("2000", "s"), _a_century_before(times), times)
        return early if _goes_one_way(early) else usual
    return usual


def _a_century_before(times: NDArray[np.datetime64]) -> NDArray[np.datetime64]:
    months = times.astype("datetime64[M]")
    within = times - months.astype("datetime64[s]")
    before: NDArray[np.datetime64] = (months - 1200).astype("datetime64[s]") + within
    return before


def _as_in_format(cells: Sequence[str], form: str) -> list[str]:
    """The cells (n,) as the format has them."""
    looks = looks_of(cells)
    examples = dict(zip(looks, cells, strict=True))
    odd = {look for look, cell in examples.items() if _tidy(cell, form) != cell}
    if not odd:
        return list(cells)
    pairs = zip(looks, cells, strict=True)
    return [_tidy(cell, form) if look in odd else cell for look, cell in pairs]


def _tidy(cell: str, form: str) -> str:
    """A cell with the marks between date and clock that the format has."""
    cell = tidy_time(cell)
    if "%H" in form or "%I" in form:
        cell = re.sub(r"(\d)(?:T|, | - )(\d)", r"\1 \2", cell)
        cell = re.sub(r"^(\d{4}-\d\d-\d\d)-", r"\1 ", cell)
        cell = re.sub(r"(\d) ?([AaPp])[Mm]?$", r"\1 \2M", cell)
        cell = re.sub(r"(:\d\d),(\d+)", r"\1.\2", cell)
    if "%z" in form:
        cell = re.sub(r" ?(?:Z|UTC|GMT)$", "+0000", cell)
        cell = re.sub(r" ?([+-]\d{2})(?::?(\d{2}))?$", _zone, cell)
    if "%b" in form:
        cell = cell.replace(",", "")
        if form in ("%b %Y", "%b %y"):
            cell = cell.replace("-", " ")
    return cell.rstrip(".") if form == "%Y.%m.%d" else cell


def _zone(match: re.Match[str]) -> str:
    return f"{match[1]}{match[2] or '00'}"


def _by_pattern(
    cells: Sequence[str], pattern: re.Pattern[str], made: Callable[[re.Match[str]], np.datetime64]
) -> NDArray[np.datetime64]:
    found = [pattern.fullmatch(cell) for cell in cells]
    return np.array(
        [made(match) if match else np.datetime64("NaT") for match in found],
        "datetime64[s]",
    )


def _quarter(match: re.Match[str]) -> np.datetime64:
    year = match[1] or match[4] or match[6]
    quarter = int(match[2] or match[3] or match[5])
    return np.datetime64(f"{year}-{3 * quarter - 2:02d}")


def _week(match: re.Match[str]) -> np.datetime64:
    try:
        return np.datetime64(datetime.date.fromisocalendar(int(match[1]), int(match[2]), 1))
    except ValueError:
        return np.datetime64("NaT")


def _on_a_clock(cells: Sequence[str]) -> NDArray[np.datetime64]:
    """Times of day on days of their own: each time that is not later begins the next day."""
    seconds = seconds_of_day(cells)
    told = seconds >= 0
    times = np.full(len(cells), np.datetime64("NaT"), "datetime64[s]")
    values = seconds[told]
    days = np.concatenate([[0], np.cumsum(np.diff(values) < 0)]) if len(values) else values
    times[told] = np.datetime64("1970-01-01", "s") + (values + 86400 * days).astype(np.int64)
    return times


def seconds_of_day(cells: Sequence[str]) -> NDArray[np.float64]:
    """Seconds from midnight (n,), 86,400 for 24:00; -1 where there is no time of day."""
    seconds = np.full(len(cells), -1.0)
    for at, cell in enumerate(cells):
        parts = re.match(r"(\d{1,2}):(\d{2})(?::(\d{2})([.,]\d+)?)? ?([AaPp])?", cell)
        if parts:
            hour = int(parts[1])
            if parts[5]:
                hour = hour % 12 + 12 * (parts[5].lower() == "p")
            seconds[at] = 3600 * hour + 60 * int(parts[2]) + int(parts[3] or 0)
    return seconds


def _float(cell: str) -> float:
    try:
        return float(cell.replace(",", "."))
    except ValueError:
        return np.nan


def _years(values: NDArray[np.float64]) -> NDArray[np.datetime64]:
    told = np.isfinite(values)
    times = np.full(len(values), np.datetime64("NaT"), "datetime64[s]")
    years = np.floor(values[told]).astype(np.int64)
    first = (years - 1970).astype("datetime64[Y]")
    second = ((first + 1).astype("datetime64[s]") - first.astype("datetime64[s]")).astype(np.int64)
    part = ((values[told] - years) * second).round().astype(np.int64)
    times[told] = first.astype("datetime64[s]") + part
    return times


def _scaled(unit: float, start: str) -> Callable[[NDArray[np.float64]], NDArray[np.datetime64]]:
    def made(values: NDArray[np.float64]) -> NDArray[np.datetime64]:
        told = np.isfinite(values)
        times = np.full(len(values), np.datetime64("NaT"), "datetime64[s]")
        times[told] = np.datetime64(start, "s") + (values[told] * unit).round().astype(np.int64)
        return times

    return made


_OF_NUMBERS = {
    YEARS: _years,
    DECIMAL_YEARS: _years,
    SECONDS: _scaled(1, "1970-01-01"),
    MILLISECONDS: _scaled(1e-3, "1970-01-01"),
    EXCEL: _scaled(86400, "1899-12-30"),
    ELAPSED: _scaled(1, "1970-01-01"),
}
_NAMED_TIME = re.compile(
    r"(?i)\b(?:time|date|datum|year|yr|jahr|zeit|fecha|année|annee|ano|año|anno|unix|epoch|t|"
    r"timestamp|datetime|day|days|hour|hours|sec|secs|seconds|ms|month|decimal)\b"
)


def numeric_format(name: str, values: NDArray[np.float64], first: bool) -> str | None:
    """What times a column of numbers (n,) holds, by its name, place, range and order."""
    told = values[np.isfinite(values)]
    if len(told) < 3 or len(told) < len(values):
        return None
    steps = np.diff(told)
    one_way = bool((steps > 0).all() or (steps < 0).all())
    named = _NAMED_TIME.search(name.replace("_", " ")) is not None
    whole = bool((told == np.floor(told)).all())
    low, high = told.min(), told.max()
    if not one_way and not (named and (steps >= 0).all()):
        return None
    if low >= 1500 and high <= 2200:
        even = len(np.unique(np.abs(steps))) == 1
        if whole and one_way and (named or (first and even)):
            return YEARS
        return DECIMAL_YEARS if named and not whole else None
    if not named and not first:
        return None
    if whole and 4e8 < low and high < 4e9:
        return SECONDS
    if whole and 4e11 < low and high < 4e12:
        return MILLISECONDS
    if named and 15000 < low and high < 80000 and re.search(r"(?i)dat|day|time", name):
        return EXCEL
    return ELAPSED if named else None
