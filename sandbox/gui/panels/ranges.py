"""Ranges that grow at once and shrink slowly, so that pictures and axes do not jump."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Iterable

    from numpy.typing import NDArray

PATIENCE = 45  # frames in a row that must fit into a smaller range: 1.5 s at 30 Hz
MOST_DECADES = 20
FEWEST_DECADES = 3
LARGEST_LIMIT = 3.0  # tanh(3) = 0.995: beyond it the net reads nearly the same
CELL_STATE = "cell"  # the picture whose values the net reads through tanh
_NICE = (1.0, 1.5, 2.0, 3.0, 5.0, 7.0)


def nice_above(value: float) -> float:
    """The smallest of 1, 1.5, 2, 3, 5, 7, 10, … that is not below a value; 1 at least."""
    if not math.isfinite(value) or value <= 1.0:
        return 1.0
    power = 10.0 ** math.floor(math.log10(value))
    return next((n * power for n in _NICE if n * power >= value), 10 * power)


class SymmetricLimit:
    """A picture's colour limit: ±limit, so that one large unit does not fade the others.

    A cell state's is never beyond LARGEST_LIMIT: h_t = o * tanh(c_t), and a cell that has grown
    to 30 must not make what was written at the cue look like nothing.
    """

    def __init__(self, most: float = LARGEST_LIMIT) -> None:
        self.limit, self._most = 1.0, most
        self._calm = 0

    def update(self, arrays: Iterable[NDArray[np.floating]]) -> float:
        """Takes in what is shown now; the limit that fits it."""
        fits = nice_above(max((_large(array) for array in arrays), default=0.0))
        fits = min(fits, self._most)
        self._calm = self._calm + 1 if fits < self.limit else 0
        if fits > self.limit or self._calm > PATIENCE:
            self.limit, self._calm = fits, 0
        return self.limit


class Limits:
    """Of the pictures without bounds: the cell states share one, each other has its own."""

    def __init__(self) -> None:
        self._cells = SymmetricLimit()
        self._own: dict[tuple[str, str], SymmetricLimit] = {}

    def update(self, pictures: Iterable[tuple[str, str, NDArray[np.floating]]]) -> None:
        """Takes in what is shown now: contestant, picture's name, values."""
        cells = []
        for key, name, values in pictures:
            if name == CELL_STATE:
                cells.append(values)
            else:
                own = self._own.setdefault((key, name), SymmetricLimit(math.inf))
                own.update([values])
        self._cells.update(cells)

    def of(self, key: str) -> dict[str, float]:
        """One contestant's limits, by the picture's name."""
        own = {name: each.limit for (whose, name), each in self._own.items() if whose == key}
        return {CELL_STATE: self._cells.limit, **own}


class DecadeRange:
    """Whole decades for the gradient's axis: 10**low to 10**high."""

    def __init__(self) -> None:
        self.low, self.high = -4, 0
        self._fresh = True
        self._calm = 0

    def update(self, curves: Iterable[NDArray[np.floating]]) -> tuple[int, int]:
        """Takes in what is shown now; (low, high)."""
        needed = _decades(curves)
        if needed is None:
            return self.low, self.high
        wider = min(self.low, needed[0]), max(self.high, needed[1])
        if self._fresh or wider != (self.low, self.high):
            self._set(*(needed if self._fresh else wider))
        elif needed != (self.low, self.high):
            self._calm += 1
            if self._calm > PATIENCE:
                self._set(*needed)
        else:
            self._calm = 0
        return self.low, self.high

    def _set(self, low: int, high: int) -> None:
        self.low, self.high = max(low, high - MOST_DECADES), high
        self._fresh, self._calm = False, 0


def _decades(curves: Iterable[NDArray[np.floating]]) -> tuple[int, int] | None:
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
