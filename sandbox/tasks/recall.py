"""recall: one symbol, then noise, then the question which symbol it was."""

from __future__ import annotations

from string import ascii_uppercase

import numpy as np

from sandbox.experiment import Frozen
from sandbox.tasks.base import Drawn, Sequences, Tokens
from sandbox.tasks.rule_task import RuleTask, chance, param
from sandbox.tasks.sampling import asked_last, balanced, role_row
from sandbox.tasks.text import tokens_of
from sandbox.validation import ExperimentError, Whole

QUERY = "?"
LONGER = "longer gap"


class RecallParams(Frozen):
    """The gap, and how many symbols there are."""

    gap: Whole = param(
        50, "Filler symbols between the cue and the question", "symbols", ge=0, le=1000
    )
    symbols: Whole = param(4, "Cue symbols to tell apart", ge=2, le=len(ascii_uppercase))
    fillers: Whole = param(16, "Filler symbols to draw from", ge=1, le=64)


def draw_recall(
    rng: np.random.Generator, count: int, gap: int, symbols: int, fillers: int
) -> Drawn:
    """A cue, `gap` filler symbols, a question mark, (count, gap + 2); the answer is the cue."""
    cues = balanced(rng, count, symbols)
    inputs = np.empty((count, gap + 2), np.int32)
    inputs[:, 0] = cues
    # Narrow integers are drawn four to a 32-bit word.
    inputs[:, 1:-1] = rng.integers(symbols, symbols + fillers, (count, gap), np.uint8)
    inputs[:, -1] = symbols + fillers
    return asked_last(inputs, cues)


class Recall(RuleTask[RecallParams]):
    """Tokens: K cues (letters), V fillers (numbers), and "?".  T = gap + 2 steps.

    The second split has twice the gap.
    """

    name = "recall"
    title = "Recall a symbol"
    summary = "One letter, then a row of random numbers: which letter was it?"
    explanation = (
        "The first symbol is a letter, and what follows is noise: numbers drawn at random. The "
        "question mark at the end asks for the letter. There is nothing else to learn, so this is "
        "the purest test of how long a net can keep one thing in mind. The second test has a gap "
        "twice as long."
    )
    source = "Hochreiter & Schmidhuber 1997, task 2, simplified"
    gap_field = "gap"
    Params = RecallParams
    splits = ("fresh", LONGER)
    generalisation = LONGER
    rule = staticmethod(draw_recall)

    def __init__(self, params: RecallParams) -> None:
        super().__init__(params)
        self.outputs = tuple(ascii_uppercase[: params.symbols])
        fillers = tuple(str(number) for number in range(1, params.fillers + 1))
        self.inputs = Tokens((*self.outputs, *fillers, QUERY))
        self.length = params.gap + 2
        # One step at gap 0, but ln U[1, T_max - 1] needs a T_max of at least 2.
        self.dependency = max(2, params.gap + 1)
        self.baselines = (chance("knows everything but the cue", params.symbols),)

    def with_roles(self, drawn: Drawn) -> Sequences:
        """The cue, filler and the question, as they always stand."""
        roles = role_row(drawn[0].shape[1], filler=slice(1, -1), cue=0, query=-1)
        return Sequences(*drawn, np.broadcast_to(roles, drawn[0].shape))

    def encode(self, text: str) -> Sequences:
        """As in "A 7 12 3 ?", (1, T), the first letter being the cue; else ExperimentError."""
        words = text.replace(",", " ").replace(QUERY, f" {QUERY} ").lower().split()
        if words[-1:] != [QUERY]:
            words.append(QUERY)
        tokens = np.array([tokens_of(words, self.inputs.words)], np.int32)
        cues = np.flatnonzero(tokens[0] < self.params.symbols)
        if not len(cues):
            accepts = "a row with one of the letters " + ", ".join(self.outputs)
            raise ExperimentError("sequence", text, accepts)
        cue = int(cues[0])
        roles = role_row(len(words), filler=slice(cue + 1, None), query=-1, cue=cue)
        return Sequences(*asked_last(tokens, tokens[:, cue]), roles[None])

    def question(self, sequences: Sequences, index: int) -> str:
        """'which letter was it? (B)'."""
        return f"which letter was it? ({self.answer(sequences, index)})"
