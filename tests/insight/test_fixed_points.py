"""Fixed and slow points of maps that are known, and of nets made by hand."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pytest

from sandbox.insight.filler_drive import filler_drive
from sandbox.insight.fixed_points import FixedPoint, fixed_points, minimise
from sandbox.insight.visited import visited
from tests.insight.nets import drawn_at_random, of_weights, one_memory, recall_task

TASK = recall_task()
RNG = np.random.default_rng(3)


@dataclass
class Linear:
    """x A + b"""

    A: np.ndarray
    b: np.ndarray | float = 0.0

    def step(self, states: np.ndarray) -> np.ndarray:
        return states @ self.A + self.b

    def jacobian(self, states: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        return self.step(states), np.broadcast_to(self.A.T, (len(states), *self.A.shape))


def points_of(drive, size: int, reach: float = 10.0, count: int = 40) -> tuple[FixedPoint, ...]:
    starts = np.random.default_rng(1).normal(size=(count, size))
    found = fixed_points(drive, starts, 1.0, np.zeros(size), reach)
    assert found is not None
    return found


def drive_of(subject, layer: int = 1):
    found = visited(subject, layer)
    assert found is not None
    return filler_drive(subject, layer, found)


def test_that_a_linear_map_has_its_point_and_its_matrix_s_eigenvalues() -> None:
    A, b = RNG.normal(0, 0.2, (5, 5)), RNG.normal(size=5)
    (point,) = points_of(Linear(A, b), 5)
    np.testing.assert_allclose(point.state, np.linalg.solve((np.eye(5) - A).T, b), atol=1e-6)
    expected = np.linalg.eigvals(A)
    order = np.argsort(-np.abs(expected))
    np.testing.assert_allclose(np.abs(point.eigenvalues), np.abs(expected)[order], rtol=1e-9)
    np.testing.assert_allclose(
        point.time_constants, -1 / np.log(np.abs(expected[order])), rtol=1e-9
    )
    assert point.words == "fixed point, stable"
    assert point.speed < 1e-14


@pytest.mark.parametrize("cell", ["rnn_relu", "lstm_linear"])
def test_that_a_linear_net_has_its_matrix_s_time_constants(cell: str) -> None:
    A, hidden = RNG.normal(0, 0.25, (4, 4)), 4
    if cell == "rnn_relu":  # far above zero relu is linear
        subject = of_weights(TASK, cell, hidden, W_h=A, b=5.0, W_x=0.1)
    else:  # gates: input 1, forget 0, output 1/2; tanh is nearly linear so near to zero
        gates = np.repeat([40.0, -40.0, 1e-5, 0.0], hidden)
        recurrent = np.zeros((hidden, 4 * hidden))
        recurrent[:, 2 * hidden : 3 * hidden] = 2 * A
        subject = of_weights(TASK, cell, hidden, W_h=recurrent, b=gates)
    drive = drive_of(subject)
    starts = np.full((3, hidden * len(subject.cell.states)), 5.0 if cell == "rnn_relu" else 0.0)
    found = fixed_points(drive, starts, 1.0, starts[0], 30.0)
    assert found is not None
    expected = np.sort(np.abs(np.linalg.eigvals(A.astype(np.float32))))[::-1]
    np.testing.assert_allclose(np.abs(found[0].eigenvalues)[:hidden], expected, rtol=1e-4)
    np.testing.assert_allclose(found[0].time_constants[:hidden], -1 / np.log(expected), rtol=1e-3)


def test_that_two_stable_points_have_a_saddle_between_them() -> None:
    subject = of_weights(TASK, "rnn", 1, W_h=2.0)
    found = points_of(drive_of(subject), 1)
    assert sorted(point.words for point in found) == [
        "fixed point, saddle with 1 unstable direction",
        "fixed point, stable",
        "fixed point, stable",
    ]
    places = sorted(float(point.state[0]) for point in found)
    np.testing.assert_allclose(places, [-0.95750402, 0, 0.95750402], atol=1e-7)  # x = tanh 2x
    saddle = next(point for point in found if point.unstable)
    assert saddle.eigenvalues[0] == pytest.approx(2)
    assert saddle.time_constants[0] == pytest.approx(-1 / np.log(2))


def test_that_a_line_of_fixed_points_is_found_all_along() -> None:
    found = points_of(Linear(np.diag([1.0, 0.5, 0.2])), 3)
    assert len(found) > 20
    assert all(point.fixed and point.neutral == 1 for point in found)
    assert all(np.isinf(point.time_constants[0]) for point in found)
    np.testing.assert_allclose([point.state[1:] for point in found], 0, atol=1e-5)
    np.testing.assert_allclose([abs(point.slowest[0]) for point in found], 1)
    firsts = np.sort([point.state[0] for point in found])
    assert np.diff(firsts).min() > 0.0199


def test_that_slow_points_are_found_beside_the_fixed_one() -> None:
    found = points_of(Linear(np.diag([0.9995, 0.3])), 2)
    assert sum(point.fixed for point in found) == 1
    slow = [point for point in found if not point.fixed]
    assert len(slow) > 10
    for point in slow:
        assert point.moves == pytest.approx(5e-4 * abs(point.state[0]), rel=0.1)
        assert point.words == "slow point, 1 neutral direction"


def test_that_points_beyond_reach_are_left_out() -> None:
    drive = Linear(0.5 * np.eye(2), np.array([4.0, 0.0]))  # its point is (8, 0)
    assert len(points_of(drive, 2, reach=9)) == 1
    assert points_of(drive, 2, reach=7) == ()


def test_that_a_map_without_a_slow_place_has_no_points() -> None:
    assert points_of(Linear(np.eye(2), 1.0), 2) == ()


def test_that_speeds_are_those_of_finite_differences() -> None:
    """The slope of q along x is (J - 1)ᵀ(F(x) - x): no descent is left at a slow point."""
    drive = drive_of(drawn_at_random(TASK, "gru", hidden=4))
    x, eps = RNG.normal(0, 0.3, (1, 4)), 1e-6

    def q(states: np.ndarray) -> np.ndarray:
        return 0.5 * ((drive.step(states) - states) ** 2).sum(axis=1)

    after, slopes = drive.jacobian(x)
    exact = (slopes[0] - np.eye(4)).T @ (after - x)[0]
    numeric = (q(x + eps * np.eye(4)) - q(x - eps * np.eye(4))) / (2 * eps)
    np.testing.assert_allclose(exact, numeric, rtol=1e-6, atol=1e-9)
    least = minimise(drive, x, 1e-12, 1e-12)
    assert q(least)[0] < 1e-20
    (point, *_) = points_of(drive, 4)
    assert point.speed == pytest.approx(float(q(point.state[None])[0]), abs=1e-20)


def test_that_eigenvalues_are_those_of_a_slope_by_differences() -> None:
    drive = drive_of(drawn_at_random(TASK, "lstm", hidden=3))
    (point, *_) = points_of(drive, 6)
    moves = 1e-5 * np.eye(6)
    slope = (drive.step(point.state + moves) - drive.step(point.state - moves)) / 2e-5
    expected = np.sort(np.abs(np.linalg.eigvals(slope)))[::-1]
    np.testing.assert_allclose(np.abs(point.eigenvalues), expected, atol=1e-6)


def test_that_zero_eigenvalues_have_time_constants_of_zero() -> None:
    (point,) = points_of(Linear(np.zeros((2, 2)), 0.5), 2)
    np.testing.assert_allclose(point.time_constants, 0, atol=2e-3)


def test_that_it_can_be_stopped() -> None:
    drive = Linear(0.5 * np.eye(2))
    assert fixed_points(drive, np.ones((3, 2)), 1.0, np.zeros(2), 9, lambda: True) is None


def test_that_starts_that_cannot_be_improved_do_no_harm() -> None:
    drive = Linear(np.array([[1e200]]), 1.0)
    with np.errstate(over="ignore"):
        found = fixed_points(drive, np.array([[1e200], [np.nan]]), 1.0, np.zeros(1), 9.0)
    assert found == ()


def test_that_memory_of_a_gate_that_is_shut_is_a_line() -> None:
    drive = drive_of(one_memory(TASK))
    state = np.zeros((1, 12))
    state[0, 6 + 2] = 0.7  # the cell state of unit 2
    after = drive.step(state)
    assert after[0, 8] == pytest.approx(0.7, abs=1e-4)
    _, slopes = drive.jacobian(state)
    assert slopes[0, 8, 8] == pytest.approx(1, abs=1e-4)
