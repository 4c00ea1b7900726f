"""The net that is asked why: its weights at one training step, its cell and its task."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np

from sandbox.engine.compilation import network_for
from sandbox.tasks.base import Role, Sequences, Task
from sandbox.tasks.streams import Purpose, stream

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray

    from sandbox.cells.cell import Cell
    from sandbox.engine.compilation import Net
    from sandbox.engine.holding import Held
    from sandbox.experiment import Experiment

AT_ONCE, STEPS_AT_ONCE = 1024, 2**16  # sequences in one pass, and steps of all together


@dataclass(frozen=True)
class Subject:
    """A net with a key ("lstm", "lstm#1"), and what it was trained on; seed: of fresh sequences."""

    key: str
    net: Net
    task: Task
    seed: int = 0

    @property
    def cell(self) -> Cell:
        """Its cell."""
        return self.net.cell

    @cached_property
    def weights(self) -> dict[str, NDArray[Any]]:
        """Its weights by their names in the layout."""
        return self.net.layout.views(self.net.vectors()["weights"])

    def fresh(self, count: int, index: int = 0) -> Sequences:
        """Sequences that no net was trained or tested on; another index gives others."""
        return self.task.draw(stream(self.seed, Purpose.INSIGHT, index), count)

    def raw(self, hidden: NDArray[Any]) -> NDArray[Any]:
        """What the readout makes of hidden states (…, H), before any softmax: (…, O)."""
        with np.errstate(over="ignore", invalid="ignore"):
            return np.asarray(hidden @ self.weights["W_o"] + self.weights["b_o"])

    def asked(self, sequences: Sequences, held: Held | None = None) -> NDArray[Any]:
        """The readout at each sequence's question, (N, O); held: for all sequences alike."""
        found = []
        for rows in in_parts(len(sequences), sequences.roles.shape[1]):
            part = sequences.pick(rows)
            hidden, _ = self.net.forward(part, held)
            found.append(hidden[asked_steps(part), np.arange(len(part))])
        return self.raw(np.concatenate(found))


def subject_of(experiment: Experiment, key: str, weights: NDArray[Any], task: Task) -> Subject:
    """The net with this key and a copy of these weights (P,)."""
    name, _, number = key.partition("#")
    theta = np.array(weights, np.float32)
    net = network_for(experiment.contestant(name), task, theta, experiment.device)
    return Subject(key, net, task, experiment.seed + int(number or 0))


def in_parts(count: int, steps: int) -> Iterator[slice]:
    """Parts of so many sequences of T steps, each small enough for one pass."""
    size = min(max(STEPS_AT_ONCE // steps, 1), AT_ONCE)
    for start in range(0, count, size):
        yield slice(start, min(start + size, count))


def asked_steps(sequences: Sequences) -> NDArray[np.intp]:
    """The step of each sequence's question, (N,): the last scored one, with role QUERY if any."""
    scored = sequences.scored
    query = scored & (sequences.roles == Role.QUERY)
    chosen = np.where(query.any(axis=1, keepdims=True), query, scored)
    last = chosen.shape[1] - 1 - chosen[:, ::-1].argmax(axis=1)
    length = np.count_nonzero(sequences.roles, axis=1) - 1
    return np.asarray(np.where(chosen.any(axis=1), last, length))


def cue_steps(sequences: Sequences, index: int = 0) -> NDArray[np.intp]:
    """The steps of a sequence's cue, in order."""
    return np.flatnonzero(sequences.roles[index] == Role.CUE)
