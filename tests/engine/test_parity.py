"""Compiled kernels against torch.nn, the autograd reference and finite differences."""

from __future__ import annotations

import math

import numpy as np
import pytest
import torch
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from sandbox.engine.cells import CELLS, layout
from sandbox.engine.kernels.optimizers import CODES
from sandbox.engine.network import Network
from sandbox.engine.reference import ReferenceNetwork
from sandbox.tasks.base import Sequences
from sandbox.tasks.batches import block_of
from tests.engine.nets import random_sequences, random_theta


def kernel_gradient(net: Network, sequences: Sequences) -> tuple[float, np.ndarray]:
    """Loss and gradient of one batch, by a step of plain SGD with rate 1 (not clipped)."""
    before = net.theta.copy()
    block = block_of(sequences, len(sequences))
    loss, _, norm = net.learn(block, 0, 1.0, math.inf, CODES["sgd"])
    gradient = before - net.theta
    net.theta[:] = before
    assert norm[0] == pytest.approx(np.linalg.norm(gradient), rel=1e-3, abs=1e-6)
    return float(loss[0]), net.gradient.copy()


def relative(a: np.ndarray, b: np.ndarray) -> float:
    """The largest difference, as a share of the largest entry."""
    return float(np.abs(a - b).max() / max(np.abs(b).max(), 1e-12))


@pytest.mark.parametrize("cell", ["rnn", "lstm"])
@pytest.mark.parametrize("shape", [(1, 1, 1, 1), (3, 7, 5, 2), (8, 20, 16, 6), (5, 33, 13, 3)])
@pytest.mark.parametrize("everywhere", [False, True])
def test_that_values_and_gradients_agree_with_torch_nn(
    cell: str, shape: tuple[int, ...], everywhere: bool
) -> None:
    B, T, H, O = shape  # noqa: E741
    I = 4  # noqa: E741
    theta = random_theta(cell, I, H, O)
    sequences = random_sequences(B, T, I, O, channels=True, regression=False, everywhere=everywhere)
    module, readout = torch_twin(cell, theta, I, H, O)
    x = torch.from_numpy(sequences.inputs)
    hidden, _ = module(x)
    scored = torch.from_numpy(sequences.scored)
    targets = torch.from_numpy(sequences.targets).long()
    hidden.retain_grad()
    loss = torch.nn.functional.cross_entropy(readout(hidden)[scored], targets[scored])
    loss.backward()

    net = Network(cell, theta.copy(), I, H, O)
    ours, gradient = kernel_gradient(net, sequences)
    assert ours == pytest.approx(loss.item(), rel=1e-5, abs=1e-6)
    views = net.layout.views(gradient)
    assert relative(views["W_x"], module.weight_ih_l0.grad.numpy().T) < 1e-5
    assert relative(views["b"], module.bias_ih_l0.grad.numpy()) < 1e-5
    assert relative(views["W_o"], readout.weight.grad.numpy().T) < 1e-5
    assert relative(views["b_o"], readout.bias.grad.numpy()) < 1e-5
    if T > 1:
        assert relative(views["W_h"], module.weight_hh_l0.grad.numpy().T) < 1e-5
    trace = net.trace(sequences)
    assert relative(trace.arrays["hidden"], hidden.detach().numpy().swapaxes(0, 1)) < 1e-5


def torch_twin(
    cell: str, theta: np.ndarray, inputs: int, hidden: int, outputs: int
) -> tuple[torch.nn.Module, torch.nn.Linear]:
    """torch.nn.RNN or LSTM with the same weights, its second bias at zero, and its readout."""
    views = {
        name: torch.from_numpy(view.copy())
        for name, view in layout(CELLS[cell], inputs, hidden, outputs).views(theta).items()
    }
    module = {"rnn": torch.nn.RNN, "lstm": torch.nn.LSTM}[cell](inputs, hidden, batch_first=True)
    readout = torch.nn.Linear(hidden, outputs)
    with torch.no_grad():
        module.weight_ih_l0.copy_(views["W_x"].T)
        module.weight_hh_l0.copy_(views["W_h"].T)
        module.bias_ih_l0.copy_(views["b"])
        module.bias_hh_l0.zero_()
        readout.weight.copy_(views["W_o"].T)
        readout.bias.copy_(views["b_o"])
    return module, readout


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(
    cell=st.sampled_from(["rnn", "lstm"]),
    B=st.integers(1, 9),
    T=st.integers(1, 24),
    H=st.integers(1, 19),
    O=st.integers(1, 7),
    inputs=st.integers(1, 9),
    channels=st.booleans(),
    regression=st.booleans(),
    everywhere=st.booleans(),
    scale=st.sampled_from([0.0, 0.3, 1.0, 6.0]),
    seed=st.integers(0, 1000),
)
def test_that_every_array_agrees_with_the_float64_reference(
    cell: str,
    B: int,
    T: int,
    H: int,
    O: int,  # noqa: E741
    inputs: int,
    channels: bool,
    regression: bool,
    everywhere: bool,
    scale: float,
    seed: int,
) -> None:
    theta = random_theta(cell, inputs, H, O, np.float64, scale, seed)
    sequences = random_sequences(
        B,
        T,
        inputs,
        O,
        channels=channels,
        regression=regression,
        everywhere=everywhere,
        seed=seed,
    )
    oracle = ReferenceNetwork(cell, theta, inputs, H, O)
    expected_loss, expected = oracle.gradient(_double(sequences))
    net = Network(cell, theta.astype(np.float32), inputs, H, O)
    loss, gradient = kernel_gradient(net, sequences)
    tolerance = 1e-5 if scale < 6 else 1e-3  # saturated nets are chaotic: float32 drifts
    assert loss == pytest.approx(expected_loss, rel=tolerance, abs=1e-6)
    if scale < 6:
        assert np.abs(gradient - expected).max() <= 2e-5 * max(np.abs(expected).max(), 1e-3)
        ours, theirs = net.trace(sequences), oracle.trace(_double(sequences))
        assert set(ours.arrays) == set(theirs.arrays)
        for name, array in theirs.arrays.items():
            assert ours.arrays[name].shape == (T, B, H)
            assert np.abs(ours.arrays[name] - array).max() <= 2e-5 * max(np.abs(array).max(), 1e-3)


@pytest.mark.parametrize("cell", ["rnn", "lstm"])
@pytest.mark.parametrize("channels", [False, True])
@pytest.mark.parametrize("regression", [False, True])
def test_that_gradients_agree_with_finite_differences_in_float64(
    cell: str, channels: bool, regression: bool
) -> None:
    theta = random_theta(cell, 3, 5, 2, np.float64)
    sequences = _double(
        random_sequences(4, 9, 3, 2, channels=channels, regression=regression, everywhere=True)
    )
    net = Network(cell, theta, 3, 5, 2)
    _, gradient = kernel_gradient(net, sequences)
    step, numeric = 1e-5, np.zeros_like(theta)
    for n in range(theta.size):
        kept = theta[n]
        theta[n] = kept + step
        up = net.evaluate(sequences, 4)[0]
        theta[n] = kept - step
        down = net.evaluate(sequences, 4)[0]
        theta[n] = kept
        numeric[n] = (up - down) / (2 * step)
    assert np.abs(gradient - numeric).max() / np.abs(numeric).max() < 1e-6


def _double(sequences: Sequences) -> Sequences:
    def wide(array: np.ndarray) -> np.ndarray:
        return array.astype(np.float64) if array.dtype == np.float32 else array

    return Sequences(
        wide(sequences.inputs), wide(sequences.targets), sequences.scored, sequences.roles
    )


@pytest.mark.parametrize("gate", ["forget", "input", "candidate", "output"])
def test_that_a_clamped_gate_is_held_and_gets_no_gradient(gate: str) -> None:
    theta = random_theta("lstm", 5, 7, 3)
    sequences = random_sequences(2, 11, 5, 3, channels=False, regression=False, everywhere=False)
    net, oracle = Network("lstm", theta, 5, 7, 3), ReferenceNetwork("lstm", theta, 5, 7, 3)
    ours, theirs = net.trace(sequences, {gate: 0.5}), oracle.trace(sequences, {gate: 0.5})
    assert (ours.arrays[gate] == 0.5).all()
    for name, array in theirs.arrays.items():
        assert relative(ours.arrays[name], array) < 1e-5


def test_that_a_cell_without_the_gate_refuses_to_hold_it() -> None:
    net = Network("rnn", random_theta("rnn", 5, 7, 3), 5, 7, 3)
    sequences = random_sequences(2, 11, 5, 3, channels=False, regression=False, everywhere=False)
    with pytest.raises(ValueError, match="RNN has no forget gate"):
        net.trace(sequences, {"forget": 1.0})


def test_that_the_float32_tanh_is_near_the_true_one() -> None:
    from numba import njit

    from sandbox.engine.kernels.pointwise import sigmoid, tanh

    both = njit(lambda x: (tanh(x), sigmoid(x)))
    x = np.concatenate([np.linspace(-12, 12, 20001), np.logspace(-30, 0, 500)]).astype(np.float32)
    ours = np.array([both(v) for v in x])
    true = np.tanh(x.astype(np.float64))
    ulps = np.abs(ours[:, 0] - true) / np.spacing(np.abs(true).astype(np.float32)).clip(1e-45)
    assert ulps.max() <= 6
    assert np.abs(ours[:, 1] - 1 / (1 + np.exp(-x.astype(np.float64)))).max() < 3e-7


@pytest.mark.parametrize("value", [np.nan, np.inf, -np.inf])
def test_that_nan_and_infinity_are_not_hidden(value: float) -> None:
    from numba import njit

    from sandbox.engine.kernels.pointwise import sigmoid, tanh

    both = njit(lambda x: (tanh(x), sigmoid(x)))
    t, s = both(np.float32(value))
    assert np.isnan(t) == np.isnan(value)
    assert np.isnan(s) == np.isnan(value)
