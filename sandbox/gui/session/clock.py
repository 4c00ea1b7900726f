"""Seconds of training by step, for curves over time."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

MOST_TIMES = 4096  # of a run, however long; more are thinned evenly


@dataclass(frozen=True)
class Clock:
    """times: (step, seconds of training by then), (m, 2); both increase.

    Between two timed steps the seconds are interpolated; beyond them they stay the same.
    """

    times: NDArray[np.float64]

    def extended(self, first: int, last: int, seconds: float) -> Clock:
        """The clock after these steps; a full one drops every other time first."""
        times = np.array([[first - 1.0, 0.0]]) if self is UNTIMED else self.times
        if len(times) == MOST_TIMES:
            times = np.vstack([times[:1], times[3::2]])
        return Clock(np.vstack([times, [last, seconds]]))

    def seconds(self, steps: NDArray[np.floating]) -> NDArray[np.float64]:
        """Seconds of training by these steps, (n,); 0 if nothing was timed."""
        found: NDArray[np.float64] = np.interp(steps, self.times[:, 0], self.times[:, 1])
        return found

    def seconds_at(self, step: int) -> float:
        """Seconds of training by this step."""
        return float(self.seconds(np.array([step], np.float64))[0])

    def step(self, seconds: float) -> float:
        """The step reached after so many seconds of training; 0 if nothing was timed."""
        return float(np.interp(seconds, self.times[:, 1], self.times[:, 0]))


UNTIMED = Clock(np.zeros((1, 2)))


def clock_of(first: int, times: NDArray[np.float64]) -> Clock:
    """A stored run's clock, thinned.  first: the first step; before it no time had passed."""
    every = max(-(-len(times) // (MOST_TIMES - 1)), 1)
    kept = times[(len(times) - 1) % every :: every] if len(times) else times
    return Clock(np.vstack([[[first - 1.0, 0.0]], kept[kept[:, 0] >= first]]))
