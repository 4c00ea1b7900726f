"""Graphs made from the equations of cells of any kind, run by two programs."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import onnx
import pytest
import torch
from hypothesis import given, settings

from sandbox.cells.cell_file import cell_of
from sandbox.cells.known import CELLS
from sandbox.engine.reference_cells import unroll
from sandbox.export.onnx_cells import layer, zero_state
from sandbox.export.onnx_graph import Graph
from sandbox.export.standard_cells import standard
from tests.cells.random_equations import cells, written
from tests.cells.stepping import parameters, run
from tests.export.odd_cells import ODD
from tests.export.test_onnx import in_openvino, session

if TYPE_CHECKING:
    from sandbox.cells.cell import Cell
    from sandbox.cells.nodes import Node

T, B, I, H = 6, 3, 2, 5  # noqa: E741


def model(cell: Cell) -> bytes:
    """Two layers of the cell, from inputs (T, B, I) to answers and hidden (T, B, H)."""
    graph = Graph()
    zero_state(graph, cell, "inputs", H)
    first = layer(graph, cell, "inputs", parameters(cell, I, H, 0.7, 1), 1)
    second = layer(graph, cell, first, parameters(cell, H, H, 0.7, 2), 2)
    for name in ("answers", "hidden"):
        graph.add("Identity", second, to=name)
    float32, describe = onnx.TensorProto.FLOAT, onnx.helper.make_tensor_value_info
    given = [describe("inputs", float32, ["time", "batch", I])]
    found = [describe(name, float32, ["time", "batch", H]) for name in ("answers", "hidden")]
    made = graph.model("net", given, found, "")
    onnx.checker.check_model(made, full_check=True)
    data: bytes = made.SerializeToString()
    return data


@pytest.mark.parametrize("name", ODD)
def test_that_a_cell_of_any_kind_is_what_its_equations_say(name: str) -> None:
    cell, x = ODD[name], np.random.default_rng(1).normal(size=(T, B, I)).astype(np.float32)
    first = run(cell.step, x, parameters(cell, I, H, 0.7, 1))["hidden"]
    expected = run(cell.step, first, parameters(cell, H, H, 0.7, 2))["hidden"]
    data = model(cell)
    (theirs,) = session(data).run(["hidden"], {"inputs": x})
    np.testing.assert_allclose(theirs, expected, rtol=1e-5, atol=1e-5)
    np.testing.assert_allclose(in_openvino(data, x)[1], expected, rtol=1e-5, atol=1e-5)


@pytest.mark.parametrize("name", CELLS)
def test_that_every_cell_is_what_the_reference_says(name: str) -> None:
    cell, x = CELLS[name], np.random.default_rng(1).normal(size=(T, B, I)).astype(np.float32)
    expected = torch.from_numpy(x.astype(np.float64))
    for inputs, seed in ((I, 1), (H, 2)):
        own = parameters(cell, inputs, H, 0.7, seed)
        p = {parameter: torch.from_numpy(each) for parameter, each in own.items()}
        steps = unroll(cell, expected @ p["W_x"] + p["b"], p)
        expected = torch.stack([step["hidden"] for step in steps])
    data = model(cell)
    (theirs,) = session(data).run(["hidden"], {"inputs": x})
    np.testing.assert_allclose(theirs, expected.numpy(), rtol=1e-5, atol=1e-5)
    np.testing.assert_allclose(in_openvino(data, x)[1], expected.numpy(), rtol=1e-5, atol=1e-5)


@settings(max_examples=30, derandomize=True, deadline=None, database=None)
@given(cells())
def test_that_random_cells_are_what_their_equations_say(lines: list[tuple[str, Node]]) -> None:
    cell = cell_of("any", "\n".join(f"{name} = {written(node)}" for name, node in lines))
    x = np.random.default_rng(1).normal(size=(T, B, I)).astype(np.float32)
    (theirs,) = session(model(cell)).run(["hidden"], {"inputs": x})
    with np.errstate(all="ignore"):
        first = run(cell.step, x, parameters(cell, I, H, 0.7, 1))
        second = run(cell.step, first["hidden"], parameters(cell, H, H, 0.7, 2))
    every = np.stack([*first.values(), *second.values()])
    if np.isfinite(every).all() and np.abs(every).max() < 1e3:  # else float32 may lose it
        np.testing.assert_allclose(theirs, second["hidden"], rtol=1e-3, atol=1e-3)


def test_that_none_of_them_is_an_operator() -> None:
    assert not any(standard(cell.step) for cell in ODD.values())
