"""When a run is saved, and what happens when it cannot be."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING, Any

from sandbox.run import words
from sandbox.store.base import Progress, RunError, State, Store

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from sandbox.run.messages import Curve

EVERY_S = 10.0
FIRST_AFTER_S = 2.0
IDLE_EVERY_S = 1.0
SHARE = 0.03  # of the training time, at most

_log = logging.getLogger(__name__)


class Saving:
    """Keeps one run in a store; without a store every call does nothing.

    saved: the step that the store has already.
    """

    def __init__(
        self, run: str, store: Store | None, clock: Callable[[], float], saved: int
    ) -> None:
        self._run, self._store, self._clock = run, store, clock
        self._saved_step = saved
        self._news = self._failing = False
        self._next = clock() + FIRST_AFTER_S
        self._next_idle = 0.0

    @property
    def kept(self) -> bool:
        """Whether the store has everything up to the last call of `save`."""
        return self._store is None or not self._failing

    def append_curves(self, first: int, curves: Mapping[str, Curve]) -> None:
        """Measurements for the next save."""
        if self._store is not None:
            measured = {k: (c.loss, c.accuracy, c.grad_norm) for k, c in curves.items()}
            self._store.append_curves(self._run, first, measured)

    def append(self, event: Mapping[str, Any]) -> None:
        """An event for the next save."""
        if self._store is not None:
            self._store.append(self._run, event)
            self._news = True

    def due_in(self, step: int, idle: bool) -> float:
        """Seconds until a save is due; infinity where nothing is new."""
        if self._store is None or not self._is_new(step):
            return float("inf")
        return max(0.0, (self._next_idle if idle else self._next) - self._clock())

    def save(self, state: Callable[[], State], progress: Progress) -> str | None:
        """Save where something is new; a sentence when that fails for the first time."""
        if self._store is None or not self._is_new(progress.step):
            return None
        started = self._clock()
        try:
            self._store.checkpoint(self._run, state(), progress)
        except (OSError, RunError) as error:
            return self._failed(error)
        else:
            self._saved_step, self._news, self._failing = progress.step, False, False
            return None
        finally:
            self._plan(started)

    def finish(self) -> None:
        """Let go of the run."""
        if self._store is not None:
            self._store.finish(self._run)

    def _is_new(self, step: int) -> bool:
        """A run that has taken no step is not kept."""
        return step > 0 and (self._news or step != self._saved_step)

    def _plan(self, started: float) -> None:
        now = self._clock()
        cost = now - started
        self._next = now + max(EVERY_S, cost / SHARE)
        self._next_idle = now + max(IDLE_EVERY_S, cost / SHARE)

    def _failed(self, error: OSError | RunError) -> str | None:
        if self._failing:
            return None
        self._failing = True
        _log.warning("run %s could not be saved: %s", self._run, error)
        return words.unsaved(error) if isinstance(error, OSError) else str(error)
