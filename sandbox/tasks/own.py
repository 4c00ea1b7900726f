"""own: the user's own text; the answer is what comes next."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

import numpy as np
from pydantic import model_validator

from sandbox.experiment import Frozen
from sandbox.reading.columns import settled_by
from sandbox.reading.data import DataId, Text, name_of
from sandbox.reading.text_questions import text_questions
from sandbox.reading.text_recipe import text_recipe_of
from sandbox.reading.texts import tidy
from sandbox.tasks.base import Baseline, Criterion, Drawn, Role, Sequences, Tokens
from sandbox.tasks.corpus_files import corpus, sample
from sandbox.tasks.own_windows import (
    HELD_OUT,
    cue_ends,
    cue_places,
    cue_words,
    next_counts,
    parts_of,
)
from sandbox.tasks.rule_task import BuiltIn, param
from sandbox.tasks.sampling import asked_last, role_row
from sandbox.tasks.tokens import OTHER, SHOWN, Corpus, Level, Source, tokens_in
from sandbox.validation import ExperimentError, Whole

if TYPE_CHECKING:
    from numpy.typing import NDArray


READ = 24  # tokens before a question that examples show
TESTED = 256  # windows an evaluation looks at
_WRITTEN = {shown: letter for letter, shown in SHOWN.items()}


class OwnParams(Frozen):
    """Which text, what its tokens are, and where the questions are."""

    data: DataId = param(
        "", "The text: the name of a file that was opened; empty for the sample", shown_as="data"
    )
    level: Level = param(
        "characters",
        "What a token is: a character as people count them, one code point of it, or a word",
    )
    normal_form: Literal["C", "as it stands"] = param(
        "C",
        "C: letters and their accents in one form, without soft hyphens and marks of direction",
    )
    cues: Text = param(
        "", "Ask only after these, separated by commas; empty: after every token", max_length=200
    )
    length: Whole = param(32, "Characters or words in a sequence", "steps", ge=2, le=500)
    vocabulary: Whole = param(
        200, "Distinct characters or words, the most frequent ones", ge=2, le=5000
    )

    recipe: Text = param(
        "",
        "How the text is read, where that was settled by hand: encoding=cp1252",
        max_length=300,
    )

    @property
    def source(self) -> Source:
        """The text, and how it is read."""
        return Source(self.data, self.level, self.normal_form == "C", self.recipe)

    @model_validator(mode="after")
    def _the_text_will_do(self) -> OwnParams:
        text = corpus(self.source)
        name = name_of(self.data) or "the sample"
        self._nothing_is_in_doubt(text, name)
        needed = HELD_OUT * (self.length + 1)
        if len(text) < needed:
            accepts = f"a smaller number, or a longer text than {name}"
            why = f"has {len(text):,} {self.level} where {needed:,} are needed"
            raise ExperimentError("length", self.length, f"{accepts}, which {why}")
        if len(text.words) < 2:
            accepts = f"a text in which something changes: {name} repeats {text.words[0]!r} only"
            raise ExperimentError("data", name, accepts)
        if self.cues.strip():
            self._the_cues_are_there(text, name)
        return self

    def _nothing_is_in_doubt(self, text: Corpus, name: str) -> None:
        recipe = text_recipe_of(self.recipe)
        if not self.data and self.recipe:
            raise ExperimentError(
                "recipe", self.recipe, "no choices for the sample, only for a file"
            )
        questions = () if recipe.accept else text_questions(text.notes, recipe)
        for question in questions:
            raise ExperimentError("data", name, f"an answer first. {settled_by(question)}")

    def _the_cues_are_there(self, text: Corpus, name: str) -> None:
        wanted = cue_words(self.cues, self.level)
        for cue in wanted:
            if cue not in text.words:
                accepts = f"{self.level} of {name} with commas between, and {cue!r} is none of them"
                raise ExperimentError("cues", self.cues, accepts)
        where = ("first nine tenths", "last tenth")
        for part, words in zip(parts_of(len(text)), where, strict=True):
            if not len(cue_places(self.source, wanted, self.length, part)):
                accepts = f"{self.level} that appear in the {words} of {name}"
                between = f"after {self.length - 1} others and before one"
                raise ExperimentError("cues", self.cues, f"{accepts}, {between}")
        if len(next_counts(self.source, wanted, self.length).nonzero()[0]) < 2:
            accepts = f"{self.level} after which {name} does not always go on in the same way"
            raise ExperimentError("cues", self.cues, accepts)


def draw_sample(
    rng: np.random.Generator, count: int, level: str, length: int, vocabulary: int
) -> Drawn:
    """Windows (count, length) of the sample without its last tenth; what comes next is asked.

    Tokens are numbered by how often they come; all others share the number `vocabulary`.
    """
    text = sample(level)
    starts = rng.integers(0, parts_of(len(text))[0][1] - length, count)
    window = text.tokens[starts[:, None] + np.arange(length + 1)].astype(np.int32)
    window = np.minimum(window, min(vocabulary, len(text.words)))
    return window[:, :-1], window[:, 1:], np.ones((count, length), np.bool_)


def draw_sample_after(
    rng: np.random.Generator, count: int, level: str, cues: str, length: int, vocabulary: int
) -> Drawn:
    """Windows (count, length) of the sample that end with a cue; the answer follows it.

    Classes are numbered by how often they follow a cue.  ValueError if there is no such cue.
    """
    text = sample(level)
    ends = cue_ends(text, cue_words(cues, level), length, parts_of(len(text))[0])
    follows = np.bincount(text.tokens[ends + 1], minlength=len(text.words))
    asked = np.argsort(-follows, kind="stable")[: min(np.count_nonzero(follows), vocabulary)]
    classes = np.full(len(text.words), len(asked), np.int32)
    classes[asked] = np.arange(len(asked))
    ended = ends[rng.integers(len(ends), size=count)]
    window = text.tokens[ended[:, None] + np.arange(1 - length, 1)].astype(np.int32)
    window = np.minimum(window, min(vocabulary, len(text.words)))
    return asked_last(window, classes[text.tokens[ended + 1]])


class Own(BuiltIn[OwnParams]):
    """Tokens: the `vocabulary` most frequent ones, and one for all others where there are more.

    A sequence is a window of T = `length` tokens.  Without cues the target at each step is the next
    token, and windows begin anywhere.  With cues a window ends at a cue, and the answer is the next
    token, one of the `vocabulary` most frequent ones that follow a cue.

    The last tenth of the text is held out: no window of the first split reaches into it.
    """

    name = "own"
    title = "A text of your own"
    summary = "A text is read: which character or word comes next?"
    explanation = (
        "Open a text file, and the nets learn to predict what comes next in it: the next "
        "character or word at every step, or only after words that you choose, such as the word "
        "after “in the”. Nobody knows the best possible loss on a text of your own, so the goal is "
        "half the loss of a model that knows only how often each one occurs. The last tenth of "
        "the text is never trained on; the second test is on it, and it decides. Without a file "
        "there is a sample, a tale that grows line by line."
    )
    source = "Elman 1990; characters as in Karpathy 2015, The Unreasonable Effectiveness of RNNs"
    gap_field = None
    Params = OwnParams
    splits = ("fresh", "held out")
    generalisation = "held out"
    solved_on = ("held out",)

    def __init__(self, params: OwnParams) -> None:
        super().__init__(params)
        text = corpus(params.source)
        self.length = params.length
        self.dependency = max(2, params.length - 1)
        self._text = text.tokens
        self._parts = dict(zip(self.splits, parts_of(len(text)), strict=True))
        self._cues = cue_words(params.cues, params.level)
        if not params.data:
            self.rule = draw_sample_after if self._cues else draw_sample
        kinds, other = np.arange(len(text.words)), OTHER[params.level]
        self._read, words = _classes(text, kinds[: params.vocabulary], kinds, other)
        self._answer, self.inputs, self.outputs = self._read, Tokens(words), words
        counts = next_counts(params.source, self._cues, params.length)
        if self._cues:
            found = np.argsort(-counts[:-1], kind="stable")[: np.count_nonzero(counts[:-1])]
            asked, every = found[: params.vocabulary], self._behind_cues()
            self._answer, self.outputs = _classes(text, asked, every, other)
        shares = np.bincount(self._answer, counts) / counts.sum()
        entropy = float(-(shares[shares > 0] * np.log(shares[shares > 0])).sum())
        frequencies = "knows only the frequencies: unigram entropy"
        self.baselines = (Baseline(frequencies, entropy, float(shares.max())),)
        mark = entropy / 2
        self.criterion = Criterion(
            "loss",
            mark,
            TESTED,
            f"loss below {mark:.2f} on the held-out tenth of the text: half the baseline, which "
            "is an arbitrary limit, since nobody knows the best loss",
        )

    def draw(self, rng: np.random.Generator, count: int, split: str = "fresh") -> Sequences:
        """Windows (count, T) of the split's part of the text, each place equally likely."""
        p, (first, last) = self.params, self._parts[split]
        if self._cues:
            places = cue_places(p.source, self._cues, self.length, (first, last))
            starts = places[rng.integers(len(places), size=count)] - self.length + 1
        else:
            starts = rng.integers(first, last - self.length, count)
        read = self._text[starts[:, None] + np.arange(self.length + 1)]
        return self._asked(self._read[read[:, :-1]], self._answer[read[:, 1:]])

    def encode(self, text: str) -> Sequences:
        """As in "the storm that woke the ___ (keeper)", (1, T); or ExperimentError.

        What follows the last step comes after ___; without it that step is not asked about.  With
        cues, the question is at the last cue that has something after it.  Characters may stand
        apart, with ␣ for a space.
        """
        before, _, behind = text.partition("___")
        words = self._typed(before.removesuffix(" ") if behind else before)
        answer = self._typed(behind.strip().removeprefix("(").removesuffix(")"))[:1]
        if self._cues:
            words += answer
            cues = [step for step, word in enumerate(words[:-1]) if word in self._cues]
            words = words[: cues[-1] + 2] if cues else []
        elif answer:
            words = [*words, *answer]
        if len(words) < 2:
            accepts = f"at least two {self.params.level}"
            accepts += f", one of them {' or '.join(self._cues)}" if self._cues else ""
            raise ExperimentError("sequence", text, accepts)
        kinds = np.array([[self._kind(word) for word in words]])
        if self._cues or answer:
            return self._asked(self._read[kinds[:, :-1]], self._answer[kinds[:, 1:]])
        return self._asked(self._read[kinds], np.roll(self._answer[kinds], -1, 1), known=False)

    def typed(self, sequences: Sequences, index: int) -> list[str]:
        """Every token, and what follows the last one where that is asked for."""
        read, asked = super().typed(sequences, index), sequences.scored[index]
        answer = self.outputs[sequences.targets[index, -1]] if asked[-1] else ""
        return [*read, f"___ ({answer})"] if answer else read

    def question(self, sequences: Sequences, index: int) -> str:
        """'the storm that woke the ___ (keeper)'."""
        asked = int(np.flatnonzero(sequences.scored[index])[-1])
        read = self.labels(sequences, index)[: asked + 1]
        between = " " if self.params.level == "words" else ""
        return f"{between.join(read[-READ:])} ___ ({self.outputs[sequences.targets[index, asked]]})"

    def continued(self, sequences: Sequences, answers: NDArray[np.float32]) -> Sequences | None:
        """One more step, (N, T + 1), on the likeliest of the answers (N, O); nothing asked there.

        None with cues, where answers are only the tokens that follow a cue.
        """
        if self._cues:
            return None
        return sequences.with_step(answers.argmax(axis=1), Role.CARRIER)

    def _asked(
        self, read: NDArray[np.int32], answers: NDArray[np.int32], known: bool = True
    ) -> Sequences:
        """Sequences of tokens read and classes that follow, both (N, T); known: the last, too."""
        length = read.shape[1]
        roles = role_row(length, filler=slice(max(length - READ, 0)), query=-1)
        scored = np.arange(length) < length - (not known)
        drawn = (read, answers, np.broadcast_to(scored, read.shape))
        if self._cues:
            drawn = asked_last(read, answers[:, -1])
        return Sequences(*drawn, np.broadcast_to(roles, read.shape))

    def _behind_cues(self) -> NDArray[np.intp]:
        """The kinds that follow a cue anywhere in the text."""
        own, places = self.params, self._parts.values()
        found = [cue_places(own.source, self._cues, own.length, part) for part in places]
        return np.unique(self._text[np.concatenate(found) + 1])

    def _typed(self, text: str) -> list[str]:
        """The tokens of a text that a person typed, or that `labels` wrote."""
        if self.params.normal_form == "C":
            text = tidy(text)
        if self.params.level == "words":
            other = OTHER["words"]
            parts = (tokens_in(part, "words") for part in text.split(other))
            return [word for part in parts for word in (*part, other)][:-1]
        apart = len(text) > 2 and set(text[1::2]) == {" "} and " " not in text[::2]
        letters = tokens_in(text[::2] if apart else text, self.params.level)
        return [_WRITTEN.get(letter, letter) for letter in letters]

    def _kind(self, word: str) -> int:
        """Which of the text's tokens this is; the last number for one that it does not have."""
        words = corpus(self.params.source).words
        if word in words:
            return words.index(word)
        if OTHER[self.params.level] != self.inputs.words[-1]:
            accepts = f"{self.params.level} of the text, such as {', '.join(self.inputs.words[:8])}"
            raise ExperimentError("sequence", word, accepts)
        return len(words)


def _classes(
    text: Corpus, asked: NDArray[np.intp], every: NDArray[np.intp], other: str
) -> tuple[NDArray[np.int32], tuple[str, ...]]:
    """By kind, and last for the rarest, its place in `asked`, (kinds + 1,); and the names there.

    Kinds that are not asked for share the place after them, which is called `other` if any of
    `every` is there.
    """
    places = np.full(len(text.words) + 1, len(asked), np.int32)
    places[asked] = np.arange(len(asked))
    names = tuple(SHOWN.get(text.words[kind], text.words[kind]) for kind in asked)
    return places, (*names, other) if (places[every] == len(asked)).any() else names
