"""The figure of swaps between two sequences: how far each unit's states move the answer."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from sandbox.cells.known import cell_named
from sandbox.drawing.ranges import share_end
from sandbox.drawing.timeline import Timeline
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
from sandbox.export.figures.paper import MARGIN, TEXT, page, print_style
from sandbox.export.figures.sequence_axis import draw_sequence_axis
from sandbox.validation import ExperimentError

if TYPE_CHECKING:
    from sandbox.export.figures.paper import Figure
    from sandbox.export.figures.probe import Probe
    from sandbox.insight.swaps import SwapMap

TALLER = 1.5  # than a heatmap of gates: every row counts
MEANING = (
    "how far its swap moves the answer from 1's (0%) to 2's (100%)",
    "how far its swap moves the answer",
    "moves the answer",
)


def swap_figure(
    probe: Probe, swaps: SwapMap, key: str, width_mm: int = 85, titled: bool = True
) -> Figure:
    """The effect of every unit's swap at every step, a heatmap a state; two rows of words.

    probe: the sequence that is changed, which is the first of the pair.  ExperimentError if there
    is no such net, it answers both sequences alike, or the width is not 85 or 170.
    """
    if key not in probe.traces:
        raise ExperimentError("contestant", key, "one of " + ", ".join(probe.traces))
    if not swaps.told_apart:
        raise ExperimentError("contestant", key, "a net that answers the two sequences differently")
    first, second = (replace(probe, sequences=swaps.pair.both, index=n) for n in (0, 1))
    title = f"{probe.name(key)}: swaps between two sequences. {probe.title}"
    limit = share_end(max(float(np.nanmax(np.abs(each))) for each in swaps.effects.values()))
    ends = {share: f"{share:z.0%}".replace("-", "−") for share in (-limit, 0.0, limit)}
    titles = {each.name: each.title for each in cell_named(probe.traces[key].cell).pictures}
    with print_style():
        paper = page(width_mm)
        paper.heading(title, probe.particulars, titled)
        left, right = MARGIN + GUTTER, paper.width - MARGIN - BAR_GAP - BAR - ENDS
        timeline = Timeline(left, right - left, first.length)
        for number, (state, effects) in enumerate(swaps.effects.items()):
            paper.y += TEXT * 1.45 + (APART if number else 0)
            height = height_of(effects.shape[1]) * TALLER
            draw_name(paper, left, titles.get(state, state), MEANING)
            draw_heatmap(paper, first, timeline, height, Heat(state, "cell", effects, ends))
            paper.y += height
        draw_sequence_axis(paper, first, timeline, second)
        questions = (each.task.question(each.sequences, each.index) for each in (first, second))
        paper.notes([f"{number}: {each}" for number, each in enumerate(questions, 1)])
        return paper.finished(title, probe.described(f"swaps of {key}"))
