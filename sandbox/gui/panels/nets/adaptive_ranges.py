"""Ranges that grow at once and shrink slowly, so that pictures and axes do not jump."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from sandbox.drawing.ranges import CELL_STATE, LARGEST_LIMIT, MOST_DECADES, decades, limit_of

if TYPE_CHECKING:
    from collections.abc import Iterable

    import numpy as np
    from numpy.typing import NDArray

PATIENCE = 45  # frames in a row that must fit into a smaller range: 1.5 s at 30 Hz


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
        fits = min(limit_of(arrays), self._most)
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
        needed = decades(curves)
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
