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

    def seconds(self, steps: NDArray[np.floating]) -> NDArray[np.float64]:
        """Seconds of training by these steps, (n,); 0 if nothing was timed."""
        if not len(self.times):
            return np.zeros(len(steps))
        found: NDArray[np.float64] = np.interp(steps, self.times[:, 0], self.times[:, 1])
        return found

    def seconds_at(self, step: int) -> float:
        """Seconds of training by this step."""
        return float(self.seconds(np.array([step], np.float64))[0])

    def step(self, seconds: float) -> float:
        """The step reached after so many seconds of training; 0 if nothing was timed."""
        if not len(self.times):
            return 0.0
        return float(np.interp(seconds, self.times[:, 1], self.times[:, 0]))


UNTIMED = Clock(np.empty((0, 2)))


def clock_of(first: int, times: NDArray[np.float64]) -> Clock:
    """A stored run's clock, thinned.  first: the first step; before it no time had passed."""
    every = max(-(-len(times) // (MOST_TIMES - 1)), 1)
    kept = times[(len(times) - 1) % every :: every] if len(times) else times
    return Clock(np.vstack([[[first - 1.0, 0.0]], kept[kept[:, 0] >= first]]))


class ClockBuffer:
    """A clock that grows with a run; when it is full, it drops every other time."""

    def __init__(self) -> None:
        self._times = np.empty((MOST_TIMES, 2))
        self._count = 0

    @property
    def clock(self) -> Clock:
        """The clock as it is now; it does not change later."""
        return Clock(self._times[: self._count])

    def add(self, first: int, last: int, seconds: float) -> None:
        """Note that the steps `first` to `last` were done after so many seconds of training."""
        if not self._count:
            self._put(first - 1, 0.0)
        if self._count == MOST_TIMES:
            self._thin()
        self._put(last, seconds)

    def _put(self, step: int, seconds: float) -> None:
        self._times[self._count] = step, seconds
        self._count += 1

    def _thin(self) -> None:
        """Use a new array, so that clocks given out stay as they are."""
        kept = self._times[1::2]
        times = np.empty_like(self._times)
        times[: len(kept)] = kept
        times[0] = self._times[0]
        self._times, self._count = times, len(kept)
