"""A net: stacked cells and a readout over one flat vector, with every buffer allocated once."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from sandbox.cells.cell import layout
from sandbox.engine.holding import by_layer, held_by, merged, steps_of
from sandbox.engine.kernels.tables import EVALUATE, LEARN, TRACE
from sandbox.engine.optimizer_constants import ADAM_BETA_1, ADAM_BETA_2
from sandbox.engine.trace import Trace, layer_prefix
from sandbox.tasks.batches import Block, block_of

if TYPE_CHECKING:
    from collections.abc import Mapping

    from sandbox.cells.cell import Cell
    from sandbox.cells.surgery import Surgery
    from sandbox.engine.cores import Cores
    from sandbox.engine.holding import Held
    from sandbox.engine.kernels.workspace import Memory, Workspace
    from sandbox.tasks.base import Sequences

Past = list[NDArray[Any]]
Rate = float | NDArray[np.float64]
MOST_BATCHES = 256  # in one call
EVAL_BATCH = 40  # sequences in a batch of an evaluation


class Network:
    """A compiled cell, `layers` times, with a linear readout; theta (P,) is changed by `learn`.

    dtype is theta's: float32 to train, float64 to check gradients.  surgery: held in every pass.
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
        cores: Cores | None = None,
        surgery: Surgery = (),
    ) -> None:
        from sandbox.engine.kernels.calls import Kernels
        from sandbox.engine.kernels.panels import Panels
        from sandbox.engine.kernels.workspace import Memory

        self.cell, self.hidden, self.within, self.layers = cell, hidden, within, layers
        self.surgery = surgery
        self.layout = layout(self.cell, inputs, hidden, outputs, layers)
        self.theta, self.gradient = theta, np.zeros_like(theta)
        self.m, self.v = np.zeros_like(theta), np.zeros_like(theta)
        self._kernels = Kernels(cell, theta.dtype.name, cores)
        self._panels = Panels(self._kernels.plan, self.layout, theta, self.gradient, layers)
        # Kept apart: they are used in turn, and their batches seldom have the same size.
        self._training, self._evaluation = Memory(), Memory()
        # Each of their shapes is used once or twice.
        self._probe, self._next_step = Memory(slack=2, whole=True), Memory(slack=2, whole=True)
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
        largest gradient norm, or with by_value the largest entry of the gradient.  ValueError
        for more than MOST_BATCHES batches.
        """
        if len(block) > MOST_BATCHES:
            raise ValueError(f"at most {MOST_BATCHES} batches in one call, not {len(block)}")
        numbers = done + 1 + np.arange(len(block))
        rates = np.empty((len(block), 3))
        rates[:, 0] = rate
        rates[:, 1], rates[:, 2] = 1 - ADAM_BETA_1**numbers, 1 - ADAM_BETA_2**numbers
        learning = {
            "rates": rates,
            "limit": float(limit),
            "by_value": int(by_value),
            "optimizer": code,
            "m": self.m,
            "v": self.v,
            "measured": self._measured,
        }
        workspace = self._workspace(block, self._training)
        self._kernels.run(LEARN, block, workspace, self.within, learning=learning)
        taken = workspace.word("taken")
        return self._measured.ravel()[: 3 * len(block)].reshape(3, -1)[:, :taken].copy()

    def evaluate(self, sequences: Sequences, held: Held | None = None) -> tuple[float, float]:
        """Mean loss and accuracy over the scored steps of N sequences; held: for all alike."""
        loss, hits, count, whole = 0.0, 0, len(sequences), len(sequences) % EVAL_BATCH
        for part in (slice(0, count - whole), slice(count - whole, count)):
            if part.stop > part.start:
                some = block_of(sequences.pick(part), min(part.stop - part.start, EVAL_BATCH))
                workspace = self._workspace(some, self._evaluation, held)
                workspace.weight[:] = 1
                self._kernels.run(EVALUATE, some, workspace, self.within)
                loss, hits = loss + workspace.real("loss"), hits + workspace.word("hits")
        asked = max(int(sequences.scored.sum()), 1)
        return loss / asked, hits / asked

    def trace(self, sequences: Sequences, held: Held | None = None) -> Trace:
        """Gates, states and gradients on N sequences; theta is not changed.

        held: see `engine.holding`; ValueError for a line that the net lacks.
        """
        block = block_of(sequences, len(sequences))
        workspace = self._workspace(block, self._probe, held)
        scored = block.scored[0]
        workspace.weight[:] = 1.0 / np.maximum(scored.sum(axis=0), 1)
        self._kernels.run(TRACE, block, workspace, self.within)
        return traced(self, block, workspace)

    def follow(
        self,
        sequences: Sequences,
        held: Held | None = None,
        past: Past | None = None,
        start: int = 0,
    ) -> tuple[NDArray[Any], Past]:
        """Answers (T, N, O) as in a Trace, forward pass only, and the states after the last step.

        past: initial states, as returned by an earlier call with as many sequences, of which these
        are the steps from `start` on.
        """
        hidden, last = self.forward(sequences, held, past, start)
        parts = self.layout.views(self.theta)
        with np.errstate(over="ignore", invalid="ignore"):
            answers = hidden @ parts["W_o"] + parts["b_o"]
        return _judged(answers, _unasked(sequences))[0], last

    def forward(
        self,
        sequences: Sequences,
        held: Held | None = None,
        past: Past | None = None,
        start: int = 0,
    ) -> tuple[NDArray[Any], Past]:
        """The top layer's hidden states (T, N, H) in place of answers; else as `follow`."""
        block = _unasked(sequences)
        # Unless it continues, a pass begins with states of zero.
        memory = self._probe if past is None else self._next_step
        workspace = self._workspace(block, memory, held, start)
        if past is not None:
            workspace.begin_with(past)
        self._kernels.run(EVALUATE, block, workspace, self.within)
        return workspace.steps_of(self.layers - 1, "hs")[1:], workspace.last_states()

    def _workspace(
        self, block: Block, memory: Memory, held: Held | None = None, start: int = 0
    ) -> Workspace:
        inputs = block.inputs.shape[3] if block.inputs.ndim == 4 else None
        size = (*block.scored.shape[1:], inputs, self.layers)
        whole = self._always(slice(start, start + block.scored.shape[1]), held or {})
        kernels = self._kernels.of_cell(held=bool(whole))
        workspace = memory.workspace(self._panels, kernels, size, held=bool(whole))
        if whole:
            for layer, own in enumerate(by_layer(whole, self.cell, self.layers)):
                workspace.hold(layer, own)
        return workspace

    def _always(self, steps: slice, held: Held) -> Held:
        """What is held in these steps: the net's own surgery, and `held` above it."""
        if not self.surgery:
            return held
        own = held_by(self.surgery, self.cell, self.layers, self.hidden, steps.stop)
        return merged(steps_of(own, steps), held)


def _unasked(sequences: Sequences) -> Block:
    """The sequences as a batch of which every step is taken, but no answer judged."""
    block = block_of(sequences, len(sequences))
    asked = np.zeros_like(block.scored)
    asked[:, -1] = 1
    return Block(block.inputs, np.zeros_like(block.targets), asked)


def traced(net: Network, block: Block, workspace: Workspace) -> Trace:
    """The Trace of the last pass, from what it left in the workspace."""
    arrays: dict[str, NDArray[Any]] = {}
    for number in range(net.layers):
        name = layer_prefix(number + 1, net.layers)
        arrays |= {name + each: array for each, array in _of_layer(workspace, number).items()}
    parts = net.layout.views(net.theta)
    with np.errstate(over="ignore", invalid="ignore"):
        answers = arrays["hidden"] @ parts["W_o"] + parts["b_o"]
    return Trace(net.cell.name, arrays, *_judged(answers, block))


def _of_layer(workspace: Workspace, layer: int) -> dict[str, NDArray[Any]]:
    """What is shown of a layer: gates and other lines, states and their gradients."""
    plan = workspace.panels.plan
    arrays = {
        name: workspace.steps_of(layer, "kept", plan.kept.index(name))
        for name in dict.fromkeys([*plan.gates, *plan.shown])
        if name in plan.kept
    }
    for n, name in enumerate(plan.states):
        arrays[name] = workspace.steps_of(layer, "cs", n)[1:]
        arrays[f"grad_{name}"] = workspace.steps_of(layer, "dcs", n)
    hidden, gradient = (workspace.steps_of(layer, name) for name in ("hs", "dhs"))
    return {**arrays, "hidden": hidden[1:], "grad_hidden": gradient}


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
