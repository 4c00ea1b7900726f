"""A stored run at one of its training steps, for commands that ask its nets."""

from __future__ import annotations

from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING

from sandbox.cli import output
from sandbox.cli.interrupts import Interrupts
from sandbox.cli.request import whole
from sandbox.run.engine import Engine, notice
from sandbox.run.looking import replayed
from sandbox.store.runs import RunStore, runs_file

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sandbox.engine.trainer import Trainer
    from sandbox.experiment import Experiment
    from sandbox.store.base import StoredRun


@dataclass(frozen=True)
class StoredStep:
    """A run of the store and one of its training steps."""

    store: RunStore
    stored: StoredRun
    step: int

    @property
    def run(self) -> str:
        """The run's id."""
        return self.stored.info.run

    @property
    def experiment(self) -> Experiment:
        """The experiment in force at this step."""
        return self.stored.experiment_at(self.step)

    @contextmanager
    def trainer(self) -> Iterator[Trainer]:
        """A trainer that has gone to this step; says why PyTorch trains instead of the kernels."""
        with Interrupts():
            checkpoint = partial(self.store.checkpoint, self.run)
            begun, changes = self.stored.begun, self.stored.changes
            replay = replayed(Engine(), begun, changes, checkpoint, self.step)
            output.tell(notice())
            try:
                yield replay.trainer
            finally:
                replay.close()


def stored_step(name: str, step: str | None) -> StoredStep:
    """The run of that name at a step as typed, the last one saved if None; ExperimentError."""
    store = RunStore(runs_file(), output.tell)
    stored = store.load(store.resolve(name))
    last = stored.info.step
    return StoredStep(store, stored, last if step is None else whole("step", step, 0, last))
