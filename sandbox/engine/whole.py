"""Whether a net answers whole sequences correctly."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from sandbox.engine.nets import Net
    from sandbox.tasks.base import Sequences

TRACE_BATCH = 40  # sequences


def whole_right(net: Net, sequences: Sequences, within: float) -> NDArray[np.bool_]:
    """Whether every scored step of each sequence is right, (N,).

    within: how near a value must be (`Task.correct_within`).
    """
    parts = [
        sequences.pick(slice(start, start + TRACE_BATCH))
        for start in range(0, len(sequences), TRACE_BATCH)
    ]
    return np.concatenate(
        [np.where(part.scored, _right(net, part, within), True).all(axis=1) for part in parts]
    )


def _right(net: Net, sequences: Sequences, within: float) -> NDArray[np.bool_]:
    """Whether the answer at each step is right, (N, T), as the kernels count it."""
    answers = np.swapaxes(net.trace(sequences).answers, 0, 1)
    return right_steps(answers, sequences.targets, within)


def right_steps(
    answers: NDArray[Any], targets: NDArray[Any], within: float = 0.0
) -> NDArray[np.bool_]:
    """Which answers (…, O) are right, (…), by the kind of targets: see `Task.loss`."""
    if targets.ndim < answers.ndim:
        return np.asarray(answers.argmax(axis=-1) == targets)
    if targets.dtype == np.uint8:
        legal = targets.astype(bool)
        lowest = np.where(legal, answers, np.inf).min(axis=-1)
        highest = np.where(legal, -np.inf, answers).max(axis=-1)
        return np.asarray(lowest > highest)
    return np.asarray((np.abs(answers - targets) < within).all(axis=-1))
