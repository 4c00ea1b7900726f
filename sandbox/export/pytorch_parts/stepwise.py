"""Cells that torch.nn does not have"""

from __future__ import annotations

from typing import TYPE_CHECKING

import torch
from torch import Tensor, nn

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sandbox.engine.reference_cells import Tensors


class StepByStep(nn.Module):
    """Stacked layers of a cell, one step of the sequence after another.

    A subclass has the equations, `step`: seen (B, gates·H) is the step's input as the weights
    see it, x_t W_x + b; past holds the states (B, H) of the step before, and p the layer's
    parameters by name.  It returns gates and states by name, each (B, H).
    """

    gates: tuple[str, ...]
    states: tuple[str, ...] = ("hidden",)
    extras: tuple[str, ...] = ()
    recurrent: bool = True

    def __init__(self, inputs: int, hidden: int, layers: int) -> None:
        super().__init__()
        self.hidden_size, self.num_layers = hidden, layers
        rows = len(self.gates) * hidden
        for layer in range(layers):  # names and shapes are torch's, but there is one bias
            self._add(f"weight_ih_l{layer}", rows, hidden if layer else inputs)
            if self.recurrent:
                self._add(f"weight_hh_l{layer}", rows, hidden)
            self._add(f"bias_ih_l{layer}", rows)
            for name in self.extras:
                self._add(f"{name}_l{layer}", hidden)

    def forward(self, x: Tensor) -> tuple[Tensor, None]:
        """The top layer's hidden states (T, B, H); as torch's modules, a pair."""
        for layer in range(self.num_layers):
            x = torch.stack([step["hidden"] for step in self.unroll(x, layer)])
        return x, None

    def unroll(self, x: Tensor, layer: int) -> Iterator[Tensors]:
        """Gates and states of one layer at every step; x (T, B, inputs)."""
        p = self.named(layer)
        past: Tensors = dict.fromkeys(self.states, x.new_zeros(x.shape[1], self.hidden_size))
        for seen in x @ p["W_x"] + p["b"]:
            past = self.step(seen, past, p)
            yield past

    def named(self, layer: int) -> Tensors:
        """A layer's parameters as the equations name them; torch keeps matrices transposed."""
        names = {"weight_ih": "W_x", "weight_hh": "W_h", "bias_ih": "b"}
        own = {
            name.removesuffix(f"_l{layer}"): parameter
            for name, parameter in self.named_parameters()
            if name.endswith(f"_l{layer}")
        }
        return {names.get(name, name): parameter.t() for name, parameter in own.items()}

    def step(self, seen: Tensor, past: Tensors, p: Tensors) -> Tensors:
        """One step of the cell: its equations."""
        raise NotImplementedError

    def _add(self, name: str, *shape: int) -> None:
        self.register_parameter(name, nn.Parameter(torch.zeros(shape)))
