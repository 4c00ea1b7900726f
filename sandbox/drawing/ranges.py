"""Which values a picture's colours and a gradient's axis have to reach."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Iterable

    from numpy.typing import NDArray

MOST_DECADES = 20
FEWEST_DECADES = 3
LARGEST_LIMIT = 3.0  # tanh(3) = 0.995: beyond it the net reads nearly the same
CELL_STATE = "cell"  # the picture whose values the net reads through tanh
_NICE = (1.0, 1.5, 2.0, 3.0, 5.0, 7.0)


def limits(kind: str, limit: float) -> tuple[float, float]:
    """The values at the two ends of a picture's colours; `limit` where it has no bounds.

    kind: as in `engine.cells.Picture`.
    """
    if kind == "gate":
        return 0.0, 1.0
    return (-1.0, 1.0) if kind == "signed" else (-limit, limit)


def nice_above(value: float) -> float:
    """The smallest of 1, 1.5, 2, 3, 5, 7, 10, … that is not below a value; 1 at least."""
    if not math.isfinite(value) or value <= 1.0:
        return 1.0
    power = 10.0 ** math.floor(math.log10(value))
    return next((n * power for n in _NICE if n * power >= value), 10 * power)


def limit_of(arrays: Iterable[NDArray[np.floating]]) -> float:
    """A round number that all but the largest 1% of each array stay under, in size; 1 at least.

    So one large unit does not fade the others.
    """
    return nice_above(max((_large(array) for array in arrays), default=0.0))


def decades(curves: Iterable[NDArray[np.floating]]) -> tuple[int, int] | None:
    """Exponents of ten between which all values above zero lie: 3 apart at least, 20 at most.

    None where there is no such value.
    """
    values = np.concatenate([np.ravel(curve) for curve in curves] or [np.empty(0)])
    values = values[np.isfinite(values) & (values > 0)]
    if not len(values):
        return None
    high = math.ceil(math.log10(values.max()) - 1e-6)
    low = math.floor(math.log10(values.min()) + 1e-6)
    return max(min(low, high - FEWEST_DECADES), high - MOST_DECADES), high


def _large(array: NDArray[np.floating]) -> float:
    """The size that all but the largest 1% stay under."""
    finite = np.abs(array[np.isfinite(array)])
    if not finite.size:
        return 0.0
    place = (finite.size - 1) * 99 // 100
    return float(np.partition(finite, place)[place])
