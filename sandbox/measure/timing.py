"""Timing: entrants in turn, medians, and a shared budget of time."""

from __future__ import annotations

import time
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass
from statistics import median
from typing import TYPE_CHECKING, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

MOST = 200  # repetitions
K = TypeVar("K")


@dataclass(frozen=True)
class Entrant:
    """Something to be timed.  `prepare` runs before the clock starts, inside `around`."""

    run: Callable[[], object]
    prepare: Callable[[], object] = lambda: None
    around: Callable[[], AbstractContextManager[None]] = nullcontext


@dataclass(frozen=True)
class Times:
    """CPU time of the calling thread, and wall time."""

    cpu_ms: float
    wall_ms: float

    def __truediv__(self, count: int) -> Times:
        return Times(self.cpu_ms / count, self.wall_ms / count)


def clocked(entrant: Entrant) -> Times:
    """Time one run."""
    with entrant.around():
        entrant.prepare()
        wall, cpu = time.perf_counter(), time.thread_time()
        entrant.run()
        return Times((time.thread_time() - cpu) * 1e3, (time.perf_counter() - wall) * 1e3)


def in_turn(entrants: Mapping[K, Entrant], seconds: float, least: int) -> dict[K, Times]:
    """Medians by name.  Each repetition runs all, so that a slow moment affects all of them."""
    until = time.monotonic() + seconds
    taken: dict[K, list[Times]] = {name: [] for name in entrants}
    for repetition in range(MOST):
        if repetition >= least and time.monotonic() >= until:
            break
        for name, entrant in entrants.items():
            taken[name].append(clocked(entrant))
    return {
        name: Times(median(t.cpu_ms for t in times), median(t.wall_ms for t in times))
        for name, times in taken.items()
    }


class Budget:
    """Seconds that are shared by weight among the remaining measurements."""

    def __init__(self, seconds: float, weight: float) -> None:
        self._end, self._weight = time.monotonic() + seconds, weight

    @property
    def left(self) -> float:
        """The seconds left, at least 0."""
        return max(self._end - time.monotonic(), 0.0)

    def share(self, weight: float) -> float:
        """The seconds for the next measurement, given what earlier ones took."""
        share = self.left * weight / max(self._weight, weight)
        self._weight -= weight
        return share
