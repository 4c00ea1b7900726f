"""Print style: sizes in points, colours that stand on white, and a line for every contestant.

Colours are those of Okabe & Ito 2008, darkened until each has a contrast of at least 4.5:1 on
white (a test computes it).  Contestants differ by dash and marker too, so that a figure survives
grey printing.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

POINT_MM = 25.4 / 72  # millimetres
WIDTHS_MM = (85, 170)  # one column of a paper, and the whole page

PAPER = "#ffffff"
INK, QUIET, HAIRLINE = "#1a1a1a", "#5f6368", "#d9dce0"
CUE = "#8a6100"
RIGHT, WRONG = "#1b6e34", "#b3261e"

TITLE, NAME, TEXT, SMALL = 9.0, 7.5, 7.0, 6.5  # points
LEADING = 1.3  # of a line, in sizes of its type
STRONG, THIN, FRAME = 1.2, 0.5, 0.6  # widths of lines, points
BEYOND, DOTTED = 0.9, (0.9, 2.1)  # width and dash of a line of what is not trained on, points
FAINT = 0.28  # opacity of what was measured, under what is smoothed

# Of an RNN, an LSTM, a GRU, other cells; then what further contestants take.
COLOURS = (
    "#b85000",
    "#0072b2",
    "#00795a",
    "#a8467c",
    "#8a6d00",
    "#1a1a1a",
    "#6a51a3",
    "#6e6e6e",
)
DASHES: tuple[tuple[float, ...], ...] = (  # in points
    (4.5, 1.8),
    (),
    (6.0, 1.5, 1.2, 1.5),
    (1.2, 1.3),
    (8.0, 2.0),
    (2.6, 1.3),
    (6.0, 1.4, 1.2, 1.4, 1.2, 1.4),
    (4.0, 1.3, 1.2, 1.3),
)
MARKERS = ("circle", "square", "down", "diamond", "up", "left", "right", "pentagon")
_OWN_SLOTS = {"rnn": 0, "lstm": 1, "gru": 2}
_OTHER_CELL = 3
_FREE_ORDER = (4, 5, 6, 7, 3, 2, 1, 0)


@dataclass(frozen=True)
class Style:
    """How one contestant is drawn: colour as #rrggbb, dash in points, marker."""

    colour: str
    dash: tuple[float, ...]
    marker: str


def styles(cells: Mapping[str, str]) -> dict[str, Style]:
    """A style for every line: `cells` maps its name to its cell's.

    The first RNN, LSTM and GRU always look the same, as the first of the other cells does;
    further ones take what is left.  From the ninth on colours come again, with another dash.
    """
    taken: dict[str, int] = {}
    for name, cell in cells.items():
        slot = _OWN_SLOTS.get(cell, _OTHER_CELL)
        if slot not in taken.values():
            taken[name] = slot
    free = [slot for slot in _FREE_ORDER if slot not in taken.values()]
    for name in (name for name in cells if name not in taken):
        taken[name] = free.pop(0) if free else len(taken)
    return {name: _style(taken[name]) for name in cells}


def _style(slot: int) -> Style:
    again, place = divmod(slot, len(COLOURS))
    other = (place + again) % len(COLOURS)
    return Style(COLOURS[place], DASHES[other], MARKERS[other])
