"""A column of the user's table as a series, with all that is read beside it."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property, lru_cache
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from sandbox.tasks.forecast_column import (
    last_known,
    line_errors,
    pairs_of,
    parts_of,
    standard_parts,
    window_starts,
)
from sandbox.tasks.forecast_inputs import (
    FURTHER,
    Covariate,
    calendar_covariates,
    column_covariate,
    names_in,
)
from sandbox.tasks.samples import COLUMN, VISITORS
from sandbox.validation import ExperimentError

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from sandbox.reading.frames import Frame


class Wanted(NamedTuple):
    """Which columns of which table, and how they are treated: parameters of `forecast`."""

    data: str
    column: str
    missing: str
    recipe: str
    inputs: str = ""
    known: str = ""
    calendar: str = ""


@dataclass(frozen=True, eq=False)
class TableSeries:
    """A column of n rows, standardised by mean and deviation of the part that is trained on.

    values: (n,), NaN where unknown.  inputs: further columns; known: what is known of a row before
    its value is.  unit: of the column, "" if none is written.
    """

    values: NDArray[np.float64]
    mean: float
    deviation: float
    unit: str = ""
    inputs: tuple[Covariate, ...] = ()
    known: tuple[Covariate, ...] = ()

    @cached_property
    def beside(self) -> NDArray[np.float32]:
        """The channels of further columns, (n, k)."""
        return _channels(self.inputs, len(self.values))

    @cached_property
    def ahead(self) -> NDArray[np.float32]:
        """The channels of what is known ahead, (n + FURTHER, m)."""
        return _channels(self.known, len(self.values) + FURTHER)

    @property
    def parts(self) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """What is trained on, and what is held out."""
        return parts_of(self.values)

    @property
    def covariates(self) -> tuple[Covariate, ...]:
        """All that is read beside the values, in the order of the channels."""
        return (*self.inputs, *self.known)

    @property
    def last_ahead(self) -> int:
        """The last row for which what is known ahead is told."""
        return len(self.values) + FURTHER - 1

    def places(self, length: int, steps: int, count: int) -> NDArray[np.intp]:
        """First rows (n,) of windows of `length` rows before `steps` rows that are held out.

        At most `count`, evenly apart, of those that begin with a known value.
        """
        first, last = len(self.parts[0]) - length, len(self.values) - length - steps
        every = np.arange(max(first, 0), last + 1)
        told = every[np.isfinite(self.values[every])]
        chosen = np.linspace(0, len(told) - 1, min(count, len(told))).astype(int)
        found: NDArray[np.intp] = told[chosen]
        return found

    def rows(
        self, rng: np.random.Generator, count: int, gap: int, forecasts: int, *, unseen: bool
    ) -> NDArray[np.intp]:
        """The first rows (count,) of windows of gap + forecasts rows of either part."""
        starts = window_starts(self.parts[unseen], gap, forecasts)
        found: NDArray[np.intp] = starts[rng.integers(len(starts), size=count)]
        return found + unseen * len(self.parts[0])

    def channels_at(self, rows: NDArray[np.intp]) -> NDArray[np.float32]:
        """What is read beside the values in these rows, (…, k + m): known is the next row."""
        return np.concatenate([self.beside[rows], self.ahead[rows + 1]], axis=-1)


def _channels(covariates: tuple[Covariate, ...], rows: int) -> NDArray[np.float32]:
    channels = [np.empty((rows, 0)), *(each.read(each.values) for each in covariates)]
    return np.concatenate(channels, axis=1).astype(np.float32)


@lru_cache(maxsize=4)
def table_series(wanted: Wanted) -> TableSeries:
    """The series, or the sample's where `data` is ""; ExperimentError if it cannot be read."""
    if not wanted.data:
        return _sample(wanted)
    from sandbox.reading.frames import complete, frame_of  # 0.1 s that a start need not wait for

    inputs, known = names_in(wanted.inputs), names_in(wanted.known)
    fields = [("column", wanted.column)]
    fields += [("inputs", name) for name in inputs] + [("known", name) for name in known]
    timed = bool(wanted.calendar.strip())
    frame = frame_of(wanted.data, fields, wanted.recipe, timed=timed)
    _refuse_twice(frame, fields)
    frame = complete(frame, wanted.missing, wanted.data, wanted.recipe)
    return _series(frame, wanted.calendar, fields)


def _series(frame: Frame, calendar: str, fields: list[tuple[str, str]]) -> TableSeries:
    """The first column as the series, the others as what is read beside it."""
    trained = len(parts_of(frame.values[0])[0])
    covariates = [
        (field, column_covariate(field, name, values, trained, ahead=field == "known"))
        for (field, _), name, values in zip(fields, frame.names, frame.values, strict=True)
        if field != "column"
    ]
    known = [covariate for field, covariate in covariates if field == "known"]
    return TableSeries(
        *_standardised(frame.values[0], frame.names[0]),
        frame.units[0],
        tuple(covariate for field, covariate in covariates if field == "inputs"),
        (*known, *calendar_covariates(calendar, frame.times)),
    )


def _standardised(
    values: NDArray[np.float64], name: str
) -> tuple[NDArray[np.float64], float, float]:
    """Values (n,), with mean and deviation of the part that is trained on.

    ExperimentError if that part never changes.
    """
    first = parts_of(values)[0]
    told = first[np.isfinite(first)]
    if len(told) and np.ptp(told) == 0:
        whole = np.nanmax(values) == np.nanmin(values)
        where = "row" if whole else "row of the first four fifths"
        accepts = f"a column that changes, and this one is {told[0]:g} in every {where}"
        raise ExperimentError("column", name, accepts)
    if not len(told):
        return values, 0.0, 1.0
    parts, mean, deviation = standard_parts(values)
    return np.concatenate(parts), mean, deviation


def _refuse_twice(frame: Frame, fields: list[tuple[str, str]]) -> None:
    """Raise ExperimentError if a column is named twice."""
    for at, name in enumerate(frame.names):
        if name in frame.names[:at]:
            accepts = f"columns that are not read already, and {name} is"
            raise ExperimentError(fields[at][0], fields[at][1], accepts)


def _sample(wanted: Wanted) -> TableSeries:
    """The sample: one column without dates."""
    if wanted.column not in ("", "1", COLUMN):
        raise ExperimentError("column", wanted.column, f"{COLUMN}, the sample's only column")
    for field in ("inputs", "known", "calendar"):
        if given := getattr(wanted, field).strip():
            accepts = "nothing for the sample, which has one column and no dates"
            raise ExperimentError(field, given, accepts)
    return TableSeries(*_standardised(np.array(VISITORS.split(), np.float64), COLUMN))


@lru_cache(maxsize=64)
def simple_on_windows(
    wanted: Wanted, gap: int, forecasts: int
) -> tuple[float, float, float, float]:
    """Squared errors of simple forecasts on windows of a column.

    The best line through the last value, on both parts; on the held-out part, the last value as it
    is (the naive forecast), and the value a season ago (the seasonal naive one; Hyndman &
    Athanasopoulos 2021, Forecasting, 5.2).
    """
    parts = table_series(wanted).parts
    pairs = [pairs_of(part, gap, forecasts) for part in parts]
    first, held_out = line_errors(*pairs)
    last, following, weights = pairs[1]
    season = last_known(parts[1])[: len(following)]
    naive = [float(np.average((following - by) ** 2, weights=weights)) for by in (last, season)]
    return first, held_out, naive[0], naive[1]
