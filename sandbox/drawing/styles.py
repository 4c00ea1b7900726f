"""Colours, dashes and markers, one meaning each, for the dark and light themes and for print.

Every text colour has a contrast of at least 4.5:1 on its palette's backgrounds; a test checks it.
  Contestants also differ by dash and marker, for colour-blind eyes and grey printing.
"""

from __future__ import annotations

from dataclasses import dataclass
from types import MappingProxyType
from typing import TYPE_CHECKING, Literal

from sandbox.experiment import looks_of

if TYPE_CHECKING:
    from collections.abc import Mapping

Dash = tuple[float, ...]  # lengths of strokes and gaps, in line widths; () is a solid line
Marker = Literal["circle", "square", "down", "diamond", "up", "left", "right", "pentagon"]


@dataclass(frozen=True)
class Palette:
    """Colours as #rrggbb; `contestants` are indexed by `LineStyle.slot`.

    hairline: lines that only separate.  edge: borders of controls and scroll bars, at least 3:1.
    """

    name: str
    ground: str
    panel: str
    hairline: str
    edge: str
    text: str
    quiet: str
    contestants: tuple[str, ...]
    cue: str
    wrong: str
    right: str


def _colours(names: str) -> tuple[str, ...]:
    return tuple(names.split())


DARK = Palette(
    name="dark",
    ground="#14171c",
    panel="#1b2027",
    hairline="#333b46",
    edge="#6a7584",
    text="#e6e9ee",
    quiet="#9aa4b2",
    contestants=_colours("#f0a830 #5ab4f0 #3fd0a0 #d58bb8 #b39dff #c6d94f #c49a6c #aab4be"),
    cue="#ffd75e",
    wrong="#ff7a70",
    right="#6fd388",
)

LIGHT = Palette(
    name="light",
    ground="#ffffff",
    panel="#f6f7f9",
    hairline="#d5dae1",
    edge="#858e9b",
    text="#1c2127",
    quiet="#5a6472",
    contestants=_colours("#a65c00 #005fa3 #00735a #8f3f75 #5b45b8 #5f6b00 #8a4b3a #4a535e"),
    cue="#8a6100",
    wrong="#b3261e",
    right="#1b6e34",
)

# The first four follow Okabe & Ito 2008, darkened until they can be read on white.
PRINT = Palette(
    name="print",
    ground="#ffffff",
    panel="#ffffff",
    hairline="#d9dce0",
    edge="#858e9b",
    text="#1a1a1a",
    quiet="#5f6368",
    contestants=_colours("#b85000 #0072b2 #00795a #a8467c #6a51a3 #8a6d00 #1a1a1a #6e6e6e"),
    cue="#8a6100",
    wrong="#b3261e",
    right="#1b6e34",
)


@dataclass(frozen=True)
class LineKind:
    """A line style that is not a contestant's, with the word for it."""

    word: str
    dash: Dash


BASELINE = LineKind("dotted", (1.0, 2.0))  # also for the criterion
GENERALISATION = LineKind("dashed", (6.0, 5.0))  # wider gaps than any contestant's dash


@dataclass(frozen=True)
class LineStyle:
    """How one contestant is drawn everywhere: `slot` in `Palette.contestants`, dash, marker."""

    slot: int
    dash: Dash
    marker: Marker

    def color(self, palette: Palette) -> str:
        """Its colour in that palette."""
        return palette.contestants[self.slot]


_SHAPES: tuple[tuple[Dash, Marker], ...] = (
    ((4.0, 2.0), "circle"),
    ((), "square"),
    ((4.0, 2.0, 1.0, 2.0), "down"),
    ((1.0, 1.5), "diamond"),
    ((8.0, 2.0), "up"),
    ((2.0, 1.5), "left"),
    ((4.0, 1.5, 1.0, 1.5, 1.0, 1.5), "right"),
    ((8.0, 1.5, 2.0, 1.5), "pentagon"),
)


def line_styles(
    cells: Mapping[str, str], looks: Mapping[str, int] = MappingProxyType({})
) -> dict[str, LineStyle]:
    """A style for every net: `cells` maps its key to its cell; replicates share one.

    looks: by contestant, as in `Experiment.looks`.  Beyond eight, which print alone can have,
    colours come again with other dashes and markers.
    """
    contestants = {key.partition("#")[0]: cell for key, cell in cells.items()}
    styles: dict[str, LineStyle] = {}
    for name, slot in looks_of(contestants, looks).items():
        before = sum(style.slot == slot for style in styles.values())
        styles[name] = LineStyle(slot, *_SHAPES[(slot + before) % len(_SHAPES)])
    return {key: styles[key.partition("#")[0]] for key in cells}
