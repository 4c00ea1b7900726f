"""A net: a cell and its readout over one flat vector, with every buffer allocated once."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from sandbox.engine.cells import CELLS, layout
from sandbox.engine.trace import Trace
from sandbox.tasks.batches import Block, block_of

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray

    from sandbox.tasks.base import Sequences

PARAMETERS = ("W_x", "W_h", "b", "W_o", "b_o")
ROOM = 256  # batches in one call, at most


class Network:
    """One cell with a linear readout; theta (P,) is changed in place by `learn`.

    dtype is theta's: float32 to train, float64 to check gradients.
    """

    def __init__(
        self,
        cell: str,
        theta: NDArray[Any],
        inputs: int,
        hidden: int,
        outputs: int,
        within: float = 0.0,
        layers: int = 1,
    ) -> None:
        self.cell, self.hidden, self.outputs, self.within = CELLS[cell], hidden, outputs, within
        self.layers = layers
        self.layout = layout(self.cell, inputs, hidden, outputs, layers)
        self.theta = theta
        self.gradient = np.zeros_like(theta)
        self.m, self.v = np.zeros_like(theta), np.zeros_like(theta)
        self._parameters = _tuple(self.layout.views(theta))
        self._gradients = _tuple(self.layout.views(self.gradient))
        self._work: dict[tuple[int, int], tuple[NDArray[Any], ...]] = {}
        self._measured = np.zeros((3, ROOM), np.float32)

    def vectors(self) -> dict[str, NDArray[Any]]:
        """Copies of theta and the optimiser's m and v, each (P,)."""
        return {"theta": self.theta.copy(), "m": self.m.copy(), "v": self.v.copy()}

    def take(self, vectors: Mapping[str, NDArray[Any]]) -> None:
        """Go on from `vectors()`."""
        for name, mine in (("theta", self.theta), ("m", self.m), ("v", self.v)):
            mine[:] = vectors[name]

    def learn(
        self, block: Block, done: int, rate: float, limit: float, code: int
    ) -> NDArray[np.float32]:
        """A step a batch of the block; returns loss, accuracy and gradient norm (3, n).

        n is smaller than the block where a loss or a norm was not finite: that step and
        those after it were not taken.  done: updates before; limit: largest gradient norm.
        """
        from sandbox.engine.kernels import block as kernels

        steps = kernels.rnn_block if self.cell.name == "rnn" else kernels.lstm_block
        net = (self._parameters, self._gradients, self.theta, self.gradient, self.m, self.v)
        T, B = block.scored.shape[1:]
        taken = steps(
            block.inputs,
            block.targets,
            block.scored,
            self.within,
            net,
            (done, rate, limit, code),
            self._buffers(T, B),
            self._measured,
        )
        return self._measured[:, :taken].copy()

    def evaluate(self, sequences: Sequences, batch: int = 50) -> tuple[float, float]:
        """Mean loss and accuracy over the scored steps of N sequences, N a multiple of batch."""
        from sandbox.engine.kernels.readout import readout_loss

        block = block_of(sequences, batch)
        T, B = block.scored.shape[1:]
        weight = np.ones(B, self.theta.dtype)
        out = np.zeros(self.outputs, self.theta.dtype)
        loss, hits = 0.0, 0
        for inputs, targets, scored in zip(block.inputs, block.targets, block.scored, strict=True):
            hs = self._forward(inputs, self._buffers(T, B))
            part, hit = readout_loss(
                hs, targets, scored, weight, *self._parameters[3:], self.within, out
            )
            loss, hits = loss + part, hits + hit
        asked = max(int(block.scored.sum()), 1)
        return loss / asked, hits / asked

    def trace(self, sequences: Sequences, clamp: Mapping[str, float] | None = None) -> Trace:
        """Gates, states and gradients on N sequences; theta is not changed.

        clamp: gates held at a value, by name ("forget"); ValueError for a gate it has not.
        """
        held = self._clamp(clamp or {})
        block = block_of(sequences, len(sequences))
        work = self._fresh(*block.scored.shape[1:])
        if held is not None:
            work = (*work[:-1], held)
        self._forward(block.inputs[0], work)
        self._backward(block, work)
        return self._as_trace(block, work)

    def _forward(self, inputs: NDArray[Any], work: tuple[NDArray[Any], ...]) -> NDArray[Any]:
        from sandbox.engine.kernels.lstm import lstm_forward
        from sandbox.engine.kernels.rnn import rnn_forward

        if self.cell.name == "rnn":
            rnn_forward(inputs, *self._parameters[:3], work[0])
            return work[0]
        gates, cs, tanh_cs, hs = work[:4]
        lstm_forward(inputs, *self._parameters[:3], gates, cs, tanh_cs, hs, work[-1])
        return hs

    def _backward(self, block: Block, work: tuple[NDArray[Any], ...]) -> None:
        """Fills work's dL/dh (and dL/dc), each sequence's loss being its own mean."""
        from sandbox.engine.kernels.lstm import lstm_backward
        from sandbox.engine.kernels.rnn import rnn_backward

        scored = block.scored[0]
        weight = (1.0 / np.maximum(scored.sum(axis=0), 1)).astype(self.theta.dtype)
        self.gradient[:] = 0
        given = (
            block.inputs[0],
            block.targets[0],
            scored,
            weight,
            self.within,
            self._parameters,
            self._gradients,
        )
        if self.cell.name == "rnn":
            rnn_backward(*given, *work[:5])
        else:
            lstm_backward(*given, *work[:9], work[10])

    def _buffers(self, T: int, B: int) -> tuple[NDArray[Any], ...]:
        if (T, B) not in self._work:
            self._work[T, B] = self._fresh(T, B)
        return self._work[T, B]

    def _fresh(self, T: int, B: int) -> tuple[NDArray[Any], ...]:
        """Buffers in the kernels' order: states, gradients, scratch."""
        H, G = self.hidden, len(self.cell.gates)

        def zeros(*shape: int) -> NDArray[Any]:
            return np.zeros(shape, self.theta.dtype)

        hs, dhs = zeros(T + 1, B, H), zeros(T, B, H)
        scratch = (zeros(B, G * H), zeros(G * H, H), zeros(self.outputs), zeros(B))
        if self.cell.name == "rnn":
            return (hs, dhs, *scratch)
        states = (zeros(T, B, 4 * H), zeros(T + 1, B, H), zeros(T, B, H), hs, dhs, zeros(T, B, H))
        return (*states, *scratch, np.full(4, np.nan, self.theta.dtype))

    def _clamp(self, clamp: Mapping[str, float]) -> NDArray[Any] | None:
        for gate in clamp:
            if self.cell.name == "rnn" or gate not in self.cell.gates:
                raise ValueError(f"{self.cell.title} has no {gate} gate to hold")
        if self.cell.name == "rnn":
            return None
        values = [clamp.get(gate, np.nan) for gate in self.cell.gates]
        return np.array(values, self.theta.dtype)

    def _as_trace(self, block: Block, work: tuple[NDArray[Any], ...]) -> Trace:
        H = self.hidden
        if self.cell.name == "rnn":
            arrays = {"hidden": work[0][1:], "grad_hidden": work[1]}
        else:
            gates, cs, _, hs, dhs, dcs = work[:6]
            arrays = {
                gate: np.ascontiguousarray(gates[..., n * H : (n + 1) * H])
                for n, gate in enumerate(self.cell.gates)
            }
            arrays |= {"cell": cs[1:], "hidden": hs[1:], "grad_hidden": dhs, "grad_cell": dcs}
        return _trace(self, block, arrays)


def _tuple(views: Mapping[str, NDArray[Any]]) -> tuple[NDArray[Any], ...]:
    return tuple(views[name] for name in PARAMETERS)


def _trace(net: Network, block: Block, arrays: dict[str, NDArray[Any]]) -> Trace:
    W_o, b_o = net._parameters[3:]
    answers = arrays["hidden"] @ W_o + b_o
    targets, scored = block.targets[0], block.scored[0].astype(bool)
    if targets.ndim == 2:
        answers = _softmax(answers)
        picked = np.take_along_axis(answers, np.where(scored, targets, 0)[..., None], 2)
        with np.errstate(divide="ignore"):
            losses = -np.log(picked[..., 0])
    else:
        losses = np.mean((answers - targets) ** 2, axis=2)
    asked = scored.sum(axis=0)
    with np.errstate(invalid="ignore"):
        loss = np.where(scored, losses, 0).sum(axis=0) / asked
    return Trace(net.cell.name, arrays, answers, loss)


def _softmax(logits: NDArray[Any]) -> NDArray[Any]:
    powers = np.exp(logits - logits.max(axis=-1, keepdims=True))
    return np.asarray(powers / powers.sum(axis=-1, keepdims=True))
