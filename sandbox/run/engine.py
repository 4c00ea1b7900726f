"""The compiled engine, imported late and warmed: what a worker makes its trainers with."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from sandbox.engine.trainer import Trainer
    from sandbox.experiment import Experiment

Kind = tuple[str, frozenset[str]]


def kind_of(experiment: Experiment) -> Kind:
    """What kernels an experiment needs: its task and its cells."""
    return experiment.task, frozenset(each.cell for each in experiment.contestants)


class Engine:
    """Makes trainers whose kernels are compiled already, so that no training time is that."""

    def __init__(self) -> None:
        self._warm: set[Kind] = set()

    def load(self) -> None:
        """Import numba and the kernels: a second or so, most of it once a process."""
        from importlib import import_module

        for name in ("trainer", "kernels.block", "kernels.readout"):
            import_module(f"sandbox.engine.{name}")

    def __call__(self, experiment: Experiment) -> Trainer:
        """A trainer at step 0; about 10 s where a kernel is compiled for the first time ever.

        ExperimentError names a wrong value.
        """
        from sandbox.engine.trainer import Trainer

        kind = kind_of(experiment)
        if kind not in self._warm:
            _warm_up(experiment)
            self._warm.add(kind)
        return Trainer(experiment)


def _warm_up(experiment: Experiment) -> None:
    """Call every kernel once, on the smallest nets of the same kind."""
    from sandbox.engine.trainer import Trainer

    small = [{**each.model_dump(), "hidden": 1} for each in experiment.contestants]
    tiny = experiment.changed(batch=1, steps=1, replicates=1, contestants=small)
    trainer = Trainer(tiny)
    try:
        trainer.run(1)
        trainer.evaluate()
    finally:
        trainer.close()
