"""Blocks of training batches, time-major, several steps at once.

Sequences are drawn in aligned chunks of batches, whatever block is requested, so a batch depends on
(parameters, seed, batch index) alone, and many batches share the overhead of a numpy call.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from sandbox.tasks import curriculum
from sandbox.tasks.curriculum import Mixture
from sandbox.tasks.streams import Purpose, stream

if TYPE_CHECKING:
    from collections.abc import Collection
    from concurrent.futures import Executor, Future

    from numpy.typing import NDArray

    from sandbox.experiment import Experiment
    from sandbox.tasks.base import Sequences, Task

CHUNKS = (50, 25, 5, 1)  # batches in a chunk: the first that keeps it below MAX_STEPS
MAX_STEPS = 2_000_000


def chunk_size(task: Task, batch: int) -> int:
    """How many batches are drawn at once; fewer if sequences are long and many."""
    return next((n for n in CHUNKS if n * batch * task.length <= MAX_STEPS), CHUNKS[-1])


@dataclass(frozen=True)
class Block:
    """N batches of B sequences of T steps, time-major and C-contiguous.

    inputs: int32 (N, T, B) tokens, or float32 (N, T, B, I).
    targets: int32 (N, T, B) classes, float32 (N, T, B, O) values, or uint8 (N, T, B, O) legal
    symbols (1 where legal).   scored: uint8 (N, T, B).
    """

    inputs: NDArray[Any]
    targets: NDArray[Any]
    scored: NDArray[np.uint8]

    def __len__(self) -> int:
        return len(self.inputs)

    def part(self, start: int, stop: int) -> Block:
        """Batches start to stop, (stop - start, T, B, …), as views."""
        rows = slice(start, stop)
        return Block(self.inputs[rows], self.targets[rows], self.scored[rows])


def block_of(sequences: Sequences, batch: int) -> Block:
    """Sequences (N, T) as batches of `batch` each, in order."""

    def time_major(rows: NDArray[Any]) -> NDArray[Any]:
        split = rows.reshape(-1, batch, *rows.shape[1:])
        return np.ascontiguousarray(np.swapaxes(split, 1, 2))

    return Block(
        time_major(sequences.inputs),
        time_major(sequences.targets),
        time_major(sequences.scored.astype(np.uint8)),
    )


class BatchSource:
    """The training batches of (task, batch size, seed), by index.

    beside: draws the next chunk while the nets learn from this one.
    mixture: the gaps of the batches; None if all have the task's own.
    """

    def __init__(
        self,
        task: Task,
        batch: int,
        seed: int,
        beside: Executor | None = None,
        mixture: Mixture | None = None,
    ) -> None:
        self._task, self._batch, self._seed, self._beside = task, batch, seed, beside
        self._mixture = mixture
        self.chunk = chunk_size(task, batch)
        self._index = -1
        self._chunk: Block | None = None
        self._following: Future[Block] | None = None

    def block(self, first: int, count: int) -> Block:
        """At most `count` batches (n, T, B) from index `first` on; fewer if the chunk ends."""
        index, start = divmod(first, self.chunk)
        if self._chunk is None or index != self._index:
            self._chunk = self._next(index)
            self._index = index
        return self._chunk.part(start, min(start + count, self.chunk))

    def _next(self, index: int) -> Block:
        """The chunk of this index, already drawn if it follows the last one."""
        following, self._following = self._following, None
        chunk = following.result() if following and index == self._index + 1 else self._draw(index)
        if self._beside is not None:
            self._following = self._beside.submit(self._draw, index + 1)
        return chunk

    def _draw(self, index: int) -> Block:
        rng = stream(self._seed, Purpose.BATCHES, index)
        if self._mixture is not None:
            return block_of(self._mixture.draw(rng, self.chunk, self._batch), self._batch)
        return block_of(self._task.draw(rng, self.chunk * self._batch), self._batch)


class Batches:
    """The batches of an experiment; nets at the same stage get the same ones.

    beside: draws batches ahead.
    """

    def __init__(self, experiment: Experiment, task: Task, beside: Executor) -> None:
        self._experiment, self._task, self._beside = experiment, task, beside
        self.growing = experiment.curriculum == "growing"
        self._gaps = curriculum.gaps(experiment, task)
        self.chunk = chunk_size(task, experiment.batch)
        self._sources: dict[int, BatchSource] = {}

    @property
    def stages(self) -> int:
        """How many stages there are: 1 if the gap does not grow."""
        return len(self._gaps) if self.growing else 1

    def gap(self, stage: int) -> int:
        """The gap of a stage of a growing gap."""
        return int(self._gaps[stage])

    def block(self, stage: int, first: int, count: int) -> Block:
        """At most `count` batches (n, T, B) from index `first` on, fewer if the chunk ends.

        IndexError if there is no such stage.
        """
        if stage not in self._sources:
            mixture = self._mixture(stage)
            e, task = self._experiment, self._task
            self._sources[stage] = BatchSource(task, e.batch, e.seed, self._beside, mixture)
        return self._sources[stage].block(first, count)

    def keep(self, stages: Collection[int]) -> None:
        """Drop the batches of stages that no net is at any more."""
        self._sources = {stage: s for stage, s in self._sources.items() if stage in stages}

    def _mixture(self, stage: int) -> Mixture | None:
        e, task = self._experiment, self._task
        if e.curriculum == "fixed":
            return None
        if self.growing:
            return Mixture(task, self._gaps[stage : stage + 1], np.ones(1))
        return Mixture(task, self._gaps, curriculum.probabilities(e, task))
