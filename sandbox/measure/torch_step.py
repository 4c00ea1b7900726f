"""PyTorch's side: one training step as in a user's script, with torch.nn or a loop over time.

Zero the gradients, forward, cross entropy on the last hidden state, backward,
clip_grad_norm_, Adam.  The one-hot inputs are made before the step.
"""

from __future__ import annotations

from contextlib import contextmanager
from functools import partial
from statistics import median
from typing import TYPE_CHECKING

import numpy as np
import torch
from torch import nn
from torch.nn import functional

from sandbox.cells.cell import layout
from sandbox.cells.known import CELLS
from sandbox.engine.reference_cells import unroll
from sandbox.measure.timing import Entrant, clocked
from sandbox.measure.work import INPUTS, LIMIT, OUTPUTS, RATE

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from numpy.typing import NDArray

    from sandbox.tasks.batches import Block

MODULES = {"rnn": nn.RNN, "lstm": nn.LSTM, "gru": nn.GRU}
SIDE, PRODUCTS, WARM_UP = 1024, 9, 3
Batch = tuple[torch.Tensor, torch.Tensor]  # one-hot inputs (T, B, I), classes (B,)


@contextmanager
def conditions(threads: int = 1, flush: bool = False) -> Iterator[None]:
    """A number of threads for torch; flush: treat denormal numbers as 0 on this thread.

    A gradient that fades over 200 steps ends in denormals (below 1e-38), which slow a processor
    down many times; torch.set_flush_denormal avoids that, but is off by default.
    """
    before = torch.get_num_threads()
    torch.set_num_threads(threads)
    torch.set_flush_denormal(flush)
    try:
        yield
    finally:
        torch.set_flush_denormal(False)
        torch.set_num_threads(before)


def batches_of(block: Block) -> list[Batch]:
    """The block's batches, each one-hot floats (T, B, I) with classes (B,)."""
    return [
        (
            functional.one_hot(torch.from_numpy(inputs.astype(np.int64)), INPUTS).float(),
            torch.from_numpy(targets[-1].astype(np.int64)),
        )
        for inputs, targets in zip(block.inputs, block.targets, strict=True)
    ]


class TorchStep:
    """A net of these parameters with Adam; called: its name in a sentence."""

    called = "PyTorch's"

    def __init__(self, parameters: Sequence[nn.Parameter]) -> None:
        self._parameters = parameters
        self._start = [p.detach().clone() for p in parameters]
        self._optimizer = torch.optim.Adam(parameters, lr=RATE)

    def reset(self) -> None:
        """Restore the first weights and a fresh optimiser."""
        with torch.no_grad():
            for parameter, start in zip(self._parameters, self._start, strict=True):
                parameter.copy_(start)
            for state in self._optimizer.state.values():
                for value in state.values():
                    value.zero_()

    def steps(self, batches: Sequence[Batch], one_bias: bool = False) -> list[torch.Tensor]:
        """Take a training step for each batch; returns the losses, each ().

        one_bias: do not train a bias that only adds to another, as in this engine.
        """
        return [self._step(inputs, classes, one_bias) for inputs, classes in batches]

    def _step(self, inputs: torch.Tensor, classes: torch.Tensor, one_bias: bool) -> torch.Tensor:
        self._optimizer.zero_grad()
        loss = functional.cross_entropy(self.answers(inputs), classes)
        loss.backward()  # type: ignore[no-untyped-call]
        if one_bias:
            self._hold_second_bias()
        nn.utils.clip_grad_norm_(self._parameters, LIMIT)
        self._optimizer.step()
        return loss.detach()

    def answers(self, inputs: torch.Tensor) -> torch.Tensor:
        """The readout of the last hidden state, (B, O)."""
        raise NotImplementedError

    def _hold_second_bias(self) -> None:
        """Clear the gradient of a bias that only adds to another, if there is one."""


class TorchLoop(TorchStep):
    """A cell's equations, step by step through autograd; it starts from `theta` (P,)."""

    called = "the loop's in PyTorch"

    def __init__(self, cell: str, theta: NDArray[np.float32], hidden: int) -> None:
        self._cell = CELLS[cell]
        views = layout(self._cell, INPUTS, hidden, OUTPUTS).views(theta)
        self._own = {
            name: nn.Parameter(torch.from_numpy(value.copy())) for name, value in views.items()
        }
        super().__init__(list(self._own.values()))

    def answers(self, inputs: torch.Tensor) -> torch.Tensor:
        """The readout of the last hidden state, (B, O)."""
        own = self._own
        projected = inputs @ own["W_x"] + own["b"]
        *_, last = unroll(self._cell, projected, own)
        return last["hidden"] @ own["W_o"] + own["b_o"]


class TorchNet(TorchStep):
    """torch.nn.RNN, LSTM or GRU with a linear readout."""

    called = "torch.nn's"

    def __init__(self, cell: str, hidden: int) -> None:
        self._cell, self._hidden = cell, hidden
        with torch.random.fork_rng(devices=[]):
            torch.manual_seed(0)
            self._net = MODULES[cell](INPUTS, hidden)
            self._readout = nn.Linear(hidden, OUTPUTS)
        super().__init__([*self._net.parameters(), *self._readout.parameters()])

    def answers(self, inputs: torch.Tensor) -> torch.Tensor:
        """The readout of the last hidden state, (B, O)."""
        answers: torch.Tensor = self._readout(self._net(inputs)[0][-1])
        return answers

    def _hold_second_bias(self) -> None:
        """bias_hh neither counts in the norm nor moves, except a GRU candidate's."""
        gradient = self._net.bias_hh_l0.grad
        assert isinstance(gradient, torch.Tensor)
        gradient[: 2 * self._hidden if self._cell == "gru" else None] = 0

    def vector(self) -> NDArray[np.float32]:
        """The first weights as this engine's flat vector (P,)."""
        shapes = layout(CELLS[self._cell], INPUTS, self._hidden, OUTPUTS)
        theta = np.zeros(shapes.size, np.float32)
        views = shapes.views(theta)
        W_x, W_h, b_x, b_h, W_o, b_o = (p.numpy() for p in self._start)
        views["W_x"][:], views["W_h"][:], views["b"][:] = W_x.T, W_h.T, b_x + b_h
        views["W_o"][:], views["b_o"][:] = W_o.T, b_o
        if "b_h" in views:  # the candidate's part is inside the reset gate
            views["b"][-self._hidden :] = b_x[-self._hidden :]
            views["b_h"][:] = b_h[-self._hidden :]
        return theta


class OneByOne:
    """Nets that take their steps one after the other, as in a user's script."""

    def __init__(self, nets: Sequence[TorchNet]) -> None:
        self._nets = nets

    def reset(self) -> None:
        """Reset every net."""
        for net in self._nets:
            net.reset()

    def steps(self, batches: Sequence[Batch]) -> None:
        """Train every net on the batches."""
        for net in self._nets:
            net.steps(batches)


def matmul_gflops() -> float:
    """The speed of a 1024² float32 matrix product on one thread: the median of a few."""
    product = Entrant(partial(torch.mm, *torch.rand(2, SIDE, SIDE)))
    with conditions(threads=1):
        times = [clocked(product).cpu_ms for _ in range(WARM_UP + PRODUCTS)]
    return 2 * SIDE**3 / median(times[WARM_UP:]) / 1e6
