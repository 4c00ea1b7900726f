"""Fixed and slow points of a layer under constant input (Sussillo & Barak 2013).

The speed q(x) = ½‖F(x) - x‖² is minimised from many starts at once, by Levenberg and Marquardt's
method with the exact Jacobian of F.  A damping that never falls below a floor keeps points from
sliding along directions in which the net hardly moves, so they show where it is slow; without the
floor they then run on to where it stands still.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Protocol

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from numpy.typing import NDArray

    Floats = NDArray[np.float64]

ROUNDS = 30  # steps of the method, with the floor and without
FLOOR = 1e-3  # directions that change by less than its root a step, 3%, count as slow
NO_FLOOR = 1e-12  # what is left of it keeps a singular Jacobian solvable
FIRST, LARGEST, FACTOR = 1e-1, 1e8, 5.0  # of the damping
FIXED, SLOW = 1e-7, 1e-3  # how far a point moves a step, as a share of the spread
APART = 0.02  # of the spread: nearer points are one
NEUTRAL = 0.01  # an eigenvalue's size this near 1: time constants from 100 steps on
TINY = 1e-300  # an eigenvalue below it is zero


class Map(Protocol):
    """F: flat states and what becomes of them."""

    def step(self, states: Floats) -> Floats:
        """Flat states (N, D) a step later."""

    def jacobian(self, states: Floats) -> tuple[Floats, Floats]:
        """The same, and their derivatives by the states before, (N, D, D)."""


@dataclass(frozen=True)
class FixedPoint:
    """A point where a layer stands still or is slow.

    state (D,): flat.  moves: ‖F(x) - x‖.  fixed: whether it stands still; else it is slow.
    eigenvalues (D,) of the Jacobian of F, largest first.  slowest (D,): the real part of the first
    one's eigenvector, of length 1.
    """

    state: Floats
    moves: float
    fixed: bool
    eigenvalues: NDArray[np.complex128]
    slowest: Floats

    @property
    def speed(self) -> float:
        """Q = ½‖F(x) - x‖²."""
        return 0.5 * self.moves**2

    @cached_property
    def time_constants(self) -> Floats:
        """Steps in which a deviation shrinks e-fold, (D,), -1 / ln|λ|.

        Negative where it grows, infinite where it stays.
        """
        sizes = np.maximum(np.abs(self.eigenvalues), TINY)
        with np.errstate(divide="ignore"):
            return np.where(sizes == 1, np.inf, -1 / np.log(sizes))

    @property
    def unstable(self) -> int:
        """In how many directions deviations grow."""
        return int((np.abs(self.eigenvalues) > 1 + NEUTRAL).sum())

    @property
    def neutral(self) -> int:
        """In how many directions deviations last: by 1% a step at most they shrink or grow."""
        return int((np.abs(np.abs(self.eigenvalues) - 1) <= NEUTRAL).sum())

    @property
    def words(self) -> str:
        """In a few words: "fixed point, saddle with 2 unstable directions"."""
        kind = "fixed point" if self.fixed else "slow point"
        count = self.unstable or self.neutral
        directions = f"direction{'s' if count > 1 else ''}"
        if self.unstable:
            return f"{kind}, saddle with {count} unstable {directions}"
        return f"{kind}, {count} neutral {directions}" if count else f"{kind}, stable"


def fixed_points(
    drive: Map,
    starts: Floats,
    spread: float,
    centre: Floats,
    reach: float,
    stop: Callable[[], bool] = lambda: False,
) -> tuple[FixedPoint, ...] | None:
    """Fixed and slow points from starts (N, D), those that move least first; None if stopped.

    spread: the scale of "slow", "still" and "one".  Points farther than `reach` from the centre
    (D,) are left out: no sequence leads there.
    """
    slow = minimise(drive, starts, FLOOR, FIXED * spread, stop)
    slow = _kept(drive, slow, SLOW * spread, spread, centre, reach)
    still = minimise(drive, slow, NO_FLOOR, FIXED * spread, stop)
    still = _kept(drive, still, FIXED * spread, spread, centre, reach)
    points = _kept(drive, np.concatenate([still, slow]), SLOW * spread, spread, centre, reach)
    return None if stop() else tuple(_described(drive, points, spread))


def minimise(
    drive: Map,
    starts: Floats,
    floor: float,
    enough: float,
    stop: Callable[[], bool] = lambda: False,
) -> Floats:
    """States (N, D) near starts at which q is least: see this module's docstring.

    enough: a point that moves less is left where it is.  Each point has a damping of its own,
    which shrinks after a step that lowers q, and otherwise grows and the step is not taken.
    """
    x = np.array(starts, np.float64)
    damping, unit = np.full(len(x), FIRST), np.eye(x.shape[1])
    for _ in range(ROUNDS):
        moved = _lengths(drive.step(x) - x)
        going = np.flatnonzero(np.isfinite(moved) & (moved > enough) & (damping < LARGEST))
        if not len(going) or stop():
            break
        after, slopes = drive.jacobian(x[going])
        left, slopes = after - x[going], slopes - unit
        square = np.swapaxes(slopes, 1, 2) @ slopes + damping[going, None, None] * unit
        toward = np.swapaxes(slopes, 1, 2) @ left[..., None]
        tried = x[going] - np.linalg.solve(square, toward)[..., 0]
        better = _lengths(drive.step(tried) - tried) < moved[going]
        x[going[better]] = tried[better]
        shrunk = np.maximum(damping[going] / FACTOR, floor)
        damping[going] = np.where(better, shrunk, damping[going] * FACTOR)
    return x


def _kept(
    drive: Map, states: Floats, most: float, spread: float, centre: Floats, reach: float
) -> Floats:
    """States that move by at most `most`, within reach, each once: the one that moves least."""
    moved = _lengths(drive.step(states) - states)
    near = _lengths(states - centre) <= reach
    order = [n for n in np.argsort(moved, kind="stable") if near[n] and moved[n] <= most]
    kept: list[int] = []
    for n in order:
        if not kept or _lengths(states[kept] - states[n]).min() > APART * spread:
            kept.append(int(n))
    return states[kept]


def _described(drive: Map, states: Floats, spread: float) -> Iterator[FixedPoint]:
    if not len(states):
        return
    after, slopes = drive.jacobian(states)
    values, vectors = np.linalg.eig(slopes)
    for n, moved in enumerate(_lengths(after - states)):
        order = np.argsort(-np.abs(values[n]), kind="stable")
        first = vectors[n][:, order[0]].real
        length = max(float(np.linalg.norm(first)), TINY)
        fixed = bool(moved <= FIXED * spread)
        yield FixedPoint(states[n], float(moved), fixed, values[n][order], first / length)


def _lengths(rows: Floats) -> Floats:
    with np.errstate(over="ignore", invalid="ignore"):
        return np.asarray(np.linalg.norm(rows, axis=-1))
