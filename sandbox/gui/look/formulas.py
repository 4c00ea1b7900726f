"""Equations as a person reads them: subscripts, lines that fit, and gates that share a line."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING

from sandbox.gui.look.marks import write
from sandbox.gui.look.typeface import SMALL_PX, TEXT_PX, px, width_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from PySide6.QtGui import QPainter

INDENT = 16  # of a formula's further lines, in pixels
APART = 24  # between two formulas on a line
OWN_WEIGHTS = "each its own W, b"
_PIECES = re.compile(r"(\[t-1\])|_([a-z0-9]+)|((?:(?!\[t-1\]|_[a-z0-9]).)+)")
_WEIGHTS = re.compile(r"\bW\b")
_SUBSCRIPTS = {TEXT_PX: (SMALL_PX, 4), SMALL_PX: (9, 3)}  # size, and how far below the line


@dataclass(frozen=True)
class Piece:
    """A formula, or a quiet word about one, at x in its row."""

    x: float
    text: str
    remark: bool = False


def write_formula(
    painter: QPainter, x: float, baseline: float, text: str, color: str, size: int = TEXT_PX
) -> None:
    """One line of a formula: [t-1] and what follows a _ are written as subscripts."""
    small, down = _SUBSCRIPTS[size]
    for plain, below in _formula_pieces(text):
        if plain:
            x = write(painter, x, baseline, plain, color, size)
        else:
            x = write(painter, x + 1, baseline + px(down), below, color, small) + 1


def formula_width(text: str, size: int = TEXT_PX) -> float:
    """The width that `write_formula` takes."""
    small, _ = _SUBSCRIPTS[size]
    return sum(
        width_of(plain, size) if plain else 2 + width_of(below, small)
        for plain, below in _formula_pieces(text)
    )


def formula_in_html(text: str) -> str:
    """A formula for a label of rich text."""
    parts = (plain or f"<sub>{below}</sub>" for plain, below in _formula_pieces(text))
    return "".join(parts)


def _formula_pieces(text: str) -> list[tuple[str, str]]:
    """Pieces of a formula: (on the line, "") or ("", below it)."""
    found = _PIECES.findall(text)
    return [(plain, "t−1" if before else below) for before, below, plain in found]


def formula_lines(equations: str, width: float, size: int = TEXT_PX) -> list[tuple[int, str]]:
    """Equations as lines (indent, text) that fit a width, broken at spaces only."""
    lines: list[tuple[int, str]] = []
    for equation in equations.splitlines():
        words, indent = equation.split(" "), 0
        while words:
            count = len(words)
            while count > 1 and indent + formula_width(" ".join(words[:count]), size) > width:
                count -= 1
            lines.append((indent, " ".join(words[:count])))
            words, indent = words[count:], INDENT
    return lines


def shared(equations: str) -> list[tuple[str, str]]:
    """Equations (formula, remark), in order; lines that differ only in their name are one.

    Such lines have weights of their own each, and the remark says so.
    """
    names: dict[str, list[str]] = {}
    for line in equations.splitlines():
        name, _, value = line.partition("=")
        names.setdefault(value.strip(), []).append(name.strip())
    return [
        (
            f"{', '.join(own)} = {value}",
            OWN_WEIGHTS if len(own) > 1 and _WEIGHTS.search(value) else "",
        )
        for value, own in names.items()
    ]


def formula_rows(
    equations: str, width: float, size: int = TEXT_PX
) -> tuple[tuple[Piece, ...], ...]:
    """Equations in rows of a width, side by side where they fit."""
    return _rows(equations, width, size, px(100))


@lru_cache(maxsize=256)
def _rows(equations: str, width: float, size: int, scale: int) -> tuple[tuple[Piece, ...], ...]:
    rows: list[list[Piece]] = []
    x = width  # of the next formula; at first there is no row
    for text, remark, apart in _parts(equations):
        wide = width_of(text, size) if remark else formula_width(text, size)
        if x + apart + wide <= width:
            rows[-1].append(Piece(x + apart, text, remark))
            x += apart + wide
            continue
        if remark:
            continue  # what it says is left out rather than put below a formula
        for indent, line in formula_lines(text, width, size):
            rows.append([Piece(indent, line)])
            x = indent + formula_width(line, size)
    return tuple(tuple(row) for row in rows)


def _parts(equations: str) -> Iterator[tuple[str, bool, float]]:
    """Formulas and remarks, each with the space before it."""
    for text, remark in shared(equations):
        yield text, False, px(APART)
        if remark:
            yield remark, True, px(APART) / 3
