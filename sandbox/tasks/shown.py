"""The one sequence of several that is looked at, without its padding."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from sandbox.tasks.base import Sequences, Task


@dataclass(frozen=True)
class ShownSequence:
    """Number `index` of `sequences`, T steps long."""

    task: Task
    sequences: Sequences
    index: int

    @cached_property
    def length(self) -> int:
        """Its steps without padding, T."""
        return int(np.count_nonzero(self.sequences.roles[self.index]))

    @cached_property
    def labels(self) -> list[str]:
        """What stands at each step, in words."""
        return self.task.labels(self.sequences, self.index)[: self.length]

    @property
    def roles(self) -> NDArray[np.uint8]:
        """`Role` of each step, (T,)."""
        return self.sequences.roles[self.index, : self.length]

    @cached_property
    def asked_at(self) -> int:
        """The last step at which something is asked: where the answer that is shown is read."""
        scored = np.flatnonzero(self.sequences.scored[self.index, : self.length])
        return int(scored[-1]) if len(scored) else self.length - 1
