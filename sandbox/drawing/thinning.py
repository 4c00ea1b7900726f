"""Long curves reduced to about as many points as pixels, with no visible difference."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Values = NDArray[np.floating]


def visible(x: Values, low: float, high: float) -> slice:
    """The part of sorted x (n,) between low and high, with one more point at each end."""
    first, stop = np.searchsorted(x, (low, high)).tolist()
    return slice(max(first - 1, 0), stop + 1)


def peaks(x: Values, low: Values, high: Values, part: slice, pixels: int) -> tuple[Values, Values]:
    """The lowest and the highest value of every bucket, in at most `pixels` buckets.

    x, low, high: (n,); low and high may be the same array.  Buckets begin at multiples of their
    size, so that a growing curve does not flicker.  NaN is ignored in a bucket with other values.
    """
    size, first, stop = _buckets(len(x), part, pixels)
    if size == 1:
        if low is high:
            return x[first:stop], low[first:stop]
        return np.repeat(x[first:stop], 2), _pairs(low[first:stop], high[first:stop])
    starts = np.arange(first, stop, size)
    lowest = np.fmin.reduceat(low[:stop], starts)
    highest = np.fmax.reduceat(high[:stop], starts)
    return np.repeat(x[starts], 2), _pairs(lowest, highest)


def samples(x: Values, values: Values, part: slice, pixels: int) -> tuple[Values, Values]:
    """Every n-th point of x, values (n,), and the last: enough for a smooth curve."""
    size, first, stop = _buckets(len(x), part, pixels)
    if size == 1:
        return x[first:stop], values[first:stop]
    places = np.append(np.arange(first, stop - 1, size), stop - 1)
    return x[places], values[places]


def _pairs(low: Values, high: Values) -> Values:
    return np.stack([low, high], axis=1).ravel()


def _buckets(count: int, part: slice, pixels: int) -> tuple[int, int, int]:
    first, stop, _ = part.indices(count)
    size = max(-(-(stop - first) // max(pixels, 1)), 1)
    return size, first - first % size, stop
