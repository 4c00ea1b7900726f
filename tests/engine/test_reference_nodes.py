"""Nodes in torch say what is written by hand, what numpy says, and what the kernels say."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from numpy.testing import assert_allclose

from sandbox.cells.cell import Cell, layout
from sandbox.cells.cell_file import cell_of
from sandbox.cells.known import CELLS, own_cell
from sandbox.engine.network import Network
from sandbox.engine.reference import ReferenceNetwork
from sandbox.engine.reference_cells import unroll
from sandbox.tasks.base import Sequences
from tests.cells.random_equations import cells, written
from tests.cells.stepping import parameters, run
from tests.engine.nets import gradient_of
from tests.own_cell import TWO_SPEEDS

T, B, I, H, O = 6, 5, 3, 4, 2  # noqa: E741


def renamed(cell: Cell) -> Cell:
    """The cell as if a person had written it."""
    return replace(cell, name="own_copy")


@pytest.mark.parametrize("held", [False, True])
@pytest.mark.parametrize("name", list(CELLS))
def test_that_nodes_say_what_is_written_by_hand(name: str, held: bool) -> None:
    cell = CELLS[name]
    p = {key: torch.from_numpy(each) for key, each in parameters(cell, I, H, 0.8).items()}
    x = torch.from_numpy(np.random.default_rng(2).normal(size=(T, B, I))) @ p["W_x"] + p["b"]
    gate = cell.holdable()[0] if held and cell.holdable() else ""

    def hold(each: str, value: torch.Tensor) -> torch.Tensor:
        return torch.full_like(value, 0.25) if each == gate else value

    wanted, found = (list(unroll(each, x, p, lambda _: hold)) for each in (cell, renamed(cell)))
    for one, other in zip(wanted, found, strict=True):
        for picture in cell.pictures:
            assert_allclose(other[picture.name], one[picture.name], 1e-12, 1e-14)


@settings(max_examples=40, deadline=None)
@given(cells())
def test_that_nodes_of_any_cell_say_what_numpy_says(lines: list) -> None:
    cell = cell_of("own_random", "\n".join(f"{name} = {written(node)}" for name, node in lines))
    own = parameters(cell, I, H, 0.5)
    x = np.random.default_rng(3).normal(size=(T, B, I))
    p = {key: torch.from_numpy(each) for key, each in own.items()}
    steps = list(unroll(cell, torch.from_numpy(x) @ p["W_x"] + p["b"], p))
    with np.errstate(all="ignore"):
        wanted = run(cell.step, x, own)
    for name, each in wanted.items():
        found = torch.stack([step[name] for step in steps]).numpy()
        if np.isfinite(each).all():
            assert_allclose(found, each, 1e-9, 1e-9)


@pytest.mark.parametrize("layers", [1, 2])
def test_that_a_persons_cell_has_the_same_gradient_in_torch_and_in_kernels(layers: int) -> None:
    cell = own_cell(TWO_SPEEDS)
    rng = np.random.default_rng(4)
    theta = rng.normal(0, 0.4, layout(cell, I, H, O, layers).size)
    scored = np.zeros((B, T), bool)
    scored[:, -2:] = True
    sequences = Sequences(
        rng.normal(size=(B, T, I)),
        rng.normal(size=(B, T, O)),
        scored,
        np.zeros((B, T), np.uint8),
    )
    sizes = (I, H, O, 0.1, layers)
    ours, theirs = Network(cell, theta.copy(), *sizes), ReferenceNetwork(cell, theta, *sizes)
    loss, gradient = gradient_of(ours, sequences)
    wanted_loss, wanted = theirs.gradient(sequences)
    assert_allclose(loss, wanted_loss, 1e-6)  # it is kept as float32
    assert_allclose(gradient, wanted, 1e-8, 1e-10)
    clamp = {"keep": 0.3}
    found, traced = ours.trace(sequences, clamp), theirs.trace(sequences, clamp)
    assert found.arrays.keys() == traced.arrays.keys()
    for name, array in traced.arrays.items():
        assert_allclose(found.arrays[name], array, 1e-5, 1e-6)
