from __future__ import annotations

import numpy as np

from sandbox.gui.recording import FIRST_CAPACITY, CurveBuffer, Recording
from sandbox.run.messages import Curve, Evaluation, Event


def curve(values: np.ndarray) -> Curve:
    values = values.astype(np.float32)
    return Curve(values, values / 2, values / 4)


def test_that_a_buffer_grows_past_its_first_capacity_and_keeps_everything() -> None:
    buffer, count = CurveBuffer(), 3 * FIRST_CAPACITY
    for first in range(1, count, 512):
        steps = np.arange(first, first + 512)
        buffer.extend(first, curve(steps))
    assert len(buffer) == count
    assert np.array_equal(buffer.steps, np.arange(1, count + 1))
    assert np.array_equal(buffer.loss, buffer.steps.astype(np.float32))
    assert np.array_equal(buffer.grad_norm, buffer.loss / 4)


def test_that_arrays_are_views_and_not_copies() -> None:
    buffer = CurveBuffer()
    buffer.extend(1, curve(np.ones(10)))
    assert buffer.loss.base is not None
    assert np.shares_memory(buffer.loss, buffer.loss)


def test_that_heads_show_the_mean_of_the_last_steps() -> None:
    buffer = CurveBuffer()
    assert buffer.smoothed() is None
    buffer.extend(1, curve(np.concatenate([np.zeros(100), np.full(50, 0.8)])))
    loss, accuracy = buffer.smoothed() or (0, 0)
    assert np.isclose(loss, 0.8)
    assert np.isclose(accuracy, 0.4)


def test_that_a_diverged_contestant_just_has_fewer_points() -> None:
    recording = Recording()
    recording.curve("rnn").extend(1, curve(np.ones(3)))
    recording.curve("lstm").extend(1, curve(np.ones(9)))
    recording.add(Event("r", 3, "diverged", "the loss is infinite", "rnn"))
    assert (len(recording.curve("rnn")), len(recording.curve("lstm"))) == (3, 9)
    assert recording.diverged_at == {"rnn": 3}


def test_that_the_first_solution_counts_and_changes_are_listed() -> None:
    recording = Recording()
    recording.add(Event("r", 312, "solved", "", "lstm"))
    recording.add(Event("r", 400, "solved", "", "lstm"))
    recording.add(Event("r", 350, "changed", "learning rate 0.001"))
    assert recording.solved_at == {"lstm": 312}
    assert recording.changes == [(350, "learning rate 0.001")]


def test_that_a_test_counts_as_its_worst_split() -> None:
    recording = Recording()
    splits = {"fresh": (0.1, 0.99), "unseen filler": (0.4, 0.9)}
    recording.add(Evaluation("r", 100, "lstm", splits, False))
    assert recording.tests == {"lstm": [(100, 0.4, 0.9)]}
