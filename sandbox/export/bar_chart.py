"""A bar chart of ratios for print: groups of bars on a logarithmic axis that start at 1.

Ratios above 1 are bars upwards, those below 1 bars downwards.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from itertools import chain
from typing import TYPE_CHECKING

from matplotlib.ticker import FixedLocator, FuncFormatter, NullLocator

from sandbox.drawing.styles import PRINT
from sandbox.export.figures.paper import (
    MARGIN,
    NAME,
    SMALL,
    TEXT,
    TITLE,
    Page,
    print_style,
    width_of,
)

if TYPE_CHECKING:
    from matplotlib.axes import Axes

    from sandbox.export.figures.paper import Keywords

WIDTH, HEIGHT = 1600, 900  # pixels
DOTS = 240  # per inch
GUTTER, BELOW = 24.0, 48.0  # points left of the plot and below it
COLOURS = ("#0072b2", "#d55e00", "#009e73", "#cc79a7")  # Okabe & Ito 2008
LIGHT = 0.35  # opacity of the part that is beyond `solid`
TICKS = tuple(mantissa * 10.0**power for power in range(-3, 5) for mantissa in (1, 2, 5))
DIFFERS = 0.1  # relative difference beyond which `solid` has its own label


@dataclass(frozen=True)
class Bar:
    """A ratio, and how much of it is drawn in full colour."""

    name: str
    value: float
    solid: float


@dataclass(frozen=True)
class BarChart:
    """What is drawn.  groups: bars by name.  legend: what full and light colour mean."""

    title: str
    notes: tuple[str, ...]
    axis: str
    bars_are: str
    groups: dict[str, tuple[Bar, ...]]
    legend: tuple[str, str]


def png(chart: BarChart) -> bytes:
    """The chart as the bytes of a PNG file, WIDTH × HEIGHT pixels."""
    with print_style():
        paper = Page(WIDTH / DOTS * 25.4)
        paper.lines(chart.title, TITLE, weight="bold")
        for note in chart.notes:
            paper.lines(note, SMALL, color=PRINT.quiet)
        paper.words(MARGIN, paper.y + 2 * NAME, chart.axis, NAME)
        paper.y += 2.5 * NAME
        bottom = HEIGHT / DOTS * 72 - BELOW
        _draw_bars(paper, chart, bottom - paper.y)
        paper.y = bottom + BELOW - MARGIN
        return paper.finished(chart.title, " ".join(chart.notes)).pixels(DOTS)


def _draw_bars(paper: Page, chart: BarChart, height: float) -> None:
    left, width = MARGIN + GUTTER, paper.room - GUTTER
    axes, bottom = paper.axes(left, width, height), paper.y + height
    values = [v for bar in chain(*chart.groups.values()) for v in (bar.value, bar.solid)]
    places = len(chart.groups) + sum(map(len, chart.groups.values()))
    low, high = min(0.9, *(v / 1.1 for v in values)), max(2.0, *(v * 1.1 for v in values))
    step, room = width / max(places, 1), math.log(high / low) * 0.13  # for the labels
    axes.set(yscale="log", xlim=(0, places), ylim=(low, high * math.exp(room)), xticks=[])
    axes.spines[:].set_visible(False)
    axes.yaxis.set_major_locator(FixedLocator([tick for tick in TICKS if low <= tick <= high]))
    axes.yaxis.set_minor_locator(NullLocator())
    axes.yaxis.set_major_formatter(FuncFormatter(lambda value, _: f"{value:g}"))
    axes.tick_params(axis="y", length=0)
    axes.grid(axis="y")
    axes.axhline(1, color=PRINT.text, lw=0.6)
    place = 0.5
    for number, (name, bars) in enumerate(chart.groups.items()):
        colour = COLOURS[number % len(COLOURS)]
        for bar in bars:
            middle = place + 0.5
            for value, opacity in ((bar.value, LIGHT), (bar.solid, 1.0)):
                axes.bar(middle, value - 1, 0.76, bottom=1, color=PRINT.ground, lw=0)
                axes.bar(middle, value - 1, 0.76, bottom=1, color=colour, alpha=opacity, lw=0)
            _label_bar(axes, middle, bar)
            x = left + middle * step
            look: Keywords = {"color": PRINT.quiet, "ha": "center"}
            size = min(SMALL - 1, step * 0.95 / width_of(bar.name, 1))
            paper.words(x, bottom + SMALL * 1.2, bar.name, size, **look)
            place += 1
        x = left + (place - len(bars) / 2) * step
        paper.words(x, bottom + 2.6 * TEXT, name, NAME, color=colour, weight="bold", ha="center")
        place += 1
    paper.words(left + width / 2, bottom + 4.2 * TEXT, chart.bars_are, SMALL, ha="center")
    for place, (words, opacity) in enumerate(zip(chart.legend, (1.0, LIGHT), strict=True)):
        x, y = left + place * width / 2, bottom + BELOW - MARGIN - 2
        look = {"color": PRINT.quiet, "alpha": opacity, "lw": 5, "solid_capstyle": "butt"}
        paper.line([x, x + 5], [y - 2, y - 2], **look)
        paper.words(x + 9, y, words, SMALL, color=PRINT.quiet)


def _label_bar(axes: Axes, middle: float, bar: Bar) -> None:
    """The ratios above a bar, on white so that no grid line crosses them."""
    top, two = max(bar.value, bar.solid, 1.0), abs(bar.solid / bar.value - 1) > DIFFERS
    texts = [(_times(bar.value), SMALL, PRINT.text, "bold")]
    texts = [(_times(bar.solid), SMALL - 1, PRINT.quiet, "normal"), *texts] if two else texts
    for row, (text, size, colour, weight) in enumerate(texts):
        axes.annotate(
            text,
            (middle, top),
            (0, 2 + row * (SMALL + 0.5)),
            textcoords="offset points",
            fontsize=size,
            color=colour,
            weight=weight,
            ha="center",
            bbox={"facecolor": PRINT.ground, "lw": 0, "pad": 0.3},
        )


def _times(ratio: float) -> str:
    return f"{ratio:.1f}×" if ratio >= 10 else f"{ratio:.2f}×"
