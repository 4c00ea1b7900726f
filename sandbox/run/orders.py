"""What was asked of the worker and is not done yet: the latest of each kind, never a queue.

So a flood of open() while a slider is dragged builds one trainer, and ten requests for a
frame give one frame.  Steps add up: five presses are five steps.
"""

from __future__ import annotations

import threading
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from sandbox.run.control import FULL_SPEED, UNTRAINED, Start

if TYPE_CHECKING:
    from sandbox.experiment import Experiment
    from sandbox.tasks.base import Sequences


@dataclass(frozen=True)
class Opening:
    """A run to be made the current one."""

    run: str
    experiment: Experiment
    probe: Sequences
    start: Start = UNTRAINED


@dataclass(frozen=True)
class Wishes:
    """What is wanted now.  owed: steps after which to pause, None for no limit.

    back: the step to look back at, None for how the run is now.  ahead: steps that frames look
    ahead.
    """

    opening: Opening | None = None
    adjusting: Experiment | None = None
    probe: Sequences | None = None
    asked: bool = False
    training: bool = False
    owed: int | None = None
    speed: float = FULL_SPEED
    back: int | None = None
    ahead: int = 0
    closing: bool = False


class Orders:
    """Thread-safe: one side wishes, the worker takes."""

    def __init__(self) -> None:
        self._changed = threading.Condition()
        self._news = False
        self._wishes = Wishes()

    def open(self, opening: Opening, train: bool) -> None:
        """Another run; what was asked of the one before is void, but for speed and look ahead."""
        fresh = Wishes(opening=opening, training=train)
        with self._changed:
            old = self._wishes
            self._put(replace(fresh, speed=old.speed, ahead=old.ahead, closing=old.closing))

    def train(self) -> None:
        """Train without a limit."""
        with self._changed:
            self._put(replace(self._wishes, training=True, owed=None, back=None))

    def step(self, count: int) -> None:
        """Train `count` steps more than are owed already, then pause."""
        with self._changed:
            owed = (self._wishes.owed or 0) + count
            self._put(replace(self._wishes, training=True, owed=owed, back=None))

    def pause(self) -> None:
        """Train no more."""
        with self._changed:
            self._put(replace(self._wishes, training=False, owed=None))

    def adjust(self, experiment: Experiment) -> None:
        """Other live fields; only the latest counts."""
        with self._changed:
            self._put(replace(self._wishes, adjusting=experiment))

    def speed(self, steps_per_s: float) -> None:
        """Another pace."""
        with self._changed:
            self._put(replace(self._wishes, speed=steps_per_s))

    def look_back(self, step: int | None) -> None:
        """Frames of another step; only the latest counts.  Nothing is trained meanwhile."""
        with self._changed:
            training = self._wishes.training and step is None
            owed = self._wishes.owed if training else None
            wishes = replace(self._wishes, back=step, asked=True, training=training, owed=owed)
            self._put(wishes)

    def look_ahead(self, steps: int) -> None:
        """Frames that look so many steps ahead, the first of them now."""
        with self._changed:
            self._put(replace(self._wishes, ahead=steps, asked=self._wishes.asked or steps > 0))

    def ask(self, probe: Sequences | None) -> None:
        """One frame; only the latest probe counts."""
        with self._changed:
            probe = self._wishes.probe if probe is None else probe
            self._put(replace(self._wishes, asked=True, probe=probe))

    def close(self) -> None:
        """End."""
        with self._changed:
            self._put(replace(self._wishes, closing=True))

    @property
    def closing(self) -> bool:
        """Whether the end was asked for."""
        with self._changed:
            return self._wishes.closing

    def take(self, timeout_s: float | None) -> Wishes:
        """What is wanted, as soon as that changed or the time is up; None waits for news.

        What is done once (opening, adjusting, probe, asked) is taken off.
        """
        with self._changed:
            if timeout_s != 0:
                self._changed.wait_for(lambda: self._news, timeout_s)
            wishes, self._news = self._wishes, False
            self._wishes = replace(wishes, opening=None, adjusting=None, probe=None, asked=False)
        return wishes

    def took(self, steps: int) -> None:
        """Count steps off those owed to the run that was trained; the last ends the training."""
        with self._changed:
            owed = self._wishes.owed
            if owed is None or self._wishes.opening is not None:
                return
            done = steps >= owed
            wishes = replace(self._wishes, training=not done, owed=None if done else owed - steps)
            self._put(wishes)

    def rest(self) -> None:
        """Nothing is left to train; what was asked for since the last `take` still counts."""
        with self._changed:
            if not self._news:
                self._put(replace(self._wishes, training=False, owed=None))

    def _put(self, wishes: Wishes) -> None:
        self._wishes, self._news = wishes, True
        self._changed.notify()
