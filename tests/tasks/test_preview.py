"""Tasks and sequences in words."""

import json

import numpy as np
import pytest

from sandbox.experiment import Experiment
from sandbox.tasks.base import Task
from sandbox.tasks.preview import WIDTH, as_data, catalogue, describe, example_sequences, show
from sandbox.tasks.registry import task_class, task_of, tasks

EVERY = pytest.mark.parametrize("name", list(tasks()))


def make(name: str, **params: object) -> Task:
    return task_of(Experiment(task=name, params=params))


@EVERY
def test_that_examples_are_a_pure_function_and_asking_for_more_keeps_the_first(name: str) -> None:
    few, many = (example_sequences(make(name), 5, count) for count in (3, 200))
    assert len(few) == 3
    assert len(many) == 200
    assert np.array_equal(few.inputs, many.inputs[:3])
    assert not np.array_equal(few.inputs, example_sequences(make(name), 6, 3).inputs)


@pytest.mark.parametrize("name", ["water", "fluent", "recall", "temporal_order"])
@pytest.mark.parametrize("seed", range(20))
def test_that_the_first_three_examples_have_different_answers(name: str, seed: int) -> None:
    task = make(name)
    drawn = example_sequences(task, seed, 3)
    assert len(set(drawn.targets[drawn.scored].tolist())) == 3


def test_that_examples_keep_their_countries_while_the_gap_moves() -> None:
    near, far = (example_sequences(make("fluent", gap=gap), 0, 3) for gap in (5, 60))
    assert np.array_equal(near.inputs[:, 4], far.inputs[:, 4])


def test_that_no_examples_is_an_answer_too() -> None:
    assert len(example_sequences(make("water"), 0, 0)) == 0
    assert show(make("water"), 0, 0) == ""


@EVERY
def test_that_a_description_survives_json_and_names_limits_and_units(name: str) -> None:
    described = describe(task_class(name))
    assert json.loads(json.dumps(described)) == described
    for field in described["parameters"]:
        assert field["description"]
        if isinstance(field["default"], bool):
            assert field["accepts"] == "true or false"
        elif isinstance(field["default"], str):
            assert field["accepts"] == "text" or field["default"] in field["accepts"]
        else:
            assert field["minimum"] <= field["default"] <= field["maximum"]
    assert described["baselines"]
    assert described["criterion"]["text"]


def test_that_the_catalogue_lists_every_task_with_parameters_and_baseline() -> None:
    text = catalogue()
    for name, kind in tasks().items():
        assert f"\n{name}\n" in f"\n{text}"
        assert all(f"--set {field}=" in text for field in kind.Params.model_fields)
    assert "ln 6 (loss 1.7918, 16.7% right)" in text
    assert max(map(len, text.splitlines())) <= WIDTH


@EVERY
def test_that_sequences_are_shown_with_question_and_answer(name: str) -> None:
    task = make(name)
    shown = show(task, 0, 3)
    drawn = example_sequences(task, 0, 3)
    for index in range(3):
        assert task.question(drawn, index) in shown
    assert max(map(len, shown.splitlines())) <= WIDTH


def test_that_a_shown_sentence_reads_as_text() -> None:
    shown = " ".join(show(make("fluent", gap=20), 0, 1).split())
    assert shown.startswith("1. I grew up in ")
    assert shown.count("I speak fluent") == 2


def test_that_channels_are_drawn_one_line_each_with_their_names() -> None:
    lines = show(make("adding", length=20), 0, 1).splitlines()
    value, marker = lines[1].split(), lines[2].split()
    assert value[0] == "value"
    assert marker[0] == "marker"
    assert len(value[1]) == len(marker[1]) == 20
    assert marker[1].count("█") == 2


@EVERY
def test_that_a_sequence_in_plain_data_survives_json(name: str) -> None:
    task = make(name)
    data = as_data(task, example_sequences(task, 0, 1), 0)
    assert json.loads(json.dumps(data)) == data
    assert len(data["steps"]) == len(data["roles"]) == task.length
    assert len(data["query_steps"]) == len(data["answers"]) >= 1
    assert all(data["roles"][step] == "cue" for step in data["cue_steps"])
    assert data["cue_steps"] or name == "own"  # a text, where every step is asked about
