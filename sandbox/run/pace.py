"""The size of blocks, the speed of training, and how often nets run freely."""

from __future__ import annotations

import time
from collections import deque
from typing import TYPE_CHECKING

from sandbox.run.messages import MeasuredAhead, Phase

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from sandbox.engine.trace import Float32
    from sandbox.engine.trainer import Trainer
    from sandbox.tasks.base import Sequences

BLOCK_S = 0.015
WORTH_A_CALL = 0.4  # of a block's time: with less left, the trainer is not called again
TICK_S = 1 / 30  # slow motion takes its steps at most this often
LOOK_BACK_S = 1.5
CATCH_UP_S = 0.1
FREE_EVERY_S = 0.25  # while training, at most four times a second
FREE_SHARE = 0.05  # of the time, at most, while training
ERRORS_EVERY_S = 0.5  # while training, errors ahead are measured at most twice a second
RESTING_SHARE = 0.25  # of the time, at most, for errors ahead while nothing is trained


class BlockSize:
    """How many steps fit into a given time, learned from past calls; no result depends on it."""

    def __init__(self) -> None:
        self._step_s: float | None = None
        self._largest = 1

    def fitting(self, seconds: float) -> int:
        """The number of steps that take about `seconds`: at least 1, few at first."""
        if self._step_s is None:
            return 1
        return max(1, min(self._largest, int(seconds / max(self._step_s, 1e-9))))

    def took(self, steps: int, seconds: float) -> None:
        """Learn from a call that took `steps` steps; the first may have compiled a kernel."""
        fresh, usual = seconds / steps, self._step_s
        self._step_s = fresh if usual is None or fresh < usual else 0.7 * usual + 0.3 * fresh
        self._largest = max(self._largest, 2 * steps)


class StepRate:
    """Training steps per second over the last LOOK_BACK_S seconds, waits included."""

    def __init__(self) -> None:
        self._seen: deque[tuple[float, int]] = deque()

    def start(self, now: float, step: int) -> None:
        """Training starts at this step."""
        self._seen = deque([(now, step)])

    def reached(self, now: float, step: int) -> None:
        """A block ended at time `now`, in seconds, after `step` steps."""
        self._seen.append((now, step))
        while len(self._seen) > 2 and now - self._seen[1][0] > LOOK_BACK_S:
            self._seen.popleft()

    @property
    def steps_per_s(self) -> float:
        """The rate now; 0 before the first block."""
        if len(self._seen) < 2:
            return 0.0
        (then, before), (now, step) = self._seen[0], self._seen[-1]
        return (step - before) / max(now - then, 1e-9)


class SlowMotion:
    """When the next block is due at a limited speed; makes up for at most CATCH_UP_S of delay."""

    def __init__(self) -> None:
        self._from, self._taken = float("-inf"), 0

    def start(self, now: float) -> None:
        """Training starts: the first block is due at once."""
        self._from, self._taken = now, 0

    def due(self, steps_per_s: float) -> float:
        """The time at which the next block may start."""
        return self._from + self._taken / steps_per_s

    def took(self, steps: int, started: float, steps_per_s: float) -> None:
        """A block of `steps` steps started at time `started`."""
        self._from = max(self.due(steps_per_s), started - CATCH_UP_S)
        self._taken = steps


class FreeRunning:
    """Answers of nets fed their own answers, rare enough not to slow training."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._due = float("-inf")

    def of(
        self, trainer: Trainer, probe: Sequences, steps: int, phase: Phase | None
    ) -> Mapping[str, Float32]:
        """Every net's answers by key, (T + steps, B, O); empty if not wanted or not due."""
        started = self._clock()
        if not steps or (phase is Phase.RUNNING and started < self._due):
            return {}
        found = trainer.ahead(probe, steps)
        ended = self._clock()
        self._due = max(started + FREE_EVERY_S, ended + (ended - started) / FREE_SHARE)
        for array in found.values():
            array.setflags(write=False)
        return found


class ErrorsPace:
    """Errors ahead, once for a training step, rare enough not to slow what else is done."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._started = self._ended = float("-inf")  # of the last measurement
        self._took = 0.0
        self._known: tuple[str, int, int] | None = None  # run, step and steps ahead

    def forget(self) -> None:
        """Measure again even what is known."""
        self._known = None

    def due_in(self, run: str, step: int, steps: int, phase: Phase | None) -> float:
        """Seconds until errors of this step are measured; infinity if they are not wanted."""
        if not steps or self._known == (run, step, steps):
            return float("inf")
        running = phase is Phase.RUNNING
        due = self._ended + self._took / (FREE_SHARE if running else RESTING_SHARE)
        if running:
            due = max(due, self._started + ERRORS_EVERY_S)
        return max(0.0, due - self._clock())

    def of(self, run: str, trainer: Trainer, steps: int) -> MeasuredAhead:
        """Measure now, up to so many steps ahead."""
        self._started = self._clock()
        found = trainer.errors_ahead(steps)
        self._ended = self._clock()
        self._took = self._ended - self._started
        self._known = run, trainer.step, steps
        return MeasuredAhead(run, trainer.step, steps, found)


def steps_a_tick(steps_per_s: float) -> int:
    """Steps in a block of slow motion."""
    return max(1, round(steps_per_s * TICK_S))
