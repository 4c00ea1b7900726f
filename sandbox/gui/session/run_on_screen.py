"""The run on screen, as its worker tells of it: mail is taken here, and frames are asked for."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal

from sandbox.experiment import Experiment
from sandbox.gui.session.recording import Recording
from sandbox.run.control import FULL_SPEED
from sandbox.run.messages import Event, Phase
from sandbox.tasks.registry import complete

if TYPE_CHECKING:
    from collections.abc import Callable

    from sandbox.run.control import CommandBox
    from sandbox.run.mailbox import Mailbox, Record
    from sandbox.run.messages import Frame, Status
    from sandbox.store.base import Origin

FRAME_S = 1 / 30  # how often a frame is asked for at most
TICKS_A_BEAT = 22  # numbers are shown anew at every beat, about four times a second


class RunOnScreen(QObject):
    """What is known of one run; `Session` says which, and does what a person wants.

    `training` is what the person wants; `status` is what the worker says.  Every answer that
    carries another run's id is dropped.  One frame is asked for at a time, 30 a second at most.
    """

    status_changed = Signal(object)  # Status | None
    training_changed = Signal(bool)
    frame_arrived = Signal(object)  # Frame
    records_arrived = Signal(object)  # list[Record]
    beat = Signal()
    rested = Signal()  # a tick without a frame: time for what need not be drawn with one
    problem = Signal(object)  # Status of a run that failed
    looked_back = Signal(object)  # the step that is looked back at, or None

    def __init__(
        self,
        control: CommandBox,
        mailbox: Mailbox,
        experiment: Experiment | None = None,
        parent: QObject | None = None,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        super().__init__(parent)
        self._control, self._mailbox, self._clock = control, mailbox, clock
        self._experiment = complete(experiment or Experiment())
        self.speed = FULL_SPEED
        self.training = False
        self.ahead = 0  # steps that frames look ahead
        self.watching = True
        self.run = self.remark = ""
        self.looking: int | None = None  # the step that the panels show; None: the newest
        self.origin: Origin | None = None  # where this run was forked
        self.recording = Recording()
        self.status: Status | None = None
        self.frame: Frame | None = None
        self._asked_at = 0.0
        self._newest = 0  # the last step that the worker told of, in whatever way
        self._asked = self._seen_running = self._failure_told = self._resumed = False
        self._due: float | None = None  # when the worker is given this run; None: it has it
        self._ticks = 0
        self._warm = False

    @property
    def experiment(self) -> Experiment:
        """What is run now, with every parameter filled in."""
        return self._experiment

    @property
    def phase(self) -> Phase:
        """The run's phase; what is expected of it until the worker has said."""
        if self.status is not None:
            return self.status.phase
        if not self._warm:
            return Phase.WARMING
        return Phase.RUNNING if self.training else Phase.READY

    @property
    def step_taken(self) -> int:
        """The last step that the worker told of."""
        return 0 if self.status is None else self.status.step

    @property
    def first_step(self) -> int:
        """The step at which the run began: 0, but for a fork."""
        return 0 if self.origin is None else self.origin.step

    @property
    def shown_step(self) -> int:
        """The step that the panels show."""
        return self.step_taken if self.looking is None else self.looking

    @property
    def drawn_step(self) -> int | None:
        """While a person looks back, the step of the latest pictures: the one wanted, or not yet.

        None while the newest are shown.
        """
        if self.looking is None or self.frame is None:
            return self.looking
        return self.frame.step

    @property
    def refused(self) -> str:
        """In phase FAILED: the sentence, where what was asked for cannot be."""
        return (self.status.refused or "") if self.status is not None else ""

    @property
    def all_diverged(self) -> bool:
        """Whether no contestant is left that could train."""
        return len(self.recording.diverged_at) >= len(self.cells)

    @property
    def cells(self) -> dict[str, str]:
        """The contestants in order: key to cell name."""
        if self.status is not None and self.status.keys:
            return dict(self.status.keys)
        count = self._experiment.replicates
        return {
            key: contestant.cell
            for contestant in self._experiment.contestants
            for key in _keys(contestant.name, count)
        }

    # Mail -----------------------------------------------------------------------------

    def tick(self) -> None:
        """Take the mail, hand it on, and ask for the next frame."""
        mail = self._mailbox.take()
        self._take_records([record for record in mail.records if record.run == self.run])
        if mail.status is not None and mail.status.run == self.run:
            self._take_status(mail.status)
        drawn = mail.frame is not None and mail.frame.run == self.run
        if mail.frame is not None and drawn:
            self._take_frame(mail.frame)
        self._ask()
        self._ticks += 1
        if self._ticks % TICKS_A_BEAT == 0:
            self.beat.emit()
        if not drawn:
            self.rested.emit()

    def watch(self, watching: bool) -> None:
        """Whether anyone looks at the pictures: no frame is asked for where nobody does."""
        self.watching = watching

    def _take_records(self, records: list[Record]) -> None:
        for record in records:
            self.recording.add(record)
            self._newest = max(self._newest, getattr(record, "last", 0))
            if isinstance(record, Event):
                self.remark = ""
        if records:
            self.records_arrived.emit(records)

    def _take_status(self, status: Status) -> None:
        before, self.status = self.status, status
        self._newest = max(self._newest, status.step)
        self._warm = self._warm or status.phase is not Phase.WARMING
        self._seen_running = self._seen_running or status.phase is Phase.RUNNING
        if self.training and self._has_ended(status):
            self._set_training(False)
        if before is None or _without_pace(before) != _without_pace(status):
            self.status_changed.emit(status)
        if status.phase is Phase.FAILED and not self._failure_told:
            self._failure_told = True
            self.problem.emit(status)

    def _has_ended(self, status: Status) -> bool:
        """Whether a run that should train does not: not by a status older than the wish."""
        if status.phase is Phase.FINISHED:
            return status.step >= self._experiment.steps or self._seen_running
        if status.phase is Phase.PAUSED:
            return self._seen_running
        return status.phase is Phase.FAILED

    def _take_frame(self, frame: Frame) -> None:
        self._asked, self.frame = False, frame
        self._ask()  # first, so that the worker answers while this one is drawn
        self.frame_arrived.emit(frame)

    def _ask(self) -> None:
        if self._asked or not self.watching or self._due is not None:
            return
        if self._clock() - self._asked_at < FRAME_S and self.frame is not None:
            return
        if self.looking is not None:  # the worker tells of every step it comes to by itself
            return
        if self.frame is None or self.frame.step != self._newest or self._runs_fast:
            self._asked, self._asked_at = True, self._clock()
            self._control.ask()

    @property
    def _runs_fast(self) -> bool:
        """Whether the next frame will be another one, though nobody has told of its step yet."""
        return self.phase is Phase.RUNNING and self.speed * FRAME_S > 1

    def _forget(self, run: str) -> None:
        """Everything of the run before this one; what it still answers is dropped."""
        self.run = run
        self.recording = Recording()
        self.status = self.frame = self._due = None
        self._newest = 0
        self._asked = self._seen_running = self._failure_told = self._resumed = False
        if self.looking is not None:
            self.looking = None
            self.looked_back.emit(None)

    def _set_training(self, training: bool) -> None:
        self._seen_running = False
        if training != self.training:
            self.training = training
            self.training_changed.emit(training)


def _keys(name: str, replicates: int) -> list[str]:
    return [name] if replicates == 1 else [f"{name}#{number}" for number in range(replicates)]


def _without_pace(status: Status) -> tuple[object, ...]:
    return status.phase, status.error, status.keys, status.preparing
