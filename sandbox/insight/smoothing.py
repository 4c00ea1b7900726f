"""A curve smoothed as it grows: only what is new is computed."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

MEMORY = 10  # steps: each new value moves the smoothed curve 1/10 of the way to it
_CHUNK = 256


class Smoothed:
    """y_n = y_{n-1} + (x_n - y_{n-1}) / MEMORY, y_0 = x_0; a value that is no number is held."""

    def __init__(self) -> None:
        self._values = np.empty(1024, np.float64)
        self._count = 0
        self._last_seen = np.float64(np.nan)

    def extend(self, values: NDArray[np.floating]) -> NDArray[np.float64]:
        """The smoothed curve of all values; starts again where they are not a continuation."""
        if not self._continues(values):
            self._count = 0
        start, total = self._count, len(values)
        if total > len(self._values):
            grown = np.empty(max(total, 2 * len(self._values)), np.float64)
            grown[:start] = self._values[:start]
            self._values = grown
        for first in range(start, total, _CHUNK):
            self._append(np.asarray(values[first : first + _CHUNK], np.float64))
        if total:
            self._last_seen = np.float64(values[total - 1])
        return self._values[:total]

    def _continues(self, values: NDArray[np.floating]) -> bool:
        if not self._count:
            return True
        if len(values) < self._count:
            return False
        return bool(np.array_equal(values[self._count - 1], self._last_seen, equal_nan=True))

    def _append(self, chunk: NDArray[np.float64]) -> None:
        """y_k = d^(k+1) y_{-1} + (1 - d) Σ_j d^(k-j) x_j, with d = 1 - 1/MEMORY."""
        previous = self._values[self._count - 1] if self._count else np.nan
        chunk = _held(chunk, previous)
        if np.isnan(previous):
            previous = chunk[0]
        decay = 1.0 - 1.0 / MEMORY
        powers = decay ** np.arange(1, len(chunk) + 1)
        sums = np.cumsum(chunk / powers) * (1.0 - decay)
        self._values[self._count : self._count + len(chunk)] = powers * (previous + sums)
        self._count += len(chunk)


def _held(chunk: NDArray[np.float64], previous: float) -> NDArray[np.float64]:
    """Values that are no finite numbers replaced by the one before."""
    bad = ~np.isfinite(chunk)
    if not bad.any():
        return chunk
    chunk = np.concatenate([[0.0 if np.isnan(previous) else previous], chunk])
    source = np.where(np.concatenate([[False], bad]), 0, np.arange(len(chunk)))
    return chunk[np.maximum.accumulate(source)][1:]
