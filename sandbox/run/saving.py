"""When a run is saved, and what happens if it cannot be."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING, Any

from sandbox.run import words
from sandbox.store.base import Batch, Progress, RunError, State, Store

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from concurrent.futures import Future

    from sandbox.run.messages import Curve

EVERY_S = 1.0
IDLE_EVERY_S = 0.3
RETRY_S = 5.0
WAIT_S = 0.05  # between looks at a write under way
FAULTS = (OSError, RunError)

_log = logging.getLogger(__name__)


class Saving:
    """Keeps one run in a store; without a store every call does nothing.

    News is gathered and handed to the store's own thread about once a second. What could not be
    written is handed over again, together with what came since.
    """

    def __init__(
        self, run: str, store: Store | None, clock: Callable[[], float], saved: int
    ) -> None:
        """saved: the training step that the store has already."""
        self._run, self._store, self._clock = run, store, clock
        self._start = self._handed_over = saved
        self.stored_step = -1  # the last training step that is known to be on disk
        self._news = self._failing = False
        self._batch, self._sent = Batch(), Batch()
        self._writing: Future[None] | None = None
        self._next = clock() + EVERY_S
        self._next_idle = 0.0

    @property
    def kept(self) -> bool:
        """Whether the last write that ended was a success, or there is no store."""
        return self._store is None or not self._failing

    @property
    def keeps(self) -> bool:
        """Whether there is a store, and it takes what it is given."""
        return self._store is not None and not self._failing

    def append_curves(self, first: int, curves: Mapping[str, Curve], seconds: float) -> None:
        """Measurements for the next save; seconds of training by the last of them."""
        if self._store is not None:
            measured = {k: (c.loss, c.accuracy, c.grad_norm) for k, c in curves.items()}
            self._batch.points.append((first, measured, seconds))

    def append(self, event: Mapping[str, Any]) -> None:
        """An event for the next save."""
        if self._store is not None:
            self._batch.events.append(event)
            self._news = True

    def keep(self, step: int, state: State, dropped: set[int]) -> None:
        """A checkpoint for the next save, and the steps of those to delete for it."""
        if self._store is not None:
            _keep(self._batch, {step: state}, dropped)

    def keep_from_start(self) -> None:
        """Save the run even before its first training step."""
        self._start, self._news = -1, True

    def due_in(self, step: int, idle: bool) -> float:
        """Seconds until a save is due; infinity if there is no news."""
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
        """Hand over what is new; returns a sentence when a write has failed for the first time.

        wait: until this write and those before it have ended.
        """
        if self._store is None:
            return None
        problem = self._check_write(wait)
        if self._writing is None and self._is_new(progress.step):
            self._hand_over(self._store, state, progress)
            problem = (self._check_write(wait) if wait else None) or problem
        return problem

    def finish(self) -> None:
        """Let go of the run."""
        if self._store is not None:
            self._store.finish(self._run)

    def _is_new(self, step: int) -> bool:
        """Whether there is something to save; a run without a training step is not kept."""
        return step > self._start and (self._news or step != self._handed_over)

    def _hand_over(self, store: Store, state: Callable[[], State], progress: Progress) -> None:
        self._batch.latest, self._batch.progress = state(), progress
        self._sent, self._batch = self._batch, Batch()
        self._handed_over, self._news = progress.step, False
        self._writing = store.write(self._run, self._sent)
        self._next = self._clock() + EVERY_S
        self._next_idle = self._clock() + IDLE_EVERY_S

    def _check_write(self, wait: bool) -> str | None:
        """See how the write under way ended, if it has; keep its batch for later if badly."""
        if self._writing is None or not (wait or self._writing.done()):
            return None
        error, self._writing = self._writing.exception(), None
        if error is None:
            self.stored_step = self._handed_over
            self._sent, self._failing = Batch(), False
            return None
        self._batch, self._sent = _together(self._sent, self._batch), Batch()
        self._news = True
        self._next = self._next_idle = self._clock() + RETRY_S
        if not isinstance(error, FAULTS):
            raise error
        return self._failed(error)

    def _failed(self, error: BaseException) -> str | None:
        if self._failing:
            return None
        self._failing = True
        _log.warning("run %s could not be saved: %s", self._run, error)
        return words.unsaved(error) if isinstance(error, OSError) else str(error)


def _keep(batch: Batch, kept: Mapping[int, State], dropped: set[int]) -> None:
    """Add checkpoints to a batch, and remove those dropped meanwhile."""
    batch.kept.update(kept)
    batch.dropped |= dropped
    for step in dropped:
        batch.kept.pop(step, None)


def _together(earlier: Batch, later: Batch) -> Batch:
    """Two batches as one; the later one may not have been handed over yet."""
    both = Batch(
        points=earlier.points + later.points,
        events=earlier.events + later.events,
        kept=dict(earlier.kept),
        dropped=set(earlier.dropped),
    )
    _keep(both, later.kept, later.dropped)
    return both
