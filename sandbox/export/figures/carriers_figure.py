"""The figure of who carries the cue: three bars a unit, and the chance level of the readout."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from matplotlib.colors import to_rgb
from matplotlib.ticker import FuncFormatter, MaxNLocator

from sandbox.drawing.styles import PRINT
from sandbox.export.figures.axes_on_paper import across_ticks
from sandbox.export.figures.heatmap_on_paper import draw_name
from sandbox.export.figures.paper import MARGIN, NAME, SMALL, TEXT, page, print_style
from sandbox.validation import ExperimentError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray

    from sandbox.drawing.styles import LineStyle
    from sandbox.export.figures.paper import Figure, Keywords, Page
    from sandbox.export.figures.probe import Probe
    from sandbox.insight.carriers import Carriers

GUTTER, RIGHT_EDGE = 27.0, 8.0  # points beside the plots
HEIGHTS = {85: 46.0, 170: 60.0}  # points
LIGHT = 0.4  # of the colour: units that are not in the set
BAR = 0.8  # of a unit's width
ROOM = 1.15  # above the highest bar


def carriers_figure(
    probe: Probe, found: Carriers, key: str, width_mm: int = 85, titled: bool = True
) -> Figure:
    """Swap, lesion and readout of every unit; units that flip answers together are darker.

    ExperimentError if there is no such net, or the width is not 85 or 170.
    """
    if key not in probe.traces:
        raise ExperimentError("contestant", key, "one of " + ", ".join(probe.traces))
    title = f"{probe.name(key)}: who carries the cue. {probe.title}"
    with print_style():
        paper = page(width_mm)
        paper.heading(title, probe.particulars, titled)
        for number, (name, meanings) in enumerate(_rows(found).items()):
            paper.y += TEXT * 1.45 + (TEXT if number else 0)
            draw_name(paper, MARGIN + GUTTER, name, meanings)
            _draw_bars(paper, found, name, probe.styles[key])
            paper.y += HEIGHTS[width_mm]
        paper.y += SMALL * 1.5 + NAME * 1.3
        middle = MARGIN + GUTTER + (paper.room - GUTTER - RIGHT_EDGE) / 2
        paper.words(middle, paper.y, "unit", NAME, ha="center")
        paper.notes(list(_notes(probe, found)))
        return paper.finished(title, probe.described(f"carriers of {key}"))


def _rows(found: Carriers) -> dict[str, tuple[str, ...]]:
    """The measures from top to bottom, each with what it means."""
    lesion = ("accuracy lost when it is held at zero", "accuracy lost without it")
    reads = (
        "answers told right from it alone; dashed: by guessing",
        "answers told right; dashed: by guessing",
    )
    if found.of_values:
        lesion = ("by what share the loss grows when it is held at zero", "growth of the loss")
        reads = ("variance of answers explained by it alone", "variance explained")
    swap = "how far its swap moves the answer"
    return {"swap": (f"{swap} to another sequence's", swap), "lesion": lesion, "readout": reads}


def _draw_bars(paper: Page, found: Carriers, name: str, style: LineStyle) -> None:
    """A bar a unit at the page's y."""
    values = found.measure("tells" if name == "readout" else name)
    units, width = len(values), paper.room - GUTTER - RIGHT_EDGE
    axes = paper.axes(MARGIN + GUTTER, width, HEIGHTS[round(paper.width_mm)])
    top = 1.0 if name == "readout" else max(float(values.max()), 0.02) * ROOM
    axes.set(xlim=(0.5, units + 0.5), ylim=(min(float(values.min()) * ROOM, 0.0), top))
    chosen = np.isin(np.arange(units), found.set.units if found.set else ())
    colour = np.array(to_rgb(style.color(PRINT)))
    for some, shade in ((chosen, colour), (~chosen, 1 - LIGHT * (1 - colour))):
        look: Keywords = {"color": tuple(shade), "lw": 0, "gid": name}
        axes.bar(np.flatnonzero(some) + 1, values[some], BAR, **look)
    if name == "readout":
        axes.axhline(_chance(found), color=PRINT.text, lw=0.8, ls=(0, (3.0, 2.0)), gid="chance")
    axes.spines[["top", "right"]].set_visible(False)
    axes.yaxis.set_major_locator(MaxNLocator(4, steps=[1, 2, 2.5, 5, 10]))
    axes.yaxis.set_major_formatter(FuncFormatter(lambda share, _: f"{100 * share:.4g}%"))
    axes.grid(axis="y")
    across_ticks(axes, width, whole=True)
    axes.set_xticks(_numbered(axes.get_xticks(), units))
    if name != "readout":
        axes.set_xticklabels([])


def _numbered(ticks: NDArray[np.floating], units: int) -> list[float]:
    """Ticks at units that are there, the first one among them."""
    inner = [tick for tick in ticks if 1 < tick <= units]
    near = len(inner) > 1 and inner[0] - 1 < 0.6 * (inner[1] - inner[0])
    return [1, *inner[1:]] if near else [1, *inner]


def _chance(found: Carriers) -> float:
    """What guessing reaches, the same for every state."""
    return max(each.chance for each in found.told.values())


def _notes(probe: Probe, found: Carriers) -> Iterator[str]:
    where = f"States are swapped and read at step {found.step + 1}, on fresh sequences."
    if np.isnan(found.swap).all():
        yield f"The net answers all sequences alike, so a swap has nothing to move. {where}"
    elif found.set is None:
        yield f"Not even all units together flip its answers. {where}"
    else:
        count = len(found.set.units)
        units = f"The {count} darker units" if count > 1 else "The darker unit"
        yield (
            f"{units}, swapped together, {'flip' if count > 1 else 'flips'} "
            f"{found.set.flips:.0%} of {found.set.pairs} answers. {where}"
        )
