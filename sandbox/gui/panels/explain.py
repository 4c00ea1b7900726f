"""What a cell with few pictures has to say in the room they leave: its equations."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from sandbox.gui.panels.ink import write, write_lines
from sandbox.gui.panels.typeface import SMALL_PX, TEXT_PX, metrics, wrap

if TYPE_CHECKING:
    from PySide6.QtCore import QRect
    from PySide6.QtGui import QPainter

    from sandbox.engine.cells import Cell
    from sandbox.gui.panels.content import ColumnContent

_PIECES = re.compile(r"([^_]+)|_\{([^}]*)\}|_(\w)")
NO_GATES = (
    "No gates: nothing decides what to keep. Every step writes the whole state anew, "
    "from the word it reads and the state before."
)


def write_formula(painter: QPainter, x: float, baseline: float, text: str, color: str) -> None:
    """One line of a formula: `_t` and `_{t-1}` are written as subscripts."""
    for plain, braced, single in _PIECES.findall(text):
        if plain:
            x = write(painter, x, baseline, plain, color, TEXT_PX)
        else:
            x = write(painter, x + 1, baseline + 4, braced or single, color, SMALL_PX) + 1


def paint_free(painter: QPainter, rect: QRect, cell: Cell, content: ColumnContent) -> None:
    """Plain words first, equations under them, as far as there is room."""
    measure, bottom = metrics(TEXT_PX), rect.top() + rect.height()
    gateless = not any(picture.kind == "gate" for picture in cell.pictures)
    lines = wrap(NO_GATES, min(rect.width() - 40, 420), 3, measure) if gateless else []
    formulas, pitch = cell.equations.splitlines(), measure.height() + 4
    top = rect.top() + 4.0
    if lines and top + len(lines) * measure.height() <= bottom:
        top = write_lines(painter, rect.left(), top, lines, content.palette.quiet, TEXT_PX) + 4
    if top + len(formulas) * pitch > bottom:
        return
    for line in formulas:
        write_formula(painter, rect.left(), top + measure.ascent(), line, content.palette.text)
        top += pitch
