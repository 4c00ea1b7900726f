"""torch's own modules and optimizers with our weights, to compare with."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import torch

from sandbox.cells.cell import layer_name, layer_parameters
from sandbox.cells.known import CELLS

if TYPE_CHECKING:
    from sandbox.engine.network import Network
    from sandbox.engine.reference import ReferenceNetwork

RECURRENT = {
    "rnn": torch.nn.RNN,
    "rnn_relu": torch.nn.RNN,
    "lstm": torch.nn.LSTM,
    "gru": torch.nn.GRU,
}


class TorchTwin:
    """A float64 module of torch.nn and a linear readout with a net's weights.

    torch has two biases: ours is its bias_ih, but for a GRU's b_h, which is the candidate's
    part of bias_hh.
    """

    def __init__(self, cell: str, net: Network | ReferenceNetwork, sizes: tuple[int, ...]) -> None:
        """sizes: I, H, O, layers."""
        I, H, O, self.layers = sizes  # noqa: E741
        more = {"nonlinearity": "relu"} if cell == "rnn_relu" else {}
        self.cell, self.layout = cell, net.layout
        self.module = RECURRENT[cell](I, H, self.layers, batch_first=True, **more).double()
        self.readout = torch.nn.Linear(H, O).double()
        views = net.layout.views(net.vectors()["weights"])
        with torch.no_grad():
            for parameter in self.module.parameters():
                parameter.zero_()
            for name, (parameter, rows) in self._places().items():
                parameter[rows] = torch.from_numpy(views[name].T.copy())

    def gradient(self) -> np.ndarray:
        """What .backward() left, as a flat vector in our order."""
        gradient = np.zeros(self.layout.size)
        views = self.layout.views(gradient)
        for name, (parameter, rows) in self._places().items():
            assert parameter.grad is not None
            views[name][:] = parameter.grad[rows].numpy().T
        return gradient

    def _places(self) -> dict[str, tuple[torch.nn.Parameter, slice]]:
        """Where torch keeps each parameter, transposed."""
        readout = {"W_o": self.readout.weight, "b_o": self.readout.bias}
        found = {name: (parameter, slice(None)) for name, parameter in readout.items()}
        theirs = {"W_x": "weight_ih", "W_h": "weight_hh", "b": "bias_ih", "b_h": "bias_hh"}
        for layer in range(self.layers):
            for name in layer_parameters(CELLS[self.cell]):
                rows = slice(2 * self.module.hidden_size, None) if name == "b_h" else slice(None)
                parameter = getattr(self.module, f"{theirs[name]}_l{layer}")
                found[layer_name(name, layer)] = (parameter, rows)
        return found


def torch_optimizer(name: str, theta: torch.Tensor, lr: float) -> torch.optim.Optimizer:
    """torch.optim's own of that name."""
    if name == "sgd":
        return torch.optim.SGD([theta], lr)
    if name == "momentum":
        return torch.optim.SGD([theta], lr, momentum=0.9)
    if name == "rmsprop":
        return torch.optim.RMSprop([theta], lr, alpha=0.9)
    assert name == "adam"
    return torch.optim.Adam([theta], lr)
