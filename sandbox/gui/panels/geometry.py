"""Where things stand in a column, in whole pixels; the same in every column of a width."""

from __future__ import annotations

from dataclasses import dataclass

from PySide6.QtCore import QRect

from sandbox.gui.panels.timeline import Timeline

MARGIN = 12
HEAD = 46
BAR = 40  # colour bar with its ends named
ROW_GAP = 2
ROOMY_GAP = 4
ROLES = 16
WORDS = 16
SLANTED_WORDS = 56
ROOMY = 560  # from this height on, words are slanted so that more of them fit
TALLEST_SPAN = 4
LEAST_GUTTER = 124
LEAST_WIDTH = 312
LEAST_HEIGHT = 236


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

    def picture(self, position: int, count: int) -> QRect:
        """The place of a picture's heatmap: pictures stand at the bottom, in order."""
        span = min(TALLEST_SPAN, max(self.rows // count, 1))
        first = self.rows - span * (count - position)
        gap = ROOMY_GAP if self.slanted else ROW_GAP
        top, bottom = self._row_edge(first), self._row_edge(first + span) - gap
        return QRect(self.timeline.left, top, self.timeline.width, bottom - top)

    def free(self, count: int) -> QRect:
        """What `count` pictures leave free above them."""
        first = self.picture(0, count)
        height = first.top() - self.body.top()
        return QRect(self.body.left(), self.body.top(), self.body.width(), height)

    def _row_edge(self, row: int) -> int:
        return self.body.top() + row * self.body.height() // self.rows


def arrange(width: int, height: int, steps: int, rows: int) -> Geometry:
    """The parts of a column of that size."""
    gutter = min(max(width * 26 // 100, LEAST_GUTTER), 196)
    left = MARGIN + gutter
    timeline = Timeline(left, max(width - left - BAR - MARGIN, 1), steps)
    slanted = height >= ROOMY
    words_height = SLANTED_WORDS if slanted else WORDS
    gradient_height = min(max(height * 17 // 100, 60), 160)
    roles = QRect(0, height - ROLES, width, ROLES)
    words = QRect(0, roles.top() - words_height, width, words_height)
    gradient = QRect(left, words.top() - gradient_height, timeline.width, gradient_height)
    body = QRect(MARGIN, HEAD, width - 2 * MARGIN, max(gradient.top() - 4 - HEAD, rows * 12))
    head = QRect(MARGIN, 0, width - 2 * MARGIN, HEAD)
    return Geometry(head, body, rows, gradient, words, roles, timeline, slanted)
