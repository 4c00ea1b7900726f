"""recall: one symbol, then noise, then the question which symbol it was."""

from __future__ import annotations

import math
from string import ascii_uppercase
from typing import TYPE_CHECKING

import numpy as np
from pydantic import Field

from sandbox.experiment import Frozen
from sandbox.tasks.base import Baseline, Criterion, Role, Sequences, Task, Tokens
from sandbox.tasks.sampling import asked_last, balanced, longer, role_row
from sandbox.tasks.text import token_index, tokens_of
from sandbox.validation import ExperimentError, Whole

if TYPE_CHECKING:
    from sandbox.tasks.base import Drawn

QUERY = "?"
LONGER = "longer gap"


class RecallParams(Frozen):
    """The gap, and how many symbols there are."""

    gap: Whole = Field(
        50,
        ge=0,
        le=1000,
        description="Filler symbols between the cue and the question",
        json_schema_extra={"unit": "symbols"},
    )
    symbols: Whole = Field(
        4,
        ge=2,
        le=len(ascii_uppercase),
        description="Cue symbols to tell apart",
        json_schema_extra={"unit": ""},
    )
    fillers: Whole = Field(
        16, ge=1, le=64, description="Filler symbols to draw from", json_schema_extra={"unit": ""}
    )


def draw_recall(
    rng: np.random.Generator, count: int, gap: int, symbols: int, fillers: int
) -> Drawn:
    """One of `symbols` cues, `gap` filler symbols, a question mark; the answer is the cue."""
    cues = balanced(rng, count, symbols)
    inputs = np.empty((count, gap + 2), np.int32)
    inputs[:, 0] = cues
    # Narrow integers are drawn four to a 32-bit word.
    inputs[:, 1:-1] = rng.integers(symbols, symbols + fillers, (count, gap), np.uint8)
    inputs[:, -1] = symbols + fillers
    return asked_last(inputs, cues)


class Recall(Task):
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
    solved_on = ("fresh",)
    rule = staticmethod(draw_recall)

    params: RecallParams
    inputs: Tokens

    def __init__(self, params: RecallParams) -> None:
        super().__init__(params)
        self.outputs = tuple(ascii_uppercase[: params.symbols])
        fillers = tuple(str(number) for number in range(1, params.fillers + 1))
        self.inputs = Tokens((*self.outputs, *fillers, QUERY))
        self.length = params.gap + 2
        # One step at gap 0, but ln U[1, T_max - 1] needs a T_max of at least 2.
        self.dependency = max(2, params.gap + 1)
        count = params.symbols
        self.baselines = (
            Baseline(f"knows everything but the cue: ln {count}", math.log(count), 1 / count),
        )
        self.criterion = Criterion("accuracy", 0.99, 2000, "99% right on 2,000 fresh sequences")
        self._index = token_index(self.inputs.words)

    def draw(self, rng: np.random.Generator, count: int, split: str = "fresh") -> Sequences:
        """Cues balanced; fillers independent and uniform."""
        gap = longer(self.params.gap) if split == LONGER else self.params.gap
        drawn = draw_recall(rng, count, gap, self.params.symbols, self.params.fillers)
        roles = role_row(gap + 2, filler=slice(1, -1), cue=0, query=-1)
        return Sequences(*drawn, np.broadcast_to(roles, drawn[0].shape))

    def encode(self, text: str) -> Sequences:
        """As in "A 7 12 3 ?"; the cue is the first letter, and a missing "?" is added."""
        words = text.replace(",", " ").replace(QUERY, f" {QUERY} ").lower().split()
        if words[-1:] != [QUERY]:
            words.append(QUERY)
        tokens = np.array([tokens_of(words, self._index)], np.int32)
        cues = np.flatnonzero(tokens[0] < self.params.symbols)
        if not len(cues):
            accepts = "a row with one of the letters " + ", ".join(self.outputs)
            raise ExperimentError("sequence", text, accepts)
        roles = role_row(len(words), filler=slice(int(cues[0]) + 1, None), query=-1)
        roles[cues[0]] = Role.CUE
        return Sequences(*asked_last(tokens, tokens[:, cues[0]]), roles[None])

    def labels(self, sequences: Sequences, index: int) -> list[str]:
        """Letters for cues, numbers for fillers, and "?"."""
        return [self.inputs.words[token] for token in sequences.inputs[index]]

    def question(self, sequences: Sequences, index: int) -> str:
        """'which letter was it? (B)'."""
        return f"which letter was it? ({self.outputs[sequences.targets[index, -1]]})"
