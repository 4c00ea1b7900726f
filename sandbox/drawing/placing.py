"""Placing labels on a plot: important ones first, and without overlap."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any, NamedTuple, TypeVar

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Hashable, Mapping, Sequence

    from numpy.typing import NDArray

K = TypeVar("K", bound="Hashable")
# Heights at which a vertical line may be labelled, as shares of the plot's.
_SHARES = (0.42, 0.56, 0.28, 0.7, 0.14, 0.84, 0.0, 1.0)
_WORTH_MOVING = 6  # a label moves to cover at least this many fewer points
_SQUARE = 2.0  # pixels or points
_PATIENCE = 1.5  # lines that a label may be off its place before all labels move


class Box(NamedTuple):
    """A rectangle in pixels or points, y growing downwards."""

    left: float
    top: float
    width: float
    height: float

    @property
    def right(self) -> float:
        """Its right side."""
        return self.left + self.width

    @property
    def bottom(self) -> float:
        """Its lower side."""
        return self.top + self.height


class Placing:
    """The free space of a plot: its frame, its curves' points (n, 2), and the boxes taken.

    Points are counted in squares: a plot has thousands, and tries dozens of boxes.
    """

    def __init__(self, frame: Box, points: NDArray[np.float64]) -> None:
        self.frame = frame
        self._taken: list[Box] = []
        self._size = int(frame.width // _SQUARE) + 1, int(frame.height // _SQUARE) + 1
        columns, rows = self._size
        with np.errstate(invalid="ignore"):
            squares = np.floor((points - frame[:2]) / _SQUARE)
        seen = squares[((squares >= 0) & (squares < self._size)).all(axis=1)].astype(np.intp)
        counts = np.bincount(seen[:, 1] * columns + seen[:, 0], minlength=columns * rows)
        # How many points are above and left of each corner of a square.
        self._before = np.zeros((rows + 1, columns + 1), np.intp)
        self._before[1:, 1:] = counts.reshape(rows, columns).cumsum(axis=0).cumsum(axis=1)

    def place(self, boxes: Sequence[Box], last: int = -1, most: float = math.inf) -> int:
        """Take the free box that covers the fewest points of curves, the first if several do.

        Returns its index in `boxes`, or -1 if none is free or the best covers more than `most`
        points.  last: the box taken the previous time, kept unless another is clearly better.
        """
        tried = np.array(boxes)
        covered = np.where(self._are_free(tried), self._covered(tried), math.inf)
        best = int(covered.argmin())
        if math.isinf(covered[best]) or covered[best] > most:
            return -1
        keeps = 0 <= last < len(boxes) and covered[last] <= covered[best] + _WORTH_MOVING
        chosen = last if keeps else best
        self._taken.append(boxes[chosen])
        return chosen

    def _are_free(self, boxes: NDArray[np.float64]) -> NDArray[np.bool_]:
        """Which boxes (n, 4) lie in the frame and overlap no taken one, (n,)."""
        left, top, right, bottom = _sides(boxes)
        frame, taken = self.frame, _sides(np.array(self._taken).reshape(-1, 4, 1))
        across, down = (left >= frame.left) & (right <= frame.right), bottom <= frame.bottom
        meets = (left < taken[2]) & (taken[0] < right) & (top < taken[3]) & (taken[1] < bottom)
        return np.asarray(across & down & (top >= frame.top) & ~meets.any(axis=0))

    def _covered(self, boxes: NDArray[np.float64]) -> NDArray[np.intp]:
        """How many points of the curves lie in each box, (n,)."""
        corner, before = np.array(self.frame[:2]), self._before
        ends = boxes[:, :2] - corner, boxes[:, :2] + boxes[:, 2:] - corner
        corners = (np.clip(np.rint(end / _SQUARE), 0, self._size).astype(np.intp) for end in ends)
        (left, top), (right, bottom) = (each.T for each in corners)
        inside = before[bottom, right] - before[top, right] - before[bottom, left]
        return np.asarray(inside + before[top, left])


def _sides(boxes: NDArray[np.float64]) -> tuple[NDArray[np.float64], ...]:
    """Left, top, right and bottom of boxes (n, 4, …), each (n, …)."""
    left, top, width, height = (boxes[:, n] for n in range(4))
    return left, top, left + width, top + height


def beside_line(frame: Box, y: float, width: float, height: float) -> list[Box]:
    """Boxes just above or below a horizontal line, the right end first, the left end last."""
    room = max(frame.width - width - 8, 0.0)
    lefts = [frame.left + 4 + room * share for share in (1.0, 0.5, 0.75, 0.25, 0.0)]
    return [Box(left, top, width, height) for left in lefts for top in (y - height - 2, y + 2)]


def beside_moment(frame: Box, x: float, width: float, height: float) -> list[Box]:
    """Boxes to the right or left of a vertical line, the middle first; then some across it."""
    room = max(frame.height - height, 0.0)
    tops = [frame.top + float(round(room * share)) for share in _SHARES]
    across = min(max(x - width / 2, frame.left), max(frame.right - width, frame.left))
    lefts = ((x + 3, x - width - 2), (across,))
    return [Box(left, top, width, height) for each in lefts for top in tops for left in each]


def spread(
    wanted: Sequence[float], low: float, high: float, pitch: float, keep: bool = False
) -> list[float]:
    """Positions moved as little as needed to be `pitch` apart and between low and high.

    In the order of `wanted`, which need not be sorted; keep: each below the one before it.  If
    there is too little room, they extend beyond `low`.
    """
    order = sorted(range(len(wanted)), key=lambda n: 0.0 if keep else wanted[n])
    placed = [0.0] * len(wanted)
    before = low - pitch
    for n in order:
        placed[n] = before = max(wanted[n], before + pitch)
    after = high + pitch
    for n in reversed(order):
        placed[n] = after = min(placed[n], after - pitch)
    return placed


class EndLabels:
    """The heights of names at the curves' right ends, which stay while the curves move a little.

    All names stay until one is more than a line and a half from its place, or the names change;
    then all are placed again.  Only a curve that ends so far beyond another takes its turn.
    """

    def __init__(self) -> None:
        self._before: dict[Any, float] = {}
        self._room: tuple[float, ...] = ()

    def place(
        self, ends: Mapping[K, float], low: float, high: float, pitch: float
    ) -> dict[K, float]:
        """The middle of each name's line; ends: the height at which each curve ends."""
        half, order = pitch / 2, sorted(ends, key=lambda key: self._before.get(key, ends[key]))
        for n in range(1, len(order)):
            while n and ends[order[n - 1]] - ends[order[n]] > _PATIENCE * pitch:
                order[n - 1 : n + 1] = order[n], order[n - 1]
                n -= 1
        middles = spread([ends[k] for k in order], low + half, high - half, pitch, keep=True)
        ideal = dict(zip(order, middles, strict=True))
        room = (low, high, pitch)
        same = room == self._room and ideal.keys() == self._before.keys()
        if not same or any(abs(ideal[k] - self._before[k]) > _PATIENCE * pitch for k in ideal):
            self._before, self._room = ideal, room
        return {key: self._before[key] for key in ends}
