"""A run's training batches by stage: one stage, or one a gap where the gap grows."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sandbox.tasks import curriculum
from sandbox.tasks.batches import BatchSource, chunk_size

if TYPE_CHECKING:
    from collections.abc import Collection
    from concurrent.futures import Executor

    from sandbox.experiment import Experiment
    from sandbox.tasks.base import Task
    from sandbox.tasks.batches import Block


class Batches:
    """The batches of an experiment; contestants at the same stage get the same ones.

    beside: where batches are drawn ahead.
    """

    def __init__(self, experiment: Experiment, task: Task, beside: Executor) -> None:
        self._experiment, self._task, self._beside = experiment, task, beside
        self.growing = experiment.curriculum == "growing"
        self._gaps = curriculum.gaps(experiment, task).tolist()
        self.chunk = chunk_size(task, experiment.batch)
        self._sources: dict[int, BatchSource] = {}

    @property
    def stages(self) -> int:
        """How many there are: 1 where the gap does not grow."""
        return len(self._gaps) if self.growing else 1

    def gap(self, stage: int) -> int:
        """The gap of a stage, where it grows."""
        return int(self._gaps[stage])

    def block(self, stage: int, first: int, count: int) -> Block:
        """At most `count` batches from index `first` on: fewer where a chunk ends."""
        if stage not in self._sources:
            self._sources[stage] = self._source(stage)
        return self._sources[stage].block(first, count)

    def keep(self, stages: Collection[int]) -> None:
        """Let go of the batches of stages at which nobody is any more."""
        self._sources = {stage: s for stage, s in self._sources.items() if stage in stages}

    def _source(self, stage: int) -> BatchSource:
        e = self._experiment
        return BatchSource(self._task, e.batch, e.seed, self._beside, self._mixture(stage))

    def _mixture(self, stage: int) -> curriculum.Mixture | None:
        e, task = self._experiment, self._task
        if e.curriculum == "fixed":
            return None
        if self.growing:
            return curriculum.Mixture.of_one(task, self.gap(stage))
        return curriculum.Mixture(task, curriculum.gaps(e, task), curriculum.probabilities(e, task))
