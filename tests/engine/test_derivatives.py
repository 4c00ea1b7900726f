"""Gradients of every cell, and of cells drawn at random, against finite differences in float64."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest
from hypothesis import HealthCheck, Phase, assume, given, reject, settings
from hypothesis import strategies as st

from sandbox.cells.cell import Cell, layout
from sandbox.cells.cell_file import cell_of
from sandbox.cells.equations import EquationError
from sandbox.cells.known import CELLS
from sandbox.engine.network import Network
from tests.engine.nets import double, gradient_of, sequences_of

if TYPE_CHECKING:
    from sandbox.tasks.base import Sequences

STEP = 1e-6  # in every parameter, as a share of its scale
drawn = settings(deadline=None, suppress_health_check=[HealthCheck.too_slow], max_examples=15)
shapes = st.tuples(
    st.integers(1, 5),  # B
    st.integers(1, 7),  # T
    st.integers(1, 3),  # I
    st.integers(1, 18),  # H
    st.integers(1, 3),  # O
    st.integers(1, 3),  # layers
)


def loss_of(cell: Cell, theta: np.ndarray, shape: tuple[int, ...], sequences: Sequences) -> float:
    _, _, I, H, O, layers = shape  # noqa: E741
    return float(Network(cell, theta, I, H, O, layers=layers).evaluate(sequences)[0])


def assert_gradient_is_the_slope(
    cell: Cell, shape: tuple[int, ...], kind: str, scale: float, seed: int
) -> None:
    """In directions drawn at random, but those in which a relu or max has its kink nearby."""
    B, T, I, H, O, layers = shape  # noqa: E741
    rng = np.random.default_rng(seed)
    size = layout(cell, I, H, O, layers).size
    theta = rng.uniform(-scale, scale, size) / np.sqrt(H)
    sequences = double(sequences_of(kind, B, T, I, O, "lengths", seed=seed))
    net = Network(cell, theta.copy(), I, H, O, layers=layers)
    _, gradient = gradient_of(net, sequences)
    here, near, checked = loss_of(cell, theta, shape, sequences), np.abs(gradient).sum(), 0
    for _ in range(3):
        direction = rng.choice([-1.0, 1.0], size)
        up, down = (
            loss_of(cell, theta + sign * STEP * direction, shape, sequences) for sign in (1, -1)
        )
        if has_kinks(cell) and abs(up - 2 * here + down) > 1e-4 * STEP * max(1, near):
            continue
        slope, found = (up - down) / (2 * STEP), float(gradient @ direction)
        assert found == pytest.approx(slope, rel=2e-5, abs=2e-6 * max(1, near))
        checked += 1
    assume(checked)


def has_kinks(cell: Cell) -> bool:
    nodes = (each for _, node in cell.step.lines for each in node.walk())
    return any(node.kind in ("relu", "max", "min") for node in nodes)


@pytest.mark.parametrize("cell", list(CELLS))
@drawn
@given(
    shape=shapes,
    kind=st.sampled_from(["values", "classes"]),
    scale=st.sampled_from([0.5, 1.0, 6.0]),  # the last saturates gates
    seed=st.integers(0, 10**6),
)
def test_that_gradients_are_the_slopes_of_the_loss(
    cell: str, shape: tuple[int, ...], kind: str, scale: float, seed: int
) -> None:
    assert_gradient_is_the_slope(CELLS[cell], shape, kind, scale, seed)


@st.composite
def texts(draw: st.DrawFn) -> str:
    """Equations of a cell with one to eight gates, up to two lines before W, and two states."""
    squash = st.sampled_from(["sigmoid", "tanh", "softplus", "logsigmoid"])
    lines, known, fed = [], ["hidden[t-1]", "memory[t-1]"], ["hidden[t-1]"]
    count = draw(st.integers(1, 8))
    seen_at, past_at = (draw(st.one_of(st.none(), st.integers(0, count))) for _ in range(2))
    for n in range(count):
        if n == past_at:
            lines.append("past = 0.9 * past[t-1] + 0.1 * memory[t-1]")
            known.append("past")
            fed.append("past")
        if n == seen_at:
            lines.append(f"seen = {draw(st.sampled_from(known))} * tanh({known[-1]})")
            known.append("seen")
            fed.append("seen")
        before = draw(st.sampled_from(fed))
        product = draw(
            st.sampled_from(
                [
                    f"x W + {before} W + b",
                    "x W + b",
                    f"x W + {before} W + b + p{n} * memory[t-1]",
                    f"x W + b + sigmoid({known[-1]}) * ({before} W + q{n})",
                    f"apart{n} - {draw(st.sampled_from(known))} * {before} W",
                ]
            )
        )
        if product.startswith("apart"):
            lines.append(f"apart{n} = x W_g{n} + b_g{n}")
            known.append(f"apart{n}")
        lines.append(f"g{n} = {draw(squash)}({product})")
        known.append(f"g{n}")
    values = st.sampled_from(known)
    operator = st.sampled_from(["+", "-", "*"])
    mixed = f"{draw(values)} {draw(operator)} {draw(values)} * tanh({draw(values)})"
    every = " + ".join(name for name in known if "[" not in name)
    lines.append(f"memory = 0.5 * memory[t-1] + tanh({mixed} + {every})")
    lines.append(f"hidden = tanh(memory / (2 + {draw(values)} * {draw(values)}))")
    if draw(st.booleans()):
        lines[-1] = "hidden = max(tanh(memory), 0.3 * memory) - min(memory, u)"
    return "\n".join(lines)


@settings(drawn, max_examples=25, phases=[Phase.generate])
@given(text=texts(), shape=shapes, seed=st.integers(0, 10**6))
def test_that_any_cell_has_the_slopes_of_its_equations(
    text: str, shape: tuple[int, ...], seed: int
) -> None:
    try:
        cell = cell_of("drawn", f"title: drawn\n\n{text}\n")
    except EquationError:  # a line before W may wait for another W
        reject()
    assert_gradient_is_the_slope(cell, shape, "values", 1.0, seed)
