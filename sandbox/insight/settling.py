"""What becomes of states under constant input: they settle, go round, drift or wander."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

    from sandbox.insight.fixed_points import Map

    Floats = NDArray[np.float64]

STEPS = 400
TAIL, LAGS, WATCHED = 128, 64, 32  # last steps; periods that are tried; runs of which they are kept
SETTLED = 1e-3  # of the spread a step, at the end
BACK = 0.2  # of the way round: a state that comes this near is back where it was
LASTING = 0.9  # of its size: a circle that is left in the second half of the tail
PLACE = 0.1  # of the spread: ends nearer than this are one place


@dataclass(frozen=True)
class Settling:
    """Where N states are after `steps` steps.

    ends (N, D).  pace (N,): how far they moved a step in the tail, as a share of the spread.
    place (N,): a number for each place where some settled, -1 for those that did not.  periods
    (W,): of the first W states, in steps, NaN where there is none.
    """

    steps: int
    ends: Floats
    pace: Floats
    place: NDArray[np.intp]
    periods: Floats

    @property
    def settled(self) -> float:
        """The share of states that hardly move any more."""
        return float((self.pace <= SETTLED).mean())

    @property
    def places(self) -> int:
        """In how many places they did."""
        return int(self.place.max(initial=-1)) + 1

    @property
    def period(self) -> float:
        """Steps after which most of the states are back again; NaN if most have no period."""
        there = self.periods[np.isfinite(self.periods)]
        return float(np.median(there)) if 2 * len(there) > len(self.periods) else float("nan")


def settling(
    drive: Map, starts: Floats, spread: float, stop: Callable[[], bool] = lambda: False
) -> Settling | None:
    """Run states (N, D) forward; None if `stop` said so."""
    state, tail = np.array(starts, np.float64), []
    paces = np.zeros(len(state))
    with np.errstate(over="ignore", invalid="ignore"):  # where states grow without bound
        for step in range(STEPS):
            if stop():
                return None
            after = drive.step(state)
            if step >= STEPS - TAIL:
                paces += np.linalg.norm(after - state, axis=1) / TAIL / spread
                tail.append(after[:WATCHED])
            state = after
        places = _places(state, paces <= SETTLED, PLACE * spread)
        periods = _periods(np.stack(tail, axis=1))
    periods = np.where(paces[:WATCHED] <= SETTLED, np.nan, periods)
    return Settling(STEPS, state, paces, places, periods)


def run_on(
    drive: Map, starts: Floats, steps: int = STEPS, stop: Callable[[], bool] = lambda: False
) -> Floats:
    """States (N, D) so many steps later, or fewer if `stop` said so."""
    state = np.array(starts, np.float64)
    for _ in range(steps):
        if stop():
            break
        state = drive.step(state)
    return state


def _periods(tails: Floats) -> Floats:
    """The first lag at which each path (N, TAIL, D) is back where it was, NaN if none, (N,)."""
    count = TAIL - LAGS
    far = np.stack(
        [
            np.linalg.norm(tails[:, lag : lag + count] - tails[:, :count], axis=2).mean(axis=1)
            for lag in range(LAGS + 1)
        ],
        axis=1,
    )
    nearest = (far[:, 2:-1] <= far[:, 1:-2]) & (far[:, 2:-1] <= far[:, 3:])
    back = nearest & (far[:, 2:-1] <= BACK * far.max(axis=1, keepdims=True))
    sizes = [half.std(axis=1).max(axis=1) for half in np.array_split(tails, 2, axis=1)]
    lasting = sizes[1] >= LASTING * sizes[0]
    return np.where(back.any(axis=1) & lasting, back.argmax(axis=1) + 2.0, np.nan)


def _places(ends: Floats, settled: NDArray[np.bool_], near: float) -> NDArray[np.intp]:
    """Numbers of places: ends that are joined by steps of at most `near` are one; -1 elsewhere."""
    place = np.full(len(ends), -1)
    squares = (ends**2).sum(axis=1)
    apart = squares[:, None] + squares - 2 * ends @ ends.T
    joined = apart <= near**2
    for first in np.flatnonzero(settled):
        if place[first] < 0:
            inside = np.zeros(len(ends), bool)
            inside[first] = True
            while True:
                wider = settled & joined[inside].any(axis=0)
                if (wider == inside).all():
                    break
                inside = wider
            place[inside] = place.max() + 1
    return place
