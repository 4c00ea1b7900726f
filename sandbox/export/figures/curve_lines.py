"""What a figure of curves shows: a line for each contestant of each run, and a plot a metric."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Literal

import numpy as np

from sandbox.cells.known import called
from sandbox.drawing.curve_axes import (
    ACCURACY_RANGE,
    Level,
    accuracy_levels,
    accuracy_meanings,
    loss_levels,
    loss_meanings,
    loss_range,
)
from sandbox.drawing.smoothing import Smoothing
from sandbox.drawing.styles import line_styles

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from sandbox.drawing.styles import LineStyle
    from sandbox.experiment import Experiment
    from sandbox.export.figures.run_curves import RunCurves, Series
    from sandbox.tasks.base import Task

    Values = NDArray[np.float64]

Metric = Literal["loss", "accuracy", "grad_norm"]
METRICS: tuple[Metric, ...] = ("loss", "accuracy", "grad_norm")
By = Literal["step", "seconds"]


@dataclass(frozen=True)
class Line:
    """One contestant of one run: a single net, or the mean of its replicates.

    main: whether it belongs to the figure's own run, not to an overlay.  by: the horizontal axis.
    """

    name: str
    style: LineStyle
    nets: tuple[Series, ...]
    run: RunCurves
    main: bool
    by: By

    @property
    def replicated(self) -> bool:
        """Whether it stands for several nets."""
        return len(self.nets) > 1

    def along(self, steps: NDArray[np.generic]) -> Values:
        """The positions (n,) of training steps (n,) on the axis."""
        return self.run.seconds(steps) if self.by == "seconds" else np.asarray(steps, np.float64)

    def at(self, step: float) -> float:
        """The position of one training step on the axis."""
        return float(self.along(np.array([step]))[0])

    def strong(self, metric: Metric) -> tuple[Values, Values]:
        """X and y of the smoothed curve, averaged over replicates, (n,) each.

        It ends with the shortest replicate: beyond, it would average fewer.
        """
        if metric not in self._strong:
            shortest = min(self.nets, key=lambda net: len(net.steps))
            count = len(shortest.steps)
            curves = [smooth(getattr(net, metric))[:count] for net in self.nets]
            self._strong[metric] = self.along(shortest.steps), np.mean(curves, axis=0)
        return self._strong[metric]

    @cached_property
    def further(self) -> Values:
        """Step, loss and accuracy on the split that is not trained on, (m, 3).

        The mean over replicates, at the steps where all of them were evaluated.
        """
        each = [{int(row[0]): row for row in net.generalisation} for net in self.nets]
        steps = sorted(set.intersection(*map(set, each)))
        rows = [np.mean([one[step] for one in each], axis=0) for step in steps]
        return np.array(rows, np.float64).reshape(-1, 3)

    @cached_property
    def _strong(self) -> dict[Metric, tuple[Values, Values]]:
        return {}

    @property
    def diverged(self) -> bool:
        """Whether one of its nets diverged."""
        return any(net.diverged_at is not None for net in self.nets)

    @property
    def legend(self) -> str:
        """Its name, and where it was solved or diverged."""
        parts = [f"{self.name}, mean of {len(self.nets)}" if self.replicated else self.name]
        for word in ("solved", "diverged"):
            found = [getattr(net, f"{word}_at") for net in self.nets]
            steps = sorted(step for step in found if step is not None)
            if steps and self.replicated:
                parts.append(f"{len(steps)} {word}, the first at step {steps[0]:,}")
            elif steps:
                parts.append(f"{word} at step {steps[0]:,}")
        return ", ".join(parts)


def lines_of(runs: Sequence[RunCurves], by: By) -> tuple[Line, ...]:
    """A line for every contestant of every run, the first run's first."""
    found = {
        (number, name): tuple(net for net in run.series if net.contestant == name)
        for number, run in enumerate(runs)
        for name in dict.fromkeys(net.contestant for net in run.series)
    }
    cells = {name if not n else f"{name} in {n}": nets[0].cell for (n, name), nets in found.items()}
    looks = line_styles(cells, runs[0].experiment.looks).values()
    made = []
    for ((number, name), nets), look in zip(found.items(), looks, strict=True):
        run, title = runs[number], called(name, nets[0].cell)
        whole = f"{title} in {run.run}" if number else title
        made.append(Line(whole, look, nets, run, number == 0, by))
    return tuple(made)


def smooth(values: NDArray[np.floating]) -> Values:
    """A curve (n,) smoothed as on screen, (n,)."""
    return Smoothing().extend(values)


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
        further = [line.further[:, 1] for line in lines if line.main]
        ends = loss_range(calm, wild, further, [level.value for level in levels], log)
        return Plot(metric, loss_meanings(task), ends.low, ends.high, log, levels, ends.cut)
    levels = _clip_levels(experiment)
    marks = [np.array([level.value]) for level in levels]
    ends = loss_range([*calm, *wild, *marks], (), (), (), log=True)
    return Plot(metric, ("gradient norm before clipping",), ends.low, ends.high, True, levels)


def _clip_levels(experiment: Experiment) -> tuple[Level, ...]:
    """The level at which the norm is clipped; none if clipping is by value."""
    if experiment.clip is None or experiment.clip_by != "norm":
        return ()
    return (Level(experiment.clip, f"clipped at {experiment.clip:g}"),)
