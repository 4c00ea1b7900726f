"""Colours and line styles, one meaning each, in a dark and a light palette.

Each text colour has a contrast of at least 4.5:1 on both grounds of its palette (a test
computes it).  Contestants differ by line style and marker too, for colour-blind eyes.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt

if TYPE_CHECKING:
    from collections.abc import Mapping


@dataclass(frozen=True)
class Palette:
    """Colours as #rrggbb.

    hairline: lines that only separate.  edge: borders of fields and buttons, scroll bars and
    grooves, at least 3:1 on both grounds.
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


DARK = Palette(
    name="dark",
    ground="#14171c",
    panel="#1b2027",
    hairline="#333b46",
    edge="#6a7584",
    text="#e6e9ee",
    quiet="#9aa4b2",
    contestants=("#f0a830", "#5ab4f0", "#3fd0a0", "#d58bb8"),
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
    contestants=("#a65c00", "#005fa3", "#00735a", "#8f3f75"),
    cue="#8a6100",
    wrong="#b3261e",
    right="#1b6e34",
)


@dataclass(frozen=True)
class LineStyle:
    """How one contestant is drawn everywhere: `slot` in Palette.contestants, dash, marker."""

    slot: int
    dash: Qt.PenStyle
    marker: str  # pyqtgraph symbol

    def color(self, palette: Palette) -> str:
        """Its colour in that palette."""
        return palette.contestants[self.slot]


_SLOTS = {"rnn": 0, "lstm": 1, "gru": 2}
_DASHES = (
    Qt.PenStyle.DashLine,
    Qt.PenStyle.SolidLine,
    Qt.PenStyle.DashDotLine,
    Qt.PenStyle.DotLine,
)
_MARKERS = ("o", "s", "t", "d")


def line_styles(cells: dict[str, str]) -> dict[str, LineStyle]:
    """A style for every contestant: `cells` maps its key to its cell's name.

    The first RNN, LSTM and GRU always have their cell's colour, the first of the other cells
    the fourth.  Further contestants take a colour that is left; then the other cells share the
    fourth and the rest the least taken, with another dash and marker.
    """
    styles: dict[str, LineStyle] = {}
    taken = [0] * len(_MARKERS)
    for key, cell in cells.items():
        slot = _SLOTS.get(cell, 3)
        if not taken[slot]:
            styles[key] = _next_style(slot, taken)
    for key in (key for key in cells if key not in styles):
        styles[key] = _next_style(_shared_slot(cells[key], taken), taken)
    return {key: styles[key] for key in cells}


def styles_of(cells: Mapping[str, str]) -> dict[str, LineStyle]:
    """The line of every contestant's net, by key; replicates share their contestant's."""
    styles = line_styles({key.partition("#")[0]: cell for key, cell in cells.items()})
    return {key: styles[key.partition("#")[0]] for key in cells}


def _shared_slot(cell: str, taken: list[int]) -> int:
    left = [slot for slot in (2, 3, 1, 0) if not taken[slot]]
    if left:
        return left[0]
    return 3 if cell not in _SLOTS and taken[3] < len(_MARKERS) else taken.index(min(taken))


def _next_style(slot: int, taken: list[int]) -> LineStyle:
    """A slot's colour with the dash and marker that nobody of this colour has yet."""
    shape = (slot + taken[slot]) % len(_MARKERS)
    taken[slot] += 1
    return LineStyle(slot, _DASHES[shape], _MARKERS[shape])
