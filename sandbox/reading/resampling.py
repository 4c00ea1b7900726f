"""Rows at uneven times, brought to an even step by a named rule."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np

from sandbox.reading.course import course_of
from sandbox.reading.steps import seconds_of, without_dates
from sandbox.validation import ExperimentError

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from sandbox.reading.recipe import Recipe
    from sandbox.reading.table import Table

MOST_ROWS = 5_000_000
SPARSEST = 50  # times as many rows as there were
FARTHEST = 2  # steps between values that `interpolate` connects by a line
RULES = {
    "": "the mean of each",
    "mean": "the mean of each",
    "sum": "the sum of each",
    "last": "the last value of each",
    "interpolate": "lines between values",
}
ALIASES = {  # pandas' names for steps
    "second": "s",
    "minute": "min",
    "hour": "h",
    "day": "D",
    "week": "W-MON",
    "month": "MS",
    "quarter": "QS",
    "year": "YS",
}


def even(table: Table, recipe: Recipe) -> Table:
    """The table with a row at every step that the recipe wants, NaN where there is no value.

    The time of a row is the beginning of its step.  "mean", "sum" and "last" are of the values
    within the step; "interpolate" is the line between the values before and after its beginning,
    if these are at most two steps apart.  ExperimentError if the table has no dates, or the step
    would make too many rows.
    """
    if not recipe.every:
        return table
    times, values = _in_order(table, recipe.every)
    bins = _bins(times, values, recipe.every)
    if recipe.resample == "sum":
        made = bins.sum(min_count=1)
    else:
        made = bins.last() if recipe.resample == "last" else bins.mean()
    grid: NDArray[np.datetime64] = made.index.to_numpy().astype("datetime64[s]")
    found = made.to_numpy(np.float64).T
    if recipe.resample == "interpolate":
        found = np.array([_on_lines(times, column, grid) for column in values])
    columns = [
        replace(column, values=each) for column, each in zip(table.columns, found, strict=True)
    ]
    assert table.times is not None
    even_times = replace(table.times, values=grid, course=course_of(grid))
    note = f"the rows are brought to a step of {recipe.every} by {RULES[recipe.resample]}"
    return replace(table, columns=tuple(columns), times=even_times, notes=(*table.notes, note))


def _in_order(table: Table, every: str) -> tuple[NDArray[np.datetime64], NDArray[np.float64]]:
    """The rows (n,) whose time is known, oldest first, with their values (k, n)."""
    times = table.times
    why = without_dates(table)
    if times is None or why:
        accepts = f"nothing for this table, since {why}"
        raise ExperimentError("data.every", every, accepts)
    order = np.argsort(times.values, kind="stable")
    order = order[: np.count_nonzero(~np.isnat(times.values))]  # NaT comes last
    return times.values[order], np.array([column.values for column in table.columns])[:, order]


def _bins(times: NDArray[np.datetime64], values: NDArray[np.float64], every: str) -> Any:
    """Groups of rows (n,) by step; the step that the last time is in comes last."""
    import pandas as pd

    rows = int((times[-1] - times[0]).astype(np.int64)) // seconds_of(every)
    if rows > min(MOST_ROWS, SPARSEST * len(times)):
        accepts = f"a longer step: {every} would make {rows:,} rows of {len(times):,}"
        raise ExperimentError("data.every", every, accepts)
    frame = pd.DataFrame(values.T, index=pd.DatetimeIndex(times))
    many, _, unit = every.partition(" ")
    return frame.resample(f"{many}{ALIASES[unit.removesuffix('s')]}", closed="left", label="left")


def _on_lines(
    times: NDArray[np.datetime64], values: NDArray[np.float64], grid: NDArray[np.datetime64]
) -> NDArray[np.float64]:
    """Values (m,) at the times of the grid, between the known ones of (n,) that are near."""
    told = ~np.isnan(values)
    known, at = times[told].astype(np.int64), grid.astype(np.int64)
    if not len(known):
        return np.full(len(grid), np.nan)
    after = np.searchsorted(known, at)
    before = np.searchsorted(known, at, side="right") - 1
    inside = (before >= 0) & (after < len(known))
    apart = known[np.minimum(after, len(known) - 1)] - known[np.maximum(before, 0)]
    step = int(np.median(np.diff(at))) if len(at) > 1 else 0
    near = inside & ((apart <= FARTHEST * step) | (apart == 0))
    return np.where(near, np.interp(at, known, values[told]), np.nan)
