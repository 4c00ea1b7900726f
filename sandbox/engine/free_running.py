"""Free running: what a net answers when it is fed its own answers."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from sandbox.engine.holding import steps_of
from sandbox.tasks.base import Role, Sequences, Task

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from sandbox.engine.compilation import Net
    from sandbox.engine.holding import Held

FEWEST, MOST = 10, 100


def steps_ahead(length: int) -> int:
    """How many steps to run freely after a sequence of T steps: half as many."""
    return min(max(length // 2, FEWEST), MOST)


def can_continue(task: Task, sequences: Sequences) -> bool:
    """Whether the task turns an answer to these sequences into the next input."""
    if type(task).continued is Task.continued or not len(sequences):
        return False
    one, count = sequences.pick(0), len(task.outputs)
    known = one.steps(slice(0, int(_lengths(one)[0])))
    return task.continued(known, np.full((1, count), 1 / count, np.float32)) is not None


def ahead(
    net: Net,
    task: Task,
    sequences: Sequences,
    steps: int,
    held: Held | None = None,
) -> NDArray[np.float32] | None:
    """Answers (T + steps, N, O) to N sequences and to `steps` more steps, fed its own answers.

    Row t is the answer after step t.  Up to its length L a sequence is read as it is (teacher
    forcing); after that, as `Task.continued` extends it by the last answer.  Rows from L + steps
    on are NaN.  None if the task cannot be continued.  held: of T + steps steps.
    """
    if not can_continue(task, sequences):
        return None
    lengths = _lengths(sequences)
    total = sequences.roles.shape[1] + steps
    found = np.full((total, len(sequences), len(task.outputs)), np.nan, np.float32)
    for length in np.unique(lengths):
        rows = np.flatnonzero(lengths == length)
        known = sequences.pick(rows).steps(slice(0, int(length)))
        answers = _fed_on_itself(net, task, known, steps, held)
        if answers is None:
            return None
        found[: length + steps, rows] = answers
    return found


def _fed_on_itself(
    net: Net, task: Task, known: Sequences, steps: int, held: Held | None
) -> NDArray[Any] | None:
    """Answers (L + steps, n, O) to unpadded sequences; NaN from the first non-finite one on."""
    past: Any
    length = known.roles.shape[1]
    answers, past = net.follow(known, steps_of(held or {}, slice(0, length)))
    found, lost = [answers], np.zeros((len(known), 1), np.bool_)
    for step in range(length, length + steps):
        last = found[-1][-1]
        lost = lost | ~np.isfinite(last).all(axis=1, keepdims=True)
        longer = task.continued(known, np.where(lost, 0, last).astype(np.float32))
        if longer is None:
            return None
        known = longer
        now = steps_of(held or {}, slice(step, step + 1))
        answers, past = net.follow(known.steps(slice(-1, None)), now, past, step)
        found.append(np.where(lost, np.nan, answers))
    return np.concatenate(found)


def _lengths(sequences: Sequences) -> NDArray[np.intp]:
    """The steps of each sequence without padding, (N,)."""
    return np.asarray(np.count_nonzero(sequences.roles != Role.PADDING, axis=1))
