"""The gaps that a run trains on: one number, a range, a power law, or a gap that grows.

Each batch has a gap of its own, so that a batch of short sequences is also quick.  Whatever
the curriculum, contestants are judged at the gap of the task itself.
"""

from __future__ import annotations

import math
from functools import lru_cache
from typing import TYPE_CHECKING

import numpy as np

from sandbox.tasks.base import Role, Sequences
from sandbox.validation import ExperimentError

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from sandbox.experiment import Experiment
    from sandbox.tasks.base import Task


def check(experiment: Experiment, task: Task) -> None:
    """ExperimentError where the curriculum does not go with the task."""
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
    """Every gap that may be trained on, ascending, (n,); stages where the gap grows.

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
    """How likely each of `gaps` is, (n,); where the gap grows, of the first stage."""
    every = gaps(experiment, task)
    if experiment.curriculum == "growing":
        return np.asarray(every == every[0], np.float64)
    power = experiment.gap_power if experiment.curriculum == "power_law" else 0.0
    return shares(every, power)


def shares(gaps: NDArray[np.int64], power: float) -> NDArray[np.float64]:
    """How likely each gap is, (n,): it falls as the gap to minus `power`."""
    # A gap of 0 counts as 1, where the law has no value.
    weight = np.maximum(gaps, 1).astype(np.float64) ** -power
    return np.asarray(weight / max(weight.sum(), 1e-300))


def _stages(first: int, last: int, factor: float) -> list[int]:
    """first, and each time `factor` as many or one more, up to last."""
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

    @classmethod
    def of_one(cls, task: Task, gap: int) -> Mixture:
        """Every batch at this gap."""
        return cls(task, np.array([gap]), np.ones(1))

    def draw(self, rng: np.random.Generator, batches: int, batch: int) -> Sequences:
        """`batches` × `batch` sequences (N, T), those of a batch one after another."""
        picked = np.searchsorted(self._upto, rng.random(batches), side="right")
        chosen = self._gaps[np.minimum(picked, len(self._gaps) - 1)]
        whole: Sequences | None = None
        for gap in np.unique(chosen):
            of_gap = np.flatnonzero(chosen == gap)
            part = self._at(int(gap)).draw(rng, len(of_gap) * batch)
            if whole is None:
                whole = _empty(part, batches * batch, self.task.length)
            rows = (of_gap[:, None] * batch + np.arange(batch)).ravel()
            _put(whole, rows, part)
        assert whole is not None
        return whole


def _empty(like: Sequences, count: int, length: int) -> Sequences:
    """Sequences (count, length) of nothing but padding."""
    inputs, targets, scored = (
        np.zeros((count, length, *each.shape[2:]), each.dtype)
        for each in (like.inputs, like.targets, like.scored)
    )
    return Sequences(inputs, targets, scored, np.full((count, length), Role.PADDING, np.uint8))


def _put(whole: Sequences, rows: NDArray[np.intp], part: Sequences) -> None:
    steps = part.scored.shape[1]
    whole.inputs[rows, :steps] = part.inputs
    whole.targets[rows, :steps] = part.targets
    whole.scored[rows, :steps] = part.scored
    whole.roles[rows, :steps] = part.roles
