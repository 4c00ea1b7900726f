"""What has been received of a run: curves in bounded buffers, a clock, evaluations, events."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from sandbox.experiment import Experiment
from sandbox.gui.session.clock import UNTIMED, Clock
from sandbox.gui.session.curvebuffer import CurveBuffer
from sandbox.run.messages import Evaluation, Event, Generalisation, Points

if TYPE_CHECKING:
    from sandbox.run.messages import Record

MORE_STEPS = int(Experiment.model_fields["steps"].default)  # added by Train after the last step
Inherited = Mapping[str, tuple[float, float]]  # by net's key: smoothed loss and accuracy


@dataclass
class Recording:
    """Everything received of a run, by net's key.

    tests, generalisation: (step, loss, accuracy) on fresh sequences, of the split where the net
    does worst among those that decide, and of the split that it is not trained on; all are kept,
    since 100,000 steps have some hundreds.  evaluated: the latest evaluation.  gap_of: the gap
    that a growing one has reached.
    replaced: (step, the experiment in force until then) of every change, announced by the worker
    or not yet.  chosen_steps: the number of steps that a person typed, if they did.  inherited:
    what the nets of a fork had where it begins; empty if not known.
    """

    curves: dict[str, CurveBuffer] = field(default_factory=dict)
    tests: dict[str, list[tuple[int, float, float]]] = field(default_factory=dict)
    generalisation: dict[str, list[tuple[int, float, float]]] = field(default_factory=dict)
    evaluated: dict[str, Evaluation] = field(default_factory=dict)
    gap_of: dict[str, int] = field(default_factory=dict)
    solved_at: dict[str, int] = field(default_factory=dict)
    diverged_at: dict[str, int] = field(default_factory=dict)
    changes: list[tuple[int, str]] = field(default_factory=list)
    replaced: list[tuple[int, Experiment]] = field(default_factory=list)
    chosen_steps: int | None = None
    last_event: Event | None = None
    inherited: Inherited = field(default_factory=dict)
    clock: Clock = UNTIMED

    def add(self, record: Record) -> None:
        """Add one record."""
        if isinstance(record, Points):
            for key, curve in record.curves.items():
                self.curve(key).extend(record.first, curve)
            if record.last >= record.first:
                self.clock = self.clock.extended(record.first, record.last, record.seconds)
        elif isinstance(record, Evaluation):
            self.evaluated[record.cell] = record
            self.tests.setdefault(record.cell, []).append((record.step, *record.worst))
        elif isinstance(record, Generalisation):
            found = (record.step, record.loss, record.accuracy)
            self.generalisation.setdefault(record.cell, []).append(found)
        else:
            self._add_event(record)

    def curve(self, key: str) -> CurveBuffer:
        """The net's curve, empty if it has none yet."""
        return self.curves.setdefault(key, CurveBuffer())

    def smoothed(self, key: str, until: int | None = None) -> tuple[float, float] | None:
        """Mean loss and accuracy of the last steps up to `until`, or those inherited."""
        return self.curve(key).smoothed(until=until) or self.inherited.get(key)

    def settings_at(self, step: int, now: Experiment) -> Experiment:
        """The experiment in force for the update after `step`; `now`: the one in force now."""
        later = (experiment for changed_at, experiment in self.replaced if changed_at > step)
        return next(later, now)

    def planned_steps(self, now: Experiment) -> int:
        """The number of steps before Train, or Step, added more after the last one."""
        steps = now.steps
        for changed_at, before in reversed(self.replaced):
            added = before.steps <= changed_at and steps - changed_at in (1, MORE_STEPS)
            if steps == self.chosen_steps or not (added or before.steps == steps):
                break
            steps = before.steps
        return steps

    def _add_event(self, event: Event) -> None:
        self.last_event = event
        if event.kind == "changed":
            self.changes.append((event.step, event.text))
            if event.replaced is not None:
                self.replaced.append((event.step, event.replaced))
        elif event.cell is not None and event.gap is not None:
            self.gap_of[event.cell] = event.gap
        elif event.cell is not None and event.kind in ("solved", "diverged"):
            places = self.solved_at if event.kind == "solved" else self.diverged_at
            places.setdefault(event.cell, event.step)
