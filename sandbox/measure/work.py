"""What is measured: sizes, batches, floating-point operations, and the plan."""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from sandbox.cells.known import CELLS
from sandbox.tasks.batches import Block

INPUTS, OUTPUTS = 16, 6
RATE, LIMIT = 1e-3, 1.0  # Adam's learning rate, and the largest gradient norm
CALL_MS = 20.0  # the time of one call of several steps, as in training
MOST_STEPS = 25  # in one call: the trainer stops at every evaluation


class Size(NamedTuple):
    """B sequences of T steps through H hidden units."""

    B: int
    T: int
    H: int


GRID = (
    Size(32, 20, 16),
    Size(32, 50, 32),
    Size(32, 100, 64),
    Size(64, 100, 64),
    Size(32, 200, 128),
    Size(64, 200, 128),
)


@dataclass(frozen=True)
class Plan:
    """What to measure, and for how long.

    seconds: for everything, after importing.  least: repetitions of each measurement, while
    time is left.  at: the size of replicates and the start of the scaling.  lengths, batches: the
    T and B of the scaling, each twice the one before, as are the replicates.
    """

    seconds: float = 200.0
    least: int = 5
    cells: tuple[str, ...] = ("rnn", "lstm", "gru")
    sizes: tuple[Size, ...] = GRID
    at: Size = GRID[2]
    replicates: tuple[int, ...] = (1, 2, 4, 8)
    lengths: tuple[int, ...] = (50, 100, 200, 400)
    batches: tuple[int, ...] = (16, 32, 64, 128)


QUICK = Plan(seconds=8.0, least=1, lengths=(50, 100, 200), batches=(16, 32, 64))


@dataclass(frozen=True)
class CellsPlan:
    """What to measure of every cell, and for how long: see Plan.

    alone: the sizes of one net.  threads: on how many cores.
    """

    cells: tuple[str, ...]
    seconds: float = 120.0
    least: int = 5
    sizes: tuple[Size, ...] = (GRID[1], GRID[2], GRID[5])
    alone: tuple[Size, ...] = (GRID[2], GRID[5])
    threads: tuple[int, ...] = (1, 2)


def plan_of_cells(cells: tuple[str, ...], cores: int, quick: bool = False) -> CellsPlan:
    """What to measure of these cells; cores: that this process may use."""
    threads = tuple(2**n for n in range(cores.bit_length()))  # 1, 2, 4, …
    if quick:
        one = (GRID[2],)
        return CellsPlan(cells, 15.0, 1, one, one, threads)
    return CellsPlan(cells, threads=threads)


def flops(cell: str, size: Size) -> int:
    """Operations of the matrix products of one training step, by the cell's equations.

    A product with a gate's W_x is 2·B·T·I·H forward, one with its W_h 2·B·T·H·H, and each twice
    that backward.  A gate may lack W_h (minGRU); vectors of weights (IndRNN's u) do not count.
    """
    B, T, H = size
    lines = (line for _, line in CELLS[cell].step.lines)
    gates = [node for line in lines for node in line.walk() if node.kind == "affine"]
    rows = sum(INPUTS * gate.inputs + H * len(gate.parts) for gate in gates)
    return 6 * B * T * rows * H


def draw(size: Size, batches: int = MOST_STEPS) -> Block:
    """Random tokens and classes (batches, T, B), scored at the last step."""
    rng, (B, T, _) = np.random.default_rng(0), size
    scored = np.zeros((batches, T, B), np.uint8)
    scored[:, -1] = 1
    tokens, classes = (
        rng.integers(0, count, scored.shape).astype(np.int32) for count in (INPUTS, OUTPUTS)
    )
    return Block(tokens, classes, scored)


def steps_in_a_call(step_ms: float, call_ms: float = CALL_MS) -> int:
    """The number of steps in a call of about that time, from 1 to MOST_STEPS."""
    return max(1, min(MOST_STEPS, round(call_ms / max(step_ms, 1e-6))))
