"""fluent: "I grew up in GERMANY … I speak fluent ___", with filler in between."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
from pydantic import model_validator

from sandbox.experiment import Frozen
from sandbox.tasks.base import Criterion, Drawn, Role, Sequences, Tokens
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
from sandbox.tasks.rule_task import RuleTask, chance, param
from sandbox.tasks.sampling import asked_last, balanced, role_row
from sandbox.tasks.text import tokens_of, words_of
from sandbox.validation import ExperimentError, Flag, Whole

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

    from sandbox.tasks.filler import Lines


CARRIERS = ("I", "grew", "up", "in", "speak", "fluent")  # tokens 0 to 5; then come countries
OPENING, CLOSING = CARRIERS[:4], ("I", "speak", "fluent")
LANGUAGES = """
GERMANY German FRANCE French SPAIN Spanish ITALY Italian POLAND Polish JAPAN Japanese
SWEDEN Swedish GREECE Greek TURKEY Turkish RUSSIA Russian HUNGARY Hungarian DENMARK Danish
""".split()
COUNTRIES = dict(zip(LANGUAGES[::2], LANGUAGES[1::2], strict=True))  # with their languages


class FluentParams(Frozen):
    """The gap, how many countries there are, and whether the filler names others."""

    gap: Whole = param(
        50, "Words of filler between the country and the question", "words", ge=0, le=500
    )
    countries: Whole = param(6, "Countries to tell apart", ge=2, le=12)
    distractors: Flag = param(False, "Filler sentences that name other countries")

    @model_validator(mode="after")
    def _a_distractor_must_not_tell(self) -> FluentParams:
        if self.distractors and self.countries == 2:
            accepts = "3 or more with distractors: with two, the other one gives the answer away"
            raise ExperimentError("countries", 2, accepts)
        return self


def draw_fluent(
    rng: np.random.Generator, count: int, gap: int, countries: int, lines: Lines | None = None
) -> Drawn:
    """I grew up in, a country, filler, I speak fluent, (count, gap + 8); the answer: a language."""
    cues, lines = balanced(rng, count, countries), lines or numbered(TRAINING, countries)
    return carried(cues, laid_out(filling(rng, count, gap, lines), gap, lines))


def draw_fluent_distracted(
    rng: np.random.Generator,
    count: int,
    gap: int,
    countries: int,
    both: tuple[Lines, Lines] | None = None,
) -> Drawn:
    """The same, (count, gap + 8), with distractors where the filler is long enough."""
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


class Fluent(RuleTask[FluentParams]):
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
    rule: Callable[..., Drawn] = staticmethod(draw_fluent)

    def __init__(self, params: FluentParams) -> None:
        super().__init__(params)
        names = tuple(COUNTRIES)[: params.countries]
        others = tuple(word for word in filler_words() if word not in CARRIERS)
        self.inputs = Tokens((*CARRIERS, *names, *others))
        self.outputs = tuple(COUNTRIES[name] for name in names)
        self.length = len(OPENING) + 1 + params.gap + len(CLOSING)
        self.dependency = params.gap + len(CLOSING)
        self.baselines = (chance("knows everything but the country", params.countries),)
        if params.distractors and params.gap >= LONG_ENOUGH:
            left = params.countries - 1
            self.baselines += (chance("also rules out the country named last", left),)
        self.criterion = Criterion(
            "accuracy", 0.99, 2000, "99% right on 2,000 fresh sequences, and with unseen filler"
        )
        if params.distractors:
            self.rule = draw_fluent_distracted

    def given(self, split: str) -> dict[str, Any]:
        """Filler of the split: a random series of whole sentences."""
        p, known = self.params, " ".join(filler_words())
        fresh = (TRAINING, TRAINING_DISTRACTORS)
        texts = fresh if split == "fresh" else (UNSEEN, UNSEEN_DISTRACTORS)
        plain, others = (numbered(text, p.countries, known) for text in texts)
        lines = {"both": (plain, others)} if p.distractors else {"lines": plain}
        return {"gap": p.gap, "countries": p.countries, **lines}

    def with_roles(self, drawn: Drawn) -> Sequences:
        """The country as cue, then filler, carriers and the question."""
        shape, start = drawn[0].shape, len(OPENING)
        filler = slice(start + 1, -len(CLOSING))
        roles = role_row(shape[1], cue=start, filler=filler, query=-1)
        return Sequences(*drawn, np.broadcast_to(roles, shape))

    def encode(self, text: str) -> Sequences:
        """A sentence (1, T), the cue after "grew up in" or named first; else ExperimentError."""
        words = words_of(text)
        tokens = np.array([tokens_of(words, self.inputs.words)], np.int32)
        cue = self._cue_step(words)
        roles = role_row(len(words), filler=slice(cue + 1, None))
        if tuple(words[-len(CLOSING) :]) == tuple(word.lower() for word in CLOSING):
            roles[-len(CLOSING) :] = Role.CARRIER
        roles[-1], roles[cue] = Role.QUERY, Role.CUE
        return Sequences(*asked_last(tokens, tokens[:, cue] - len(CARRIERS)), roles[None])

    def question(self, sequences: Sequences, index: int) -> str:
        """'… I speak fluent ___ (German)'."""
        end = " ".join(self.labels(sequences, index)[-len(CLOSING) :])
        return f"{end} ___ ({self.answer(sequences, index)})"

    def _cue_step(self, words: list[str]) -> int:
        names = [name.lower() for name in tuple(COUNTRIES)[: self.params.countries]]
        named = [step for step, word in enumerate(words) if word in names]
        if not named:
            accepts = "a sentence that names one of " + ", ".join(map(str.title, names))
            raise ExperimentError("sequence", " ".join(words), accepts)
        before = [word.lower() for word in OPENING[1:]]
        raised = (step for step in named if words[max(0, step - 3) : step] == before)
        return next(raised, named[0])
