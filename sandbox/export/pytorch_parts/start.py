# mypy: disallow-untyped-calls=False
"""The first weights"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import torch
from torch import Tensor, nn

from sandbox.engine.initialisation import _orthogonal
from sandbox.export.pytorch_parts.facts import has
from sandbox.export.pytorch_parts.settings import GATES, TASK
from sandbox.tasks.streams import Purpose, stream

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from sandbox.export.pytorch_parts.nets import SequenceNet


def start(net: SequenceNet, seed: int, place: int) -> None:
    """Weights and biases from U(-1/√H, 1/√H), as torch has them, but from the run's own stream.

    place: which of NETS it is.
    """
    rng = stream(seed, Purpose.INITIALISATION, place)
    weights = learned(net)
    size = sum(weight.numel() for weight in weights)
    flat = rng.uniform(-1, 1, size).astype(np.float32)
    lay(flat / np.float32(np.sqrt(net.settings.hidden)), weights)
    if has.started:
        for layer in range(net.settings.layers):
            if has.initialised:
                start_recurrent(net, layer, rng)
            if has.remembering:
                start_memory(net, layer, rng)


def learned(net: SequenceNet) -> list[Tensor]:
    """Everything that is learned, in one order; what is written into it is in the net."""
    if has.gru:
        found = []
        for name, parameter in net.named_parameters():
            if parameter.requires_grad:  # of a GRU's bias_hh the candidate's third
                rows = slice(2 * net.settings.hidden if "bias_hh" in name else 0, None)
                found.append(parameter.detach()[rows])
        return found
    else:
        return [parameter.detach() for parameter in net.parameters() if parameter.requires_grad]


def lay(flat: NDArray[np.float32], weights: list[Tensor]) -> None:
    """Write a flat vector into the weights; its matrices are (from, to), torch's transposed."""
    for weight in weights:
        own, flat = np.split(flat, [weight.numel()])
        weight.copy_(torch.from_numpy(own.reshape(weight.t().shape)).t())


def start_recurrent(net: SequenceNet, layer: int, rng: np.random.Generator) -> None:
    """Recurrent weights, gate by gate, where they do not start as torch's."""
    kind, hidden = net.settings.recurrent_init, net.settings.hidden
    if kind == "default":
        return
    weights = dict(net.recurrent.named_parameters())
    for gate in weights[f"weight_hh_l{layer}"].detach().split(hidden):
        if has.orthogonal:
            if kind == "orthogonal":  # Saxe et al. 2014
                gate.copy_(torch.from_numpy(_orthogonal(hidden, rng).T))
        if has.identity:
            if kind in ("identity", "irnn"):
                nn.init.eye_(gate)
    if has.irnn:
        if kind == "irnn":  # Le et al. 2015, section 4: small inputs, no bias
            small = weights[f"weight_ih_l{layer}"].detach()
            small.copy_(torch.from_numpy(rng.normal(0, 0.001, small.T.shape)).T)
            weights[f"bias_ih_l{layer}"].detach().zero_()


def start_memory(net: SequenceNet, layer: int, rng: np.random.Generator) -> None:
    """Biases of the gates that keep what is remembered."""
    if has.biased:
        for gate, value in net.settings.bias.items():
            gate_bias(net, layer, gate).fill_(value)
    if has.chrono:
        if net.settings.chrono:  # Tallec & Ollivier 2018, eq. 16
            if has.limited:
                longest = net.settings.chrono_max or TASK.dependency
            else:
                longest = TASK.dependency
            scales = rng.uniform(1, max(longest - 1, 1), net.settings.hidden)
            for gate, sign in net.settings.chrono.items():
                gate_bias(net, layer, gate).copy_(torch.from_numpy(sign * np.log(scales)))


def gate_bias(net: SequenceNet, layer: int, gate: str) -> Tensor:
    """One gate's part of a layer's bias (H,); what is written into it is in the net."""
    bias = dict(net.recurrent.named_parameters())[f"bias_ih_l{layer}"].detach()
    parts: tuple[Tensor, ...] = bias.split(net.settings.hidden)
    return parts[GATES[net.settings.cell].index(gate)]
