"""Principal components of a layer's states, and where states lie along them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]

COMPONENTS = 3
ROUNDING = 1e-28  # of the sum of squares: what is left of it where nothing varies


@dataclass(frozen=True)
class Components:
    """mean (D,); axes (K, D), orthonormal, by falling variance; shares (K,): of all variance."""

    mean: Floats
    axes: Floats
    shares: Floats

    def project(self, states: NDArray[Any]) -> Floats:
        """Where flat states (…, D) lie along the axes, (…, K)."""
        return np.asarray((np.asarray(states, np.float64) - self.mean) @ self.axes.T)


def components(states: NDArray[Any], count: int = COMPONENTS) -> Components:
    """The first `count` components of flat states (N, D), fewer if D is smaller.

    Each axis points so that its largest entry is positive.  Shares are zero if nothing varies.
    """
    mean = states.mean(axis=0, dtype=np.float64)
    apart = states - mean
    values, vectors = np.linalg.eigh(apart.T @ apart)  # the squares of singular values
    order = slice(None, -count - 1, -1)
    axes, total = vectors[:, order].T, float(values.sum())
    least = ROUNDING * len(states) * float(mean @ mean)
    largest = np.take_along_axis(axes, np.abs(axes).argmax(axis=1)[:, None], axis=1)
    shares = np.maximum(values[order], 0) / total if total > least else np.zeros(len(axes))
    return Components(mean, axes * np.sign(largest), shares)
