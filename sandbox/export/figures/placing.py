"""Where labels stand on a plot: where they cover least, and none over another."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np

from sandbox.export.figures.drawing import Box
from sandbox.export.figures.ink import LEADING, PAPER, QUIET, SMALL
from sandbox.export.figures.typeface import width_of, wrap

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from sandbox.export.figures.drawing import Drawing

_SHARES = (1.0, 0.5, 0.0, 0.75, 0.25)
_MOST_COVERED = 24  # points of length that a label may hide of the curves


@dataclass
class Placing:
    """A plot's frame, its strong curves as points (n, 2) each, and the boxes that are taken."""

    frame: Box
    curves: Sequence[NDArray[np.float64]]
    taken: list[Box] = field(default_factory=list)

    def beside_line(self, drawing: Drawing, y: float, text: str) -> bool:
        """Write a horizontal line's name above or below it; False where there is no room."""
        lines = wrap(text, self.frame.width * 0.94 - 4, SMALL)
        wide = max(width_of(line, SMALL) for line in lines) + 3
        high = len(lines) * SMALL * LEADING
        room = self.frame.width - wide - 2
        boxes = [
            Box(self.frame.left + 1 + room * share, top, wide, high)
            for share in _SHARES
            for top in (y - high - 1, y + 1)
        ]
        free = [box for box in boxes if self._is_free(box)]
        covered = [self._covered(box) for box in free]
        if not free or min(covered) > _MOST_COVERED:
            return False
        box = free[covered.index(min(covered))]
        self.taken.append(box)
        drawing.fill(box, PAPER, 0.8)
        drawing.lines(box.left + 1.5, box.top + 0.4, lines, SMALL, QUIET, bold=False)
        return True

    @cached_property
    def _dense(self) -> NDArray[np.float64]:
        """The curves as points about one apart, (n, 2)."""
        return np.vstack([np.empty((0, 2)), *map(_dense, self.curves)])

    def _is_free(self, box: Box) -> bool:
        return self.frame.holds(box) and not any(box.meets(other) for other in self.taken)

    def _covered(self, box: Box) -> int:
        """How long the curves are in a box, in points."""
        x, y = self._dense.T
        inside = (x > box.left) & (x < box.right) & (y > box.top) & (y < box.bottom)
        return int(np.count_nonzero(inside))


def _dense(points: NDArray[np.float64]) -> NDArray[np.float64]:
    """Points about one apart along a line (n, 2)."""
    points = points[~np.isnan(points[:, 1])]
    if len(points) < 2:
        return points
    lengths = np.hypot(*np.diff(points, axis=0).T)
    along = np.concatenate([[0.0], np.cumsum(np.nan_to_num(lengths))])
    places = np.arange(0.0, along[-1] + 1.0)
    return np.column_stack([np.interp(places, along, column) for column in points.T])
