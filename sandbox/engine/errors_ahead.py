"""How far from the truth forecasts are, by the number of steps ahead, beside simple forecasts."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from sandbox.engine.free_running import MOST, ahead

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray

    from sandbox.engine.compilation import Net
    from sandbox.tasks.base import Task

PLACES = 200  # from which is forecast
FEWEST = 12  # steps ahead, unless a person wants others


@dataclass(frozen=True)
class ErrorsAhead:
    """Root mean squared errors of forecasts 1 to H steps ahead, in the series' unit.

    nets: by contestant, (H,), NaN where an answer was not finite.  simple: of simple forecasts, by
    name, (H,).  places: how many forecasts each is the mean of.
    """

    nets: Mapping[str, NDArray[np.float64]]
    simple: Mapping[str, NDArray[np.float64]]
    unit: str
    places: int

    @property
    def steps(self) -> int:
        """The farthest forecast, H."""
        return len(next(iter(self.simple.values())))

    def better_until(self, key: str) -> int:
        """Up to how many steps ahead a net is better than every simple forecast; 0 for none."""
        best = np.min(list(self.simple.values()), axis=0)
        worse = np.flatnonzero(~(self.nets[key] < best))
        return int(worse[0]) if len(worse) else self.steps


def steps_to_forecast(task: Task) -> int:
    """How many steps ahead to forecast if nobody says otherwise: a season, within limits."""
    gap = getattr(task.params, task.gap_field) if task.gap_field else 0
    return min(max(gap, FEWEST), MOST)


def errors_ahead(nets: Mapping[str, Net], task: Task, steps: int) -> ErrorsAhead | None:
    """Errors of every net's forecasts up to `steps` steps ahead, fed on its own.

    None if the task forecasts nothing, or holds out fewer values.
    """
    wanted = task.ahead(steps, PLACES)
    if wanted is None:
        return None
    found = {}
    for key, net in nets.items():
        answers = ahead(net, task, wanted.read, steps - 1)
        if answers is None:
            return None
        found[key] = answers[-steps:, :, 0].T.astype(np.float64)

    def error(forecasts: NDArray[np.float64], known: NDArray[np.bool_]) -> NDArray[np.float64]:
        squares = np.where(known, (forecasts - wanted.values) ** 2, 0.0)
        return np.asarray(np.sqrt(squares.sum(axis=0) / known.sum(axis=0)) * wanted.scale)

    known = np.isfinite(wanted.values)
    return ErrorsAhead(
        {key: error(forecasts, known) for key, forecasts in found.items()},
        {name: error(forecasts, known) for name, forecasts in wanted.simple.items()},
        wanted.unit,
        len(wanted.values),
    )


def better_in_words(found: ErrorsAhead, key: str, title: str) -> str:
    """Up to where a net is better than simple forecasts, in a sentence."""
    until = found.better_until(key)
    if until == found.steps:
        return f"{title} is better than every simple forecast at all {until:,} steps ahead."
    if not until:
        return f"{title} is not better than the best simple forecast, not even one step ahead."
    steps = "one step" if until == 1 else f"{until:,} steps"
    return f"{title} is better than every simple forecast up to {steps} ahead, not further."
