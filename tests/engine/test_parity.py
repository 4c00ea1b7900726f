"""Compiled kernels against the float64 reference, torch.nn and finite differences."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
import torch
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from sandbox.cells.known import CELLS
from sandbox.engine.network import Network
from sandbox.engine.reference import ReferenceNetwork
from sandbox.tasks.base import Sequences
from tests.engine.nets import (
    KINDS,
    SCORING,
    double,
    error,
    gradient_of,
    nearest_kink,
    random_theta,
    sequences_of,
)
from tests.engine.twins import TorchTwin

if TYPE_CHECKING:
    from sandbox.engine.trace import Trace

pytestmark = pytest.mark.timeout(400)  # kernels may have to be compiled

TOLERANCE = 1e-5  # of the largest entry
SIZES = [1, 15, 16, 17, 31, 32, 33, 48, 63, 64, 65]
widths = st.one_of(st.sampled_from(SIZES), st.integers(1, 70))
shapes = st.tuples(
    st.integers(1, 40),  # B
    st.integers(1, 30),  # T
    st.integers(1, 9),  # I
    widths,  # H
    st.one_of(st.integers(1, 5), st.sampled_from([16, 17, 20])),  # O
    st.integers(1, 3),  # layers
)
drawn = settings(deadline=None, suppress_health_check=[HealthCheck.too_slow], max_examples=40)
few = settings(drawn, max_examples=12)


def everything(net: Network | ReferenceNetwork, sequences: Sequences) -> dict[str, np.ndarray]:
    """Loss, gradient and every array of a trace, by name; dL/dstate of all layers as one."""
    loss, gradient = (
        gradient_of(net, sequences) if isinstance(net, Network) else net.gradient(sequences)
    )
    trace = net.trace(sequences)
    states = {name: array for name, array in trace.arrays.items() if "grad_" not in name}
    gradients = [array for name, array in sorted(trace.arrays.items()) if "grad_" in name]
    return {
        **states,
        "loss": np.array(loss),
        "evaluated": np.array(net.evaluate(sequences)[0]),
        "gradient": gradient,
        "dL/dstates": np.stack(gradients),
        "answers": trace.answers,
        "losses": trace.loss,
    }


def errors(ours: dict[str, np.ndarray], theirs: dict[str, np.ndarray]) -> dict[str, float]:
    """The largest difference of each array, as a share of its largest entry; NaN where NaN is.

    The gradient of a stabiliser is zero but for rounding: its share is of dL/dh.
    """
    assert set(ours) == set(theirs)
    found = {}
    for name, array in theirs.items():
        assert ours[name].shape == array.shape
        np.testing.assert_array_equal(np.isnan(ours[name]), np.isnan(array))
        one, other = np.nan_to_num(ours[name]), np.nan_to_num(array)
        if name.endswith("grad_stabiliser"):
            hidden = np.nan_to_num(theirs[name.replace("stabiliser", "hidden")])
            found[name] = float(np.abs(one - other).max() / max(np.abs(hidden).max(), 1e-30))
        else:
            found[name] = error(one, other)
    return found


def pair(
    cell: str, theta: np.ndarray, shape: tuple[int, ...]
) -> tuple[Network, ReferenceNetwork, ReferenceNetwork]:
    """Kernels, the float64 reference and the float32 reference; theta is rounded for all."""
    _, _, I, H, O, layers = shape  # noqa: E741
    own = theta.astype(np.float32)
    return (
        Network(CELLS[cell], own.copy(), I, H, O, layers=layers),
        ReferenceNetwork(CELLS[cell], own.astype(np.float64), I, H, O, layers=layers),
        ReferenceNetwork(CELLS[cell], own, I, H, O, layers=layers),
    )


def blur(oracle: ReferenceNetwork, sequences: Sequences, expected: Any) -> dict[str, float]:
    """How far the exact results move where each weight is moved by a float32's last place."""
    vectors, worst = oracle.vectors(), dict.fromkeys(expected, 0.0)
    rng = np.random.default_rng(0)
    for _ in range(4):
        moved = vectors["weights"] * (1 + rng.choice([-1, 1], vectors["weights"].size) * 2.0**-23)
        oracle.load_vectors({**vectors, "weights": moved})
        for name, moved_by in errors(everything(oracle, sequences), expected).items():
            worst[name] = max(worst[name], moved_by)
    oracle.load_vectors(vectors)
    return worst


def assert_as_near_as_float32_allows(
    found: dict[str, float],
    oracle: ReferenceNetwork,
    single: ReferenceNetwork,
    sequences: Sequences,
    expected: Any,
) -> None:
    """1e-5, or what rounding does to torch's float32 or to the weights."""
    moved = blur(oracle, double(sequences), expected)
    theirs = errors(everything(single, sequences), expected)
    for name, difference in found.items():
        assert difference <= max(TOLERANCE, 8 * max(theirs[name], moved[name])), name


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("cell", list(CELLS))
@drawn
@given(shape=shapes, scoring=st.sampled_from(SCORING), seed=st.integers(0, 10**6))
def test_that_every_array_agrees_with_the_float64_reference(
    cell: str, kind: str, shape: tuple[int, ...], scoring: str, seed: int
) -> None:
    B, T, I, H, O, layers = shape  # noqa: E741
    theta = random_theta(cell, I, H, O, np.float32, seed=seed, layers=layers)
    sequences = sequences_of(kind, B, T, I, O, scoring, seed=seed)
    ours, oracle, single = pair(cell, theta, shape)
    if cell == "rnn_relu":  # which side of it an input lies on must not be a matter of rounding
        assume(nearest_kink(oracle, double(sequences)) > 2e-6)
    expected = everything(oracle, double(sequences))
    found = errors(everything(ours, sequences), expected)
    if max(found.values()) > TOLERANCE:  # a loss near zero, terms that cancel
        assert_as_near_as_float32_allows(found, oracle, single, sequences, expected)
    np.testing.assert_array_equal(ours.theta, theta)


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("cell", list(CELLS))
def test_that_hits_and_losses_of_many_sequences_are_those_of_the_reference(
    cell: str, kind: str
) -> None:
    """85 sequences are two batches of an evaluation and a smaller one."""
    theta, sequences = random_theta(cell, 4, 9, 3), sequences_of(kind, 85, 12, 4, 3)
    ours, oracle = (
        kind(CELLS[cell], theta.copy(), 4, 9, 3, 0.7) for kind in (Network, ReferenceNetwork)
    )
    assert ours.evaluate(sequences) == pytest.approx(oracle.evaluate(sequences), rel=TOLERANCE)
    assert 0 < ours.evaluate(sequences)[1] < 1


# Saturated nets -------------------------------------------------------------------------


def saturated(cell: str, shape: tuple[int, ...], scale: float, seed: int) -> np.ndarray:
    """Gates far from 1/2: all weights but the recurrent ones are large, whatever H is."""
    _, _, I, H, O, layers = shape  # noqa: E741
    theta = random_theta(cell, I, H, O, np.float64, seed=seed, layers=layers)
    oracle = ReferenceNetwork(CELLS[cell], theta, I, H, O, layers=layers)
    for name, view in oracle.layout.views(theta).items():
        if not name.startswith(("W_h", "u", "W_o", "b_o")):  # u is what an IndRNN has for W_h
            view *= scale * np.sqrt(H)
    return theta


def check_saturated(
    cell: str, kind: str, theta: np.ndarray, shape: tuple[int, ...], scoring: str, seed: int
) -> None:
    B, T, I, _, O, _ = shape  # noqa: E741
    sequences = sequences_of(kind, B, T, I, O, scoring, seed=seed)
    ours, oracle, single = pair(cell, theta, shape)
    if cell == "rnn_relu":
        assume(nearest_kink(oracle, double(sequences)) > 1e-5)
    expected = everything(oracle, double(sequences))
    found = errors(everything(ours, sequences), expected)
    assert_as_near_as_float32_allows(found, oracle, single, sequences, expected)


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("cell", list(CELLS))
@few
@given(
    shape=shapes,
    scoring=st.sampled_from(SCORING),
    scale=st.floats(6, 10),
    seed=st.integers(0, 10**6),
)
def test_that_nets_with_saturated_gates_are_as_near_as_float32_allows(
    cell: str, kind: str, shape: tuple[int, ...], scoring: str, scale: float, seed: int
) -> None:
    theta = saturated(cell, shape, scale, seed)
    check_saturated(cell, kind, theta, shape, scoring, seed)


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("cell", list(CELLS))
@few
@given(
    shape=shapes,
    T=st.integers(1, 5),
    scale=st.floats(6, 10),
    seed=st.integers(0, 10**6),
)
def test_that_nets_that_amplify_rounding_do_so_no_more_than_in_torch(
    cell: str, kind: str, shape: tuple[int, ...], T: int, scale: float, seed: int
) -> None:
    B, _, I, H, O, layers = shape  # noqa: E741
    theta = random_theta(cell, I, H, O, np.float64, scale, seed, layers)
    check_saturated(cell, kind, theta, (B, T, I, H, O, layers), "some", seed)


# Zeros ----------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("layers", [1, 2])
@pytest.mark.parametrize("cell", list(CELLS))
def test_that_where_nothing_is_scored_loss_and_gradient_are_zero(
    cell: str, layers: int, kind: str
) -> None:
    theta = random_theta(cell, 4, 17, 3, layers=layers)
    net = Network(CELLS[cell], theta, 4, 17, 3, layers=layers)
    gradient_of(net, sequences_of(kind, 9, 5, 4, 3))  # leaves gradients behind
    sequences = sequences_of(kind, 9, 5, 4, 3, "nothing")
    loss, gradient = gradient_of(net, sequences)
    assert loss == 0
    assert not gradient.any()
    assert net.evaluate(sequences) == (0, 0)
    trace = net.trace(sequences)
    assert np.isnan(trace.loss).all()
    assert not any(array.any() for name, array in trace.arrays.items() if "grad_" in name)


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("layers", [1, 2])
@pytest.mark.parametrize("cell", list(CELLS))
def test_that_a_net_of_zeros_agrees_with_the_reference(cell: str, layers: int, kind: str) -> None:
    shape = (5, 6, 4, 17, 3, layers)
    ours, oracle, _ = pair(cell, 0 * random_theta(cell, 4, 17, 3, layers=layers), shape)
    sequences = sequences_of(kind, 5, 6, 4, 3, "lengths")
    found, expected = everything(ours, sequences), everything(oracle, double(sequences))
    for name, difference in errors(found, expected).items():
        assert difference <= TOLERANCE, name
    parts = [slice(0, -3), slice(-3, None)]  # all but b_o is exactly zero in a net of zeros
    assert not found["gradient"][parts[0]].any()
    assert found["gradient"][parts[1]].any()


@pytest.mark.parametrize("outputs", [1, 3])
@pytest.mark.parametrize("cell", list(CELLS))
def test_that_targets_that_are_met_give_a_gradient_of_zero(cell: str, outputs: int) -> None:
    net = Network(CELLS[cell], random_theta(cell, 3, 7, outputs), 3, 7, outputs)
    views = net.layout.views(net.theta)
    views["W_o"][:] = 0
    sequences = sequences_of("values", 6, 8, 3, outputs, "every")
    sequences.targets[:] = views["b_o"]
    loss, gradient = gradient_of(net, sequences)
    assert loss == 0
    assert not gradient.any()


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("cell", list(CELLS))
def test_that_steps_after_the_last_scored_one_have_no_part_in_the_gradient(
    cell: str, kind: str
) -> None:
    sequences = sequences_of(kind, 9, 14, 4, 3, "lengths")
    padding = np.cumsum(sequences.scored[:, ::-1], axis=1)[:, ::-1] == 0
    other = sequences_of(kind, 9, 14, 4, 3, "lengths", seed=5)
    changed = Sequences(
        np.where(
            padding.reshape(9, 14, *[1] * (sequences.inputs.ndim - 2)),
            other.inputs,
            sequences.inputs,
        ),
        np.where(
            padding.reshape(9, 14, *[1] * (sequences.targets.ndim - 2)),
            other.targets,
            sequences.targets,
        ),
        sequences.scored,
        sequences.roles,
    )
    assert not np.array_equal(changed.inputs, sequences.inputs)
    net = Network(CELLS[cell], random_theta(cell, 4, 9, 3), 4, 9, 3)
    loss, gradient = gradient_of(net, sequences)
    again, same = gradient_of(net, changed)
    assert again == loss
    assert error(same, gradient) <= TOLERANCE
    np.testing.assert_array_equal(same, gradient)


def test_that_a_class_of_probability_zero_has_a_finite_loss() -> None:
    theta = np.zeros_like(random_theta("rnn", 1, 1, 2))
    net = Network(CELLS["rnn"], theta, 1, 1, 2)
    net.layout.views(theta)["b_o"][:] = [0, 120]
    sequences = sequences_of("classes", 1, 1, 1, 2, "every")
    sequences.targets[:] = 0
    assert gradient_of(net, sequences)[0] == 120
    assert net.trace(sequences).loss == [120]


# torch.nn -------------------------------------------------------------------------------


@pytest.mark.parametrize("layers", [1, 2, 3])
@pytest.mark.parametrize("cell", ["rnn", "rnn_relu", "lstm", "gru"])
@few
@given(shape=shapes, seed=st.integers(0, 10**6))
def test_that_torch_nn_gives_the_same_on_packed_sequences(
    cell: str, layers: int, shape: tuple[int, ...], seed: int
) -> None:
    """The answer after the last step of each sequence is scored."""
    B, T, I, H, O, _ = shape  # noqa: E741
    theta = random_theta(cell, I, H, O, seed=seed, layers=layers)
    sequences = sequences_of("values", B, T, I, O, "ends", seed=seed)
    ours, oracle, _ = pair(cell, theta, (B, T, I, H, O, layers))
    if cell == "rnn_relu":
        assume(nearest_kink(oracle, double(sequences)) > 2e-6)
    twin = TorchTwin(cell, oracle, (I, H, O, layers))
    packed = torch.nn.utils.rnn.pack_padded_sequence(
        torch.from_numpy(sequences.inputs).double(),
        torch.from_numpy(sequences.scored.argmax(axis=1) + 1),
        batch_first=True,
        enforce_sorted=False,
    )
    _, last = twin.module(packed)
    answers = twin.readout((last[0] if cell == "lstm" else last)[-1])
    targets = torch.from_numpy(sequences.targets[sequences.scored]).double()
    expected = torch.nn.functional.mse_loss(answers, targets)
    expected.backward()
    loss, gradient = gradient_of(ours, sequences)
    assert loss == pytest.approx(expected.item(), rel=TOLERANCE)
    assert error(gradient, twin.gradient()) <= TOLERANCE


# float64 --------------------------------------------------------------------------------


@pytest.mark.parametrize(("kind", "layers"), [("values", 1), ("classes", 2)])
@pytest.mark.parametrize("cell", list(CELLS))
def test_that_float64_gradients_agree_with_finite_differences(
    cell: str, kind: str, layers: int
) -> None:
    theta = random_theta(cell, 3, 5, 2, np.float64, layers=layers)
    sequences = double(sequences_of(kind, 4, 7, 3, 2))
    net = Network(CELLS[cell], theta, 3, 5, 2, layers=layers)
    _, gradient = gradient_of(net, sequences)
    numeric, step = np.zeros_like(theta), 1e-5
    for n in range(theta.size):
        kept, losses = theta[n], []
        for move in (step, -step):
            theta[n] = kept + move
            losses.append(net.evaluate(sequences)[0])
        theta[n] = kept
        numeric[n] = (losses[0] - losses[1]) / (2 * step)
    assert error(gradient, numeric) < 1e-6


@pytest.mark.parametrize(("kind", "layers"), [("values", 1), ("classes", 2), ("classes", 3)])
@pytest.mark.parametrize("cell", list(CELLS))
@pytest.mark.parametrize("H", [1, 8, 19])
def test_that_float64_nets_agree_with_the_reference_to_the_last_digits(
    cell: str, kind: str, layers: int, H: int
) -> None:
    """No slip in the order of 1e-10 can hide among roundings."""
    theta = random_theta(cell, 3, H, 2, np.float64, layers=layers)
    sequences = double(sequences_of(kind, 11, 20, 3, 2, "lengths"))
    ours = Network(CELLS[cell], theta.copy(), 3, H, 2, layers=layers)
    oracle = ReferenceNetwork(CELLS[cell], theta, 3, H, 2, layers=layers)
    found, expected = everything(ours, sequences), everything(oracle, sequences)
    found["loss"] = found["evaluated"]  # curves are float32
    for name, difference in errors(found, expected).items():
        assert difference <= 1e-12, name


# Gates that are held --------------------------------------------------------------------

HELD = [(cell, gate) for cell in list(CELLS) for gate in CELLS[cell].gates]


@pytest.mark.parametrize("layers", [1, 2])
@pytest.mark.parametrize("value", [0.0, 0.5, 1.0])
@pytest.mark.parametrize(("cell", "gate"), HELD)
def test_that_a_gate_is_held_as_in_the_reference(
    cell: str, gate: str, value: float, layers: int
) -> None:
    theta = random_theta(cell, 5, 18, 3, layers=layers)
    sequences = sequences_of("classes", 3, 11, 5, 3, "ends")
    ours, oracle, _ = pair(cell, theta, (3, 11, 5, 18, 3, layers))
    prefixes = [""] + [f"layer{n}." for n in range(1, layers)]
    clamp = {prefix + gate: value for prefix in prefixes}
    held, expected = (net.trace(sequences, clamp) for net in (ours, oracle))
    for prefix in prefixes:
        assert (held.arrays[prefix + gate] == value).all()
    for name, difference in errors(looked_at(held), looked_at(expected)).items():
        assert difference <= TOLERANCE, name


def looked_at(trace: Trace) -> dict[str, np.ndarray]:
    return {**trace.arrays, "answers": trace.answers, "loss": trace.loss}


@pytest.mark.parametrize("cell", ["slstm", "lstm", "mingru"])
def test_that_gradients_are_those_of_the_reference_where_every_gate_is_held(cell: str) -> None:
    theta, sequences = random_theta(cell, 5, 18, 3), sequences_of("classes", 3, 11, 5, 3, "ends")
    ours, oracle, _ = pair(cell, theta, (3, 11, 5, 18, 3, 1))
    clamp = dict.fromkeys(CELLS[cell].gates, 0.3)
    found, expected = (net.trace(sequences, clamp).arrays for net in (ours, oracle))
    largest = np.abs(expected["grad_hidden"]).max()
    for name, array in expected.items():  # those of a stabiliser are zero, but for rounding
        most = TOLERANCE * max(np.abs(array).max(), largest)
        assert np.abs(found[name] - array).max() <= most, name


def test_that_all_gates_are_held_together() -> None:
    values = {"input": 0.25, "forget": 0.75, "candidate": -0.5, "output": 1.0}
    theta, sequences = random_theta("lstm", 5, 18, 3), sequences_of("classes", 3, 11, 5, 3)
    trace = Network(CELLS["lstm"], theta, 5, 18, 3).trace(sequences, values)
    cell = -0.5 * (1 - 0.75 ** np.arange(1, 12))  # of c_t = 0.75 c_{t-1} - 0.125
    expected = np.broadcast_to(cell[:, None, None], (11, 3, 18))
    np.testing.assert_allclose(trace.arrays["cell"], expected, rtol=1e-6)


@pytest.mark.parametrize("cell", ["rnn", "rnn_relu", "gru"])
def test_that_a_cell_without_the_gate_refuses_to_hold_it(cell: str) -> None:
    net = Network(CELLS[cell], random_theta(cell, 5, 7, 3), 5, 7, 3)
    with pytest.raises(ValueError, match=f"{CELLS[cell].title} has no forget to hold"):
        net.trace(sequences_of("classes", 2, 3, 5, 3), {"forget": 1.0})
