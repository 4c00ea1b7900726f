"""The figure of the gradient through time: how much each step still matters for learning."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from sandbox.drawing.ranges import (
    decade_ticks,
    decades,
    floor_label,
    gradient_heights,
    gradient_label,
)
from sandbox.drawing.timeline import Timeline
from sandbox.drawing.wording import power_of_ten
from sandbox.export.figures.paper import MARGIN, NAME, TEXT, line_look, page, print_style
from sandbox.export.figures.sequence_axis import draw_sequence_axis, tint

if TYPE_CHECKING:
    from sandbox.export.figures.paper import Figure
    from sandbox.export.figures.probe import Probe

GUTTER, RIGHT_EDGE = 27.0, 8.0  # points beside the plot
HEIGHTS = {85: 110.0, 170: 140.0}  # points
FLOOR = 9.0  # points below the lowest decade, for zeros and smaller values
UNKNOWN = (-4, 0)  # decades if no gradient is above zero
NAMES = {
    False: "gradient ‖∂L/∂hₜ‖, log scale",
    True: "gradient ‖∂L/∂hₜ‖, relative to the question, log scale",
}


def gradient_figure(
    probe: Probe, relative: bool = False, width_mm: int = 85, titled: bool = True
) -> Figure:
    """‖∂L/∂h_t‖₂ of every net at every step; L is the sequence's mean loss.

    relative: divided by its value at the question.  Zeros and values more than 20 decades down are
    on the floor; NaN is left out, and the legend says so.  ExperimentError for a width other than
    85 or 170.
    """
    curves = {key: probe.gradient(key, relative) for key in probe.traces}
    title = f"Gradient through time. {probe.title}"
    with print_style():
        paper = page(width_mm)
        paper.heading(title, probe.particulars, titled)
        names = {key: gradient_label(probe.name(key), norms) for key, norms in curves.items()}
        paper.legend([(probe.styles[key], name) for key, name in names.items()])
        left, height = MARGIN + GUTTER, HEIGHTS[width_mm]
        paper.words(left, paper.y + NAME * 0.9, NAMES[relative], NAME)
        paper.y += NAME * 1.5
        timeline = Timeline(left, paper.room - GUTTER - RIGHT_EDGE, probe.length)
        axes = paper.axes(left, timeline.width, height)
        axes.set(xlim=(0.5, probe.length + 0.5), ylim=(height, 0), xticks=[])
        tint(axes, probe)
        low, high = decades(curves.values()) or UNKNOWN
        below = floor_label(curves.values(), low)
        floor = FLOOR if below else 0.0
        pitch = (height - floor) / (high - low)
        exponents = decade_ticks(low, high, height - floor, 1.5 * TEXT)
        ticks = {(high - exponent) * pitch: power_of_ten(exponent) for exponent in exponents}
        axes.set_yticks([*ticks, *([height - 2] if below else [])])
        axes.set_yticklabels([*ticks.values(), *([below] if below else [])])
        axes.grid(axis="y")
        for key, norms in curves.items():
            y = gradient_heights(norms, (low, high), 0.0, height, floor)
            look = line_look(probe.styles[key], gid=f"gradient {key}", clip_on=False)
            axes.plot(np.arange(1, probe.length + 1), y, **look)
        paper.y += height
        draw_sequence_axis(paper, probe, timeline)
        return paper.finished(title, probe.described("gradient through time"))
