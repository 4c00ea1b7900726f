"""Two sequences that differ in the cue alone, and how far an answer lies between theirs."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import numpy as np

from sandbox.insight.subject import asked_steps
from sandbox.tasks.base import Role, Sequences, Task

if TYPE_CHECKING:
    from numpy.typing import NDArray

LEAST = 1e-6  # a smaller difference between two answers is none


@dataclass(frozen=True)
class Pair:
    """Two sequences of T steps as one batch: the first is changed, the second gives.

    only_cue: whether they differ in the cue alone.  asked: the step of the question.
    """

    both: Sequences
    only_cue: bool
    asked: int

    def back(self) -> Pair:
        """The same with the second one changed."""
        return replace(self, both=self.both.pick(np.array([1, 0])))


def pair_of(task: Task, sequences: Sequences, index: int, pool: Sequences) -> Pair | None:
    """A sequence, and the same with the cue of one in `pool` whose answer is another.

    Where no cue can be put in its place, the other sequence itself; None if there is none.
    """
    one = sequences.pick(index)
    asked = int(asked_steps(one)[0])
    for only_cue in (True, False):
        for other in range(len(pool)):
            given = pool.pick(other)
            if _fits(task, one, given, asked, only_cue):
                second = _with_cue_of(one, given) if only_cue else given
                return Pair(_together(one, second), only_cue, asked)
    return None


def margin(raw: NDArray[Any], plain: NDArray[Any], task: Task) -> NDArray[Any]:
    """How far answers lie from the first of two to the second: 0 for the first, 1 for the second.

    raw (…, O): readouts before any softmax.  plain (2, O): those of the two.  Of classes it is
    the difference of the logits of the two answers (Wang et al. 2023); otherwise the component
    along the difference of the two readouts.  NaN where the two hardly differ.
    """
    first, second = plain.astype(np.float64)
    if task.loss == "cross_entropy":
        a, b = int(first.argmax()), int(second.argmax())
        direction = np.zeros(len(first))
        direction[b], direction[a] = 1.0, -1.0
        direction = direction if a != b else np.zeros_like(direction)
    else:
        direction = second - first
    low, high = first @ direction, second @ direction
    if not abs(high - low) > LEAST:
        return np.full(raw.shape[:-1], np.nan)
    return np.asarray((raw.astype(np.float64) @ direction - low) / (high - low))


def _fits(task: Task, one: Sequences, other: Sequences, asked: int, only_cue: bool) -> bool:
    """Whether the other has another answer, and stands in the same places."""
    if one.roles.shape != other.roles.shape or int(asked_steps(other)[0]) != asked:
        return False
    ours, theirs = one.targets[0, asked], other.targets[0, asked]
    if np.allclose(ours, theirs):
        return False
    if not only_cue:
        return True
    if not (one.roles == Role.CUE).any() or not np.array_equal(one.roles, other.roles):
        return False
    fixed = np.isin(one.roles[0], (Role.CARRIER, Role.QUERY))
    return bool(np.array_equal(one.inputs[0, fixed], other.inputs[0, fixed]))


def _with_cue_of(one: Sequences, other: Sequences) -> Sequences:
    cue = one.roles == Role.CUE
    inputs, targets = one.inputs.copy(), one.targets.copy()
    inputs[cue], targets[one.scored] = other.inputs[cue], other.targets[one.scored]
    return replace(one, inputs=inputs, targets=targets)


def _together(one: Sequences, other: Sequences) -> Sequences:
    arrays = zip(one.arrays, other.arrays, strict=True)
    return Sequences(*(np.concatenate(both) for both in arrays))
