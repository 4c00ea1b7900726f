"""reber: which symbols may come next in an embedded Reber string?"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from sandbox.experiment import Frozen
from sandbox.tasks.base import Baseline, Criterion, Sequences, Tokens
from sandbox.tasks.grammar import (
    END,
    INNER_MEAN,
    SYMBOLS,
    allowed,
    embedded,
    longest,
    read,
    sequences,
)
from sandbox.tasks.rule_task import BuiltIn, param
from sandbox.tasks.sampling import balanced
from sandbox.validation import ExperimentError, Whole

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from sandbox.tasks.base import Drawn

RARE = 1e-9  # the largest probability of a string that is too long to be drawn
SELDOM = 1e-3  # how likely a string is to be longer than `dependency` allows for
MOST_TYPED = 1000  # inner strings
OUTER_SYMBOL, LONGER = "outer symbol", "more inner strings"


class ReberParams(Frozen):
    """How much comes between the two outer symbols."""

    strings: Whole = param(1, "Inner strings between the two outer symbols", "strings", ge=1, le=20)


def draw_reber(rng: np.random.Generator, count: int, strings: int) -> Drawn:
    """Embedded Reber strings with `strings` inner ones; the answers are the legal next symbols."""
    return embedded(strings).drawn(reber_nodes(rng, count, strings))


def reber_nodes(rng: np.random.Generator, count: int, strings: int) -> NDArray[np.intp]:
    """The strings' nodes in the grammar, (count, T); outer symbols are balanced."""
    return embedded(strings).strings(rng, balanced(rng, count, 2), longest(strings, RARE))


class Reber(BuiltIn):
    """Strings B o (inner)ⁿ o E with n = `strings`, o in {T, P}; targets: the legal next symbols.

    An inner string is B, then from state 0 the transitions 0: T→1, P→2; 1: S→1, X→3; 2: T→2, V→4;
    3: X→2, S→5; 4: P→3, V→5, each of two with probability 1/2, and E at state 5.  It has 8 symbols
    on average, so a whole string has 8 n + 4, of which all but the last E are scored.  T is the
    length that a string exceeds with a probability below 1e-9; such a string is drawn again.
    `dependency` is the distance between the two o's that one string in a thousand exceeds.

    The baseline knows the grammar but not o: at the one step where o has to be predicted again it
    gives T and P 1/2 each, which costs 2 ln 2 over 7 symbols there, and half of the strings have
    every step right.  Split "outer symbol" scores that step only; so does the split with twice as
    many inner strings, which are longer than any in training.
    """

    name = "reber"
    title = "Embedded Reber strings"
    summary = "A string is drawn from a small grammar: which symbols may come next?"
    explanation = (
        "A string begins with B and one of the letters T and P. Then comes a whole Reber string: "
        "a walk through a small diagram in which most symbols may be followed by either of two "
        "others, at random. After it the same letter comes again, and E. At every step the net "
        "has to tell all symbols that may follow from those that may not. The walk is learned "
        "soon, since it takes one or two symbols of memory; the outer letter takes more: it is "
        "needed only once, after a walk whose length varies."
    )
    source = "Hochreiter & Schmidhuber 1997, task 1; Smith & Zipser 1989; Fahlman 1991"
    gap_field = "strings"
    Params = ReberParams
    splits = ("fresh", OUTER_SYMBOL, LONGER)
    generalisation = LONGER
    whole_sequences = True
    loss = "legal_symbols"
    rule = staticmethod(draw_reber)

    params: ReberParams

    def __init__(self, params: ReberParams) -> None:
        super().__init__(params)
        self.inputs = Tokens(SYMBOLS)
        self.outputs = SYMBOLS
        self.length = longest(params.strings, RARE)
        self.dependency = longest(params.strings, SELDOM) - 4
        asked = INNER_MEAN * params.strings + 3
        self.baselines = (
            Baseline(
                "guesses the outer symbol",
                2 / 7 * math.log(2) / asked,
                1 / 2,
            ),
        )
        self.criterion = Criterion(
            "accuracy",
            1.0,
            512,
            "all legal symbols above all others at every step of 512 fresh strings, 256 of each "
            "outer symbol",
        )

    def draw(self, rng: np.random.Generator, count: int, split: str = "fresh") -> Sequences:
        """Outer symbols balanced; each of two transitions with probability 1/2."""
        strings = self.params.strings * (2 if split == LONGER else 1)
        nodes = reber_nodes(rng, count, strings)
        return sequences(embedded(strings), nodes, outer_only=split != "fresh")

    def encode(self, text: str) -> Sequences:
        """As in "B T B T X S E T E" or BTBTXSETE: a whole string with any number of inner ones."""
        inner_ends = text.upper().count(SYMBOLS[-1]) - 1
        grammar = embedded(max(1, min(inner_ends, MOST_TYPED)))
        nodes = read(grammar, text)
        if nodes[-1] != END:
            accepts = (
                f"a whole string: it ends too early, where {allowed(grammar, nodes)} must follow"
            )
            raise ExperimentError("sequence", text, accepts)
        return sequences(grammar, nodes[None])

    def question(self, sequences: Sequences, index: int) -> str:
        """'which letter is repeated at the end? (T)'."""
        again = SYMBOLS[sequences.inputs[index, 1]]
        return f"which letter is repeated at the end? ({again})"
