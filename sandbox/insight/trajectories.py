"""The ways of many sequences through a layer's states, along its principal components."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from sandbox.insight.subject import asked_steps
from sandbox.insight.visited import STREAM, flat_states, traced

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

    from sandbox.insight.answer_groups import AnswerGroups
    from sandbox.insight.components import Components
    from sandbox.insight.subject import Subject

FOLLOWED = 2000  # fresh sequences
MOST_NUMBERS = 6_000_000


@dataclass(frozen=True)
class Trajectories:
    """Ways of N sequences of T steps along K components.

    placed: float32 (N, T, K).  roles (N, T): `Role` of each step, 0 where there is none.  asked
    (N,): the step of the question.  groups (N,): which answer is asked for.
    """

    placed: NDArray[np.float32]
    roles: NDArray[np.uint8]
    asked: NDArray[np.intp]
    groups: NDArray[np.intp]

    def few(self, each: int) -> NDArray[np.intp]:
        """The first sequences of every group, at most `each` of one; groups in turn."""
        before = np.zeros(len(self.groups), np.intp)  # sequences of its group before each
        for group in np.unique(self.groups):
            own = self.groups == group
            before[own] = np.arange(np.count_nonzero(own))
        chosen = np.flatnonzero((before < each) & (self.groups >= 0))
        return chosen[np.lexsort((self.groups[chosen], before[chosen]))]


def trajectories(
    subject: Subject,
    layer: int,
    components: Components,
    groups: AnswerGroups,
    count: int = FOLLOWED,
    stop: Callable[[], bool] = lambda: False,
) -> Trajectories | None:
    """The ways of `count` fresh sequences, fewer if they are long; None if `stop` said so."""
    size = subject.task.length * len(components.axes)
    sequences = subject.fresh(max(min(count, MOST_NUMBERS // size), 1), STREAM)
    placed = []
    for _, arrays in traced(subject, sequences):
        if stop():
            return None
        along = components.project(flat_states(subject, arrays, layer))
        placed.append(np.swapaxes(along, 0, 1).astype(np.float32))
    roles, asked = np.array(sequences.roles), asked_steps(sequences)
    return Trajectories(np.concatenate(placed), roles, asked, groups.of(sequences))
