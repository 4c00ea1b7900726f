"""Ranges of colours and axes, the positions of values within them, and the gradient on its axis."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np

from sandbox.drawing.wording import power_of_ten

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from numpy.typing import NDArray

    from sandbox.engine.trace import Trace
    from sandbox.tasks.shown import ShownSequence

MOST_DECADES = 20
FEWEST_DECADES = 3
LARGEST_LIMIT = 3.0  # tanh(3) = 0.995: beyond it the output hardly changes
PATIENCE = 45  # updates in a row: 1.5 s of frames at 30 Hz
LEAST_SHARE = 0.02
CELL_STATE = "cell"  # the picture whose values the net reads through tanh
COLOURS = 256  # of a colour map; the entry after them is the colour of NaN
FINE = (1.0, 1.2, 1.5, 2.0, 2.5, 3.0, 4.0, 5.0, 6.0, 8.0)
COARSE = (1.0, 1.5, 2.0, 3.0, 5.0, 7.0)
_BELOW = 1 - 1e-6  # of the lowest decade; smaller values count as below it


def round_up(value: float, mantissas: Sequence[float] = FINE) -> float:
    """The smallest mantissa times a power of ten >= value; 1 unless it is finite and above 0."""
    if not math.isfinite(value) or value <= 0:
        return 1.0
    power = 10.0 ** math.floor(math.log10(value))
    least = value * (1 - 1e-9)
    return next((n * power for n in mantissas if n * power >= least), 10 * power)


def share_end(most: float) -> float:
    """Where an axis of shares ends: a round number, at most 1; smaller effects are noise."""
    return min(round_up(max(most, LEAST_SHARE)), 1.0)


# -- colours ----------------------------------------------------------------------------


def limits(kind: str, limit: float) -> tuple[float, float]:
    """The values at the two ends of a picture's colours; ±`limit` if it is unbounded.

    kind: as in `cells.cell.Picture`.
    """
    if kind == "gate":
        return 0.0, 1.0
    return (-1.0, 1.0) if kind == "signed" else (-limit, limit)


def limit_of(arrays: Iterable[NDArray[np.floating]]) -> float:
    """A round number above the magnitude of all but the largest 1% of each array; at least 1.

    So one large unit does not fade the others.
    """
    return round_up(max([1.0, *map(_large, arrays)]), COARSE)


def cell_limit(arrays: Iterable[NDArray[np.floating]]) -> float:
    """The limit shared by all cell states, at most LARGEST_LIMIT.

    h_t = o * tanh(c_t): a cell state that has grown to 30 must not make what was written at the
    cue invisible.
    """
    return min(limit_of(arrays), LARGEST_LIMIT)


def colour_index(values: NDArray[np.floating], low: float, high: float) -> NDArray[np.intp]:
    """The index of each value in a map of COLOURS colours, in the shape of `values`.

    Values beyond an end take its colour; NaN has the index COLOURS.
    """
    with np.errstate(invalid="ignore", over="ignore"):
        scaled = (values - low) * ((COLOURS - 1) / (high - low)) + 0.5
    index = np.where(np.isnan(scaled), COLOURS, np.clip(scaled, 0, COLOURS - 1))
    return index.astype(np.intp)


def _large(array: NDArray[np.floating]) -> float:
    """The 99th percentile of the finite magnitudes; 0 if there are none."""
    finite = np.abs(array[np.isfinite(array)])
    if not finite.size:
        return 0.0
    place = (finite.size - 1) * 99 // 100
    return float(np.partition(finite, place)[place])


# -- decades ----------------------------------------------------------------------------


def decades(curves: Iterable[NDArray[np.floating]]) -> tuple[int, int] | None:
    """Exponents of ten that enclose all values above zero, 3 to 20 apart.

    None if there is no such value.
    """
    values = np.concatenate([np.ravel(curve) for curve in curves] or [np.empty(0)])
    values = values[np.isfinite(values) & (values > 0)]
    if not len(values):
        return None
    high = math.ceil(math.log10(values.max()) - 1e-6)
    low = math.floor(math.log10(values.min()) + 1e-6)
    return max(min(low, high - FEWEST_DECADES), high - MOST_DECADES), high


def decade_ticks(low: int, high: int, height: float, pitch: float) -> list[int]:
    """The exponents from low to high to label on an axis of this height.

    They are a round number of decades and at least `pitch` apart.
    """
    least = (high - low) * pitch / max(height, 1.0)
    every = next((n for n in (1, 2, 3, 4, 5, 6, 8, 10) if n >= least), 20)
    return [exponent for exponent in range(low, high + 1) if exponent % every == 0]


class PatientRange:
    """A range that grows at once but shrinks only after many updates that need less.

    So colours and axes do not jump from frame to frame.
    """

    def __init__(self, low: float, high: float, most: float = math.inf) -> None:
        """most: the largest distance of the ends; the lower one moves up."""
        self.low, self.high, self._most = low, high, most
        self._fresh, self._calm = True, 0

    def update(self, low: float, high: float) -> None:
        """Adapt to the range that is needed now."""
        self._calm = self._calm + 1 if self.low <= low and high <= self.high else 0
        if (low, high) == (self.low, self.high):
            self._calm = 0
        if self._fresh or self._calm > PATIENCE:
            self.low, self.high, self._fresh, self._calm = low, high, False, 0
        else:
            self.low, self.high = min(self.low, low), max(self.high, high)
        self.low = max(self.low, self.high - self._most)


# -- the gradient through time ----------------------------------------------------------


def gradient_norms(
    trace: Trace, sequence: ShownSequence, relative: bool = False
) -> NDArray[np.float64]:
    """‖dL/dh_t‖₂ at each step of the shown sequence, (T,); L is its mean loss.

    relative: divided by the value at the question, unless that is 0.
    """
    gradient = trace.arrays["grad_hidden"][: sequence.length, sequence.index]
    with np.errstate(all="ignore"):
        norms: NDArray[np.float64] = np.linalg.norm(gradient.astype(np.float64), axis=1)
        at_question = norms[sequence.asked_at]
        return norms / at_question if relative and at_question else norms


def gradient_label(title: str, norms: NDArray[np.float64]) -> str:
    """A curve's name, with the reason if the curve (T,) cannot be seen."""
    if not np.all(np.isfinite(norms)):
        return f"{title}: not a finite number"
    return title if norms.any() else f"{title}: none, its loss is 0"


def floor_label(curves: Iterable[NDArray[np.float64]], low: int) -> str:
    """The label below the lowest decade, 10**low, of an axis: "<1e-20", or "" for none."""
    below = [norms[norms < 10.0**low * _BELOW] for norms in curves]
    return f"<{power_of_ten(low)}" if any(len(norms) for norms in below) else ""


def gradient_heights(
    norms: NDArray[np.float64], decades: tuple[int, int], top: float, bottom: float, floor: float
) -> NDArray[np.float64]:
    """The y of each value (T,), downwards: 10**high at `top`, 10**low at bottom - floor.

    NaN stays NaN, infinity is at the top; zero and values below 10**low are on the floor.
    """
    low, high = decades
    with np.errstate(divide="ignore", invalid="ignore"):
        shares = (high - np.log10(norms)) / (high - low)
    y = top + np.clip(shares, 0.0, 1.0) * (bottom - floor - top)
    return np.where(shares > 1.0 + 1e-9, bottom - 2.0, y)
