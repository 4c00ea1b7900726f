"""fluent, read back word by word and held against its rule."""

from functools import lru_cache

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sandbox.experiment import Experiment
from sandbox.tasks.base import Role
from sandbox.tasks.filler import COUNTRY, filler_words
from sandbox.tasks.fluent import COUNTRIES, Fluent, FluentParams
from sandbox.tasks.registry import complete
from sandbox.validation import ExperimentError
from tests.tasks.test_filler import LISTS

PARTS = {"fresh": "training", "unseen filler": "unseen"}


def fluent(**params: object) -> Fluent:
    return Fluent(FluentParams.model_validate(params))


@lru_cache
def openers(split: str, distractors: bool) -> dict[str, list[tuple[str, ...]]]:
    part = PARTS[split]
    lines = LISTS[part] + (LISTS[f"{part} distractors"] if distractors else ())
    by_word: dict[str, list[tuple[str, ...]]] = {}
    for line in lines:
        by_word.setdefault(line[0], []).append(line)
    return by_word


def is_whole_sentences(words: list[str], split: str, distractors: bool, shortest: int) -> bool:
    """Whether the words can be read as sentences, one after another, with none left."""
    plain = [COUNTRY if word in COUNTRIES else word for word in words]
    ends = [True] + [False] * len(plain)
    for start in range(len(plain)):
        if not ends[start]:
            continue
        for line in openers(split, distractors).get(plain[start], []):
            end = start + len(line)
            if len(line) >= shortest and tuple(plain[start:end]) == line:
                ends[end] = True
    return ends[-1]


def check_rule(task: Fluent, words: list[str], split: str, language: str) -> None:
    gap, distractors = task.params.gap, task.params.distractors
    assert words[:4] == ["I", "grew", "up", "in"]
    assert COUNTRIES[words[4]] == language
    assert words[-3:] == ["I", "speak", "fluent"]
    filler = words[5:-3]
    assert len(filler) == gap
    shortest = min(3, gap) if gap != 2 else 2
    assert is_whole_sentences(filler, split, distractors, shortest)
    named = [word for word in filler if word in COUNTRIES]
    assert words[4] not in named
    assert bool(named) == (distractors and gap >= 3)
    assert set(named) <= set(list(COUNTRIES)[: task.params.countries])


@pytest.mark.parametrize("split", PARTS)
@pytest.mark.parametrize("distractors", [False, True])
@pytest.mark.parametrize("gap", [*range(31), 50, 123, 500])
def test_that_every_sequence_follows_the_rule(gap: int, distractors: bool, split: str) -> None:
    task = fluent(gap=gap, distractors=distractors)
    drawn = task.draw(np.random.default_rng(gap), 30 if gap > 50 else 100, split)
    for index in range(len(drawn)):
        language = task.outputs[drawn.targets[index, -1]]
        check_rule(task, task.labels(drawn, index), split, language)


@pytest.mark.parametrize("countries", [2, 3, 6, 12])
def test_that_countries_are_balanced_and_come_in_random_order(countries: int) -> None:
    drawn = fluent(gap=4, countries=countries).draw(np.random.default_rng(1), 2000)
    answers = drawn.targets[:, -1]
    counts = np.bincount(answers, minlength=countries)
    assert counts.max() - counts.min() <= 1
    assert abs(np.corrcoef(answers[1:], answers[:-1])[0, 1]) < 0.1


def test_that_the_answer_is_read_at_fluent_and_the_cue_is_the_country() -> None:
    task = fluent(gap=7)
    drawn = task.draw(np.random.default_rng(0), 50)
    expected = [1] * 4 + [2] + [3] * 7 + [1, 1, 4]
    assert (drawn.roles == np.array(expected)).all()
    assert (drawn.scored == (drawn.roles == Role.QUERY)).all()


@given(gap=st.integers(0, 500))
def test_that_length_and_dependency_follow_the_gap(gap: int) -> None:
    task = fluent(gap=gap)
    assert task.length == gap + 8
    assert task.dependency == gap + 3 >= 2


def test_that_all_training_words_are_drawn_and_no_unseen_one() -> None:
    task = fluent(gap=50)
    fresh = {word for word in words_drawn(task, "fresh") if word.islower()}
    unseen = {word for word in words_drawn(task, "unseen filler") if word.islower()}
    long_enough = {word for line in LISTS["training"] if len(line) > 2 for word in line}
    assert fresh == long_enough | {"grew", "up", "in", "speak", "fluent"}
    assert fresh & unseen == {"grew", "up", "in", "speak", "fluent"}


def words_drawn(task: Fluent, split: str) -> set[str]:
    drawn = task.draw(np.random.default_rng(0), 3000, split)
    return {task.inputs.words[token] for token in np.unique(drawn.inputs)}


def test_that_the_vocabulary_holds_each_word_once_whatever_the_distractors() -> None:
    words = fluent().inputs.words
    assert len(set(map(str.lower, words))) == len(words)
    assert set(filler_words()) <= set(words)
    assert words == fluent(distractors=True, gap=3).inputs.words


def test_that_filler_varies_between_sequences() -> None:
    drawn = fluent(gap=50).draw(np.random.default_rng(0), 1000)
    assert len(np.unique(drawn.inputs[:, 5:-3], axis=0)) == 1000


def test_that_distractors_stand_anywhere_and_name_every_other_country() -> None:
    task = fluent(gap=50, distractors=True)
    drawn = task.draw(np.random.default_rng(0), 4000)
    names = [token for token, word in enumerate(task.inputs.words) if word in COUNTRIES]
    country = np.isin(drawn.inputs, names)
    share = country[:, 5:-3].mean(axis=0)
    assert (share > 0.01).sum() > 40
    row, step = np.nonzero(country[:, 5:-3])
    named = drawn.inputs[row, step + 5] - drawn.inputs[:, 4].min()
    counts = np.bincount((named - drawn.targets[row, -1]) % 6, minlength=6)
    assert counts[0] == 0
    assert counts[1:].max() / counts[1:].min() < 1.1


def test_that_two_countries_with_distractors_are_refused_since_the_other_tells() -> None:
    with pytest.raises(ExperimentError, match=r"^countries: 2 was given; it takes 3 or more"):
        complete(Experiment(params={"countries": 2, "distractors": True}))


@pytest.mark.parametrize(
    ("text", "answer"),
    [
        ("I grew up in Germany the rain fell softly I speak fluent", "German"),
        ("i grew up in FRANCE, anyway. I speak fluent ___", "French"),
        ("My friend visited France. I grew up in Italy; I speak fluent…", "Italian"),
        ("they left spain we walked home", "Spanish"),
        ("Poland? Japan!", "Polish"),
        ("japan", "Japanese"),
    ],
)
def test_that_a_typed_sentence_is_read(text: str, answer: str) -> None:
    task = fluent()
    read = task.encode(text)
    assert task.outputs[read.targets[0, -1]] == answer
    assert read.scored.tolist() == [[False] * (read.inputs.shape[1] - 1) + [True]]
    assert read.roles[0].tolist().count(Role.CUE) == 1


def test_that_an_unknown_word_is_named_with_near_ones() -> None:
    with pytest.raises(ExperimentError, match=r"'grmany' was given.*near ones are .*germany"):
        fluent().encode("I grew up in Grmany I speak fluent")


def test_that_a_sentence_without_a_country_is_refused_with_the_countries() -> None:
    with pytest.raises(ExperimentError, match=r"Germany, France\.$"):
        fluent(countries=2).encode("I grew up in the garden")


def test_that_a_country_beyond_the_chosen_ones_is_unknown() -> None:
    with pytest.raises(ExperimentError, match="'denmark' was given"):
        fluent().encode("I grew up in Denmark")


def test_that_the_question_shows_the_answer() -> None:
    task = fluent(gap=3)
    read = task.encode("I grew up in Japan the rain stopped I speak fluent")
    assert task.question(read, 0) == "I speak fluent ___ (Japanese)"
