from __future__ import annotations

import itertools

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sandbox.drawing.smoothing import MEMORY
from sandbox.experiment import Experiment
from sandbox.gui.session.clock import MOST_TIMES, UNTIMED, Clock, clock_of
from sandbox.gui.session.curvebuffer import FIRST_BINS, MOST_BINS, SMOOTHED_OVER, CurveBuffer
from sandbox.gui.session.recording import Recording
from sandbox.run.messages import Curve, Evaluation, Event, Points

FEW = 64  # bins: merged often


def curve(values: np.ndarray) -> Curve:
    values = values.astype(np.float32)
    return Curve(values, values / 2, values / 4)


def filled(values: np.ndarray, first: int = 1, most: int = FEW, piece: int = 17) -> CurveBuffer:
    buffer = CurveBuffer(most)
    for start in range(0, len(values), piece):
        buffer.extend(first + start, curve(values[start : start + piece]))
    return buffer


def noise(count: int) -> np.ndarray:
    return np.random.default_rng(count).random(count).astype(np.float32)


def test_that_some_thousands_of_steps_are_kept_one_by_one() -> None:
    values = noise(3 * FIRST_BINS)
    buffer = filled(values, most=MOST_BINS, piece=512)
    assert buffer.bin == 1
    assert len(buffer) == len(values)
    assert np.array_equal(buffer.steps, np.arange(1, len(values) + 1))
    assert np.array_equal(buffer.loss, values)
    assert np.array_equal(buffer.grad_norm, values / 4)
    band = buffer.bands["loss"]
    assert band.low is band.high


@settings(max_examples=40, deadline=None)
@given(st.integers(1, 1000), st.integers(1, 400), st.integers(1, 5000))
def test_that_bins_keep_the_extremes_of_their_steps(count: int, piece: int, first: int) -> None:
    values = noise(count)
    buffer = filled(values, first, piece=piece)
    assert len(buffer) == count
    assert len(buffer.steps) <= FEW
    starts = np.arange(0, count, buffer.bin)
    ends = np.minimum(starts + buffer.bin, count)
    band = buffer.bands["loss"]
    assert band.low.tolist() == [values[a:b].min() for a, b in zip(starts, ends, strict=True)]
    assert band.high.tolist() == [values[a:b].max() for a, b in zip(starts, ends, strict=True)]
    assert buffer.steps.tolist() == (first + ends - 1).tolist()
    means = [values[a:b].mean() for a, b in zip(starts, ends, strict=True)]
    np.testing.assert_allclose(buffer.loss, means, rtol=1e-5)


def test_that_the_smoothed_curve_went_through_every_step_whatever_is_merged() -> None:
    values = noise(2000)
    wanted = [float(values[0])]
    for value in values[1:].tolist():
        wanted.append(wanted[-1] + (value - wanted[-1]) / MEMORY)
    buffer = filled(values)
    assert buffer.bin > 1
    places = buffer.steps.astype(int) - 1
    np.testing.assert_allclose(buffer.bands["loss"].smooth, np.array(wanted)[places], rtol=1e-9)
    np.testing.assert_allclose(
        buffer.bands["accuracy"].smooth, np.array(wanted)[places] / 2, rtol=1e-6
    )


def test_that_a_million_steps_take_no_more_memory_than_the_bins() -> None:
    buffer, part = CurveBuffer(), curve(noise(10_000))
    for first in range(1, 1_000_000, 10_000):
        buffer.extend(first, part)
    assert len(buffer) == buffer.last == 1_000_000
    arrays = [value for value in vars(buffer).values() if isinstance(value, np.ndarray)]
    assert sum(array.nbytes for array in arrays) < 72 * MOST_BINS + 4096


def test_that_what_was_handed_out_stays_as_it_was_when_bins_are_merged() -> None:
    buffer = filled(noise(FEW))
    steps, band, loss = buffer.steps, buffer.bands["loss"], buffer.loss
    before = steps.copy(), band.low.copy(), band.smooth.copy(), loss.copy()
    buffer.extend(FEW + 1, curve(noise(500)))
    assert buffer.bin > 1
    for one, other in zip((steps, band.low, band.smooth, loss), before, strict=True):
        assert np.array_equal(one, other)


def test_that_heads_show_the_mean_of_the_last_steps() -> None:
    buffer = CurveBuffer()
    assert buffer.smoothed() is None
    buffer.extend(1, curve(np.concatenate([np.zeros(100), np.full(50, 0.8)])))
    loss, accuracy = buffer.smoothed() or (0, 0)
    assert np.isclose(loss, 0.8)
    assert np.isclose(accuracy, 0.4)
    assert buffer.smoothed(since=150) is None
    assert buffer.smoothed(until=0) is None


@pytest.mark.parametrize("most", [FEW, MOST_BINS])
def test_that_means_before_any_of_the_newest_steps_are_exact(most: int) -> None:
    values = noise(3000)
    buffer = filled(values, most=most)
    for until in range(3000 - SMOOTHED_OVER, 3001):
        wanted = values[until - SMOOTHED_OVER : until].mean()
        assert (buffer.smoothed(until=until) or (0, 0))[0] == pytest.approx(wanted, rel=1e-5)
    since = buffer.smoothed(since=2990)
    assert since is not None
    assert since[0] == pytest.approx(values[2990:].mean(), rel=1e-5)


def test_that_means_further_back_are_those_of_the_bins_they_lie_in() -> None:
    values = np.linspace(0, 1, 1000, dtype=np.float32)
    buffer = filled(values)
    assert buffer.bin == 16
    for until in range(50, 1001, 7):
        exact = values[until - 50 : until].mean()
        assert abs((buffer.smoothed(until=until) or (9, 9))[0] - exact) < 16 / 1000


def test_that_a_part_that_is_lost_leaves_a_gap_and_nothing_is_shifted() -> None:
    buffer = CurveBuffer(FEW)
    buffer.extend(1, curve(np.full(10, 1.0)))
    buffer.extend(31, curve(np.full(10, 3.0)))
    assert len(buffer) == 20
    assert buffer.steps.tolist() == list(range(1, 41))
    assert np.isnan(buffer.bands["loss"].low[10:30]).all()
    assert np.isfinite(buffer.bands["loss"].smooth).all()
    assert buffer.loss[30:].tolist() == [3.0] * 10
    assert buffer.smoothed(until=30, since=15) is None


def test_that_a_step_cannot_be_measured_twice() -> None:
    buffer = filled(noise(10))
    with pytest.raises(ValueError, match="step 10 was measured before"):
        buffer.extend(10, curve(noise(3)))


def test_that_what_is_no_number_hides_no_extreme() -> None:
    values = np.ones(2 * FEW)
    values[10], values[11] = np.nan, 7.0
    band = filled(values).bands["loss"]
    assert band.high.max() == 7.0
    assert np.isfinite(band.smooth).all()


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


# Seconds --------------------------------------------------------------------------------


def test_that_time_runs_evenly_between_two_messages() -> None:
    recording = Recording()
    for first, seconds in ((1, 2.0), (11, 3.0)):
        recording.add(Points("r", first, {"lstm": curve(np.ones(10))}, seconds))
    steps = np.array([0.0, 5.0, 10.0, 15.0, 20.0, 30.0])
    assert recording.clock.seconds(steps).tolist() == [0.0, 1.0, 2.0, 2.5, 3.0, 3.0]
    assert [recording.clock.step(second) for second in (1.0, 2.5, 9.0)] == [5.0, 15.0, 20.0]


def test_that_a_forks_time_begins_at_its_step() -> None:
    recording = Recording()
    recording.add(Points("r", 501, {"lstm": curve(np.ones(100))}, 4.0))
    assert recording.clock.seconds(np.array([500.0, 550.0])).tolist() == [0.0, 2.0]


def test_that_a_clock_of_many_messages_is_thinned_and_still_right() -> None:
    clock, seconds = UNTIMED, np.cumsum(np.random.default_rng(0).random(20_000))
    for number, second in enumerate(seconds.tolist()):
        clock = clock.extended(10 * number + 1, 10 * number + 10, second)
    assert len(clock.times) <= MOST_TIMES
    assert clock.times[[0, -1]].tolist() == [[0.0, 0.0], [200_000.0, seconds[-1]]]
    assert (np.diff(clock.times, axis=0) > 0).all()
    exact = np.interp(np.arange(1, 200_001), 10 * np.arange(1, 20_001), seconds)
    assert np.abs(clock.seconds(np.arange(1.0, 200_001.0)) - exact)[20:].max() < 8.0


def test_that_a_clock_that_was_handed_out_stays_as_it_was() -> None:
    clock = UNTIMED
    for number in range(MOST_TIMES - 1):
        clock = clock.extended(number + 1, number + 1, float(number))
    before, later = clock.times.copy(), clock
    for number in range(MOST_TIMES, MOST_TIMES + 100):
        later = later.extended(number, number, float(number))
    assert np.array_equal(clock.times, before)


def test_that_a_stored_clock_is_thinned_to_its_end() -> None:
    stored = np.stack([np.arange(1.0, 10_001.0), np.arange(1.0, 10_001.0) / 100], axis=1)
    clock = clock_of(1, stored)
    assert len(clock.times) <= MOST_TIMES
    steps = np.array([0.0, 1.0, 5_000.0, 10_000.0])
    np.testing.assert_allclose(clock.seconds(steps), steps / 100)
    assert clock_of(501, stored[:0]).seconds(np.array([600.0])).tolist() == [0.0]


def test_that_steps_and_seconds_are_each_others_inverse() -> None:
    clock = Clock(np.array([[0.0, 0.0], [10.0, 1.0], [100.0, 4.0]]))
    for step in (0.0, 3.0, 10.0, 77.0, 100.0):
        assert clock.step(float(clock.seconds(np.array([step]))[0])) == pytest.approx(step)


def test_that_curves_of_any_pieces_are_the_same() -> None:
    values = noise(1500)
    made = [filled(values, piece=piece) for piece in (1, 7, 300, 1500)]
    for one, other in itertools.pairwise(made):
        assert one.bin == other.bin
        assert np.array_equal(one.bands["loss"].low, other.bands["loss"].low)
        np.testing.assert_allclose(one.bands["loss"].smooth, other.bands["loss"].smooth, rtol=1e-9)
        assert one.smoothed() == pytest.approx(other.smoothed())


def test_that_settings_are_those_in_force_at_a_step() -> None:
    first, second, now = (Experiment(lr=lr) for lr in (0.01, 0.02, 0.03))
    recording = Recording()
    assert recording.settings_at(5, now) is now
    recording.add(Event("r", 100, "changed", "learning rate 0.01 → 0.02", replaced=first))
    recording.add(Event("r", 200, "changed", "learning rate 0.02 → 0.03", replaced=second))
    found = [recording.settings_at(step, now).lr for step in (0, 99, 100, 199, 200, 500)]
    assert found == [0.01, 0.01, 0.02, 0.02, 0.03, 0.03]
