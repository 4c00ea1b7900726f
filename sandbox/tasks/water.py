"""water: "the fishes are in the ___": a subject, a few words, and its place."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np
from pydantic import Field

from sandbox.experiment import Frozen
from sandbox.tasks.base import Baseline, Criterion, Role, Sequences, Task, Tokens
from sandbox.tasks.sampling import answered_last, balanced, role_row
from sandbox.tasks.text import token_index, tokens_of, words_of
from sandbox.validation import ExperimentError, Whole

if TYPE_CHECKING:
    from numpy.typing import NDArray

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

    places: Whole = Field(
        5,
        ge=2,
        le=len(PLACES),
        description="Places to tell apart, two animals each",
        json_schema_extra={"unit": ""},
    )


class Water(Task):
    """Tokens: padding, the words of five sentences, and 2·K animals.

    The animal is asked for 3 or 4 steps after it was read.  Shorter sentences are padded on
    the right to the longest.  The verb is drawn apart from the animal, so it tells nothing.
    The second split has sentences with more of the same words between.
    """

    name = "water"
    title = "The fishes are in the …"
    summary = "An animal is named, and three or four words later, where is it?"
    explanation = (
        '"the fishes are in the ___": the animal decides the place, and the words between say '
        "nothing about it. The answer has to be carried over three or four words only, which is "
        "the short dependency that even a plain RNN is built for: start here to see both succeed. "
        "The second test has longer sentences of the same words."
    )
    source = "After the sentence in Olah 2015, Understanding LSTM Networks"
    gap_field = None
    Params = WaterParams
    splits = ("fresh", LONGER)
    generalisation = LONGER
    solved_on = ("fresh",)

    params: WaterParams
    inputs: Tokens

    def __init__(self, params: WaterParams) -> None:
        super().__init__(params)
        self.outputs = tuple(PLACES)[: params.places]
        animals = tuple(animal for place in self.outputs for animal in PLACES[place])
        carriers = dict.fromkeys(word for frame in FRAMES for word in frame if word != SUBJECT)
        self.inputs = Tokens((PADDING, *carriers, *animals))
        self.length = max(map(len, FRAMES))
        self.dependency = max(len(frame) - 1 - frame.index(SUBJECT) for frame in FRAMES)
        count = params.places
        self.baselines = (
            Baseline(f"knows everything but the animal: ln {count}", math.log(count), 1 / count),
        )
        self.criterion = Criterion("accuracy", 0.99, 2000, "99% right on 2,000 fresh sequences")
        self._index = token_index(self.inputs.words)
        self._animals = animals
        self._first_animal = len(self.inputs.words) - len(animals)
        self._frames = {"fresh": self._table(FRAMES), LONGER: self._table(LONGER_FRAMES)}

    def draw(self, rng: np.random.Generator, count: int, split: str = "fresh") -> Sequences:
        """Places balanced; animal of the place, and sentence, drawn evenly."""
        places = balanced(rng, count, self.params.places)
        animals = 2 * places + rng.integers(2, size=count)
        tokens, roles = self._frames[split]
        frames = rng.integers(len(tokens), size=count)
        inputs, roles = tokens[frames], roles[frames]
        inputs[roles == Role.CUE] = self._first_animal + animals
        scored = roles == Role.QUERY
        targets = np.where(scored, places[:, None], 0).astype(np.int32)
        return Sequences(inputs, targets, scored, roles)

    def encode(self, text: str) -> Sequences:
        """The cue is the first animal named, the question the last word."""
        words = words_of(text)
        tokens = np.array([tokens_of(words, self._index)], np.int32)
        named = np.flatnonzero(tokens[0] >= self._first_animal)
        if not len(named):
            accepts = "a sentence that names one of " + ", ".join(self._animals)
            raise ExperimentError("sequence", " ".join(words), accepts)
        cue = int(named[0])
        roles = role_row(len(words), filler=slice(cue + 1, None), query=-1)
        roles[cue] = Role.CUE
        return answered_last(tokens, (tokens[:, cue] - self._first_animal) // 2, roles)

    def labels(self, sequences: Sequences, index: int) -> list[str]:
        """The words, the animal in upper case, and "" for padding."""
        words = [self.inputs.words[token] for token in sequences.inputs[index]]
        cues = sequences.roles[index] == Role.CUE
        return [word.upper() if cue else word for word, cue in zip(words, cues, strict=True)]

    def question(self, sequences: Sequences, index: int) -> str:
        """'the FISHES are in the ___ (water)'."""
        place = self.outputs[sequences.targets[index][sequences.scored[index]][0]]
        words = [word for word in self.labels(sequences, index) if word]
        return f"{' '.join(words)} ___ ({place})"

    def _table(
        self, frames: tuple[tuple[str, ...], ...]
    ) -> tuple[NDArray[np.int32], NDArray[np.uint8]]:
        """Tokens and roles (frames, T) of some sentences, the subject's token left 0."""
        tokens = np.zeros((len(frames), max(map(len, frames))), np.int32)
        roles = np.zeros_like(tokens, np.uint8)
        for row, frame in enumerate(frames):
            tokens[row, : len(frame)] = [self._index.get(word, 0) for word in frame]
            cue = frame.index(SUBJECT)
            roles[row, : len(frame)] = role_row(
                len(frame), filler=slice(cue + 1, None), cue=cue, query=-1
            )
        return tokens, roles
