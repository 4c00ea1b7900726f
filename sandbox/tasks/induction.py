"""induction: A B … A → ?: what followed this symbol the last time?"""

from __future__ import annotations

import math
from string import ascii_lowercase
from typing import TYPE_CHECKING

import numpy as np
from pydantic import Field

from sandbox.experiment import Frozen
from sandbox.tasks.base import Baseline, Criterion, Role, Sequences, Task, Tokens
from sandbox.tasks.sampling import asked_at, balanced, longer
from sandbox.tasks.text import token_index, tokens_of, words_of
from sandbox.validation import ExperimentError, Whole

if TYPE_CHECKING:
    from sandbox.tasks.base import Drawn

PADDING = ""
LONGER = "longer gap"


class InductionParams(Frozen):
    """The gap, and how many symbols there are."""

    gap: Whole = Field(
        5,
        ge=0,
        le=500,
        description="Symbols between the pair and its repetition",
        json_schema_extra={"unit": "symbols"},
    )
    symbols: Whole = Field(
        4,
        ge=3,
        le=len(ascii_lowercase),
        description="Symbols to draw from",
        json_schema_extra={"unit": ""},
    )


def draw_induction(rng: np.random.Generator, count: int, gap: int, symbols: int) -> Drawn:
    """Letters with a pair A B at a random place, and A again after `gap` more; the answer is B.

    The token of a letter is one more than its number, 0 is padding.
    """
    second = balanced(rng, count, symbols)
    first = (second + rng.integers(1, symbols, count)) % symbols
    places = rng.integers(gap + 1, size=count)
    drawn = rng.integers(symbols - 1, size=(count, 2 * gap + 3), dtype=np.uint8)
    letters = drawn + (drawn >= first[:, None])  # one more from A on: every letter but A
    rows, asked = np.arange(count), places + gap + 2
    letters[rows, places], letters[rows, places + 1] = first, second
    letters[rows, asked] = first
    there = np.arange(letters.shape[1]) <= asked[:, None]
    return asked_at(np.where(there, letters + 1, 0).astype(np.int32), asked, second)


class Induction(Task):
    """Tokens: padding and V letters.  … A B, `gap` symbols, A; the answer is B.

    0 to `gap` random symbols come before the pair, equally often, so its place does not give it
    away; T = 2 gap + 3 at most, padded on the right.  A stands nowhere else, so B is the only
    answer; B differs from A and may come again among the others, which are independent and uniform
    over all letters but A.  The second split has twice the gap: a net that has learned to look back
    by a number of steps, rather than for A, fails there.

    Two baselines: B is uniform over the V letters, ln V; and a model that sees the last A and knows
    that no letter follows itself is left with V - 1 of them.
    """

    name = "induction"
    title = "What followed it before"
    summary = "A letter comes for the second time: which letter followed it the first time?"
    explanation = (
        "Random letters, and among them one pair, A B. After the gap A comes again, and the "
        "question is what followed it before. Only then does a net see which letter is asked "
        "about, so it has to remember not one letter but, for each letter, what came after it. "
        "Transformers learn this as an induction head: look for where this letter appeared before, "
        "and copy what came next. Where the gap is always the same, a net may just as well answer "
        "with what it read so many steps ago; the second test, whose gap is twice as long, tells "
        "the two apart, and training on a range of gaps leaves only the rule."
    )
    source = "Olsson et al. 2022; Gu & Dao 2023"
    gap_field = "gap"
    Params = InductionParams
    splits = ("fresh", LONGER)
    generalisation = LONGER
    solved_on = ("fresh",)
    rule = staticmethod(draw_induction)

    params: InductionParams
    inputs: Tokens

    def __init__(self, params: InductionParams) -> None:
        super().__init__(params)
        self.outputs = tuple(ascii_lowercase[: params.symbols])
        self.inputs = Tokens((PADDING, *self.outputs))
        self.length = 2 * params.gap + 3
        self.dependency = params.gap + 2
        count = params.symbols
        others = f"also knows that none follows itself: ln {count - 1}"
        self.baselines = (
            Baseline(f"knows everything but the pair: ln {count}", math.log(count), 1 / count),
            Baseline(others, math.log(count - 1), 1 / (count - 1)),
        )
        self.criterion = Criterion("accuracy", 0.99, 2000, "99% right on 2,000 fresh sequences")
        self._index = token_index(self.inputs.words)

    def draw(self, rng: np.random.Generator, count: int, split: str = "fresh") -> Sequences:
        """Answers balanced; A uniform over the others; the pair's place uniform."""
        gap = longer(self.params.gap) if split == LONGER else self.params.gap
        return _with_roles(draw_induction(rng, count, gap, self.params.symbols))

    def encode(self, text: str) -> Sequences:
        """As in "c A B d e a": the last letter appears once before, with another after it."""
        words = words_of(text)
        letters = np.array(tokens_of(words, self._index), np.intp) - 1
        before = np.flatnonzero(letters[:-1] == letters[-1:])
        if len(before) != 1 or before[0] + 2 >= len(letters):
            accepts = (
                "a row whose last letter appears once before, with another after it: c a b d a"
            )
            raise ExperimentError("sequence", text, accepts)
        inputs, asked = (letters[None] + 1).astype(np.int32), np.array([len(letters) - 1])
        return _with_roles(asked_at(inputs, asked, letters[before + 1]))

    def labels(self, sequences: Sequences, index: int) -> list[str]:
        """The letters, the pair in upper case, and "" for padding."""
        words = [self.inputs.words[token] for token in sequences.inputs[index]]
        cues = sequences.roles[index] == Role.CUE
        return [word.upper() if cue else word for word, cue in zip(words, cues, strict=True)]

    def question(self, sequences: Sequences, index: int) -> str:
        """'what followed a before? (b)'."""
        scored = sequences.scored[index]
        asked = self.inputs.words[sequences.inputs[index][scored][0]]
        return (
            f"what followed {asked} before? ({self.outputs[sequences.targets[index][scored][0]]})"
        )


def _with_roles(drawn: Drawn) -> Sequences:
    """The pair as cues: the first step with the letter that is asked about, and the next one."""
    inputs, _, scored = drawn
    rows = np.arange(len(inputs))
    pair = (inputs == inputs[scored][:, None]).argmax(axis=1)
    roles = np.where(inputs > 0, np.uint8(Role.FILLER), np.uint8(Role.PADDING))
    roles[rows, pair] = roles[rows, pair + 1] = Role.CUE
    roles[scored] = Role.QUERY
    return Sequences(*drawn, roles)
