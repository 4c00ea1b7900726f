"""Sequences in groups by their right answer, so that states can be told apart by it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from sandbox.insight.subject import asked_steps

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from sandbox.tasks.base import Sequences, Task

MOST_GROUPS = 12  # rarer answers are one more group
OTHERS = "others"
THIRDS = ("low", "middle", "high")


class AnswerGroups:
    """Groups of a task's sequences, by what some of them are asked for at their question.

    Every class, set of legal symbols or value is a group of its own, unless there are many: then
    rare classes are one group, and values are three of one size.  names: of the groups, in order.
    """

    def __init__(self, task: Task, sequences: Sequences) -> None:
        found = _targets(sequences)
        values, counts = np.unique(found, axis=0, return_counts=True)
        self._ends: NDArray[Any] | None = None
        if np.issubdtype(found.dtype, np.floating) and len(values) > MOST_GROUPS:
            self._ends = np.quantile(found[:, 0], (1 / 3, 2 / 3))
            self.names: tuple[str, ...] = THIRDS
            return
        kept = np.sort(np.argsort(-counts, kind="stable")[:MOST_GROUPS])
        self._values = values[kept]
        others = (OTHERS,) if len(kept) < len(values) else ()
        self.names = (*(_name(task, each) for each in self._values), *others)

    def of(self, sequences: Sequences) -> NDArray[np.intp]:
        """The group of each sequence, (N,): a place in `names`, or -1 for an answer without one."""
        found = _targets(sequences)
        if self._ends is not None:
            return np.asarray(np.digitize(found[:, 0], self._ends))
        same = (found[:, None] == self._values).all(axis=2)
        rest = len(self._values) if OTHERS in self.names else -1
        return np.asarray(np.where(same.any(axis=1), same.argmax(axis=1), rest))


def _targets(sequences: Sequences) -> NDArray[Any]:
    """The right answer of each sequence as a row, (N, …)."""
    rows = np.arange(len(sequences))
    return np.asarray(sequences.targets[rows, asked_steps(sequences)]).reshape(len(rows), -1)


def _name(task: Task, value: NDArray[Any]) -> str:
    if task.loss == "cross_entropy":
        return task.outputs[int(value[0])]
    if task.loss == "legal_symbols":
        return " ".join(task.outputs[symbol] for symbol in np.flatnonzero(value)) or "none"
    each = [task.units.value(float(x)) if task.units else f"{float(x):g}" for x in value]
    return ", ".join(each)
