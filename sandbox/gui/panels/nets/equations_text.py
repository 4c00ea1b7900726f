"""A cell's equations, written above its heatmaps if there is room."""

from __future__ import annotations

import math
import re
from typing import TYPE_CHECKING

from sandbox.gui.look.marks import write, write_lines
from sandbox.gui.look.typeface import SMALL_PX, TEXT_PX, fits, metrics, px, width_of, wrap

if TYPE_CHECKING:
    from PySide6.QtCore import QRect
    from PySide6.QtGui import QPainter

    from sandbox.drawing.styles import Palette
    from sandbox.engine.cells import Cell

_PIECES = re.compile(r"([^_]+)|_\{([^}]*)\}|_(\w)")
NO_GATES = (
    "No gates: nothing decides what to keep. Every step rewrites the whole state, "
    "from what it reads and the state before."
)
PLEASANT_WIDTH = 420
INDENT = 16  # of a formula's further lines, in pixels


def write_formula(painter: QPainter, x: float, baseline: float, text: str, color: str) -> None:
    """One line of a formula: `_t` and `_{t-1}` are written as subscripts."""
    for plain, braced, single in _PIECES.findall(text):
        if plain:
            x = write(painter, x, baseline, plain, color, TEXT_PX)
        else:
            x = write(painter, x + 1, baseline + px(4), braced or single, color, SMALL_PX) + 1


def formula_width(text: str) -> float:
    """The width that `write_formula` takes."""
    return sum(
        width_of(plain) if plain else 2 + width_of(braced or single, SMALL_PX)
        for plain, braced, single in _PIECES.findall(text)
    )


def formula_lines(equations: str, width: float) -> list[tuple[int, str]]:
    """Equations as lines (indent, text) that fit a width, broken at spaces only."""
    lines: list[tuple[int, str]] = []
    for equation in equations.splitlines():
        words, indent = equation.split(" "), 0
        while words:
            count = len(words)
            while count > 1 and indent + formula_width(" ".join(words[:count])) > width:
                count -= 1
            lines.append((indent, " ".join(words[:count])))
            words, indent = words[count:], INDENT
    return lines


def explanation(
    cell: Cell, width: float, most: float
) -> tuple[list[str], list[tuple[int, str]], int]:
    """Plain words, equations, and the height of both; each whole or not at all.

    most: the height that there is.
    """
    pitch, room = metrics(TEXT_PX).height(), most - 6
    formulas = formula_lines(cell.equations, width)
    tall = len(formulas) * (pitch + 4)
    if tall > room:
        return [], [], 0
    gateless = not any(picture.kind == "gate" for picture in cell.pictures)
    words = whole_lines(width, room - tall - 4) if gateless else []
    return words, formulas, math.ceil(tall + 6 + (len(words) * pitch + 4 if words else 0))


def paint_free(painter: QPainter, rect: QRect, cell: Cell, palette: Palette) -> None:
    """Paint plain words and equations above the heatmaps, as far as they fit."""
    words, formulas, tall = explanation(cell, rect.width(), rect.height())
    top = rect.top() + rect.height() - tall + 4.0
    if words:
        top = write_lines(painter, rect.left(), top, words, palette.quiet, TEXT_PX) + 4
    measure = metrics(TEXT_PX)
    for indent, line in formulas:
        write_formula(painter, rect.left() + indent, top + measure.ascent(), line, palette.text)
        top += measure.height() + 4


def whole_lines(width: float, height: float) -> list[str]:
    """NO_GATES wrapped at the best width that holds all of it, or no lines."""
    measure = metrics(TEXT_PX)
    most = int(height // measure.height())
    for wide in (min(width, px(PLEASANT_WIDTH)), width):
        if most > 0 and fits(NO_GATES, wide, most):
            return wrap(NO_GATES, wide, most)
    return []
