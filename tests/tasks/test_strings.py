"""copy, selective_copy, reber, continual_reber and counting: what is typed, asked and said."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest

from sandbox.experiment import Experiment
from sandbox.tasks.counting import BEYOND, Counting, CountingParams
from sandbox.tasks.preview import as_data
from sandbox.tasks.registry import task_of
from sandbox.validation import ExperimentError

if TYPE_CHECKING:
    from sandbox.tasks.base import Task


def make(name: str, **params: object) -> Task:
    return task_of(Experiment(task=name, params=params))


@pytest.mark.parametrize(
    ("name", "text", "steps", "question"),
    [
        ("copy", "ABCDEFGHAB - - go", 23, "A B C D E F G H A B"),
        ("copy", "a b c d e f g h a b go----------", 21, "A B C D E F G H A B"),
        ("copy", "abcdefghab", 120, "A B C D E F G H A B"),
        ("copy", "abcdefghab - - -", 24, "A B C D E F G H A B"),
        ("selective_copy", "A - - c - B", 9, "A C B"),
        ("selective_copy", "--h??", 4, "H"),
        ("reber", "BTBTXSETE", 9, "T"),
        ("reber", "b p b p v v e b t s x s e p e", 15, "P"),
        ("continual_reber", "BTBTXSETEBP", 11, "T"),
        ("continual_reber", "bp", 2, "B"),
        ("continual_reber", "b", 1, "T or P"),
        ("continual_reber", "B T B T X S E T E B P B P V V E", 16, "P"),
        ("counting", "aaabbb", 8, "end"),
        ("counting", "start a b end", 4, "end"),
    ],
)
def test_that_what_is_typed_is_read(name: str, text: str, steps: int, question: str) -> None:
    task = make(name)
    read = task.encode(text)
    assert read.scored.shape == (1, steps)
    assert task.question(read, 0).endswith(f"({question})")


@pytest.mark.parametrize(
    ("name", "text", "message"),
    [
        ("copy", "ABCDEFGHA - go", "ten of the letters A to H"),
        ("copy", "ABCDEFGHAI", "ten of the letters A to H"),
        ("copy", "ABCDEFGHABgo-A", "ten of the letters A to H"),
        ("selective_copy", "- - - ?", "the letters A to H and blanks"),
        ("selective_copy", "A ? - B", "the letters A to H and blanks"),
        ("selective_copy", "A - Z", "the letters A to H and blanks"),
        ("reber", "BTBTXSE", "ends too early, where T must follow"),
        ("reber", "BTBTXSEPE", "'P' was given; it takes T as letter 8, after BTBTXSE"),
        ("reber", "BTBQ", "'Q' was given; it takes the letters B, T, P, S, X, V, E"),
        ("reber", "BTBB", "'B' was given; it takes T or P as letter 4, after BTB"),
        ("reber", "T", "'T' was given; it takes B as letter 1, after nothing"),
        ("reber", "BTBTXSETEB", "'B' was given; it takes nothing more as letter 10"),
        ("reber", " ", "a string such as B T B T X S E T E"),
        ("continual_reber", "BTBTXSETET", "'T' was given; it takes B as letter 10"),
        ("continual_reber", "", "a string such as"),
        ("counting", "aabbb", "some a's and then as many b's"),
        ("counting", "", "some a's and then as many b's"),
        ("counting", "abab", "some a's and then as many b's"),
    ],
)
def test_that_what_is_no_sequence_is_refused(name: str, text: str, message: str) -> None:
    with pytest.raises(ExperimentError) as caught:
        make(name).encode(text)
    assert message in str(caught.value)


def test_that_legal_symbols_are_named_in_plain_data() -> None:
    task = make("reber")
    data = as_data(task, task.encode("BTBTXSETE"), 0)
    assert ["".join(each) for each in data["answers"]] == "TP B TP SX SX E T E".split()
    assert data["query_steps"] == list(range(8))
    assert data["steps"] == list("BTBTXSETE")


def test_that_a_typed_string_has_the_targets_of_its_own_number_of_inner_strings() -> None:
    task = make("reber")
    read = task.encode("BPBTXSEBTXSEPE")
    names = [
        [task.outputs[n] for n in np.flatnonzero(legal)]
        for legal in read.targets[0, read.scored[0]]
    ]
    assert names[6] == ["B"]
    assert names[11] == ["P"]


# What an evaluation of counting says.


def counting(n: int) -> Counting:
    return Counting(CountingParams(n=n))


@pytest.mark.parametrize(
    ("wrong", "remark"),
    [
        ([], "accepts every n up to 10 of 10"),
        ([7, 9], "accepts every n up to 6 of 10"),
        ([1], "does not even accept n = 1"),
        ([2], "accepts every n up to 1 of 10"),
    ],
)
def test_that_the_largest_n_up_to_which_all_is_accepted_is_told(
    wrong: list[int], remark: str
) -> None:
    task = counting(5)
    drawn = task.draw(np.random.default_rng(0), task.test_size(BEYOND), BEYOND)
    right = ~np.isin((drawn.inputs == 1).sum(axis=1), wrong)
    assert task.remark(BEYOND, drawn, right) == remark


def test_that_a_string_that_was_not_tested_counts_as_not_accepted() -> None:
    task = counting(5)
    drawn = task.draw(np.random.default_rng(0), 40, BEYOND)
    some = drawn.pick(np.flatnonzero((drawn.inputs == 1).sum(axis=1) != 4))
    assert task.remark(BEYOND, some, np.ones(len(some), bool)) == "accepts every n up to 3 of 10"
    assert task.remark("fresh", drawn, np.ones(len(drawn), bool)) == ""


@pytest.mark.parametrize(("split", "most"), [("fresh", 5), (BEYOND, 10)])
def test_that_an_evaluation_has_every_n_once(split: str, most: int) -> None:
    task = counting(5)
    drawn = task.draw(np.random.default_rng(3), task.test_size(split), split)
    assert sorted((drawn.inputs == 1).sum(axis=1).tolist()) == list(range(1, most + 1))


def test_that_n_is_uniform_in_training() -> None:
    drawn = counting(8).draw(np.random.default_rng(0), 4000)
    assert np.bincount((drawn.inputs == 1).sum(axis=1)).tolist() == [0] + [500] * 8


# What is random is uniform.


def test_that_places_of_letters_are_uniform() -> None:
    drawn = make("selective_copy", blanks=3, data=2).draw(np.random.default_rng(0), 20_000)
    places = np.nonzero(drawn.roles[:, :5] == 2)[1].reshape(-1, 2)
    counts = np.unique(places, axis=0, return_counts=True)[1]
    assert len(counts) == 10  # 2 of 5
    assert abs(counts / 2000 - 1).max() < 0.1


def test_that_outer_symbols_of_strings_are_balanced() -> None:
    drawn = make("reber").draw(np.random.default_rng(0), 512)
    assert np.bincount(drawn.inputs[:, 1]).tolist() == [0, 256, 256]


def test_that_the_longer_strings_of_counting_are_named_by_their_n() -> None:
    assert Counting(CountingParams(n=7)).split_title(BEYOND) == "n up to 14"
