"""Where steps stand on the axis that all curves share: at their number, or at their time."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from sandbox.gui.session.clock import UNTIMED, Clock

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from sandbox.drawing.thinning import Values

FEWEST_STEPS = 100.0
FEWEST_SECONDS = 1.0
_NICE_ENDS = (1.0, 1.2, 1.5, 2.0, 2.5, 3.0, 4.0, 5.0, 6.0, 8.0)


@dataclass(frozen=True)
class Along:
    """The axis of one run's curves: training steps, or seconds of training by its clock."""

    by_time: bool = False
    clock: Clock = UNTIMED

    def __call__(self, steps: NDArray[np.float64]) -> NDArray[np.float64]:
        """Steps (n,) on the axis, (n,)."""
        return self.clock.seconds(steps) if self.by_time else steps

    def place(self, step: float) -> float:
        """One step on the axis."""
        return float(self.clock.seconds(np.array([step]))[0]) if self.by_time else float(step)

    def step(self, x: float) -> int:
        """The step that is nearest to a place on the axis."""
        return round(self.clock.step(x) if self.by_time else x)

    def end(self, needed: float) -> float:
        """The axis' end: a round number that leaves as much room as is needed."""
        return nice_end(needed, FEWEST_SECONDS if self.by_time else FEWEST_STEPS)


def nice_end(needed: float, fewest: float = FEWEST_STEPS) -> float:
    """The end of an axis: 100, 120, 150, 200, 250, 300, 400, …, or `fewest` where that is more."""
    if needed <= fewest:
        return fewest
    power = 10.0 ** math.floor(math.log10(needed))
    return next((n * power for n in _NICE_ENDS if n * power >= needed), 10.0 * power)


def nice_top(value: float) -> float:
    """The top of a value axis: 1, 1.5, 2, 2.5, 3, 4, 5, 6, 8 times a power of ten."""
    power = 10.0 ** math.floor(math.log10(value)) if value > 0 and math.isfinite(value) else 1.0
    tops = (n * power for n in (1, 1.5, 2, 2.5, 3, 4, 5, 6, 8))
    return next((top for top in tops if top >= value), 10 * power)


def loss_range(curves: Sequence[Values], baselines: list[float], log: bool) -> tuple[float, float]:
    """The ends of the loss axis that shows these smoothed curves and baselines."""
    highest = max([*baselines, *(float(c.max()) for c in curves if len(c))], default=1.0)
    if not log:
        top = nice_top(highest * 1.15)
        return -0.03 * top, top
    known = [c[c > 0] for c in (*curves, np.array(baselines))]
    lows = [float(part.min()) for part in known if len(part)]
    low = 10.0 ** math.floor(math.log10(min(lows, default=0.1)))
    return low, 10.0 ** math.ceil(math.log10(highest * 1.2))
