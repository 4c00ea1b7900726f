"""Draws and frames that several tasks share."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from sandbox.tasks.base import Role, Sequences

if TYPE_CHECKING:
    from numpy.typing import NDArray


def balanced(rng: np.random.Generator, count: int, classes: int) -> NDArray[np.intp]:
    """(count,) class numbers in random order, each class equally often to within one."""
    return rng.permutation((np.arange(count) + rng.integers(classes)) % classes)


def answered_last(
    inputs: NDArray[Any], answers: NDArray[np.integer[Any]], roles: NDArray[np.uint8]
) -> Sequences:
    """Sequences (N, T) whose one answer, a class (N,), is read at the last step.

    `roles` may be (T,) where every sequence has the same.
    """
    shape = inputs.shape[:2]
    targets = np.zeros(shape, np.int32)
    targets[:, -1] = answers
    scored = np.zeros(shape[1], np.bool_)
    scored[-1] = True
    return Sequences(inputs, targets, np.broadcast_to(scored, shape), np.broadcast_to(roles, shape))


def answered_at(
    inputs: NDArray[Any],
    steps: NDArray[np.integer[Any]],
    answers: NDArray[np.integer[Any]],
    roles: NDArray[np.uint8],
) -> Sequences:
    """Sequences (N, T) whose one answer, a class (N,), is read at a step of its own, (N,)."""
    scored = steps[:, None] == np.arange(inputs.shape[1])
    targets = np.where(scored, answers[:, None], 0).astype(np.int32)
    return Sequences(inputs, targets, scored, roles)


def longer(steps: int) -> int:
    """The gap or length of what is tested on only, where `steps` is the one trained on."""
    return max(2 * steps, steps + 1)


def role_row(length: int, **steps: int | slice) -> NDArray[np.uint8]:
    """Roles (length,): carrier but where told otherwise, as by `cue=4, query=-1`."""
    row = np.full(length, Role.CARRIER, np.uint8)
    for name, where in steps.items():
        row[where] = Role[name.upper()]
    return row
