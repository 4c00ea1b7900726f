"""The session: the experiment, the run on screen and its worker; the window only shows it."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QTimer, Signal

from sandbox.experiment import Experiment
from sandbox.gui.session.drag import Drag
from sandbox.gui.session.recording import MORE_STEPS
from sandbox.gui.session.run_feed import RunFeed
from sandbox.gui.session.shown_run import (
    Edit,
    ShownRun,
    UndoPoint,
    new_run,
    still_inherited,
)
from sandbox.run import words
from sandbox.run.messages import Event, Phase
from sandbox.store.base import Origin
from sandbox.tasks.preview import example_sequences
from sandbox.tasks.registry import complete, task_of, with_task
from sandbox.tasks.user_tasks_faults import OwnTaskError
from sandbox.validation import ExperimentError

if TYPE_CHECKING:
    from collections.abc import Callable

    from sandbox.gui.session.drag import Replaced
    from sandbox.gui.session.recording import Inherited
    from sandbox.run.control import CommandBox
    from sandbox.run.messages import Mailbox, Record
    from sandbox.tasks.base import Sequences, Task
    from sandbox.tasks.own_sequence import OwnSequence

EXAMPLES, NO_EXAMPLE = 3, -1
OWN_DROPPED = "your own sequence was for the task as it was before"
KEPT_APART = {"task", "params", "seed"}  # a task's own, and what the person draws anew
TICK_MS = 11  # between checks of the mailbox; an empty one costs next to nothing
SLIP_S = 1.0  # after the last step, for how long a press was still meant as Pause


class Session(QObject):
    """Holds the experiment, does what a person asks for, and says what changed.

    The run on screen is that of `feed`, whose signals are also the session's.  experiment: the one
    on screen, with every parameter filled in.  drawn: its examples; example: which was chosen.
    own: the person's own sequence, which is shown in their place.
    """

    experiment_changed = Signal(object, object)  # old, new Experiment
    edited = Signal(object)  # Edit: what the person did; not emitted by `go_to` and `adjust`
    example_changed = Signal(int)  # the chosen one; NO_EXAMPLE: a sequence of one's own
    remarked = Signal(str)  # what the program did, in a few words
    acknowledged = Signal(str)  # the same, of what a person waits for: something saved or copied
    ended = Signal(str)  # that training has ended, and how
    faulty = Signal(object)  # OwnTaskError: why an edit was refused

    def __init__(
        self,
        control: CommandBox,
        mailbox: Mailbox,
        experiment: Experiment | None = None,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        super().__init__()
        self._control, self._clock = control, clock
        self.feed = feed = RunFeed(control, mailbox, clock, self)
        self.status_changed, self.training_changed = feed.status_changed, feed.training_changed
        self.frame_arrived, self.records_arrived = feed.frame_arrived, feed.records_arrived
        self.errors_arrived = feed.errors_arrived
        self.beat, self.rested, self.problem = feed.beat, feed.rested, feed.problem
        self.run_opened, self.looked_back = feed.run_opened, feed.looked_back
        self.experiment = complete(experiment or Experiment())
        self.task, self.drawn = _drawn(self.experiment)
        self.example = 0
        self.own: OwnSequence | None = None
        self.preset: Experiment | None = None  # of the claim that was opened, if one was
        self.remark = ""
        self.drag = Drag(clock)
        self._raised: dict[str, tuple[int, int]] = {}  # by a fork's parent: its and planned steps
        self._closed = False
        self._timer = QTimer(self, interval=TICK_MS)
        self._timer.timeout.connect(self.tick)
        feed.records_arrived.connect(self._forget_remark)
        feed.training_changed.connect(self._tell_end)
        self._open(new_run(self.experiment))

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
        if self.drag.due:
            self._settle()
        self.feed.tick(self.experiment.steps)

    @property
    def shown(self) -> ShownRun:
        """The run on screen."""
        return self.feed.shown

    @property
    def run(self) -> str:
        """The id of the run on screen."""
        return self.shown.run

    @property
    def examples(self) -> Sequences:
        """The sequences that frames are computed for: the examples, or one of the person's own."""
        return self.drawn if self.own is None else self.own.sequences

    @property
    def index(self) -> int:
        """Which of them is on screen."""
        return self.example if self.own is None else 0

    @property
    def undo_point(self) -> UndoPoint:
        """What is on screen now."""
        shown, inherited = self.shown, self.shown.recording.inherited
        return UndoPoint(
            shown.run, self.experiment, shown.origin, shown.kept, inherited, self.preset
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
        if self.feed.training:
            self.pause()
        elif self.feed.phase is Phase.FINISHED and self._clock() - self.feed.ended_at < SLIP_S:
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
        before, steps = self.drag.replaced(self._present, dragged=False)
        self._begin_again(self.feed.training)
        self.say(words.new_run(before, self.experiment, steps))

    # What is shown --------------------------------------------------------------------

    def look_back(self, step: int | None) -> None:
        """Show every panel as it was after `step`, and pause; None: as it is now."""
        self._settle()
        self.feed.look_back(step)

    def select_example(self, index: int) -> None:
        """Choose which of the example sequences the panels show; frames hold all of them."""
        if not 0 <= index < EXAMPLES or (index == self.example and self.own is None):
            return
        self.example = index
        if self.own is not None:
            self.show_own(None)
        else:
            self.example_changed.emit(index)

    def show_own(self, own: OwnSequence | None) -> None:
        """Show a person's own sequence in place of the examples; None: the chosen example."""
        if own is not self.own:
            self.own = own
            self.feed.show_probe(self.examples)
            self.example_changed.emit(self.example if own is None else NO_EXAMPLE)

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
        before, steps = self.undo_point, self.experiment.steps
        number = self.drag.note(self._present, coalesce)
        if self._replace(new, coalesce):
            if self.experiment.steps != steps:
                self.shown.recording.chosen_steps = self.experiment.steps
            self.edited.emit(Edit(before, drag=number))
        if preset:
            self.preset = self.experiment

    def attempt(
        self, change: Callable[[Experiment], Experiment], coalesce: bool = False
    ) -> ExperimentError | None:
        """Edit by a function of the experiment; return the refusal, if there is one."""
        try:
            self.edit(change(self.experiment), coalesce)
        except ExperimentError as error:
            if isinstance(error, OwnTaskError):
                self.faulty.emit(error)
            return error
        return None

    def pick_task(self, name: str) -> None:
        """Change to another task; what a claim had set goes back to its default."""
        if name == self.experiment.task:
            return
        if self.attempt(lambda _: self.with_picked_task(name)) is None:
            self.preset = None

    def with_picked_task(self, name: str) -> Experiment:
        """The experiment with another task; what a claim had set goes back to its default."""
        experiment = self.experiment
        if self.preset is not None:
            first = Experiment()
            fields = {
                field: getattr(first, field)
                for field in set(Experiment.model_fields) - KEPT_APART
                if getattr(experiment, field) == getattr(self.preset, field)
            }
            experiment = experiment.changed(**fields)
        return with_task(experiment, name)

    def adjust(self, experiment: Experiment) -> None:
        """Take the live fields of this experiment without an `Edit`, for undo."""
        self._replace(self.experiment.with_live(experiment))

    def new(self) -> None:
        """Put the default experiment on screen, untrained."""
        before = self.undo_point
        self.go_to(UndoPoint("", complete(Experiment())))
        self.select_example(0)
        self.edited.emit(Edit(before, "new experiment"))
        self.say("new experiment" + ("; the previous run is kept" if before.kept else ""))

    def reset_settings(self) -> None:
        """Give the task and the training their default settings; nets and seed stay."""
        before = self.experiment
        first = Experiment().changed(seed=before.seed, contestants=before.contestants)
        self.edit(with_task(first, before.task))
        if self.experiment == before:
            self.say("all task and training settings are back at their defaults")

    def renew_task(self) -> None:
        """Begin a new run because the task's code has changed; keep the parameters it still takes.

        It goes on if this one was training.  ExperimentError, and no change, where it fails.
        """
        before, old = self.undo_point, self.experiment
        try:
            new = complete(old)
        except ExperimentError:
            new = complete(old.changed(params={}))
        self.task, self.drawn = _drawn(new)
        had_own, self.own = self.own is not None, None
        self.drag.end()
        self._open_as(new, new_run(new), self.feed.training)
        if had_own:
            self.say(OWN_DROPPED)
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
        then = shown.recording.settings_at(step, self.experiment)
        self._raised[shown.run] = then.steps, self._planned(0)
        self._open_as(then, new_run(then, Origin(shown.run, step), inherited))
        self.say(f"forked at step {step:,}: change anything, then train")
        self.edited.emit(Edit(before, f"fork at step {step:,}"))

    def open_stored(
        self,
        run: str,
        experiment: Experiment,
        origin: Origin | None,
        inherited: Inherited | None = None,
    ) -> None:
        """Show a run of the store, as it was left; inherited: what a fork's nets began with."""
        before = self.undo_point
        self.go_to(UndoPoint(run, complete(experiment), origin, True, inherited or {}))
        self.edited.emit(Edit(before, "opening a run"))

    def go_to(self, point: UndoPoint) -> None:
        """Show what was on screen then; ExperimentError, and no change, where it cannot be."""
        self._redraw(point.experiment)  # a task of the user's own may fail
        self.drag.end()
        self.feed.set_training(False)
        self.preset = point.preset
        shown = new_run(point.experiment, point.origin, point.inherited)
        if point.kept:
            shown.run, shown.resumed = point.run, True
        self._open_as(point.experiment, shown)

    # Opening runs ---------------------------------------------------------------------

    @property
    def _present(self) -> Replaced:
        return self.experiment, self.shown.last_step

    def _planned(self, first: int) -> int:
        """The steps of a run that begins at step `first`, without those that Train added."""
        origin, steps = self.shown.origin, self.shown.recording.planned_steps(self.experiment)
        raised, planned = self._raised.get(origin.parent if origin else "", (0, 0))
        return planned if steps == raised and planned > first else steps

    def _replace(self, new: Experiment, coalesce: bool = False) -> bool:
        """Make it the experiment on screen; returns whether it differs from the one before."""
        old, new = self.experiment, complete(new)
        if old == new:
            return False
        live = old.goes_on_as(new)
        if not live and old.steps == new.steps:
            new = new.changed(steps=self._planned(0 if self.shown.kept else self.shown.first_step))
        had_own = self.own is not None
        if (old.task, old.params, old.seed) != (new.task, new.params, new.seed):
            self._redraw(new)  # before anything else: it may be refused
        self.experiment = new
        if not live:
            self._replace_run(old, coalesce)
        elif not self.drag.waiting:
            self.shown.recording.replaced.append((self.shown.last_step, old))
            self._control.adjust(new)
        self.experiment_changed.emit(old, new)
        if had_own and self.own is None:
            self.say(f"{self.remark}; {OWN_DROPPED}")
        return True

    def _redraw(self, new: Experiment) -> None:
        """Make this experiment's task and examples; ExperimentError, and no change, if refused.

        A person's own sequence stays as long as the task and its parameters do.
        """
        self.task, self.drawn = _drawn(new)
        now = self.experiment
        if (now.task, now.params) != (new.task, new.params):
            self.own = None

    def _replace_run(self, old: Experiment, coalesce: bool) -> None:
        shown, experiment = self.shown, self.experiment
        before, steps = self.drag.replaced((old, shown.last_step), coalesce)
        if shown.kept:  # only a fork that has not moved forks again
            new = new_run(experiment)
        else:
            inherited = still_inherited(shown.recording.inherited, old, experiment)
            new = new_run(experiment, shown.origin, inherited)
        if coalesce:
            self.feed.show(new)
            new.opened = False
            self.drag.wait()
        else:
            self._open(new, self.feed.training)
        self.say(words.new_run(before, experiment, steps))

    def _settle(self) -> None:
        """Open the run that gathered edits are waiting for."""
        if self.drag.waiting:
            self._open(self.shown.again(self.experiment), self.feed.training)

    def _prepare_to_train(self, more: int) -> None:
        """Show the newest step; add steps where all are taken, begin again after a failure."""
        if self.shown.looking is not None:
            self.look_back(None)
        self._settle()
        self.drag.end()
        if self.feed.phase is Phase.FAILED or self.shown.all_diverged:
            self._begin_again(train=False)
        elif self.feed.phase is Phase.FINISHED:
            before, steps = self.undo_point, max(self.shown.last_step, self.experiment.steps)
            self.adjust(self.experiment.changed(steps=steps + more))
            self.edited.emit(Edit(before))
            self.say(f"{words.counted(more, 'more step')}, up to {steps + more:,}")

    def _begin_again(self, train: bool) -> None:
        """Begin the run again, with as many steps as were planned."""
        shown, now = self.shown, self.experiment
        planned = now.changed(steps=self._planned(shown.first_step))
        self._open_as(planned, shown.again(planned), train)

    def _open_as(self, experiment: Experiment, shown: ShownRun, train: bool = False) -> None:
        """Open a run of another experiment, or of the same."""
        old, self.experiment = self.experiment, experiment
        self._open(shown, train)
        self.experiment_changed.emit(old, experiment)

    def _open(self, shown: ShownRun, train: bool = False) -> None:
        self.drag.settle()
        self.feed.open(shown, self.experiment, self.examples, train)

    def _tell_end(self, training: bool) -> None:
        event = self.shown.recording.last_event
        if not training and event is not None and event.kind == "finished":
            self.ended.emit(event.text)

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
