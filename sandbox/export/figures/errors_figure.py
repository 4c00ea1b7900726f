"""The figure of errors by steps ahead: every net's forecasts beside simple ones."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sandbox.drawing.errors_shown import TITLE
from sandbox.export.figures.axes_on_paper import across_ticks, up_ticks
from sandbox.export.figures.paper import (
    MARGIN,
    MARKERS,
    NAME,
    STRONG,
    TEXT,
    description,
    line_look,
    page,
    print_style,
    task_title,
    together,
    width_of,
)

if TYPE_CHECKING:
    from matplotlib.axes import Axes

    from sandbox.drawing.errors_shown import ErrorLine, ErrorsShown
    from sandbox.experiment import Experiment
    from sandbox.export.figures.paper import Figure, Keywords
    from sandbox.tasks.base import Task

GUTTER, RIGHT_EDGE = 32.0, 8.0  # points beside the plot
HEIGHTS = {85: 110.0, 170: 150.0}  # points
MARKER_PITCH = 9.0  # points between two markers
SIMPLE_WIDTH = 0.9  # points


def errors_figure(
    shown: ErrorsShown,
    run: str,
    experiment: Experiment,
    task: Task,
    width_mm: int = 85,
    titled: bool = True,
) -> Figure:
    """RMS errors over steps ahead; nets in their look, simple forecasts quiet.

    Errors that are not finite are left out, and a sentence under the figure says so.
    ExperimentError for a width other than 85 or 170.
    """
    title = f"{TITLE}. {task_title(task)}"
    with print_style():
        paper = page(width_mm)
        particulars = (f"run {run}", f"experiment {experiment.digest}")
        paper.heading(title, ", ".join(map(together, particulars)), titled)
        paper.legend([(line.style, line.title) for line in shown.lines])
        left, height = MARGIN + GUTTER, HEIGHTS[width_mm]
        paper.words(left, paper.y + NAME * 0.9, shown.axis, NAME)
        paper.y += NAME * 1.5
        width = paper.room - GUTTER - RIGHT_EDGE
        axes = paper.axes(left, width, height)
        axes.set(xlim=shown.ends, ylim=(0.0, shown.top))
        across_ticks(axes, width, whole=True)
        up_ticks(axes, height)
        for line in shown.lines:
            _draw(axes, line, width / shown.found.steps)
        paper.y += height + TEXT * 1.9
        name = "steps ahead"
        paper.words(left + width - width_of(name, NAME), paper.y + NAME, name, NAME)
        paper.y += NAME * 1.5
        paper.notes([shown.about, *shown.sentences.values()])
        what = description(run, experiment, f"{TITLE.lower()} after step {shown.step:,}")
        return paper.finished(title, what)


def _draw(axes: Axes, line: ErrorLine, pitch: float) -> None:
    """One line; pitch: points from one step ahead to the next."""
    every = max(round(MARKER_PITCH / pitch), 1)
    look: Keywords = line_look(line.style, lw=SIMPLE_WIDTH if line.simple else STRONG)
    if not line.simple or len(line.steps) == 1:
        look |= {"marker": MARKERS[line.style.marker], "markevery": every}
    kind = "simple" if line.simple else "net"
    axes.plot(line.steps, line.errors, **look, gid=f"{kind} {line.title}")
