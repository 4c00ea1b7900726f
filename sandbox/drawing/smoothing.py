"""Curves smoothed as they grow, and long ones reduced to about as many points as pixels."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

MEMORY = 10  # steps: each new value moves the smoothed curve 1/10 of the way
_CHUNK = 2048  # (1 - 1/MEMORY) to that power is 1e-94, which a float64 can still hold
Values = NDArray[np.floating]


class Smoothing:
    """y_n = y_{n-1} + (x_n - y_{n-1}) / MEMORY, y_0 = x_0; NaN and infinity repeat x_{n-1}."""

    def __init__(self, last: float = np.nan) -> None:
        """last: y before the first value, or NaN."""
        self._last = self._held = last

    def extend(self, values: Values) -> NDArray[np.float64]:
        """The next part (n,) of the smoothed curve, for the next values (n,)."""
        smooth = np.empty(len(values), np.float64)
        for first in range(0, len(values), _CHUNK):
            part = slice(first, first + _CHUNK)
            smooth[part] = self._next(np.asarray(values[part], np.float64))
        return smooth

    def _next(self, chunk: NDArray[np.float64]) -> NDArray[np.float64]:
        """y_k = d^(k+1) y_{-1} + (1 - d) Σ_j d^(k-j) x_j, with d = 1 - 1/MEMORY."""
        chunk = _filled(chunk, 0.0 if np.isnan(self._held) else self._held)
        previous = chunk[0] if np.isnan(self._last) else self._last
        decay = 1.0 - 1.0 / MEMORY
        powers = decay ** np.arange(1, len(chunk) + 1)
        smooth: NDArray[np.float64] = powers * (
            previous + np.cumsum(chunk / powers) * (1.0 - decay)
        )
        self._last, self._held = float(smooth[-1]), float(chunk[-1])
        return smooth


def _filled(chunk: NDArray[np.float64], before: float) -> NDArray[np.float64]:
    """The chunk (n,) with each value that is not finite replaced by the one before it."""
    bad = ~np.isfinite(chunk)
    if not bad.any():
        return chunk
    chunk = np.concatenate([[before], chunk])
    source = np.where(np.concatenate([[False], bad]), 0, np.arange(len(chunk)))
    return chunk[np.maximum.accumulate(source)][1:]


# -- thinning ---------------------------------------------------------------------------


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
