"""Draws and layouts that several tasks share."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from sandbox.tasks.base import Drawn, Role

if TYPE_CHECKING:
    from numpy.typing import NDArray


def balanced(rng: np.random.Generator, count: int, classes: int) -> NDArray[np.intp]:
    """Class numbers (count,) in random order, each class equally often to within one."""
    return rng.permutation((np.arange(count) + rng.integers(classes)) % classes)


def asked_last(inputs: NDArray[Any], answers: NDArray[np.integer[Any]]) -> Drawn:
    """Sequences (N, T) with one question each, at the last step; answers (N,) are classes."""
    targets = np.zeros(inputs.shape, np.int32)
    targets[:, -1] = answers
    scored = np.arange(inputs.shape[1]) == inputs.shape[1] - 1
    return inputs, targets, np.broadcast_to(scored, inputs.shape)


def asked_at(
    inputs: NDArray[Any], steps: NDArray[np.integer[Any]], answers: NDArray[np.integer[Any]]
) -> Drawn:
    """Sequences (N, T) with one question each, at its own step (N,); answers (N,) are classes."""
    scored = steps[:, None] == np.arange(inputs.shape[1])
    return inputs, np.where(scored, answers[:, None], 0).astype(np.int32), scored


def longer(steps: int) -> int:
    """The gap or length of the test split, where `steps` is trained on: twice as much."""
    return max(2 * steps, steps + 1)


def role_row(length: int, **steps: int | slice) -> NDArray[np.uint8]:
    """Roles (length,), CARRIER except where given, as in `role_row(9, cue=4, query=-1)`."""
    row = np.full(length, Role.CARRIER, np.uint8)
    for name, where in steps.items():
        row[where] = Role[name.upper()]
    return row
