"""What the worker thread tells the rest, and the mailbox that it leaves it in.

Each message carries the id of its run. The mailbox keeps only the latest frame and status; points,
evaluations and events are each delivered once, in order.
"""

from __future__ import annotations

import threading
from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING, Literal

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    from collections.abc import Mapping

    from sandbox.engine.trace import Trace
    from sandbox.experiment import Experiment
    from sandbox.tasks.base import Sequences

Float32 = NDArray[np.float32]


class Phase(StrEnum):
    """Where a run is.  READY is untrained; FINISHED has taken all its steps."""

    WARMING = "warming up"
    READY = "ready"
    RUNNING = "running"
    PAUSED = "paused"
    FINISHED = "finished"
    FAILED = "failed"


@dataclass(frozen=True)
class Curve:
    """One net's training measurements of consecutive steps, each float32 (n,).

    loss: mean over the batch's scored steps; accuracy: 0..1; grad_norm: before clipping.
    """

    loss: Float32
    accuracy: Float32
    grad_norm: Float32


@dataclass(frozen=True)
class Points:
    """Curves of the steps `first`, `first` + 1, …; step k is the k-th update, from 1.

    A net that diverged has fewer entries than the others, or none.  seconds: of training, up to
    the last of them.
    """

    run: str
    first: int
    curves: Mapping[str, Curve]
    seconds: float = 0.0

    @property
    def last(self) -> int:
        """The last step in here."""
        return self.first + max((len(c.loss) for c in self.curves.values()), default=0) - 1


@dataclass(frozen=True)
class Evaluation:
    """A net on fresh sequences.  splits: (loss, accuracy) by split."""

    run: str
    step: int
    cell: str
    splits: Mapping[str, tuple[float, float]]
    solved: bool
    judged: tuple[str, ...] = ()  # the splits that decide whether it is solved; all if empty

    @property
    def worst(self) -> tuple[float, float]:
        """Loss and accuracy on the deciding split with the highest loss."""
        return max(self.splits[split] for split in self.judged or self.splits)


@dataclass(frozen=True)
class Generalisation:
    """A net on a split that it is not trained on, between evaluations."""

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

    gap: of kind "grew", the gap that the contestant goes on with.  replaced: of kind "changed",
    the experiment that was in force until this step.
    """

    run: str
    step: int
    kind: EventKind
    text: str
    cell: str | None = None
    gap: int | None = None
    replaced: Experiment | None = None


@dataclass(frozen=True)
class Frame:
    """The trace of every net on the probe at this step.

    ahead: if asked for and due, every net's answers to the probe and to some further steps in
    which it is fed its own answers (`engine.free_running`), (T + steps, B, O); else empty.
    """

    run: str
    step: int
    probe: Sequences
    traces: Mapping[str, Trace]
    ahead: Mapping[str, Float32] = field(default_factory=dict)


@dataclass(frozen=True)
class Status:
    """Phase and pace.  seconds: time spent training, pauses and waits for speed excluded.

    preparing: in phase WARMING, what takes the time if it is not the kernels; else "".
    keys gives the contestants in order: key ("lstm", "lstm#1") -> cell name ("lstm").
    In phase FAILED exactly one is set: refused, a sentence if what was asked for is impossible (a
    wrong value, too little memory); error, a traceback if the fault is ours.
    report: beside refused, the traceback of a user's own task.
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
    """Everything that came since the last `drain`."""

    records: list[Record] = field(default_factory=list)
    frame: Frame | None = None
    status: Status | None = None


class Mailbox:
    """Thread-safe; `post` and `drain` never wait longer than for each other."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._mail = Mail()

    def post(self, message: Record | Frame | Status) -> None:
        """Leave a message; a frame or a status replaces one that nobody has taken."""
        with self._lock:
            if isinstance(message, Frame):
                self._mail.frame = message
            elif isinstance(message, Status):
                self._mail.status = message
            else:
                self._mail.records.append(message)

    def drain(self) -> Mail:
        """Everything since the last call."""
        with self._lock:
            mail, self._mail = self._mail, Mail()
        return mail
