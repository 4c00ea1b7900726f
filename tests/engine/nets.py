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
) -> np.ndarray:
    rng = np.random.default_rng(seed)
    size = layout(CELLS[cell], inputs, hidden, outputs).size
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
