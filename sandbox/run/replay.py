"""A run's trainer at any step, from its checkpoint or by training again from the seed."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from sandbox.experiment import Experiment
from sandbox.store.base import RunError

if TYPE_CHECKING:
    from sandbox.engine.trainer import Trainer
    from sandbox.store.base import StoredRun

MakeTrainer = Callable[[Experiment], "Trainer"]


def trainer_at(stored: StoredRun, step: int, make: MakeTrainer) -> Trainer:
    """The trainer after `step` updates, with the numbers it had then, to the last bit.

    What was changed while the run went on is changed again at the same steps.
    RunError where the checkpoint does not fit the nets.
    """
    if step == stored.info.step:
        try:
            return _made(make, stored.experiment_at(step), lambda one: one.restore(stored.state))
        except ValueError as error:
            raise RunError(f"Run {stored.info.run} cannot be read: {error}.") from None
    return _made(make, stored.begun, lambda one: _replay(one, stored, step))


def _made(make: MakeTrainer, experiment: Experiment, prepare: Callable[[Trainer], None]) -> Trainer:
    trainer = make(experiment)
    try:
        prepare(trainer)
    except BaseException:
        trainer.close()
        raise
    return trainer


def _replay(trainer: Trainer, stored: StoredRun, step: int) -> None:
    for changed_at, experiment in stored.changes:
        _run_to(trainer, min(changed_at, step))
        if changed_at <= step:
            trainer.adjust(experiment)
    _run_to(trainer, step)


def _run_to(trainer: Trainer, step: int) -> None:
    while trainer.step < step:
        before = trainer.step
        trainer.run(step - before)
        if trainer.step == before:  # everyone has diverged: there is nothing after this
            return
