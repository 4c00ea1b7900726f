"""What is kept of a run while it trains: checkpoints in memory, and everything in the store.

There are two sets of checkpoints. Those in the store are spaced logarithmically, at least a second
of training apart, within 20 MB. Those in memory, for looking back, are denser: evenly spaced up to
`EVEN` steps, so that at the default size any step is some tens of milliseconds of training away,
and wider apart after that.
"""

from __future__ import annotations

import logging
import math
from bisect import bisect_right, insort
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from sandbox.run import words
from sandbox.store.base import Batch, Progress, RunError, State

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from concurrent.futures import Future

    from sandbox.run.messages import Curve
    from sandbox.store.runs import RunStore

EVERY_S = 1.0
IDLE_EVERY_S = 0.3
RETRY_S = 5.0
WAIT_S = 0.05  # between looks at a write under way
FAULTS = (OSError, RunError)
CHECKPOINT_EVERY = 25  # training steps, like evaluations, since blocks end there anyway
EVEN = 3_000  # training steps

_log = logging.getLogger(__name__)


class Saving:
    """Keeps one run in a store; without a store every call does nothing.

    News is collected and handed to the store's own thread about once a second. A failed write is
    tried again, together with what came since.
    """

    def __init__(
        self, run: str, store: RunStore | None, clock: Callable[[], float], saved: int
    ) -> None:
        """saved: the training step already in the store."""
        self._run, self._store, self._clock = run, store, clock
        self._start = self._handed_over = saved
        self._stored_step = -1  # the last training step that is known to be on disk
        self.failing = False  # whether the last write failed
        self._news = False
        self._batch, self._sent = Batch(), Batch()
        self._writing: Future[None] | None = None
        self._next = clock() + EVERY_S
        self._next_idle = 0.0

    @property
    def stored_step(self) -> float:
        """The last training step on disk; infinity if nothing is stored, or writing fails."""
        return math.inf if self._store is None or self.failing else self._stored_step

    def append_curves(self, first: int, curves: Mapping[str, Curve], seconds: float) -> None:
        """Add measurements to the next save; seconds: of training up to the last of them."""
        if self._store is not None:
            self._batch.points.append((first, curves, seconds))

    def append(self, event: Mapping[str, Any]) -> None:
        """Add an event to the next save."""
        if self._store is not None:
            self._batch.events.append(event)
            self._news = True

    def keep(self, step: int, state: State, dropped: set[int]) -> None:
        """Add a checkpoint to the next save, and the steps of those to delete for it."""
        if self._store is not None:
            _keep(self._batch, {step: state}, dropped)

    def keep_from_start(self) -> None:
        """Save the run even before its first training step."""
        self._start, self._news = -1, True

    def due_in(self, step: int, idle: bool) -> float:
        """Seconds until a save is due; infinity if there is no news.

        idle: whether nothing is being trained; then it is due sooner.
        """
        if self._store is None:
            return float("inf")
        if self._writing is not None and self._writing.done():
            return 0.0
        if not self._is_new(step):
            return float("inf") if self._writing is None else WAIT_S
        due = (self._next_idle if idle else self._next) - self._clock()
        return max(0.0, due) if self._writing is None else max(WAIT_S, due)

    def save(
        self, state: Callable[[], State], progress: Progress, wait: bool = False
    ) -> str | None:
        """Hand over what is new; returns a sentence the first time that a write has failed.

        wait: until this write and those before it are done.
        """
        if self._store is None:
            return None
        problem = self._check_write(wait)
        if self._writing is None and self._is_new(progress.step):
            self._hand_over(self._store, state, progress)
            problem = (self._check_write(wait) if wait else None) or problem
        return problem

    def finish(self) -> None:
        """Release the run."""
        if self._store is not None:
            self._store.finish(self._run)

    def _is_new(self, step: int) -> bool:
        """Whether there is something to save; a run without a training step is not kept."""
        return step > self._start and (self._news or step != self._handed_over)

    def _hand_over(self, store: RunStore, state: Callable[[], State], progress: Progress) -> None:
        self._batch.latest, self._batch.progress = state(), progress
        self._sent, self._batch = self._batch, Batch()
        self._handed_over, self._news = progress.step, False
        self._writing = store.write(self._run, self._sent)
        self._next = self._clock() + EVERY_S
        self._next_idle = self._clock() + IDLE_EVERY_S

    def _check_write(self, wait: bool) -> str | None:
        """Check the write under way, if it has ended; keep its batch for later if it failed."""
        if self._writing is None or not (wait or self._writing.done()):
            return None
        error, self._writing = self._writing.exception(), None
        if error is None:
            self._stored_step = self._handed_over
            self._sent, self.failing = Batch(), False
            return None
        self._batch, self._sent = _together(self._sent, self._batch), Batch()
        self._news = True
        self._next = self._next_idle = self._clock() + RETRY_S
        if not isinstance(error, FAULTS):
            raise error
        if self.failing:
            return None
        self.failing = True
        _log.warning("run %s could not be saved: %s", self._run, error)
        return words.unsaved(error) if isinstance(error, OSError) else str(error)


def _keep(batch: Batch, kept: Mapping[int, State], dropped: set[int]) -> None:
    """Add checkpoints to a batch, and remove dropped ones."""
    batch.kept.update(kept)
    batch.dropped |= dropped
    for step in dropped:
        batch.kept.pop(step, None)


def _together(earlier: Batch, later: Batch) -> Batch:
    """Two batches as one."""
    both = Batch(
        points=earlier.points + later.points,
        events=earlier.events + later.events,
        kept=dict(earlier.kept),
        dropped=set(earlier.dropped),
    )
    _keep(both, later.kept, later.dropped)
    return both


@dataclass(frozen=True)
class Spacing:
    """How far apart checkpoints are, and how many bytes they may take.

    share: the gap as a share of the steps since the start; it is at least `least` steps and
    `seconds` of training.  even: up to this many steps, deleting keeps the gaps even.
    """

    budget: int
    share: float
    least: int = CHECKPOINT_EVERY
    even: int = 0
    seconds: float = 0.0

    def apart(self, since: int) -> int:
        """Steps between checkpoints, `since` steps from the start."""
        return max(self.least, CHECKPOINT_EVERY * round(self.share * since / CHECKPOINT_EVERY))


STORED = Spacing(20_000_000, 1 / 4, seconds=1.0)
IN_MEMORY = Spacing(48_000_000, 1 / 100, 2 * CHECKPOINT_EVERY, EVEN)


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
        """Whether to keep a checkpoint after this step, `seconds` into training."""
        if step % CHECKPOINT_EVERY or step in self._sizes:
            return False
        before = self.steps[bisect_right(self.steps, step) - 1]
        far = step - before >= self._spacing.apart(step - self.start)
        return far and seconds - self._newest_at >= self._spacing.seconds

    def put(self, step: int, size: int, seconds: float = float("-inf")) -> set[int]:
        """Note a checkpoint; returns the steps of those to delete for it, possibly its own."""
        insort(self.steps, step)
        self._sizes[step] = size
        self._newest_at = max(self._newest_at, seconds)
        dropped: set[int] = set()
        while sum(self._sizes.values()) > self._spacing.budget and len(self.steps) > 2:
            dropped.add(self._drop())
        return dropped

    def _drop(self) -> int:
        """Forget the step that leaves the smallest gap, relative to its position."""
        steps, even = self.steps, max(self._spacing.even, 1)
        gaps = [
            (steps[n + 1] - steps[n - 1]) / max(steps[n] - self.start, even)
            for n in range(1, len(steps) - 1)
        ]
        step = steps.pop(1 + gaps.index(min(gaps)))
        del self._sizes[step]
        return step


class Tape(CheckpointSchedule):
    """Checkpoints in memory, by step.  start, state: the run's first step, and the state there."""

    def __init__(self, start: int, state: State, spacing: Spacing = IN_MEMORY) -> None:
        super().__init__(start, size_of(state), spacing)
        self._states = {start: state}

    def keep(self, step: int, state: State) -> None:
        """Keep the state after `step`; others are deleted if there is no room."""
        if step in self._states:
            return
        self._states[step] = state
        for dropped in self.put(step, size_of(state)):
            del self._states[dropped]

    def before(self, step: int) -> tuple[int, State]:
        """The last checkpoint at or before `step`, and its step; the first if there is none."""
        found = self.steps[max(bisect_right(self.steps, step) - 1, 0)]
        return found, self._states[found]


def size_of(state: State) -> int:
    """Bytes of all arrays."""
    return sum(array.nbytes for array in state.values())
