"""A column of numbers as a series of `forecast`: its two parts, windows and simple forecasts."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Pairs = tuple[NDArray[np.float64], NDArray[np.float64], NDArray[np.float64] | None]

HELD_OUT = 5  # the last 1/HELD_OUT of a column is not trained on


def parts_of(values: NDArray[np.float64]) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """The first four fifths of a column (n,), and the last, which is not trained on."""
    first = len(values) - len(values) // HELD_OUT
    return values[:first], values[first:]


def standard_parts(
    values: NDArray[np.float64],
) -> tuple[tuple[NDArray[np.float64], NDArray[np.float64]], float, float]:
    """Both parts of a column (n,), standardised, with mean and deviation of the first.

    NaN stands for an unknown value.
    """
    first, _ = parts_of(values)
    mean, deviation = float(np.nanmean(first)), float(np.nanstd(first))
    return parts_of((values - mean) / deviation), mean, deviation


def window_starts(values: NDArray[np.float64], gap: int, forecasts: int) -> NDArray[np.intp]:
    """Where windows of gap + forecasts values begin that ask for at least one known value; (n,)."""
    known = np.cumsum(np.append(False, np.isfinite(values)))
    begin = np.arange(len(values) - gap - forecasts + 1)
    return np.flatnonzero(known[begin + gap + forecasts] > known[begin + gap])


def column_windows(
    rng: np.random.Generator,
    count: int,
    steps: int,
    values: NDArray[np.float64],
    starts: NDArray[np.intp],
) -> NDArray[np.float64]:
    """Windows (count, steps) of the values (n,), which begin at any of the starts."""
    begin = starts[rng.integers(len(starts), size=count)]
    windows: NDArray[np.float64] = values[begin[:, None] + np.arange(steps)]
    return windows


def pairs_of(values: NDArray[np.float64], gap: int, forecasts: int) -> Pairs:
    """Last and next value of every forecast, and the number of windows that score it."""
    windows = len(values) - gap - forecasts + 1
    j = np.arange(gap, len(values))
    asked = np.minimum(np.minimum(j - gap + 1, len(values) - j), min(forecasts, windows))
    following, weights = values[gap:], asked.astype(np.float64)
    weights[np.isnan(following)] = 0.0
    return last_known(values)[gap - 1 : -1], np.nan_to_num(following), weights


def last_known(values: NDArray[Any]) -> NDArray[Any]:
    """Values (..., n) with each NaN as the last number before it, or 0 at the beginning."""
    known = np.isfinite(values)
    if known.all():
        return values
    places = np.maximum.accumulate(np.where(known, np.arange(values.shape[-1]), -1), axis=-1)
    found = np.take_along_axis(np.nan_to_num(values), np.maximum(places, 0), axis=-1)
    return np.where(places < 0, 0.0, found)


def line_errors(*parts: Pairs) -> list[float]:
    """The mean squared error, on each part, of the line that fits the first part best."""
    last, following, weights = parts[0]
    means = [float(np.average(each, weights=weights)) for each in (last, following)]
    moved = last - means[0]
    spread = float(np.average(moved * moved, weights=weights))
    common = float(np.average(moved * (following - means[1]), weights=weights))
    slope = common / spread if spread else 0.0
    intercept = means[1] - slope * means[0]
    return [
        float(np.average((following - slope * last - intercept) ** 2, weights=weights))
        for last, following, weights in parts
    ]


def naive(values: NDArray[np.float64], length: int, gap: int) -> dict[str, NDArray[np.float64]]:
    """Forecasts (N, H) of values (N, T + H) from step T on: the last value, and a season ago."""
    known = last_known(values[:, :length])
    after = np.arange(values.shape[1] - length)
    season = known[:, length - gap + after % gap]
    return {
        "the last value": np.repeat(known[:, -1:], len(after), axis=1),
        f"the last season of {gap}": season,
    }
