"""What a worker can be asked, and what it has been asked but has not done yet.

Only the latest command of each kind counts; nothing queues up. So many `open` commands while a
slider is dragged build one trainer, and ten requests for a frame give one frame. Only steps add
up: five presses are five steps.
"""

from __future__ import annotations

import threading
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping

    from sandbox.cells.surgery import Surgery
    from sandbox.experiment import Experiment
    from sandbox.store.base import Origin
    from sandbox.tasks.base import Sequences

FULL_SPEED = float("inf")


@dataclass(frozen=True)
class Opening:
    """A run to make the current one: untrained, from the store, or as a fork at `origin`."""

    run: str
    experiment: Experiment
    probe: Sequences
    resumed: bool = False
    origin: Origin | None = None


@dataclass(frozen=True)
class Pending:
    """Commands that the worker has not carried out yet.

    owed: training steps left before a pause; None for no limit.  back: the training step to look
    back at; None for the present.  ahead: free-running steps that frames add after the probe.
    measured: up to how many steps ahead errors are measured; 0 for not at all.  surgery: what is
    held in pictures, by net.  inside: whether frames have weights.
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
    measured: int = 0
    surgery: Mapping[str, Surgery] = field(default_factory=dict)
    inside: bool = False
    closing: bool = False


class CommandBox:
    """The one way to ask a worker for something.  Thread-safe.

    Commands return at once. Answers come by mailbox, with the id of the run they belong to.
    `take`, `count_off` and `rest` are for the worker.
    """

    def __init__(self) -> None:
        self._changed = threading.Condition()
        self._news = False
        self._pending = Pending()

    def open(
        self,
        run: str,
        experiment: Experiment,
        probe: Sequences,
        train: bool = False,
        resumed: bool = False,
        origin: Origin | None = None,
    ) -> None:
        """Save the current run and make this one current; commands for the old one are void."""
        with self._changed:
            old = self._pending
            self._pending = Pending(
                speed=old.speed,
                ahead=old.ahead,
                measured=old.measured,
                inside=old.inside,
                closing=old.closing,
            )
            opening = Opening(run, experiment, probe, resumed, origin)
            self._put(opening=opening, training=train)

    def train(self) -> None:
        """Train without a limit; does nothing if all steps are taken."""
        self._put(training=True, owed=None, back=None)

    def pause(self) -> None:
        """Stop training after the current block; a frame of that step follows."""
        self._put(training=False, owed=None)

    def step(self, count: int = 1) -> None:
        """Take `count` steps more than already owed, then pause."""
        with self._changed:
            self._put(training=True, owed=(self._pending.owed or 0) + count, back=None)

    def adjust(self, experiment: Experiment) -> None:
        """Use new values of live fields from the next block on."""
        self._put(adjusting=experiment)

    def speed(self, steps_per_s: float) -> None:
        """Train at this speed from now on, in every run: 1 to FULL_SPEED steps per second."""
        self._put(speed=steps_per_s)

    def ask(self, probe: Sequences | None = None) -> None:
        """Send one frame after the current block; `probe`, if given, replaces the probe."""
        with self._changed:
            self._put(asked=True, probe=self._pending.probe if probe is None else probe)

    def look_ahead(self, steps: int) -> None:
        """Add `steps` steps to frames from now on, in which nets are fed their own answers.

        0: none.  While training, only a few frames a second have them.
        """
        with self._changed:
            self._put(ahead=steps, asked=self._pending.asked or steps > 0)

    def measure_ahead(self, steps: int) -> None:
        """Measure errors up to `steps` steps ahead at every training step that is shown.

        0: none.  They are sent as `MeasuredAhead`, seldom while training.
        """
        self._put(measured=steps)

    def operate(self, surgery: Mapping[str, Surgery]) -> None:
        """Add to frames what the nets do with this held, by key; training goes on untouched.

        It is dropped when another run is opened.
        """
        self._put(surgery=dict(surgery), asked=True)

    def look_inside(self, wanted: bool) -> None:
        """Add the nets' weights to frames, or no longer."""
        with self._changed:
            self._put(inside=wanted, asked=self._pending.asked or wanted)

    def look_back(self, step: int | None) -> None:
        """Pause and send frames of the run as it was after `step`; None: as it is now.

        Far from a checkpoint, a frame of the checkpoint comes first.
        """
        with self._changed:
            training = self._pending.training and step is None
            owed = self._pending.owed if training else None
            self._put(back=step, asked=True, training=training, owed=owed)

    def close(self) -> None:
        """Save and end the thread, within a second unless a kernel is compiling."""
        self._put(closing=True)

    @property
    def closing(self) -> bool:
        """Whether the worker was told to close."""
        with self._changed:
            return self._pending.closing

    def take(self, timeout_s: float | None) -> Pending:
        """The pending commands, once there is a new one or `timeout_s` is over.

        None waits for a command.  Commands that are carried out once are removed from the box.
        """
        with self._changed:
            if timeout_s != 0:
                self._changed.wait_for(lambda: self._news, timeout_s)
            pending, self._news = self._pending, False
            self._pending = replace(pending, opening=None, adjusting=None, probe=None, asked=False)
        return pending

    def count_off(self, steps: int) -> None:
        """Subtract the steps taken from those owed to the current run; pause when none is left."""
        with self._changed:
            owed = self._pending.owed
            if owed is not None and self._pending.opening is None:
                done = steps >= owed
                self._put(training=not done, owed=None if done else owed - steps)

    def rest(self) -> None:
        """Stop training, unless a command has come since `take`."""
        with self._changed:
            if not self._news:
                self._put(training=False, owed=None)

    def _put(self, **changes: Any) -> None:
        with self._changed:
            self._pending, self._news = replace(self._pending, **changes), True
            self._changed.notify()
