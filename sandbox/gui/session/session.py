"""Session: the one place that knows experiment, run and worker; the window only shows it."""

from __future__ import annotations

import math
import time
from typing import TYPE_CHECKING

from PySide6.QtCore import QTimer, Signal

from sandbox.experiment import Experiment
from sandbox.gui.session.run_on_screen import RunOnScreen
from sandbox.gui.session.undo_point import NO_DRAG, Edit, Place
from sandbox.run.control import Start
from sandbox.run.ids import new_run_id
from sandbox.run.messages import Phase
from sandbox.run.words import new_run
from sandbox.store.base import Origin
from sandbox.tasks.preview import example_sequences
from sandbox.tasks.registry import complete, task_of
from sandbox.tasks.user_tasks_faults import OwnTaskError
from sandbox.validation import ExperimentError

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from typing import Any

    from PySide6.QtCore import QObject

    from sandbox.run.control import Control
    from sandbox.run.mailbox import Mailbox
    from sandbox.tasks.base import Sequences, Task

    Inherited = Mapping[str, tuple[float, float]]  # by contestant's key: loss, accuracy

EXAMPLES = 3
TICK_MS = 11  # how often the mailbox is looked into; an empty look costs next to nothing
SETTLE_S = 0.15  # how long edits of a dragged slider are gathered before a new run
DRAG_S = 1.0  # how long a slider may rest before its next edit counts as another drag
MORE_STEPS = int(Experiment.model_fields["steps"].default)


class Session(RunOnScreen):
    """Holds the experiment, does what a person wants with it, and says what changed."""

    experiment_changed = Signal(object, object)  # old, new Experiment
    edited = Signal(object)  # Edit: what the person did; `go_to` and `adjust` are none
    run_opened = Signal()
    example_changed = Signal(int)
    speed_changed = Signal(float)
    remarked = Signal(str)  # what the program did, in a few words
    faulty = Signal(object)  # OwnTaskError: why an edit was refused

    def __init__(
        self,
        control: Control,
        mailbox: Mailbox,
        experiment: Experiment | None = None,
        parent: QObject | None = None,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        super().__init__(control, mailbox, experiment, parent, clock)
        self.example = 0
        self._before: tuple[Experiment, int] | None = None  # what gathered edits replace
        self._drag, self._dragged_at = 0, -math.inf
        self._closed = False
        self.task, self.examples = _drawn(self._experiment)
        self._timer = QTimer(self)
        self._timer.setInterval(TICK_MS)
        self._timer.timeout.connect(self.tick)
        self._open_run(train=False)

    def start(self) -> None:
        """Begin to take mail."""
        self._timer.start()

    def tick(self) -> None:
        """Open the run that gathered edits wait for, when it is time; then take the mail."""
        if self._due is not None and self._clock() >= self._due:
            self._settle()
        super().tick()

    def close(self) -> None:
        """Stop the timer and ask the worker to end."""
        if not self._closed:
            self._closed = True
            self._timer.stop()
            self._control.close()

    # What a person can do -------------------------------------------------------------

    def train(self) -> None:
        """Go on training; where all steps are taken, as many again are added first."""
        self._look_forward()
        self._go_beyond_the_end()
        self._set_training(True)
        self._control.train()

    def pause(self) -> None:
        """Stop after the current block."""
        self._settle()
        self._set_training(False)
        self._control.pause()

    def toggle(self) -> None:
        """Train or pause."""
        if self.training:
            self.pause()
        else:
            self.train()

    def step(self) -> None:
        """Take one step, then pause."""
        self._look_forward()
        self._go_beyond_the_end()
        self._set_training(False)
        self._control.step(1)

    def restart(self) -> None:
        """A new run of the same experiment, a fork's from its fork; goes on if it was training."""
        before, steps = self._before or (self._experiment, self._newest)
        inherited = self.recording.inherited
        self._open_run(train=self.training, origin=self.origin, inherited=inherited)
        self.say(new_run(before, self._experiment, steps))

    def look_back(self, step: int | None) -> None:
        """Show every panel as it was after `step`, and pause; None: as it is now.

        Steps that the run does not have are those nearest to them.
        """
        self._settle()
        if step is not None:
            step = min(max(step, self.first_step), self.step_taken)
        if step == self.looking:
            return
        self.looking = step
        if step is not None:
            self._set_training(False)
        self._asked = False
        self._control.look_back(step)
        self.looked_back.emit(step)

    def look_ahead(self, steps: int) -> None:
        """How many steps further frames also say what the nets answer; 0: not."""
        if steps != self.ahead:
            self.ahead = steps
            self._control.look_ahead(steps)

    def fork(self) -> None:
        """A new run that goes on from the step that is shown; edits until then are its own."""
        self._settle()
        self._set_training(False)
        before = self.place
        step = self.shown_step
        smoothed = {key: self.recording.smoothed(key, until=step) for key in self.cells}
        inherited = {key: both for key, both in smoothed.items() if both is not None}
        self._open_run(train=False, origin=Origin(self.run, step), inherited=inherited)
        self.say(f"forked at step {step:,}: change anything, then train")
        self.edited.emit(Edit(before, f"fork at step {step:,}"))

    def open_stored(self, run: str, experiment: Experiment, origin: Origin | None) -> None:
        """Show a run that the store has, as it was left."""
        before = self.place
        self.go_to(Place(run, complete(experiment), origin, kept=True))
        self.edited.emit(Edit(before, "opening a run"))

    @property
    def place(self) -> Place:
        """What is on screen, to be gone back to."""
        kept = self._resumed or self._newest > self.first_step
        return Place(self.run, self._experiment, self.origin, kept)

    def go_to(self, place: Place) -> None:
        """Show what was on screen then: its run as it was left, untrained where it was that."""
        drawn = _drawn(place.experiment)  # first: a task of the user's own may fail
        old, self._experiment = self._experiment, place.experiment
        self.end_drag()
        self._set_training(False)
        self.task, self.examples = drawn
        if place.kept:
            self._resume(place)
        else:
            self._open_run(train=False, origin=place.origin)
        self.experiment_changed.emit(old, self._experiment)

    def set_speed(self, steps_per_s: float) -> None:
        """Pace of training, up to FULL_SPEED."""
        self.speed = steps_per_s
        self._control.speed(steps_per_s)
        self.speed_changed.emit(steps_per_s)

    def select_example(self, index: int) -> None:
        """Which of the example sequences the panels show; frames hold all of them."""
        if index != self.example and 0 <= index < EXAMPLES:
            self.example = index
            self.example_changed.emit(index)

    def edit(self, new: Experiment, coalesce: bool = False) -> None:
        """Take over another experiment; ExperimentError, and no change, where it is wrong.

        What may change while it runs is handed on; anything else is a new run, which goes on
        if this one was training.  `coalesce` gathers the edits of a slider being dragged.
        """
        before = self.place
        if self._take_over(new, coalesce):
            self.edited.emit(Edit(before, drag=self._drag_of(coalesce)))

    def adjust(self, **live: Any) -> None:
        """Other values of live fields, as an event at this step: an edit that is taken back."""
        self._take_over(self._experiment.changed(**live))

    def end_drag(self) -> None:
        """The slider was let go of: what it does next is another edit."""
        self._dragged_at = -math.inf

    def attempt(
        self, change: Callable[[Experiment], Experiment], coalesce: bool = False
    ) -> ExperimentError | None:
        """Edit by a function of the experiment; the refusal, where there is one."""
        try:
            self.edit(change(self._experiment), coalesce)
        except ExperimentError as error:
            if isinstance(error, OwnTaskError):
                self.faulty.emit(error)
            return error
        return None

    def renew_task(self) -> None:
        """A new run, since the task's code is another one; its parameters, if it takes them still.

        It goes on if this one was training.  ExperimentError, and no change, where it fails.
        """
        before, old = self.place, self._experiment
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

    def say(self, remark: str) -> None:
        """Tell what was done, until something happens in the run."""
        self.remark = remark
        self.remarked.emit(remark)

    # Runs and their opening -----------------------------------------------------------

    def _take_over(self, new: Experiment, coalesce: bool = False) -> bool:
        """Whether anything is different; nothing is done where not."""
        old, new = self._experiment, complete(new)
        changed = {name for name in Experiment.model_fields if _differs(old, new, name)}
        if not changed:
            return False
        if changed & {"task", "params", "seed"}:
            self.task, self.examples = _drawn(new)  # before anything else: it may be refused
        self._experiment = new
        if old.goes_on_as(new):
            self._adjust()
        else:
            self._replace_run(old, changed, coalesce)
        self.experiment_changed.emit(old, new)
        return True

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

    def _replace_run(self, old: Experiment, changed: set[str], coalesce: bool) -> None:
        before, steps = self._before or (old, self._newest)
        untouched = self.origin is not None and self.step_taken == self.origin.step
        self.origin = self.origin if untouched else None  # a fork that has not moved forks again
        if not coalesce:
            self._open_run(train=self.training, origin=self.origin)
        else:
            due = self._due
            self._forget(new_run_id(self._experiment))
            self._due = due or self._clock() + SETTLE_S
            self._before = before, steps
        self.say(new_run(before, self._experiment, steps))

    def _settle(self) -> None:
        """Open the run that gathered edits are waiting for."""
        if self._due is not None:
            self._open_run(train=self.training, origin=self.origin)

    def _look_forward(self) -> None:
        if self.looking is not None:
            self.look_back(None)

    def _adjust(self) -> None:
        if self._due is None:
            self._control.adjust(self._experiment)

    def _go_beyond_the_end(self) -> None:
        """More steps where all are taken; a new run where this one failed or diverged."""
        self._settle()
        self.end_drag()
        if self.phase is Phase.FAILED or self.all_diverged:
            self._open_run(train=False, origin=self.origin)
        elif self.phase is Phase.FINISHED:
            self._add_steps()

    def _add_steps(self) -> None:
        old = self._experiment
        steps = max(self.step_taken, old.steps) + MORE_STEPS
        self._experiment = old.changed(steps=steps)
        self._control.adjust(self._experiment)
        self.experiment_changed.emit(old, self._experiment)

    def _open_run(
        self, train: bool, origin: Origin | None = None, inherited: Inherited | None = None
    ) -> None:
        self._forget(new_run_id(self._experiment))
        self.recording.inherited = inherited or {}
        self._before, self.origin = None, origin
        start = Start(origin=origin)
        self._control.open(self.run, self._experiment, self.examples, train=train, start=start)
        self.run_opened.emit()

    def _resume(self, place: Place) -> None:
        self._forget(place.run)
        self._before, self.origin, self._resumed = None, place.origin, True
        start = Start(resumed=True)
        self._control.open(place.run, self._experiment, self.examples, train=False, start=start)
        self._control.adjust(self._experiment)  # what was changed last may not have been kept
        self.run_opened.emit()


def _drawn(experiment: Experiment) -> tuple[Task, Sequences]:
    """The experiment's task and its examples; ExperimentError where they cannot be had."""
    task = task_of(experiment)
    examples = example_sequences(task, experiment.seed, EXAMPLES)
    for index in range(len(examples)):  # what is on screen has to have words
        task.labels(examples, index)
        task.question(examples, index)
    return task, examples


def _differs(old: Experiment, new: Experiment, name: str) -> bool:
    before, after = getattr(old, name), getattr(new, name)
    if name == "params":
        return dict(before) != dict(after)
    return bool(before != after)
