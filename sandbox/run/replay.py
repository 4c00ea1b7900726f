"""A run as it was at any step, trained again from the checkpoint before it."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from sandbox.experiment import Experiment
from sandbox.store.base import RunError, in_force

if TYPE_CHECKING:
    from sandbox.engine.trainer import Trainer
    from sandbox.store.base import State

MakeTrainer = Callable[[Experiment], "Trainer"]
Changes = Sequence[tuple[int, Experiment]]


class Replay:
    """A separate trainer that goes to any step of a run and reproduces its numbers.

    begun: the experiment at the run's first step.  changes: (step, experiment from then on), which
    may grow.  checkpoint: returns the last one at or before a step.  evaluating: also evaluate on
    the way, which a fork needs; the nets are the same either way.
    """

    def __init__(
        self,
        make: MakeTrainer,
        begun: Experiment,
        changes: Changes,
        checkpoint: Callable[[int], tuple[int, State]],
        evaluating: bool = False,
    ) -> None:
        self._begun, self._changes, self._checkpoint = begun, changes, checkpoint
        self.trainer = make(begun)
        self.trainer.evaluating = evaluating
        self._target = self.trainer.step

    @property
    def step(self) -> int:
        """The training step it is at."""
        return self.trainer.step

    @property
    def arrived(self) -> bool:
        """Whether it has reached its target step."""
        return self.step >= self._target

    def seek(self, step: int) -> None:
        """Start towards `step`, from the checkpoint before it unless the present step is nearer.

        ValueError if the checkpoint does not fit the nets.
        """
        self._target = step
        found, state = self._checkpoint(step)
        if found > self.step or step < self.step:
            self.trainer.restore(state)
        self.trainer.adjust(self.experiment_at(self.step))

    def advance(
        self, budget_s: float = float("inf"), passed: Callable[[Replay], None] | None = None
    ) -> bool:
        """Train towards the target for about `budget_s`; returns whether it is reached.

        passed: called with this replay after every block.
        """
        end = time.monotonic() + budget_s
        while not self.arrived:
            before = self.step
            changes = (at for at, _ in self._changes if before < at < self._target)
            self.trainer.run(min(changes, default=self._target) - before)
            if self.step == before:  # all nets have diverged: nothing comes after this
                self._target = before
            self.trainer.adjust(self.experiment_at(self.step))
            if passed is not None:
                passed(self)
            if time.monotonic() >= end:
                break
        return self.arrived

    def experiment_at(self, step: int) -> Experiment:
        """The experiment in force for the training step after `step`."""
        return in_force(self._begun, self._changes, step)

    def close(self) -> None:
        """End the trainer's threads."""
        self.trainer.close()


def replayed(
    make: MakeTrainer,
    begun: Experiment,
    changes: Changes,
    checkpoint: Callable[[int], tuple[int, State]],
    step: int,
    evaluating: bool = False,
) -> Replay:
    """A replay that has reached `step`; RunError if the checkpoint does not fit the nets."""
    replay = Replay(make, begun, changes, checkpoint, evaluating)
    try:
        replay.seek(step)
        replay.advance()
    except BaseException as error:
        replay.close()
        if isinstance(error, ValueError):
            raise RunError(f"The run cannot be read: {error}.") from None
        raise
    return replay
