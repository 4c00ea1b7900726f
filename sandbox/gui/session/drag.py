"""A slider that is dragged: its edits are one entry for undo, and few of them make a new run."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

    from sandbox.experiment import Experiment

SETTLE_S = 0.15  # for how long edits are gathered before a new run
DRAG_S = 1.0  # after so long a rest, the next edit counts as another drag

NO_DRAG = -1

Replaced = tuple["Experiment", int]  # an experiment, and the steps that its run has taken


class Drag:
    """The drag in progress, or the last one."""

    def __init__(self, clock: Callable[[], float]) -> None:
        self._clock, self._moved_at = clock, -math.inf
        self._number = 0
        self._began: Replaced | None = None
        self._due: float | None = None

    @property
    def waiting(self) -> bool:
        """Whether edits wait to become a run."""
        return self._due is not None

    @property
    def due(self) -> bool:
        """Whether they have waited long enough."""
        return self._due is not None and self._clock() >= self._due

    def note(self, present: Replaced, coalesce: bool) -> int:
        """Note an edit of this or of something else; returns its drag's number, or NO_DRAG.

        present: what the edit replaces.
        """
        if not coalesce:
            self.end()
            return NO_DRAG
        now = self._clock()
        if now - self._moved_at > DRAG_S:
            self._number, self._began = self._number + 1, present
        self._moved_at = now
        return self._number

    def end(self) -> None:
        """End the drag: the next edit is another one."""
        self._moved_at = -math.inf

    def wait(self) -> None:
        """Gather edits from now on, unless some are waiting already."""
        self._due = self._due or self._clock() + SETTLE_S

    def settle(self) -> None:
        """Note that a run was opened."""
        self._due = None

    def replaced(self, present: Replaced, dragged: bool) -> Replaced:
        """What another run replaces, in words: what was there before the drag, or what is now."""
        return (self._began or present) if dragged or self.waiting else present
