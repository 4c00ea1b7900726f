"""fluent: "I grew up in GERMANY … I speak fluent ___", with filler in between."""

from __future__ import annotations

import math
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np
from pydantic import Field, model_validator

from sandbox.experiment import Frozen
from sandbox.tasks.base import Baseline, Criterion, Role, Sequences, Task, Tokens
from sandbox.tasks.filler import LONG_ENOUGH, filler_words, sentences
from sandbox.tasks.sampling import answered_last, balanced, role_row
from sandbox.tasks.sentences import SLOT, SentenceTable
from sandbox.tasks.text import token_index, tokens_of, words_of
from sandbox.validation import ExperimentError, Flag, Whole

if TYPE_CHECKING:
    from numpy.typing import NDArray

OPENING = ("I", "grew", "up", "in")
CLOSING = ("I", "speak", "fluent")
COUNTRIES = {
    "GERMANY": "German",
    "FRANCE": "French",
    "SPAIN": "Spanish",
    "ITALY": "Italian",
    "POLAND": "Polish",
    "JAPAN": "Japanese",
    "SWEDEN": "Swedish",
    "GREECE": "Greek",
    "TURKEY": "Turkish",
    "RUSSIA": "Russian",
    "HUNGARY": "Hungarian",
    "DENMARK": "Danish",
}
_CUE = len(OPENING)


class FluentParams(Frozen):
    """The gap, how many countries there are, and whether the filler names others."""

    gap: Whole = Field(
        50,
        ge=0,
        le=500,
        description="Words of filler between the country and the question",
        json_schema_extra={"unit": "words"},
    )
    countries: Whole = Field(
        6, ge=2, le=12, description="Countries to tell apart", json_schema_extra={"unit": ""}
    )
    distractors: Flag = Field(False, description="Filler sentences that name other countries")

    @model_validator(mode="after")
    def _a_distractor_must_not_tell(self) -> FluentParams:
        if self.distractors and self.countries == 2:
            accepts = "3 or more with distractors: of two, the other would tell the answer"
            raise ExperimentError("countries", 2, accepts)
        return self


class Fluent(Task):
    """Tokens: the carrier words, K countries, and all filler words of both splits.

    T = gap + 8 steps: "I grew up in", the country, `gap` words, "I speak fluent".  The answer
    is read at "fluent", gap + 3 steps after the country.
    """

    name = "fluent"
    title = "I speak fluent …"
    summary = "A country is named once; many words later, which language follows from it?"
    explanation = (
        '"I grew up in GERMANY", then everyday sentences that have nothing to do with it, then '
        '"I speak fluent ___". Only the country decides the answer, so whoever reads it must '
        "keep it in mind through every word between. The slider sets how many words that is. "
        "With distractors, some of those sentences name other countries, which must not take "
        "its place. The second test uses filler made of words that were never read in training."
    )
    source = "After Bengio, Simard & Frasconi 1994; example sentence after Olah 2015"
    gap_field = "gap"
    Params = FluentParams
    splits = ("fresh", "unseen filler")
    generalisation = "unseen filler"
    solved_on = ("fresh", "unseen filler")

    params: FluentParams
    inputs: Tokens

    def __init__(self, params: FluentParams) -> None:
        super().__init__(params)
        names = tuple(COUNTRIES)[: params.countries]
        carriers = tuple(dict.fromkeys(OPENING + CLOSING))
        known = {word.lower() for word in carriers}
        others = tuple(word for word in filler_words() if word not in known)
        self.inputs = Tokens((*carriers, *names, *others))
        self.outputs = tuple(COUNTRIES[name] for name in names)
        self.length = len(OPENING) + 1 + params.gap + len(CLOSING)
        self.dependency = params.gap + len(CLOSING)
        self.baselines = _baselines(params)
        self.criterion = Criterion(
            "accuracy", 0.99, 2000, "99% right on 2,000 fresh sequences, and with unseen filler"
        )
        self._first_country = len(carriers)
        self._index = token_index(self.inputs.words)
        self._roles = role_row(
            self.length, cue=_CUE, filler=slice(_CUE + 1, -len(CLOSING)), query=-1
        )

    def draw(self, rng: np.random.Generator, count: int, split: str = "fresh") -> Sequences:
        """Countries balanced; the filler a random series of whole sentences of the split."""
        cues = balanced(rng, count, self.params.countries)
        inputs = np.empty((count, self.length), np.int32)
        inputs[:, :_CUE] = self._tokens(OPENING)
        inputs[:, _CUE] = self._first_country + cues
        inputs[:, -len(CLOSING) :] = self._tokens(CLOSING)
        if self.params.gap:
            inputs[:, _CUE + 1 : -len(CLOSING)] = self._filler(rng, cues, self._tables[split])
        return answered_last(inputs, cues, self._roles)

    def encode(self, text: str) -> Sequences:
        """The cue is the country after "grew up in", else the first one named."""
        words = words_of(text)
        tokens = np.array([tokens_of(words, self._index)], np.int32)
        cue = self._cue_step(words)
        roles = role_row(len(words), filler=slice(cue + 1, None))
        if tuple(words[-len(CLOSING) :]) == tuple(word.lower() for word in CLOSING):
            roles[-len(CLOSING) :] = Role.CARRIER
        roles[-1], roles[cue] = Role.QUERY, Role.CUE
        return answered_last(tokens, tokens[:, cue] - self._first_country, roles)

    def labels(self, sequences: Sequences, index: int) -> list[str]:
        """The words; every country in upper case."""
        return [self.inputs.words[token] for token in sequences.inputs[index]]

    def question(self, sequences: Sequences, index: int) -> str:
        """'… I speak fluent ___ (German)'."""
        end = " ".join(self.labels(sequences, index)[-len(CLOSING) :])
        return f"{end} ___ ({self.outputs[sequences.targets[index, -1]]})"

    @cached_property
    def _tables(self) -> dict[str, SentenceTable]:
        lists = sentences()
        return {
            split: SentenceTable(lists[name], lists[f"{name} distractors"], self._index)
            for split, name in zip(self.splits, ("training", "unseen"), strict=True)
        }

    def _tokens(self, words: tuple[str, ...]) -> list[int]:
        return [self._index[word.lower()] for word in words]

    def _filler(
        self, rng: np.random.Generator, cues: NDArray[np.intp], table: SentenceTable
    ) -> NDArray[np.int32]:
        """(count, gap) filler tokens; distractors name any country but the row's own."""
        gap = self.params.gap
        series = table.series(rng, len(cues), gap)
        if not self.params.distractors or gap < LONG_ENOUGH:
            return table.tokens(series, gap)
        tokens = table.tokens(table.with_distractors(rng, series), gap)
        row, step = np.nonzero(tokens == SLOT)
        other = rng.integers(1, self.params.countries, len(row))
        tokens[row, step] = self._first_country + (cues[row] + other) % self.params.countries
        return tokens

    def _cue_step(self, words: list[str]) -> int:
        names = [name.lower() for name in tuple(COUNTRIES)[: self.params.countries]]
        named = [step for step, word in enumerate(words) if word in names]
        if not named:
            accepts = "a sentence that names one of " + ", ".join(map(str.title, names))
            raise ExperimentError("sequence", " ".join(words), accepts)
        before = [word.lower() for word in OPENING[1:]]
        raised = (step for step in named if words[max(0, step - 3) : step] == before)
        return next(raised, named[0])


def _baselines(params: FluentParams) -> tuple[Baseline, ...]:
    """Chance: ln K and 1/K; with distractors also who rules out the country named last."""
    count = params.countries
    chance = Baseline(f"knows everything but the country: ln {count}", math.log(count), 1 / count)
    if not params.distractors or params.gap < LONG_ENOUGH:
        return (chance,)
    others = count - 1
    ruled_out = f"also rules out the country named last: ln {others}"
    return (chance, Baseline(ruled_out, math.log(others), 1 / others))
