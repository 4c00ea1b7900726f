"""Closed loop: the answers are those of traces of the grown sequences, step by step."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

from sandbox.cells.known import CELLS
from sandbox.engine.free_running import ahead, can_continue, steps_ahead
from sandbox.engine.network import Network
from sandbox.engine.reference import ReferenceNetwork
from sandbox.tasks.recall import Recall
from tests.engine.continuing import Alphabet, GoingOnParams, Wave
from tests.engine.nets import random_theta

if TYPE_CHECKING:
    from sandbox.engine.compilation import Net
    from sandbox.tasks.base import Sequences, Task

HIDDEN = 5


def net_for(task: Task, cell: str, layers: int = 1, made: Any = Network) -> Net:
    sizes = (task.inputs.size, HIDDEN, len(task.outputs))
    theta = random_theta(cell, *sizes, scale=2.0, layers=layers)
    return made(CELLS[cell], theta, *sizes, task.correct_within, layers=layers)


def slowly(net: Net, task: Task, one: Sequences, steps: int, held: Any = None) -> np.ndarray:
    """Of one sequence: traced from its beginning, again and again, one step longer each time."""
    answers = net.trace(one, held).answers
    for _ in range(steps):
        one = task.continued(one, answers[-1])
        answers = net.trace(one, held).answers
    return answers[:, 0]


@pytest.mark.parametrize(
    ("kind", "cell", "layers", "made"),
    [
        (Wave, "lstm", 1, Network),
        (Alphabet, "gru", 2, Network),
        (Wave, "lstm_peephole", 2, ReferenceNetwork),
        (Alphabet, "lstm_peephole", 1, ReferenceNetwork),
    ],
)
def test_that_a_net_is_fed_on_its_own_answers(
    kind: type[Wave], cell: str, layers: int, made: Any
) -> None:
    task = kind(GoingOnParams(length=9, shorter=4))
    probe, net = task.draw(np.random.default_rng(1), 3), net_for(task, cell, layers, made)
    found = ahead(net, task, probe, 6)
    assert found is not None
    assert found.shape == (15, 3, len(task.outputs))
    for index, length in enumerate((9, 5, 9)):
        row = probe.pick(index)
        own = replace(
            row,
            inputs=row.inputs[:, :length],
            targets=row.targets[:, :length],
            scored=row.scored[:, :length],
            roles=row.roles[:, :length],
        )
        expected = slowly(net, task, own, 6)
        np.testing.assert_allclose(found[: length + 6, index], expected, rtol=0, atol=1e-6)
        assert np.isnan(found[length + 6 :, index]).all()


def test_that_the_known_steps_are_answered_as_a_trace_says() -> None:
    task = Alphabet(GoingOnParams(length=20))
    probe, net = task.draw(np.random.default_rng(2), 3), net_for(task, "gru", 2)
    found = ahead(net, task, probe, 10)
    assert found is not None
    np.testing.assert_array_equal(found[:20], net.trace(probe).answers)


def test_that_looking_ahead_changes_no_trace_after_it() -> None:
    task = Alphabet(GoingOnParams(length=8))
    probe, net = task.draw(np.random.default_rng(3), 3), net_for(task, "gru", 2)
    before = net.trace(probe)
    first = ahead(net, task, probe, 5)
    after = net.trace(probe)
    for name, array in before.arrays.items():
        np.testing.assert_array_equal(array, after.arrays[name])
    np.testing.assert_array_equal(first, ahead(net, task, probe, 5))


def test_that_a_held_gate_is_held_ahead_too() -> None:
    task = Wave(GoingOnParams(length=8))
    probe = task.draw(np.random.default_rng(4), 1)
    net = net_for(task, "lstm", made=ReferenceNetwork)
    held = {"forget": 0.2}
    found = ahead(net, task, probe, 5, held)
    assert found is not None
    np.testing.assert_allclose(found[:, 0], slowly(net, task, probe, 5, held), atol=1e-6)
    assert np.abs(found - ahead(net, task, probe, 5)).max() > 1e-3


def test_that_a_net_with_nan_weights_has_no_answers() -> None:
    class Careful(Wave):
        def continued(self, sequences: Sequences, answers: np.ndarray) -> Sequences:
            assert np.isfinite(answers).all()
            return super().continued(sequences, answers)

    task = Careful(GoingOnParams(length=8))
    net = net_for(task, "lstm")
    net.theta[:] = np.nan  # type: ignore[attr-defined]
    found = ahead(net, task, task.draw(np.random.default_rng(5), 2), 5)
    assert found is not None
    assert np.isnan(found).all()


def test_that_a_task_whose_answers_are_no_inputs_cannot_be_continued() -> None:
    task = Recall(Recall.Params())
    probe = task.draw(np.random.default_rng(0), 2)
    assert not can_continue(task, probe)
    assert ahead(net_for(task, "rnn"), task, probe, 5) is None
    wave = Wave(GoingOnParams(length=9))
    assert can_continue(wave, wave.draw(np.random.default_rng(0), 2))


def test_that_a_task_that_needs_other_settings_to_go_on_cannot_be_continued() -> None:
    class Unsure(Wave):
        def continued(self, sequences: Sequences, answers: np.ndarray) -> None:  # type: ignore[override]
            return None

    task = Unsure(GoingOnParams(length=9))
    probe = task.draw(np.random.default_rng(0), 2)
    assert not can_continue(task, probe)
    assert ahead(net_for(task, "rnn"), task, probe, 5) is None


def test_that_half_as_many_steps_again_are_run_freely_within_limits() -> None:
    assert [steps_ahead(length) for length in (4, 60, 5_000)] == [10, 30, 100]
