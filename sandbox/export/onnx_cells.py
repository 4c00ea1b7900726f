"""An ONNX graph, and every cell's layer in it, time first: (T, B, I) to hidden states (T, B, H).

Runtimes disagree about an operator's options: OpenVINO ignores peepholes and `input_forget`,
tract ignores `clip` and reverses wrongly, some refuse `sequence_lens` and `layout`.  So a layer is
an ONNX operator only if it needs none of these; every other cell is a Scan over the steps.  The
initial states are always given, since tract needs them.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from sandbox.export.onnx_steps import STEPS
from sandbox.export.optional import needed

if TYPE_CHECKING:
    from sandbox.cells.cell import Cell

OPSET, IR = 17, 8  # old enough for runtimes on phones and in browsers
Parameters = Mapping[str, NDArray[np.float32]]
SHORT = {"hidden": "h", "cell": "c"}  # the states' names in the equations


class Graph:
    """Nodes in topological order; RunError if the onnx package is missing."""

    def __init__(self) -> None:
        self.onnx = needed("onnx", "An ONNX model")
        self._parser = needed("onnx.parser", "An ONNX model")
        self._nodes: list[Any] = []
        self._weights: list[Any] = []

    def weight(self, name: str, values: NDArray[Any]) -> str:
        """Add a constant, floats as float32; return its name."""
        floats = values.dtype.kind == "f"
        array = np.ascontiguousarray(values, np.float32 if floats else values.dtype)
        self._weights.append(self.onnx.numpy_helper.from_array(array, name))
        return name

    def add(self, operator: str, *inputs: str, to: str, **attributes: Any) -> str:
        """Add a node whose first output is called `to`; return that name."""
        self.add_many(operator, inputs, (to,), **attributes)
        return to

    def add_many(
        self, operator: str, inputs: tuple[str, ...], outputs: tuple[str, ...], **attributes: Any
    ) -> None:
        """Add a node with several outputs, named after the last one."""
        node = self.onnx.helper.make_node(
            operator, list(inputs), list(outputs), name=outputs[-1], **attributes
        )
        self._nodes.append(node)

    def body(self, text: str) -> Any:
        """Parse a graph in ONNX's text notation, one node per line."""
        return self._parser.parse_graph(text)

    def model(self, name: str, inputs: list[Any], outputs: list[Any], words: str) -> Any:
        """The model of everything added so far.  words: a description."""
        helper = self.onnx.helper
        graph = helper.make_graph(self._nodes, name, inputs, outputs, self._weights)
        return helper.make_model(
            graph,
            opset_imports=[helper.make_opsetid("", OPSET)],
            ir_version=IR,
            producer_name="Sequence Sandbox",
            doc_string=words,
        )


@dataclass(frozen=True)
class Operator:
    """An ONNX operator.  gates: in ONNX's order.  settings: attributes.  states: how many."""

    name: str
    gates: tuple[str, ...]
    settings: Mapping[str, Any] = field(default_factory=dict)
    states: int = 1


OPERATORS: Mapping[str, Operator] = {
    "rnn": Operator("RNN", ("hidden",), {"activations": ["Tanh"]}),
    "rnn_relu": Operator("RNN", ("hidden",), {"activations": ["Relu"]}),
    "gru": Operator("GRU", ("update", "reset", "candidate"), {"linear_before_reset": 1}),
    "lstm": Operator("LSTM", ("input", "output", "forget", "candidate"), states=2),
}


def layer(graph: Graph, cell: Cell, below: str, own: Parameters, number: int) -> str:
    """Add one layer that reads `below`; return the name of its hidden states.

    own: the layer's parameters by name, as `cells.cell.Layout` has them.  number: 1 is the bottom.
    """
    if cell.name in OPERATORS:
        return _operator(graph, cell, below, own, number)
    return _scan(graph, cell, below, own, number)


def zero_state(graph: Graph, cell: Cell, steps: str, hidden: int) -> None:
    """Add "zero_state": (1, B, H) for an operator, (B, H) for a Scan; `steps` is (T, B, I)."""
    batch = graph.add("Shape", steps, to="batch_size", start=1, end=2)
    units = graph.weight("units", np.array([hidden], np.int64))
    first = [graph.weight("directions", np.array([1], np.int64))] if cell.name in OPERATORS else []
    shape = graph.add("Concat", *first, batch, units, to="state_shape", axis=0)
    graph.add("ConstantOfShape", shape, to="zero_state")


def _operator(graph: Graph, cell: Cell, below: str, own: Parameters, number: int) -> str:
    """W (1, G·H, I), R (1, G·H, H) and B (1, 2·G·H), to (T, 1, B, H)."""
    operator = OPERATORS[cell.name]
    inputs = [
        below,
        graph.weight(f"W_{number}", _in_order(own["W_x"], cell, operator).T[None]),
        graph.weight(f"R_{number}", _in_order(own["W_h"], cell, operator).T[None]),
        graph.weight(f"B_{number}", _biases(own, cell, operator)[None]),
        "",  # sequence_lens: all sequences are as long as the input
        *["zero_state"] * operator.states,
    ]
    settings = {"hidden_size": len(own["W_h"]), **operator.settings}
    directions = graph.add(operator.name, *inputs, to=f"layer{number}_directions", **settings)
    axis = graph.weight(f"direction_axis_{number}", np.array([1], np.int64))
    return graph.add("Squeeze", directions, axis, to=f"layer{number}")


def _in_order(
    parameter: NDArray[np.float32], cell: Cell, operator: Operator
) -> NDArray[np.float32]:
    """A parameter (…, G·H) with the gates' columns in the operator's order."""
    blocks = np.split(parameter, len(cell.gates), axis=-1)
    by_gate = dict(zip(cell.gates, blocks, strict=True))
    return np.concatenate([by_gate[gate] for gate in operator.gates], axis=-1)


def _biases(own: Parameters, cell: Cell, operator: Operator) -> NDArray[np.float32]:
    """Input biases, then recurrent ones (2·G·H,): only a GRU's candidate, the last, has one."""
    recurrent = np.zeros_like(own["b"])
    if "b_h" in own:
        recurrent[-len(own["b_h"]) :] = own["b_h"]
    return np.concatenate([_in_order(own["b"], cell, operator), recurrent])


def _scan(graph: Graph, cell: Cell, below: str, own: Parameters, number: int) -> str:
    """x_t W_x + b for all steps at once, then one step after another from zero states."""
    W_x, b = (graph.weight(f"{name}_{number}", own[name]) for name in ("W_x", "b"))
    product = graph.add("MatMul", below, W_x, to=f"layer{number}_product")
    projected = graph.add("Add", product, b, to=f"layer{number}_projected")
    equations = STEPS[cell.name]
    for name in own.keys() - {"W_x", "b"}:  # the body reads them from the graph around it
        weight = graph.weight(f"{name}_{number}", own[name])
        equations = re.sub(rf"\b{name}\b", weight, equations)
    states = [SHORT[state] for state in cell.states]
    inputs = (*["zero_state"] * len(states), projected)
    outputs = (*(f"layer{number}_last_{state}" for state in states), f"layer{number}")
    body = graph.body(_step(cell, states, len(own["b"]), equations))
    graph.add_many("Scan", inputs, outputs, body=body, num_scan_inputs=1)
    return outputs[-1]


def _step(cell: Cell, states: list[str], columns: int, equations: str) -> str:
    """A Scan's body, from the previous states and x (B, G·H) to the next states and output."""
    units = f"float[batch, {columns // len(cell.gates)}]"
    past = "".join(f"{units} {state}_past, " for state in states)
    after = "".join(f"{units} {state}, " for state in states)
    return (
        f"{cell.name}_step ({past}float[batch, {columns}] x) => ({after}{units} shown) "
        f"{{{equations}    shown = Identity (h)\n}}"
    )
