"""The figure of one net's gates and states on one sequence: a column of heatmaps."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sandbox.cells.known import cell_named
from sandbox.drawing.ranges import limits
from sandbox.drawing.timeline import Timeline
from sandbox.drawing.wording import end_text, meanings
from sandbox.export.figures.heatmap_on_paper import (
    APART,
    BAR,
    BAR_GAP,
    ENDS,
    GUTTER,
    Heat,
    draw_heatmap,
    draw_name,
    height_of,
)
from sandbox.export.figures.paper import MARGIN, SMALL, TEXT, page, print_style
from sandbox.export.figures.sequence_axis import draw_sequence_axis
from sandbox.validation import ExperimentError

if TYPE_CHECKING:
    from sandbox.cells.cell import Picture
    from sandbox.export.figures.paper import Figure
    from sandbox.export.figures.probe import Probe

ALONE = 2.0  # a single heatmap is this many times as high


def gates_figure(probe: Probe, key: str, width_mm: int = 85, titled: bool = True) -> Figure:
    """Every gate and state of the net `key` at every step; rows are units.

    Gates range from 0 to 1, signed values around 0; cell states have the scale used on screen.
    ExperimentError if there is no such net, or the width is not 85 or 170.
    """
    if key not in probe.traces:
        raise ExperimentError("contestant", key, "one of " + ", ".join(probe.traces))
    pictures = cell_named(probe.traces[key].cell).pictures
    what = "gates and states" if len(pictures) > 1 else pictures[0].title
    what = f"{probe.name(key)}: {what}"
    with print_style():
        paper = page(width_mm)
        paper.heading(f"{what}. {probe.title}", probe.particulars, titled)
        left, right = MARGIN + GUTTER, paper.width - MARGIN - BAR_GAP - BAR - ENDS
        timeline = Timeline(left, right - left, probe.length)
        height = height_of(probe.values(key, "hidden").shape[1])
        for number, picture in enumerate(pictures):
            paper.y += TEXT * 1.45 + (APART if number else 0)
            whole = height * (ALONE if len(pictures) == 1 else 1)
            draw_name(paper, left, picture.title, meanings(picture))
            draw_heatmap(paper, probe, timeline, whole, _heat(probe, key, picture, whole))
            paper.y += whole
        draw_sequence_axis(paper, probe, timeline)
        paper.notes([f"Question: {probe.task.question(probe.sequences, probe.index)}"])
        return paper.finished(f"{what}. {probe.title}", probe.described(f"states of {key}"))


def _heat(probe: Probe, key: str, picture: Picture, height: float) -> Heat:
    """A gate or state, with 0 between its ends where there is room for it."""
    low, high = limits(picture.kind, probe.limit(key, picture.name))
    ends = [low, 0.0, high] if low < 0 and height > 3 * SMALL else [low, high]
    values = probe.values(key, picture.name)
    return Heat(picture.name, picture.kind, values, {end: end_text(end) for end in ends})
