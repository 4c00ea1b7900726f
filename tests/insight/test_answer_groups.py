"""Sequences in groups by their right answer."""

from __future__ import annotations

import numpy as np

from sandbox.insight.answer_groups import AnswerGroups
from sandbox.insight.subject import asked_steps
from sandbox.tasks.fluent import Fluent, FluentParams
from sandbox.tasks.latch import Latch, LatchParams
from sandbox.tasks.marked import Adding, RowParams
from sandbox.tasks.reber import Reber, ReberParams


def drawn(task, count: int = 200, seed: int = 0):
    return task.draw(np.random.default_rng(seed), count)


def test_that_classes_are_groups_with_their_names() -> None:
    task = Fluent(FluentParams(gap=3))
    groups = AnswerGroups(task, drawn(task))
    assert groups.names == task.outputs
    others = drawn(task, 50, 1)
    asked = others.targets[np.arange(50), asked_steps(others)]
    np.testing.assert_array_equal(groups.of(others), asked)


def test_that_an_answer_that_was_never_drawn_has_no_group() -> None:
    task = Fluent(FluentParams(gap=3))
    some = drawn(task)
    few = some.pick(np.flatnonzero(some.targets[:, -1] != 2))
    assert set(AnswerGroups(task, few).of(some).tolist()) == {-1, 0, 1, 2, 3, 4}


def test_that_few_values_are_groups_of_their_own() -> None:
    task = Latch(LatchParams())
    groups = AnswerGroups(task, drawn(task))
    assert groups.names == ("0", "1")


def test_that_many_values_are_three_thirds() -> None:
    task = Adding(RowParams())
    some = drawn(task, 300)
    groups = AnswerGroups(task, some)
    assert groups.names == ("low", "middle", "high")
    of = groups.of(some)
    assert np.bincount(of).tolist() == [100, 100, 100]
    sums = some.targets[np.arange(300), asked_steps(some), 0]
    assert sums[of == 0].max() < sums[of == 1].min() < sums[of == 2].min()


def test_that_sets_of_legal_symbols_are_groups() -> None:
    task = Reber(ReberParams())
    groups = AnswerGroups(task, drawn(task))
    assert set(groups.names) == {"P", "T"}


def test_that_rare_classes_are_one_group(monkeypatch) -> None:
    monkeypatch.setattr("sandbox.insight.answer_groups.MOST_GROUPS", 2)
    task = Fluent(FluentParams(gap=3))
    some = drawn(task)
    some.targets[:100, -1] = 4
    some.targets[100:180, -1] = 1
    groups = AnswerGroups(task, some)
    assert groups.names == ("French", "Polish", "others")
    assert groups.of(some)[:180].tolist() == [1] * 100 + [0] * 80
    assert set(groups.of(some)[180:].tolist()) <= {0, 1, 2}
