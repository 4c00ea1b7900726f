"""The learning rate over a run: constant, or falling, after a warm-up; numpy only.

linear: from the rate to 0 at the last step.  cosine: half a cosine from the rate to 0
(Loshchilov & Hutter 2017, eq. 5, without restarts).  exponential: to a hundredth of the rate.
Warm-up: the rate rises linearly over the first steps, times the schedule (Goyal et al. 2017).
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from numpy.typing import NDArray

    from sandbox.experiment import Experiment

LAST_SHARE = 0.01  # of the rate, at the end of an exponential schedule


def rates(experiment: Experiment, rate: float, first: int, count: int) -> NDArray[np.float64]:
    """The learning rates (count,) of the updates after the first `first` ones.

    rate: what the schedule scales, a contestant's own or the run's.
    """
    done = np.arange(first, first + count, dtype=np.float64)
    return scheduled(rate, experiment.schedule, experiment.steps, experiment.warmup, done)


def scheduled(
    rate: float, schedule: str, steps: int, warmup: int, done: NDArray[np.float64]
) -> NDArray[np.float64]:
    """The learning rates of the updates after so many ones, `done` (n,), of `steps` in all."""
    scaled = rate * _SCHEDULES[schedule](np.minimum(done / steps, 1.0))
    if warmup:
        scaled = scaled * np.minimum((done + 1) / warmup, 1.0)
    return np.asarray(scaled, np.float64)


_SCHEDULES: Mapping[str, Callable[[NDArray[np.float64]], NDArray[np.float64]]] = {
    "constant": lambda share: np.ones_like(share),
    "linear": lambda share: 1 - share,
    "cosine": lambda share: 0.5 * (1 + np.cos(math.pi * share)),
    "exponential": lambda share: LAST_SHARE**share,
}
