"""fluent: "I grew up in GERMANY … I speak fluent ___", with filler in between."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np
from pydantic import Field, model_validator

from sandbox.experiment import Frozen
from sandbox.tasks.base import Baseline, Criterion, Role, Sequences, Task, Tokens
from sandbox.tasks.filler import (
    LONG_ENOUGH,
    TRAINING,
    TRAINING_DISTRACTORS,
    UNSEEN,
    UNSEEN_DISTRACTORS,
    filler_words,
    filling,
    laid_out,
    with_distractors,
)
from sandbox.tasks.sampling import asked_last, balanced, role_row
from sandbox.tasks.text import token_index, tokens_of, words_of
from sandbox.validation import ExperimentError, Flag, Whole

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

    from sandbox.tasks.base import Drawn
    from sandbox.tasks.filler import Lines


CARRIERS = ("I", "grew", "up", "in", "speak", "fluent")  # tokens 0 to 5; then come countries
OPENING, CLOSING = CARRIERS[:4], ("I", "speak", "fluent")
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
            accepts = "3 or more with distractors: with two, the other one gives the answer away"
            raise ExperimentError("countries", 2, accepts)
        return self


def draw_fluent(
    rng: np.random.Generator, count: int, gap: int, countries: int, lines: Lines | None = None
) -> Drawn:
    """I grew up in, a country, `gap` words of filler, I speak fluent; the answer: a language."""
    cues, lines = balanced(rng, count, countries), lines or numbered(TRAINING, countries)
    return carried(cues, laid_out(filling(rng, count, gap, lines), gap, lines))


def draw_fluent_distracted(
    rng: np.random.Generator,
    count: int,
    gap: int,
    countries: int,
    both: tuple[Lines, Lines] | None = None,
) -> Drawn:
    """The same with sentences that name other countries, where the filler is long enough."""
    known = (TRAINING, TRAINING_DISTRACTORS)
    plain, others = both or [numbered(text, countries, " ".join(known)) for text in known]
    if gap < LONG_ENOUGH:
        return draw_fluent(rng, count, gap, countries, plain)
    cues, lines = balanced(rng, count, countries), plain + others[1:]
    numbers = with_distractors(rng, filling(rng, count, gap, plain), lines, len(plain))
    words = laid_out(numbers, gap, lines)
    row, step = np.nonzero(words < 0)  # where a distractor names a country
    other = rng.integers(1, countries, len(row))
    words[row, step] = len(CARRIERS) + (cues[row] + other) % countries
    return carried(cues, words)


def numbered(text: str, countries: int, known: str = "") -> Lines:
    """Tokens of an empty sentence and the text's: carriers, countries, known words, its words."""
    token = {"COUNTRY": -1, **{word.lower(): n for n, word in enumerate(CARRIERS)}}
    for word in f"{known} {text}".replace(".", " ").split():
        token.setdefault(word, len(token) - 1 + countries)
    return [[], *([token[word] for word in line.split()] for line in text.split("."))]


def carried(cues: NDArray[np.intp], filler: NDArray[np.int32]) -> Drawn:
    """Countries (N,) and filler (N, gap) between the carriers; the answer is the country."""
    inputs = np.empty((len(filler), filler.shape[1] + 8), np.int32)
    inputs[:, :4] = 0, 1, 2, 3  # I grew up in
    inputs[:, 4] = len(CARRIERS) + cues
    inputs[:, 5:-3] = filler
    inputs[:, -3:] = 0, 4, 5  # I speak fluent
    return asked_last(inputs, cues)


class Fluent(Task):
    """Tokens: the carrier words, K countries, and all filler words of both splits.

    T = gap + 8 steps: "I grew up in", the country, `gap` words, "I speak fluent".  The answer
    is read at "fluent", gap + 3 steps after the country.
    """

    name = "fluent"
    title = "I speak fluent …"
    summary = "A country is named once; many words later, which language follows from it?"
    explanation = (
        '"I grew up in GERMANY", then everyday sentences that have nothing to do with it, then "I '
        'speak fluent ___". Only the country decides the answer, so a net has to keep it in mind '
        "through every word in between. The slider sets how many words that is. With distractors, "
        "some of those sentences name other countries, which must not take its place. The second "
        "test uses filler made of words that never appeared in training."
    )
    source = "After Bengio, Simard & Frasconi 1994; example sentence after Olah 2015"
    gap_field = "gap"
    Params = FluentParams
    splits = ("fresh", "unseen filler")
    generalisation = "unseen filler"
    solved_on = ("fresh", "unseen filler")
    rule: Callable[..., Drawn] | None = staticmethod(draw_fluent)

    params: FluentParams
    inputs: Tokens

    def __init__(self, params: FluentParams) -> None:
        super().__init__(params)
        names = tuple(COUNTRIES)[: params.countries]
        others = tuple(word for word in filler_words() if word not in CARRIERS)
        self.inputs = Tokens((*CARRIERS, *names, *others))
        self.outputs = tuple(COUNTRIES[name] for name in names)
        self.length = len(OPENING) + 1 + params.gap + len(CLOSING)
        self.dependency = params.gap + len(CLOSING)
        self.baselines = _baselines(params)
        self.criterion = Criterion(
            "accuracy", 0.99, 2000, "99% right on 2,000 fresh sequences, and with unseen filler"
        )
        if params.distractors:
            self.rule = draw_fluent_distracted
        self._index = token_index(self.inputs.words)
        self._roles = role_row(
            self.length, cue=len(OPENING), filler=slice(len(OPENING) + 1, -len(CLOSING)), query=-1
        )

    def draw(self, rng: np.random.Generator, count: int, split: str = "fresh") -> Sequences:
        """Countries balanced; the filler a random series of whole sentences of the split."""
        p, known = self.params, " ".join(filler_words())
        fresh = split == "fresh"
        plain = numbered(TRAINING if fresh else UNSEEN, p.countries, known)
        if p.distractors:
            text = TRAINING_DISTRACTORS if fresh else UNSEEN_DISTRACTORS
            both = plain, numbered(text, p.countries, known)
            drawn = draw_fluent_distracted(rng, count, p.gap, p.countries, both)
        else:
            drawn = draw_fluent(rng, count, p.gap, p.countries, plain)
        return Sequences(*drawn, np.broadcast_to(self._roles, drawn[0].shape))

    def encode(self, text: str) -> Sequences:
        """The cue is the country after "grew up in", else the first one named."""
        words = words_of(text)
        tokens = np.array([tokens_of(words, self._index)], np.int32)
        cue = self._cue_step(words)
        roles = role_row(len(words), filler=slice(cue + 1, None))
        if tuple(words[-len(CLOSING) :]) == tuple(word.lower() for word in CLOSING):
            roles[-len(CLOSING) :] = Role.CARRIER
        roles[-1], roles[cue] = Role.QUERY, Role.CUE
        return Sequences(*asked_last(tokens, tokens[:, cue] - len(CARRIERS)), roles[None])

    def labels(self, sequences: Sequences, index: int) -> list[str]:
        """The words; every country in upper case."""
        return [self.inputs.words[token] for token in sequences.inputs[index]]

    def question(self, sequences: Sequences, index: int) -> str:
        """'… I speak fluent ___ (German)'."""
        end = " ".join(self.labels(sequences, index)[-len(CLOSING) :])
        return f"{end} ___ ({self.outputs[sequences.targets[index, -1]]})"

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
    """Chance: ln K and 1/K; with distractors, also ruling out the country named last."""
    count = params.countries
    chance = Baseline(f"knows everything but the country: ln {count}", math.log(count), 1 / count)
    if not params.distractors or params.gap < LONG_ENOUGH:
        return (chance,)
    others = count - 1
    ruled_out = f"also rules out the country named last: ln {others}"
    return (chance, Baseline(ruled_out, math.log(others), 1 / others))
