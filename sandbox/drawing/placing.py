"""Where labels stand on a plot: greedily, the important ones first, none over another."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from PySide6.QtCore import QRectF

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

LINE_HEIGHT = 14.0
BOX_HEIGHT = 13.0
_SHARES = (
    0.42,
    0.56,
    0.28,
    0.7,
    0.14,
    0.84,
    0.0,
    1.0,
)  # of a plot's height, where a moment may be named
_ROWS = sorted(range(-6, 7), key=abs)  # over and under a curve's end, where it may be named
_WORTH_MOVING = 6  # points of curves that a label covers more than it would elsewhere


class Placing:
    """Boxes of a plot that are taken, and the points of its curves (n, 2) in pixels."""

    def __init__(self, rect: QRectF, points: NDArray[np.float64]) -> None:
        self.rect, self._points = rect, points
        self.taken: list[QRectF] = []

    def place(self, boxes: Sequence[QRectF], last: int = -1, later: float = 0.0) -> int:
        """The free box that covers least of the curves, the first of equals; -1 where none is.

        last: the box of the time before, kept unless another one is clearly better.
        later: how many points of curves a box counts as more than the one before it.
        """
        free = [n for n, box in enumerate(boxes) if self._is_free(box)]
        if not free:
            return -1
        covered = self._covered([boxes[n] for n in free])
        costs = {n: points + later * n for n, points in zip(free, covered, strict=True)}
        best = min(free, key=lambda n: (costs[n], n))
        chosen = last if last in costs and costs[last] <= costs[best] + _WORTH_MOVING else best
        self.taken.append(boxes[chosen])
        return chosen

    def _is_free(self, box: QRectF) -> bool:
        return self.rect.contains(box) and not any(box.intersects(other) for other in self.taken)

    def _covered(self, boxes: Sequence[QRectF]) -> list[int]:
        """How many points of the curves lie in each box."""
        x, y = self._points[:, :1], self._points[:, 1:]
        left, top, right, bottom = np.array([box.getCoords() for box in boxes]).T
        inside = (x > left) & (x < right) & (y > top) & (y < bottom)
        return [int(count) for count in np.count_nonzero(inside, axis=0)]


def beside_line(rect: QRectF, y: float, wide: float) -> list[QRectF]:
    """Along a horizontal line, just above or below it: right first, the beginnings last."""
    room = max(rect.width() - wide - 8, 0.0)
    lefts = [rect.left() + 4 + room * share for share in (1.0, 0.5, 0.75, 0.25, 0.0)]
    tops = (y - LINE_HEIGHT - 1, y + 2)
    return [QRectF(left, top, wide, BOX_HEIGHT) for left in lefts for top in tops]


def beside_moment(rect: QRectF, x: float, wide: float) -> list[QRectF]:
    """Right or left of a vertical line, in the middle of its height first; else across it."""
    room = max(rect.height() - BOX_HEIGHT, 0.0)
    tops = [rect.top() + float(round(room * share)) for share in _SHARES]
    across = min(max(x - wide / 2, rect.left()), max(rect.right() - wide, rect.left()))
    lefts = ((x + 3, x - wide - 2), (across,))
    return [QRectF(left, top, wide, BOX_HEIGHT) for each in lefts for top in tops for left in each]


def near_end(rect: QRectF, x: float, y: float, wide: float) -> list[QRectF]:
    """About the end (x, y) of a curve, the nearest rows first: right of it, over it, left of it."""
    lefts = (x + 4, min(x + 4, rect.right() - wide - 2), x - wide - 4, x - 1.5 * wide - 8)
    tops = [y - BOX_HEIGHT / 2 + row * LINE_HEIGHT for row in _ROWS]
    return [QRectF(round(left), round(top), wide, BOX_HEIGHT) for top in tops for left in lefts]


def stacked(
    rect: QRectF, places: Sequence[tuple[float, float]], widths: Sequence[float]
) -> list[QRectF]:
    """A box for every curve's end (x, y): all of them, in the order of their heights.

    Where more ends meet than stand under one another they go on in a second column.
    """
    order = sorted(range(len(places)), key=lambda n: places[n][1])
    most = max(int(rect.height() // LINE_HEIGHT), 1)
    boxes, right = [QRectF()] * len(places), rect.right() - 4
    for column in (order[first : first + most] for first in range(0, len(order), most)):
        tops = _apart([places[n][1] - 6.5 for n in column], rect.top(), rect.bottom() - BOX_HEIGHT)
        left = min([right - widths[n] for n in column] + [max(places[n][0] for n in column) + 5])
        for n, top in zip(column, tops, strict=True):
            boxes[n] = QRectF(left, top, widths[n], BOX_HEIGHT)
        right = left - 4
    return boxes


def _apart(tops: list[float], low: float, high: float) -> list[float]:
    """Sorted tops moved as little as needed to be a line apart and within low and high."""
    for n, top in enumerate(tops):
        tops[n] = max(top, low + n * LINE_HEIGHT, tops[n - 1] + LINE_HEIGHT if n else low)
    for n in reversed(range(len(tops))):
        tops[n] = min(tops[n], tops[n + 1] - LINE_HEIGHT if n + 1 < len(tops) else high)
    return tops
