"""induction, held against its rule."""

import numpy as np
import pytest

from sandbox.tasks.base import Role
from sandbox.tasks.induction import Induction, InductionParams
from sandbox.validation import ExperimentError


def induction(**params: int) -> Induction:
    return Induction(InductionParams(**params))


def test_that_places_pairs_and_fillers_are_uniform() -> None:
    drawn = induction(gap=4, symbols=5).draw(np.random.default_rng(0), 40_000)
    rows = np.arange(len(drawn))
    places = (drawn.roles == Role.CUE).argmax(axis=1)
    assert abs(np.bincount(places, minlength=5) / 8000 - 1).max() < 0.05
    pairs = np.stack([drawn.inputs[rows, places], drawn.inputs[rows, places + 1]], axis=1)
    kinds, counts = np.unique(pairs, axis=0, return_counts=True)
    assert len(kinds) == 20
    assert abs(counts / 2000 - 1).max() < 0.1
    behind = drawn.inputs[rows, places + 2]
    # The fillers' distance from A, round the alphabet: any but 0.
    away = np.bincount((behind - pairs[:, 0]) % 5, minlength=5)
    assert away[0] == 0
    assert abs(away[1:] / 10_000 - 1).max() < 0.05


@pytest.mark.parametrize("gap", [0, 1, 7, 500])
def test_that_length_and_dependency_follow_the_gap(gap: int) -> None:
    task = induction(gap=gap)
    assert task.length == 2 * gap + 3
    assert task.dependency == gap + 2 >= 2


@pytest.mark.parametrize(
    ("text", "answer"), [("c A B d c a", "b"), ("a b a", "b"), ("d d, d a c a?", "c")]
)
def test_that_a_typed_row_is_read(text: str, answer: str) -> None:
    task = induction()
    read = task.encode(text)
    assert task.outputs[read.targets[0, -1]] == answer
    assert task.question(read, 0) == f"what followed a before? ({answer})"


@pytest.mark.parametrize("text", ["", "a", "a a", "a b", "a b a c a", "a b c c"])
def test_that_a_row_without_one_pair_to_find_is_refused(text: str) -> None:
    with pytest.raises(ExperimentError, match="appears once before"):
        induction().encode(text)


def test_that_a_letter_that_is_not_the_tasks_is_refused() -> None:
    with pytest.raises(ExperimentError, match="'z' was given"):
        induction().encode("z b z")
