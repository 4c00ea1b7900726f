"""Cells that nobody would build, and a plain interpreter of any cell's equations."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from sandbox.cells.cell import layer_parameters, layout
from sandbox.cells.cell_file import cell_of

if TYPE_CHECKING:
    from collections.abc import Mapping

    from sandbox.cells.cell import Cell
    from sandbox.cells.nodes import Node

Arrays = dict[str, np.ndarray]
LONG = "a_name_of_just_24_letter"
TEXTS = {
    "names_that_code_has": """
        x_l = tanh(past[t-1] - nn[t-1])
        past = sigmoid(x W + hidden[t-1] W + b)
        p = past - torch[t-1] * inputs
        l = x W + x_l W + b
        torch = tanh(p + zero_state)
        part_1 = sigmoid(units - l)
        nn = part_1 * torch
        layer1 = 0.5 * (nn - p)
        hidden = layer1 - max(torch, nn) + h_past
    """,
    "numbers_alone": """
        rate = sigmoid(2 - 1) * min(0.5, 3)     # a pace
        third = 1 / 3
        ninth = third * third
        lower = -third
        scale = exp(-scale_of)                  # for each unit; "…" and \\ and \"\"\" are no code
        cell = scale * 2
        fixed = 0.125
        first = x W + fixed W + b
        own = max(rate * tanh(x W + b), lower) - first
        hidden = own * (1 - ninth) - min(0.25, cell[t-1]) / sigmoid(third) - tanh(lower)
    """,
    "parentheses": """
        one = x W + b
        two = tanh(x W + b - (one + (hidden[t-1] W + one)))
        three = one - (two - (three[t-1] - 1)) * -(two * -0.5) / (2 * (1.5 + two * two))
        four = -(-three) - -1e-12 - (three / 7) / (two * 0.3 + 3) + softplus(one) * logsigmoid(two)
        hidden = relu(tanh(four)) - tanh(min(three, -(one - 2)))
    """,
    "some_gates_are_fed": """
        open = sigmoid(x W + b)
        shut = sigmoid(x W + hidden[t-1] W + b)
        seen = shut * hidden[t-1]
        also = open - seen
        first = tanh(x W + seen W + b)
        second = tanh(x W + also W + b)
        third = tanh(x W + seen W + b + second)
        hidden = open * hidden[t-1] + first - second * third
    """,
    "many_gates": "".join(
        f"gate_number_{n}_of_the_set = sigmoid(x W + hidden[t-1] W + b)\n" for n in range(8)
    )
    + "hidden = "
    + " + ".join(f"gate_number_{n}_of_the_set" for n in range(8))
    + " - 4",
}
TEXTS["long_lines"] = f"""
    {LONG} = sigmoid(x W + {LONG[:-1]}s[t-1] * {LONG[:-1]}s[t-1] + b)
    {LONG[:-1]}s = tanh({LONG} * (1 - weight_of_that_very_line) + {LONG[:-1]}s[t-1] / (3 + {LONG}))
    {LONG[:-1]}t = max({LONG[:-1]}s[t-1], {LONG[:-1]}s) # {"it means very much, " * 9}
    hidden = tanh({LONG[:-1]}t - tanh({LONG[:-1]}s - sigmoid({LONG[:-1]}s * {LONG[:-1]}t) * {LONG}))
"""
ODD = {name: cell_of(name, text) for name, text in TEXTS.items()}


def weights(cell: Cell, inputs: int, hidden: int, seed: int = 0) -> Arrays:
    """A layer's parameters at random, float32."""
    rng, shapes = np.random.default_rng(seed), layout(cell, inputs, hidden, 1).shapes
    return {
        name: rng.uniform(-0.7, 0.7, shapes[name]).astype(np.float32)
        for name in layer_parameters(cell)
    }


def interpreted(cell: Cell, p: Mapping[str, np.ndarray], x: np.ndarray) -> Arrays:
    """Every line (T, B, H) over x (T, B, I), node by node in float64 from states of zero."""
    hidden = p["b"].size // len(cell.gates)
    past: Arrays = {name: np.zeros((x.shape[1], hidden)) for name, _ in cell.step.lines}
    wide = {name: np.float64(each) for name, each in p.items()}
    steps = []
    for x_t in x:
        now: Arrays = {}
        for name, node in cell.step.lines:
            now[name] = _value(node, cell, wide, x_t, now, past)
        steps.append(now)
        past = now
    return {name: np.stack([step[name] for step in steps]) for name in past}


def _value(
    node: Node, cell: Cell, p: Arrays, x_t: np.ndarray, now: Arrays, past: Arrays
) -> np.ndarray:
    parts = [_value(part, cell, p, x_t, now, past) for part in node.parts]
    match node.kind:
        case "number":
            return np.full_like(past["hidden"], node.number)
        case "line":
            return now[node.name]
        case "before":
            return past[node.name]
        case "parameter":
            return np.broadcast_to(p[node.name], past["hidden"].shape)
        case "affine":
            H, n = past["hidden"].shape[1], cell.gates.index(node.name)
            columns = slice(n * H, (n + 1) * H)
            sums = [each @ p["W_h"][:, columns] for each in parts]
            if node.inputs:
                sums.append(x_t @ p["W_x"][:, columns] + p["b"][columns])
            return np.asarray(sum(sums))
    return np.asarray(MEANT[node.kind](*parts))


MEANT = {
    "+": np.add,
    "-": np.subtract,
    "*": np.multiply,
    "/": np.divide,
    "neg": np.negative,
    "max": np.maximum,
    "min": np.minimum,
    "exp": np.exp,
    "tanh": np.tanh,
    "relu": lambda a: np.maximum(a, 0),
    "sigmoid": lambda a: 1 / (1 + np.exp(-a)),
    "logsigmoid": lambda a: -np.log1p(np.exp(-a)),
    "softplus": lambda a: np.log1p(np.exp(a)),
}
