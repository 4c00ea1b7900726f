"""The sentences that stand between the country and the question."""

import re
from collections import Counter
from itertools import pairwise

import pytest

from sandbox.tasks import filler
from sandbox.tasks.filler import COUNTRY, LONG_ENOUGH, filler_words
from sandbox.tasks.fluent import CLOSING, COUNTRIES, OPENING

CARRIERS = {word.lower() for word in OPENING + CLOSING}

LISTS = {
    name: tuple(map(tuple, filler.sentences(text)))
    for name, text in {
        "training": filler.TRAINING,
        "training distractors": filler.TRAINING_DISTRACTORS,
        "unseen": filler.UNSEEN,
        "unseen distractors": filler.UNSEEN_DISTRACTORS,
    }.items()
}


def words_in(*lists: str) -> set[str]:
    return {word for name in lists for line in LISTS[name] for word in line} - {COUNTRY}


def test_that_there_are_enough_sentences_and_words() -> None:
    assert len(LISTS["training"]) >= 60
    assert len(LISTS["unseen"]) >= 25
    assert len(words_in("training")) >= 200


def test_that_the_unseen_filler_shares_no_word_with_what_is_trained_on() -> None:
    trained = words_in("training", "training distractors") | CARRIERS
    assert not trained & words_in("unseen", "unseen distractors")


def test_that_no_word_of_the_filler_is_a_country_or_a_language() -> None:
    telling = {name.lower() for pair in COUNTRIES.items() for name in pair}
    assert not telling & set(filler_words())


def test_that_countries_and_languages_are_distinct_single_words() -> None:
    assert len(COUNTRIES) == len(set(COUNTRIES.values())) == 12
    assert all(name.isalpha() for pair in COUNTRIES.items() for name in pair)


def test_that_no_filler_holds_the_words_before_the_cue_or_the_question() -> None:
    assert not {"grew", "speak", "fluent", "i"} & set(filler_words())


@pytest.mark.parametrize(
    "name", ["training", "training distractors", "unseen", "unseen distractors"]
)
def test_that_sentences_are_lower_case_words_each_once(name: str) -> None:
    lines = LISTS[name]
    assert len(set(lines)) == len(lines)
    for line in lines:
        assert all(re.fullmatch("[a-z]+", word) for word in line if word != COUNTRY)
        assert not any(first == second for first, second in pairwise(line))
        assert 1 <= len(line) <= 9


@pytest.mark.parametrize("name", ["training", "unseen"])
def test_that_every_gap_can_be_filled(name: str) -> None:
    lengths = Counter(map(len, LISTS[name]))
    assert all(lengths[length] for length in range(1, 2 * LONG_ENOUGH))


@pytest.mark.parametrize("name", ["training", "unseen"])
def test_that_a_distractor_can_take_the_place_of_any_sentence_that_is_long_enough(
    name: str,
) -> None:
    plain = {len(line) for line in LISTS[name] if len(line) >= LONG_ENOUGH}
    assert plain <= {len(line) for line in LISTS[f"{name} distractors"]}


@pytest.mark.parametrize("name", ["training", "unseen"])
def test_that_only_distractors_name_a_country_and_each_names_one(name: str) -> None:
    assert all(COUNTRY not in line for line in LISTS[name])
    assert all(line.count(COUNTRY) == 1 for line in LISTS[f"{name} distractors"])
