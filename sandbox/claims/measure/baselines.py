"""Claim 1: every task's baseline, by a predictor that is constant at each step."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

import numpy as np
from pydantic import ValidationError

from sandbox.claims.measure.deviations import Deviations
from sandbox.claims.pictures import Picture, Row
from sandbox.tasks.base import Role
from sandbox.tasks.registry import built_in
from sandbox.tasks.streams import Purpose, stream
from sandbox.validation import ExperimentError

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from numpy.typing import NDArray

    from sandbox.claims.measure.claim import Figure, Measurement, Values
    from sandbox.tasks.base import Sequences, Task

    Sums = dict[str, NDArray[np.float64]]

SAMPLES, QUICK_SAMPLES = 100_000, 10_000
AT_ONCE = 2_000  # sequences
ASKED_EVERYWHERE = ("counting",)  # the count decides at every step what may follow


class Baselines(Deviations):
    """The first baseline of every task at its defaults, on fresh sequences."""

    name, seeds, quick_seeds, seconds = "baselines", 3, 1, 20.0
    limit: ClassVar[float] = 0.02
    quick_decides = False  # too few samples
    worst = "largest relative deviation of a baseline"
    asks = "every baseline within 2%"

    def protocol(self, quick: bool) -> Values:
        """Samples and tasks."""
        names = sorted(task.name for task in measurable())
        return {"samples": QUICK_SAMPLES if quick else SAMPLES, "tasks": names}

    def measure(self, seed: int, quick: bool, measurement: Measurement) -> Values:
        """{"measured": {task: loss}, "formula": {task: loss}}."""
        measured, formula, every = dict[str, float](), dict[str, float](), measurable()
        for done, task in enumerate(every):
            measurement.progress(done / len(every))
            measured[task.name] = constant_loss(task, seed, QUICK_SAMPLES if quick else SAMPLES)
            formula[task.name] = task.baselines[0].loss
        return {"measured": measured, "formula": formula}

    def expected(self, results: Sequence[Values]) -> Mapping[str, float]:
        """By formula."""
        formula: Mapping[str, float] = results[0]["formula"]
        return formula

    def picture(self, figures: Sequence[Figure], results: Sequence[Values]) -> Picture:
        """Each task's deviation in percent."""
        rows = tuple(map(_in_percent, figures))
        limits = {"-2%": -2.0, "2%": 2.0}
        axis = "measured baseline, deviation from the formula in percent"
        return Picture(axis, rows=rows, levels=limits)


def _in_percent(figure: Figure) -> Row:
    """A figure's deviation from the formula."""
    measured, low, high = (
        100 * (value / figure.paper - 1) if figure.paper else 0.0
        for value in (figure.measured, *figure.interval)
    )
    return Row(figure.name, measured, (low, high))


def measurable() -> list[Task]:
    """Every task at its defaults that has a baseline and needs no file of the user's."""
    made = []
    for kind in built_in().values():
        try:
            task = kind(kind.Params())
        except (ExperimentError, ValidationError):  # it needs a file
            continue
        if task.baselines:
            made.append(task)
    return made


def constant_loss(task: Task, seed: int, samples: int) -> float:
    """The loss of the best predictor whose answer at a step ignores everything before it.

    Where legal symbols are asked for, it knows them all, except where the long dependency
    decides: there it answers how often each symbol is legal.
    """
    sums_of, loss_of = _SUMS_AND_LOSS[task.loss]
    sums: Sums = {}
    for place, start in enumerate(range(0, samples, AT_ONCE)):
        rng = stream(seed, Purpose.EVALUATION, place)
        drawn = task.draw(rng, min(AT_ONCE, samples - start))
        for name, part in sums_of(task, drawn).items():
            sums[name] = _added(sums.get(name), part)
    return loss_of(sums)


def _class_sums(task: Task, drawn: Sequences) -> Sums:
    """How often each class is right at each step, (T, O)."""
    steps = np.nonzero(drawn.scored)[1]
    size = (drawn.scored.shape[1], len(task.outputs))
    places = steps * size[1] + drawn.targets[drawn.scored]
    return {"count": np.bincount(places, minlength=size[0] * size[1]).reshape(size).astype(float)}


def _class_loss(sums: Sums) -> float:
    counts = sums["count"]
    totals = counts.sum(axis=1, keepdims=True)
    with np.errstate(divide="ignore", invalid="ignore"):
        logs = np.where(counts > 0, np.log(counts / totals), 0.0)
    return float(-(counts * logs).sum() / counts.sum())


def _value_sums(task: Task, drawn: Sequences) -> Sums:
    """Count, sum and sum of squares at each step, (T, 1) and (T, O)."""
    asked = drawn.scored[..., None]
    targets = np.where(asked, drawn.targets, 0).astype(np.float64)
    count = asked.sum(axis=0).astype(float)
    return {"count": count, "sum": targets.sum(axis=0), "squares": (targets**2).sum(axis=0)}


def _value_loss(sums: Sums) -> float:
    counts = np.maximum(sums["count"], 1)
    errors = sums["squares"] - sums["sum"] ** 2 / counts
    return float(errors.sum() / (sums["count"].sum() * errors.shape[1]))


def _legal_sums(task: Task, drawn: Sequences) -> Sums:
    """How often each symbol is legal: where the long dependency is asked for, (1, O).

    In counting that is at every step; there the predictor knows what has just been read, (V, O).
    """
    everywhere = task.name in ASKED_EVERYWHERE
    there = drawn.scored & (everywhere | (drawn.roles == Role.QUERY))
    groups = drawn.inputs[there] if everywhere else np.zeros(there.sum(), np.intp)
    count = task.inputs.size if everywhere else 1
    totals = np.bincount(groups, minlength=count).astype(np.float64)[:, None]
    legal = np.zeros((count, len(task.outputs)))
    np.add.at(legal, groups, drawn.targets[there])
    scored = np.array([[float(drawn.scored.sum())]])
    return {"legal": legal, "there": totals, "scored": scored}


def _legal_loss(sums: Sums) -> float:
    shares = sums["legal"] / np.maximum(sums["there"], 1)
    with np.errstate(divide="ignore", invalid="ignore"):
        entropy = -np.where(shares > 0, shares * np.log(shares), 0)
        entropy -= np.where(shares < 1, (1 - shares) * np.log1p(-shares), 0)
    return float((sums["there"] * entropy).sum() / (sums["scored"].item() * shares.shape[1]))


def _added(one: NDArray[np.float64] | None, other: NDArray[np.float64]) -> NDArray[np.float64]:
    """The sum; steps that one of them lacks count as 0."""
    shorter, longer = sorted((np.zeros_like(other[:0]) if one is None else one, other), key=len)
    summed = longer.copy()
    summed[: len(shorter)] += shorter
    return summed


_SUMS_AND_LOSS = {
    "cross_entropy": (_class_sums, _class_loss),
    "squared_error": (_value_sums, _value_loss),
    "legal_symbols": (_legal_sums, _legal_loss),
}
