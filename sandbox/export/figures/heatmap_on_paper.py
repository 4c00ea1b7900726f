"""Heatmaps in print: rows are units, columns are steps, with a colour bar and a name."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import matplotlib
import numpy as np

from sandbox.drawing.styles import PRINT
from sandbox.drawing.timeline import marked_bands
from sandbox.export.figures.paper import MARGIN, SMALL, TEXT, width_of
from sandbox.export.figures.sequence_axis import ROLE_COLOURS

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from matplotlib.colors import Colormap
    from numpy.typing import NDArray

    from sandbox.cells.cell import PictureKind
    from sandbox.drawing.timeline import Timeline
    from sandbox.export.figures.paper import Keywords, Page
    from sandbox.export.figures.probe import Probe

GUTTER = 20.0  # points left of the heatmaps: numbers of units
BAR, BAR_GAP, ENDS = 5.0, 4.0, 20.0  # points right of them: colour bar and its ends
LEAST_HEIGHT, MOST_HEIGHT, UNIT_HEIGHT = 24.0, 48.0, 1.5  # points: of a heatmap, of a row
APART = 4.0
PIXELS = 1.8  # columns per point, at most: narrower ones would be lost in a PNG at scale 1
NOT_A_NUMBER = "#ff00ff"  # in neither colour map


@dataclass(frozen=True)
class Heat:
    """What a heatmap shows: values (T, H), and the ends of its colours with their words.

    Without words for the middle of signed values it has none.
    """

    name: str
    kind: PictureKind
    values: NDArray[np.floating]
    ends: Mapping[float, str]


def colour_map(kind: PictureKind) -> Colormap:
    """Viridis for gates, blue to red through white (ColorBrewer) for signed values."""
    found = matplotlib.colormaps["viridis" if kind == "gate" else "RdBu_r"]
    return found.with_extremes(bad=NOT_A_NUMBER)


def height_of(units: int) -> float:
    """The height of a heatmap of so many rows, in points."""
    return min(max(units * UNIT_HEIGHT, LEAST_HEIGHT), MOST_HEIGHT)


def draw_heatmap(paper: Page, probe: Probe, timeline: Timeline, height: float, heat: Heat) -> None:
    """A heatmap at the page's y, with the numbers of the first and last unit and a colour bar."""
    units = heat.values.shape[1]
    axes = paper.axes(timeline.left, timeline.width, height)
    columns = np.arange(probe.length)
    if probe.length > PIXELS * timeline.width:
        columns = timeline.columns(PIXELS, probe.marked)
    drawn = axes.imshow(
        heat.values[columns].T,
        colour_map(heat.kind),
        vmin=min(heat.ends),
        vmax=max(heat.ends),
        aspect="auto",
        interpolation="none",
        extent=(0.5, probe.length + 0.5, units + 0.5, 0.5),
        gid=heat.name,
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
    paper.canvas.colorbar(drawn, cax=bar).set_ticks(list(heat.ends), labels=[*heat.ends.values()])
    bar.tick_params(labelsize=SMALL, length=0)
    places = ("bottom", "top") if len(heat.ends) == 2 else ("bottom", "center", "top")
    for label, place in zip(bar.get_yticklabels(), places, strict=True):
        label.set(va=place)


def draw_name(paper: Page, left: float, title: str, meanings: Iterable[str]) -> None:
    """A title above the page's y, and what it means in the longest wording that fits."""
    baseline = paper.y - TEXT * 0.35
    paper.words(left, baseline, title, TEXT, weight="bold")
    start = left + width_of(title, TEXT, bold=True) + 5
    room = paper.width - MARGIN - start
    fitting = (each for each in meanings if width_of(each, SMALL) <= room)
    paper.words(start, baseline, next(fitting, ""), SMALL, color=PRINT.quiet)
