"""temporal_order, read back and held against its rule."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sandbox.tasks.base import Role
from sandbox.tasks.temporal_order import TemporalOrder, TemporalOrderParams
from sandbox.validation import ExperimentError

TENTHS = {2: [(0.1, 0.2), (0.5, 0.6)], 3: [(0.1, 0.2), (0.3, 0.4), (0.6, 0.7)]}


def order(**params: int) -> TemporalOrder:
    return TemporalOrder(TemporalOrderParams(**params))


@pytest.mark.parametrize("marks", [2, 3])
@pytest.mark.parametrize("length", [10, 11, 19, 57, 100, 333])
def test_that_marks_lie_in_their_intervals_and_name_the_class(length: int, marks: int) -> None:
    task = order(length=length, marks=marks)
    drawn = task.draw(np.random.default_rng(length), 500)
    for index in range(len(drawn)):
        words = task.labels(drawn, index)
        assert len(words) == length
        assert (words[0], words[-1]) == ("start", "end")
        steps = [step for step, word in enumerate(words) if word in ("X", "Y")]
        assert len(steps) == marks
        for step, (low, high) in zip(steps, TENTHS[marks], strict=True):
            assert round(low * length, 6) <= step < round(high * length, 6)
        rest = {word for step, word in enumerate(words[1:-1], 1) if step not in steps}
        assert rest <= set("abcd")
        assert task.outputs[drawn.targets[index, -1]] == "".join(words[step] for step in steps)
        assert np.flatnonzero(drawn.roles[index] == Role.CUE).tolist() == steps


@given(length=st.integers(10, 1000), marks=st.integers(2, 3))
@settings(deadline=None)
def test_that_no_interval_is_empty_and_the_dependency_is_the_longest(
    length: int, marks: int
) -> None:
    task = order(length=length, marks=marks)
    first = next(step for step in range(length) if 10 * step >= length)
    assert first >= 1
    assert task.dependency == length - 1 - first
    task.draw(np.random.default_rng(0), 2)


def test_that_steps_are_uniform_and_distractors_too() -> None:
    drawn = order().draw(np.random.default_rng(0), 20_000)
    cues = (drawn.roles == Role.CUE).mean(axis=0)
    assert cues[10:20] == pytest.approx([0.1] * 10, rel=0.1)
    assert cues[50:60] == pytest.approx([0.1] * 10, rel=0.1)
    letters = np.bincount(drawn.inputs.ravel())[1:5]
    assert abs(letters / letters.mean() - 1).max() < 0.02


def test_that_classes_are_named_in_order() -> None:
    assert order().outputs == ("XX", "XY", "YX", "YY")
    assert order(marks=3).outputs[1] == "XXY"


@pytest.mark.parametrize(
    ("text", "answer"), [("start b X a Y d end", "XY"), ("y a x", "YX"), ("X X", "XX")]
)
def test_that_a_typed_row_is_read(text: str, answer: str) -> None:
    task = order()
    read = task.encode(text)
    assert task.outputs[read.targets[0, -1]] == answer
    assert task.labels(read, 0)[-1] == "end"


@pytest.mark.parametrize("text", ["", "a b", "x", "x y x"])
def test_that_a_wrong_number_of_marks_is_refused(text: str) -> None:
    with pytest.raises(ExperimentError, match="X and Y appear 2 times"):
        order().encode(text)
