"""water, read back and held against its rule."""

from collections import Counter

import numpy as np
import pytest

from sandbox.tasks.base import Role
from sandbox.tasks.water import FRAMES, PLACES, SUBJECT, Water, WaterParams
from sandbox.validation import ExperimentError

PLACE_OF = {animal: place for place, animals in PLACES.items() for animal in animals}


def water(places: int = 5) -> Water:
    return Water(WaterParams(places=places))


@pytest.mark.parametrize("places", range(2, 7))
def test_that_every_sequence_is_a_sentence_whose_subject_decides_the_place(places: int) -> None:
    task = water(places)
    drawn = task.draw(np.random.default_rng(places), 1000)
    for index in range(len(drawn)):
        words = [word for word in task.labels(drawn, index) if word]
        (subject,) = [word.lower() for word in words if word.isupper()]
        sentence = tuple(SUBJECT if word.isupper() else word for word in words)
        assert sentence in FRAMES
        assert words[-2:] == ["in", "the"]
        answer = drawn.targets[index][drawn.scored[index]]
        assert [task.outputs[place] for place in answer] == [PLACE_OF[subject]]
        assert drawn.scored[index].tolist().index(True) == len(words) - 1


def test_that_padding_stands_on_the_right_only_and_is_never_asked() -> None:
    task = water()
    drawn = task.draw(np.random.default_rng(0), 1000)
    padded = drawn.roles == Role.PADDING
    assert (padded == (drawn.inputs == 0)).all()
    assert not (padded & drawn.scored).any()
    assert (np.diff(padded.astype(int), axis=1) >= 0).all()
    assert padded.any()


def test_that_the_dependency_is_three_or_four_steps() -> None:
    drawn = water().draw(np.random.default_rng(0), 1000)
    steps = (drawn.roles == Role.QUERY).argmax(axis=1) - (drawn.roles == Role.CUE).argmax(axis=1)
    assert set(steps.tolist()) == {3, 4}
    assert water().dependency == 4


def test_that_animals_and_sentences_are_drawn_evenly() -> None:
    task = water()
    drawn = task.draw(np.random.default_rng(0), 20_000)
    counts = Counter(tuple(task.labels(drawn, index)) for index in range(len(drawn)))
    assert len(counts) == 10 * len(FRAMES)
    assert max(counts.values()) / min(counts.values()) < 1.4


@pytest.mark.parametrize(
    ("text", "place"),
    [("the fishes are in the ___", "water"), ("The BIRDS, live…", "sky")],
)
def test_that_a_typed_sentence_is_read(text: str, place: str) -> None:
    task = water()
    assert task.outputs[task.encode(text).targets[0, -1]] == place


def test_that_a_sentence_without_an_animal_is_refused() -> None:
    with pytest.raises(ExperimentError, match="names one of fishes, whales"):
        water().encode("the in the")


def test_that_an_unknown_animal_is_refused_with_near_ones() -> None:
    with pytest.raises(ExperimentError, match=r"'fishs' was given.*near ones are fishes"):
        water().encode("the fishs are in the")
