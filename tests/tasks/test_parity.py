"""parity, held against its rule."""

import numpy as np
import pytest

from sandbox.tasks.parity import Parity, ParityParams
from sandbox.validation import ExperimentError


def parity(length: int = 20) -> Parity:
    return Parity(ParityParams(length=length))


@pytest.mark.parametrize(("split", "first"), [("fresh", 1), ("longer strings", 6)])
def test_that_lengths_are_uniform_and_unseen_ones_longer(split: str, first: int) -> None:
    drawn = parity(5).draw(np.random.default_rng(0), 20_000, split)
    counts = np.bincount(drawn.scored.argmax(axis=1) + 1)
    assert counts[:first].sum() == 0
    assert len(counts) == first + 5
    assert abs(counts[first:] / 4000 - 1).max() < 0.05


def test_that_every_string_of_a_length_comes_equally_often() -> None:
    task = parity(4)
    drawn = task.draw(np.random.default_rng(0), 40_000)
    whole = drawn.inputs[drawn.scored[:, -1]]
    strings, counts = np.unique(whole, axis=0, return_counts=True)
    assert len(strings) == 16
    assert abs(counts / counts.mean() - 1).max() < 0.15


@pytest.mark.parametrize(("length", "steps"), [(2, 2), (3, 2), (4, 3), (20, 19), (500, 499)])
def test_that_the_dependency_is_the_first_bits_and_at_least_two(length: int, steps: int) -> None:
    assert parity(length).dependency == steps


def test_that_it_is_solved_only_with_longer_strings() -> None:
    assert parity().judged_on() == ("fresh", "longer strings")


@pytest.mark.parametrize(
    ("text", "answer"), [("1 0 1 1", "odd"), ("1011", "odd"), ("0", "even"), ("1,1", "even")]
)
def test_that_typed_bits_are_read(text: str, answer: str) -> None:
    task = parity()
    read = task.encode(text)
    assert task.question(read, 0) == f"is the number of ones even or odd? ({answer})"


@pytest.mark.parametrize("text", ["", "  ", "2", "1 0 x", "１"])
def test_that_what_is_no_bit_is_refused(text: str) -> None:
    with pytest.raises(ExperimentError, match="a row of the bits 0 and 1, as in 1 0 1 1"):
        parity().encode(text)
