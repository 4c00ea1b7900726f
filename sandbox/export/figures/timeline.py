"""The axis of a sequence: its steps, what each of them is for, and as many words as fit."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING

import numpy as np

from sandbox.export.figures import axes
from sandbox.export.figures.axes import Scale
from sandbox.export.figures.drawing import Box
from sandbox.export.figures.ink import CUE, FRAME, INK, NAME, QUIET, SMALL
from sandbox.export.figures.typeface import width_of
from sandbox.tasks.base import Role, Tokens

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from sandbox.export.figures.drawing import Drawing
    from sandbox.export.figures.probe import Probe

ROLE_NAMES = {Role.CUE: "cue", Role.FILLER: "filler", Role.QUERY: "question"}
ROLE_COLOURS = {Role.CUE: CUE, Role.QUERY: INK}
BAND = 2.2  # points: a role's band
_PITCH = SMALL * 1.15  # between words that stand upright
_LONGEST = 24  # letters of a word at the axis
_SHORT = 2  # letters


@dataclass(frozen=True)
class Segment:
    """Steps `start` to `stop` (excluded) that have one role."""

    role: Role
    start: int
    stop: int


def segments(roles: NDArray[np.uint8]) -> list[Segment]:
    """A sequence's roles as runs."""
    cuts = [0, *(np.flatnonzero(np.diff(roles)) + 1).tolist(), len(roles)]
    return [Segment(Role(int(roles[a])), a, b) for a, b in pairwise(cuts) if b > a]


@dataclass(frozen=True)
class Timeline:
    """`steps` steps between left and right, each equally wide."""

    left: float
    right: float
    steps: int

    def edge(self, step: float) -> float:
        """Where a step begins."""
        return self.left + step * (self.right - self.left) / max(self.steps, 1)

    def centre(self, step: float) -> float:
        """A step's middle."""
        return self.edge(step + 0.5)

    def centres(self) -> NDArray[np.float64]:
        """Every step's middle, (T,)."""
        width = (self.right - self.left) / max(self.steps, 1)
        return self.left + (np.arange(self.steps, dtype=np.float64) + 0.5) * width

    @property
    def scale(self) -> Scale:
        """Steps counted from 1, for an axis."""
        return Scale(0.5, self.steps + 0.5, self.left, self.right)


def draw_axis(drawing: Drawing, top: float, probe: Probe, timeline: Timeline) -> float:
    """Bands of cue, filler and question, numbers of steps, then words; where it ends."""
    top = _draw_bands(drawing, top + 1.5, probe, timeline)
    frame = Box(timeline.left, top, timeline.right - timeline.left, 0.0)
    drawing.line([(frame.left, top), (frame.right, top)], INK, FRAME)
    ticks = [t for t in axes.across_ticks(timeline.scale, whole=True) if t.value >= 1]
    bottom = axes.draw_across(drawing, frame, timeline.scale, _from_one(ticks))
    words = isinstance(probe.task.inputs, Tokens)
    if words:
        bottom = _draw_words(drawing, bottom + 3, probe, timeline)
    middle = (timeline.left + timeline.right) / 2
    name = "time step" + (", and what it reads" if words else "")
    drawing.words(middle, bottom + 1 + NAME, name, NAME, anchor="middle")
    return bottom + 3 + NAME


def _from_one(ticks: list[axes.Tick]) -> list[axes.Tick]:
    """With the first step among them where there is room before the next."""
    first = axes.Tick(1.0, "1")
    if not ticks or ticks[0].value == 1:
        return ticks or [first]
    gap = ticks[1].value - ticks[0].value if len(ticks) > 1 else 0
    return [first, *ticks] if ticks[0].value - 1 > 0.6 * gap else ticks


def draw_edges(drawing: Drawing, top: float, bottom: float, probe: Probe, line: Timeline) -> None:
    """Where cue and question begin and end, as thin lines behind what is drawn next."""
    for part in segments(probe.roles):
        if part.role in ROLE_COLOURS:
            for step in (part.start, part.stop):
                x = line.edge(step)
                drawing.line([(x, top), (x, bottom)], ROLE_COLOURS[part.role], 0.5, (), 0.7)


def tint(drawing: Drawing, frame: Box, probe: Probe, timeline: Timeline) -> None:
    """Cue and question as tints in a frame."""
    for part in segments(probe.roles):
        if part.role in ROLE_COLOURS:
            left, right = timeline.edge(part.start), timeline.edge(part.stop)
            box = Box(left, frame.top, max(right - left, 0.8), frame.height)
            drawing.fill(box, ROLE_COLOURS[part.role], 0.16)


def _draw_bands(drawing: Drawing, top: float, probe: Probe, timeline: Timeline) -> float:
    """A band a role with its name under it, the fillers' where room is left."""
    written: list[tuple[float, float]] = []
    parts = [part for part in segments(probe.roles) if part.role in ROLE_NAMES]
    for part in sorted(parts, key=lambda part: part.role == Role.FILLER):
        left, right = timeline.edge(part.start), timeline.edge(part.stop)
        colour = ROLE_COLOURS.get(part.role, QUIET)
        opacity = 0.4 if part.role == Role.FILLER else 1.0
        drawing.fill(Box(left, top, max(right - left, 0.6), BAND), colour, opacity)
        name, half = ROLE_NAMES[part.role], width_of(ROLE_NAMES[part.role], SMALL) / 2
        x = min(max((left + right) / 2, timeline.left + half), timeline.right - half)
        if all(x + half + 4 <= a or x - half - 4 >= b for a, b in written):
            written.append((x - half, x + half))
            drawing.words(x, top + BAND + SMALL, name, SMALL, colour, anchor="middle")
    return top + BAND + SMALL * 1.5


def _draw_words(drawing: Drawing, top: float, probe: Probe, timeline: Timeline) -> float:
    """Cue and question always, other words where they keep clear; where they end.

    Upright, but for words that are all as short as numbers.
    """
    level = max(map(len, probe.labels)) <= _SHORT
    taken: list[tuple[float, float]] = []
    longest = SMALL if level else 0.0
    for step in _by_weight(probe):
        x, text = timeline.centre(step), probe.labels[step][:_LONGEST]
        role = Role(int(probe.roles[step]))
        colour, bold = ROLE_COLOURS.get(role, QUIET), role in ROLE_COLOURS
        half = width_of(text, SMALL, bold) / 2 + 1.5 if level else _PITCH / 2
        if not text or any(x + half > a and x - half < b for a, b in taken):
            continue
        taken.append((x - half, x + half))
        if level:
            drawing.words(x, top + SMALL, text, SMALL, colour, bold=bold, anchor="middle")
            continue
        longest = max(longest, width_of(text, SMALL, bold))
        place = x + SMALL * 0.36
        drawing.words(place, top, text, SMALL, colour, bold=bold, anchor="end", angle=-90)
    return top + longest


def _by_weight(probe: Probe) -> list[int]:
    """Question and cue, then evenly spread ones, then what fits between."""
    first = list(reversed(probe.marked))
    every = max(-(-probe.length // 40), 1)
    spread = [step for step in range(0, probe.length, every) if step not in first]
    return [*first, *spread]
