"""One net's measurements in bounded memory: bins of steps, merged in pairs as they fill up.

A bin keeps what is drawn of its steps: the extremes of what was measured, and at its last step the
smoothed curve, which is computed from every step.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeVar

import numpy as np
from numpy.typing import NDArray

from sandbox.drawing.smoothing import Smoothing

if TYPE_CHECKING:
    from sandbox.run.messages import Curve
    from sandbox.store.base import Curves

MOST_BINS = 2**14  # up to so many steps, each has a bin of its own
FIRST_BINS = 2**10
SMOOTHED_OVER = 50
_TAIL = 2 * SMOOTHED_OVER  # newest steps that are kept exactly
_LAST, _COUNT, _SUMS, _SMOOTH = 0, 1, slice(2, 5), slice(5, 7)  # rows of `CurveBuffer._numbers`

Floats = NDArray[np.float32]
F = TypeVar("F", bound=np.floating)


@dataclass(frozen=True)
class Band:
    """A measure in n bins: the lowest, the highest, and the smoothed curve at the last step, (n,).

    While no steps are merged, `low` and `high` are one array: the measurements.
    """

    low: Floats
    high: Floats
    smooth: NDArray[np.float64]


class CurveBuffer:
    """Bins of equal length; when there are too many, each pair becomes one.

    Adding n points takes O(n) amortised; memory is at most 72 bytes a bin.  Arrays given out do not
    change, except in the bin that is being filled.
    """

    def __init__(self, most: int = MOST_BINS) -> None:
        """most: the highest number of bins; even."""
        self._most = most
        self._first = 1
        self._bin = 1  # steps a bin
        self._bins = self._size = 0  # bins begun; steps measured
        self._extremes: Floats = _blank(4, min(FIRST_BINS, most), np.float32)
        self._numbers: NDArray[np.float64] = _blank(7, min(FIRST_BINS, most), np.float64)
        self._tail = np.empty((3, 0))  # step, loss and accuracy of the newest steps
        self._smoothing = (Smoothing(), Smoothing())

    def __len__(self) -> int:
        """The number of measured steps."""
        return self._size

    @property
    def bin(self) -> int:
        """Steps in a bin; 1 while every step is kept."""
        return self._bin

    @property
    def last(self) -> int:
        """The last step, or the one before the first if there is none."""
        return int(self._numbers[_LAST, self._bins - 1]) if self._bins else self._first - 1

    @property
    def steps(self) -> NDArray[np.float64]:
        """The last step of every bin, (n,)."""
        return self._numbers[_LAST, : self._bins]

    @property
    def loss(self) -> Floats:
        """The mean loss of every bin, (n,)."""
        return self._mean(0)

    @property
    def accuracy(self) -> Floats:
        """The mean accuracy of every bin, (n,)."""
        return self._mean(1)

    @property
    def grad_norm(self) -> Floats:
        """The mean gradient norm before clipping of every bin, (n,)."""
        return self._mean(2)

    @property
    def bands(self) -> dict[str, Band]:
        """What is drawn of "loss" and "accuracy"."""
        return {"loss": self._band(0), "accuracy": self._band(1)}

    def extend(self, first: int, curve: Curve) -> None:
        """Add the steps `first`, `first` + 1, …; ValueError if they are not new."""
        count = len(curve.loss)
        if not count:
            return
        if not self._bins:
            self._first = first
        elif first <= self.last:
            raise ValueError(f"step {first} was measured before: the last one is {self.last}")
        values = np.array([curve.loss, curve.accuracy, curve.grad_norm], np.float64)
        smooth = np.array(
            [each.extend(row) for each, row in zip(self._smoothing, values[:2], strict=True)]
        )
        self._make_room(first + count - 1)
        self._put(np.arange(first, first + count), values, smooth)
        self._size += count

    def smoothed(self, since: int = 0, until: int | None = None) -> tuple[float, float] | None:
        """Mean loss and accuracy of the last 50 steps after `since`, or None.

        until: the last step that counts.  The means are exact for the newest steps, and for all
        steps while none are merged.  A merged bin that lies partly in the 50 steps counts for
        that part with the mean of the whole bin.
        """
        stop = self.last if until is None else min(until, self.last)
        start = max(since, stop - SMOOTHED_OVER, self._first - 1)
        if stop <= start:
            return None
        values, weights = self._told_of(start + 1, stop)
        if not weights.any():
            return None
        loss, accuracy = np.average(values, axis=1, weights=weights).tolist()
        return loss, accuracy

    # Bins -----------------------------------------------------------------------------

    def _put(
        self, steps: NDArray[np.int64], values: NDArray[np.float64], smooth: NDArray[np.float64]
    ) -> None:
        places = (steps - self._first) // self._bin
        starts = np.flatnonzero(np.diff(places, prepend=-1))
        ends = np.append(starts[1:], len(steps)) - 1
        self._skip_to(int(places[0]))
        bins = slice(int(places[0]), int(places[-1]) + 1)
        measured = values[:2].astype(np.float32)
        low, high = self._extremes[:2, bins], self._extremes[2:, bins]
        np.fmin(low, np.fmin.reduceat(measured, starts, axis=1), out=low)
        np.fmax(high, np.fmax.reduceat(measured, starts, axis=1), out=high)
        numbers = self._numbers[:, bins]
        numbers[_LAST] = steps[ends]
        numbers[_COUNT] += ends - starts + 1
        with np.errstate(invalid="ignore"):  # infinite losses of both signs
            numbers[_SUMS] += np.add.reduceat(values, starts, axis=1)
        numbers[_SMOOTH] = smooth[:, ends]
        self._bins = bins.stop
        newest = np.vstack([steps, values[:2]])[:, -_TAIL:]
        self._tail = np.concatenate([self._tail, newest], axis=1)[:, -_TAIL:]

    def _skip_to(self, place: int) -> None:
        """Leave bins empty for steps that are lost; nothing is drawn there."""
        begun = self._bins
        if place <= begun:
            return
        lost = np.arange(begun, place)
        self._numbers[_LAST, begun:place] = self._first + (lost + 1) * self._bin - 1
        self._numbers[_SMOOTH, begun:place] = self._numbers[_SMOOTH, begun - 1 : begun]

    def _make_room(self, last: int) -> None:
        """Make more or longer bins, up to this step."""
        while (last - self._first) // self._bin >= self._most:
            self._merge()
        wanted, has = (last - self._first) // self._bin + 1, self._extremes.shape[1]
        if wanted > has:
            capacity = min(max(wanted, 2 * has), self._most)
            self._extremes = _grown(self._extremes, capacity)
            self._numbers = _grown(self._numbers, capacity)

    def _merge(self) -> None:
        """Merge every two bins into one, in new arrays."""
        capacity, halves = self._extremes.shape[1], -(-self._bins // 2)
        low, high = np.split(_grown(self._extremes, 2 * halves).reshape(4, -1, 2), 2)
        before, after = np.moveaxis(_grown(self._numbers, 2 * halves).reshape(7, -1, 2), 2, 0)
        if self._bins % 2:  # the last has no partner yet
            after[_LAST, -1], after[_SMOOTH, -1] = before[_LAST, -1], before[_SMOOTH, -1]
        after[_COUNT] += before[_COUNT]
        with np.errstate(invalid="ignore"):
            after[_SUMS] += before[_SUMS]
        extremes = [np.fmin.reduce(low, axis=2), np.fmax.reduce(high, axis=2)]
        self._extremes = _grown(np.concatenate(extremes), capacity)
        self._numbers = _grown(after, capacity)
        self._bins, self._bin = halves, 2 * self._bin

    # What is read from them -----------------------------------------------------------

    def _band(self, measure: int) -> Band:
        low = self._extremes[measure, : self._bins]
        high = low if self._bin == 1 else self._extremes[2 + measure, : self._bins]
        return Band(low, high, self._numbers[_SMOOTH][measure, : self._bins])

    def _mean(self, measure: int) -> Floats:
        if self._bin == 1 and measure < 2:
            return self._extremes[measure, : self._bins]
        sums, counts = self._numbers[_SUMS][measure], self._numbers[_COUNT]
        with np.errstate(invalid="ignore"):  # empty bins
            mean: Floats = (sums[: self._bins] / counts[: self._bins]).astype(np.float32)
        return mean

    def _told_of(self, first: int, last: int) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """Losses and accuracies (2, n) of the steps `first` to `last`, and their weights (n,)."""
        if first >= self._tail[0, 0]:
            newest = self._tail[:, (self._tail[0] >= first) & (self._tail[0] <= last)]
            return newest[1:], np.ones(newest.shape[1])
        begin, end = ((step - self._first) // self._bin for step in (first, last))
        numbers = self._numbers[:, begin : end + 1]
        numbers = numbers[:, numbers[_COUNT] > 0]
        starts = self._first + (numbers[_LAST] - self._first) // self._bin * self._bin
        lie_in = np.minimum(numbers[_LAST], last) - np.maximum(starts, first) + 1
        return numbers[_SUMS][:2] / numbers[_COUNT], np.maximum(lie_in, 0)


def _blank(rows: int, bins: int, kind: type[F]) -> NDArray[F]:
    """Empty bins: no extremes, and sums of zero."""
    return np.full((rows, bins), np.nan if rows == 4 else 0.0, kind)


def _grown(array: NDArray[F], bins: int) -> NDArray[F]:
    grown = _blank(len(array), bins, array.dtype.type)
    kept = min(bins, array.shape[1])
    grown[:, :kept] = array[:, :kept]
    return grown


@dataclass(frozen=True)
class Detail:
    """The steps `first` to `last` of a run, as far as they are stored.

    curves: by net's key, steps (n,) and (loss, accuracy, grad_norm), each (n,).
    """

    run: str
    first: int
    last: int
    curves: Curves
