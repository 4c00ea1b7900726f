"""What can be asked of a worker: the interface that the window and the tests rely on."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from sandbox.experiment import Experiment
    from sandbox.store.base import Origin
    from sandbox.tasks.base import Sequences

FULL_SPEED = float("inf")


@dataclass(frozen=True)
class Start:
    """Where a run begins.

    resumed: as the store has it.  origin: as its parent was at that step, with other settings.
    """

    resumed: bool = False
    origin: Origin | None = None


UNTRAINED = Start()


class Control(Protocol):
    """Every call returns at once; answers come by mailbox, tagged with the run's id."""

    def open(
        self,
        run: str,
        experiment: Experiment,
        probe: Sequences,
        train: bool = False,
        start: Start = UNTRAINED,
    ) -> None:
        """Make this experiment the current run (saving the one before it).

        start: untrained, or as the stored run of that id was left, or as a fork of another.
        """

    def train(self) -> None:
        """Go on training; queued while the engine warms up; nothing when all steps are done."""

    def pause(self) -> None:
        """Stop training after the current block; a frame of that step follows."""

    def step(self, count: int = 1) -> None:
        """Take `count` steps, then pause."""

    def adjust(self, experiment: Experiment) -> None:
        """Take over what may change while it runs (live fields), at the next block."""

    def speed(self, steps_per_s: float) -> None:
        """Pace of training: from 1 to FULL_SPEED."""

    def ask(self, probe: Sequences | None = None) -> None:
        """One frame, after the current block; from now on of `probe`, where given."""

    def look_ahead(self, steps: int) -> None:
        """How many steps further frames also say what the nets answer, fed on their own answers.

        From now on and for every run, where the task can; 0: not.  While training, only a few
        frames a second have it.
        """

    def look_back(self, step: int | None) -> None:
        """Frames of the run as it was after `step`, from now on; None: as it is.

        Training pauses meanwhile; where the step is far from a checkpoint, a frame of the
        checkpoint comes first.
        """

    def close(self) -> None:
        """Save and end the thread; join() then returns within a second."""
