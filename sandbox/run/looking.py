"""A run as it was at any step, trained again from the checkpoint before it."""

from __future__ import annotations

import itertools
import time
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from sandbox.experiment import Experiment
from sandbox.run.saving import CHECKPOINT_EVERY, Tape
from sandbox.store.base import RunError, in_force

if TYPE_CHECKING:
    from sandbox.engine.trace import Trace
    from sandbox.engine.trainer import Trainer
    from sandbox.run.training import Training
    from sandbox.store.base import State
    from sandbox.tasks.base import Sequences

MakeTrainer = Callable[[Experiment], "Trainer"]
Changes = Sequence[tuple[int, Experiment]]
SLICE_S = 0.03  # then the worker looks for newer commands
FAR = 60  # steps: when more must be trained again, the checkpoint is shown first
APART = 2 * CHECKPOINT_EVERY  # steps between the checkpoints kept on the way
FILLED = 3_000  # steps around the one shown within which gaps are filled


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


class LookingBack:
    """Looks at a run in slices of work, and keeps checkpoints on the way for the next look."""

    def __init__(self, training: Training, make: MakeTrainer) -> None:
        self._training = training
        self._passed = Tape(*training.tape.before(training.tape.start))
        self._replay = Replay(make, training.begun, training.changes, self._nearest)
        self._wanted = self._shown = -1
        self._awaited = self._filling = self._full = False

    def seek(self, step: int) -> None:
        """Start going to this step, unless it is already the target."""
        step = max(step, self._training.tape.start)
        if step != self._wanted:
            self._wanted, self._shown = step, -1
            self._awaited, self._filling = True, not self._full
            self._replay.seek(step)

    @property
    def trainer(self) -> Trainer:
        """The trainer at the step shown last, valid until the next turn."""
        return self._replay.trainer

    @property
    def due(self) -> bool:
        """Whether there is work left or a frame to show."""
        return self._awaited or self._filling

    @property
    def shown(self) -> int | None:
        """The step that is looked back at, once it is shown; None on the way there."""
        return None if self._awaited else self._shown

    def at_shown(self) -> Trainer:
        """The trainer, at the step shown last."""
        self._replay.seek(self._shown)
        self._replay.advance()
        return self._replay.trainer

    def turn(self, probe: Sequences) -> tuple[int, dict[str, Trace]] | None:
        """Do a slice of work; returns the step and traces to show now, or None."""
        if not self._awaited:
            self._fill()
            return None
        if self._shown < 0 and self._wanted - self._replay.step > FAR:
            return self._show(probe)
        if not self._replay.advance(SLICE_S, self._keep):
            return None
        self._awaited = False
        return self._show(probe)

    def trace(self, probe: Sequences) -> tuple[int, dict[str, Trace]]:
        """Trace the step shown last again, on another probe."""
        self.at_shown()
        return self._show(probe)

    def close(self) -> None:
        """End the replay's threads."""
        self._replay.close()

    def _fill(self) -> None:
        """Fill part of the nearest gap between checkpoints, so that nearby steps show at once."""
        step = self._gap()
        self._filling = step is not None and not self._full
        if step is not None and self._filling:
            self._replay.seek(step)
            there = self._replay.advance(SLICE_S, self._keep)
            self._full |= there and step not in self._passed.steps  # all nets diverged before

    def _gap(self) -> int | None:
        """The next step in the nearest gap that needs a checkpoint; None if there is no gap."""
        steps = sorted({*self._training.tape.steps, *self._passed.steps, self._training.step})
        wide = [
            before
            for before, after in itertools.pairwise(steps)
            if after - before > FAR + CHECKPOINT_EVERY and abs(before - self._shown) < FILLED
        ]
        if not wide:
            return None
        nearest = min(wide, key=lambda step: abs(step - self._shown))
        return nearest - nearest % CHECKPOINT_EVERY + APART

    def _show(self, probe: Sequences) -> tuple[int, dict[str, Trace]]:
        self._shown = self._replay.step
        return self._shown, self._replay.trainer.trace(probe)

    def _keep(self, replay: Replay) -> None:
        """Keep a checkpoint if none is near, as long as there is room."""
        near = replay.step - self._nearest(replay.step)[0]
        if replay.step % CHECKPOINT_EVERY == 0 and near >= APART and not self._full:
            before = len(self._passed.steps)
            self._passed.keep(replay.step, replay.trainer.state())
            self._full = len(self._passed.steps) <= before

    def _nearest(self, step: int) -> tuple[int, State]:
        found = self._training.tape.before(step), self._passed.before(step)
        return max(found, key=lambda each: each[0])
