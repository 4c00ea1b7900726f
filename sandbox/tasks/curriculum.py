"""The gaps that a run trains on: one number, a range, a power law, or a gap that grows.

Each batch has one gap, so a batch of short sequences is also quick.  Whatever the curriculum,
contestants are evaluated at the task's own gap.
"""

from __future__ import annotations

import math
from functools import lru_cache
from typing import TYPE_CHECKING, Any

import numpy as np

from sandbox.tasks.base import Sequences, Task
from sandbox.validation import ExperimentError

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

    from sandbox.experiment import Experiment

Arrays = tuple["NDArray[Any]", ...]


def check(experiment: Experiment, task: Task) -> None:
    """Raise ExperimentError if the curriculum does not fit the task."""
    if experiment.curriculum == "fixed":
        return
    if task.gap_field is None:
        accepts = f"fixed, since the task {task.name} has no gap to vary"
        raise ExperimentError("curriculum", experiment.curriculum, accepts)
    low, high = lowest(task), longest(task)
    if experiment.gap_from is not None and not low <= experiment.gap_from <= high:
        accepts = f"a whole number from {low:,} to {high:,}, the task's {task.gap_field}, or none"
        raise ExperimentError("gap_from", experiment.gap_from, accepts)


def lowest(task: Task) -> int:
    """The lower limit of the task's gap field."""
    schema = task.Params.model_json_schema()["properties"][task.gap_field]
    return int(schema.get("minimum", 0))


def longest(task: Task) -> int:
    """The gap of the task itself."""
    return int(getattr(task.params, str(task.gap_field)))


def gaps(experiment: Experiment, task: Task) -> NDArray[np.int64]:
    """Every gap that may be trained on, ascending, (n,); the stages of a growing gap.

    Empty for a task without a gap.
    """
    if task.gap_field is None:
        return np.zeros(0, np.int64)
    last = longest(task)
    if experiment.curriculum == "fixed":
        return np.array([last])
    first = lowest(task) if experiment.gap_from is None else experiment.gap_from
    if experiment.curriculum == "growing":
        return np.array(_stages(first, last, experiment.grow_by))
    return np.arange(first, last + 1)


def probabilities(experiment: Experiment, task: Task) -> NDArray[np.float64]:
    """The probability of each of `gaps`, (n,); of a growing gap, at the first stage."""
    every = gaps(experiment, task)
    if experiment.curriculum == "growing":
        return np.asarray(every == every[0], np.float64)
    power = experiment.gap_power if experiment.curriculum == "power_law" else 0.0
    return shares(every, power)


def shares(gaps: NDArray[np.int64], power: float) -> NDArray[np.float64]:
    """The probability of each gap, (n,), proportional to the gap to minus `power`."""
    # A gap of 0 counts as 1, since the law has no value there.
    weight = np.maximum(gaps, 1).astype(np.float64) ** -power
    return np.asarray(weight / max(weight.sum(), 1e-300))


def _stages(first: int, last: int, factor: float) -> list[int]:
    """Gaps from `first` to `last`, each `factor` times the one before, and at least one more."""
    stages = [first]
    while stages[-1] < last:
        stages.append(min(last, max(stages[-1] + 1, math.ceil(stages[-1] * factor))))
    return stages


class Mixture:
    """Batches of a task at several gaps, each batch at one, padded on the right to the longest."""

    def __init__(
        self, task: Task, gaps: NDArray[np.int64], probabilities: NDArray[np.float64]
    ) -> None:
        """gaps, probabilities: (n,)."""
        self.task, self._gaps = task, gaps
        self._upto = np.cumsum(probabilities)
        self._at = lru_cache(maxsize=None)(task.with_gap)

    def draw(self, rng: np.random.Generator, batches: int, batch: int) -> Sequences:
        """`batches` × `batch` sequences (N, T), those of a batch one after another."""
        chosen = chosen_gaps(rng, batches, self._gaps, self._upto)

        def part(gap: int, count: int) -> Arrays:
            return self._at(gap).draw(rng, count).arrays

        return Sequences(*mixed(part, chosen, batch, self.task.length))


def chosen_gaps(
    rng: np.random.Generator, batches: int, gaps: NDArray[np.int64], upto: NDArray[np.float64]
) -> NDArray[np.int64]:
    """A gap for each batch, (batches,); upto: the cumulative probabilities of the gaps, (n,)."""
    picked = np.searchsorted(upto, rng.random(batches), side="right")
    return gaps[np.minimum(picked, len(gaps) - 1)]


def mixed(
    part: Callable[[int, int], Arrays], chosen: NDArray[np.int64], batch: int, length: int
) -> Arrays:
    """Batches of `batch` sequences at the gaps `chosen`, padded with 0 to `length` steps.

    part: draws so many sequences at a gap, as arrays (count, T, …).
    """
    whole: list[NDArray[Any]] = []
    for gap in np.unique(chosen):
        batches = np.flatnonzero(chosen == gap)
        rows = (batches[:, None] * batch + np.arange(batch)).ravel()
        drawn = part(int(gap), len(rows))
        if not whole:
            shape = (len(chosen) * batch, length)
            whole = [np.zeros((*shape, *each.shape[2:]), each.dtype) for each in drawn]
        for padded, each in zip(whole, drawn, strict=True):
            padded[rows, : each.shape[1]] = each
    return tuple(whole)
