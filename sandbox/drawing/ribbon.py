"""A sequence as a few lines of words, with the middle left out if it is too long."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from sandbox.drawing.timeline import marked_steps

if TYPE_CHECKING:
    from sandbox.tasks.shown import ShownSequence

Measure = Callable[[str, bool], float]


@dataclass(frozen=True)
class Word:
    """One word, or the ellipsis for the words left out (step -1)."""

    text: str
    step: int
    bold: bool


@dataclass(frozen=True)
class Piece(Word):
    """A word in its place.  x, width: along the line; `line` counts from 0."""

    line: int
    x: float
    width: float


@dataclass(frozen=True)
class Ribbon:
    """Pieces in reading order; hidden: the steps left out, from the first to after the last."""

    pieces: tuple[Piece, ...] = ()
    hidden: tuple[int, int] = (0, 0)

    @property
    def lines(self) -> int:
        """How many lines it has, 1 at least."""
        return self.pieces[-1].line + 1 if self.pieces else 1

    def piece_of(self, step: int) -> Piece | None:
        """The word of a step, or the ellipsis that stands for it."""
        if self.hidden[0] <= step < self.hidden[1]:
            step = -1
        return next((piece for piece in self.pieces if piece.step == step), None)


def words_of(sequence: ShownSequence) -> list[Word]:
    """The words of a sequence, those of cue and question in bold type."""
    marked = marked_steps(sequence.roles)
    return [Word(label, step, step in marked) for step, label in enumerate(sequence.labels)]


def lay_out(
    words: list[Word], width: float, lines: int, space: float, measure: Measure, unit: str = "words"
) -> Ribbon:
    """Lay out as many words as fit into `lines` lines of that width, from both ends inwards.

    The words left out are counted in `unit`.
    """

    def with_only(kept: int) -> Ribbon:
        """`kept` words, most of them at the start, and an ellipsis that counts the others."""
        tail = max(kept // 3, 1)
        first, last = kept - tail, len(words) - tail
        gap = Word(f"… {last - first} {unit} …", -1, False)
        shortened = [*words[:first], gap, *words[last:]]
        return Ribbon(_flow(shortened, width, space, measure), (first, last))

    whole = Ribbon(_flow(words, width, space, measure))
    if whole.lines <= lines:
        return whole
    best, low, high = with_only(2), 3, len(words) - 1
    while low <= high:
        kept = (low + high) // 2
        trial = with_only(kept)
        if trial.lines <= lines:
            best, low = trial, kept + 1
        else:
            high = kept - 1
    return best


def _flow(words: list[Word], width: float, space: float, measure: Measure) -> tuple[Piece, ...]:
    pieces, x, line = [], 0.0, 0
    for word in words:
        wide = measure(word.text, word.bold)
        if x > 0 and x + wide > width:
            x, line = 0.0, line + 1
        pieces.append(Piece(word.text, word.step, word.bold, line, x, wide))
        x += wide + space
    return tuple(pieces)
