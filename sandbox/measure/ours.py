"""This engine's side: nets that train on blocks, alone or side by side in threads."""

from __future__ import annotations

import os
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Any, Self

import numpy as np

from sandbox.cells.cell import layout
from sandbox.cells.known import CELLS
from sandbox.engine.network import Network
from sandbox.engine.optimizer_constants import CODES
from sandbox.measure.work import INPUTS, LIMIT, OUTPUTS, RATE

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from sandbox.measure.work import Size
    from sandbox.tasks.batches import Block


class Ours:
    """One net; every measurement starts from `theta` (P,)."""

    def __init__(self, cell: str, size: Size, theta: NDArray[np.float32] | None = None) -> None:
        if theta is None:  # as torch.nn draws them
            bound, count = 1 / np.sqrt(size.H), layout(CELLS[cell], INPUTS, size.H, OUTPUTS).size
            theta = np.random.default_rng(0).uniform(-bound, bound, count).astype(np.float32)
        self._start = theta
        self.net = Network(cell, self._start.copy(), inputs=INPUTS, hidden=size.H, outputs=OUTPUTS)

    def reset(self) -> None:
        """Restore the first weights and a fresh optimiser."""
        nothing = np.zeros_like(self._start)
        self.net.load_vectors({"weights": self._start, "m": nothing, "v": nothing})

    def steps(self, block: Block) -> NDArray[np.float32]:
        """Take a training step for each batch of the block; returns the losses (n,)."""
        losses: NDArray[Any] = self.net.learn(block, 0, RATE, LIMIT, CODES["adam"])[0]
        return losses


class Lockstep:
    """Nets side by side as in the trainer: the largest on the calling thread."""

    def __init__(self, nets: Sequence[Ours]) -> None:
        *self._others, self._largest = sorted(nets, key=lambda one: one.net.layout.size)
        workers = max(min(len(nets), os.cpu_count() or 1) - 1, 1)
        self._pool = ThreadPoolExecutor(workers, "contestant")

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._pool.shutdown()

    def reset(self) -> None:
        """Reset every net."""
        for net in (*self._others, self._largest):
            net.reset()

    def steps(self, block: Block) -> None:
        """Train every net on the block."""
        waiting = [self._pool.submit(net.steps, block) for net in self._others]
        self._largest.steps(block)
        for each in waiting:
            each.result()
