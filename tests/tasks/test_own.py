"""own: windows of a text by their rule, its baseline by simulation, and what is refused."""

from __future__ import annotations

import hashlib
import random
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

from sandbox.experiment import Experiment
from sandbox.reading.data import adopt_file
from sandbox.tasks.base import Role
from sandbox.tasks.own import Own, OwnParams
from sandbox.tasks.registry import task_of
from sandbox.tasks.samples import tale
from sandbox.validation import ExperimentError

if TYPE_CHECKING:
    from pathlib import Path

SETS = 1000
WORDS = ["Water", "the", "a", "don't", "naïve", "it", "Über", "42", "'quoted'", "end-", "и", "x"]
BETWEEN = [" ", " ", " ", ", ", ". ", "\n", " (", ") ", "—", " – ", "!", '"', "\t", "\u00a0", "; "]


def make(**params: Any) -> Own:
    return Own(OwnParams(**params))


def slow_tokens(text: str, level: str) -> list[str]:
    """The rule, letter by letter."""
    if level == "characters":
        return list(text)
    tokens, word = [], ""
    for letter in text + " ":
        if letter.isalnum() or letter in "'’-":
            word += letter
            continue
        if word.strip("'’-"):
            tokens.append(word.strip("'’-").lower())
        word = ""
        if letter in ".,!?;:":
            tokens.append(letter)
    return tokens


def texts(folder: Path, rng: random.Random) -> list[tuple[str, str]]:
    """(text, id) of small files of words and marks at random."""
    made = []
    for number in range(25):
        parts = (rng.choice(WORDS) + rng.choice(BETWEEN) for _ in range(rng.randint(150, 400)))
        text = "".join(parts)
        path = folder / f"text {number}.txt"
        path.write_text(text, encoding="utf-8")
        made.append((text, adopt_file(path)))
    return made


def test_that_a_thousand_sets_of_parameters_give_windows_of_the_text(tmp_path: Path) -> None:
    rng = random.Random(3)
    found = texts(tmp_path, rng)
    asked_for_others = 0
    for number in range(SETS):
        text, data = found[number % len(found)]
        level = rng.choice(["characters", "words"])
        tokens = slow_tokens(text, level)
        common = [kind for kind in sorted(set(tokens)) if kind not in ", "][:40]
        cues = rng.sample(common, 3) if rng.random() < 0.4 else []
        length, vocabulary = rng.randint(2, len(tokens) // 10 - 1), rng.randint(2, 40)
        params = {
            "data": data,
            "level": level,
            "cues": ", ".join(cues) if level == "words" else ",".join(cues),
            "length": length,
            "vocabulary": vocabulary,
        }
        try:
            task = make(**params)
        except (ExperimentError, ValueError):
            if cues:  # they may be too rare in so short a text
                continue
            raise
        split = task.splits[number % 2]
        cut = len(tokens) - len(tokens) // 10
        part = tokens[:cut] if split == "fresh" else tokens[cut:]
        check_window(task, part, set(cues), split, number)
        asked_for_others += task.outputs[-1] in ("(other)", "□")
    assert asked_for_others > SETS / 10


def check_window(task: Own, part: list[str], cues: set[str], split: str, seed: int) -> None:
    """A drawn window stands in that part of the text, and what follows is asked for."""
    other = {"words": "(other)", "characters": "□"}[task.params.level]
    shown = {" ": "␣", "\n": "⏎", "\t": "⇥"}
    drawn = task.draw(np.random.default_rng(seed), 2, split)
    assert drawn.inputs.dtype == drawn.targets.dtype == np.int32
    inputs, outputs = set(task.inputs.words) - {other}, set(task.outputs) - {other}
    assert len(inputs) <= task.params.vocabulary
    assert len(outputs) <= task.params.vocabulary
    named = [shown.get(token, token) for token in part]
    read = [token if token in inputs else other for token in named]
    answered = [token if token in outputs else other for token in named]
    for index in range(2):
        labels = task.labels(drawn, index)
        length = len(labels)
        assert length == task.params.length
        answers = [task.outputs[target] for target in drawn.targets[index]]
        scored = drawn.scored[index].tolist()
        assert scored == [not cues or step == length - 1 for step in range(length)]
        places = [
            at
            for at in range(len(part) - length)
            if read[at : at + length] == labels
            and all(
                answered[at + step + 1] == answers[step] for step in range(length) if scored[step]
            )
            and (not cues or part[at + length - 1] in cues)
        ]
        assert places
        assert drawn.roles[index, -1] == Role.QUERY


@pytest.mark.parametrize(
    "params",
    [
        {},
        {"level": "words", "length": 20},
        {"level": "words", "length": 20, "vocabulary": 10},
        {"level": "words", "cues": "the"},
        {"level": "words", "cues": "the, that", "vocabulary": 8},
        {"cues": "e,t", "length": 100},
        {"length": 500},
    ],
)
def test_that_who_knows_only_how_often_each_comes_scores_the_baseline(
    params: dict[str, Any],
) -> None:
    task = make(**params)
    each = 1 if "cues" in params else task.length
    drawn = task.draw(np.random.default_rng(0), max(100_000 // each, 2000))
    counts = np.bincount(drawn.targets[drawn.scored])
    shares = counts[counts > 0] / counts.sum()
    (baseline,) = task.baselines
    assert -(shares * np.log(shares)).sum() == pytest.approx(baseline.loss, rel=0.02)
    assert shares.max() == pytest.approx(baseline.accuracy, abs=0.003)
    assert task.criterion.threshold == baseline.loss / 2
    assert task.judged_on() == ("held out",)


def test_that_the_sample_is_the_text_that_stored_runs_were_trained_on() -> None:
    assert tale().startswith("This is the lamp.\n\nThis is the keeper that lit the lamp.\n\n")
    assert hashlib.sha256(tale().encode()).hexdigest()[:16] == "0d45809f6ae302ae"


def test_that_no_window_that_is_trained_on_reaches_into_the_last_tenth() -> None:
    text = tale()[: len(tale()) - len(tale()) // 10]
    task = make(length=40)
    assert len(set(task.inputs.words)) == len(set(tale()))
    drawn = task.draw(np.random.default_rng(0), 2000)
    for index in range(0, 2000, 20):
        letters = [*task.labels(drawn, index), task.outputs[drawn.targets[index, -1]]]
        assert "".join(letters).replace("␣", " ").replace("⏎", "\n") in text


def test_that_a_net_goes_on_with_the_likeliest_token() -> None:
    task = make(level="words", length=5)
    drawn = task.draw(np.random.default_rng(0), 2)
    answers = np.zeros((2, len(task.outputs)), np.float32)
    answers[0, 3] = answers[1, 7] = 1
    again = task.continued(drawn, answers)
    assert again is not None
    assert task.labels(again, 0) == [*task.labels(drawn, 0), task.outputs[3]]
    assert task.labels(again, 1)[-1] == task.outputs[7]
    assert again.inputs.dtype == again.targets.dtype == np.int32
    assert not again.scored[:, -1].any()
    assert again.scored[:, :-1].all()
    assert make(level="words", cues="the").continued(drawn, answers) is None


def test_that_accents_are_one_character_in_normal_form_only(tmp_path: Path) -> None:
    path = tmp_path / "cafe.txt"
    path.write_text("cafe\u0301 caf\u00e9 co\u00adop " * 60, encoding="utf-8")
    data = adopt_file(path)
    for form, others in (("C", {"\u00e9"}), ("as it stands", {"e\u0301", "\u00e9", "\u00ad"})):
        words = make(data=data, normal_form=form).inputs.words
        assert {word for word in words if not word.isascii()} - {"␣"} == others
    points = make(data=data, normal_form="as it stands", level="code points").inputs.words
    assert {"\u0301", "\u00e9", "\u00ad"} <= set(points)


def test_that_a_text_of_ones_own_is_read_as_it_is_written() -> None:
    task = make(level="words")
    read = task.encode("This is the LAMP, that")
    assert task.labels(read, 0) == ["this", "is", "the", "lamp", ",", "that"]
    assert read.scored[0].tolist() == [True] * 5 + [False]
    asked = task.encode("this is the ___ (lamp)")
    assert task.question(asked, 0) == "this is the ___ (lamp)"
    assert asked.scored.all()
    letters = make()
    assert letters.labels(letters.encode("the l"), 0) == ["t", "h", "e", "␣", "l"]
    assert letters.labels(letters.encode("t h e ␣ l"), 0) == ["t", "h", "e", "␣", "l"]
    cued = make(level="words", cues="the")
    assert cued.question(cued.encode("this is the lamp that"), 0) == "this is the ___ (lamp)"
    assert cued.question(cued.encode("woke the ___ keeper"), 0) == "woke the ___ (keeper)"


@pytest.mark.parametrize(
    ("params", "typed", "sentence"),
    [
        (
            {"level": "words"},
            "the zebra",
            "sequence: 'zebra' was given; it takes words of the text",
        ),
        ({"level": "words"}, "the", "sequence: 'the' was given; it takes at least two words"),
        ({"level": "words", "cues": "the"}, "this is", "two words, one of them the"),
        ({}, "~~", "sequence: '~' was given; it takes characters of the text"),
    ],
)
def test_that_a_text_that_cannot_be_read_is_refused_in_one_sentence(
    params: dict[str, Any], typed: str, sentence: str
) -> None:
    with pytest.raises(ExperimentError, match=sentence):
        make(**params).encode(typed)


@pytest.mark.parametrize(
    ("params", "sentence"),
    [
        (
            {"level": "words", "length": 400},
            r"length: 400 was given; it takes a smaller number, or a longer text than the sample, "
            r"which has [\d,]+ words where 4,010 are needed\.",
        ),
        (
            {"level": "words", "cues": "the, zebra"},
            r"cues: 'the, zebra' was given; it takes words of the sample with commas between, and "
            r"'zebra' is none of them\.",
        ),
        (
            {"level": "words", "cues": "this"},
            r"cues: 'this' was given; it takes words that appear in the last tenth of the sample",
        ),
        (
            {"level": "words", "cues": "called"},
            r"cues: 'called' was given; it takes words after which the sample does not always go",
        ),
        (
            {"level": "letters"},
            r"level: 'letters' was given; it takes one of characters, code points, words\.",
        ),
    ],
)
def test_that_what_cannot_be_asked_of_a_text_is_refused_in_one_sentence(
    params: dict[str, Any], sentence: str
) -> None:
    with pytest.raises(ExperimentError, match=sentence):
        task_of(Experiment(task="own", params=params))
