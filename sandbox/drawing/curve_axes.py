"""Ranges of the curves' axes, the levels drawn across them, and their names."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from sandbox.drawing.ranges import round_up
from sandbox.drawing.wording import percent, within_text
from sandbox.tasks.shown import counted

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from numpy.typing import NDArray

    from sandbox.tasks.base import Loss, Task

    Values = NDArray[np.floating]

LOSS_UNITS: Mapping[Loss, str] = {
    "cross_entropy": "cross-entropy, nats",
    "squared_error": "squared error",
    "legal_symbols": "binary cross-entropy per symbol, nats",
}
ACCURACY_RANGE = (-0.04, 1.06)
LEAST_LOSS = 1e-12  # on a logarithmic axis
MOST_DECADES = 12
_ABOVE = 1.12  # the axis' end, as a multiple of the largest value it must show
_TAME = 3.0  # baselines: the most that a diverged net's loss stretches the axis
_FURTHER_ON_LOG = 10.0  # the most that generalisation curves stretch a logarithmic axis


@dataclass(frozen=True)
class Level:
    """A horizontal line with its name: a baseline, or the criterion.

    units: what the value means in the task's units, said behind the name where there is room.
    """

    value: float
    label: str
    criterion: bool = False
    units: str = ""

    @property
    def labels(self) -> tuple[str, ...]:
        """Its names, the longest first."""
        return (f"{self.label} ({self.units})", self.label) if self.units else (self.label,)


@dataclass(frozen=True)
class AxisRange:
    """The ends of an axis.  cut: whether curves go beyond the top."""

    low: float
    high: float
    cut: bool = False


def loss_levels(task: Task) -> tuple[Level, ...]:
    """The baselines, and the criterion if it is about the loss."""
    levels = tuple(
        Level(line.loss, line.label, units=task.in_units(line.loss)) for line in task.baselines
    )
    if task.criterion.metric != "loss":
        return levels
    threshold = task.criterion.threshold
    solved, units = f"solved below {threshold:.3g}", task.in_units(threshold)
    return (*levels, Level(threshold, solved, criterion=True, units=units))


def accuracy_levels(task: Task) -> tuple[Level, ...]:
    """The baselines with an accuracy, and the criterion if it is about the accuracy."""
    levels = tuple(
        Level(line.accuracy, f"{line.label.partition(':')[0]}: {percent(line.accuracy)}")
        for line in task.baselines
        if line.accuracy is not None
    )
    if task.criterion.metric != "accuracy":
        return levels
    threshold = task.criterion.threshold
    label = f"solved at {percent(threshold)}{counted(task)}"
    if task.whole_sequences and threshold == 1:
        label = "solved when every sequence is right"
    return (*levels, Level(threshold, label, criterion=True))


def loss_meanings(task: Task) -> tuple[str, ...]:
    """What the loss measures, the longest wording first."""
    words = f"loss: {LOSS_UNITS[task.loss]}"
    if task.units is None:
        return (words,)
    return f"{words}, 1 is ({task.units.distance(1.0)})²", words


def accuracy_name(task: Task) -> str:
    """The name of the accuracy beside a number."""
    return f"within {within_text(task)}" if task.loss == "squared_error" else "accuracy"


def accuracy_meanings(task: Task) -> tuple[str, ...]:
    """What the accuracy measures, the longest wording first."""
    long, short = {
        "cross_entropy": ("accuracy: share of right answers", "right answers"),
        "squared_error": (
            f"accuracy: share of answers within {within_text(task)}",
            f"within {within_text(task)}",
        ),
        "legal_symbols": (
            "accuracy: share of steps with all legal symbols ranked first",
            "all legal symbols first",
        ),
    }[task.loss]
    if not task.whole_sequences:
        return long, short
    return f"{long} (markers: whole sequences)", f"{short} (markers: whole sequences)"


def loss_range(
    curves: Sequence[Values],
    diverged: Sequence[Values],
    further: Sequence[Values],
    levels: Sequence[float],
    log: bool,
) -> AxisRange:
    """The loss axis for smoothed curves, each (n,), and levels.  log: a logarithmic axis.

    diverged: curves of diverged nets, which stretch the axis up to a limit.  further:
    generalisation curves, which stretch a logarithmic one a little.
    """
    level = max(levels, default=1.0)
    beyond = [_finite(curve) for curve in further]
    most = max((float(curve.max()) for curve in beyond if len(curve)), default=0.0)
    calm = max((float(curve.max()) for curve in curves if len(curve)), default=0.0)
    wild = max((float(np.nanmax(curve)) for curve in diverged if len(curve)), default=0.0)
    if log:
        reach = _FURTHER_ON_LOG * max(calm, wild, level)
        seen = (curve[curve < reach] for curve in beyond)
        return AxisRange(*_decades([*curves, *diverged, np.array(levels), *seen]))
    reach = max(calm, level, min(wild, _TAME * max(level, calm)))
    high = round_up(reach * _ABOVE)
    return AxisRange(-0.03 * high, high, max(calm, wild, most) > high)


def _decades(curves: Sequence[Values]) -> tuple[float, float]:
    """Powers of ten around the finite values above zero, at most MOST_DECADES apart."""
    values = _finite(np.concatenate([np.empty(0), *curves]))
    values = values[values > 0]
    if not len(values):
        return 0.1, 1.0
    high = math.ceil(math.log10(float(values.max()) * 1.2))
    low = math.floor(math.log10(float(values.min()) * 0.999))
    return 10.0 ** max(low, high - MOST_DECADES), 10.0**high


def _finite(values: Values) -> Values:
    return values[np.isfinite(values)]
