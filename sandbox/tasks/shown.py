"""The one sequence of a batch that is shown, without its padding."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np

from sandbox.tasks.base import Role, Sequences, Task, Tokens

if TYPE_CHECKING:
    from numpy.typing import NDArray

LONGEST_SYMBOL = 2  # characters: "A", "16", "?"


@dataclass(frozen=True)
class ShownSequence:
    """Number `index` of `sequences`, T steps long.

    remark: None for one that the task drew; for a person's own what is not known of it, or "".
    """

    task: Task
    sequences: Sequences
    index: int
    remark: str | None = field(default=None, kw_only=True)

    @property
    def is_own(self) -> bool:
        """Whether a person made it."""
        return self.remark is not None

    @cached_property
    def length(self) -> int:
        """Its steps without padding, T."""
        return int(np.count_nonzero(self.sequences.roles[self.index]))

    @cached_property
    def labels(self) -> list[str]:
        """Each step in few words, T of them."""
        return self.task.short_labels(self.sequences, self.index)[: self.length]

    @cached_property
    def told(self) -> list[str]:
        """Each step with the names of all that is read there, T of them."""
        return self.task.told_steps(self.sequences, self.index)[: self.length]

    @property
    def roles(self) -> NDArray[np.uint8]:
        """`Role` of each step, (T,)."""
        return self.sequences.roles[self.index, : self.length]

    @cached_property
    def asked_at(self) -> int:
        """The step of the answer that is shown: the last scored step with the role QUERY.

        The last scored step if there is none.
        """
        scored = self.sequences.scored[self.index, : self.length]
        for steps in (scored & (self.roles == Role.QUERY), scored):
            if steps.any():
                return int(np.flatnonzero(steps)[-1])
        return self.length - 1


def counted(task: Task) -> str:
    """What an accuracy criterion counts, to stand after "99%".

    " of whole sequences", " on longer strings"; "" if it counts steps as training does.
    """
    whole = " of whole sequences" if task.whole_sequences else ""
    elsewhere = task.splits[0] not in task.judged_on()
    return whole + (f" on {', '.join(task.judged_on())}" if elsewhere else "")


def unit_of_length(task: Task) -> str:
    """What a task's steps are called: "words", "symbols" if they are short, or else "steps"."""
    if not isinstance(task.inputs, Tokens):
        return "steps"
    long = sum(len(word) > LONGEST_SYMBOL for word in task.inputs.words)
    return "words" if 2 * long > len(task.inputs.words) else "symbols"
