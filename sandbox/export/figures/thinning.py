"""Fewer points that look the same: what so many places side by side can show of a long curve."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Values = NDArray[np.float64]


def extremes(x: Values, y: Values, pitch: float) -> Values:
    """Lowest and highest of every `pitch` along x, as points (n, 2); y's order in each is kept.

    x increases.  Values that are no number are left out where others share their place.
    """
    starts = _starts(x, pitch)
    if starts is None:
        return np.column_stack([x, y])
    low, high = np.fmin.reduceat(y, starts), np.fmax.reduceat(y, starts)
    ends = np.append(starts[1:], len(y)) - 1
    falls = y[starts] > y[ends]
    pairs = np.where(falls[:, None], np.stack([high, low], 1), np.stack([low, high], 1))
    return np.column_stack([np.repeat(_middles(x, starts), 2), pairs.ravel()])


def means(x: Values, y: Values, pitch: float) -> Values:
    """The mean of every `pitch` along x, and the last value, as points (n, 2)."""
    starts = _starts(x, pitch)
    if starts is None:
        return np.column_stack([x, y])
    counts = np.diff(np.append(starts, len(y)))
    mean = np.add.reduceat(y, starts) / counts
    return np.vstack([np.column_stack([_middles(x, starts), mean]), [x[-1], y[-1]]])


def _starts(x: Values, pitch: float) -> NDArray[np.intp] | None:
    """Where each place's values begin; None where there are hardly more values than places."""
    places = np.floor(x / pitch)
    starts = np.flatnonzero(np.diff(places, prepend=np.nan))
    return starts if len(x) > 2 * len(starts) else None


def _middles(x: Values, starts: NDArray[np.intp]) -> Values:
    ends = np.append(starts[1:], len(x)) - 1
    middle: Values = (x[starts] + x[ends]) / 2
    return middle
