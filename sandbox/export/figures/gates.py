"""The figure of one net's gates and states on one sequence: a column of heatmaps."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from sandbox.drawing.ranges import limits
from sandbox.engine.cells import CELLS
from sandbox.export.figures.colourmaps import colours_of, table
from sandbox.export.figures.drawing import Box
from sandbox.export.figures.ink import FRAME, INK, PAPER, QUIET, SMALL, TEXT
from sandbox.export.figures.page import MARGIN, page
from sandbox.export.figures.timeline import Timeline, draw_axis, draw_edges
from sandbox.export.figures.typeface import application, width_of
from sandbox.validation import ExperimentError

if TYPE_CHECKING:
    from sandbox.engine.cells import Picture
    from sandbox.export.figures.drawing import Drawing
    from sandbox.export.figures.figure import Figure
    from sandbox.export.figures.probe import Probe

GUTTER = 20.0  # left of the pictures: numbers of units
BAR, BAR_GAP, ENDS = 5.0, 4.0, 20.0  # right of them: colour bar and the names of its ends
LEAST_HEIGHT, MOST_HEIGHT, UNIT_HEIGHT = 24.0, 48.0, 1.5  # of a picture
ALONE = 2.0  # times as high, where there is one picture only
APART = 4.0


def gates_figure(probe: Probe, key: str, width_mm: int = 85, titled: bool = True) -> Figure:
    """Every gate and state of the contestant `key` at every step: rows are units.

    Gates in viridis from 0 to 1; signed values around zero; the scales of cell states are
    those of the window.  ExperimentError where there is no such contestant.
    """
    if key not in probe.traces:
        raise ExperimentError("contestant", key, "one of " + ", ".join(probe.traces))
    pictures = CELLS[probe.traces[key].cell].pictures
    with application():
        paper = page(width_mm)
        shown = "gates and states" if len(pictures) > 1 else pictures[0].title
        what = f"{probe.name(key)}: {shown}"
        if titled:
            paper.heading(f"{what}. {probe.title}", probe.particulars)
        right = paper.width - MARGIN - BAR_GAP - BAR - ENDS
        timeline = Timeline(MARGIN + GUTTER, right, probe.length)
        boxes, bottom = _places(paper.y, len(pictures), probe, key, timeline)
        draw_edges(paper.drawing, boxes[0].top, bottom, probe, timeline)
        for picture, box in zip(pictures, boxes, strict=True):
            _draw_picture(paper.drawing, box, picture, probe, key)
        paper.y = draw_axis(paper.drawing, bottom, probe, timeline)
        paper.notes([f"Question: {probe.task.question(probe.sequences, probe.index)}"])
        return paper.finished(f"{what}. {probe.title}", probe.described(f"states of {key}"))


def _places(
    top: float, count: int, probe: Probe, key: str, timeline: Timeline
) -> tuple[list[Box], float]:
    """Where the pictures stand, and where they end."""
    units = probe.values(key, "hidden").shape[1]
    height = min(max(units * UNIT_HEIGHT, LEAST_HEIGHT), MOST_HEIGHT) * (ALONE if count == 1 else 1)
    boxes = []
    for _ in range(count):
        top += TEXT * 1.45
        boxes.append(Box(timeline.left, top, timeline.right - timeline.left, height))
        top += height + APART
    return boxes, top - APART


def _draw_picture(drawing: Drawing, box: Box, picture: Picture, probe: Probe, key: str) -> None:
    values, limit = probe.values(key, picture.name), 1.0
    if picture.kind == "cell":
        limit = probe.limit(key, picture.name)
    _draw_name(drawing, box, picture)
    drawing.cells(box, colours_of(values.T, picture.kind, limit), probe.marked)
    drawing.frame(box, INK, FRAME)
    _draw_units(drawing, box, values.shape[1])
    _draw_bar(drawing, box, picture, limit)


def _draw_name(drawing: Drawing, box: Box, picture: Picture) -> None:
    """Title and meaning over the picture; the meaning where it fits."""
    baseline = box.top - TEXT * 0.35
    drawing.fill(Box(box.left, box.top - TEXT * 1.4, box.width, TEXT * 1.35), PAPER)
    drawing.words(box.left, baseline, picture.title, TEXT, bold=True)
    start = box.left + width_of(picture.title, TEXT, bold=True) + 5
    if start + width_of(picture.meaning, SMALL) <= box.right + BAR_GAP + BAR + ENDS:
        drawing.words(start, baseline, picture.meaning, SMALL, QUIET)


def _draw_units(drawing: Drawing, box: Box, units: int) -> None:
    """The first and the last unit's number beside their rows."""
    row = box.height / units
    for unit in {1, units}:
        y = box.top + (unit - 0.5) * row
        drawing.line([(box.left - 2, y), (box.left, y)], INK, FRAME)
        baseline = min(max(y + SMALL * 0.36, box.top + SMALL * 0.75), box.bottom)
        drawing.words(box.left - 3.5, baseline, str(unit), SMALL, anchor="end")
    if units > 1:
        middle, x = box.top + box.height / 2, box.left - 13
        drawing.words(x, middle, "unit", SMALL, QUIET, anchor="middle", angle=-90)


def _draw_bar(drawing: Drawing, box: Box, picture: Picture, limit: float) -> None:
    bar = Box(box.right + BAR_GAP, box.top, BAR, box.height)
    drawing.cells(bar, np.ascontiguousarray(table(picture.kind)[::-1, None]))
    drawing.frame(bar, INK, FRAME / 2)
    low, high = limits(picture.kind, limit)
    ends = [(low, box.bottom), (high, box.top + SMALL * 0.75)]
    if low < 0 and box.height > 3 * SMALL:
        ends.append((0.0, box.top + box.height / 2 + SMALL * 0.36))
    for value, baseline in ends:
        drawing.words(bar.right + 2.5, baseline, end_text(value), SMALL)


def end_text(value: float) -> str:
    """An end of a colour bar, with a minus sign."""
    return f"{value:g}".replace("e+0", "e").replace("e+", "e").replace("-", "−")
