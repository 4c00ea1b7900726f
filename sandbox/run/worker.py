"""The worker: one thread, as long-lived as the window, that trains the current run.

It takes commands from its `CommandBox` and answers through the mailbox. Each turn it takes the
pending commands, trains one block of about 15 ms and posts what happened. An idle worker sleeps.
"""

from __future__ import annotations

import logging
import threading
import time
import traceback
from typing import TYPE_CHECKING

from sandbox.run.control import FULL_SPEED, CommandBox, Pending
from sandbox.run.messages import Frame, Phase, Status
from sandbox.run.pace import ErrorsPace, FreeRunning, SlowMotion, StepRate, steps_a_tick
from sandbox.store.base import RunError
from sandbox.tasks.user_tasks_faults import OwnTaskError
from sandbox.validation import ExperimentError

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from sandbox.engine.trace import Trace
    from sandbox.engine.trainer import Trainer
    from sandbox.experiment import Experiment
    from sandbox.run.control import Opening
    from sandbox.run.looking import LookingBack
    from sandbox.run.messages import Mailbox
    from sandbox.run.opening import Openings
    from sandbox.run.training import Training
    from sandbox.store.runs import RunStore
    from sandbox.tasks.base import Sequences

STATUS_EVERY_S = 0.2
NO_LIMIT = 1_000_000_000
TOO_LARGE = (
    "There is not enough memory for this experiment: choose fewer hidden units, a smaller "
    "batch, a shorter gap or fewer replicates."
)

_log = logging.getLogger(__name__)


class Worker(threading.Thread):
    """Owns the trainer of the current run.  A daemon: see `leaving.leave`.

    store: where runs are kept, set before `start`; None keeps nothing.  trainer: makes a trainer
    for an experiment; None is the compiled engine, imported on this thread.  when_ready: called
    once, on this thread, when the first run is open.
    """

    def __init__(
        self,
        mailbox: Mailbox,
        store: RunStore | None = None,
        trainer: Callable[[Experiment], Trainer] | None = None,
        when_ready: Callable[[], object] | None = None,
    ) -> None:
        super().__init__(name="worker", daemon=True)
        self._when_ready = when_ready
        self.commands, self.store = CommandBox(), store
        self._mailbox, self._make_trainer = mailbox, trainer
        self.saving = threading.Event()  # set when closing, once only the disk is waited for
        self._clock = time.monotonic
        self._pending = Pending()
        self._rate, self._slow_motion = StepRate(), SlowMotion()
        self._training: Training | None = None
        self._run, self._experiment = "", None  # type: tuple[str, Experiment | None]
        self._probe: Sequences | None = None
        self._looking: LookingBack | None = None
        self._ahead, self._errors = FreeRunning(), ErrorsPace()
        self._openings: Openings | None = None
        self._phase: Phase | None = Phase.WARMING
        self._known: set[str] = set()  # devices on which something has trained
        self._preparing = ""
        self._noticed = False
        self._frame_due = False
        self._status_at = 0.0

    # The thread -------------------------------------------------------------------------

    def run(self) -> None:
        """Take turns until closed."""
        self._post_status()
        self._guard(self._load)
        while not self.commands.closing:
            self._guard(self._turn)
        self.saving.set()
        self._guard(self._leave_run)

    def _load(self) -> None:
        if self._make_trainer is None:
            from sandbox.run.engine import Engine  # not before the first paint

            self._make_trainer = Engine(self._tell_compiling)

    def _turn(self) -> None:
        self._pending = pending = self.commands.take(self._timeout())
        if pending.closing:
            return
        if pending.opening is not None:
            self._open_run(pending.opening)
        if self._training is None:
            if pending.training:
                self.commands.rest()
            return
        if pending.adjusting is not None:
            self._training.trainer.adjust(pending.adjusting)
        self._probe = self._probe if pending.probe is None else pending.probe
        self._frame_due |= pending.asked
        self._look_back(self._training, pending.back)
        self._train(self._training)
        self._enter(self._phase_of(self._training))
        self._post_frame(self._training)
        self._post_errors(self._training)
        self._look_after(self._training)

    def _timeout(self) -> float | None:
        """Seconds until something is due without a command; None for never."""
        if self._training is None:
            return None
        if self._looking is not None and self._looking.due:
            return 0.0
        if self._phase is not Phase.RUNNING:
            due_in = self._training.saving.due_in(self._training.step, idle=True)
            due_in = min(due_in, self._errors_due_in(self._training))
            return None if due_in == float("inf") else due_in
        due = min(self._slow_motion.due(self._pending.speed), self._status_at + STATUS_EVERY_S)
        return max(0.0, due - self._clock())

    def _open_run(self, opening: Opening) -> None:
        from sandbox.run.engine import preparation
        from sandbox.run.opening import Openings

        if self._openings is None:
            self._openings = Openings(self._make, self._mailbox.post, self.store)
        # First, so that a refusal names the requested run.
        self._run, self._experiment, self._probe = opening.run, opening.experiment, opening.probe
        try:
            source = self._openings.source_of(opening, self._training)
        finally:
            self._leave_run()
        if opening.experiment.device not in self._known:
            self._prepare(preparation(opening.experiment))
        self._training = self._openings.begun(opening, source)
        self._known.add(opening.experiment.device)
        self._phase, self._frame_due = None, True
        self._errors.forget()
        self._notice(self._training)
        if self._when_ready is not None:
            ready, self._when_ready = self._when_ready, None
            ready()

    def _make(self, experiment: Experiment) -> Trainer:
        if self._make_trainer is None:  # the import failed before: try again for this run
            self._load()
        assert self._make_trainer is not None
        return self._make_trainer(experiment)

    def _prepare(self, what: str) -> None:
        """Report that the engine is warming up, and what takes the time, apart from kernels."""
        self._preparing = what
        self._enter(Phase.WARMING)
        if what:
            self._post_status()

    def _tell_compiling(self) -> None:
        from sandbox.run.engine import COMPILING

        if self._preparing != COMPILING:
            self._prepare(COMPILING)

    def _notice(self, training: Training) -> None:
        """Report once if kernels cannot be compiled here."""
        from sandbox.run.engine import notice

        text = "" if self._noticed else notice()
        if text:
            self._noticed = True
            training.event("note", text)

    def _leave_run(self, save: bool = True) -> None:
        self._look_forward()
        training, self._training = self._training, None
        if training is not None:
            (training.close if save else training.release)()

    def _look_back(self, training: Training, step: int | None) -> None:
        if step is None:
            self._frame_due |= self._looking is not None
            self._look_forward()
            return
        if self._looking is None:
            from sandbox.run.looking import LookingBack

            self._looking = LookingBack(training, self._make)
        self._looking.seek(min(step, training.step))

    def _look_forward(self) -> None:
        looking, self._looking = self._looking, None
        if looking is not None:
            looking.close()

    def _train(self, training: Training) -> None:
        if not self._pending.training:
            return
        if training.over:
            self.commands.rest()
            return
        self._enter(Phase.RUNNING)
        started, speed = self._clock(), self._pending.speed
        if started < self._slow_motion.due(speed):
            return
        wanted = NO_LIMIT if speed == FULL_SPEED else steps_a_tick(speed)
        taken = training.advance(min(wanted, self._pending.owed or NO_LIMIT))
        self._slow_motion.took(taken, started, speed)
        self._rate.reached(self._clock(), training.step)
        if self._pending.owed is not None:  # steps asked for meanwhile are added to them
            self.commands.count_off(taken)

    def _phase_of(self, training: Training) -> Phase:
        if training.over:
            return Phase.FINISHED
        if self._pending.training:
            return Phase.RUNNING
        return Phase.PAUSED if training.step else Phase.READY

    def _enter(self, phase: Phase) -> None:
        """Change to this phase, report it and do what it requires."""
        before, self._phase = self._phase, phase
        if phase is before:
            return
        if phase is Phase.FINISHED and self._training is not None:
            self._training.finish()
        if phase is Phase.RUNNING and self._training is not None:
            self._slow_motion.start(self._clock())
            self._rate.start(self._clock(), self._training.step)
        self._frame_due |= before is Phase.RUNNING
        self._post_status()

    def _look_after(self, training: Training) -> None:
        """Report the status while running, and save, when each is due."""
        running = self._phase is Phase.RUNNING
        if running and self._clock() >= self._status_at + STATUS_EVERY_S:
            self._post_status()
        if training.saving.due_in(training.step, idle=not running) <= 0:
            training.save()

    def _post_frame(self, training: Training) -> None:
        if self._probe is None:
            return
        shown: tuple[int, Mapping[str, Trace]] | None
        if self._looking is None:
            due = self._frame_due
            shown = (training.step, training.trainer.trace(self._probe)) if due else None
        elif self._looking.due:
            shown = self._looking.turn(self._probe)
        else:
            shown = self._looking.trace(self._probe) if self._frame_due else None
        if shown is not None:
            self._frame_due = False
            looked, asked = training.trainer, self._pending
            if self._looking is not None:
                looked = self._looking.trainer
            ahead = self._ahead.of(looked, self._probe, asked.ahead, self._phase)
            cut = looked.operated(self._probe, asked.surgery) if asked.surgery else {}
            weights = looked.weights() if asked.inside else {}
            frame = Frame(self._run, shown[0], self._probe, shown[1], ahead, cut, weights)
            self._mailbox.post(frame)

    def _errors_due_in(self, training: Training) -> float:
        step = training.step if self._looking is None else self._looking.shown
        if step is None:
            return float("inf")
        return self._errors.due_in(self._run, step, self._pending.measured, self._phase)

    def _post_errors(self, training: Training) -> None:
        if self._errors_due_in(training) <= 0:
            trainer = training.trainer if self._looking is None else self._looking.at_shown()
            self._mailbox.post(self._errors.of(self._run, trainer, self._pending.measured))

    def _post_status(
        self, error: str | None = None, refused: str | None = None, report: str = ""
    ) -> None:
        self._status_at = self._clock()
        training = self._training
        status = Status(
            run=self._run,
            phase=self._phase or Phase.WARMING,
            step=training.step if training else 0,
            steps_per_s=self._rate.steps_per_s if self._phase is Phase.RUNNING else 0.0,
            seconds=training.seconds if training else 0.0,
            experiment=training.experiment if training else self._experiment,
            keys=training.trainer.keys if training else None,
            error=error,
            refused=refused,
            preparing="" if training or error or refused else self._preparing,
            report=report,
        )
        self._mailbox.post(status)

    # Failures ---------------------------------------------------------------------------

    def _guard(self, act: Callable[[], None]) -> None:
        """Run `act`; a failure ends the run, not the thread."""
        try:
            act()
        except OwnTaskError as error:
            self._fail(refused=str(error), report=error.report)
        except (ExperimentError, RunError) as error:
            self._fail(refused=str(error))
        except MemoryError:
            self._fail(refused=TOO_LARGE)
        except Exception:
            _log.exception("run %s failed", self._run)
            self._fail(error=traceback.format_exc())

    def _fail(self, **why: str) -> None:
        self._phase = Phase.FAILED
        self.commands.rest()
        self._post_status(**why)
        try:
            self._leave_run(save=False)
        except Exception:
            _log.exception("run %s could not be released", self._run)
