"""This engine's side: nets that train on blocks, alone or sharing the cores."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any, Self

import numpy as np

from sandbox.cells.cell import layout
from sandbox.cells.known import CELLS
from sandbox.engine.cores import Cores
from sandbox.engine.network import Network
from sandbox.engine.optimizer_constants import CODES
from sandbox.measure.work import INPUTS, LIMIT, OUTPUTS, RATE

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from sandbox.measure.work import Size
    from sandbox.tasks.batches import Block


class Ours:
    """One net; every measurement starts from `theta` (P,).  cores: may assist it."""

    def __init__(
        self,
        cell: str,
        size: Size,
        theta: NDArray[np.float32] | None = None,
        cores: Cores | None = None,
    ) -> None:
        if theta is None:  # as torch.nn draws them
            bound, count = 1 / np.sqrt(size.H), layout(CELLS[cell], INPUTS, size.H, OUTPUTS).size
            theta = np.random.default_rng(0).uniform(-bound, bound, count).astype(np.float32)
        self.start = theta
        self.net = Network(CELLS[cell], theta.copy(), INPUTS, size.H, OUTPUTS, cores=cores)

    def reset(self) -> None:
        """Restore the first weights and a fresh optimiser."""
        nothing = np.zeros_like(self.start)
        self.net.load_vectors({"weights": self.start, "m": nothing, "v": nothing})

    def steps(self, block: Block) -> NDArray[np.float32]:
        """Take a training step for each batch of the block; returns the losses (n,)."""
        losses: NDArray[Any] = self.net.learn(block, 0, RATE, LIMIT, CODES["adam"])[0]
        return losses


class Lockstep:
    """Nets of these cells side by side as the trainer has them: they share `threads` cores."""

    def __init__(self, cells: Sequence[str], size: Size, threads: int) -> None:
        self._cores = Cores(threads)
        nets = [Ours(cell, size, cores=self._cores) for cell in cells]
        self._nets = sorted(nets, key=lambda one: one.net.layout.size, reverse=True)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._cores.close()

    def reset(self) -> None:
        """Reset every net."""
        for net in self._nets:
            net.reset()

    def steps(self, block: Block) -> list[NDArray[np.float32]]:
        """Train every net on the block; returns the losses, each (n,), largest net first."""
        return self._cores.each([partial(net.steps, block) for net in self._nets])
