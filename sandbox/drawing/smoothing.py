"""Exponential smoothing of a growing curve; only the last value is kept."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

MEMORY = 10  # steps: each new value moves the smoothed curve 1/10 of the way
_CHUNK = 2048  # (1 - 1/MEMORY) to that power is 1e-94, which a float64 can still hold


class Smoothing:
    """y_n = y_{n-1} + (x_n - y_{n-1}) / MEMORY, y_0 = x_0; NaN and infinity repeat x_{n-1}."""

    def __init__(self, last: float = np.nan) -> None:
        """last: y before the first value, or NaN."""
        self._last = self._held = last

    def extend(self, values: NDArray[np.floating]) -> NDArray[np.float64]:
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
