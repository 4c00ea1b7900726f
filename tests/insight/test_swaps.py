"""Swaps of states and gates between two sequences."""

from __future__ import annotations

import numpy as np
import pytest

from sandbox.engine.reference import ReferenceNetwork
from sandbox.insight.contrast import margin, pair_of
from sandbox.insight.subject import Subject, asked_steps, cue_steps
from sandbox.insight.swaps import swap_map, swapped
from sandbox.tasks.base import Role
from sandbox.tasks.registry import tasks
from tests.insight.nets import drawn_at_random, one_memory, recall_task

TASK = recall_task()


def pair(subject: Subject):
    sequences = subject.fresh(40)
    found = pair_of(subject.task, sequences, 0, sequences)
    assert found is not None
    return found


def test_that_a_pair_differs_in_the_cue_alone() -> None:
    found = pair(one_memory(TASK))
    one, other = found.both.inputs
    assert found.only_cue
    assert found.asked == 9
    assert np.flatnonzero(one != other).tolist() == cue_steps(found.both).tolist() == [0]
    assert found.both.targets[0, 9] != found.both.targets[1, 9]
    assert (found.back().both.inputs == found.both.inputs[::-1]).all()


def test_that_the_one_unit_that_remembers_moves_the_answer_all_the_way() -> None:
    subject = one_memory(TASK)
    found = swap_map(subject, pair(subject))
    assert found is not None
    assert found.told_apart
    cell, hidden = found.effects["cell"], found.effects["hidden"]
    np.testing.assert_allclose(cell[:10, 2], 1, atol=1e-5)
    others = np.delete(cell, 2, axis=1)
    np.testing.assert_array_equal(others, np.zeros_like(others))
    np.testing.assert_allclose(hidden[:9, 2], 0, atol=1e-5)  # the cell is what is read
    assert hidden[9, 2] == pytest.approx(1)


@pytest.mark.parametrize("cell", ["rnn", "gru", "lstm", "slstm", "gru_reset_before"])
@pytest.mark.parametrize("layers", [1, 2])
def test_that_every_entry_is_that_of_a_pass_with_one_hold(cell: str, layers: int) -> None:
    subject = drawn_at_random(TASK, cell, layers=layers)
    both = pair(subject)
    found = swap_map(subject, both)
    assert found is not None
    slow = slowly(subject, both)
    for line, effect in found.effects.items():
        np.testing.assert_allclose(effect, slow[line], rtol=2e-3, atol=2e-4)


def slowly(subject: Subject, both) -> dict[str, np.ndarray]:
    """One pass of torch in float64 for each unit and step."""
    net = subject.net
    sizes = (TASK.inputs.size, net.hidden, 2)
    oracle = ReferenceNetwork(net.cell, net.theta.astype(np.float64), *sizes, layers=net.layers)
    trace = oracle.trace(both.both)
    plain = subject.raw(trace.arrays["hidden"][both.asked])
    effects = {}
    for line in net.cell.states:
        effects[line] = np.zeros((10, net.hidden))
        for step in range(10):
            for unit in range(net.hidden):
                array = np.full((10, 1, net.hidden), np.nan)
                array[step, 0, unit] = trace.arrays[line][step, 1, unit]
                hidden = oracle.trace(both.both.pick(0), {line: array}).arrays["hidden"]
                effects[line][step, unit] = margin(
                    subject.raw(hidden[both.asked, 0]), plain, subject.task
                )
    return effects


def test_that_gates_can_be_swapped_too() -> None:
    subject = one_memory(TASK)
    found = swap_map(subject, pair(subject), ("candidate",))
    assert found is not None
    assert found.effects["candidate"][0, 2] == pytest.approx(1, abs=1e-5)
    np.testing.assert_allclose(found.effects["candidate"][1:], 0, atol=1e-5)


def test_that_all_units_together_give_the_other_answer() -> None:
    subject = drawn_at_random(TASK)
    both = pair(subject)
    found = swapped(subject, both, range(6), 4)
    expected = subject.asked(both.both)[1]
    np.testing.assert_allclose(found, expected, rtol=1e-6)


def test_that_answers_that_hardly_differ_are_not_compared() -> None:
    subject = one_memory(TASK)
    subject.net.theta[:] = 0
    found = swap_map(Subject("lstm", subject.net, TASK), pair(subject))
    assert found is not None
    assert not found.told_apart


def test_that_a_map_stops_when_it_is_told_to() -> None:
    subject = one_memory(TASK)
    assert swap_map(subject, pair(subject), stop=lambda: True) is None


def test_that_margins_lie_between_the_two_answers() -> None:
    plain = np.array([[3.0, -1.0], [1.0, 1.0]])  # logits 2 and -2 for the first of two
    plain = np.array([[2.0, 0.0], [0.0, 2.0]])
    raw = np.array([[2.0, 0.0], [1.0, 1.0], [0.0, 2.0], [0.0, 4.0]])
    assert margin(raw, plain, TASK).tolist() == [0, 0.5, 1, 1.5]
    assert np.isnan(margin(raw, plain[[0, 0]], TASK)).all()


@pytest.mark.parametrize("name", list(tasks()))
def test_that_every_task_has_pairs_or_none(name: str) -> None:
    kind = tasks()[name]
    task = kind(kind.Params())
    sequences = task.draw(np.random.default_rng(0), 64)
    found = pair_of(task, sequences, 0, sequences)
    asked = asked_steps(sequences)
    assert sequences.scored[np.arange(64), asked].all()
    if found is not None:
        both = found.both
        assert both.scored[:, found.asked].all()
        assert not np.allclose(both.targets[0, found.asked], both.targets[1, found.asked])
        if found.only_cue:
            differ = (both.inputs[0] != both.inputs[1]).reshape(both.roles.shape[1], -1).any(axis=1)
            assert (both.roles[0][differ] == Role.CUE).all()
