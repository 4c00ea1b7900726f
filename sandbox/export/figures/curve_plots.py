"""What each plot of curves shows: its axis, its levels, and its name with the unit."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from sandbox.drawing.curve_axes import (
    ACCURACY_RANGE,
    LOSS_UNITS,
    Level,
    accuracy_levels,
    accuracy_meanings,
    loss_levels,
    loss_range,
)

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sandbox.experiment import Experiment
    from sandbox.export.figures.curve_lines import Line, Metric
    from sandbox.tasks.base import Task


@dataclass(frozen=True)
class Plot:
    """One plot.  names: its title, the longest wording first.  low, high: the ends of its axis.

    cut: whether curves go beyond the top.
    """

    metric: Metric
    names: tuple[str, ...]
    low: float
    high: float
    log: bool
    levels: tuple[Level, ...]
    cut: bool = False


def plot_of(
    metric: Metric, task: Task, experiment: Experiment, lines: Sequence[Line], log: bool
) -> Plot:
    """The plot of one metric, with an axis that fits its strong curves."""
    if metric == "accuracy":
        names = tuple(name.partition(" (")[0] for name in accuracy_meanings(task))
        return Plot(metric, names, *ACCURACY_RANGE, False, accuracy_levels(task))
    calm = [line.strong(metric)[1] for line in lines if not line.diverged]
    wild = [line.strong(metric)[1] for line in lines if line.diverged]
    if metric == "loss":
        levels = loss_levels(task)
        ends = loss_range(
            calm,
            wild,
            [line.further[:, 1] for line in lines if line.main],
            [level.value for level in levels],
            log,
        )
        name = f"loss: {LOSS_UNITS[task.loss]}"
        return Plot(metric, (name,), ends.low, ends.high, log, levels, ends.cut)
    levels = _clip_levels(experiment)
    marks = [np.array([level.value]) for level in levels]
    ends = loss_range([*calm, *wild, *marks], (), (), (), log=True)
    return Plot(metric, ("gradient norm before clipping",), ends.low, ends.high, True, levels)


def _clip_levels(experiment: Experiment) -> tuple[Level, ...]:
    """The level at which the norm is clipped; none if clipping is by value."""
    if experiment.clip is None or experiment.clip_by != "norm":
        return ()
    return (Level(experiment.clip, f"clipped at {experiment.clip:g}"),)
