"""Stacked layers in torch: the flat vector's parts by name, and the pass over a sequence."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

import torch

from sandbox.engine.cells import layer_name, layer_parameters
from sandbox.engine.reference_cells import Hold, Tensors, unroll

if TYPE_CHECKING:
    from sandbox.engine.cells import Cell, Layout

Steps = list[Tensors]
Past = list[Tensors]  # every layer's states after a step, bottom first


@dataclass(frozen=True)
class Weights:
    """Views into theta: each layer's parameters, bottom first, and the readout."""

    layers: list[Tensors]
    W_o: torch.Tensor
    b_o: torch.Tensor

    def answers(self, hidden: torch.Tensor) -> torch.Tensor:
        """The readout of hidden states (…, H), as (…, O)."""
        return hidden @ self.W_o + self.b_o


def weights(cell: Cell, layout: Layout, layers: int, theta: torch.Tensor) -> Weights:
    """Views of theta (P,) by name, so that its gradient is one flat vector too."""
    shapes = layout.shapes
    parts = torch.split(theta, [math.prod(shape) for shape in shapes.values()])
    views = {name: part.view(shapes[name]) for name, part in zip(shapes, parts, strict=True)}
    names = layer_parameters(cell)
    stacked: list[Tensors] = [
        {name: views[layer_name(name, layer)] for name in names} for layer in range(layers)
    ]
    return Weights(stacked, views["W_o"], views["b_o"])


def top_hidden(cell: Cell, inputs: torch.Tensor, net: Weights) -> list[torch.Tensor]:
    """The top layer's hidden state at every step, T of (B, H); nothing else is kept.

    inputs: tokens (T, B), or channels (T, B, I).
    """
    below: torch.Tensor | list[torch.Tensor] = inputs
    for own in net.layers:
        below = [step["hidden"] for step in unroll(cell, _projected(below, own), own, free)]
    assert isinstance(below, list)
    return below


def every_step(
    cell: Cell, inputs: torch.Tensor, net: Weights, hold: Hold, past: Past | None = None
) -> list[Steps]:
    """Gates and states, each (B, H), of every layer, bottom first, at each of T steps.

    past: the initial states; None for zero.
    """
    below: torch.Tensor | list[torch.Tensor] = inputs
    layers: list[Steps] = []
    for number, own in enumerate(net.layers):
        begun = None if past is None else past[number]
        layers.append(list(unroll(cell, _projected(below, own), own, hold, begun)))
        below = [step["hidden"] for step in layers[-1]]
    return layers


def free(gate: str, value: torch.Tensor) -> torch.Tensor:
    """Hold no gate: a gate's value, unchanged."""
    return value


def _projected(below: torch.Tensor | list[torch.Tensor], own: Tensors) -> torch.Tensor:
    """x_t W_x + b of all steps at once, (T, B, G·H); a token picks a row of W_x."""
    x = torch.stack(below) if isinstance(below, list) else below
    if x.dtype.is_floating_point:
        return x @ own["W_x"] + own["b"]
    return torch.nn.functional.embedding(x, own["W_x"] + own["b"])
