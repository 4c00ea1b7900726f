"""The checkpoints of one run: which training steps have one, and which go to make room.

There are two sets. Those in the store are spaced with the logarithm of the steps, at least a
second of training apart, in 20 MB. Those in memory, for looking back, are denser: evenly spaced
up to `EVEN` steps, so that any step is some tens of milliseconds of training away at the default
size, and further apart from there on.
"""

from __future__ import annotations

from bisect import bisect_right, insort
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from sandbox.store.base import State

EVERY = 25  # training steps, as evaluations: a block ends there anyway
EVEN = 3_000  # training steps


@dataclass(frozen=True)
class Spacing:
    """How far apart checkpoints are, and how many bytes they may take.

    share: apart by this share of the steps since the start, and by at least `least` steps and
    `seconds` of training.  even: gaps are even up to so many steps after some were deleted.
    """

    budget: int
    share: float
    least: int = EVERY
    even: int = 0
    seconds: float = 0.0

    def apart(self, since: int) -> int:
        """Steps between checkpoints, `since` steps from the start."""
        return max(self.least, EVERY * round(self.share * since / EVERY))

    def crowding(self, before: int, since: int, after: int) -> float:
        """The gap that a checkpoint's deletion would leave, relative to where it is."""
        return (after - before) / max(since, self.even, 1)


STORED = Spacing(20_000_000, 1 / 4, seconds=1.0)
IN_MEMORY = Spacing(48_000_000, 1 / 100, 2 * EVERY, EVEN)


class CheckpointSchedule:
    """The steps that have a checkpoint; the first always stays."""

    def __init__(
        self, start: int, size: int, spacing: Spacing, seconds: float = float("-inf")
    ) -> None:
        """size: bytes of the first.  seconds: of training until then."""
        self.start, self._spacing = start, spacing
        self.steps = [start]
        self._sizes = {start: size}
        self._newest_at = seconds

    def wants(self, step: int, seconds: float = float("inf")) -> bool:
        """Whether there is to be a checkpoint after this step, so many seconds into training."""
        if step % EVERY or step in self._sizes:
            return False
        before = self.steps[bisect_right(self.steps, step) - 1]
        far = step - before >= self._spacing.apart(step - self.start)
        return far and seconds - self._newest_at >= self._spacing.seconds

    def put(self, step: int, size: int, seconds: float = float("-inf")) -> set[int]:
        """Note a checkpoint; returns the steps of those to delete for it, maybe itself."""
        insort(self.steps, step)
        self._sizes[step] = size
        self._newest_at = max(self._newest_at, seconds)
        dropped: set[int] = set()
        while sum(self._sizes.values()) > self._spacing.budget and len(self.steps) > 2:
            dropped.add(self._drop())
        return dropped

    def _drop(self) -> int:
        steps, start = self.steps, self.start
        gaps = [
            self._spacing.crowding(steps[n - 1] - start, steps[n] - start, steps[n + 1] - start)
            for n in range(1, len(steps) - 1)
        ]
        step = steps.pop(1 + gaps.index(min(gaps)))
        del self._sizes[step]
        return step


class Tape:
    """Checkpoints in memory, by step.

    start: the run's first step, and the state there.
    """

    def __init__(self, start: int, state: State, spacing: Spacing = IN_MEMORY) -> None:
        self._schedule = CheckpointSchedule(start, size_of(state), spacing)
        self._states = {start: state}

    @property
    def start(self) -> int:
        """The run's first step."""
        return self._schedule.start

    @property
    def steps(self) -> tuple[int, ...]:
        """The steps that have a checkpoint, in order."""
        return tuple(self._schedule.steps)

    def wants(self, step: int) -> bool:
        """Whether there is to be a checkpoint after this step."""
        return self._schedule.wants(step)

    def put(self, step: int, state: State) -> None:
        """Keep the state after `step`; others are deleted if there is no room."""
        if step in self._states:
            return
        self._states[step] = state
        for dropped in self._schedule.put(step, size_of(state)):
            del self._states[dropped]

    def before(self, step: int) -> tuple[int, State]:
        """The last checkpoint at or before `step`, and its step; the first if there is none."""
        steps = self._schedule.steps
        found = steps[max(bisect_right(steps, step) - 1, 0)]
        return found, self._states[found]


def size_of(state: State) -> int:
    """Bytes of all arrays."""
    return sum(array.nbytes for array in state.values())
