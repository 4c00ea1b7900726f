"""One step in numpy, beside the engine's trace, torch and finite differences."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest
import torch

from sandbox.cells.known import CELLS, own_cell
from sandbox.engine.network import Network
from sandbox.engine.reference_cells import STEPS
from sandbox.insight.step import layer_step
from tests.engine.nets import double, random_theta, sequences_of

OWN = """
new = softplus(x W + b)
keep = sigmoid(x W + hidden[t-1] W + b + p * slow[t-1])
slow = keep * slow[t-1] + (1 - keep) * max(min(new, 2), logsigmoid(slow[t-1]))
hidden = tanh(slow) / (2 + exp(-slow)) - relu(-slow)
"""
EVERY = [*CELLS.values(), own_cell(OWN)]
I, H, O = 3, 6, 2  # noqa: E741


def net_of(cell, layers: int = 1) -> Network:
    from sandbox.cells.cell import layout

    rng = np.random.default_rng(3)
    theta = rng.uniform(-1, 1, layout(cell, I, H, O, layers).size)
    return Network(cell, theta, I, H, O, layers=layers)


@pytest.mark.parametrize("tokens", [True, False])
@pytest.mark.parametrize("cell", EVERY, ids=lambda cell: cell.title)
def test_that_lines_are_those_of_a_trace(cell, tokens: bool) -> None:
    net = net_of(cell, layers=2)
    sequences = double(sequences_of("classes", 4, 7, I, O, "ends"))
    if tokens:
        from dataclasses import replace

        rng = np.random.default_rng(0)
        sequences = replace(sequences, inputs=rng.integers(0, I, (4, 7)).astype(np.int32))
    arrays = net.trace(sequences).arrays
    weights = net.layout.views(net.theta)
    for layer, prefix in ((1, "layer1."), (2, "")):
        step = layer_step(cell, weights, layer)
        x = np.swapaxes(sequences.inputs, 0, 1) if layer == 1 else arrays["layer1.hidden"]
        for t in (0, 1, 6):
            before = {
                name: arrays[prefix + name][t - 1] if t else np.zeros((4, H))
                for name in cell.states
            }
            lines = step.lines(x[t], before)
            for picture in cell.pictures:
                np.testing.assert_allclose(
                    lines[picture.name], arrays[prefix + picture.name][t], rtol=1e-9, atol=1e-11
                )


@pytest.mark.parametrize("cell", EVERY, ids=lambda cell: cell.title)
def test_that_the_jacobian_is_the_slope(cell) -> None:
    net, rng = net_of(cell), np.random.default_rng(5)
    step = layer_step(cell, net.layout.views(net.theta))
    size = H * len(cell.states)
    state, x = rng.normal(size=(3, size)), rng.normal(size=(3, I))
    after, jacobian = step.jacobian(x, state)
    np.testing.assert_allclose(after, step.step_flat(x, state), rtol=1e-12)
    for d in range(size):
        moved = np.zeros(size)
        moved[d] = 1e-6
        slope = (step.step_flat(x, state + moved) - step.step_flat(x, state - moved)) / 2e-6
        np.testing.assert_allclose(jacobian[:, :, d], slope, rtol=1e-4, atol=1e-7)


@pytest.mark.parametrize("cell", list(STEPS))
def test_that_the_jacobian_is_that_of_torch(cell: str) -> None:
    kind, net = CELLS[cell], net_of(CELLS[cell])
    weights, rng = net.layout.views(net.theta), np.random.default_rng(5)
    step, size = layer_step(kind, weights), H * len(kind.states)
    state, x = rng.normal(size=(1, size)), rng.normal(size=(1, I))
    p = {name: torch.from_numpy(np.array(each)) for name, each in weights.items()}

    def torch_step(flat: torch.Tensor) -> torch.Tensor:
        past = dict(zip(kind.states, flat[None].split(H, 1), strict=True))
        found = STEPS[cell](torch.from_numpy(x) @ p["W_x"] + p["b"], past, p, lambda _, v: v)
        return torch.cat([found[name][0] for name in kind.states])

    expected = torch.autograd.functional.jacobian(torch_step, torch.from_numpy(state[0]))
    _, jacobian = step.jacobian(x, state)
    np.testing.assert_allclose(jacobian[0], expected.numpy(), rtol=1e-9, atol=1e-12)


def test_that_held_lines_reach_what_follows() -> None:
    net = net_of(CELLS["lstm"])
    step = layer_step(CELLS["lstm"], net.layout.views(net.theta))
    x, before = np.ones((2, I)), {name: np.ones((2, H)) for name in ("hidden", "cell")}
    held = np.full((2, H), np.nan)
    held[0, 3] = 1.0
    lines = step.lines(x, before, {"forget": held, "input": np.zeros((2, H))})
    assert lines["forget"][0, 3] == 1
    assert lines["cell"][0, 3] == 1
    assert (lines["cell"] == lines["forget"]).all()


def test_that_what_is_held_has_no_slope() -> None:
    net = net_of(CELLS["lstm"])
    step = layer_step(CELLS["lstm"], net.layout.views(net.theta))
    rng = np.random.default_rng(1)
    state, x = rng.normal(size=(2, 2 * H)), rng.normal(size=(2, I))
    forget, cell = np.full(H, np.nan), np.full(H, np.nan)
    forget[1], cell[3] = 0.5, 0.2
    held = {"forget": forget, "cell": cell}
    after, jacobian = step.jacobian(x, state, held)
    np.testing.assert_array_equal(after, step.step_flat(x, state, held))
    assert (after[:, H + 3] == 0.2).all()
    for d in range(2 * H):
        moved = np.zeros(2 * H)
        moved[d] = 1e-6
        ends = [step.step_flat(x, state + sign * moved, held) for sign in (1, -1)]
        slope = (ends[0] - ends[1]) / 2e-6
        np.testing.assert_allclose(jacobian[:, :, d], slope, rtol=1e-4, atol=1e-7)
    assert (jacobian[:, H + 3] == 0).all()


def test_that_values_lead_from_state_to_state() -> None:
    theta = random_theta("gru", I, H, O, np.float64)
    net = Network(CELLS["gru"], theta, I, H, O)
    step = layer_step(CELLS["gru"], net.layout.views(theta))
    x = np.random.default_rng(0).normal(size=(5, 2, I))
    states = [{"hidden": np.zeros((2, H))}]
    for t in range(5):
        states.append(step.next(x[t], states[-1]))
    for (one, other), here in zip(pairwise(states), x, strict=True):
        nodes = step.values(here, one)
        line = dict(CELLS["gru"].step.lines)["hidden"]
        np.testing.assert_array_equal(nodes[line], other["hidden"])
