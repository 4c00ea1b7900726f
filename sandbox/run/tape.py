"""The checkpoints of one run: which steps have one, and which are given up for room.

There are two sets.  What is stored is spaced with the logarithm of the steps, in 20 MB.  What is
in memory, for looking back, is denser: even spaces up to `EVEN` steps, so that going to any step
means training again for some tens of milliseconds at the default size, and from there on spaces
that grow with the steps, too.
"""

from __future__ import annotations

from bisect import bisect_right, insort
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from sandbox.store.base import State

EVERY = 25  # as evaluations: a block ends there anyway
EVEN = 3_000  # steps


@dataclass(frozen=True)
class Spacing:
    """How far apart checkpoints are, and how many bytes they may take.

    share: apart by this share of the steps since the start, and by `least` steps; even: what is
    given up for room leaves even gaps until so many steps.
    """

    budget: int
    share: float
    least: int = EVERY
    even: int = 0

    def apart(self, since: int) -> int:
        """Steps between checkpoints, `since` steps from the start."""
        return max(self.least, EVERY * round(self.share * since / EVERY))

    def crowding(self, before: int, since: int, after: int) -> float:
        """How wide the gap would be without a checkpoint, for where it is; all since the start."""
        return (after - before) / max(since, self.even, 1)


STORED = Spacing(20_000_000, 1 / 4)
IN_MEMORY = Spacing(48_000_000, 1 / 100, 2 * EVERY, EVEN)


class Places:
    """The steps that have a checkpoint; the first is never given up."""

    def __init__(self, start: int, size: int, spacing: Spacing) -> None:
        self.start, self._spacing = start, spacing
        self.steps = [start]
        self._sizes = {start: size}

    def wants(self, step: int) -> bool:
        """Whether a checkpoint is wanted after this step."""
        if step % EVERY or step in self._sizes:
            return False
        before = self.steps[bisect_right(self.steps, step) - 1]
        return step - before >= self._spacing.apart(step - self.start)

    def put(self, step: int, size: int) -> set[int]:
        """Note one after `step`; the steps that are given up for it, perhaps itself."""
        insort(self.steps, step)
        self._sizes[step] = size
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
        self._places = Places(start, size_of(state), spacing)
        self._states = {start: state}

    @property
    def start(self) -> int:
        """The run's first step."""
        return self._places.start

    @property
    def steps(self) -> tuple[int, ...]:
        """The steps of which there is a checkpoint, in order."""
        return tuple(self._places.steps)

    def wants(self, step: int) -> bool:
        """Whether a checkpoint is wanted after this step."""
        return self._places.wants(step)

    def put(self, step: int, state: State) -> None:
        """Keep the state after `step`; others are given up where there is no room."""
        if step in self._states:
            return
        self._states[step] = state
        for dropped in self._places.put(step, size_of(state)):
            del self._states[dropped]

    def before(self, step: int) -> tuple[int, State]:
        """The last checkpoint at or before `step`, and its step; the first where none is."""
        places = self._places.steps
        found = places[max(bisect_right(places, step) - 1, 0)]
        return found, self._states[found]


def size_of(state: State) -> int:
    """Bytes of all arrays."""
    return sum(array.nbytes for array in state.values())
