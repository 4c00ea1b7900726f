"""Equations computed node by node in float64, as slowly and plainly as possible."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from sandbox.cells.cell import layer_parameters

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from sandbox.cells.cell import Cell
    from sandbox.cells.equations import Equations, Node

    Arrays = dict[str, np.ndarray]


def _softplus(x: np.ndarray) -> np.ndarray:
    return np.logaddexp(0, x)


FUNCTIONS: Mapping[str, Callable[..., np.ndarray]] = {
    "sigmoid": lambda x: np.exp(-_softplus(-x)),
    "tanh": np.tanh,
    "relu": lambda x: np.maximum(x, 0),
    "exp": np.exp,
    "logsigmoid": lambda x: -_softplus(-x),
    "softplus": _softplus,
    "max": np.maximum,
    "min": np.minimum,
    "+": np.add,
    "-": np.subtract,
    "*": np.multiply,
    "/": np.divide,
    "neg": np.negative,
}


def step(
    equations: Equations, x: np.ndarray, past: Arrays, p: Arrays, held: Mapping[str, float]
) -> Arrays:
    """Every line's value (B, H), from x (B, I) and the states (B, H) of the step before."""
    hidden = p["b"].size // len(equations.gates)
    lines: Arrays = {}

    def columns(parameter: str, gate: str) -> np.ndarray:
        place = equations.gates.index(gate)
        return p[parameter][..., place * hidden : (place + 1) * hidden]

    def value(node: Node) -> np.ndarray:
        if node.kind == "number":
            return np.float64(node.number)
        if node.kind in ("line", "before", "parameter"):
            return {"line": lines, "before": past, "parameter": p}[node.kind][node.name]
        parts = [value(part) for part in node.parts]
        if node.kind != "affine":
            return FUNCTIONS[node.kind](*parts)
        whole = sum((each @ columns("W_h", node.name) for each in parts), np.float64(0))
        if node.inputs:
            whole = whole + x @ columns("W_x", node.name) + columns("b", node.name)
        return whole

    for name, node in equations.lines:
        given = held[name] if name in held else value(node)
        lines[name] = np.broadcast_to(given, (len(x), hidden))
    return lines


def run(
    equations: Equations, x: np.ndarray, p: Arrays, held: Mapping[str, float] | None = None
) -> Arrays:
    """Every line's values (T, B, H) over x (T, B, I), from states of zero."""
    hidden = p["b"].size // len(equations.gates)
    past = {name: np.zeros((x.shape[1], hidden)) for name in equations.states}
    steps = []
    for x_t in x:
        lines = step(equations, x_t, past, p, held or {})
        past = {name: lines[name] for name in equations.states}
        steps.append(lines)
    return {name: np.stack([each[name] for each in steps]) for name in steps[0]}


def parameters(cell: Cell, inputs: int, hidden: int, size: float, seed: int = 0) -> Arrays:
    """A layer's parameters by name, uniform in ±size."""
    rng, columns = np.random.default_rng(seed), len(cell.gates) * hidden
    shapes = {"W_x": (inputs, columns), "W_h": (hidden, columns), "b": (columns,)}
    return {
        name: rng.uniform(-size, size, shapes.get(name, (hidden,)))
        for name in layer_parameters(cell)
    }
