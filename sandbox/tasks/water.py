"""water: "the fishes are in the ___": a subject, a few words, and its place."""

from __future__ import annotations

from typing import Any

import numpy as np

from sandbox.experiment import Frozen
from sandbox.tasks.base import Drawn, Role, Sequences, Tokens
from sandbox.tasks.rule_task import RuleTask, chance, param
from sandbox.tasks.sampling import asked_at, asked_last, balanced, role_row
from sandbox.tasks.text import tokens_of, words_of
from sandbox.validation import ExperimentError, Whole

PLACES = {
    "water": ("fishes", "whales"),
    "sky": ("birds", "eagles"),
    "barn": ("cows", "horses"),
    "desert": ("camels", "scorpions"),
    "forest": ("deer", "squirrels"),
    "snow": ("penguins", "huskies"),
}
SUBJECT = "SUBJECT"
FRAMES = (
    ("the", SUBJECT, "are", "in", "the"),
    ("the", SUBJECT, "live", "in", "the"),
    ("today", "the", SUBJECT, "rest", "in", "the"),
    ("the", SUBJECT, "often", "sleep", "in", "the"),
    ("we", "know", "the", SUBJECT, "stay", "out", "in", "the"),
)
# Tested on only: the same words, with five to eight steps from the animal to the question.
LONGER_FRAMES = (
    ("today", "the", SUBJECT, "often", "sleep", "out", "in", "the"),
    ("the", SUBJECT, "we", "know", "live", "out", "in", "the"),
    ("we", "know", "the", SUBJECT, "often", "stay", "out", "today", "in", "the"),
    ("the", SUBJECT, "we", "know", "today", "often", "rest", "out", "in", "the"),
)
LONGER = "longer sentences"
PADDING = ""


class WaterParams(Frozen):
    """How many places there are to tell apart."""

    places: Whole = param(5, "Places to tell apart, two animals each", ge=2, le=len(PLACES))


def draw_water(
    rng: np.random.Generator, count: int, places: int, frames: tuple[tuple[str, ...], ...] = FRAMES
) -> Drawn:
    """Sentences (count, T), each about one of two animals of a place; the answer is the place.

    Tokens: 0 padding, then carriers, then animals.
    """
    token = {word: number for number, word in enumerate(carriers(), 1)}
    table = np.zeros((len(frames), max(map(len, frames))), np.int32)
    for row, frame in zip(table, frames, strict=True):
        row[: len(frame)] = [token.get(word, -1) for word in frame]  # -1: the animal
    at = balanced(rng, count, places)
    animals = 2 * at + rng.integers(2, size=count)
    chosen = rng.integers(len(frames), size=count)
    inputs = table[chosen]
    inputs[inputs < 0] = 1 + len(token) + animals
    lengths = np.array([len(frame) for frame in frames])
    return asked_at(inputs, lengths[chosen] - 1, at)


def carriers() -> list[str]:
    """Every word of the sentences but the animals, each once."""
    return [word for word in dict.fromkeys(sum(FRAMES, ())) if word != SUBJECT]


class Water(RuleTask[WaterParams]):
    """Tokens: padding, the words of five sentences, and 2·K animals.

    The question comes 3 or 4 steps after the animal.  Shorter sentences are padded on the right to
    the longest.  The verb is drawn independently of the animal, so it tells nothing.  The second
    split has sentences with more of the same words in between.
    """

    name = "water"
    title = "The fishes are in the …"
    summary = "An animal is named, and three or four words later, where is it?"
    explanation = (
        '"the fishes are in the ___": the animal decides the place, and the words between say '
        "nothing about it. The answer has to be carried over three or four words only, a short "
        "dependency that even a plain RNN can learn: start here to see both succeed. The second "
        "test has longer sentences of the same words."
    )
    source = "After the sentence in Olah 2015, Understanding LSTM Networks"
    gap_field = None
    Params = WaterParams
    splits = ("fresh", LONGER)
    generalisation = LONGER
    rule = staticmethod(draw_water)

    def __init__(self, params: WaterParams) -> None:
        super().__init__(params)
        self.outputs = tuple(PLACES)[: params.places]
        animals = tuple(animal for place in self.outputs for animal in PLACES[place])
        self.inputs = Tokens((PADDING, *carriers(), *animals))
        self.length = max(map(len, FRAMES))
        self.dependency = max(len(frame) - 1 - frame.index(SUBJECT) for frame in FRAMES)
        self.baselines = (chance("knows everything but the animal", params.places),)
        self._animals = animals
        self._first_animal = len(self.inputs.words) - len(animals)

    def given(self, split: str) -> dict[str, Any]:
        """Other sentences on the second split."""
        frames = LONGER_FRAMES if split == LONGER else FRAMES
        return {"places": self.params.places, "frames": frames}

    def with_roles(self, drawn: Drawn) -> Sequences:
        """The animal as cue, and padding after the question."""
        inputs, _, scored = drawn
        roles = np.where(inputs > 0, np.uint8(Role.FILLER), np.uint8(Role.PADDING))
        cues = inputs >= self._first_animal
        roles[cues.cumsum(axis=1) == 0] = Role.CARRIER
        roles[cues], roles[scored] = Role.CUE, Role.QUERY
        return Sequences(*drawn, roles)

    def encode(self, text: str) -> Sequences:
        """A sentence (1, T) whose cue is the first animal named; else ExperimentError."""
        words = words_of(text)
        tokens = np.array([tokens_of(words, self.inputs.words)], np.int32)
        named = np.flatnonzero(tokens[0] >= self._first_animal)
        if not len(named):
            accepts = "a sentence that names one of " + ", ".join(self._animals)
            raise ExperimentError("sequence", " ".join(words), accepts)
        cue = int(named[0])
        roles = role_row(len(words), filler=slice(cue + 1, None), query=-1, cue=cue)
        places = (tokens[:, cue] - self._first_animal) // 2
        return Sequences(*asked_last(tokens, places), roles[None])

    def question(self, sequences: Sequences, index: int) -> str:
        """'the FISHES are in the ___ (water)'."""
        words = " ".join(filter(None, self.labels(sequences, index)))
        return f"{words} ___ ({self.answer(sequences, index)})"
