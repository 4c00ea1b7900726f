"""Every cell's layer in an ONNX graph, time first: (T, B, I) to hidden states (T, B, H).

Runtimes disagree about an operator's options: OpenVINO ignores peepholes and `input_forget`,
tract ignores `clip` and reverses wrongly, some refuse `sequence_lens` and `layout`.  So a layer is
an ONNX operator only if it needs none of these; every other cell is a Scan over the steps.  The
initial states are always given, since tract needs them.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from sandbox.export.onnx_graph import Graph
from sandbox.export.onnx_steps import step
from sandbox.export.standard_cells import standard

if TYPE_CHECKING:
    from sandbox.cells.cell import Cell
    from sandbox.export.standard_cells import Standard

Parameters = Mapping[str, NDArray[np.float32]]


def layer(graph: Graph, cell: Cell, below: str, own: Parameters, number: int) -> str:
    """Add one layer that reads `below`; return the name of its hidden states.

    own: the layer's parameters by name, as `cells.cell.Layout` has them.  number: 1 is the bottom.
    """
    known = standard(cell.step)
    if known:
        return _operator(graph, cell, known, below, own, number)
    return _scan(graph, cell, below, own, number)


def zero_state(graph: Graph, cell: Cell, steps: str, hidden: int) -> None:
    """Add "zero_state": (1, B, H) for an operator, (B, H) for a Scan; `steps` is (T, B, I)."""
    batch = graph.add("Shape", steps, to="batch_size", start=1, end=2)
    units = graph.weight("units", np.array([hidden], np.int64))
    one = np.array([1], np.int64)
    first = [graph.weight("directions", one)] if standard(cell.step) else []
    shape = graph.add("Concat", *first, batch, units, to="state_shape", axis=0)
    graph.add("ConstantOfShape", shape, to="zero_state")


def _operator(
    graph: Graph, cell: Cell, known: Standard, below: str, own: Parameters, number: int
) -> str:
    """W (1, G·H, I), R (1, G·H, H) and B (1, 2·G·H), to (T, 1, B, H)."""
    inputs = [
        below,
        graph.weight(f"W_{number}", _columns(own["W_x"], cell, known.gates).T[None]),
        graph.weight(f"R_{number}", _columns(own["W_h"], cell, known.gates).T[None]),
        graph.weight(f"B_{number}", _biases(own, cell, known)[None]),
        "",  # sequence_lens: all sequences are as long as the input
        *["zero_state"] * len(cell.states),
    ]
    settings = {"hidden_size": len(own["W_h"]), **known.settings}
    directions = graph.add(known.operator, *inputs, to=f"layer{number}_directions", **settings)
    axis = graph.weight(f"direction_axis_{number}", np.array([1], np.int64))
    return graph.add("Squeeze", directions, axis, to=f"layer{number}")


def _columns(
    parameter: NDArray[np.float32], cell: Cell, gates: Sequence[str]
) -> NDArray[np.float32]:
    """The columns of these gates, in this order, of a parameter (…, G·H)."""
    blocks = np.split(parameter, len(cell.gates), axis=-1)
    by_gate = dict(zip(cell.gates, blocks, strict=True))
    return np.concatenate([by_gate[gate] for gate in gates], axis=-1)


def _biases(own: Parameters, cell: Cell, known: Standard) -> NDArray[np.float32]:
    """Input biases, then recurrent ones (2·G·H,): only a GRU's candidate, the last, has one."""
    recurrent = np.zeros_like(own["b"])
    if "b_h" in own:
        recurrent[-len(own["b_h"]) :] = own["b_h"]
    return np.concatenate([_columns(own["b"], cell, known.gates), recurrent])


def _scan(graph: Graph, cell: Cell, below: str, own: Parameters, number: int) -> str:
    """x_t W_x + b for all steps at once, then one step after another from zero states."""
    W_x, b = (graph.weight(f"{name}_{number}", own[name]) for name in ("W_x", "b"))
    product = graph.add("MatMul", below, W_x, to=f"layer{number}_product")
    projected = graph.add("Add", product, b, to=f"layer{number}_projected")
    body = step(Graph(), cell, _weights(graph, cell, own, number), len(own["b"]) // len(cell.gates))
    inputs = (*["zero_state"] * len(cell.states), projected)
    outputs = (*(f"layer{number}_last_{state}_state" for state in cell.states), f"layer{number}")
    graph.add_many("Scan", inputs, outputs, body=body, num_scan_inputs=1)
    return outputs[-1]


def _weights(graph: Graph, cell: Cell, own: Parameters, number: int) -> dict[str, str]:
    """What a step reads from the graph around it: see `onnx_steps.step`."""
    found = {name: graph.weight(f"{name}_{number}", own[name]) for name in cell.extras}
    for fed in dict.fromkeys(fed for _, fed in cell.step.fed if fed):
        gates = [gate for gate, other in cell.step.fed if other == fed]
        name = f"W_h_{fed.removesuffix('[t-1]')}_{number}"
        found[fed] = graph.weight(name, _columns(own["W_h"], cell, gates))
    return found
