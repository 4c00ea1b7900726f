"""The figure of one net's dynamics: ways of states, fixed points, and their eigenvalues."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from matplotlib.patches import Circle

from sandbox.drawing.dynamics_shown import TITLE, group_styles
from sandbox.drawing.styles import PRINT
from sandbox.export.figures.axes_on_paper import across_ticks, up_ticks
from sandbox.export.figures.paper import (
    MARGIN,
    NAME,
    SMALL,
    TEXT,
    THIN,
    description,
    page,
    print_style,
    task_title,
    together,
)
from sandbox.tasks.base import Role

if TYPE_CHECKING:
    from matplotlib.axes import Axes

    from sandbox.drawing.dynamics_shown import DynamicsShown
    from sandbox.experiment import Experiment
    from sandbox.export.figures.paper import Figure, Keywords, Page
    from sandbox.tasks.base import Task

GUTTER, APART = 22.0, 14.0  # points: left of axes with figures, and between the two plots
STATES = {85: (1.0, 150.0), 170: (0.66, 210.0)}  # share of the width, and points up
SPECTRUM = 96.0  # points: least side of the plot of eigenvalues
CROSSES = {True: 5.5, False: 3.2}  # points: of fixed and of slow points
DOT, SMALL_DOT = 2.6, 1.4  # points
WAY = 0.75  # of a way's colour
KEY = "Large crosses: fixed points; small: slow points; open: saddles."
DOTS = "Dots on the ways: {} the cue, {} the question."


def dynamics_figure(
    shown: DynamicsShown,
    name: str,
    run: str,
    experiment: Experiment,
    task: Task,
    width_mm: int = 85,
    titled: bool = True,
    with_cloud: bool = False,
) -> Figure:
    """Ways of sequences along two components with fixed and slow points; eigenvalues; the verdict.

    name: of the net.  with_cloud: also all fresh sequences, where they are at the question.
    ExperimentError for a width other than 85 or 170.
    """
    title = f"{name}: {TITLE.lower()} under constant filler. {task_title(task)}"
    after = f"after {shown.step:,} training steps" if shown.step else "untrained"
    with print_style():
        paper = page(width_mm)
        particulars = (after, f"run {run}", f"experiment {experiment.digest}")
        paper.heading(title, ", ".join(map(together, particulars)), titled)
        names = shown.found.groups.names
        paper.legend(list(zip(group_styles(names), names, strict=True)))
        _plots(paper, shown, width_mm, with_cloud)
        what = f"{name}: {TITLE.lower()} after step {shown.step:,}"
        return paper.finished(title, description(run, experiment, what))


def _plots(paper: Page, shown: DynamicsShown, width_mm: int, with_cloud: bool) -> None:
    share, height = STATES[width_mm]
    width = share * paper.room
    across, up = shown.axes
    paper.words(MARGIN, paper.y + NAME, f"↑ {up}", NAME)
    paper.y += NAME * 1.5
    top, states = paper.y, paper.axes(MARGIN, width, height)
    _draw_states(states, shown, width / height, with_cloud)
    bottom = top + height + NAME * 1.3
    look: Keywords = {"ha": "right"}
    paper.words(MARGIN + width, bottom, f"{across} →", NAME, **look)
    if share < 1:
        left = MARGIN + width + APART + GUTTER
        side = paper.width - MARGIN - left
        paper.words(left, top - NAME * 0.5, "eigenvalues", NAME)
        _draw_spectrum(paper.axes(left, side, side, top), shown, side)
        paper.y = bottom
    else:
        paper.words(MARGIN + GUTTER, bottom + NAME * 1.8, "eigenvalues", NAME)
        paper.y = bottom + NAME * 2.4
        _draw_spectrum(paper.axes(MARGIN + GUTTER, SPECTRUM, SPECTRUM), shown, SPECTRUM)
        paper.y += SPECTRUM + TEXT * 1.9
    paper.y += NAME
    paper.lines(shown.found.verdict.text, TEXT)
    counts = f"{shown.counts[:1].upper()}{shown.counts[1:]}."
    dots = DOTS.format("ochre:", "black:") if shown.found.ways is not None else ""
    notes = [f"Constant input: {shown.found.input}", f"{counts} {KEY}", dots]
    paper.notes([note for note in notes if note])


def _draw_states(axes: Axes, shown: DynamicsShown, ratio: float, with_cloud: bool) -> None:
    """The plot of states, with one scale both ways; ratio: width by height."""
    left, right, bottom, top = shown.frame
    half = max((right - left) / ratio, top - bottom) / 2
    middle = (left + right) / 2, (bottom + top) / 2
    axes.set(xticks=[], yticks=[], xlim=(middle[0] - half * ratio, middle[0] + half * ratio))
    axes.set_ylim(middle[1] - half, middle[1] + half)
    styles, ways = group_styles(shown.found.groups.names), shown.found.ways
    if ways is not None:
        if with_cloud:
            _draw_cloud(axes, shown)
        for n, row in enumerate(shown.few.tolist()):
            places, color = shown.ways[n], styles[int(ways.groups[row])].color(PRINT)
            axes.plot(*places.T, color=color, lw=THIN, alpha=WAY, gid=f"way {row}")
            cues = places[np.flatnonzero(ways.roles[row] == Role.CUE)]
            for each, dot in ((cues, PRINT.cue), (places[[ways.asked[row]]], PRINT.text)):
                axes.plot(*each.T, "o", color=dot, ms=DOT, zorder=2.5, gid="step")
    for point, place in reversed(list(zip(shown.found.points, shown.points, strict=True))):
        face = PRINT.ground if point.unstable else PRINT.text
        edge = PRINT.text if point.unstable else PRINT.ground
        look: Keywords = {"mfc": face, "mec": edge, "mew": THIN, "ms": CROSSES[point.fixed]}
        axes.plot(*place, "X", **look, zorder=3, gid="saddle" if point.unstable else "calm")


def _draw_cloud(axes: Axes, shown: DynamicsShown) -> None:
    places, groups = shown.cloud()
    for n, style in enumerate(group_styles(shown.found.groups.names)):
        look: Keywords = {"ms": SMALL_DOT, "alpha": 0.5, "gid": f"cloud {n}"}
        axes.plot(*places[groups == n].T, "o", color=style.color(PRINT), **look)


def _draw_spectrum(axes: Axes, shown: DynamicsShown, side: float) -> None:
    """Eigenvalues of all points around the unit circle; side: in points."""
    end = shown.spectrum
    axes.set(xlim=(-end, end), ylim=(-end, end))
    across_ticks(axes, side, whole=False)
    up_ticks(axes, side)
    axes.tick_params(labelsize=SMALL)
    axes.add_patch(Circle((0, 0), 1, fill=False, ec=PRINT.edge, lw=THIN * 1.5))
    for point in shown.found.points:
        values = point.eigenvalues
        look: Keywords = {"color": PRINT.text, "ms": SMALL_DOT, "alpha": 0.5}
        axes.plot(values.real, values.imag, "o", **look, gid="eigenvalues")
