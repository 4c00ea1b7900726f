"""The figure of the gradient through time: how much each step still matters for learning."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from sandbox.drawing.ranges import decades
from sandbox.export.figures import axes
from sandbox.export.figures.axes import Scale
from sandbox.export.figures.drawing import Box
from sandbox.export.figures.ink import FRAME, INK, NAME, STRONG, TEXT
from sandbox.export.figures.page import MARGIN, Entry, page
from sandbox.export.figures.timeline import Timeline, draw_axis, tint
from sandbox.export.figures.typeface import application

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from sandbox.export.figures.drawing import Drawing
    from sandbox.export.figures.figure import Figure
    from sandbox.export.figures.probe import Probe

GUTTER = 27.0
RIGHT_EDGE = 8.0
HEIGHTS = {85: 110.0, 170: 140.0}
FLOOR = 9.0  # points under the lowest decade: zeros, and what is below it
UNKNOWN = (-4, 0)  # decades where no gradient is above zero
NAMES = {
    False: "gradient ‖∂L/∂hₜ‖, log scale",
    True: "gradient ‖∂L/∂hₜ‖, relative to the question, log scale",
}


def gradient_figure(
    probe: Probe, relative: bool = False, width_mm: int = 85, titled: bool = True
) -> Figure:
    """‖∂L/∂h_t‖₂ of every contestant at every step; L is the sequence's mean loss.

    relative: divided by its value at the question.  Zeros and what is more than 20 decades
    down stand on the floor; what is no number is left out, and a note says so.
    """
    curves = {key: _norms(probe, key, relative) for key in probe.traces}
    with application():
        paper = page(width_mm)
        title = f"Gradient through time. {probe.title}"
        if titled:
            paper.heading(title, probe.particulars)
        paper.legend([Entry(probe.styles[key], _legend(probe, key, curves[key])) for key in curves])
        left = MARGIN + GUTTER
        paper.drawing.words(left, paper.y + NAME * 0.9, NAMES[relative], NAME)
        frame = Box(left, paper.y + NAME * 1.5, paper.room - GUTTER - RIGHT_EDGE, HEIGHTS[width_mm])
        timeline = Timeline(frame.left, frame.right, probe.length)
        tint(paper.drawing, frame, probe, timeline)
        _draw(paper.drawing, frame, probe, curves, timeline)
        paper.y = draw_axis(paper.drawing, frame.bottom, probe, timeline)
        return paper.finished(title, probe.described("gradient through time"))


def _norms(probe: Probe, key: str, relative: bool) -> NDArray[np.float64]:
    norms = probe.gradient(key)
    at_question = norms[probe.asked_at]
    with np.errstate(all="ignore"):
        return norms / at_question if relative and at_question else norms


def _legend(probe: Probe, key: str, norms: NDArray[np.float64]) -> str:
    """Its name, and why no line is seen where none is."""
    name = probe.name(key)
    if not np.all(np.isfinite(norms)):
        return f"{name}: not a finite number"
    return name if norms.any() else f"{name}: none, its loss is 0"


def _draw(
    drawing: Drawing,
    frame: Box,
    probe: Probe,
    curves: dict[str, NDArray[np.float64]],
    timeline: Timeline,
) -> None:
    low, high = decades(curves.values()) or UNKNOWN
    floor = any((norms < 10.0**low * (1 - 1e-6)).any() for norms in curves.values())
    bottom = frame.bottom - (FLOOR if floor else 0)
    scale = Scale(10.0**low, 10.0**high, bottom, frame.top, log=True)
    axes.draw_up(drawing, frame, scale, axes.decade_ticks(scale, 1.5 * TEXT))
    if floor:
        zero = not any(((n > 0) & (n < 10.0**low)).any() for n in curves.values())
        text = "0" if zero else "less"
        drawing.words(frame.left - 4, frame.bottom, text, TEXT, anchor="end")
    for key, norms in curves.items():
        style = probe.styles[key]
        y = np.where(norms < scale.low * (1 - 1e-6), frame.bottom - 2, scale.at(norms))
        y = np.where(np.isfinite(norms), np.clip(y, frame.top, frame.bottom), np.nan)
        points = np.column_stack([timeline.centres(), y])
        drawing.line(points, style.colour, STRONG, style.dash)
    drawing.frame(frame, INK, FRAME)
