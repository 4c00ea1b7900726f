"""A step of a cell that a person wrote, in torch: its nodes, one after another.

Cells of the sandbox have steps written by hand (`reference_cells`), which these are compared with.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import cache
from typing import TYPE_CHECKING

import torch
from torch.nn import functional

if TYPE_CHECKING:
    from sandbox.cells.cell import Cell
    from sandbox.cells.equations import Node

Tensors = Mapping[str, torch.Tensor]
Hold = Callable[[str, torch.Tensor], torch.Tensor]
HoldAt = Callable[[int], Hold]  # by step
Step = Callable[[torch.Tensor, Tensors, Tensors, Hold], Tensors]

_FUNCTIONS: Mapping[str, Callable[..., torch.Tensor]] = {
    "sigmoid": torch.sigmoid,
    "tanh": torch.tanh,
    "relu": torch.relu,
    "exp": torch.exp,
    "logsigmoid": functional.logsigmoid,
    "softplus": lambda x: -functional.logsigmoid(-x),
    "max": torch.maximum,
    "min": torch.minimum,
    "+": torch.add,
    "-": torch.sub,
    "*": torch.mul,
    "/": torch.div,
    "neg": torch.neg,
}


@cache
def step_of(cell: Cell) -> Step:
    """The cell's step, which takes and returns what those of `reference_cells` do."""

    def step(x: torch.Tensor, past: Tensors, p: Tensors, hold: Hold) -> Tensors:
        return _Values(cell, x, past, p).lines(hold)

    return step


def _watched(state: torch.Tensor) -> torch.Tensor:
    """A state whose gradient can be asked for, even where no weight goes into it."""
    return state if state.requires_grad else state.clone().requires_grad_()


class _Values:
    """What nodes are at one step."""

    def __init__(self, cell: Cell, x: torch.Tensor, past: Tensors, p: Tensors) -> None:
        gates = cell.gates
        self._equations, self._past, self._parameters = cell.step, past, p
        self._like = x[:, : x.shape[1] // len(gates)]
        self._x = dict(zip(gates, x.chunk(len(gates), 1), strict=True))
        weights = p["W_h"].chunk(len(gates), 1) if cell.recurrent else ()
        self._W_h = dict(zip(gates, weights, strict=False))
        self._lines: dict[str, torch.Tensor] = {}

    def lines(self, hold: Hold) -> Tensors:
        """Every line (B, H) by name, as `hold` has it."""
        for name, node in self._equations.lines:
            value = self._of(node).expand_as(self._like)
            value = hold(name, value)
            watched = self._like.requires_grad and name in self._equations.states
            self._lines[name] = _watched(value) if watched else value
        return self._lines

    def _of(self, node: Node) -> torch.Tensor:
        if node.kind == "number":
            return self._like.new_tensor(node.number)
        if node.kind in ("line", "before", "parameter"):
            named = {"line": self._lines, "before": self._past, "parameter": self._parameters}
            return named[node.kind][node.name]
        parts = [self._of(part) for part in node.parts]
        if node.kind != "affine":
            return _FUNCTIONS[node.kind](*parts)
        terms = [part @ self._W_h[node.name] for part in parts]
        return sum(terms, self._x[node.name]) if node.inputs else terms[0]
