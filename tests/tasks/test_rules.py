"""Tasks with a thousand sets of parameters each: every sequence follows the task's rule."""

from __future__ import annotations

import random
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

from sandbox.experiment import Experiment
from sandbox.tasks.base import Channels, Tokens
from sandbox.tasks.fluent import Fluent, FluentParams
from sandbox.tasks.registry import task_class, task_of
from tests.tasks.rules import RULES, row_of
from tests.tasks.test_fluent import check_rule

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sandbox.tasks.base import Sequences, Task

SETS = 1000
EVERY = pytest.mark.parametrize("name", list(RULES))


def parameter_sets(name: str) -> Iterator[dict[str, Any]]:
    """The lowest, the highest, and others at random of which most are small."""
    fields = task_class(name).Params.model_json_schema()["properties"]
    whole = {key: one for key, one in fields.items() if one["type"] == "integer"}
    yield {key: one["minimum"] for key, one in whole.items()}
    yield {key: one["maximum"] for key, one in whole.items()}
    rng = random.Random(name)
    for _ in range(SETS - 2):
        sizes = {key: one["maximum"] - one["minimum"] + 1 for key, one in whole.items()}
        yield {
            key: whole[key]["minimum"] + int(size ** rng.random() ** 2) - 1
            for key, size in sizes.items()
        }


def assert_well_formed(task: Task, drawn: Sequences, count: int, split: str) -> None:
    """Shapes and kinds of numbers, as `Sequences` promises them."""
    shape = drawn.scored.shape
    assert shape[0] == count == len(drawn)
    assert shape[1] == task.length or split != task.splits[0]
    assert drawn.roles.shape == drawn.inputs.shape[:2] == drawn.targets.shape[:2] == shape
    assert drawn.scored.dtype == np.bool_
    assert drawn.roles.dtype == np.uint8
    if isinstance(task.inputs, Tokens):
        assert drawn.inputs.dtype == np.int32
        assert drawn.inputs.ndim == 2
        assert 0 <= drawn.inputs.min() <= drawn.inputs.max() < task.inputs.size
    else:
        assert isinstance(task.inputs, Channels)
        assert drawn.inputs.dtype == np.float32
        assert drawn.inputs.shape[2:] == (task.inputs.size,)
    if task.loss == "cross_entropy":
        assert drawn.targets.dtype == np.int32
        assert drawn.targets.ndim == 2
        assert 0 <= drawn.targets.min() <= drawn.targets.max() < len(task.outputs)
    else:
        assert drawn.targets.dtype == np.float32
        assert drawn.targets.shape[2:] == (len(task.outputs),)


@EVERY
def test_that_a_thousand_sets_of_parameters_give_sequences_that_follow_the_rule(name: str) -> None:
    for seed, params in enumerate(parameter_sets(name)):
        task = task_of(Experiment(task=name, params=params))
        count = 1 + seed % 2
        for split in task.splits:
            drawn = task.draw(np.random.default_rng(seed), count, split)
            assert_well_formed(task, drawn, count, split)
            for index in range(count):
                RULES[name](params, split, row_of(task, drawn, index))


@pytest.mark.parametrize("distractors", [False, True])
def test_that_a_thousand_sets_of_parameters_give_sentences_that_follow_the_rule(
    distractors: bool,
) -> None:
    for seed, params in enumerate(parameter_sets("fluent")):
        if distractors and params["countries"] == 2:
            params["countries"] = 3
        task = Fluent(FluentParams(**params, distractors=distractors))
        split = task.splits[seed % 2]
        drawn = task.draw(np.random.default_rng(seed), 1, split)
        assert_well_formed(task, drawn, 1, split)
        row = row_of(task, drawn, 0)
        check_rule(task, row.steps, split, row.answer)
        filler = ["filler"] * params["gap"]
        assert row.roles == [*["carrier"] * 4, "cue", *filler, "carrier", "carrier", "query"]
        assert row.asked == params["gap"] + 7


@EVERY
def test_that_a_rule_refuses_another_answer_and_another_place(name: str) -> None:
    task = task_of(Experiment(task=name))
    row = row_of(task, task.draw(np.random.default_rng(0), 1), 0)
    params = task.params.model_dump()
    RULES[name](params, "fresh", row)
    wrong = [0.77] if isinstance(row.answer, list) else "another"
    for changed in (replace(row, answer=wrong), replace(row, asked=row.asked - 1)):
        with pytest.raises(AssertionError):
            RULES[name](params, "fresh", changed)
    with pytest.raises((AssertionError, ValueError)):
        RULES[name](params, task.splits[1], row)
