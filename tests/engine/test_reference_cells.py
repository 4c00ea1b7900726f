"""Steps of the reference that torch.nn, onnxruntime or the plain formulas of a paper know too."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import onnx
import onnxruntime
import pytest
import torch

from sandbox.engine.reference_cells import STEPS
from tests.engine.slow_cells import forward, sigmoid

if TYPE_CHECKING:
    from collections.abc import Mapping

T, B, I, H = 9, 5, 3, 4  # noqa: E741
GATES = {
    "gru_reset_before": ("reset", "update", "candidate"),
    "mgu": ("forget", "candidate"),
    "ugrnn": ("update", "candidate"),
    "indrnn": ("hidden",),
    "leaky_rnn": ("hidden",),
    "slstm": ("input", "forget", "candidate", "output"),
}
STATES = ("hidden", "cell", "normaliser", "stabiliser")
Arrays = dict[str, np.ndarray]


def weights(cell: str, size: float = 1.0) -> Arrays:
    rng, columns = np.random.default_rng(3), len(GATES[cell]) * H
    shapes = {"W_x": (I, columns), "W_h": (H, columns), "b": (columns,), "u": (H,)}
    del shapes["W_h" if cell == "indrnn" else "u"]
    return {name: rng.uniform(-size, size, shape) for name, shape in shapes.items()}


def inputs() -> np.ndarray:
    return np.random.default_rng(5).normal(size=(T, B, I))


def stepped(cell: str, p: Arrays, x: np.ndarray, held: Mapping[str, float] | None = None) -> Arrays:
    """Gates and states (T, B, H) of the reference from states of zero, in float64."""
    own, clamp = {name: torch.from_numpy(each) for name, each in p.items()}, held or {}
    past = {name: torch.zeros(x.shape[1], H, dtype=torch.float64) for name in STATES}
    steps = []
    for x_t in torch.from_numpy(x @ p["W_x"] + p["b"]):
        past = STEPS[cell](
            x_t, past, own, lambda gate, a: torch.full_like(a, clamp[gate]) if gate in clamp else a
        )
        steps.append(past)
    return {name: torch.stack([step[name] for step in steps]).numpy() for name in steps[0]}


def blocks(p: Arrays, cell: str) -> dict[str, tuple[np.ndarray, np.ndarray, np.ndarray]]:
    """W_x, W_h and b by gate."""
    split = (np.split(p[name], len(GATES[cell]), axis=-1) for name in ("W_x", "W_h", "b"))
    return dict(zip(GATES[cell], zip(*split, strict=True), strict=True))


@pytest.mark.parametrize("cell", GATES)
def test_that_a_step_is_what_the_papers_formulas_say(cell: str) -> None:
    p, x = weights(cell), inputs()
    found = stepped(cell, p, x)
    for sequence in range(B):
        expected = forward(cell, GATES[cell], p, x[:, sequence])
        for name, array in found.items():
            np.testing.assert_allclose(array[:, sequence], expected[name], rtol=1e-10, atol=1e-12)


# As a GRU that resets before the product ------------------------------------------------


def in_onnxruntime(
    gates: list[tuple[np.ndarray, np.ndarray, np.ndarray]], x: np.ndarray
) -> np.ndarray:
    """States (T, B, H) of ONNX's GRU, whose reset comes before the product; gates: z, r, n."""
    W, R = (np.concatenate([gate[n].T for gate in gates])[None] for n in (0, 1))
    bias = np.concatenate([gate[2] for gate in gates] + [np.zeros(3 * H)])[None]
    floats = [each.astype(np.float32) for each in (W, R, bias)]
    text = f"""<ir_version: 8, opset_import: ["" : 17]>
    net (float[t, b, {I}] x, float[1, {3 * H}, {I}] W, float[1, {3 * H}, {H}] R,
         float[1, {6 * H}] bias) => (float[t, 1, b, {H}] states)
    {{ states = GRU <hidden_size = {H}, linear_before_reset = 0> (x, W, R, bias) }}"""
    data = onnx.parser.parse_model(text).SerializeToString()
    running = onnxruntime.InferenceSession(data, providers=["CPUExecutionProvider"])
    given = dict(zip(("x", "W", "R", "bias"), (x.astype(np.float32), *floats), strict=True))
    (states,) = running.run(["states"], given)
    return np.asarray(states)[:, 0]


def test_that_onnxruntimes_gru_resets_before_the_product_too() -> None:
    p, x = weights("gru_reset_before"), inputs()
    own = blocks(p, "gru_reset_before")
    expected = in_onnxruntime([own["update"], own["reset"], own["candidate"]], x)
    found = stepped("gru_reset_before", p, x)["hidden"]
    np.testing.assert_allclose(found, expected, atol=1e-5)


def test_that_a_minimal_gated_unit_is_a_gru_with_one_gate_for_both() -> None:
    """Its forget gate is the reset gate, and 1 minus it the update gate."""
    p, x = weights("mgu"), inputs()
    own = blocks(p, "mgu")
    W_x, W_h, b = own["forget"]
    expected = in_onnxruntime([(-W_x, -W_h, -b), own["forget"], own["candidate"]], x)
    np.testing.assert_allclose(stepped("mgu", p, x)["hidden"], expected, atol=1e-5)


# As modules of torch --------------------------------------------------------------------

OPEN = 60.0  # a bias at which a sigmoid is 1 in float64


def in_torch(module: torch.nn.Module, parameters: Mapping[str, np.ndarray]) -> np.ndarray:
    """States (T, B, H) of a module of torch.nn in float64; parameters as ours."""
    module.double()
    with torch.no_grad():
        for name, parameter in module.named_parameters():
            ours = {"weight_ih_l0": "W_x", "weight_hh_l0": "W_h", "bias_ih_l0": "b"}.get(name)
            parameter.copy_(torch.from_numpy(parameters[ours].T) if ours else torch.zeros(()))
        states: torch.Tensor = module(torch.from_numpy(inputs()))[0]
    return states.numpy()


def as_gru(update: tuple[np.ndarray, ...], candidate: tuple[np.ndarray, ...]) -> np.ndarray:
    """States of torch.nn.GRU with these gates (W_x, W_h, b), whose reset gate is open."""
    reset = np.zeros((I, H)), np.zeros((H, H)), np.full(H, OPEN)
    whole = [np.concatenate(parts, -1) for parts in zip(reset, update, candidate, strict=True)]
    return in_torch(torch.nn.GRU(I, H), dict(zip(("W_x", "W_h", "b"), whole, strict=True)))


def test_that_an_update_gate_rnn_is_torchs_gru_whose_reset_gate_is_open() -> None:
    p = weights("ugrnn")
    own = blocks(p, "ugrnn")
    expected = as_gru(own["update"], own["candidate"])
    np.testing.assert_allclose(stepped("ugrnn", p, inputs())["hidden"], expected, rtol=1e-10)


def test_that_a_leaky_rnn_is_torchs_gru_whose_update_gate_never_changes() -> None:
    p = weights("leaky_rnn")
    constant = np.zeros((I, H)), np.zeros((H, H)), np.full(H, np.log(0.8 / 0.2))
    expected = as_gru(constant, blocks(p, "leaky_rnn")["hidden"])
    np.testing.assert_allclose(stepped("leaky_rnn", p, inputs())["hidden"], expected, rtol=1e-10)


def test_that_an_independent_rnn_is_torchs_with_a_diagonal_matrix() -> None:
    p = weights("indrnn")
    module = torch.nn.RNN(I, H, nonlinearity="relu")
    expected = in_torch(module, {**p, "W_h": np.diag(p["u"])})
    np.testing.assert_allclose(stepped("indrnn", p, inputs())["hidden"], expected, rtol=1e-10)


# Exponential gates ----------------------------------------------------------------------


def test_that_an_slstm_stays_finite_where_its_plain_formulas_overflow() -> None:
    p, x = weights("slstm"), inputs()
    p["b"][:H] = 2000  # exp(2000) is infinite
    with np.errstate(over="ignore", invalid="ignore"):
        assert np.isnan(forward("slstm", GATES["slstm"], p, x[:, 0])["hidden"]).all()
    found = stepped("slstm", p, x)
    assert all(np.isfinite(array).all() for array in found.values())
    assert max(found["input"].max(), found["forget"].max()) == 1


def test_that_an_slstm_that_has_not_written_yet_shows_nothing() -> None:
    p, x = weights("slstm"), inputs()
    p["b"][:H] = -2000
    assert not stepped("slstm", p, x)["hidden"].any()


def test_that_the_hidden_state_of_an_slstm_does_not_depend_on_the_size_of_its_input_gate() -> None:
    """Every exp(input) times a constant: cell and normaliser have it both."""
    p, x = weights("slstm"), inputs()
    more = {**p, "b": p["b"] + np.repeat([30, 0, 0, 0], H)}
    ours, theirs = stepped("slstm", p, x), stepped("slstm", more, x)
    np.testing.assert_allclose(ours["hidden"], theirs["hidden"], rtol=1e-9)


def test_that_an_slstm_whose_input_gate_never_changes_is_a_weighted_mean() -> None:
    """With i = 1 the memory is Σ w_s g_s / Σ w_s, where w_s is the product of f after s."""
    p, x = weights("slstm"), inputs()
    p["W_x"][:, :H], p["W_h"][:, :H], p["b"][:H] = 0, 0, 0
    found = stepped("slstm", p, x)
    memory = found["hidden"] / found["output"]
    h = np.concatenate([np.zeros((1, B, H)), found["hidden"][:-1]])
    f = sigmoid(x @ p["W_x"] + h @ p["W_h"] + p["b"])[..., H : 2 * H]
    for t in range(T):
        shares = np.array([f[s + 1 : t + 1].prod(axis=0) for s in range(t + 1)])
        mean = (shares * found["candidate"][: t + 1]).sum(0) / shares.sum(0)
        np.testing.assert_allclose(memory[t], mean, rtol=1e-10)


@pytest.mark.parametrize("cell", [cell for cell, gates in GATES.items() if len(gates) > 1])
def test_that_every_gate_can_be_held(cell: str) -> None:
    p, x = weights(cell), inputs()
    free = stepped(cell, p, x)["hidden"]
    for gate in GATES[cell]:
        held = stepped(cell, p, x, {gate: 0.25})
        assert (held[gate] == 0.25).all()
        assert not np.array_equal(held["hidden"], free)
