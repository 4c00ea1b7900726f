"""The states that a net goes through on fresh sequences."""

from __future__ import annotations

import numpy as np

from sandbox.insight.subject import asked_steps
from sandbox.insight.visited import filler_steps, last_filler, visited
from sandbox.tasks.base import Role
from sandbox.tasks.parity import Parity, ParityParams
from tests.insight.nets import drawn_at_random, recall_task

TASK = recall_task()


def test_that_states_are_those_of_a_trace() -> None:
    subject = drawn_at_random(TASK, "lstm", layers=2)
    found = visited(subject, 2)
    assert found is not None
    sequences = found.sequences
    arrays = subject.net.trace(sequences).arrays
    flat = np.concatenate([arrays["hidden"], arrays["cell"]], axis=2).swapaxes(0, 1)
    filler = sequences.roles == Role.FILLER
    np.testing.assert_allclose(found.states, flat[sequences.roles > 0])
    np.testing.assert_allclose(found.filler, flat[filler])
    last = np.flatnonzero(filler[0])[-1]
    np.testing.assert_allclose(found.last, flat[:, last])
    below = arrays["layer1.hidden"].swapaxes(0, 1)[filler]
    np.testing.assert_allclose(found.below, below.mean(axis=0), rtol=1e-5, atol=1e-7)
    spread = np.sqrt(((found.filler - found.filler.mean(axis=0)) ** 2).sum(axis=1).mean())
    np.testing.assert_allclose(found.spread, spread)


def test_that_many_states_are_thinned(monkeypatch) -> None:
    monkeypatch.setattr("sandbox.insight.visited.MOST_ROWS", 100)
    monkeypatch.setattr("sandbox.insight.visited.ROOM", 6 * 11 * 64)
    found = visited(drawn_at_random(TASK), 1)
    assert found is not None
    assert 60 < len(found.states) <= 120
    assert len(found.last) == 256


def test_that_a_task_without_filler_has_all_its_steps() -> None:
    sequences = Parity(ParityParams()).draw(np.random.default_rng(0), 4)
    np.testing.assert_array_equal(filler_steps(sequences), sequences.roles != Role.PADDING)
    expected = np.maximum(asked_steps(sequences) - 1, 0)
    np.testing.assert_array_equal(last_filler(sequences), expected)
