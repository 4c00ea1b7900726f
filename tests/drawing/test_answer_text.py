from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest

from sandbox.drawing.answer_text import NO_ANSWER, answer_at, right_answers
from tests.export.legal_task import Walk, WalkParams
from tests.gui.canned_frames import SumTask, sequence_view, view_of

if TYPE_CHECKING:
    from sandbox.tasks.shown import ShownSequence


def value(view: ShownSequence, number: float) -> np.ndarray:
    """The same value at every step, (T, B, 1)."""
    return np.full((view.length, 2, 1), number, np.float32)


def test_that_an_answer_exactly_on_the_tolerance_is_wrong_as_in_training() -> None:
    task = SumTask(12)
    task.correct_within = 0.25  # exact in binary, as are the values
    view = view_of(task)
    view.sequences.targets[:] = 0.5
    assert not answer_at(view, value(view, 0.75)).right
    assert answer_at(view, value(view, 0.75)).verdict.startswith("wrong")
    assert answer_at(view, value(view, np.nextafter(np.float32(0.75), np.float32(0)))).right


def test_that_a_value_that_is_no_number_is_no_answer_and_wrong() -> None:
    view = view_of(SumTask(12))
    for number in (np.nan, np.inf):
        said = answer_at(view, value(view, number))
        assert (said.answer, said.right) == (NO_ANSWER, False)


def test_that_nothing_is_right_or_wrong_where_nothing_is_asked() -> None:
    view = sequence_view(12)
    said = answer_at(view, np.full((12, 2, 3), 1 / 3, np.float32), 4)
    assert not said.asked
    assert not said.right
    assert said.answer


@pytest.mark.parametrize("seed", range(20))
def test_that_the_words_of_a_set_agree_with_its_verdict(seed: int) -> None:
    rng = np.random.default_rng(seed)
    view = view_of(Walk(WalkParams(length=6)))
    view.sequences.targets[0, 3] = (1, 1, 0)
    answers = rng.random((6, 2, 3)).astype(np.float32)
    said = answer_at(view, answers, 3)
    legal_first = answers[3, 0, :2].min() > answers[3, 0, 2]
    assert said.right == legal_first == (said.answer == "{a, b}")
    assert said.verdict.startswith("right" if said.right else "wrong")


def test_that_the_text_and_the_array_judge_alike() -> None:
    rng = np.random.default_rng(0)
    view = view_of(SumTask(12))
    for number in rng.normal(0.91, 0.05, 50):
        answers = value(view, number)
        right = right_answers(view.task, answers[:, 0], view.sequences.targets[0])
        assert answer_at(view, answers).right == right[view.asked_at]
