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


def between(points: Values, top: float, bottom: float) -> Values:
    """The parts of a line through points (n, 2) between two heights; NaN parts them.

    Cut here, since not every program that shows SVG knows how to cut.
    """
    return _below(_below(points, top, 1.0), bottom, -1.0)


def _below(points: Values, edge: float, sign: float) -> Values:
    """What of a line is not above an edge (sign 1), or not below it (sign -1)."""
    depth = sign * (points[:, 1] - edge)
    inside = depth >= 0  # NaN is outside
    if inside.all() or len(points) < 2:
        return points[inside | np.isnan(points[:, 1])]
    made = np.full((2 * len(points) - 1, 2), np.nan)
    made[::2][inside] = points[inside]
    crossing = np.flatnonzero((inside[1:] != inside[:-1]) & np.isfinite(np.diff(depth)))
    shares = depth[crossing] / (depth[crossing] - depth[crossing + 1])
    steps = points[crossing + 1] - points[crossing]
    made[2 * crossing + 1] = points[crossing] + shares[:, None] * steps
    kept = np.ones(len(made), np.bool_)
    kept[1::2] = False
    kept[2 * crossing + 1] = True
    return made[kept]


def _starts(x: Values, pitch: float) -> NDArray[np.intp] | None:
    """Where each place's values begin; None where there are hardly more values than places."""
    places = np.floor(x / pitch)
    starts = np.flatnonzero(np.diff(places, prepend=np.nan))
    return starts if len(x) > 2 * len(starts) else None


def _middles(x: Values, starts: NDArray[np.intp]) -> Values:
    ends = np.append(starts[1:], len(x)) - 1
    middle: Values = (x[starts] + x[ends]) / 2
    return middle
