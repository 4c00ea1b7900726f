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

    def holds(self, other: Box) -> bool:
        """Whether the other one lies inside."""
        across = self.left <= other.left and other.right <= self.right
        return across and self.top <= other.top and other.bottom <= self.bottom

    def meets(self, other: Box) -> bool:
        """Whether the two overlap."""
        across = self.left < other.right and other.left < self.right
        return across and self.top < other.bottom and other.top < self.bottom


class Placing:
    """The free space of a plot: its frame, its curves' points (n, 2), and the boxes taken."""

    def __init__(self, frame: Box, points: NDArray[np.float64]) -> None:
        self.frame, self._points = frame, points
        self.taken: list[Box] = []

    def place(self, boxes: Sequence[Box], last: int = -1, most: float = math.inf) -> int:
        """Take the free box that covers the fewest points of curves, the first if several do.

        Returns its index in `boxes`, or -1 if none is free or the best covers more than `most`
        points.  last: the box taken the previous time, kept unless another is clearly better.
        """
        free = [n for n, box in enumerate(boxes) if self._is_free(box)]
        if not free:
            return -1
        covered = dict(zip(free, self._covered([boxes[n] for n in free]), strict=True))
        best = min(free, key=lambda n: (covered[n], n))
        if covered[best] > most:
            return -1
        keeps = last in covered and covered[last] <= covered[best] + _WORTH_MOVING
        chosen = last if keeps else best
        self.taken.append(boxes[chosen])
        return chosen

    def _is_free(self, box: Box) -> bool:
        return self.frame.holds(box) and not any(box.meets(other) for other in self.taken)

    def _covered(self, boxes: Sequence[Box]) -> list[int]:
        """How many points of the curves lie in each box."""
        x, y = self._points[:, :1], self._points[:, 1:]
        left, top, width, height = np.array(boxes).T
        inside = (x > left) & (x < left + width) & (y > top) & (y < top + height)
        return [int(count) for count in np.count_nonzero(inside, axis=0)]


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


def spread(wanted: Sequence[float], low: float, high: float, pitch: float) -> list[float]:
    """Positions moved as little as needed to be `pitch` apart and between low and high.

    In the order of `wanted`, which need not be sorted.  If there is too little room, they extend
    beyond `low`.
    """
    order = sorted(range(len(wanted)), key=lambda n: wanted[n])
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
    then all are placed again.
    """

    def __init__(self) -> None:
        self._before: dict[Any, float] = {}
        self._room: tuple[float, ...] = ()

    def place(
        self, ends: Mapping[K, float], low: float, high: float, pitch: float
    ) -> dict[K, float]:
        """The middle of each name's line; ends: the height at which each curve ends."""
        half = pitch / 2
        middles = spread(list(ends.values()), low + half, high - half, pitch)
        ideal = dict(zip(ends, middles, strict=True))
        room = (low, high, pitch)
        same = room == self._room and ideal.keys() == self._before.keys()
        if not same or any(abs(ideal[k] - self._before[k]) > _PATIENCE * pitch for k in ideal):
            self._before, self._room = ideal, room
        return {key: self._before[key] for key in ends}
