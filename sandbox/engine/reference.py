"""Every cell in torch autograd: how cells without kernels train, and the kernels' oracle.

Plain on purpose: one line an equation (`reference_cells`), a Python loop over time, and every
gradient from autograd.  torch is imported in the modules named reference… and nowhere else.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import torch

from sandbox.cells.cell import layer_name, layer_parameters, layout
from sandbox.engine import optimizer_constants as constants
from sandbox.engine.holding import by_layer, held_by, merged, steps_of
from sandbox.engine.reference_cells import unroll
from sandbox.engine.reference_nodes import HoldAt, Tensors
from sandbox.engine.reference_trace import (
    as_numpy,
    gradients,
    judged,
    own_means,
    pictures,
    shown,
    stacked,
)
from sandbox.engine.trace import Trace
from sandbox.validation import ExperimentError

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from numpy.typing import NDArray

    from sandbox.cells.cell import Cell
    from sandbox.cells.surgery import Surgery
    from sandbox.engine.holding import Arrays, Held
    from sandbox.experiment import Device
    from sandbox.tasks.base import Sequences
    from sandbox.tasks.batches import Block

MOST = 500  # sequences evaluated at once
ROOM = 2**24  # about as many numbers as the widest array of an evaluation has

Past = list[Tensors]  # every layer's states after a step, bottom first

# Contestants train side by side, and nets of this size gain nothing from a second thread.
torch.set_num_threads(1)


@dataclass(frozen=True)
class Weights:
    """Views into theta: each layer's parameters, bottom first, and the readout."""

    layers: list[Tensors]
    W_o: torch.Tensor
    b_o: torch.Tensor

    def answers(self, hidden: torch.Tensor) -> torch.Tensor:
        """The readout of hidden states (…, H), as (…, O)."""
        return hidden @ self.W_o + self.b_o


class ReferenceNetwork:
    """A cell with a linear readout over one flat vector (P,), through PyTorch.

    Its methods take, return and raise what `Network`'s do.  theta, float32 or float64, is copied
    to the device.  ExperimentError if PyTorch finds no such device.  On a CPU the same calls give
    the same bits.
    """

    def __init__(
        self,
        cell: Cell,
        theta: NDArray[Any],
        inputs: int,
        hidden: int,
        outputs: int,
        within: float = 0.0,
        layers: int = 1,
        device: Device = "cpu",
        surgery: Surgery = (),
    ) -> None:
        if device == "cuda" and not torch.cuda.is_available():
            raise ExperimentError("device", device, "cpu, since PyTorch finds no CUDA device here")
        self.cell, self.layers, self.within, self.surgery = cell, layers, within, surgery
        self.hidden = hidden
        self.layout = layout(self.cell, inputs, hidden, outputs, layers)
        self.theta = torch.tensor(theta, device=device, requires_grad=True)
        zero = torch.zeros_like(self.theta, requires_grad=False)
        self._vectors = {"weights": self.theta, "m": zero, "v": zero.clone()}

    def vectors(self) -> dict[str, NDArray[Any]]:
        """Copies of weights, m and v, each (P,): see `engine.checkpoint`."""
        return {name: as_numpy(vector) for name, vector in self._vectors.items()}

    def load_vectors(self, vectors: Mapping[str, NDArray[Any]]) -> None:
        """Load what `vectors()` returned."""
        with torch.no_grad():
            for name, mine in self._vectors.items():
                mine.copy_(torch.tensor(vectors[name]))

    def learn(
        self,
        block: Block,
        done: int,
        rate: float | NDArray[np.float64],
        limit: float,
        code: int,
        by_value: bool = False,
    ) -> NDArray[np.float32]:
        """Take one step per batch of the block; returns loss, accuracy, gradient norm (3, n)."""
        rates = np.broadcast_to(rate, len(block)).tolist()
        measured: list[list[float]] = []
        for inputs, targets, scored in zip(block.inputs, block.targets, block.scored, strict=True):
            loss, hits = self._loss(inputs, targets, scored)
            (gradient,) = torch.autograd.grad(loss, self.theta)
            size = torch.linalg.vector_norm(gradient, dtype=torch.float64)
            row = torch.stack([loss.double(), hits, size]).tolist()  # the only wait for the device
            if not (math.isfinite(row[0]) and math.isfinite(row[2])):
                break
            if by_value:
                gradient.clamp_(-limit, limit)
            elif row[2] > limit:
                gradient *= limit / (row[2] + 1e-6)
            _update(self._vectors, gradient, done + len(measured) + 1, rates[len(measured)], code)
            measured.append(row)
        return np.array(measured, np.float32).reshape(-1, 3).T.copy()

    def evaluate(self, sequences: Sequences, held: Held | None = None) -> tuple[float, float]:
        """Mean loss and accuracy over the scored steps of N sequences; held: for all alike."""
        loss = hits = 0.0
        for part in self._parts(sequences):
            asked = int(part.scored.sum())
            with torch.no_grad():
                mean, right = self._loss(*_time_major(part), held)
            loss, hits = loss + mean.item() * asked, hits + right.item() * asked
        asked = max(int(sequences.scored.sum()), 1)
        return loss / asked, hits / asked

    def gradient(self, sequences: Sequences) -> tuple[float, NDArray[Any]]:
        """The mean loss over all scored steps, and its gradient (P,)."""
        loss, _ = self._loss(*_time_major(sequences))
        (gradient,) = torch.autograd.grad(loss, self.theta)
        return loss.item(), as_numpy(gradient)

    def trace(self, sequences: Sequences, held: Held | None = None) -> Trace:
        """Gates, states and gradients on N sequences; ValueError for a line it cannot hold."""
        inputs, targets, asked = (self._tensor(rows) for rows in _time_major(sequences))
        net = self._weights()
        layers = _every_step(self.cell, inputs, net, self._holds(slice(0, len(inputs)), held))
        answers = net.answers(torch.stack([step["hidden"] for step in layers[-1]]))
        losses, _ = judged(answers[asked], targets[asked], self.within)
        loss = own_means(losses, asked)
        arrays = pictures(self.cell, layers) | gradients(self.cell, layers, loss.sum())
        own = as_numpy(loss.masked_fill(~asked.any(0), torch.nan))
        return Trace(self.cell.name, arrays, as_numpy(shown(answers, targets)), own)

    def follow(
        self,
        sequences: Sequences,
        held: Held | None = None,
        past: Past | None = None,
        start: int = 0,
    ) -> tuple[NDArray[Any], Past]:
        """Answers (T, N, O) and the states after the last step."""
        hidden, last = self.forward(sequences, held, past, start)
        targets = self._tensor(np.ascontiguousarray(np.swapaxes(sequences.targets, 0, 1)))
        with torch.no_grad():
            return as_numpy(shown(self._weights().answers(self._tensor(hidden)), targets)), last

    def forward(
        self,
        sequences: Sequences,
        held: Held | None = None,
        past: Past | None = None,
        start: int = 0,
    ) -> tuple[NDArray[Any], Past]:
        """The top layer's hidden states (T, N, H) and the states after the last step."""
        inputs, *_ = (self._tensor(rows) for rows in _time_major(sequences))
        with torch.no_grad():
            holds = self._holds(slice(start, start + len(inputs)), held)
            layers = _every_step(self.cell, inputs, self._weights(), holds, past)
        hidden = stacked([step["hidden"] for step in layers[-1]])
        return hidden, [steps[-1] for steps in layers]

    def _loss(
        self,
        inputs: NDArray[Any],
        targets: NDArray[Any],
        scored: NDArray[Any],
        held: Held | None = None,
    ) -> tuple[torch.Tensor, torch.Tensor]:
        """Mean loss and share of hits over the scored steps of one batch, time-major."""
        net, asked = self._weights(), scored.astype(bool)
        times = np.flatnonzero(asked.any(axis=1))
        last = times[-1] if len(times) else 0  # no gradient after the last question
        holds = self._holds(slice(0, len(inputs)), held)
        hidden = _top_hidden(self.cell, self._tensor(inputs[: last + 1]), net, holds)
        if not len(times):
            return hidden[0][:0].sum(), torch.zeros_like(hidden[0][0, 0], dtype=torch.float64)
        places = self._tensor(np.flatnonzero(asked[times]))
        read = torch.stack([hidden[t] for t in times]).flatten(0, 1).index_select(0, places)
        losses, hits = judged(net.answers(read), self._tensor(targets[asked]), self.within)
        return losses.sum() / len(places), hits.double().mean()

    def _weights(self) -> Weights:
        """Views of theta by name, so that its gradient is one flat vector too."""
        shapes, names = self.layout.shapes, layer_parameters(self.cell)
        parts = torch.split(self.theta, [math.prod(shape) for shape in shapes.values()])
        views = {name: part.view(shapes[name]) for name, part in zip(shapes, parts, strict=True)}
        layers: list[Tensors] = [
            {name: views[layer_name(name, layer)] for name in names} for layer in range(self.layers)
        ]
        return Weights(layers, views["W_o"], views["b_o"])

    def _holds(self, steps: slice, held: Held | None = None) -> list[HoldAt]:
        """For each layer, by step from the first of these, what its lines are held at."""
        whole = held or {}
        if self.surgery:
            own = held_by(self.surgery, self.cell, self.layers, self.hidden, steps.stop)
            whole = merged(steps_of(own, steps), whole)
        count = steps.stop - steps.start
        return [self._hold(own, count) for own in by_layer(whole, self.cell, self.layers)]

    def _hold(self, held: Arrays, count: int) -> HoldAt:
        tables = {name: self._tensor(array) for name, array in held.items()}
        wide = {name: each.expand(count, *each.shape[1:]) for name, each in tables.items()}
        return lambda t: (
            lambda name, value: (
                torch.where(wide[name][t].isnan(), value, wide[name][t]) if name in wide else value
            )
        )

    def _tensor(self, array: NDArray[Any]) -> torch.Tensor:
        """On the device; inputs and values in the net's precision."""
        tensor = torch.tensor(array, device=self.theta.device)
        return tensor.to(self.theta.dtype) if tensor.dtype.is_floating_point else tensor

    def _parts(self, sequences: Sequences) -> Iterator[Sequences]:
        """The sequences in parts that are small enough to evaluate at once."""
        width = sequences.scored.shape[1] * self.layout.shapes["b"][0]
        count = max(1, min(MOST, ROOM // width))
        for start in range(0, len(sequences), count):
            yield sequences.pick(slice(start, start + count))


def _time_major(sequences: Sequences) -> tuple[NDArray[Any], NDArray[Any], NDArray[np.bool_]]:
    swapped = (sequences.inputs, sequences.targets, sequences.scored)
    inputs, targets, scored = (np.ascontiguousarray(np.swapaxes(rows, 0, 1)) for rows in swapped)
    return inputs, targets, scored


def _top_hidden(
    cell: Cell, inputs: torch.Tensor, net: Weights, holds: list[HoldAt]
) -> list[torch.Tensor]:
    """The top layer's hidden state at every step, T of (B, H); nothing else is kept.

    inputs: tokens (T, B), or channels (T, B, I).
    """
    hidden: list[torch.Tensor] = []
    for own, hold in zip(net.layers, holds, strict=True):
        x = _projected(torch.stack(hidden) if hidden else inputs, own)
        hidden = [step["hidden"] for step in unroll(cell, x, own, hold)]
    return hidden


def _every_step(
    cell: Cell, inputs: torch.Tensor, net: Weights, hold: list[HoldAt], past: Past | None = None
) -> list[list[Tensors]]:
    """Gates and states, each (B, H), of every layer, bottom first, at each of T steps.

    past: the initial states; None for zero.
    """
    layers: list[list[Tensors]] = []
    for number, own in enumerate(net.layers):
        below = torch.stack([step["hidden"] for step in layers[-1]]) if layers else inputs
        begun = None if past is None else past[number]
        layers.append(list(unroll(cell, _projected(below, own), own, hold[number], begun)))
    return layers


def _projected(x: torch.Tensor, own: Tensors) -> torch.Tensor:
    """x_t W_x + b of all steps at once, (T, B, G·H); a token picks a row of W_x."""
    if x.dtype.is_floating_point:
        return x @ own["W_x"] + own["b"]
    return torch.nn.functional.embedding(x, own["W_x"] + own["b"])


@torch.no_grad()
def _update(
    net: Mapping[str, torch.Tensor], gradient: torch.Tensor, count: int, rate: float, code: int
) -> None:
    """Update theta and the state m and v in place, each (P,), by torch.optim's formulas.

    gradient: (P,), clipped.  count: the number of this update, from 1.
    """
    theta, m, v = net["weights"], net["m"], net["v"]
    if code == constants.CODES["sgd"]:
        theta.sub_(gradient, alpha=rate)
    elif code == constants.CODES["momentum"]:
        m.mul_(constants.MOMENTUM).add_(gradient)
        theta.sub_(m, alpha=rate)
    elif code == constants.CODES["rmsprop"]:
        alpha = constants.RMSPROP_ALPHA
        v.mul_(alpha).addcmul_(gradient, gradient, value=1 - alpha)
        theta.addcdiv_(gradient, v.sqrt().add_(constants.EPSILON), value=-rate)
    else:
        beta_1, beta_2 = constants.ADAM_BETA_1, constants.ADAM_BETA_2
        m.mul_(beta_1).add_(gradient, alpha=1 - beta_1)
        v.mul_(beta_2).addcmul_(gradient, gradient, value=1 - beta_2)
        root = 1 / math.sqrt(1 - beta_2**count)
        step = rate / (1 - beta_1**count)
        theta.addcdiv_(m, v.sqrt().mul_(root).add_(constants.EPSILON), value=-step)
