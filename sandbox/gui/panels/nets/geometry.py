"""Where things stand in a column, in whole pixels; the same in every column of a width."""

from __future__ import annotations

from dataclasses import dataclass

from PySide6.QtCore import QRect

from sandbox.drawing.timeline import Timeline

MARGIN = 12
HEAD, TALL_HEAD = 46, 62
NARROW = 470  # below this width the status has a line of its own in the head
BAR = 40  # colour bar with its ends named
ROW_GAP = 2
ROOMY_GAP = 4
ROLES = 16
WORDS = 16
SLANTED_WORDS = 56
ROOMY = 560  # from this height on, words are slanted so that more of them fit
TALLEST_SPAN = 4
LEAST_GUTTER, MOST_GUTTER = 124, 196
LEAST_WIDTH = 312
LEAST_ROW = 12
LEAST_GRADIENT, MOST_GRADIENT = 40, 160
TALLEST_UNIT = 16  # pixels a unit of a picture that has room to spare
LEAST_PICTURE = 96  # or the words above it are left out
EXPLANATION = 66  # above such a picture: words and equations


@dataclass(frozen=True)
class Geometry:
    """Parts of a column from top to bottom; the timeline is the same in all of them."""

    head: QRect
    body: QRect
    rows: int
    gradient: QRect
    words: QRect
    roles: QRect
    timeline: Timeline
    slanted: bool
    units: int = 0

    def picture(self, position: int, count: int) -> QRect:
        """The place of a picture's heatmap: pictures stand at the bottom, in order.

        A picture that is alone takes the height that is free, but for words above it.
        """
        if count == 1:
            return self._only_picture()
        span = min(TALLEST_SPAN, max(self.rows // count, 1))
        first = self.rows - span * (count - position)
        gap = ROOMY_GAP if self.slanted else ROW_GAP
        top, bottom = self._row_edge(first), self._row_edge(first + span) - gap
        return QRect(self.gradient.left(), top, self.gradient.width(), bottom - top)

    def _only_picture(self) -> QRect:
        bottom = self._row_edge(self.rows) - (ROOMY_GAP if self.slanted else ROW_GAP)
        height = bottom - self.body.top()
        if height - EXPLANATION >= LEAST_PICTURE:
            height -= EXPLANATION
        if self.units:
            height = min(height, max(self.units * TALLEST_UNIT, LEAST_PICTURE))
        return QRect(self.gradient.left(), bottom - height, self.gradient.width(), height)

    def free(self, count: int) -> QRect:
        """What `count` pictures leave free above them."""
        first = self.picture(0, count)
        height = first.top() - self.body.top()
        return QRect(self.body.left(), self.body.top(), self.body.width(), height)

    def _row_edge(self, row: int) -> int:
        return self.body.top() + row * self.body.height() // self.rows


def least_height(rows: int) -> int:
    """The height of everything that a column draws, with its rows as low as can be read.

    Of an LSTM it is what a window of 720 pixels leaves beside answers and curves: one pixel
    more brings a scroll bar, which makes the head a line taller, and the words go out of sight.
    """
    return TALL_HEAD + rows * LEAST_ROW + 4 + LEAST_GRADIENT + WORDS + ROLES


def arrange(width: int, height: int, steps: int, rows: int, units: int = 0) -> Geometry:
    """The parts of a column of that size; the rows give way first, then the gradient."""
    gutter = min(max(width * 33 // 100, LEAST_GUTTER), MOST_GUTTER)
    left = MARGIN + gutter
    across = max(width - left - BAR - MARGIN, 1)
    timeline = Timeline(left, across, steps)
    slanted = height >= ROOMY
    words_height = SLANTED_WORDS if slanted else WORDS
    gradient_height = min(max(height * 17 // 100, LEAST_GRADIENT), MOST_GRADIENT)
    roles = QRect(0, height - ROLES, width, ROLES)
    words = QRect(0, roles.top() - words_height, width, words_height)
    gradient = QRect(left, words.top() - gradient_height, across, gradient_height)
    top = TALL_HEAD if width < NARROW else HEAD
    body = QRect(MARGIN, top, width - 2 * MARGIN, max(gradient.top() - 4 - top, rows * LEAST_ROW))
    head = QRect(MARGIN, 0, width - 2 * MARGIN, top)
    return Geometry(head, body, rows, gradient, words, roles, timeline, slanted, units)
