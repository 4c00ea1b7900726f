"""How the gradient fades: against nets and curves whose decay is known."""

from __future__ import annotations

import numpy as np
import pytest

from sandbox.cells.cell import layout
from sandbox.cells.known import CELLS
from sandbox.engine.network import Network
from sandbox.engine.trace import Trace
from sandbox.insight.gradient_flow import GradientFlow, arrival, gradient_flow
from sandbox.insight.subject import Subject
from tests.insight.nets import drawn_at_random, recall_task

TASK = recall_task(gap=28)  # the cue at step 0, the question at step 29
STEPS = 30


def linear_net(recurrent: np.ndarray) -> Subject:
    """An RNN of rectified units that are all at work, so that it is linear: h = h W + b."""
    cell, hidden = CELLS["rnn_relu"], len(recurrent)
    theta = np.zeros(layout(cell, TASK.inputs.size, hidden, 2).size, np.float32)
    net = Network(cell, theta, TASK.inputs.size, hidden, 2)
    views = net.layout.views(net.theta)
    views["W_h"][:], views["b"][:] = recurrent, 1
    views["W_o"][:] = np.random.default_rng(0).normal(size=(hidden, 2)) / 50
    return Subject("rnn_relu", net, TASK)


def flow_of(subject: Subject) -> GradientFlow:
    one = subject.fresh(1)
    return gradient_flow(subject.net.trace(one), one, 0)


def curve(norms: np.ndarray) -> GradientFlow:
    """The flow of a gradient of that size at each step."""
    one = TASK.draw(np.random.default_rng(0), 1)
    arrays = {"grad_hidden": norms.astype(np.float32)[:, None, None]}
    trace = Trace("rnn", arrays, np.zeros((STEPS, 1, 2), np.float32), np.zeros(1, np.float32))
    return gradient_flow(trace, one, 0)


def geometric(factor: float, noise: float = 0.0) -> np.ndarray:
    rng = np.random.default_rng(1)
    return factor ** np.arange(STEPS - 1, -1, -1.0) * np.exp(rng.normal(0, noise, STEPS))


# Nets ------------------------------------------------------------------------------------


@pytest.mark.parametrize("factor", [0.5, 0.9, 1.05])
def test_that_a_turned_gradient_shrinks_by_the_factor_of_the_turn(factor: float) -> None:
    found = flow_of(linear_net(factor * np.roll(np.eye(5), 1, axis=0)))
    assert (found.cue, found.asked) == (0, 29)
    assert found.decay_per_step == pytest.approx(factor, rel=1e-5)
    assert found.fit == pytest.approx(1, abs=1e-4)
    assert found.at_cue == pytest.approx(factor**29, rel=1e-4)
    assert found.half_life == pytest.approx(
        np.log(0.5) / np.log(factor) if factor < 1 else np.inf, rel=1e-4
    )


def test_that_a_linear_nets_gradient_is_a_power_of_its_matrix() -> None:
    recurrent = np.abs(np.random.default_rng(2).normal(0, 0.2, (6, 6)))
    subject = linear_net(recurrent)
    found = flow_of(subject)
    last = subject.net.trace(subject.fresh(1)).arrays["grad_hidden"][29, 0].astype(np.float64)
    powers = [np.linalg.matrix_power(recurrent, 29 - step) @ last for step in range(STEPS)]
    np.testing.assert_allclose(found.norms, np.linalg.norm(powers, axis=1), rtol=1e-4)
    slowest = np.abs(np.linalg.eigvals(recurrent)).max()
    assert found.decay_per_step == pytest.approx(slowest, rel=0.01)


def test_that_the_states_of_the_top_layer_count_together() -> None:
    subject = drawn_at_random(TASK, "lstm", layers=2)
    one = subject.fresh(3)
    trace = subject.net.trace(one)
    both = np.concatenate([trace.arrays["grad_hidden"], trace.arrays["grad_cell"]], axis=2)
    found = gradient_flow(trace, one, 2)
    np.testing.assert_allclose(found.norms, np.linalg.norm(both[:, 2], axis=1), rtol=1e-5)


# Fits ------------------------------------------------------------------------------------


@pytest.mark.parametrize("factor", [0.4, 0.8, 0.93])
def test_that_the_decay_is_found_under_noise(factor: float) -> None:
    found = curve(geometric(factor, noise=0.1))
    assert found.decay_per_step == pytest.approx(factor, rel=0.01)
    assert found.half_life == pytest.approx(np.log(0.5) / np.log(factor), rel=0.2)
    assert found.fit > 0.8


def test_that_a_few_odd_steps_do_not_bend_the_fit() -> None:
    norms = geometric(0.8)
    norms[[4, 15, 29]] *= 1000
    assert curve(norms).decay_per_step == pytest.approx(0.8, rel=0.01)


def test_that_steps_without_a_size_are_left_out() -> None:
    found = curve(geometric(0.01))  # below 1e-37 from the 19th step back on
    assert found.decay_per_step == pytest.approx(0.01, rel=1e-4)
    assert found.at_cue == 0
    vanished = np.zeros(STEPS)
    vanished[-2:] = 1e-3, 1
    assert curve(vanished).decay_per_step is None
    assert curve(vanished).half_life is None
    assert curve(vanished).words("word") == ""


# Words -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("norms", "words"),
    [
        (geometric(0.57), "each word back keeps 57%: half is gone after 1.2 words"),
        (geometric(0.93), "each word back keeps 93%: half is gone after 9.6 words"),
        (geometric(0.96), "each word back keeps 96.0%: half is gone after 17 words"),
        (geometric(0.995), "changes little on its way back: 86% of it is left at the cue"),
        (geometric(1.0), "changes little on its way back: 100% of it is left at the cue"),
        (geometric(1.01), "changes little on its way back: at the cue it is 1.3 times as large"),
        (geometric(1.2), "grows by 20% a word back"),
        (geometric(11.0), "explodes"),
        (
            geometric(0.1)[::-1] + geometric(0.1) + 0.02,  # falls, stays level, and rises again
            "changes unevenly on its way back: 100% of it is left at the cue",
        ),
        (
            np.where(np.arange(STEPS) < 20, 1e-5, 1.0),
            "changes unevenly on its way back: 1e-5 of it is left at the cue",
        ),
    ],
)
def test_that_words_say_how_it_changes(norms: np.ndarray, words: str) -> None:
    assert curve(norms).words("word") == words


def test_that_a_few_words_say_the_same() -> None:
    assert curve(0.5 ** np.arange(20.0)[::-1]).brief("word") == "keeps 50% a word, half-life 1.0"
    assert curve(np.ones(20)).brief("word") == "changes little"
    assert curve(1.5 ** np.arange(20.0)[::-1]).brief("word") == "grows on its way back"
    assert curve(np.zeros(20)).brief("word") == ""


def test_that_noise_alone_has_no_half_life_in_words() -> None:
    noise = np.exp(np.random.default_rng(4).normal(0, 1, STEPS))
    assert curve(noise).words("word").startswith("changes unevenly on its way back")


# What arrives ----------------------------------------------------------------------------


def test_that_what_arrives_is_counted_over_fresh_sequences() -> None:
    found = arrival(linear_net(0.9 * np.roll(np.eye(5), 1, axis=0)))
    assert found is not None
    assert found.sequences == 64
    for share in (found.low, found.typical, found.high):
        assert share == pytest.approx(0.9**29, rel=1e-3)


def test_that_sequences_differ_in_what_arrives() -> None:
    subject = drawn_at_random(TASK, "rnn")
    found = arrival(subject)
    assert found is not None
    sequences = subject.fresh(64, 7)
    gradient = np.linalg.norm(subject.net.trace(sequences).arrays["grad_hidden"], axis=2)
    shares = gradient[0] / gradient[29]
    assert found.typical == pytest.approx(np.median(shares), rel=1e-4)
    assert (shares < found.low).mean() == pytest.approx(0.05, abs=0.02)
    assert (shares > found.high).mean() == pytest.approx(0.05, abs=0.02)


def test_that_nothing_arrives_where_there_is_no_gradient() -> None:
    subject = linear_net(np.eye(3))
    subject.net.layout.views(subject.net.theta)["W_o"][:] = 0
    assert arrival(Subject("rnn_relu", subject.net, TASK)) is None
