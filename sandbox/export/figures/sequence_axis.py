"""The time axis of a sequence in print: roles, step numbers, and the words that fit."""

from __future__ import annotations

from itertools import zip_longest
from typing import TYPE_CHECKING

from sandbox.drawing.styles import PRINT
from sandbox.drawing.timeline import ROLE_NAMES, Timeline, fitting_words, marked_bands, named_bands
from sandbox.export.figures.axes_on_paper import across_ticks
from sandbox.export.figures.paper import NAME, SMALL, TEXT, width_of
from sandbox.tasks.base import Role, Tokens
from sandbox.tasks.shown import LONGEST_SYMBOL

if TYPE_CHECKING:
    from collections.abc import Sequence

    from matplotlib.axes import Axes

    from sandbox.export.figures.paper import Keywords, Page
    from sandbox.export.figures.probe import Probe

ROLE_COLOURS = {Role.CUE: PRINT.cue, Role.QUERY: PRINT.text}
_BAND = 2.2  # points: the height of a role's band
_LONGEST = 24  # letters shown of a word


def tint(axes: Axes, probe: Probe) -> None:
    """Tint cue and question in axes whose steps count from 1."""
    for band in marked_bands(probe.roles):
        colour = ROLE_COLOURS[band.role]
        axes.axvspan(band.start + 0.5, band.stop + 0.5, color=colour, alpha=0.16, lw=0)


def draw_sequence_axis(
    paper: Page, probe: Probe, timeline: Timeline, second: Probe | None = None
) -> None:
    """Bands of cue, filler and question, then step numbers, then words, at the page's y.

    second: a sequence whose words stand below, numbered 2, where they are others.
    """
    axes = paper.axes(timeline.left, timeline.width, SMALL * 1.5 + _BAND, paper.y + 1.5)
    axes.spines[["left", "right", "top"]].set_visible(False)
    axes.set(xlim=(0.5, probe.length + 0.5), ylim=(-SMALL * 1.5, _BAND), yticks=[])
    across_ticks(axes, timeline.width, whole=True)
    first = [tick for tick in axes.get_xticks() if 1 <= tick <= probe.length]
    gap = first[1] - first[0] if len(first) > 1 else 1
    ticks = [1, *first] if not first or first[0] - 1 > 0.6 * gap else first
    axes.set_xticks(ticks)
    named = named_bands(probe.roles, timeline, lambda text: width_of(text, SMALL))
    for band, middle in named:
        colour = ROLE_COLOURS.get(band.role, PRINT.quiet)
        opacity = 0.4 if band.role == Role.FILLER else 1.0
        width = max(band.stop - band.start, 0.6 / (timeline.edge(1) - timeline.edge(0)))
        axes.bar(band.start + 0.5, _BAND, width, align="edge", color=colour, alpha=opacity)
        if middle is not None:
            y = paper.y + 1.5 + _BAND + SMALL
            paper.words(middle, y, ROLE_NAMES[band.role], SMALL, color=colour, ha="center")
    paper.y += 1.5 + _BAND + SMALL * 1.5 + 4.5 + TEXT
    words = isinstance(probe.task.inputs, Tokens)
    if words and second is None:
        _draw_words(paper, probe, timeline, probe.labels)
    elif words and second is not None:
        both = zip_longest(probe.labels, second.labels[: probe.length], fillvalue="")
        below = ["" if one == other else other for one, other in both]
        for number, labels in enumerate((probe.labels, below), 1):
            look: Keywords = {"ha": "right", "weight": "bold"}
            paper.words(timeline.left - 5, paper.y + 3 + SMALL, f"{number}", SMALL, **look)
            _draw_words(paper, probe, timeline, labels)
    name = "time step" + (", and what it reads" if words else "")
    middle = timeline.left + timeline.width / 2
    paper.words(middle, paper.y + 1 + NAME, name, NAME, ha="center")
    paper.y += 3 + NAME


def _draw_words(paper: Page, probe: Probe, timeline: Timeline, words: Sequence[str]) -> None:
    """The words that fit, horizontal if all are as short as symbols, else vertical."""
    labels = [label[:_LONGEST] for label in words]
    level = max(map(len, probe.labels)) <= LONGEST_SYMBOL

    def width(step: int) -> float:
        return width_of(labels[step], SMALL, step in probe.marked)

    def extent(step: int) -> tuple[float, float]:
        half = width(step) / 2 + 1.5 if level else SMALL * 0.575
        return timeline.centre(step) - half, timeline.centre(step) + half

    top, longest = paper.y + 3, SMALL if level else 0.0
    for step in fitting_words(labels, probe.marked, extent):
        role = Role(int(probe.roles[step]))
        look: Keywords = {"color": ROLE_COLOURS.get(role, PRINT.quiet), "ha": "center"}
        look["weight"] = "bold" if role in ROLE_COLOURS else "normal"
        if level:
            paper.words(timeline.centre(step), top + SMALL, labels[step], SMALL, **look)
        else:
            turned: Keywords = {"rotation": 90, "va": "top", "rotation_mode": "default"}
            paper.words(timeline.centre(step), top, labels[step], SMALL, **look, **turned)
            longest = max(longest, width(step))
    paper.y = top + longest
