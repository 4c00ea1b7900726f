"""Nets and sequences for the engine's tests, drawn at random."""

from __future__ import annotations

from typing import Any

import numpy as np

from sandbox.engine.cells import CELLS, layout
from sandbox.tasks.base import Sequences


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
