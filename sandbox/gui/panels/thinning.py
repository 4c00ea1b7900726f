"""Fewer points that look the same: what a plot of so many pixels can show of long curves."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Values = NDArray[np.floating]


def visible(steps: Values, low: float, high: float) -> slice:
    """The steps between low and high, and one beyond at each end."""
    first, stop = np.searchsorted(steps, (low, high)).tolist()
    return slice(max(first - 1, 0), stop + 1)


def peaks(steps: Values, values: Values, part: slice, pixels: int) -> tuple[Values, Values]:
    """Lowest and highest value of every bucket, at most `pixels` buckets.

    Buckets begin at multiples of their size, so that a growing curve does not shimmer.
    """
    size, first, stop = _buckets(len(steps), part, pixels)
    if size == 1:
        return steps[first:stop], values[first:stop]
    whole = first + (stop - first) // size * size
    buckets = values[first:whole].reshape(-1, size)
    extremes = np.stack([buckets.min(axis=1), buckets.max(axis=1)], axis=1).ravel()
    x = np.repeat(steps[first:whole:size], 2)
    return np.concatenate([x, steps[whole:stop]]), np.concatenate([extremes, values[whole:stop]])


def samples(steps: Values, values: Values, part: slice, pixels: int) -> tuple[Values, Values]:
    """Every n-th value and the last: enough for a curve that is smooth."""
    size, first, stop = _buckets(len(steps), part, pixels)
    if size == 1:
        return steps[first:stop], values[first:stop]
    places = np.append(np.arange(first, stop - 1, size), stop - 1)
    return steps[places], values[places]


def _buckets(count: int, part: slice, pixels: int) -> tuple[int, int, int]:
    first, stop, _ = part.indices(count)
    size = max(-(-(stop - first) // max(pixels, 1)), 1)
    return size, first - first % size, stop
