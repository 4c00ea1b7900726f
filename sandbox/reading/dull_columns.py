"""Columns of numbers that nobody forecasts: they never change, count rows, or name documents."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import numpy as np

from sandbox.reading.date_parts import is_part
from sandbox.reading.recipe import words_of
from sandbox.reading.time_formats import ELAPSED

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from sandbox.reading.draft import Draft
    from sandbox.reading.number_columns import Column
    from sandbox.reading.time_columns import Times

FEWEST = 5  # rows that tell
MONTH = 1 / 11  # of a year, and somewhat more
_CODE = re.compile(
    r"(?i)(?:.*[\W_])?(?:id|code|key|ref|pk|uuid|serial|invoice|ticket|receipt|voucher)|.*[a-z](?-i:ID|Id)"
)
_NUMBER = re.compile(
    r"(?i)(?:.*[\W_])?(?:no|nr|num|number|nummer|numero|número|nro)\.?|.*[a-zäöü](?:nummer|nr)"
)
_TWICE = re.compile(r" \(\d+\)$")  # behind names that come again
_QUALITY = re.compile(
    r"(?i)(?:qn_?\d*|rskf|wrtr|q[cf]|q[cf]?_?flags?|quality.?(?:flag|code|level|control)?|"
    r"qualit(?:é|à|ät.*)|calidad|qualidade|kwaliteit|kvalita|jakość|laatu|кач(?:ество|\.)?|якість|"
    r"kvalitet.*|flags?|.{0,40}[_ ](?:qc|flag|qualifier|quality)|"
    r"(?:.{0,40} )?(?:品質情報|均質番号|現象なし情報))"
)


def without_dull(draft: Draft, times: Times | None, columns: list[Column]) -> list[Column]:
    """The columns that tell something; notes say which are left out and why.

    All stay if none tells anything, or the rows are too few; so do those that the recipe keeps.
    """
    if len(columns[0].values) < FEWEST:
        return columns
    why = {column.name: _why(column, times) for column in columns}
    why |= dict.fromkeys(_without_year(draft) if times is None else (), "is part of a date")
    kept = words_of(draft.recipe.keep)
    why = {name: reason for name, reason in why.items() if name.lower() not in kept}
    left = [column for column in columns if not why.get(column.name)]
    if not left:
        return columns
    out = {column.name: why[column.name] for column in columns if why.get(column.name)}
    draft.notes += [f"{name} {reason}: left out" for name, reason in out.items()]
    asked = [each for each in draft.questions if not each.columns or {*each.columns} - out.keys()]
    draft.questions = asked
    return left


def _without_year(draft: Draft) -> list[str]:
    """The columns of months and days where no column tells the year."""
    found = []
    for part in ("month", "day"):
        pairs = zip(draft.names, draft.cells, strict=True)
        found += [name for name, cells in pairs if is_part(part, name, cells)][:1]
    return found if len(found) > 1 else []


def _why(column: Column, times: Times | None) -> str:
    """Why nobody would forecast a column, "" if one may."""
    values, told = column.values, column.values[~np.isnan(column.values)]
    if len(told) < FEWEST or not (told == np.floor(told)).all():
        same = len(told) >= FEWEST and np.ptp(told) == 0
        if same and len(told) == len(values):
            return f"is {told[0]:g} in every row"
        return "follows from the time" if times is not None and _are_years(times, values) else ""
    if np.ptp(told) == 0:
        return f"is {told[0]:g} in every row" if len(told) == len(values) else ""
    if len(told) < len(values):
        return ""
    if told.min() >= 0 and _QUALITY.fullmatch(_TWICE.sub("", column.name.strip())):
        return "marks the quality of others"
    if told[0] in (0, 1) and (np.diff(told) == 1).all():
        return "counts the rows"
    if _names_rows(column.name, told):
        return "is a number that names a row"
    follows = times is not None and _follows_from(times, values)
    return "follows from the time" if follows else ""


def _names_rows(name: str, values: NDArray[np.float64]) -> bool:
    """Whether whole numbers are codes or numbers of documents, by their name, none twice."""
    name = name.strip()
    if values.min() < 0 or len(np.unique(values)) < len(values):
        return False
    steps = np.diff(values)
    one_way = (steps > 0).all() or (steps < 0).all()
    return bool(_CODE.fullmatch(name) or (one_way and _NUMBER.fullmatch(name)))


def _has_dates(times: Times, values: NDArray[np.float64]) -> bool:
    """Whether each of the values (n,) has a date."""
    moments = times.values
    return len(moments) == len(values) and not np.isnat(moments).any() and times.form != ELAPSED


def _follows_from(times: Times, values: NDArray[np.float64]) -> bool:
    """Whether values are the year, the month, the weekday or so of their times (n,)."""
    return _has_dates(times, values) and any(
        np.array_equal(part, values) for part in _parts_of(times.values)
    )


def _are_years(times: Times, values: NDArray[np.float64]) -> bool:
    """Whether values (n,) are their times as years with decimals, within a month or its middle."""
    if not _has_dates(times, values) or len(np.unique(values)) < len(values):
        return False
    if np.isnan(values).any():
        return False
    moments = times.values
    years = moments.astype("datetime64[Y]")
    days = (moments.astype("datetime64[D]") - years.astype("datetime64[D]")).astype(np.int64)
    ahead = values - (years.astype(np.int64) + 1970 + days / 365.25)
    return bool((np.abs(ahead) <= MONTH).all())


def _parts_of(moments: NDArray[np.datetime64]) -> Sequence[NDArray[np.int64]]:
    """What calendars and clocks say of times (n,)."""
    days, months = moments.astype("datetime64[D]"), moments.astype("datetime64[M]")
    years = moments.astype("datetime64[Y]")
    month = (months - years.astype("datetime64[M]")).astype(np.int64) + 1
    seconds = moments.astype(np.int64) % 86400
    weekday = (days.astype(np.int64) + 3) % 7  # from Monday
    year = years.astype(np.int64) + 1970
    return [
        year,
        month,
        (month + 2) // 3,
        (days - months.astype("datetime64[D]")).astype(np.int64) + 1,
        (days - years.astype("datetime64[D]")).astype(np.int64) + 1,
        seconds // 3600,
        seconds // 60 % 60,
        weekday,
        weekday + 1,
        (weekday + 1) % 7,
        (weekday + 1) % 7 + 1,
        _week_of(days),
    ]


def _week_of(days: NDArray[np.datetime64]) -> NDArray[np.int64]:
    """The weeks of ISO 8601 of days (n,)."""
    thursday = days - (days.astype(np.int64) + 3) % 7 + 3
    first = thursday.astype("datetime64[Y]").astype("datetime64[D]")
    weeks: NDArray[np.int64] = (thursday - first).astype(np.int64) // 7 + 1
    return weeks
