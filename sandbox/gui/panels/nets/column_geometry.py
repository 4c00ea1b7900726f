"""Where things stand in a column, in whole pixels; the same in every column of a row.

Lengths are those at a type size of 100%; what holds text grows with it.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

from PySide6.QtCore import QRect

from sandbox.drawing.timeline import Timeline
from sandbox.gui.look.typeface import px

MARGIN = 12  # at any type size
HEAD_LINE, HEAD_EDGE = 16, 14  # of a head: a line, and what is above and below its lines
NARROW = 470  # below this width the head has a third line, for the status
BAR = 40  # colour bar with its ends named
ROW_GAP, ROOMY_GAP = 2, 4
ROLES, WORDS, SLANTED_WORDS = 16, 16, 56
ROOMY = 560  # from this height on, words are slanted so that more of them fit
TALLEST_SPAN = 4
LEAST_GUTTER, MOST_GUTTER = 124, 196
LEAST_WIDTH = 312
LEAST_ROW = 12
LEAST_GRADIENT, MOST_GRADIENT = 40, 160
SCROLL_BAR = 10  # of the height, where columns scroll sideways; the gradient gives it up
TALLEST_UNIT = 16  # pixels per unit of a heatmap that has room to spare
LEAST_PICTURE = 96  # or the words above it are left out
EXPLANATION = 96  # at most, above such a heatmap: a comment, words and equations


@dataclass(frozen=True)
class Geometry:
    """Parts of a column from top to bottom; the timeline is the same in all of them."""

    head: QRect
    tall_head: bool
    body: QRect
    rows: int
    gradient: QRect
    words: QRect
    roles: QRect
    timeline: Timeline
    slanted: bool
    units: int = 0
    explained: int = 0

    def picture(self, position: int, count: int) -> QRect:
        """The place of a heatmap: they are stacked at the bottom, in order.

        A single one takes all the free height except for the words above it.
        """
        if count == 1:
            return self._only_picture()
        span = span_of(self.rows, count)
        first = self.rows - span * (count - position)
        top, bottom = self._row_edge(first), self._row_edge(first + span) - self._gap
        return QRect(self.gradient.left(), top, self.gradient.width(), bottom - top)

    def _only_picture(self) -> QRect:
        bottom = self._row_edge(self.rows) - self._gap
        height = bottom - self.top
        if height - self.explained >= LEAST_PICTURE:
            height -= self.explained
        if self.units:
            height = min(height, max(self.units * TALLEST_UNIT, LEAST_PICTURE))
        return QRect(self.gradient.left(), bottom - height, self.gradient.width(), height)

    def free(self, count: int) -> QRect:
        """The free space above `count` heatmaps."""
        height = self.picture(0, count).top() - self.top
        return QRect(self.body.left(), self.top, self.body.width(), height)

    def lowered(self, strip: int) -> Geometry:
        """The same with the rows of heatmaps that much lower, for what is written above them."""
        return replace(self, body=self.body.adjusted(0, strip, 0, 0))

    @property
    def top(self) -> int:
        """Where the head ends."""
        return self.head.top() + self.head.height()

    @property
    def _gap(self) -> int:
        return ROOMY_GAP if self.slanted else ROW_GAP

    def _row_edge(self, row: int) -> int:
        return self.body.top() + row * self.body.height() // self.rows


def span_of(rows: int, count: int) -> int:
    """How many rows each of `count` heatmaps takes."""
    return min(TALLEST_SPAN, max(rows // count, 1))


def head_height(tall: bool) -> int:
    """Two lines, or three in a narrow column."""
    return px(HEAD_EDGE + (3 if tall else 2) * HEAD_LINE)


def least_height(rows: int) -> int:
    """The height of everything that a column draws, with its rows as low as can be read.

    Of an LSTM it is what a window of 720 pixels leaves beside answers and curves: one pixel
    more brings a scroll bar, which makes the head a line taller, and the words go out of sight.
    """
    below = px(LEAST_GRADIENT) + px(WORDS) + px(ROLES)
    return head_height(tall=True) + rows * px(LEAST_ROW) + 4 + below


def arrange(
    width: int, height: int, steps: int, rows: int, units: int = 0, explained: int = 0
) -> Geometry:
    """The parts of a column of that size; the rows give way first, then the gradient.

    explained: the height of the words and equations above a heatmap that is alone.
    """
    left = MARGIN + min(max(width * 33 // 100, px(LEAST_GUTTER)), px(MOST_GUTTER))
    across = max(width - left - px(BAR) - MARGIN, 1)
    slanted, tall = height >= px(ROOMY), width < px(NARROW)
    roles = QRect(0, height - px(ROLES), width, px(ROLES))
    words_height = px(SLANTED_WORDS if slanted else WORDS)
    words = QRect(0, roles.top() - words_height, width, words_height)
    missing = min(max(least_height(rows) - height, 0), px(SCROLL_BAR))
    gradient_height = min(max(height * 17 // 100, px(LEAST_GRADIENT) - missing), px(MOST_GRADIENT))
    gradient = QRect(left, words.top() - gradient_height, across, gradient_height)
    top, inner = head_height(tall), width - 2 * MARGIN
    body = QRect(MARGIN, top, inner, max(gradient.top() - 4 - top, rows * px(LEAST_ROW)))
    head, timeline = QRect(MARGIN, 0, inner, top), Timeline(left, across, steps)
    parts = (head, tall, body, rows, gradient, words, roles, timeline, slanted)
    return Geometry(*parts, units, explained)
