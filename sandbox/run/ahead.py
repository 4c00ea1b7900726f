"""How often frames look several steps ahead: seldom enough that training hardly notices."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from sandbox.run.messages import Phase

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from sandbox.engine.trainer import Trainer
    from sandbox.run.messages import Float32
    from sandbox.tasks.base import Sequences

EVERY_S = 0.25  # at most four times a second while training
SHARE = 0.05  # of the time, at most, while training


class LookingAhead:
    """What the nets answer to the probe and to steps more, fed on their own answers."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._due = float("-inf")

    def of(
        self, trainer: Trainer, probe: Sequences, steps: int, phase: Phase | None
    ) -> Mapping[str, Float32]:
        """Every contestant's answers, (T + steps, B, O); empty where not wanted or not due."""
        started = self._clock()
        if not steps or (phase is Phase.RUNNING and started < self._due):
            return {}
        found = trainer.ahead(probe, steps)
        ended = self._clock()
        self._due = max(started + EVERY_S, ended + (ended - started) / SHARE)
        for array in found.values():
            array.setflags(write=False)
        return found
