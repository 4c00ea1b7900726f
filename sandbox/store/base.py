"""What the store keeps of a run, as experiments, arrays and plain values."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from sandbox.cells.cell import layout
from sandbox.cells.known import cell_named
from sandbox.experiment import Experiment, parse

if TYPE_CHECKING:
    from sandbox.cells.cell import Layout
    from sandbox.contestants import AnyContestant
    from sandbox.tasks.base import Task

Float32 = NDArray[np.float32]
State = Mapping[str, NDArray[Any]]
Measured = tuple[Float32, Float32, Float32]  # loss, accuracy, grad_norm, each (n,)
Curves = Mapping[str, tuple[NDArray[np.int64], Measured]]  # by net's key: steps (n,), measured


class RunError(Exception):
    """A run cannot be read or written; the text is one sentence that says what to do."""


class InputError(RunError):
    """A file that the user chose cannot be used; the text is one sentence."""


@dataclass(frozen=True)
class Net:
    """One replicate of a contestant; its seed is the experiment's plus the replicate's number."""

    contestant: AnyContestant
    seed: int

    def layout(self, task: Task) -> Layout:
        """The position of each parameter in the flat weight vector."""
        one = self.contestant
        sizes = (task.inputs.size, one.hidden, len(task.outputs), one.layers)
        return layout(cell_named(one.cell), *sizes)


def nets(experiment: Experiment) -> dict[str, Net]:
    """Every net in order, by its key: "lstm", or "lstm#1" with replicates."""
    one = experiment.replicates == 1
    return {
        each.name if one else f"{each.name}#{replicate}": Net(each, experiment.seed + replicate)
        for each in experiment.contestants
        for replicate in range(experiment.replicates)
    }


@dataclass(frozen=True)
class Progress:
    """How far a run has come.

    seconds: time spent training.  cells: plain values for each net's key: "loss" and
    "accuracy" on fresh sequences, "solved_at", "diverged_at", "parameters".
    """

    step: int
    seconds: float
    experiment: Experiment
    cells: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)


@dataclass(frozen=True)
class Origin:
    """Where a fork began: its parent's id and the last step they share."""

    parent: str
    step: int


@dataclass(frozen=True)
class RunInfo:
    """One line of the list of runs.  created, updated: ISO 8601, UTC.

    gap: the value of the task's gap field, if it has one.  seed: the experiment's.
    cells: as in `Progress`.  note, star: set by the user.  origin: where a fork began.
    size: bytes of curves and checkpoints.  interrupted: the process that trained it ended
    without closing it.  damage: a sentence if part of the run cannot be read; other fields may
    then be empty.  held: what is held in its nets in the pictures, as texts, by net.
    """

    run: str
    created: str = ""
    updated: str = ""
    task: str = ""
    gap: int | None = None
    seed: int = 0
    step: int = 0
    steps: int = 0
    seconds: float = 0.0
    cells: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    note: str = ""
    star: bool = False
    origin: Origin | None = None
    size: int = 0
    interrupted: bool = False
    damage: str | None = None
    held: Mapping[str, str] = field(default_factory=dict)

    @property
    def looks(self) -> dict[str, int]:
        """The stored looks by contestant's name."""
        own = ((key.partition("#")[0], each.get("look")) for key, each in self.cells.items())
        return {name: look for name, look in own if isinstance(look, int)}


def in_force(begun: Experiment, changes: Iterable[tuple[int, Experiment]], step: int) -> Experiment:
    """The experiment in force for the training step after `step`, by changes in their order."""
    return [begun, *(changed for at, changed in changes if at <= step)][-1]


@dataclass(frozen=True)
class ExperimentTimeline:
    """A run's experiment as it was begun, after each live change, (step, experiment), its origin.

    first, later: with what was changed before the first training step counted from the start.
    """

    begun: Experiment
    changes: tuple[tuple[int, Experiment], ...] = ()
    origin: Origin | None = None

    @property
    def first(self) -> Experiment:
        """The experiment of the first training step."""
        return in_force(self.begun, self.changes, self.origin.step if self.origin else 0)

    @property
    def later(self) -> tuple[tuple[int, Experiment], ...]:
        """The changes after the first training step."""
        start = self.origin.step if self.origin else 0
        return tuple(each for each in self.changes if each[0] > start)


@dataclass(frozen=True)
class StoredRun:
    """A run at its last checkpoint.

    begun: the experiment at the first step (0, or a fork's step).  events: plain values, in
    order, each with "step" and "kind"; an event that changed the experiment holds the new one
    under "experiment".  state: the checkpoint at `info.step`.
    """

    info: RunInfo
    begun: Experiment
    events: tuple[Mapping[str, Any], ...]
    state: State

    @cached_property
    def changes(self) -> tuple[tuple[int, Experiment], ...]:
        """(step, the experiment in force after that step), in order."""
        return tuple(
            (int(event["step"]), parse(event["experiment"]))
            for event in self.events
            if event.get("experiment")
        )

    @property
    def timeline(self) -> ExperimentTimeline:
        """Its settings from its first step on."""
        return ExperimentTimeline(self.begun, self.changes, self.info.origin)

    def experiment_at(self, step: int) -> Experiment:
        """The experiment in force for the training step after `step`."""
        return in_force(self.begun, self.changes, step)


@dataclass(frozen=True)
class RunRecord(StoredRun):
    """A whole run, as an experiment file holds it.

    curves: by net's key, steps int64 (n,) and (loss, accuracy, grad_norm), each float32 (n,).
    clock: float64 (m, 2), rows of (step, seconds of training up to it), increasing.
    checkpoints: by step, oldest first; the last one is `state`, at `info.step`.
    """

    curves: Curves
    clock: NDArray[np.float64]
    checkpoints: Mapping[int, State]

    def before(self, step: int) -> tuple[int, State]:
        """The last checkpoint at or before `step`, and its step; RunError if there is none."""
        earlier = [each for each in self.checkpoints if each <= step]
        if not earlier:
            raise RunError(no_checkpoint(self.info.run, step))
        return max(earlier), self.checkpoints[max(earlier)]

    def pieces(self, most: int | None = None) -> Iterator[tuple[int, dict[str, Measured], float]]:
        """The curves in the pieces in which they were measured, joined to at most `most`.

        Each as its first step, the measurements by net's key, and the seconds of training.
        """
        curves = {key: curve for key, curve in self.curves.items() if len(curve[0])}
        if not curves:
            return
        first = min(int(steps[0]) for steps, _ in curves.values())
        last = max(int(steps[-1]) for steps, _ in curves.values())
        every = 1 if most is None else -(-len(self.clock) // most) or 1
        ends = [(int(step), float(at)) for step, at in self.clock[::-1][::every][::-1]]
        # Damage leaves gaps: a piece ends before each.
        gaps = {int(at) for steps, _ in curves.values() for at in steps[:-1][np.diff(steps) > 1]}
        ends = sorted({**dict.fromkeys(gaps, 0.0), **dict(ends)}.items())
        if not ends or ends[-1][0] < last:
            ends.append((last, self.info.seconds))
        seconds = 0.0
        for end, at in ends:
            seconds = max(at, seconds)
            if end < first:
                continue
            part: dict[str, Measured] = {}
            start_of = first
            for key, (steps, (loss, accuracy, norm)) in curves.items():
                start, stop = steps.searchsorted([first, end + 1])
                if stop > start:
                    start_of = int(steps[start])
                    part[key] = loss[start:stop], accuracy[start:stop], norm[start:stop]
            if part:
                yield start_of, part, seconds
            first = end + 1


@dataclass(frozen=True)
class Usage:
    """Bytes that the curves and checkpoints of all runs take, and how many they may take."""

    used: int
    budget: int


def no_checkpoint(run: str, step: int) -> str:
    """The sentence for a step whose checkpoint is gone, while the curves are still there."""
    return (
        f"Run {run} has no checkpoint at or before step {step:,}: it was deleted to save space; "
        "choose a later step."
    )


@dataclass
class Batch:
    """What is new in a run since the last write.

    points: (first step, {key: measured}, seconds of training by the last step).
    kept: checkpoints to keep, by step.  dropped: steps whose checkpoints are to be deleted.
    latest: the checkpoint at `progress.step`, which replaces the previous latest one.
    """

    points: list[tuple[int, Mapping[str, Measured], float]] = field(default_factory=list)
    events: list[Mapping[str, Any]] = field(default_factory=list)
    kept: dict[int, State] = field(default_factory=dict)
    dropped: set[int] = field(default_factory=set)
    latest: State = field(default_factory=dict)
    progress: Progress | None = None
