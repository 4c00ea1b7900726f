"""Cells that torch.nn and ONNX have as they are; any other is written out from its equations."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cache
from typing import TYPE_CHECKING, Any

from sandbox.cells.equations import read

if TYPE_CHECKING:
    from collections.abc import Mapping

    from sandbox.cells.nodes import Equations, Node


@dataclass(frozen=True)
class Standard:
    """A cell's names in torch.nn and in ONNX.

    module: code that makes the module with (inputs, hidden, layers), or "" if torch.nn has none.
    operator: ONNX's name.  gates: in ONNX's order.  settings: the operator's attributes.
    """

    text: str
    operator: str
    gates: tuple[str, ...] = ("hidden",)
    settings: Mapping[str, Any] = field(default_factory=dict)
    module: str = ""


_GRU_GATES = """
reset = sigmoid(x W + hidden[t-1] W + b)
update = sigmoid(x W + hidden[t-1] W + b)
"""
_GRU_STATE = "hidden = (1 - update) * candidate + update * hidden[t-1]"
STANDARDS = (
    Standard(
        "hidden = tanh(x W + hidden[t-1] W + b)",
        "RNN",
        settings={"activations": ["Tanh"]},
        module="nn.RNN",
    ),
    Standard(
        "hidden = relu(x W + hidden[t-1] W + b)",
        "RNN",
        settings={"activations": ["Relu"]},
        module='partial(nn.RNN, nonlinearity="relu")',
    ),
    Standard(
        """
        input = sigmoid(x W + hidden[t-1] W + b)
        forget = sigmoid(x W + hidden[t-1] W + b)
        candidate = tanh(x W + hidden[t-1] W + b)
        output = sigmoid(x W + hidden[t-1] W + b)
        cell = forget * cell[t-1] + input * candidate
        hidden = output * tanh(cell)
        """,
        "LSTM",
        gates=("input", "output", "forget", "candidate"),
        module="nn.LSTM",
    ),
    Standard(
        f"{_GRU_GATES}candidate = tanh(x W + b + reset * (hidden[t-1] W + b_h))\n{_GRU_STATE}",
        "GRU",
        gates=("update", "reset", "candidate"),
        settings={"linear_before_reset": 1},
        module="nn.GRU",
    ),
    Standard(
        f"{_GRU_GATES}seen = reset * hidden[t-1]\ncandidate = tanh(x W + seen W + b)\n{_GRU_STATE}",
        "GRU",
        gates=("update", "reset", "candidate"),
        settings={"linear_before_reset": 0},
    ),
)


def standard(equations: Equations) -> Standard | None:
    """The standard cell that these equations are, if they are one: line by line the same."""
    return _by_lines().get(equations.lines)


def torch_module(equations: Equations) -> str:
    """Code for the module of torch.nn that a cell is; "" if it is none."""
    known = standard(equations)
    return known.module if known else ""


@cache
def _by_lines() -> dict[tuple[tuple[str, Node], ...], Standard]:
    return {read(each.text).lines: each for each in STANDARDS}
