"""What a linear readout can tell from states: fitted on some sequences, tested on others."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

RIDGE = 1e-3  # of the mean variance, so that units that never differ do no harm


@dataclass(frozen=True)
class Told:
    """How well the answer can be told from each unit, and from all of them.

    by_unit (H,) and whole: the share of test sequences told right, or for values R² (0 and below:
    nothing is told).  chance: what a readout without any unit reaches.  noise: how far above it
    chance alone may come, at a level of 95% for one unit.
    """

    by_unit: NDArray[np.float64]
    whole: float
    chance: float
    noise: float

    def tells(self) -> NDArray[np.bool_]:
        """Which units tell more than chance, (H,), by Bonferroni's correction for H units."""
        margin = self.noise * (1 + np.log(max(len(self.by_unit), 1)) / 3)
        return np.asarray(self.by_unit > self.chance + margin)


def told(
    fit: NDArray[Any], fit_targets: NDArray[Any], test: NDArray[Any], test_targets: NDArray[Any]
) -> Told:
    """How well states (N, H) tell targets: classes or rows (N, …) of whole numbers, or values.

    Classes by linear discriminants with one covariance for all (Fisher 1936); values (N, O) by
    least squares.
    """
    if np.issubdtype(fit_targets.dtype, np.floating):
        return _of_values(fit, fit_targets, test, test_targets)
    classes, both = np.unique(
        np.concatenate([fit_targets, test_targets]).reshape(len(fit) + len(test), -1),
        axis=0,
        return_inverse=True,
    )
    ours, theirs = both.ravel()[: len(fit)], both.ravel()[len(fit) :]
    shares = [
        _share(fit[:, [unit]], ours, test[:, [unit]], theirs, len(classes))
        for unit in range(fit.shape[1])
    ]
    commonest = np.bincount(ours, minlength=len(classes)).argmax()
    chance = float((theirs == commonest).mean())
    noise = 2 * np.sqrt(max(chance * (1 - chance), 1e-9) / len(test))
    return Told(
        np.array(shares), _share(fit, ours, test, theirs, len(classes)), chance, float(noise)
    )


def _share(
    fit: NDArray[Any], classes: NDArray[Any], test: NDArray[Any], right: NDArray[Any], count: int
) -> float:
    """The share of the test that linear discriminants tell right."""
    x = fit.astype(np.float64)
    there = [k for k in range(count) if (classes == k).any()]
    means = np.stack([x[classes == k].mean(axis=0) for k in there])
    spread = x - means[np.searchsorted(there, classes)]
    cov = spread.T @ spread / len(x)
    scale = max(float(np.trace(cov)) / len(cov), float(np.var(means)), 1e-12)
    weights = np.linalg.solve(cov + RIDGE * scale * np.eye(len(cov)), means.T)
    prior = np.log([(classes == k).mean() for k in there])
    scores = test.astype(np.float64) @ weights - 0.5 * (means.T * weights).sum(axis=0) + prior
    return float((np.array(there)[scores.argmax(axis=1)] == right).mean())


def _of_values(fit: NDArray[Any], y: NDArray[Any], test: NDArray[Any], right: NDArray[Any]) -> Told:
    y, right = y.reshape(len(y), -1), right.reshape(len(right), -1)
    by_unit = [_explained(fit[:, [n]], y, test[:, [n]], right) for n in range(fit.shape[1])]
    noise = 2 * np.sqrt(2 / len(test))  # of R² without any relation, two standard deviations
    return Told(np.array(by_unit), _explained(fit, y, test, right), 0.0, float(noise))


def _explained(
    fit: NDArray[Any], y: NDArray[Any], test: NDArray[Any], right: NDArray[Any]
) -> float:
    x, mean = fit.astype(np.float64) - fit.mean(axis=0), y.mean(axis=0)
    cov = x.T @ x / len(x)
    ridge = RIDGE * max(float(np.trace(cov)) / len(cov), 1e-12)
    weights = np.linalg.solve(cov + ridge * np.eye(len(cov)), x.T @ (y - mean) / len(x))
    left = right - mean - (test - fit.mean(axis=0)) @ weights
    return float(1 - (left**2).sum() / max(((right - mean) ** 2).sum(), 1e-12))
