"""Where the parts of a contestant's answers stand; the time axis is that of its column above."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from PySide6.QtCore import QRect

from sandbox.gui.panels.nets.geometry import MARGIN, arrange

if TYPE_CHECKING:
    from sandbox.drawing.timeline import Timeline

HEAD, LANES, WORDS = 20, 12, 18
ROW, TALLEST_ROW = 14, 20
BELOW = 6
LEAST_BODY = 3 * ROW
LEAST_HEIGHT = HEAD + LANES + LEAST_BODY + BELOW


@dataclass(frozen=True)
class Places:
    """The answer in words, right and wrong, what is drawn, and how it goes on in words."""

    head: QRect
    lanes: QRect
    body: QRect
    words: QRect
    timeline: Timeline

    @property
    def rows(self) -> int:
        """How many answers there is room for."""
        return max(self.body.height() // ROW, 1)

    def row(self, position: int, count: int) -> QRect:
        """The place of one of so many answers, from the top."""
        height = min(self.body.height() // max(count, 1), TALLEST_ROW)
        top = self.body.top() + position * height
        return QRect(self.body.left(), top, self.body.width(), height)


def place(width: int, height: int, known: int, further: int, has_words: bool) -> Places:
    """The parts in a column of that size.

    known, further: steps of the sequence, and those that the axis has after them.  Without the
    latter the axis is the column's own, to the pixel.
    """
    timeline = arrange(width, height, known + further, 1).timeline
    left, across = int(timeline.left), int(timeline.width)
    below = BELOW + (WORDS if has_words else 0)
    lanes = QRect(left, HEAD, across, LANES)
    top = HEAD + LANES
    body = QRect(left, top, across, max(height - top - below, 1))
    words = QRect(MARGIN, height - below, width - 2 * MARGIN, WORDS if has_words else 0)
    return Places(QRect(MARGIN, 0, width - 2 * MARGIN, HEAD), lanes, body, words, timeline)
