"""The graph of a cell: evaluated wire by wire it gives what the equations say."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np
import pytest

from sandbox.cells.known import CELLS
from sandbox.cells.wiring import wiring

if TYPE_CHECKING:
    from sandbox.cells.nodes import Node

FUNCTIONS = {
    "sigmoid": lambda x: 1 / (1 + math.exp(-x)),
    "tanh": math.tanh,
    "relu": lambda x: max(x, 0.0),
    "exp": math.exp,
    "logsigmoid": lambda x: -math.log1p(math.exp(-x)),
    "softplus": lambda x: math.log1p(math.exp(x)),
    "neg": lambda x: -x,
    "+": lambda a, b: a + b,
    "-": lambda a, b: a - b,
    "*": lambda a, b: a * b,
    "/": lambda a, b: a / b,
    "max": max,
    "min": min,
}


def one_unit(node: Node, given: list[float], weight: dict[str, float]) -> float:
    """A node's value in a net of one unit, from what its wires bring."""
    if node.kind == "number":
        return node.number
    if node.kind in ("before", "parameter", "input"):
        return weight[f"{node.kind} {node.name}"]
    if node.kind == "affine":
        products = zip(given, ("W_x", "W_h") if node.inputs else ("W_h",), strict=False)
        total = sum(value * weight[f"{name} {node.name}"] for value, name in products)
        return total + (weight[f"b {node.name}"] if node.inputs else 0.0)
    return FUNCTIONS[node.kind](*given)


def by_equations(cell: str, weight: dict[str, float]) -> dict[str, float]:
    lines: dict[str, float] = {}

    def value(node: Node) -> float:
        if node.kind == "line":
            return lines[node.name]
        parts = [value(part) for part in node.parts]
        if node.kind == "affine" and node.inputs:
            parts = [weight["input "], *parts]
        return one_unit(node, parts, weight)

    for name, node in CELLS[cell].step.lines:
        lines[name] = value(node)
    return lines


class Drawn(dict[str, float]):
    def __init__(self) -> None:
        self._rng = np.random.default_rng(0)

    def __missing__(self, name: str) -> float:
        self[name] = float(self._rng.uniform(-1, 1))
        return self[name]


@pytest.mark.parametrize("cell", list(CELLS))
def test_that_wires_bring_what_the_equations_say(cell: str) -> None:
    graph, weight = wiring(CELLS[cell]), Drawn()
    values: list[float] = []
    for place, node in enumerate(graph.operations):
        ending = sorted((w.argument, w.start) for w in graph.wires if w.end == place)
        assert [argument for argument, _ in ending] == list(range(len(ending)))
        assert all(start < place for _, start in ending)
        values.append(one_unit(node, [values[start] for _, start in ending], weight))
    expected = by_equations(cell, weight)
    assert {name: values[place] for name, place in graph.lines.items()} == expected
    assert len(set(graph.operations)) == len(graph.operations)
    states = CELLS[cell].step.states
    assert graph.memory == tuple((state, graph.lines[state]) for state in states)


def said(cell: str) -> set[tuple[str, str, bool]]:
    graph = wiring(CELLS[cell])
    names = {place: name for name, place in graph.lines.items()}
    return {
        (
            gating.gate,
            names.get(gating.lets_by)
            or graph.operations[gating.lets_by].name
            or graph.operations[gating.lets_by].kind,
            gating.rest,
        )
        for gating in graph.gatings
    }


def test_that_gates_act_where_they_are_taught_to() -> None:
    assert said("lstm") == {
        ("forget", "cell", False),
        ("input", "candidate", False),
        ("output", "tanh", False),
    }
    assert said("lstm_coupled") >= {("forget", "cell", False), ("input", "candidate", False)}
    assert said("gru") >= {("update", "hidden", False), ("update", "candidate", True)}
    assert ("reset", "hidden", False) in said("gru_reset_before")
    assert said("rnn") == set()
