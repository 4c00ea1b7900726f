"""What is said of nets under filler whose dynamics are known."""

from __future__ import annotations

import numpy as np
import pytest

from sandbox.cells.surgery import read_surgery
from sandbox.engine.network import Network
from sandbox.insight.dynamics import Dynamics, dynamics
from sandbox.insight.subject import Subject
from sandbox.tasks.latch import Latch, LatchParams
from sandbox.tasks.parity import Parity, ParityParams
from tests.insight.nets import OPEN, SHUT, drawn_at_random, of_weights, one_memory, recall_task

TASK = recall_task()


def rotation(angle: float) -> np.ndarray:
    return np.array([[np.cos(angle), -np.sin(angle)], [np.sin(angle), np.cos(angle)]])


def letters(*first: float) -> np.ndarray:
    """W_x whose first rows, those of the letters that are cues, are these; filler is zero."""
    weights = np.zeros((TASK.inputs.size, 1))
    weights[: len(first), 0] = first
    return weights


def found(subject: Subject) -> Dynamics:
    each = dynamics(subject)
    assert each is not None
    return each


def test_that_a_memory_that_is_shut_off_is_a_line_attractor() -> None:
    each = found(one_memory(TASK))
    assert each.verdict.kind == "line"
    assert each.verdict.text.startswith("A line attractor: ")
    assert "slow points lie along a curve" in each.verdict.text
    assert "in 100% of cases, chance 50%" in each.verdict.text
    assert each.verdict.evidence["push_left"] == pytest.approx(1, abs=0.1)  # hidden bends
    for point in each.points:
        assert abs(point.eigenvalues[0] - 1) < 1e-4
        assert abs(point.eigenvalues[1]) < 0.6
        assert abs(point.slowest[6 + 2]) > 0.7  # the cell state of the unit that remembers


def test_that_two_memories_are_not_a_line() -> None:
    subject = one_memory(TASK)
    views = subject.net.layout.views(subject.net.theta)
    for n in range(4):
        views["b"][n * 6] = views["b"][n * 6 + 2]
        views["W_x"][:, n * 6] = views["W_x"][:, n * 6 + 2]
    each = found(subject)
    assert each.verdict.kind == "slow"
    assert "differences in 2 directions hardly shrink" in each.verdict.text


@pytest.mark.parametrize(
    ("line", "unit", "bias", "kind"),
    [
        ("forget", 2, OPEN, "line"),
        ("forget", 2, 3.5, "point"),  # keeps 0.97 a step: gone after 400
        ("forget", 2, 6.9, "unclear"),  # keeps 0.999: two thirds are left, so neither
        ("forget", 4, 2.0, "line"),  # another unit that keeps 0.88
        ("forget", 4, 2.5, "slow"),  # 0.92: not well inside any more
        ("forget", 4, OPEN, "slow"),
    ],
)
def test_where_a_line_attractor_ends(line: str, unit: int, bias: float, kind: str) -> None:
    subject = one_memory(TASK)
    views = subject.net.layout.views(subject.net.theta)
    views["b"][subject.cell.gates.index(line) * 6 + unit] = bias
    if unit == 2:
        views["W_x"][:2, subject.cell.gates.index(line) * 6 + unit] = -2 * OPEN
    assert found(subject).verdict.kind == kind


def test_that_noise_in_the_weights_does_not_hide_a_line() -> None:
    subject = one_memory(TASK)
    subject.net.theta += np.random.default_rng(0).normal(0, 0.02, len(subject.net.theta))
    assert found(subject).verdict.kind == "line"


def test_that_a_memory_that_is_held_at_zero_is_none() -> None:
    plain = one_memory(TASK)
    sizes = TASK.inputs.size, 6, 2
    net = Network(plain.cell, plain.net.theta, *sizes, surgery=read_surgery("lesion[2]"))
    each = found(Subject("lstm", net, TASK))
    assert each.verdict.kind == "point"
    assert each.points[0].eigenvalues[0] == pytest.approx(0.5)  # of units that nothing drives


def test_that_a_net_that_forgets_has_a_single_stable_point() -> None:
    W = np.diag([0.5, -0.3, 0.2])
    each = found(of_weights(TASK, "rnn", 3, W_h=W, W_x=np.ones((TASK.inputs.size, 3)) * 0.01))
    assert each.verdict.kind == "point"
    assert len(each.points) == 1
    assert each.verdict.text.startswith("A single stable point: after 400 symbols of filler")
    assert "The slowest difference shrinks e-fold in 1.4 symbols." in each.verdict.text


def test_that_two_stable_points_are_one_for_each_answer() -> None:
    each = found(of_weights(TASK, "rnn", 1, W_h=2.0, W_x=letters(3, -3)))
    assert each.verdict.kind == "each"
    assert "A stable point for each answer" in each.verdict.text
    assert each.verdict.evidence["push_left"] < 0.01
    assert sum(point.unstable == 0 for point in each.points) == 2


def test_that_stable_points_for_some_answers_are_counted() -> None:
    """With three letters, two share a point."""
    task = recall_task(symbols=3)
    subject = of_weights(task, "rnn", 2, W_h=np.diag([2.0, 2.0]))
    rows = subject.net.layout.views(subject.net.theta)["W_x"]
    rows[:3] = [[3, 3], [3, 3], [-3, 3]]
    each = found(subject)
    assert each.verdict.kind in ("unclear", "several")
    assert "for each answer" not in each.verdict.text
    rows[:3] = [[3, 3], [-3, -3], [-3, 3]]
    assert found(subject).verdict.kind == "each"


def test_that_an_unstable_rotation_is_a_limit_cycle() -> None:
    weights = np.random.default_rng(0).normal(size=(TASK.inputs.size, 2))
    subject = of_weights(TASK, "rnn", 2, W_h=1.4 * rotation(2 * np.pi / 8), W_x=weights)
    views = subject.net.layout.views(subject.net.theta)
    views["W_x"][2:] -= views["W_x"][2:].mean(axis=0)  # so that filler hardly pushes
    each = found(subject)
    assert each.verdict.kind == "cycle"
    assert "there is no stable point" in each.verdict.text
    assert "after 8 symbols" in each.verdict.text
    assert all(point.unstable == 2 for point in each.points)


def test_that_a_rotation_that_dies_out_is_a_point() -> None:
    weights = np.random.default_rng(0).normal(size=(TASK.inputs.size, 2))
    subject = of_weights(TASK, "rnn", 2, W_h=0.9 * rotation(2 * np.pi / 8), W_x=weights)
    assert found(subject).verdict.kind == "point"


def test_that_a_counter_beside_a_memory_is_a_drift() -> None:
    subject = one_memory(TASK)
    views = subject.net.layout.views(subject.net.theta)
    for gate, bias in (("input", OPEN), ("forget", OPEN), ("candidate", 0.1), ("output", SHUT)):
        views["b"][subject.cell.gates.index(gate) * 6 + 4] = bias
    each = found(subject)
    assert each.verdict.kind == "drift"
    assert "in 100% of cases" in each.verdict.text
    assert each.verdict.evidence["push_left"] == pytest.approx(1, abs=0.1)


def test_that_states_that_explode_are_said_to() -> None:
    each = found(of_weights(TASK, "rnn_relu", 2, W_h=2 * np.eye(2), W_x=1.0))
    assert each.verdict.kind == "unclear"
    assert "grow without bound" in each.verdict.text


def test_that_the_input_is_the_filler_and_said() -> None:
    task = Latch(LatchParams())
    assert found(of_weights(task, "rnn", 3)).input == "the mean of what filler steps read."
    each = found(of_weights(TASK, "rnn", 2, W_h=0.5 * np.eye(2)))
    assert each.input.startswith("the mean of ")
    assert each.input.endswith(" filler symbols, each as often as it comes.")
    parity = of_weights(Parity(ParityParams()), "rnn", 3)
    assert found(parity).input == "the mean of all 2 symbols, each as often as it comes."


def test_that_the_top_layer_is_driven_by_what_the_one_below_gives() -> None:
    subject = drawn_at_random(TASK, "gru", layers=2)
    top, bottom = found(subject), dynamics(subject, 1)
    assert bottom is not None
    assert top.layer == 2
    assert top.input == "the mean of what layer 1 gives at filler steps."
    assert bottom.layer == 1
    assert "filler symbols" in bottom.input


def test_that_it_can_be_stopped_anywhere() -> None:
    subject, asked = one_memory(TASK), 0

    def after(count: int) -> Dynamics | None:
        nonlocal asked
        asked = 0

        def stop() -> bool:
            nonlocal asked
            asked += 1
            return asked > count

        return dynamics(subject, stop=stop)

    assert after(10_000) is not None
    often = asked
    assert all(after(count) is None for count in (0, 1, 5, often - 500, often - 30, often - 1))


def test_that_the_same_net_gives_the_same_numbers() -> None:
    one, other = (found(drawn_at_random(TASK, "lstm")) for _ in range(2))
    assert one.verdict.text == other.verdict.text
    for a, b in zip(one.points, other.points, strict=True):
        np.testing.assert_array_equal(a.state, b.state)


def test_that_ways_are_traces_along_the_components() -> None:
    subject = drawn_at_random(TASK, "lstm", layers=2)
    each = dynamics(subject, 1, followed=300)
    assert each is not None
    assert each.ways is not None
    sequences = subject.fresh(300, 5)
    arrays = subject.net.trace(sequences).arrays
    flat = np.concatenate([arrays["layer1.hidden"], arrays["layer1.cell"]], axis=2)
    placed = each.components.project(flat.swapaxes(0, 1))
    np.testing.assert_allclose(each.ways.placed, placed, atol=1e-5)
    np.testing.assert_array_equal(each.ways.groups, sequences.targets[:, -1])
    assert (sequences.scored[np.arange(300), each.ways.asked]).all()
    few = each.ways.few(2)
    assert each.ways.groups[few].tolist() == [0, 1, 0, 1]
    assert dynamics(subject, 1) is not None
