"""What a forecast reads beside the series itself: further columns, and what is known ahead."""

from __future__ import annotations

import csv
import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from sandbox.tasks.text import number_of
from sandbox.validation import ExperimentError

if TYPE_CHECKING:
    from collections.abc import Iterable

    from numpy.typing import NDArray

FURTHER = 101  # rows behind the last one for which what is known ahead is made up
LARGEST = 1e6  # the largest typed value, in deviations
DAY = 86400
PERIODS = {"hour": 24.0, "weekday": 7.0, "month": 12.0}
FIRST = {"hour": 0.0, "weekday": 1.0, "month": 1.0}  # the least number: Monday and January are 1


@dataclass(frozen=True, eq=False)
class Covariate:
    """One number a row that is read beside the series: a further column, or of the calendar.

    values: (n,) as a person reads them, and FURTHER more where they are known ahead.  Read as
    (value - offset) / scale, or on the circle of a period as sine and cosine.
    """

    name: str
    values: NDArray[np.float64]
    offset: float = 0.0
    scale: float = 1.0
    period: float = 0.0

    @property
    def channels(self) -> tuple[str, ...]:
        """The names of its channels."""
        return (f"{self.name} sin", f"{self.name} cos") if self.period else (self.name,)

    def read(self, values: NDArray[np.float64]) -> NDArray[np.float64]:
        """Values (…) as channels (…, c)."""
        if not self.period:
            return np.asarray((values - self.offset) / self.scale)[..., None]
        angles = 2 * np.pi * (values - self.offset) / self.period
        return np.stack([np.sin(angles), np.cos(angles)], axis=-1)

    def said(self, channels: NDArray[np.floating]) -> NDArray[np.float64]:
        """The values (…) of channels (…, c)."""
        if not self.period:
            return np.asarray(channels[..., 0] * self.scale + self.offset, np.float64)
        turns = np.arctan2(channels[..., 0], channels[..., 1]) / (2 * np.pi) % 1
        return np.asarray((turns * self.period) % self.period + self.offset, np.float64)

    def written(self, value: float) -> str:
        """A value as a person reads it, to a hundredth of its deviation."""
        digits = max(0, 2 - math.floor(math.log10(self.scale)))
        text = f"{value:.{digits}f}"
        return f"{float(text):g}" if self.period else text

    def typed(self, word: str) -> NDArray[np.float64]:
        """The channels (c,) of a value that a person typed; ExperimentError."""
        low, high = self.offset - LARGEST * self.scale, self.offset + LARGEST * self.scale
        accepts = f"a number for {self.name}"
        if self.period:
            low, high = self.offset, self.period
            accepts += f", from {low:g} to {high:g}"
        value = number_of(word, low, high, accepts)
        return self.read(np.array(value))


def names_in(text: str) -> tuple[str, ...]:
    """The names in a list with commas; one that holds a comma stands in double quotes."""
    rows = list(csv.reader([text], skipinitialspace=True)) if text.strip() else []
    return tuple(name.strip() for row in rows for name in row if name.strip())


def list_of(names: Iterable[str]) -> str:
    """The list that `names_in` reads as these names."""
    return ", ".join(_quoted(name) if set(name) & set(',"\r\n') else name for name in names)


def _quoted(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'


def column_covariate(
    field: str, name: str, values: NDArray[np.float64], trained: int, *, ahead: bool
) -> Covariate:
    """A column (n,), standardised by its first `trained` rows; ExperimentError if these are equal.

    ahead: whether its next value is known, which is its last one behind the end of the table.
    """
    part = values[:trained]
    deviation = float(part.std())
    if not deviation:
        accepts = (
            f"a column that changes, and {name} is {part[0]:g} in all rows that are trained on"
        )
        raise ExperimentError(field, name, accepts)
    further = np.full(FURTHER if ahead else 0, values[-1])
    return Covariate(name, np.append(values, further), float(part.mean()), deviation)


def calendar_covariates(words: str, times: NDArray[np.datetime64] | None) -> list[Covariate]:
    """What the calendar says of rows at times (n,) in seconds, and of FURTHER later ones.

    ExperimentError if a word is none of PERIODS, or there are no times.
    """
    wanted = tuple(dict.fromkeys(word.lower() for word in names_in(words)))
    for word in wanted:
        if word not in PERIODS:
            raise ExperimentError("calendar", word, f"any of {', '.join(PERIODS)}, with commas")
    if not wanted:
        return []
    if times is None or np.isnat(times).any():
        lacking = "has no dates" if times is None else f"lacks {np.isnat(times).sum():,} dates"
        raise ExperimentError("calendar", words, f"nothing for this table, since it {lacking}")
    seconds = times.astype(np.int64)
    step = int(np.median(np.diff(seconds)))
    later = seconds[-1] + step * np.arange(1, FURTHER + 1)
    every = np.append(seconds, later)
    return [
        Covariate(word, of_calendar(word, every), FIRST[word], period=PERIODS[word])
        for word in wanted
    ]


def of_calendar(word: str, seconds: NDArray[np.int64]) -> NDArray[np.float64]:
    """Hour of the day with its fraction, weekday from 1 (Monday), or month from 1; (n,)."""
    if word == "hour":
        return np.asarray(seconds % DAY / 3600)
    if word == "weekday":
        return np.asarray((seconds // DAY + 3) % 7 + 1.0)  # 1 January 1970 was a Thursday
    months = seconds.astype("datetime64[s]").astype("datetime64[M]").astype(np.int64)
    return np.asarray(months % 12 + 1.0)
