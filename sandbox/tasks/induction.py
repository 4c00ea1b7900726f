"""induction: A B … A → ?: what followed this symbol the last time?"""

from __future__ import annotations

from string import ascii_lowercase

import numpy as np

from sandbox.experiment import Frozen
from sandbox.tasks.base import Drawn, Role, Sequences, Tokens
from sandbox.tasks.rule_task import RuleTask, chance, param
from sandbox.tasks.sampling import asked_at, balanced
from sandbox.tasks.text import tokens_of, words_of
from sandbox.validation import ExperimentError, Whole

PADDING = ""
LONGER = "longer gap"


class InductionParams(Frozen):
    """The gap, and how many symbols there are."""

    gap: Whole = param(5, "Symbols between the pair and its repetition", "symbols", ge=0, le=500)
    symbols: Whole = param(4, "Symbols to draw from", ge=3, le=len(ascii_lowercase))


def draw_induction(rng: np.random.Generator, count: int, gap: int, symbols: int) -> Drawn:
    """Letters (count, 2 gap + 3) with a pair A B somewhere, and A again after `gap` more.

    The answer is B.  The token of a letter is one more than its number, 0 is padding.
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


class Induction(RuleTask[InductionParams]):
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
    rule = staticmethod(draw_induction)

    def __init__(self, params: InductionParams) -> None:
        super().__init__(params)
        self.outputs = tuple(ascii_lowercase[: params.symbols])
        self.inputs = Tokens((PADDING, *self.outputs))
        self.length = 2 * params.gap + 3
        self.dependency = params.gap + 2
        count = params.symbols
        self.baselines = (
            chance("knows everything but the pair", count),
            chance("also knows that none follows itself", count - 1),
        )

    def with_roles(self, drawn: Drawn) -> Sequences:
        """The pair as cues: the first step with the asked letter, and the next one."""
        inputs, _, scored = drawn
        rows = np.arange(len(inputs))
        pair = (inputs == inputs[scored][:, None]).argmax(axis=1)
        roles = np.where(inputs > 0, np.uint8(Role.FILLER), np.uint8(Role.PADDING))
        roles[rows, pair] = roles[rows, pair + 1] = Role.CUE
        roles[scored] = Role.QUERY
        return Sequences(*drawn, roles)

    def encode(self, text: str) -> Sequences:
        """As in "c A B d e a", (1, T): the last letter once before; else ExperimentError."""
        letters = np.array(tokens_of(words_of(text), self.inputs.words), np.intp) - 1
        before = np.flatnonzero(letters[:-1] == letters[-1:])
        if len(before) != 1 or before[0] + 2 >= len(letters):
            accepts = "a row whose last letter appears once before, with another after it"
            raise ExperimentError("sequence", text, f"{accepts}: c a b d a")
        inputs, asked = (letters[None] + 1).astype(np.int32), np.array([len(letters) - 1])
        return self.with_roles(asked_at(inputs, asked, letters[before + 1]))

    def question(self, sequences: Sequences, index: int) -> str:
        """'what followed a before? (b)'."""
        asked = self.inputs.words[sequences.inputs[index][sequences.scored[index]][0]]
        return f"what followed {asked} before? ({self.answer(sequences, index)})"
