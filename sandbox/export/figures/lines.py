"""From series to lines: which are drawn how, and what is drawn of each in one plot."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Literal

import numpy as np

from sandbox.drawing.smoothing import Smoothing
from sandbox.engine.cells import called
from sandbox.export.figures.ink import Style, styles

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from sandbox.export.figures.record import RunCurves, Series

    Values = NDArray[np.float64]

Metric = Literal["loss", "accuracy", "grad_norm"]
METRICS: tuple[Metric, ...] = ("loss", "accuracy", "grad_norm")
By = Literal["step", "seconds"]


@dataclass(frozen=True)
class Line:
    """What stands for one contestant of one run: a net, or the mean of its replicates.

    main: whether it is of the run that the figure is of, not of one laid over it.
    """

    name: str
    style: Style
    nets: tuple[Series, ...]
    run: RunCurves
    main: bool

    @property
    def replicated(self) -> bool:
        """Whether it is a mean of several."""
        return len(self.nets) > 1

    def mean(self, metric: Metric) -> Values:
        """The smoothed curve, averaged over replicates; (n,).

        It ends where the first replicate does: further on it would be the mean of others.
        """
        if metric not in self._means:
            curves = [smooth(getattr(net, metric)) for net in self.nets]
            count = min(map(len, curves))
            self._means[metric] = np.mean([curve[:count] for curve in curves], axis=0)
        return self._means[metric]

    @cached_property
    def beyond(self) -> Values:
        """Step, loss and accuracy on the split that is not trained on, (m, 3).

        Averaged over replicates, at the steps at which all were looked at.
        """
        each = [{int(row[0]): row for row in net.generalisation} for net in self.nets]
        steps = sorted(set.intersection(*map(set, each)))
        rows = [np.mean([one[step] for one in each], axis=0) for step in steps]
        return np.array(rows, np.float64).reshape(-1, 3)

    @cached_property
    def _means(self) -> dict[Metric, Values]:
        return {}

    @property
    def legend(self) -> str:
        """Its name, and what became of it."""
        solved = sorted(net.solved_at for net in self.nets if net.solved_at is not None)
        diverged = sorted(net.diverged_at for net in self.nets if net.diverged_at is not None)
        parts = [f"{self.name}, mean of {len(self.nets)}" if self.replicated else self.name]
        parts += [_told("solved", solved, len(self.nets))] if solved else []
        parts += [_told("diverged", diverged, len(self.nets))] if diverged else []
        return ", ".join(parts)


def _told(word: str, steps: Sequence[int], count: int) -> str:
    if count == 1:
        return f"{word} at step {steps[0]:,}"
    return f"{len(steps)} {word}, the first at step {steps[0]:,}"


@dataclass(frozen=True)
class Lines:
    """All lines of a figure, over steps or over seconds."""

    all: tuple[Line, ...]
    by: By

    @cached_property
    def last(self) -> float:
        """Where the axis ends."""
        nets = [(line, net) for line in self.all for net in line.nets if len(net.steps)]
        return max([0.0, *(float(self.x(line, net)[-1]) for line, net in nets)]) or 1.0

    def x(self, line: Line, net: Series) -> Values:
        """A net's steps, or the seconds until them."""
        if self.by == "seconds":
            return line.run.seconds(net.steps)
        return np.asarray(net.steps, np.float64)

    def when(self, line: Line, step: float) -> float:
        """A step of the line's run as it stands on the axis."""
        return float(self.all_when(line, np.array([step]))[0])

    def all_when(self, line: Line, steps: Values) -> Values:
        """Steps of the line's run, (n,), as they stand on the axis."""
        return line.run.seconds(steps) if self.by == "seconds" else steps

    def strong(self, line: Line, metric: Metric) -> tuple[Values, Values]:
        """X and y of the strong curve, each (n,): smoothed, averaged over replicates."""
        shortest = min(line.nets, key=lambda net: len(net.steps))
        return self.x(line, shortest), line.mean(metric)


def lines_of(runs: Sequence[RunCurves]) -> tuple[Line, ...]:
    """A line for every contestant of every run, the first run's first."""
    found = {
        (number, name): tuple(net for net in run.series if net.contestant == name)
        for number, run in enumerate(runs)
        for name in dict.fromkeys(net.contestant for net in run.series)
    }
    looks = styles({f"{number} {name}": nets[0].cell for (number, name), nets in found.items()})
    made = []
    for (number, name), nets in found.items():
        run, title = runs[number], called(name, nets[0].cell)
        whole = f"{title} in {run.run}" if number else title
        made.append(Line(whole, looks[f"{number} {name}"], nets, run, main=number == 0))
    return tuple(made)


def smooth(values: NDArray[np.floating]) -> Values:
    """A curve smoothed as the window does it."""
    return Smoothing().extend(values)
