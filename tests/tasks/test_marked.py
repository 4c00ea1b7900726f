"""adding and multiplication, held against their rule."""

import numpy as np
import pytest

from sandbox.tasks.base import Role
from sandbox.tasks.marked import Adding, Multiplication, RowParams
from sandbox.validation import ExperimentError


def adding(length: int = 100) -> Adding:
    return Adding(RowParams(length=length))


@pytest.mark.parametrize("length", [4, 5, 9, 100, 333])
def test_that_one_step_in_each_half_is_marked_and_the_sum_is_asked_at_the_end(length: int) -> None:
    drawn = adding(length).draw(np.random.default_rng(length), 1000)
    for inputs, targets, scored, roles in zip(
        drawn.inputs.tolist(), drawn.targets, drawn.scored, drawn.roles, strict=True
    ):
        marked = [step for step, (_, marker) in enumerate(inputs) if marker == 1]
        assert sum(marker for _, marker in inputs) == 2
        first, second = marked
        assert 0 <= first < length // 2 <= second < length
        assert targets[-1, 0] == pytest.approx(inputs[first][0] + inputs[second][0])
        assert np.flatnonzero(scored).tolist() == [length - 1]
        assert np.flatnonzero(roles == Role.CUE).tolist() == marked


def test_that_marks_are_uniform_in_their_half_and_values_in_the_unit_interval() -> None:
    drawn = adding(11).draw(np.random.default_rng(0), 50_000)
    marks = drawn.inputs[..., 1].sum(axis=0) / len(drawn)
    assert marks == pytest.approx([1 / 5] * 5 + [1 / 6] * 6, rel=0.05)
    values = np.sort(drawn.inputs[..., 0].ravel())
    assert values[0] >= 0
    assert values[-1] < 1
    assert abs(values - np.linspace(0, 1, len(values))).max() < 0.005


def test_that_a_mark_on_the_last_step_is_a_cue_that_is_still_asked() -> None:
    drawn = adding(4).draw(np.random.default_rng(0), 100)
    both = drawn.inputs[:, -1, 1] == 1
    assert both.any()
    assert set(drawn.roles[both, -1].tolist()) == {Role.CUE}
    assert set(drawn.roles[~both, -1].tolist()) == {Role.QUERY}
    assert drawn.scored[:, -1].all()


@pytest.mark.parametrize(
    ("kind", "answer", "question"),
    [
        (Adding, 1.3, "0.50 + 0.80 = ___ (1.30)"),
        (Multiplication, 0.4, "0.50 × 0.80 = ___ (0.40)"),
    ],
)
def test_that_a_typed_row_is_read(
    kind: type[Adding | Multiplication], answer: float, question: str
) -> None:
    task = kind(RowParams())
    read = task.encode("0.3 0.5* .2, .8*  1")
    assert read.targets[0, -1, 0] == pytest.approx(answer)
    assert task.labels(read, 0) == ["0.30", "0.50*", "0.20", "0.80*", "1.00"]
    assert task.question(read, 0) == question


@pytest.mark.parametrize("text", ["", "0.1 0.2", "0.1* 0.2", "0.1* 0.2* 0.3*"])
def test_that_other_than_two_stars_are_refused(text: str) -> None:
    with pytest.raises(ExperimentError, match="exactly two have a star"):
        adding().encode(text)


@pytest.mark.parametrize("word", ["nan", "1.1*", "-0.1", "inf", "x", "**", "1e5", "0.1**"])
def test_that_what_is_no_number_from_0_to_1_is_refused(word: str) -> None:
    with pytest.raises(ExperimentError, match="numbers from 0 to 1"):
        adding().encode(f"0.5* 0.5* {word}")
