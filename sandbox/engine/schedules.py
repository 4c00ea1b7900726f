"""The learning rate over a run: constant or falling, after a warm-up.

A schedule is a function of the share of training that is done, (n,) in 0..1.  During warm-up the
rate rises linearly, times the schedule (Goyal et al. 2017).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    from sandbox.experiment import Experiment

Schedule = Callable[[NDArray[np.float64]], NDArray[np.float64]]
LAST_SHARE = 0.01  # of the rate is left at the end of an exponential schedule


def rates(experiment: Experiment, rate: float, first: int, count: int) -> NDArray[np.float64]:
    """The learning rates (count,) of the updates after the first `first`.

    rate: what the schedule scales.
    """
    done = np.arange(first, first + count, dtype=np.float64)
    schedule = SCHEDULES[experiment.schedule]
    return scheduled(rate, schedule, experiment.steps, experiment.warmup, done)


def scheduled(
    rate: float, schedule: Schedule, steps: int, warmup: int, done: NDArray[np.float64]
) -> NDArray[np.float64]:
    """The learning rates (n,) of the updates after `done` (n,) ones, of `steps` in all."""
    scaled = rate * schedule(np.minimum(done / steps, 1.0))
    if warmup:
        scaled = scaled * np.minimum((done + 1) / warmup, 1.0)
    return np.asarray(scaled, np.float64)


def constant(share: NDArray[np.float64]) -> NDArray[np.float64]:
    """1 throughout."""
    return np.ones_like(share)


def linear(share: NDArray[np.float64]) -> NDArray[np.float64]:
    """From 1 to 0."""
    return 1 - share


def cosine(share: NDArray[np.float64]) -> NDArray[np.float64]:
    """Half a cosine, from 1 to 0 (Loshchilov & Hutter 2017, eq. 5)."""
    return np.asarray(0.5 * (1 + np.cos(np.pi * share)))


def exponential(share: NDArray[np.float64]) -> NDArray[np.float64]:
    """From 1 to LAST_SHARE."""
    return np.asarray(LAST_SHARE**share)


SCHEDULES: Mapping[str, Schedule] = {
    schedule.__name__: schedule for schedule in (constant, linear, cosine, exponential)
}
