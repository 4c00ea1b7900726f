"""The session: the experiment, the run on screen and its worker; the window only shows it."""

from __future__ import annotations

import math
import time
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QTimer, Signal

from sandbox.experiment import Experiment
from sandbox.gui.session.run_feed import RunFeed
from sandbox.gui.session.shown_run import ShownRun, cells_of, still_inherited
from sandbox.gui.session.starting_points import defaults_of, with_picked_task
from sandbox.gui.session.undo_point import NO_DRAG, Edit, UndoPoint
from sandbox.run.control import Start
from sandbox.run.messages import Event, Phase
from sandbox.run.words import counted, new_run
from sandbox.store.base import Origin
from sandbox.store.run_ids import new_run_id
from sandbox.tasks.preview import example_sequences
from sandbox.tasks.registry import complete, task_of
from sandbox.tasks.user_tasks_faults import OwnTaskError
from sandbox.validation import ExperimentError

if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any

    from sandbox.gui.session.recording import Inherited
    from sandbox.run.control import CommandBox
    from sandbox.run.messages import Mailbox, Record
    from sandbox.tasks.base import Sequences, Task

EXAMPLES = 3
TICK_MS = 11  # between checks of the mailbox; an empty one costs next to nothing
SETTLE_S = 0.15  # for how long edits of a dragged slider are gathered before a new run
DRAG_S = 1.0  # after so long a rest, a slider's next edit counts as another drag
SLIP_S = 1.0  # after the last step, for how long a press was still meant as Pause
MORE_STEPS = int(Experiment.model_fields["steps"].default)


class Session(QObject):
    """Holds the experiment, does what a person asks for, and says what changed.

    Messages of the run on screen come through `feed`.
    """

    experiment_changed = Signal(object, object)  # old, new Experiment
    edited = Signal(object)  # Edit: what the person did; not emitted by `go_to` and `adjust`
    run_opened = Signal()
    example_changed = Signal(int)
    speed_changed = Signal(float)
    remarked = Signal(str)  # what the program did, in a few words
    acknowledged = Signal(str)  # the same, of what a person waits for: something saved or copied
    ended = Signal(str)  # that all steps are taken
    faulty = Signal(object)  # OwnTaskError: why an edit was refused
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
        self._control, self._clock = control, clock
        self.feed = feed = RunFeed(control, mailbox, clock, self)
        self.status_changed, self.training_changed = feed.status_changed, feed.training_changed
        self.frame_arrived, self.records_arrived = feed.frame_arrived, feed.records_arrived
        self.beat, self.rested, self.problem = feed.beat, feed.rested, feed.problem
        self._experiment = complete(experiment or Experiment())
        self.task, self.examples = _drawn(self._experiment)
        self.example = 0
        self.preset: Experiment | None = None  # of the claim that was opened, if one was
        self.remark = ""
        self.ahead = 0  # steps that frames look ahead
        self._planned: dict[int, int] = {}  # number of steps after Train more: that of before
        self._before: tuple[Experiment, int] | None = None  # what gathered edits replace
        self._due: float | None = None  # when gathered edits become a run
        self._drag, self._dragged_at = 0, -math.inf
        self._drag_from: tuple[Experiment, int] | None = None  # what the present drag replaces
        self._closed = False
        self._timer = QTimer(self, interval=TICK_MS)
        self._timer.timeout.connect(self.tick)
        feed.records_arrived.connect(self._forget_remark)
        feed.training_changed.connect(self._tell_end)
        self._open_run(train=False)

    def start(self) -> None:
        """Begin to take mail."""
        self._timer.start()

    def close(self) -> None:
        """Stop the timer and ask the worker to end."""
        if not self._closed:
            self._closed = True
            self._timer.stop()
            self._control.close()

    def tick(self) -> None:
        """Open the run that gathered edits wait for, when it is due; then take the mail."""
        if self._due is not None and self._clock() >= self._due:
            self._settle()
        self.feed.tick(self._experiment.steps)

    @property
    def shown(self) -> ShownRun:
        """The run on screen."""
        return self.feed.shown

    @property
    def run(self) -> str:
        """The id of the run on screen."""
        return self.shown.run

    @property
    def experiment(self) -> Experiment:
        """The experiment on screen, with every parameter filled in."""
        return self._experiment

    @property
    def phase(self) -> Phase:
        """The run's phase; the expected one until the worker reports it."""
        return self.feed.phase

    @property
    def training(self) -> bool:
        """Whether the person wants it to train."""
        return self.feed.training

    @property
    def speed(self) -> float:
        """The pace of training in steps a second, up to FULL_SPEED."""
        return self.feed.speed

    @property
    def undo_point(self) -> UndoPoint:
        """What is on screen now."""
        shown = self.shown
        inherited = shown.recording.inherited
        return UndoPoint(
            shown.run, self._experiment, shown.origin, shown.kept, inherited, self.preset
        )

    # Training -------------------------------------------------------------------------

    def train(self) -> None:
        """Train on; where all steps are taken, MORE_STEPS are added first."""
        self._prepare_to_train(MORE_STEPS)
        self.feed.set_training(True)
        self._control.train()

    def pause(self) -> None:
        """Stop after the current block."""
        self._settle()
        self.feed.set_training(False)
        self._control.pause()

    def toggle(self) -> None:
        """Train or pause; a press just after the last step was meant as Pause."""
        if self.training:
            self.pause()
        elif self.phase is Phase.FINISHED and self._clock() - self.feed.ended_at < SLIP_S:
            self.say(f"finished; press again to train {MORE_STEPS:,} more")
        else:
            self.train()

    def step(self) -> None:
        """Take one step, then pause."""
        self._prepare_to_train(1)
        self.feed.set_training(False)
        self._control.step(1)

    def restart(self) -> None:
        """Begin the same experiment again, a fork at its fork; go on if it was training."""
        before, steps = self._before or (self._experiment, self.shown.last_step)
        shown = self.shown
        self._open_planned(self.training, shown.origin, shown.recording.inherited)
        self.say(new_run(before, self._experiment, steps))

    def set_speed(self, steps_per_s: float) -> None:
        """Set the pace of training, up to FULL_SPEED."""
        self.feed.speed = steps_per_s
        self._control.speed(steps_per_s)
        self.speed_changed.emit(steps_per_s)

    # What is shown --------------------------------------------------------------------

    def look_back(self, step: int | None) -> None:
        """Show every panel as it was after `step`, and pause; None: as it is now.

        A step that the run does not have stands for the nearest one.
        """
        self._settle()
        shown = self.shown
        if step is not None:
            step = min(max(step, shown.first_step), shown.last_step)
        if step == shown.looking:
            return
        shown.looking = step
        if step is not None:
            self.feed.set_training(False)
        self.feed.awaited = False
        self._control.look_back(step)
        self.looked_back.emit(step)

    def look_ahead(self, steps: int) -> None:
        """Set for how many further steps frames have the nets' answers; 0 for none."""
        if steps != self.ahead:
            self.ahead = steps
            self._control.look_ahead(steps)

    def select_example(self, index: int) -> None:
        """Choose which of the example sequences the panels show; frames hold all of them."""
        if index != self.example and 0 <= index < EXAMPLES:
            self.example = index
            self.example_changed.emit(index)

    def say(self, remark: str) -> None:
        """Say what was done, until something happens in the run."""
        self.remark = remark
        self.remarked.emit(remark)

    def acknowledge(self, remark: str) -> None:
        """Say that something was saved or copied, where the person is looking."""
        self.say(remark)
        self.acknowledged.emit(remark)

    # Edits ----------------------------------------------------------------------------

    def edit(self, new: Experiment, coalesce: bool = False, preset: bool = False) -> None:
        """Replace the experiment; ExperimentError, and no change, where it is refused.

        Live fields change while the run trains; any other field makes a new run, which goes on
        if this one was training.  coalesce: this is one of many edits of a slider being dragged.
        preset: it is the experiment of a claim.
        """
        before, steps = self.undo_point, self._experiment.steps
        if self._replace(new, coalesce):
            if self._experiment.steps != steps:
                self._planned.pop(self._experiment.steps, None)
            self.edited.emit(Edit(before, drag=self._drag_of(coalesce)))
        if preset:
            self.preset = self._experiment

    def attempt(
        self, change: Callable[[Experiment], Experiment], coalesce: bool = False
    ) -> ExperimentError | None:
        """Edit by a function of the experiment; return the refusal, if there is one."""
        try:
            self.edit(change(self._experiment), coalesce)
        except ExperimentError as error:
            if isinstance(error, OwnTaskError):
                self.faulty.emit(error)
            return error
        return None

    def pick_task(self, name: str) -> None:
        """Change to another task; what a claim had set goes back to its default."""
        if name == self._experiment.task:
            return
        if self.attempt(lambda old: with_picked_task(old, name, self.preset)) is None:
            self.preset = None

    def adjust(self, **live: Any) -> None:
        """Set live fields without recording an `Edit`, for undo."""
        self._replace(self._experiment.changed(**live))

    def end_drag(self) -> None:
        """End the drag of a slider: its next change is another edit."""
        self._dragged_at = -math.inf

    def new(self) -> None:
        """Put the default experiment on screen, untrained."""
        before = self.undo_point
        self.go_to(UndoPoint("", complete(Experiment())))
        self.select_example(0)
        self.edited.emit(Edit(before, "new experiment"))
        kept = "; the previous run is kept" if before.kept else ""
        self.say(f"new experiment{kept}")

    def reset_settings(self) -> None:
        """Give the task and the training their default settings; nets and seed stay."""
        before = self._experiment
        self.edit(defaults_of(before))
        if self._experiment == before:
            self.say("all task and training settings are back at their defaults")

    def renew_task(self) -> None:
        """Begin a new run because the task's code has changed; keep the parameters it still takes.

        It goes on if this one was training.  ExperimentError, and no change, where it fails.
        """
        before, old = self.undo_point, self._experiment
        try:
            new = complete(old)
        except ExperimentError:
            new = complete(old.changed(params={}))
        self.task, self.examples = _drawn(new)
        self._experiment = new
        self.end_drag()
        self._open_run(train=self.training)
        self.experiment_changed.emit(old, new)
        self.edited.emit(Edit(before, "reloading the task"))

    # Other runs -----------------------------------------------------------------------

    def fork(self) -> None:
        """Begin a new run at the step that is shown, with the settings that were in force there.

        It waits to be edited before it trains.
        """
        self._settle()
        self.feed.set_training(False)
        before, shown, step = self.undo_point, self.shown, self.shown.wanted_step
        smoothed = {key: shown.recording.smoothed(key, until=step) for key in shown.cells}
        inherited = {key: both for key, both in smoothed.items() if both is not None}
        old = self._experiment
        self._experiment = shown.recording.settings_at(step, old)
        self._open_run(train=False, origin=Origin(shown.run, step), inherited=inherited)
        if self._experiment != old:
            self.experiment_changed.emit(old, self._experiment)
        self.say(f"forked at step {step:,}: change anything, then train")
        self.edited.emit(Edit(before, f"fork at step {step:,}"))

    def open_stored(self, run: str, experiment: Experiment, origin: Origin | None) -> None:
        """Show a run of the store, as it was left."""
        before = self.undo_point
        self.go_to(UndoPoint(run, complete(experiment), origin, kept=True))
        self.edited.emit(Edit(before, "opening a run"))

    def go_to(self, point: UndoPoint) -> None:
        """Show what was on screen then; ExperimentError, and no change, where it cannot be."""
        drawn = _drawn(point.experiment)  # first: a task of the user's own may fail
        old, self._experiment = self._experiment, point.experiment
        self.end_drag()
        self.feed.set_training(False)
        self.task, self.examples = drawn
        self.preset = point.preset
        if point.kept:
            self._resume(point)
        else:
            self._open_run(train=False, origin=point.origin, inherited=point.inherited)
        self.experiment_changed.emit(old, self._experiment)

    # Opening runs ---------------------------------------------------------------------

    def _replace(self, new: Experiment, coalesce: bool = False) -> bool:
        """Make it the experiment on screen; returns whether it differs from the one before."""
        old, new = self._experiment, complete(new)
        changed = {name for name in Experiment.model_fields if _differs(old, new, name)}
        if not changed:
            return False
        if not old.goes_on_as(new) and "steps" not in changed:
            new = self._as_planned(new)
        if changed & {"task", "params", "seed"}:
            self.task, self.examples = _drawn(new)  # before anything else: it may be refused
        self._experiment = new
        if not old.goes_on_as(new):
            self._replace_run(old, coalesce)
        elif self._due is None:
            self.shown.recording.replaced.append((self.shown.last_step, old))
            self._control.adjust(new)
        self.experiment_changed.emit(old, new)
        return True

    def _as_planned(self, experiment: Experiment) -> Experiment:
        """The experiment with the steps it had before Train added some."""
        planned = self._planned.get(experiment.steps)
        return experiment if planned is None else experiment.changed(steps=planned)

    def _drag_of(self, coalesce: bool) -> int:
        """The number of the drag that an edit made now is a part of."""
        if not coalesce:
            self.end_drag()
            return NO_DRAG
        now = self._clock()
        if now - self._dragged_at > DRAG_S:
            self._drag += 1
        self._dragged_at = now
        return self._drag

    def _replace_run(self, old: Experiment, coalesce: bool) -> None:
        shown = self.shown
        before, steps = self._before or (old, shown.last_step)
        origin, inherited = shown.origin, shown.recording.inherited
        if shown.kept:  # only a fork that has not moved forks again
            origin, inherited = None, {}
        inherited = still_inherited(inherited, old, self._experiment)
        if not coalesce:
            self._open_run(self.training, origin, inherited)
        else:
            due = self._due
            self._show_run(new_run_id(self._experiment), origin, inherited)
            self._due = due or self._clock() + SETTLE_S
            self.shown.opened = False
            self._before = before, steps
            if self._drag_from is None or self._clock() - self._dragged_at > DRAG_S:
                self._drag_from = before, steps
            before, steps = self._drag_from
        self.say(new_run(before, self._experiment, steps))

    def _settle(self) -> None:
        """Open the run that gathered edits are waiting for."""
        if self._due is not None:
            self._open_run(self.training, self.shown.origin, self.shown.recording.inherited)

    def _prepare_to_train(self, more: int) -> None:
        """Show the newest step; add steps where all are taken, begin again after a failure."""
        if self.shown.looking is not None:
            self.look_back(None)
        self._settle()
        self.end_drag()
        if self.phase is Phase.FAILED or self.shown.all_diverged:
            self._open_planned(False, self.shown.origin, self.shown.recording.inherited)
        elif self.phase is Phase.FINISHED:
            self._add_steps(more)

    def _add_steps(self, more: int) -> None:
        """Raise the number of steps for this run; a new one has as many as were planned."""
        before, old = self.undo_point, self._experiment
        steps = max(self.shown.last_step, old.steps) + more
        self._planned[steps] = self._planned.get(old.steps, old.steps)
        self.adjust(steps=steps)
        self.edited.emit(Edit(before))
        self.say(f"{counted(more, 'more step')}, up to {steps:,}")

    def _open_planned(self, train: bool, origin: Origin | None, inherited: Inherited) -> None:
        old, self._experiment = self._experiment, self._as_planned(self._experiment)
        self._open_run(train, origin, inherited)
        if self._experiment != old:
            self.experiment_changed.emit(old, self._experiment)

    def _open_run(
        self, train: bool, origin: Origin | None = None, inherited: Inherited | None = None
    ) -> None:
        self._show_run(new_run_id(self._experiment), origin, inherited)
        self._before = None
        start = Start(origin=origin)
        self._control.open(self.run, self._experiment, self.examples, train=train, start=start)
        self.run_opened.emit()

    def _resume(self, point: UndoPoint) -> None:
        self._show_run(point.run, point.origin, resumed=True)
        self._before = None
        start = Start(resumed=True)
        self._control.open(point.run, self._experiment, self.examples, train=False, start=start)
        self._control.adjust(self._experiment)  # what was changed last may not have been kept
        self.run_opened.emit()

    def _show_run(
        self,
        run: str,
        origin: Origin | None,
        inherited: Inherited | None = None,
        resumed: bool = False,
    ) -> None:
        """Replace the run on screen; later messages of the one before are dropped."""
        looked_back = self.shown.looking is not None
        shown = ShownRun(run, cells_of(self._experiment), origin, resumed)
        shown.recording.inherited = inherited or {}
        shown.last_step = shown.first_step
        self.feed.show(shown)
        self._due = None
        if looked_back:
            self.looked_back.emit(None)

    def _tell_end(self, training: bool) -> None:
        if not training and self.phase is Phase.FINISHED and not self.shown.all_diverged:
            self.ended.emit(f"finished: {counted(self.shown.last_step, 'step')}")

    def _forget_remark(self, records: list[Record]) -> None:
        if any(isinstance(record, Event) for record in records):
            self.remark = ""


def _drawn(experiment: Experiment) -> tuple[Task, Sequences]:
    """The experiment's task and its examples; ExperimentError if they cannot be made."""
    task = task_of(experiment)
    examples = example_sequences(task, experiment.seed, EXAMPLES)
    for index in range(len(examples)):  # the sequence on screen needs words
        task.labels(examples, index)
        task.question(examples, index)
    return task, examples


def _differs(old: Experiment, new: Experiment, name: str) -> bool:
    before, after = getattr(old, name), getattr(new, name)
    if name == "params":
        return dict(before) != dict(after)
    return bool(before != after)
