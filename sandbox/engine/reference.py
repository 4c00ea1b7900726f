"""The same cells in torch autograd: the oracle that compiled kernels are checked against.

Slow and plain on purpose: one line an equation, a Python loop over time, and every
gradient from autograd.  torch is imported here and nowhere else in the engine.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import torch

from sandbox.engine.cells import CELLS, layout
from sandbox.engine.trace import Trace

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray

    from sandbox.tasks.base import Sequences


class ReferenceNetwork:
    """A cell with its readout; theta (P,) float32 or float64, as `network.Network` has it."""

    def __init__(
        self, cell: str, theta: NDArray[Any], inputs: int, hidden: int, outputs: int
    ) -> None:
        self.cell, self.inputs, self.hidden = CELLS[cell], inputs, hidden
        self.layout = layout(self.cell, inputs, hidden, outputs)
        self.theta = torch.tensor(theta, requires_grad=True)

    def gradient(self, sequences: Sequences) -> tuple[float, NDArray[Any]]:
        """The mean loss over all scored steps, and its gradient (P,)."""
        steps = self._steps(sequences, {})
        losses, scored = self._losses(steps, sequences)
        loss = losses[scored].sum() / scored.sum()
        (gradient,) = torch.autograd.grad(loss, self.theta)
        return loss.item(), gradient.numpy()

    def trace(self, sequences: Sequences, clamp: Mapping[str, float] | None = None) -> Trace:
        """As `network.Network.trace`: each sequence's loss is its own mean."""
        steps = self._steps(sequences, clamp or {})
        losses, scored = self._losses(steps, sequences)
        own = torch.where(scored, losses, torch.zeros_like(losses)).sum(0) / scored.sum(0)
        states = ("hidden", "cell") if self.cell.name == "lstm" else ("hidden",)
        watched = [step[name] for name in states for step in steps]
        found: tuple[torch.Tensor | None, ...] = torch.autograd.grad(
            own.nansum(), watched, allow_unused=True
        )
        full = [
            torch.zeros_like(state) if gradient is None else gradient
            for state, gradient in zip(watched, found, strict=True)
        ]
        T = len(steps)
        arrays = {
            name: _numpy(torch.stack([step[name] for step in steps]))
            for name in steps[0]
            if name != "answer"
        }
        for place, name in enumerate(states):
            arrays[f"grad_{name}"] = _numpy(torch.stack(full[place * T : (place + 1) * T]))
        answers = torch.stack([step["answer"] for step in steps])
        if sequences.targets.ndim == 2:
            answers = torch.softmax(answers, -1)
        return Trace(self.cell.name, arrays, _numpy(answers), _numpy(own))

    def _steps(
        self, sequences: Sequences, clamp: Mapping[str, float]
    ) -> list[dict[str, torch.Tensor]]:
        p = self._views()
        x = self._inputs(sequences)
        state = {"hidden": torch.zeros(len(sequences), self.hidden, dtype=x.dtype)}
        state["cell"] = torch.zeros_like(state["hidden"])
        steps = []
        for t in range(x.shape[1]):
            a = x[:, t] @ p["W_x"] + state["hidden"] @ p["W_h"] + p["b"]
            state = self._advance(a, state, clamp)
            steps.append({**state, "answer": state["hidden"] @ p["W_o"] + p["b_o"]})
        return steps

    def _advance(
        self, a: torch.Tensor, state: dict[str, torch.Tensor], clamp: Mapping[str, float]
    ) -> dict[str, torch.Tensor]:
        if self.cell.name == "rnn":
            return {"hidden": torch.tanh(a)}
        parts = dict(zip(self.cell.gates, torch.split(a, self.hidden, 1), strict=True))
        gates = {
            name: torch.tanh(part) if name == "candidate" else torch.sigmoid(part)
            for name, part in parts.items()
        }
        gates |= {name: torch.full_like(gates[name], value) for name, value in clamp.items()}
        cell = gates["forget"] * state["cell"] + gates["input"] * gates["candidate"]
        return {**gates, "cell": cell, "hidden": gates["output"] * torch.tanh(cell)}

    def _losses(
        self, steps: list[dict[str, torch.Tensor]], sequences: Sequences
    ) -> tuple[torch.Tensor, torch.Tensor]:
        """Loss of every step (T, B), counted where the second array is true."""
        answers = torch.stack([step["answer"] for step in steps])
        scored = torch.from_numpy(sequences.scored.T.copy())
        targets = torch.from_numpy(np.swapaxes(sequences.targets, 0, 1).copy())
        if targets.ndim == 2:
            targets = torch.where(scored, targets.long(), 0)
            return -torch.log_softmax(answers, -1).gather(2, targets[..., None])[..., 0], scored
        return ((answers - targets.to(answers.dtype)) ** 2).mean(2), scored

    def _views(self) -> dict[str, torch.Tensor]:
        views, start = {}, 0
        for name, shape in self.layout.shapes.items():
            stop = start + int(np.prod(shape))
            views[name] = self.theta[start:stop].reshape(shape)
            start = stop
        return views

    def _inputs(self, sequences: Sequences) -> torch.Tensor:
        x = torch.from_numpy(sequences.inputs.copy())
        if x.ndim == 2:
            x = torch.nn.functional.one_hot(x.long(), self.inputs)
        return x.to(self.theta.dtype)


def _numpy(tensor: torch.Tensor) -> NDArray[Any]:
    return tensor.detach().numpy().copy()
