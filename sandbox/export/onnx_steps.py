"""One step of a cell as the body of an ONNX Scan, node by node from its equations.

It takes the states of the step before and the step's x_t W_x + b (B, G·H), and gives the states
and what the cell shows.  Values end in what they are, so that no two are called alike: cell_past,
cell_now, the columns forget_x and forget_h of a gate, the parts cell_part1, ….
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from sandbox.cells.cell import Cell
    from sandbox.cells.nodes import Equations, Node
    from sandbox.export.onnx_graph import Graph

OPERATORS: Mapping[str, str] = {
    "+": "Add",
    "-": "Sub",
    "*": "Mul",
    "/": "Div",
    "neg": "Neg",
    "max": "Max",
    "min": "Min",
    "exp": "Exp",
    "relu": "Relu",
    "sigmoid": "Sigmoid",
    "softplus": "Softplus",
    "tanh": "Tanh",
}


def step(graph: Graph, cell: Cell, weights: Mapping[str, str], units: int) -> Any:
    """The body, added to an empty graph; units: H.

    weights: what the graph around it calls the parameters, and the columns of W_h of the gates that
    are fed by the same, by what that is: "hidden[t-1]", or a line.
    """
    return _Step(graph, cell.step, weights).body(f"{cell.name}_step", units)


class _Step:
    def __init__(self, graph: Graph, equations: Equations, weights: Mapping[str, str]) -> None:
        self._graph, self._equations, self._weights = graph, equations, weights
        self._fed: set[str] = set()  # what its product with W_h is there of
        self._line, self._parts = "", 0

    def body(self, name: str, units: int) -> Any:
        """All nodes; `units`: H."""
        gates, states = self._equations.gates, self._equations.states
        projected = _together(gates, "x", "x")
        self._split(projected, gates, "x")
        for line, node in self._equations.lines:
            self._add_line(line, node)
        self._graph.add("Identity", "hidden_now", to="shown")
        past, now = ([f"{state}_{when}" for state in states] for when in ("past", "now"))
        given = dict.fromkeys(past, units) | {projected: len(gates) * units}
        return self._graph.body(name, given, dict.fromkeys([*now, "shown"], units))

    def _split(self, whole: str, gates: Sequence[str], kind: str) -> None:
        """Divide columns among gates; one gate has them all."""
        if len(gates) > 1:
            columns = tuple(f"{gate}_{kind}" for gate in gates)
            self._graph.add_many("Split", (whole,), columns, axis=1)

    def _add_line(self, line: str, node: Node) -> None:
        self._line, self._parts, to = line, 0, f"{line}_now"
        constant = not any(each.kind in ("affine", "line", "before") for each in node.walk())
        value = self._value(node, "" if constant else to)
        if constant:  # (H,) or a single number
            shape = self._graph.add("Shape", "hidden_past", to=self._part())
            self._graph.add("Expand", value, shape, to=to)
        elif value != to:
            self._graph.add("Identity", value, to=to)

    def _part(self) -> str:
        self._parts += 1
        return f"{self._line}_part{self._parts}"

    def _value(self, node: Node, to: str = "") -> str:
        """The name of a node's value, which is `to` if it is computed here."""
        if node.kind in ("line", "before"):
            return f"{node.name}_{'now' if node.kind == 'line' else 'past'}"
        if node.kind == "parameter":
            return self._weights[node.name]
        if node.kind == "number":
            return self._graph.add("Constant", to=to or self._part(), value_float=node.number)
        if node.kind == "affine":
            return self._sum(node, to)
        parts = [self._value(part) for part in node.parts]
        if node.kind == "logsigmoid":  # -ln(1 + exp(-x))
            minus = self._graph.add("Neg", *parts, to=self._part())
            parts = [self._graph.add("Softplus", minus, to=self._part())]
        operator = OPERATORS["neg" if node.kind == "logsigmoid" else node.kind]
        return self._graph.add(operator, *parts, to=to or self._part())

    def _sum(self, node: Node, to: str) -> str:
        """A gate's x W + b, its v W, or both."""
        inputs, recurrent = f"{node.name}_x", f"{node.name}_h"
        if not node.parts:
            return inputs
        self._multiply(dict(self._equations.fed)[node.name], self._value(node.parts[0]))
        if not node.inputs:
            return recurrent
        return self._graph.add("Add", inputs, recurrent, to=to or self._part())

    def _multiply(self, fed: str, value: str) -> None:
        """Add v W of all gates that are fed by the same, once."""
        if fed in self._fed:
            return
        self._fed.add(fed)
        gates = [gate for gate, other in self._equations.fed if other == fed]
        whole = _together(gates, "h", f"{value}_sums")
        self._graph.add("MatMul", value, self._weights[fed], to=whole)
        self._split(whole, gates, "h")


def _together(gates: Sequence[str], kind: str, name: str) -> str:
    """What the columns of all these gates are called."""
    return name if len(gates) > 1 else f"{gates[0]}_{kind}"
