"""The figure of one net's gates and states on one sequence: a column of heatmaps."""

from __future__ import annotations

from typing import TYPE_CHECKING

import matplotlib
import numpy as np

from sandbox.cells.known import cell_named
from sandbox.drawing.ranges import limits
from sandbox.drawing.styles import PRINT
from sandbox.drawing.timeline import Timeline, marked_bands
from sandbox.drawing.wording import end_text, meanings
from sandbox.export.figures.paper import (
    MARGIN,
    SMALL,
    TEXT,
    Page,
    page,
    print_style,
    width_of,
)
from sandbox.export.figures.sequence_axis import ROLE_COLOURS, draw_sequence_axis
from sandbox.validation import ExperimentError

if TYPE_CHECKING:
    from matplotlib.colors import Colormap

    from sandbox.cells.cell import Picture, PictureKind
    from sandbox.export.figures.paper import Figure, Keywords
    from sandbox.export.figures.probe import Probe

GUTTER = 20.0  # points left of the heatmaps: numbers of units
BAR, BAR_GAP, ENDS = 5.0, 4.0, 20.0  # points right of them: colour bar and its ends
LEAST_HEIGHT, MOST_HEIGHT, UNIT_HEIGHT = 24.0, 48.0, 1.5  # points: of a heatmap, of a row
ALONE = 2.0  # a single heatmap is this many times as high
APART = 4.0
PIXELS = 1.8  # columns per point, at most: narrower ones would be lost in a PNG at scale 1
NOT_A_NUMBER = "#ff00ff"  # in neither colour map


def colour_map(kind: PictureKind) -> Colormap:
    """Viridis for gates, blue to red through white (ColorBrewer) for signed values."""
    found = matplotlib.colormaps["viridis" if kind == "gate" else "RdBu_r"]
    return found.with_extremes(bad=NOT_A_NUMBER)


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
        units = probe.values(key, "hidden").shape[1]
        height = min(max(units * UNIT_HEIGHT, LEAST_HEIGHT), MOST_HEIGHT)
        for number, picture in enumerate(pictures):
            paper.y += TEXT * 1.45 + (APART if number else 0)
            whole = height * (ALONE if len(pictures) == 1 else 1)
            _draw_picture(paper, probe, key, picture, timeline, whole)
            paper.y += whole
        draw_sequence_axis(paper, probe, timeline)
        paper.notes([f"Question: {probe.task.question(probe.sequences, probe.index)}"])
        return paper.finished(f"{what}. {probe.title}", probe.described(f"states of {key}"))


def _draw_picture(
    paper: Page, probe: Probe, key: str, picture: Picture, timeline: Timeline, height: float
) -> None:
    values = probe.values(key, picture.name)
    units = values.shape[1]
    low, high = limits(picture.kind, probe.limit(key, picture.name))
    _draw_name(paper, picture, timeline)
    axes = paper.axes(timeline.left, timeline.width, height)
    columns = np.arange(probe.length)
    if probe.length > PIXELS * timeline.width:
        columns = timeline.columns(PIXELS, probe.marked)
    drawn = axes.imshow(
        values[columns].T,
        colour_map(picture.kind),
        vmin=low,
        vmax=high,
        aspect="auto",
        interpolation="none",
        extent=(0.5, probe.length + 0.5, units + 0.5, 0.5),
        gid=picture.name,
        zorder=2.6,  # over the frame, which would cover half of a narrow first column
    )
    axes.set(xticks=[], yticks=sorted({1, units}), autoscale_on=False)
    axes.tick_params(labelsize=SMALL, length=2)
    for label, place in zip(axes.get_yticklabels(), ("top", "bottom"), strict=False):
        label.set(va=place if units > 1 else "center")
    if units > 1:
        middle = paper.y + height / 2
        look: Keywords = {"rotation": 90, "color": PRINT.quiet, "ha": "right", "va": "center"}
        paper.words(timeline.left - 11, middle, "unit", SMALL, **look)
    for band in marked_bands(probe.roles):
        for step in (band.start, band.stop):
            mark: Keywords = {"color": ROLE_COLOURS[band.role], "lw": 0.5, "clip_on": False}
            axes.plot([step + 0.5] * 2, [units + 0.5, units + 0.5 + APART * units / height], **mark)
    bar = paper.axes(timeline.right + BAR_GAP, BAR, height)
    ends = [low, 0.0, high] if low < 0 and height > 3 * SMALL else [low, high]
    paper.canvas.colorbar(drawn, cax=bar).set_ticks(ends, labels=[end_text(end) for end in ends])
    bar.tick_params(labelsize=SMALL, length=0)
    places = ("bottom", "top") if len(ends) == 2 else ("bottom", "center", "top")
    for label, place in zip(bar.get_yticklabels(), places, strict=True):
        label.set(va=place)


def _draw_name(paper: Page, picture: Picture, timeline: Timeline) -> None:
    """Title and meaning above the heatmap, the meaning in the longest wording that fits."""
    baseline = paper.y - TEXT * 0.35
    paper.words(timeline.left, baseline, picture.title, TEXT, weight="bold")
    start = timeline.left + width_of(picture.title, TEXT, bold=True) + 5
    room = paper.width - MARGIN - start
    fitting = (each for each in meanings(picture) if width_of(each, SMALL) <= room)
    paper.words(start, baseline, next(fitting, ""), SMALL, color=PRINT.quiet)
