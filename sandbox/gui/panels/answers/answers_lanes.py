"""Right and wrong over time: a check or a cross a question, or two lanes where there are many."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from sandbox.gui.look.colourmaps import draw_pixels
from sandbox.gui.look.marks import verdict, write
from sandbox.gui.panels.answers.answers_words import count_right
from sandbox.gui.panels.nets.geometry import MARGIN

if TYPE_CHECKING:
    from PySide6.QtGui import QPainter

    from sandbox.drawing.timeline import Timeline
    from sandbox.gui.panels.answers.answers_content import AnswersContent, Bools
    from sandbox.gui.panels.answers.answers_places import Places

SIGN = 11  # pixels that a check or a cross needs


def paint_lanes(painter: QPainter, places: Places, content: AnswersContent) -> None:
    """How many are right, and which: wrong ones in the upper lane, right ones in the lower."""
    palette, lanes = content.palette, places.lanes
    write(painter, MARGIN, lanes.bottom() - 2, count_right(content), palette.quiet)
    wide = places.timeline.edge(1) - places.timeline.edge(0)
    if content.scored.sum() <= 1 or wide >= SIGN:
        _paint_signs(painter, places, content)
        return
    ratio = painter.device().devicePixelRatio()
    half = max(round((lanes.height() / 2 - 2) * ratio), 1)
    ground = 0xFF000000 | int(palette.ground.lstrip("#"), 16)
    for flags, color, y in (
        (content.scored & ~content.right, palette.wrong, lanes.top() + 1),
        (content.right, palette.right, lanes.top() + lanes.height() // 2),
    ):
        there = in_pixels(flags, places.timeline, ratio)
        bright = 0xFF000000 | int(color.lstrip("#"), 16)
        row = np.where(there, bright, ground).astype(np.uint32)
        draw_pixels(painter, lanes.left(), y, np.repeat(row[None], half, axis=0), ratio)


def _paint_signs(painter: QPainter, places: Places, content: AnswersContent) -> None:
    palette, baseline = content.palette, places.lanes.top() + 9
    for step in np.flatnonzero(content.scored).tolist():
        right = bool(content.right[step])
        x = places.timeline.centre(step) - 4
        verdict(painter, x, baseline, right, palette.right if right else palette.wrong)


def in_pixels(flags: Bools, timeline: Timeline, ratio: float) -> Bools:
    """Which device pixels of the axis hold a step that is set; flags (T,)."""
    pixels = max(round(timeline.width * ratio), 1)
    known = np.zeros(timeline.steps, np.bool_)
    known[: len(flags)] = flags
    there = known[timeline.columns(ratio)]
    there[np.flatnonzero(known) * pixels // timeline.steps] = True  # where steps share a pixel
    return there
