"""What one plot of curves shows: its axis, the levels across it, and its name with the unit."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from sandbox.tasks.shown import counted

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from sandbox.experiment import Experiment
    from sandbox.export.figures.lines import Line, Metric
    from sandbox.tasks.base import Task

LOSSES = {
    "cross_entropy": "loss: cross-entropy, nats",
    "squared_error": "loss: squared error",
    "legal_symbols": "loss: cross-entropy a symbol, nats",
}
ACROSS = {"step": "training step", "seconds": "training time, s"}
MOST_DECADES = 12
_ROOM = 1.12  # above what an axis has to reach
_TAMED = 3.0  # baselines: higher than this, a diverging net's loss does not stretch the axis
_MORE, _MORE_ON_LOG = 1.5, 10.0  # the others: as high may what is not trained on make the axis
_NICE = (1.0, 1.2, 1.5, 2.0, 2.5, 3.0, 4.0, 5.0, 6.0, 8.0, 10.0)


@dataclass(frozen=True)
class Level:
    """A horizontal line: a baseline, the criterion, or where gradients are clipped."""

    value: float
    label: str
    dash: tuple[float, ...] = (3.0, 2.0)


@dataclass(frozen=True)
class Plot:
    """One plot.  low, high: of its axis.  cut: whether curves leave it at the top."""

    metric: Metric
    name: str
    low: float
    high: float
    log: bool
    levels: tuple[Level, ...]
    cut: bool = False


def plot_of(
    metric: Metric, task: Task, experiment: Experiment, lines: Sequence[Line], log: bool
) -> Plot:
    """The plot of one metric, with an axis that all its strong curves fit on."""
    if metric == "accuracy":
        return Plot(metric, accuracy_name(task), -0.03, 1.05, False, accuracy_levels(task))
    values = [line.mean(metric) for line in lines]
    if metric == "loss":
        levels = loss_levels(task)
        return _loss_plot(LOSSES[task.loss], levels, lines, values, log)
    levels = _clipped(experiment)
    low, high = _decades([*values, np.array([level.value for level in levels])])
    return Plot(metric, "gradient norm before clipping", low, high, True, levels)


def _loss_plot(
    name: str,
    levels: tuple[Level, ...],
    lines: Sequence[Line],
    values: list[NDArray[np.float64]],
    log: bool,
) -> Plot:
    marks = np.array([level.value for level in levels])
    beyond = np.concatenate([line.beyond[:, 1] for line in lines if line.main])
    beyond = beyond[np.isfinite(beyond)]
    highest = max((float(v.max()) for v in values if len(v)), default=0.0)
    if log:
        most = _MORE_ON_LOG * max(highest, float(marks.max()))
        return Plot("loss", name, *_decades([*values, marks, beyond[beyond < most]]), True, levels)
    calm = [v for line, v in zip(lines, values, strict=True) if len(v) and not _diverged(line)]
    tame = max([_TAMED * float(marks.max()), *(float(v.max()) for v in calm)])
    reach = min(max(highest, float(marks.max())), tame)
    most = float(beyond.max(initial=0.0))
    high = nice_end(max(reach, min(most, _MORE * reach)) * _ROOM)
    return Plot("loss", name, -0.02 * high, high, False, levels, cut=max(highest, most) > high)


def _diverged(line: Line) -> bool:
    return any(net.diverged_at is not None for net in line.nets)


def loss_levels(task: Task) -> tuple[Level, ...]:
    """Baselines with their names, and the criterion where it is one of the loss."""
    levels = tuple(Level(line.loss, line.label) for line in task.baselines)
    if task.criterion.metric != "loss":
        return levels
    threshold = task.criterion.threshold
    return (*levels, Level(threshold, f"solved below {threshold:g}", (1.0, 1.6)))


def accuracy_levels(task: Task) -> tuple[Level, ...]:
    """Baselines that have an accuracy, and the criterion where it is one of the accuracy."""
    levels = tuple(
        Level(line.accuracy, f"{line.label.partition(':')[0]}: {line.accuracy:.0%}")
        for line in task.baselines
        if line.accuracy is not None
    )
    if task.criterion.metric != "accuracy":
        return levels
    threshold = task.criterion.threshold
    return (
        *levels,
        Level(threshold, f"solved from {threshold:.0%}{counted(task) or ' on'}", (1.0, 1.6)),
    )


def accuracy_name(task: Task) -> str:
    """What the share counts."""
    return {
        "cross_entropy": "accuracy: share of right answers",
        "squared_error": f"accuracy: share within {task.correct_within:g}",
        "legal_symbols": "accuracy: all legal symbols on top",
    }[task.loss]


def _clipped(experiment: Experiment) -> tuple[Level, ...]:
    """Where the norm is clipped; nowhere, where each entry is."""
    if experiment.clip is None or experiment.clip_by != "norm":
        return ()
    return (Level(experiment.clip, f"clipped at {experiment.clip:g}"),)


def nice_end(value: float) -> float:
    """The smallest round number that is not below a value."""
    if not math.isfinite(value) or value <= 0:
        return 1.0
    power = 10.0 ** math.floor(math.log10(value))
    return next(n * power for n in _NICE if n * power >= value * (1 - 1e-9))


def _decades(curves: Sequence[NDArray[np.float64]]) -> tuple[float, float]:
    """Ends of a logarithmic axis: round numbers around what is finite and above zero."""
    values = np.concatenate([*map(np.ravel, curves), np.empty(0)])
    values = values[np.isfinite(values) & (values > 0)]
    if not len(values):
        return 0.1, 1.0
    low, high = float(values.min()), float(values.max()) * 1.1
    high = 10.0 ** math.ceil(math.log10(high)) if high > 5 * low else nice_end(high)
    lowest = max(low, high / 10.0**MOST_DECADES)
    return 10.0 ** math.floor(math.log10(lowest * 0.95)), high
