# mypy: disallow-untyped-calls=False
"""The nets"""

from __future__ import annotations

import torch
from torch import Tensor, nn
from torch.nn import functional

from sandbox.export.pytorch_parts.facts import has
from sandbox.export.pytorch_parts.settings import RECURRENT, TASK, Net


class SequenceNet(nn.Module):
    """A recurrent net, read by a linear layer at every step."""

    def __init__(self, settings: Net) -> None:
        super().__init__()
        self.settings = settings
        sizes = (TASK.inputs.size, settings.hidden, settings.layers)
        self.recurrent = RECURRENT[settings.cell](*sizes)
        self.readout = nn.Linear(settings.hidden, len(TASK.outputs))
        if has.two_biases:
            self._leave_one_bias()

    def forward(self, inputs: Tensor) -> Tensor:
        """The answers (T, B, outputs), before any softmax."""
        if has.tokens:
            inputs = functional.one_hot(inputs.long(), TASK.inputs.size).float()
        hidden, _ = self.recurrent(inputs)
        answers: Tensor = self.readout(hidden)
        return answers

    def _leave_one_bias(self) -> None:
        """Torch adds two biases, bias_ih and bias_hh, where one does: the second stays zero."""
        for name, bias in self.recurrent.named_parameters():
            if "bias_hh" in name:
                nn.init.zeros_(bias)
                if has.gru:
                    if isinstance(self.recurrent, nn.GRU):
                        bias.register_hook(of_the_candidate)
                        continue
                bias.requires_grad_(False)


def of_the_candidate(gradient: Tensor) -> Tensor:
    """The gradient of a GRU's bias_hh, zero but for the candidate's third.

    There it is no second bias, since the reset gate r scales it: tanh(… + r * (W h + bias_hh)).
    """
    third = len(gradient) // 3
    return torch.cat([torch.zeros_like(gradient[: 2 * third]), gradient[2 * third :]])
