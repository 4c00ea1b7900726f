"""A sequence as a few lines of words, with the middle left out if it is too long."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

Measure = Callable[[str, bool], float]


@dataclass(frozen=True)
class Piece:
    """One word, or the ellipsis for the words left out (step -1).

    x, width: along the line; `line` counts from 0.
    """

    text: str
    step: int
    bold: bool
    line: int
    x: float
    width: float


@dataclass(frozen=True)
class Ribbon:
    """Pieces in reading order; hidden: the steps left out, from the first to after the last."""

    pieces: tuple[Piece, ...]
    lines: int
    hidden: tuple[int, int] = (0, 0)

    def piece_of(self, step: int) -> Piece | None:
        """The word of a step, or the ellipsis that stands for it."""
        if self.hidden[0] <= step < self.hidden[1]:
            step = -1
        return next((piece for piece in self.pieces if piece.step == step), None)


def lay_out(
    words: list[str],
    bold: list[bool],
    width: float,
    lines: int,
    space: float,
    measure: Measure,
    unit: str = "words",
) -> Ribbon:
    """Lay out as many words as fit into `lines` lines of that width, from both ends inwards."""
    whole = _flow(_texts(words, bold), width, space, measure)
    if whole[-1].line < lines if whole else True:
        return Ribbon(tuple(whole), whole[-1].line + 1 if whole else 1)
    best, low, high = Ribbon((), lines), 2, len(words) - 1
    while low <= high:
        kept = (low + high) // 2
        trial = _shortened(words, bold, kept, width, space, measure, unit)
        if trial.lines <= lines:
            best, low = trial, kept + 1
        else:
            high = kept - 1
    return best if best.pieces else _shortened(words, bold, 2, width, space, measure, unit)


def _shortened(
    words: list[str],
    bold: list[bool],
    kept: int,
    width: float,
    space: float,
    measure: Measure,
    unit: str,
) -> Ribbon:
    """`kept` words, most of them at the start, and an ellipsis that counts the others."""
    tail = max(kept // 3, 1)
    first, last = kept - tail, len(words) - tail
    items = _texts(words, bold)
    gap = (f"… {last - first} {unit} …", -1, False)
    pieces = _flow([*items[:first], gap, *items[last:]], width, space, measure)
    return Ribbon(tuple(pieces), pieces[-1].line + 1, (first, last))


def _texts(words: list[str], bold: list[bool]) -> list[tuple[str, int, bool]]:
    return [
        (word, step, strong) for step, (word, strong) in enumerate(zip(words, bold, strict=True))
    ]


def _flow(
    items: list[tuple[str, int, bool]], width: float, space: float, measure: Measure
) -> list[Piece]:
    pieces, x, line = [], 0.0, 0
    for text, step, strong in items:
        wide = measure(text, strong)
        if x > 0 and x + wide > width:
            x, line = 0.0, line + 1
        pieces.append(Piece(text, step, strong, line, x, wide))
        x += wide + space
    return pieces
