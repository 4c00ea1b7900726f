"""Colours, dashes and markers, one meaning each, for the dark and light themes and for print.

Every text colour has a contrast of at least 4.5:1 on its palette's backgrounds; a test checks it.
  Contestants also differ by dash and marker, for colour-blind eyes and grey printing.
"""

from __future__ import annotations

from dataclasses import dataclass
from types import MappingProxyType
from typing import TYPE_CHECKING, Literal

from sandbox.contestants import looks_of

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
    contestants: tuple[str, ...]
    ground: str
    panel: str
    hairline: str
    edge: str
    text: str
    quiet: str
    cue: str
    wrong: str
    right: str


DARK = Palette(
    "dark",
    tuple("#f0a830 #5ab4f0 #3fd0a0 #d58bb8 #b39dff #c6d94f #c49a6c #aab4be".split()),
    *"#14171c #1b2027 #333b46 #6a7584 #e6e9ee #9aa4b2 #ffd75e #ff7a70 #6fd388".split(),
)
LIGHT = Palette(
    "light",
    tuple("#a65c00 #005fa3 #00735a #8f3f75 #5b45b8 #5f6b00 #8a4b3a #4a535e".split()),
    *"#ffffff #f6f7f9 #d5dae1 #858e9b #1c2127 #5a6472 #8a6100 #b3261e #1b6e34".split(),
)
# The first four follow Okabe & Ito 2008, darkened until they can be read on white.
PRINT = Palette(
    "print",
    tuple("#b85000 #0072b2 #00795a #a8467c #6a51a3 #8a6d00 #1a1a1a #6e6e6e".split()),
    *"#ffffff #ffffff #d9dce0 #858e9b #1a1a1a #5f6368 #8a6100 #b3261e #1b6e34".split(),
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


class QuietStyle(LineStyle):
    """How a line is drawn that is there for comparison only."""

    def color(self, palette: Palette) -> str:
        """The colour of quiet words."""
        return palette.quiet


SIMPLE_DASHES: tuple[Dash, ...] = (BASELINE.dash, (3.0, 2.0), (3.0, 2.0, 1.0, 2.0))  # of forecasts
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
