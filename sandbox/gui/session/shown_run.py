"""The run on screen: what its worker has reported, which step is shown, and the way back to it."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from sandbox.gui.session.drag import NO_DRAG
from sandbox.gui.session.recording import Inherited, Recording
from sandbox.run.messages import Phase
from sandbox.store.base import ExperimentTimeline, nets
from sandbox.store.run_ids import new_run_id

if TYPE_CHECKING:
    from collections.abc import Mapping

    from sandbox.experiment import Experiment
    from sandbox.run.messages import Frame, MeasuredAhead, Status
    from sandbox.store.base import Origin


@dataclass
class ShownRun:
    """One run; opening another makes another of these, so nothing is left of the previous one.

    cells: the nets in order, key to cell.  resumed: it comes from the store.  last_step: the
    newest training step in any message.  looking: the step looked back at, None for the newest.
    """

    run: str = ""
    cells: Mapping[str, str] = field(default_factory=dict)
    origin: Origin | None = None
    resumed: bool = False
    recording: Recording = field(default_factory=Recording)
    status: Status | None = None
    frame: Frame | None = None
    measured: MeasuredAhead | None = None
    last_step: int = 0
    looking: int | None = None
    opened: bool = True  # false while the worker has not been given it
    has_run: bool = False  # since training was last switched on or off
    failure_reported: bool = False

    def __post_init__(self) -> None:
        self.last_step = self.first_step

    def again(self, experiment: Experiment) -> ShownRun:
        """Another run, which begins where this one did."""
        return new_run(experiment, self.origin, self.recording.inherited)

    @property
    def first_step(self) -> int:
        """The step at which the run began: 0, or where it was forked."""
        return 0 if self.origin is None else self.origin.step

    @property
    def wanted_step(self) -> int:
        """The step to show: the one looked back at, or the newest."""
        return self.last_step if self.looking is None else self.looking

    @property
    def step(self) -> int:
        """The step on screen: that of the frame, and so of every number beside it."""
        return self.wanted_step if self.frame is None else self.frame.step

    @property
    def kept(self) -> bool:
        """Whether a step was taken, so that the store has the run."""
        return self.resumed or self.last_step > self.first_step

    @property
    def refused(self) -> str:
        """Why the run cannot be trained, as a sentence; "" if it can, or if the fault is ours."""
        return (self.status.refused or "") if self.status is not None else ""

    @property
    def all_diverged(self) -> bool:
        """Whether no net is left to train."""
        return len(self.recording.diverged_at) >= len(self.cells)

    @property
    def figures(self) -> dict[str, tuple[float, float] | None]:
        """Every net's smoothed loss and accuracy at the step on screen."""
        return {key: self.recording.smoothed(key, until=self.step) for key in self.cells}

    @property
    def seconds(self) -> float:
        """Seconds of training up to the step on screen."""
        return self.recording.clock.seconds_at(self.step)

    def timeline(self, now: Experiment) -> ExperimentTimeline:
        """Its settings from its first step on; now: those in force."""
        replaced = self.recording.replaced
        settings = [*(before for _, before in replaced), now]
        steps = (step for step, _ in replaced)
        return ExperimentTimeline(
            settings[0], tuple(zip(steps, settings[1:], strict=True)), self.origin
        )

    def take_status(self, status: Status) -> bool:
        """Note what the worker reports; returns whether more than the pace is new."""
        before, self.status = self.status, status
        self.cells = status.keys or self.cells
        self.last_step = max(self.last_step, status.step)
        self.has_run |= status.phase is Phase.RUNNING
        return before is None or _without_pace(before) != _without_pace(status)

    def has_ended(self, steps: int) -> bool:
        """Whether a run of so many steps that should train has stopped.

        A status that is older than the request to train does not count.
        """
        assert self.status is not None
        if self.status.phase is Phase.FINISHED:
            return self.status.step >= steps or self.has_run
        if self.status.phase is Phase.PAUSED:
            return self.has_run
        return self.status.phase is Phase.FAILED


def new_run(
    experiment: Experiment, origin: Origin | None = None, inherited: Inherited | None = None
) -> ShownRun:
    """A run that has not begun."""
    recording = Recording(inherited=inherited or {})
    cells = {key: net.contestant.cell for key, net in nets(experiment).items()}
    return ShownRun(new_run_id(experiment), cells, origin, recording=recording)


def still_inherited(inherited: Inherited, old: Experiment, new: Experiment) -> Inherited:
    """What a fork's nets begin with after an edit: those that keep their weights and their task."""
    if (old.task, dict(old.params)) != (new.task, dict(new.params)):
        return {}
    before = {each.name: (each.cell, each.hidden, each.layers) for each in old.contestants}
    same = {
        each.name
        for each in new.contestants
        if before.get(each.name) == (each.cell, each.hidden, each.layers)
    }
    return {key: both for key, both in inherited.items() if key.partition("#")[0] in same}


def _without_pace(status: Status) -> tuple[object, ...]:
    return status.phase, status.error, status.keys, status.preparing


@dataclass(frozen=True)
class UndoPoint:
    """A run with its experiment as it is now.

    kept: whether the store has the run, since a step was taken; otherwise the rest says all of
    it.  inherited: what a fork's nets began with.  preset: of the claim that was opened.
    """

    run: str
    experiment: Experiment
    origin: Origin | None = None
    kept: bool = False
    inherited: Inherited = field(default_factory=dict)
    preset: Experiment | None = None


@dataclass(frozen=True)
class Edit:
    """Something a person did that put another experiment or another run on screen.

    before: what was there.  what: in words, "" for the differences from before.  drag: the
    number of the drag of a slider that this is a part of, or NO_DRAG.
    """

    before: UndoPoint
    what: str = ""
    drag: int = NO_DRAG
