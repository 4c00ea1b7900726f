"""Nets and sequences for the engine's tests, drawn at random."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

import numpy as np

from sandbox.cells.cell import layer_name, layout
from sandbox.cells.known import CELLS
from sandbox.engine.optimizer_constants import CODES
from sandbox.tasks.base import Sequences
from sandbox.tasks.batches import block_of

if TYPE_CHECKING:
    from sandbox.engine.network import Network
    from sandbox.engine.reference import ReferenceNetwork


def random_theta(
    cell: str,
    inputs: int,
    hidden: int,
    outputs: int,
    dtype: Any = np.float32,
    scale: float = 1.0,
    seed: int = 0,
    layers: int = 1,
) -> np.ndarray:
    rng = np.random.default_rng(seed)
    size = layout(CELLS[cell], inputs, hidden, outputs, layers).size
    return (rng.uniform(-scale, scale, size) / np.sqrt(hidden)).astype(dtype)


def random_sequences(
    N: int,
    T: int,
    inputs: int,
    outputs: int,
    *,
    channels: bool,
    regression: bool,
    everywhere: bool,
    dtype: Any = np.float32,
    seed: int = 1,
) -> Sequences:
    """Random inputs and targets, scored at the last step or at random steps."""
    rng = np.random.default_rng(seed)
    x = (
        rng.normal(size=(N, T, inputs)).astype(dtype)
        if channels
        else rng.integers(0, inputs, (N, T)).astype(np.int32)
    )
    y = (
        rng.normal(size=(N, T, outputs)).astype(dtype)
        if regression
        else rng.integers(0, outputs, (N, T)).astype(np.int32)
    )
    scored = np.zeros((N, T), bool)
    scored[:, -1] = True
    if everywhere:
        scored |= rng.random((N, T)) < 0.5
    return Sequences(x, y, scored, np.ones((N, T), np.uint8))


def legal_targets(sequences: Sequences, outputs: int, seed: int = 2) -> Sequences:
    """The same sequences with sets of legal symbols as targets."""
    legal = np.random.default_rng(seed).random((*sequences.scored.shape, outputs)) < 0.4
    return Sequences(sequences.inputs, legal.astype(np.uint8), sequences.scored, sequences.roles)


def double(sequences: Sequences) -> Sequences:
    """The same sequences with float64 in place of float32."""

    def wide(array: np.ndarray) -> np.ndarray:
        return array.astype(np.float64) if array.dtype == np.float32 else array

    return Sequences(
        wide(sequences.inputs), wide(sequences.targets), sequences.scored, sequences.roles
    )


KINDS = ("classes", "values", "legal")  # of tokens, of channels, of tokens
SCORING = ("last", "every", "lengths", "ends", "some", "nothing")


def sequences_of(
    kind: str,
    N: int,
    T: int,
    inputs: int,
    outputs: int,
    scoring: str = "some",
    dtype: Any = np.float32,
    seed: int = 1,
) -> Sequences:
    """Tokens with classes or legal symbols, or channels with values, scored as `scored_at` says."""
    values = kind == "values"
    drawn = random_sequences(
        N,
        T,
        inputs,
        outputs,
        channels=values,
        regression=values,
        everywhere=False,
        dtype=dtype,
        seed=seed,
    )
    drawn.scored[:] = scored_at(scoring, N, T, seed)
    return legal_targets(drawn, outputs, seed) if kind == "legal" else drawn


def scored_at(scoring: str, N: int, T: int, seed: int = 1) -> np.ndarray:
    """Which steps are scored (N, T).

    "last" or "every" step of all; "lengths": every step of sequences of drawn lengths, and
    "ends" their last one; "some": at random, the first sequence never; "nothing".
    """
    rng = np.random.default_rng([seed, 7])
    lengths, steps = rng.integers(1, T + 1, (N, 1)), np.arange(T)
    if scoring == "some":
        scored = rng.random((N, T)) < 0.3
        scored[0] = False
        return scored
    return {
        "last": np.broadcast_to(steps == T - 1, (N, T)),
        "every": np.ones((N, T), bool),
        "lengths": steps < lengths,
        "ends": steps == lengths - 1,
        "nothing": np.zeros((N, T), bool),
    }[scoring]


def gradient_of(net: Network, sequences: Sequences) -> tuple[float, np.ndarray]:
    """Loss and gradient of one batch; theta is put back."""
    before = net.vectors()
    measured = net.learn(block_of(sequences, len(sequences)), 0, 1.0, math.inf, CODES["sgd"])
    net.load_vectors(before)
    assert measured.shape == (3, 1)
    norm = np.linalg.norm(net.gradient.astype(np.float64))
    assert abs(measured[2, 0] - norm) <= 1e-6 * norm + np.finfo(np.float32).tiny
    return float(measured[0, 0]), net.gradient.copy()


def error(ours: np.ndarray, theirs: np.ndarray) -> float:
    """The largest difference, as a share of their largest entry; of zeros, the difference."""
    if not theirs.size:
        return 0.0
    largest = float(np.abs(theirs).max())
    difference = float(np.abs(ours.astype(np.float64) - theirs).max())
    return difference / largest if largest else difference


def nearest_kink(oracle: ReferenceNetwork, sequences: Sequences) -> float:
    """How near a relu's input comes to zero, as a share of the largest input."""
    views = oracle.layout.views(oracle.vectors()["weights"])
    states, below = oracle.trace(sequences).arrays, np.swapaxes(sequences.inputs, 0, 1)
    nearest = math.inf
    for layer in range(oracle.layers):
        W_x, W_h, b = (views[layer_name(name, layer)] for name in ("W_x", "W_h", "b"))
        hidden = states["hidden" if layer == oracle.layers - 1 else f"layer{layer + 1}.hidden"]
        before = np.concatenate([np.zeros_like(hidden[:1]), hidden[:-1]])
        into = W_x[below] if below.ndim == 2 else below @ W_x
        summed = np.abs(into + b + before @ W_h)
        nearest = min(nearest, summed.min() / summed.max())
        below = hidden
    return float(nearest)
