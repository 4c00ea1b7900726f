"""recall, read back and held against its rule."""

import numpy as np
import pytest

from sandbox.tasks.recall import Recall, RecallParams
from sandbox.validation import ExperimentError


def recall(**params: int) -> Recall:
    return Recall(RecallParams(**params))


@pytest.mark.parametrize("gap", [0, 1, 2, 17, 300])
@pytest.mark.parametrize(("symbols", "fillers"), [(2, 1), (4, 16), (26, 64)])
def test_that_every_sequence_is_a_letter_numbers_and_a_question(
    gap: int, symbols: int, fillers: int
) -> None:
    task = recall(gap=gap, symbols=symbols, fillers=fillers)
    drawn = task.draw(np.random.default_rng(gap), 200)
    letters = [chr(ord("A") + number) for number in range(symbols)]
    numbers = {str(number) for number in range(1, fillers + 1)}
    for index in range(len(drawn)):
        cue, *filler, query = task.labels(drawn, index)
        assert cue == letters[drawn.targets[index, -1]]
        assert len(filler) == gap
        assert set(filler) <= numbers
        assert query == "?"
    assert drawn.roles[0].tolist() == [2] + [3] * gap + [4]


def test_that_fillers_are_uniform_and_cues_balanced() -> None:
    drawn = recall().draw(np.random.default_rng(0), 4000)
    counts = np.bincount(drawn.inputs[:, 1:-1].ravel(), minlength=20)[4:20]
    assert abs(counts / counts.mean() - 1).max() < 0.05
    assert np.bincount(drawn.targets[:, -1]).tolist() == [1000] * 4


@pytest.mark.parametrize(("gap", "steps"), [(0, 2), (1, 2), (2, 3), (50, 51), (1000, 1001)])
def test_that_the_dependency_is_the_way_from_cue_to_question_and_at_least_two(
    gap: int, steps: int
) -> None:
    assert recall(gap=gap).dependency == steps


@pytest.mark.parametrize(
    ("text", "steps", "answer"),
    [("A 7 12 3 ?", 5, "A"), ("b", 2, "B"), ("3, 4, d, 5?", 5, "D"), ("c ? 1", 4, "C")],
)
def test_that_a_typed_row_is_read(text: str, steps: int, answer: str) -> None:
    task = recall()
    read = task.encode(text)
    assert read.inputs.shape == (1, steps)
    assert task.outputs[read.targets[0, -1]] == answer


@pytest.mark.parametrize(
    ("text", "message"), [("1 2 ?", "letters A, B, C, D"), ("", "letters"), ("A 99 ?", "'99'")]
)
def test_that_a_row_that_cannot_be_read_is_refused(text: str, message: str) -> None:
    with pytest.raises(ExperimentError, match=message):
        recall().encode(text)
