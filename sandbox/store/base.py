"""What a store of runs is, whatever it keeps them in: experiments, arrays and plain values."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from sandbox.experiment import Experiment, parse

Float32 = NDArray[np.float32]
State = Mapping[str, NDArray[Any]]
Measured = tuple[Float32, Float32, Float32]  # loss, accuracy, grad_norm, each (n,)


class RunError(Exception):
    """A run that cannot be read or written, in one sentence that says what to do."""


@dataclass(frozen=True)
class Progress:
    """How far a run is, at a checkpoint.

    seconds: time spent training.  cells: by contestant's key, plain values ("loss",
    "accuracy" on fresh sequences, "solved_at", "diverged_at", "parameters").
    """

    step: int
    seconds: float
    experiment: Experiment
    cells: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)


@dataclass(frozen=True)
class RunInfo:
    """One line of the list of runs.  created, updated: ISO 8601, UTC.

    damage: a sentence, where the run cannot be read; the other fields then say nothing.
    """

    run: str
    created: str = ""
    updated: str = ""
    task: str = ""
    step: int = 0
    steps: int = 0
    seconds: float = 0.0
    cells: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    damage: str | None = None


@dataclass(frozen=True)
class StoredRun:
    """A run as its last checkpoint left it.

    begun: the experiment at step 0.  events: plain values, in order, each with "step" and
    "kind"; one that changed the experiment carries it as "experiment".
    state: what the trainer goes on from.
    """

    info: RunInfo
    begun: Experiment
    events: tuple[Mapping[str, Any], ...]
    state: State

    @cached_property
    def changes(self) -> tuple[tuple[int, Experiment], ...]:
        """(step, experiment from the update after that step on), in order."""
        return tuple(
            (int(event["step"]), parse(event["experiment"]))
            for event in self.events
            if event.get("experiment")
        )

    def experiment_at(self, step: int) -> Experiment:
        """The experiment in force for the update after `step`."""
        current = self.begun
        for changed_at, experiment in self.changes:
            if changed_at <= step:
                current = experiment
        return current


class Store(Protocol):
    """Keeps runs.  What is appended is safe once `checkpoint` has returned, not before.

    begin, resume, append, append_curves and finish touch nothing that can fail for want of
    room; checkpoint raises OSError and may be tried again: nothing appended is lost by that.
    """

    def begin(self, run: str, experiment: Experiment) -> None:
        """A new run; it is kept from its first checkpoint on."""

    def resume(self, run: str) -> StoredRun:
        """The run, to be gone on with from its checkpoint; RunError where it cannot be."""

    def append_curves(self, run: str, first: int, curves: Mapping[str, Measured]) -> None:
        """Measurements of the steps `first`, `first` + 1, … by contestant's key."""

    def append(self, run: str, event: Mapping[str, Any]) -> None:
        """An event as plain JSON values, with at least "step" and "kind"."""

    def checkpoint(self, run: str, state: State, progress: Progress) -> None:
        """Make everything up to here safe at once; OSError leaves the last checkpoint whole."""

    def finish(self, run: str) -> None:
        """Let go of the run; what was appended since the last checkpoint is dropped."""

    def resolve(self, name: str) -> str:
        """The id that "last" or an id means; ExperimentError where there is none."""

    def load(self, run: str) -> StoredRun:
        """The run as its last checkpoint left it; RunError where it cannot be read."""

    def curves(self, run: str) -> dict[str, tuple[NDArray[np.int64], Measured]]:
        """Steps (n,) and measurements by contestant's key; RunError where unreadable."""

    def list(self) -> tuple[RunInfo, ...]:
        """Every run, oldest first."""

    def delete(self, run: str) -> None:
        """Remove a run; RunError where it cannot be."""
