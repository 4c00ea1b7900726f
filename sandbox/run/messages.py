"""The worker's messages, and the mailbox that carries them.

Every message has the id of its run. The mailbox keeps only the latest frame, status and errors
ahead; points, evaluations and events are each delivered once, in order.
"""

from __future__ import annotations

import math
import threading
from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING, Literal, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Mapping

    from sandbox.engine.errors_ahead import ErrorsAhead
    from sandbox.engine.trace import Float32, Trace
    from sandbox.experiment import Experiment
    from sandbox.tasks.base import Sequences


class Phase(StrEnum):
    """What a run is doing.  READY: untrained.  FINISHED: all steps are taken."""

    WARMING = "warming up"
    READY = "ready"
    RUNNING = "running"
    PAUSED = "paused"
    FINISHED = "finished"
    FAILED = "failed"


class Curve(NamedTuple):
    """One net's measurements at consecutive training steps, each float32 (n,).

    loss: mean over the batch's scored steps; accuracy: 0..1; grad_norm: before clipping.
    """

    loss: Float32
    accuracy: Float32
    grad_norm: Float32


@dataclass(frozen=True)
class Points:
    """Curves of the steps `first`, `first` + 1, …; step k is the k-th update, counted from 1.

    A diverged net has fewer entries than the others, or none.  seconds: of training up to the
    last step.
    """

    run: str
    first: int
    curves: Mapping[str, Curve]
    seconds: float = 0.0

    @property
    def last(self) -> int:
        """The last step of the curves."""
        return self.first + max((len(c.loss) for c in self.curves.values()), default=0) - 1


@dataclass(frozen=True)
class Evaluation:
    """A net's results on fresh sequences.  splits: (loss, accuracy) by split."""

    run: str
    step: int
    cell: str
    splits: Mapping[str, tuple[float, float]]
    solved: bool
    judged: tuple[str, ...] = ()  # the splits that decide whether it is solved; all if empty

    @property
    def worst(self) -> tuple[float, float]:
        """Loss and accuracy on the deciding split with the highest loss; NaN is the highest."""
        scores = (self.splits[split] for split in self.judged or self.splits)
        return max(scores, key=lambda score: (math.isnan(score[0]), score[0]))


@dataclass(frozen=True)
class Generalisation:
    """A net's loss and accuracy on a split it is not trained on, between evaluations."""

    run: str
    step: int
    cell: str
    split: str
    loss: float
    accuracy: float


EventKind = Literal["solved", "diverged", "changed", "forked", "finished", "note", "grew"]


@dataclass(frozen=True)
class Event:
    """Something that happened at a training step, as a sentence.

    gap: for kind "grew", the gap from then on.  replaced: for kind "changed", the experiment in
    force until this step.
    """

    run: str
    step: int
    kind: EventKind
    text: str
    cell: str | None = None
    gap: int | None = None
    replaced: Experiment | None = None


@dataclass(frozen=True, eq=False)
class Frame:
    """The trace of every net on the probe at this step; equal only to itself.

    ahead: if asked for and due, every net's answers to the probe and to some more steps in which
    it is fed its own answers (`engine.free_running`), (T + steps, B, O); else empty.   cut: traces
    of the nets in which something is held, with it held; `traces` are without.   weights: every
    net's flat vector (P,), if asked for.
    """

    run: str
    step: int
    probe: Sequences
    traces: Mapping[str, Trace]
    ahead: Mapping[str, Float32] = field(default_factory=dict)
    cut: Mapping[str, Trace] = field(default_factory=dict)
    weights: Mapping[str, Float32] = field(default_factory=dict)


@dataclass(frozen=True)
class MeasuredAhead:
    """Errors of every net's forecasts up to `steps` steps ahead, at a training step.

    found: None if the task forecasts nothing, or holds out too few values.
    """

    run: str
    step: int
    steps: int
    found: ErrorsAhead | None


@dataclass(frozen=True)
class Status:
    """Phase and speed.  seconds: time spent training, without pauses and waits.

    preparing: in phase WARMING, what takes the time, apart from kernels; else "".
    keys: the cell of every net, by its key, in order: {"lstm#0": "lstm", …}.
    In phase FAILED exactly one of these is set: refused, a sentence if the request is impossible
    (a wrong value, too little memory); error, a traceback if the fault is ours.
    report: with refused, the traceback of an own task.
    """

    run: str
    phase: Phase
    step: int
    steps_per_s: float
    seconds: float
    experiment: Experiment | None = None
    keys: Mapping[str, str] | None = None
    error: str | None = None
    refused: str | None = None
    preparing: str = ""
    report: str = ""


Record = Points | Evaluation | Generalisation | Event


@dataclass
class Mail:
    """Everything posted since the last `drain`."""

    records: list[Record] = field(default_factory=list)
    frame: Frame | None = None
    status: Status | None = None
    measured: MeasuredAhead | None = None


class Mailbox:
    """A thread-safe box for messages; `post` and `drain` wait for nothing but each other."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._mail = Mail()

    def post(self, message: Record | Frame | Status | MeasuredAhead) -> None:
        """Leave a message; one that is not a record replaces one not yet taken."""
        with self._lock:
            if isinstance(message, Frame):
                self._mail.frame = message
            elif isinstance(message, Status):
                self._mail.status = message
            elif isinstance(message, MeasuredAhead):
                self._mail.measured = message
            else:
                self._mail.records.append(message)

    def drain(self) -> Mail:
        """Take everything posted since the last call."""
        with self._lock:
            mail, self._mail = self._mail, Mail()
        return mail
