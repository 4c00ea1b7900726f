"""The run on screen and its worker: opens it, takes its messages and asks for frames."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal

from sandbox.gui.session.shown_run import ShownRun
from sandbox.run.control import FULL_SPEED
from sandbox.run.messages import Phase

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from sandbox.cells.surgery import Surgery
    from sandbox.experiment import Experiment
    from sandbox.run.control import CommandBox
    from sandbox.run.messages import Frame, Mailbox, Record, Status
    from sandbox.tasks.base import Sequences

FRAME_S = 1 / 30  # the least time between two requests for a frame
TICKS_A_BEAT = 22  # about four beats a second


class RunFeed(QObject):
    """Keeps `shown` up to date.  Messages with another run's id are dropped.

    training: what the person wants; the status says what the worker does.  awaited: whether a
    frame was asked for and has not come; there is never more than one such request.  watching:
    whether anyone can see the pictures; otherwise no frame is asked for.  ahead: for how many
    further steps frames have the nets' answers.  measured: up to how many steps ahead errors are
    measured.  inside: whether frames have weights.  operated: whether something is held in the
    pictures.  speed: training steps a second, up to FULL_SPEED.
    """

    run_opened = Signal()
    looked_back = Signal(object)  # the step that is looked back at, or None
    speed_changed = Signal(float)
    status_changed = Signal(object)  # Status
    training_changed = Signal(bool)
    frame_arrived = Signal(object)  # Frame
    errors_arrived = Signal(object)  # MeasuredAhead
    records_arrived = Signal(object)  # list[Record]
    beat = Signal()
    rested = Signal()  # a tick without a frame: time for what need not be drawn with one
    problem = Signal(object)  # Status of a run that failed

    def __init__(
        self, control: CommandBox, mailbox: Mailbox, clock: Callable[[], float], parent: QObject
    ) -> None:
        super().__init__(parent)
        self._control, self._mailbox, self._clock = control, mailbox, clock
        self.shown = ShownRun()
        self.speed, self.ahead, self.measured = FULL_SPEED, 0, 0
        self.training, self.watching, self.awaited = False, True, False
        self.inside, self.operated = False, False
        self.ended_at = -math.inf  # when training last came to its end
        self._asked_at, self._ticks, self._warm = 0.0, 0, False

    @property
    def phase(self) -> Phase:
        """The run's phase; the expected one until the worker reports it."""
        if self.shown.status is not None:
            return self.shown.status.phase
        if not self._warm:
            return Phase.WARMING
        return Phase.RUNNING if self.training else Phase.READY

    def show(self, shown: ShownRun) -> None:
        """Follow this run from now on; later messages of the one before are dropped."""
        looked_back, self.shown = self.shown.looking is not None, shown
        self.awaited, self.ended_at = False, -math.inf
        if looked_back:
            self.looked_back.emit(None)

    def open(
        self, shown: ShownRun, experiment: Experiment, examples: Sequences, train: bool
    ) -> None:
        """Show a run, and have the worker open it."""
        self.show(shown)
        origin = None if shown.resumed else shown.origin
        self._control.open(
            shown.run, experiment, examples, train=train, resumed=shown.resumed, origin=origin
        )
        if shown.resumed:  # what was changed last may not have been kept
            self._control.adjust(experiment)
        self.run_opened.emit()

    def look_back(self, step: int | None) -> None:
        """Show every panel as it was after `step`, and pause; None: as it is now.

        A step that the run does not have stands for the nearest one.
        """
        shown = self.shown
        if step is not None:
            step = min(max(step, shown.first_step), shown.last_step)
        if step == shown.looking:
            return
        shown.looking = step
        if step is not None:
            self.set_training(False)
        self.awaited = False
        self._control.look_back(step)
        self.looked_back.emit(step)

    def look_ahead(self, steps: int) -> None:
        """Set for how many further steps frames have the nets' answers; 0 for none."""
        if steps != self.ahead:
            self.ahead = steps
            self._control.look_ahead(steps)

    def measure_ahead(self, steps: int) -> None:
        """Set up to how many steps ahead errors are measured; 0 for none."""
        if steps != self.measured:
            self.measured = steps
            self._control.measure_ahead(steps)

    def look_inside(self, wanted: bool) -> None:
        """Have frames bring the nets' weights, or no longer."""
        if wanted != self.inside:
            self.inside = wanted
            self._control.look_inside(wanted)

    def show_probe(self, probe: Sequences) -> None:
        """Have frames show these sequences, from the next one on."""
        self.awaited, self._asked_at = True, self._clock()
        self._control.ask(probe)

    def operate(self, surgery: Mapping[str, Surgery]) -> None:
        """Have frames show what the nets do with this held; {}: nothing."""
        if surgery or self.operated:
            self.operated = bool(surgery)
            self._control.operate(surgery)

    def set_speed(self, steps_per_s: float) -> None:
        """Set the pace of training."""
        self.speed = steps_per_s
        self._control.speed(steps_per_s)
        self.speed_changed.emit(steps_per_s)

    def set_training(self, training: bool) -> None:
        """Note whether the person wants it to train."""
        self.shown.has_run = False
        if training != self.training:
            self.training = training
            self.training_changed.emit(training)

    def tick(self, steps: int) -> None:
        """Take the mail, hand it on, and ask for the next frame.  steps: those of the run."""
        mail, run = self._mailbox.drain(), self.shown.run
        self._take_records([record for record in mail.records if record.run == run])
        if mail.status is not None and mail.status.run == run:
            self._take_status(mail.status, steps)
        drawn = mail.frame is not None and mail.frame.run == self.shown.run
        if mail.frame is not None and drawn:
            self._take_frame(mail.frame)
        if mail.measured is not None and mail.measured.run == self.shown.run:
            self.shown.measured = mail.measured
            self.errors_arrived.emit(mail.measured)
        self._ask()
        self._ticks += 1
        if self._ticks % TICKS_A_BEAT == 0:
            self.beat.emit()
        if not drawn:
            self.rested.emit()

    def _take_records(self, records: list[Record]) -> None:
        shown = self.shown
        for record in records:
            shown.recording.add(record)
            shown.last_step = max(shown.last_step, getattr(record, "last", 0))
        if records:
            self.records_arrived.emit(records)

    def _take_status(self, status: Status, steps: int) -> None:
        news = self.shown.take_status(status)
        self._warm = self._warm or status.phase is not Phase.WARMING
        if self.training and self.shown.has_ended(steps):
            self.ended_at = self._clock()
            self.set_training(False)
        if news:
            self.status_changed.emit(status)
        if status.phase is Phase.FAILED and not self.shown.failure_reported:
            self.shown.failure_reported = True
            self.problem.emit(status)

    def _take_frame(self, frame: Frame) -> None:
        self.awaited, self.shown.frame = False, frame
        self.shown.last_step = max(self.shown.last_step, frame.step)
        self._ask()  # first, so that the worker answers while this one is drawn
        self.frame_arrived.emit(frame)

    def _ask(self) -> None:
        shown, now = self.shown, self._clock()
        if self.awaited or not self.watching or not shown.opened:
            return
        if now - self._asked_at < FRAME_S and shown.frame is not None:
            return
        if shown.looking is not None:  # the worker sends every step it comes to by itself
            return
        if shown.frame is None or shown.frame.step != shown.last_step or self._runs_fast:
            self.awaited, self._asked_at = True, now
            self._control.ask()

    @property
    def _runs_fast(self) -> bool:
        """Whether the next frame will be of another step, though no message has said so yet."""
        return self.phase is Phase.RUNNING and self.speed * FRAME_S > 1
