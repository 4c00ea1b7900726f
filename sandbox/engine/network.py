"""A net: stacked cells and a readout over one flat vector, with every buffer allocated once."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from sandbox.cells.cell import layout
from sandbox.cells.known import CELLS
from sandbox.engine.trace import Trace, layer_prefix
from sandbox.tasks.batches import Block, block_of

if TYPE_CHECKING:
    from collections.abc import Mapping

    from sandbox.engine.kernels.workspace import Memory, Workspace
    from sandbox.tasks.base import Sequences

Past = list[NDArray[Any]]
Rate = float | NDArray[np.float64]
Learning = tuple[int, NDArray[np.float64], float, bool, int]
_NO_RATES: NDArray[np.float64] = np.zeros(1)
MOST_BATCHES = 256  # in one call
EVAL_BATCH = 40  # sequences in a batch of an evaluation


class Network:
    """A compiled cell, `layers` times, with a linear readout; theta (P,) is changed by `learn`.

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
        from sandbox.engine.kernels.workspace import Memory, Panels

        self.cell, self.hidden, self.within, self.layers = CELLS[cell], hidden, within, layers
        self.layout = layout(self.cell, inputs, hidden, outputs, layers)
        self.theta, self.gradient = theta, np.zeros_like(theta)
        self.m, self.v = np.zeros_like(theta), np.zeros_like(theta)
        self._panels = Panels(self.cell, self.layout, theta, self.gradient, layers)
        # Kept apart: they are used in turn, and their batches seldom have the same size.
        self._training, self._evaluation = Memory(), Memory()
        # Each of their shapes is used once or twice.
        self._probe, self._next_step = Memory(slack=2), Memory(slack=2)
        self._measured = np.zeros((3, MOST_BATCHES), np.float32)

    def vectors(self) -> dict[str, NDArray[Any]]:
        """Copies of weights, m and v, each (P,): see `engine.checkpoint`."""
        return {"weights": self.theta.copy(), "m": self.m.copy(), "v": self.v.copy()}

    def load_vectors(self, vectors: Mapping[str, NDArray[Any]]) -> None:
        """Load what `vectors()` returned."""
        for name, mine in (("weights", self.theta), ("m", self.m), ("v", self.v)):
            mine[:] = vectors[name]

    def learn(
        self,
        block: Block,
        done: int,
        rate: Rate,
        limit: float,
        code: int,
        by_value: bool = False,
    ) -> NDArray[np.float32]:
        """Take one step per batch of the block; returns loss, accuracy, gradient norm (3, n).

        At the first loss or norm that is not finite it stops before that step, so n is less than
        N.  done: updates already made.  rate: one for all, or one per batch (N,).  limit: the
        largest gradient norm, or with by_value the largest entry of the gradient.
        """
        from sandbox.engine.kernels.block import LEARN

        rates = np.ascontiguousarray(np.broadcast_to(np.asarray(rate, np.float64), len(block)))
        learning = (done, rates, limit, by_value, code)
        taken, _, _ = self._run(LEARN, block, self._workspace(block, self._training), learning)
        return self._measured[:, :taken].copy()

    def evaluate(self, sequences: Sequences) -> tuple[float, float]:
        """Mean loss and accuracy over the scored steps of N sequences."""
        from sandbox.engine.kernels.block import EVALUATE

        loss, hits, count, whole = 0.0, 0, len(sequences), len(sequences) % EVAL_BATCH
        for part in (slice(0, count - whole), slice(count - whole, count)):
            if part.stop > part.start:
                some = block_of(sequences.pick(part), min(part.stop - part.start, EVAL_BATCH))
                workspace = self._workspace(some, self._evaluation)
                _, more, right = self._run(EVALUATE, some, workspace)
                loss, hits = loss + more, hits + right
        asked = max(int(sequences.scored.sum()), 1)
        return loss / asked, hits / asked

    def trace(self, sequences: Sequences, clamp: Mapping[str, float] | None = None) -> Trace:
        """Gates, states and gradients on N sequences; theta is not changed.

        clamp: gates held at a value in every layer, by name ("forget"); ValueError for a gate
        it lacks.
        """
        from sandbox.engine.kernels.block import TRACE

        hold = self._hold(clamp) if clamp else None
        block = block_of(sequences, len(sequences))
        workspace = self._workspace(block, self._probe)
        scored = block.scored[0]
        workspace.scratch[1][:] = 1.0 / np.maximum(scored.sum(axis=0), 1)
        self._run(TRACE, block, workspace, hold=hold)
        return traced(self, block, workspace)

    def follow(
        self,
        sequences: Sequences,
        clamp: Mapping[str, float] | None = None,
        past: Past | None = None,
    ) -> tuple[NDArray[Any], Past]:
        """Answers (T, N, O) as in a Trace, forward pass only, and the states after the last step.

        past: initial states, as returned by an earlier call with as many sequences.
        """
        from sandbox.engine.kernels.block import EVALUATE
        from sandbox.engine.kernels.states import as_steps

        hold = self._hold(clamp) if clamp else None
        block = block_of(sequences, len(sequences))
        asked = np.zeros_like(block.scored)
        asked[:, -1] = 1  # so that every step is taken
        block = Block(block.inputs, np.zeros_like(block.targets), asked)
        # Unless it continues, a pass begins with states of zero.
        memory = self._probe if past is None else self._next_step
        workspace = self._workspace(block, memory)
        if past is not None:
            workspace.begin_with(past)
        self._run(EVALUATE, block, workspace, hold=hold)
        top = workspace.layer(self.layers - 1)
        hidden = as_steps(top.hs, workspace.batch, len(sequences), self.hidden)[1:]
        W_o, b_o = workspace.net[2]
        return _judged(hidden @ W_o + b_o, block)[0], workspace.last_states()

    def _run(
        self,
        mode: int,
        block: Block,
        workspace: Workspace,
        learning: Learning = (0, _NO_RATES, 0.0, False, 0),
        hold: NDArray[Any] | None = None,
    ) -> tuple[int, float, int]:
        from sandbox.engine.kernels.block import run_block

        taken, loss, hits = run_block(
            mode,
            block.inputs,
            block.targets,
            block.scored,
            self.within,
            workspace.net,
            workspace.uppers,
            self.gradient,
            (self.theta, self.m, self.v),
            learning,
            hold,
            workspace.scratch,
            self._measured,
        )
        return taken, loss, hits

    def _workspace(self, block: Block, memory: Memory) -> Workspace:
        inputs = block.inputs.shape[3] if block.inputs.ndim == 4 else None
        return memory.workspace(
            self.cell, self._panels, (*block.scored.shape[1:], inputs, self.layers)
        )

    def _hold(self, clamp: Mapping[str, float]) -> NDArray[Any]:
        self.cell.check_clamp(clamp)
        values = [clamp.get(gate, np.nan) for gate in self.cell.gates]
        return np.array(values, self.theta.dtype)


def traced(net: Network, block: Block, workspace: Workspace) -> Trace:
    """The Trace of the last pass, from what it left in the workspace."""
    count = block.scored.shape[2]
    arrays: dict[str, NDArray[Any]] = {}
    for number in range(net.layers):
        name = layer_prefix(number + 1, net.layers)
        own = _of_layer(net, workspace.layer(number), workspace.batch, count)
        arrays |= {name + each: array for each, array in own.items()}
    W_o, b_o = workspace.net[2]
    answers = arrays["hidden"] @ W_o + b_o
    return Trace(net.cell.name, arrays, *_judged(answers, block))


def _of_layer(net: Network, states: Any, batch: int, count: int) -> dict[str, NDArray[Any]]:
    from sandbox.engine.kernels.states import as_steps

    def steps(panel: NDArray[Any], vector: int = 0) -> NDArray[Any]:
        return as_steps(panel, batch, count, net.hidden, vector)

    arrays = {}
    if len(net.cell.gates) > 1:
        arrays = {name: steps(states.gates, n) for n, name in enumerate(net.cell.gates)}
    if "cell" in net.cell.states:
        arrays |= {"cell": steps(states.cs)[1:], "grad_cell": steps(states.dcs)}
    return {**arrays, "hidden": steps(states.hs)[1:], "grad_hidden": steps(states.dhs)}


def _judged(answers: NDArray[Any], block: Block) -> tuple[NDArray[Any], NDArray[Any]]:
    """Answers as probabilities or values (T, B, O), and each sequence's mean loss (B,)."""
    targets, scored = block.targets[0], block.scored[0].astype(bool)
    with np.errstate(divide="ignore", over="ignore", invalid="ignore"):
        if targets.ndim == 2:
            chances = _log_softmax(answers)
            picked = np.take_along_axis(chances, np.where(scored, targets, 0)[..., None], 2)
            losses, answers = -picked[..., 0], np.exp(chances)
        elif targets.dtype == np.uint8:
            losses = np.mean(np.logaddexp(0, answers) - targets * answers, axis=2)
            answers = 1 / (1 + np.exp(-answers))
        else:
            losses = np.mean((answers - targets) ** 2, axis=2)
        return answers, np.where(scored, losses, 0).sum(axis=0) / scored.sum(axis=0)


def _log_softmax(logits: NDArray[Any]) -> NDArray[Any]:
    """Log probabilities of the classes, finite even where a probability underflows."""
    above = logits - logits.max(axis=-1, keepdims=True)
    return np.asarray(above - np.log(np.exp(above).sum(axis=-1, keepdims=True)))
