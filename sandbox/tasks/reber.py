"""reber and continual_reber: which symbols may come next in embedded Reber strings?"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np

from sandbox.experiment import Frozen
from sandbox.tasks.base import Baseline, Criterion, Drawn, Role, Sequences, Tokens
from sandbox.tasks.grammar import (
    BEGIN,
    END,
    INNER_MEAN,
    SYMBOLS,
    allowed,
    embedded,
    longest,
    read,
    sequences,
    share,
)
from sandbox.tasks.rule_task import BuiltIn, P, param
from sandbox.tasks.sampling import balanced
from sandbox.validation import ExperimentError, Whole

if TYPE_CHECKING:
    from numpy.typing import NDArray


RARE = 1e-9  # the largest probability of a string that is too long to be drawn
SELDOM = 1e-3  # how likely a string is to be longer than `dependency` allows for
MOST_TYPED = 1000  # inner strings
TESTED = 10_000  # symbols of a stream
OUTER_SYMBOL, LONGER, STREAM = "outer symbol", "more inner strings", "10,000 symbols"


class ReberParams(Frozen):
    """How much comes between the two outer symbols."""

    strings: Whole = param(1, "Inner strings between the two outer symbols", "strings", ge=1, le=20)


def draw_reber(rng: np.random.Generator, count: int, strings: int) -> Drawn:
    """Strings (count, T) with `strings` inner ones; the legal next symbols are (count, T, 7)."""
    return embedded(strings).drawn(reber_nodes(rng, count, strings))


def reber_nodes(rng: np.random.Generator, count: int, strings: int) -> NDArray[np.intp]:
    """The strings' nodes in the grammar, (count, T); outer symbols are balanced."""
    return embedded(strings).strings(rng, balanced(rng, count, 2), longest(strings, RARE))


class GrammarTask(BuiltIn[P]):
    """A task whose inputs and answers are the symbols of the grammar."""

    loss = "legal_symbols"
    inputs = Tokens(SYMBOLS)
    outputs = SYMBOLS


class Reber(GrammarTask[ReberParams]):
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
    rule = staticmethod(draw_reber)

    def __init__(self, params: ReberParams) -> None:
        super().__init__(params)
        self.length = longest(params.strings, RARE)
        self.dependency = longest(params.strings, SELDOM) - 4
        asked = INNER_MEAN * params.strings + 3
        self.baselines = (Baseline("guesses the outer symbol", 2 / 7 * math.log(2) / asked, 1 / 2),)
        self.criterion = Criterion(
            "accuracy",
            1.0,
            512,
            "all legal symbols above all others at every step of 512 fresh strings, 256 of each "
            "outer symbol",
        )

    def draw(self, rng: np.random.Generator, count: int, split: str = "fresh") -> Sequences:
        """Strings (count, T); outer symbols balanced, each of two transitions equally likely."""
        strings = self.params.strings * (2 if split == LONGER else 1)
        nodes = reber_nodes(rng, count, strings)
        return sequences(embedded(strings), nodes, outer_only=split != "fresh")

    def encode(self, text: str) -> Sequences:
        """As in "B T B T X S E T E" or BTBTXSETE, (1, T): a whole string, else ExperimentError."""
        inner_ends = text.upper().count(SYMBOLS[-1]) - 1
        grammar = embedded(max(1, min(inner_ends, MOST_TYPED)))
        nodes = read(grammar, text)
        if nodes[-1] != END:
            missing = allowed(grammar, nodes)
            accepts = f"a whole string: it ends too early, where {missing} must follow"
            raise ExperimentError("sequence", text, accepts)
        return sequences(grammar, nodes[None])

    def question(self, sequences: Sequences, index: int) -> str:
        """'which letter is repeated at the end? (T)'."""
        again = SYMBOLS[sequences.inputs[index, 1]]
        return f"which letter is repeated at the end? ({again})"


class ContinualReberParams(Frozen):
    """The length of training streams."""

    length: Whole = param(100, "Symbols in a training stream", "symbols", ge=12, le=1000)


def draw_continual_reber(rng: np.random.Generator, count: int, length: int) -> Drawn:
    """Embedded Reber strings in a row, (count, length); the answers are (count, length, 7)."""
    return embedded(1, repeating=True).drawn(stream_nodes(rng, count, length))


def stream_nodes(rng: np.random.Generator, count: int, length: int) -> NDArray[np.intp]:
    """The streams' nodes in the grammar, (count, `length`), from the beginning of a string on."""
    first = np.full((count, 1), BEGIN)
    walked = embedded(1, repeating=True).walk(rng, first[:, 0], length - 1)
    return np.concatenate([first, walked], axis=1)


class ContinualReber(GrammarTask[ContinualReberParams]):
    """Embedded Reber strings (see `reber`, with one inner string) in a row; T = `length` symbols.

    A stream begins with a string's first symbol and may end within one; the legal next symbols are
    the targets at every step.  In training a net begins each stream with an empty state; in the
    test it reads 10,000 symbols without a reset, and only the outer symbols are scored: one in 12.
    `dependency` is the distance between the two o's that one string in a thousand exceeds.

    The baseline knows the grammar but no outer symbol, as for `reber`.
    """

    name = "continual_reber"
    title = "Reber strings without end"
    summary = "Strings of a grammar follow each other without a break: which symbols may come next?"
    explanation = (
        "These are the embedded Reber strings of the previous task, one after another in a "
        "stream. In each, a letter, T or P, comes near the beginning and again near the end, so "
        "it has to be kept that long and then dropped. Nothing resets the net in between, so what "
        "it kept of one string gets in the way in the next. A net is trained on short streams and "
        "tested on a very long one, where a memory that only ever adds overflows."
    )
    source = "Gers, Schmidhuber & Cummins 2000"
    gap_field = "length"
    Params = ContinualReberParams
    splits = ("fresh", STREAM)
    generalisation = STREAM
    solved_on = (STREAM,)
    rule = staticmethod(draw_continual_reber)

    def __init__(self, params: ContinualReberParams) -> None:
        super().__init__(params)
        self.length = params.length
        self.dependency = longest(1, SELDOM) - 4
        outer = share(embedded(1, repeating=True), Role.QUERY, params.length)
        self.baselines = (
            Baseline("guesses the outer symbols", outer * 2 / 7 * math.log(2), 1 - outer / 2),
        )
        self.criterion = Criterion(
            "accuracy", 0.95, 1, "95% of the outer symbols right in a stream of 10,000 symbols"
        )

    def draw(self, rng: np.random.Generator, count: int, split: str = "fresh") -> Sequences:
        """Streams (count, T); outer symbols and transitions independent, equally likely."""
        test = split == STREAM
        nodes = stream_nodes(rng, count, TESTED if test else self.length)
        return sequences(embedded(1, repeating=True), nodes, outer_only=test)

    def encode(self, text: str) -> Sequences:
        """As in "BTBTXSETEBPBPVVEPEBT", (1, T): the last string may end early; ExperimentError."""
        grammar = embedded(1, repeating=True)
        return sequences(grammar, read(grammar, text)[None])

    def question(self, sequences: Sequences, index: int) -> str:
        """'which letter comes after the last complete inner string? (T)'."""
        scored = np.flatnonzero(sequences.scored[index])
        queries = np.flatnonzero(sequences.roles[index] == Role.QUERY)
        step = queries[-1] if len(queries) else scored[-1]
        legal = " or ".join(SYMBOLS[n] for n in np.flatnonzero(sequences.targets[index, step]))
        where = "after the last complete inner string" if len(queries) else "at the end"
        return f"which letter comes {where}? ({legal})"
