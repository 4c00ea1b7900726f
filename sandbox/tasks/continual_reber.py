"""continual_reber: embedded Reber strings in a row, with nothing to tell where one ends."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np

from sandbox.experiment import Frozen
from sandbox.tasks.base import Baseline, Criterion, Role, Sequences, Tokens
from sandbox.tasks.grammar import BEGIN, SYMBOLS, embedded, longest, read, sequences, share
from sandbox.tasks.rule_task import BuiltIn, param
from sandbox.validation import Whole  # noqa: TC001  pydantic reads it

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from sandbox.tasks.base import Drawn

SELDOM = 1e-3  # how likely a string is to be longer than `dependency` allows for
TESTED = 10_000  # symbols
STREAM = "10,000 symbols"


class ContinualReberParams(Frozen):
    """The length of training streams."""

    length: Whole = param(100, "Symbols in a training stream", "symbols", ge=12, le=1000)


def draw_continual_reber(rng: np.random.Generator, count: int, length: int) -> Drawn:
    """Embedded Reber strings in a row; the answers are the legal next symbols."""
    return embedded(1, repeating=True).drawn(stream_nodes(rng, count, length))


def stream_nodes(rng: np.random.Generator, count: int, length: int) -> NDArray[np.intp]:
    """The streams' nodes in the grammar, (count, `length`), from the beginning of a string on."""
    first = np.full((count, 1), BEGIN)
    walked = embedded(1, repeating=True).walk(rng, first[:, 0], length - 1)
    return np.concatenate([first, walked], axis=1)


class ContinualReber(BuiltIn):
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
    loss = "legal_symbols"
    rule = staticmethod(draw_continual_reber)

    params: ContinualReberParams

    def __init__(self, params: ContinualReberParams) -> None:
        super().__init__(params)
        self.inputs = Tokens(SYMBOLS)
        self.outputs = SYMBOLS
        self.length = params.length
        self.dependency = longest(1, SELDOM) - 4
        outer = share(embedded(1, repeating=True), Role.QUERY, params.length)
        self.baselines = (
            Baseline(
                "guesses the outer symbols",
                outer * 2 / 7 * math.log(2),
                1 - outer / 2,
            ),
        )
        self.criterion = Criterion(
            "accuracy", 0.95, 1, "95% of the outer symbols right in a stream of 10,000 symbols"
        )

    def draw(self, rng: np.random.Generator, count: int, split: str = "fresh") -> Sequences:
        """Outer symbols and transitions with probability 1/2 each, independent."""
        test = split == STREAM
        nodes = stream_nodes(rng, count, TESTED if test else self.length)
        return sequences(embedded(1, repeating=True), nodes, outer_only=test)

    def encode(self, text: str) -> Sequences:
        """As in "BTBTXSETEBPBPVVEPEBT": whole strings, of which the last may be cut short."""
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
