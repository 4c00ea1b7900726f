"""What a run said so far: curves in bounded buffers, a clock, evaluations and events."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from sandbox.gui.session.clock import Clock, ClockBuffer
from sandbox.gui.session.curvebuffer import CurveBuffer
from sandbox.run.messages import Evaluation, Event, Generalisation, Points

if TYPE_CHECKING:
    from collections.abc import Mapping

    from sandbox.experiment import Experiment
    from sandbox.run.mailbox import Record


@dataclass
class Recording:
    """Everything the current run has told, by contestant's key.

    tests: (step, loss, accuracy) on fresh sequences, of the split that decides where it does
    worst; generalisation: on the split that it is not trained on.  They are some hundreds in
    100,000 steps at most, so all of them are kept.  gap_of: where the gap grows, whom it grew
    for and what to.  replaced: (step, the experiment in force until then) of every change; a
    change that the worker has not announced yet may be noted here, too.  inherited: smoothed
    loss and accuracy where a fork begins, as its parent had them; empty where not known.
    """

    curves: dict[str, CurveBuffer] = field(default_factory=dict)
    tests: dict[str, list[tuple[int, float, float]]] = field(default_factory=dict)
    generalisation: dict[str, list[tuple[int, float, float]]] = field(default_factory=dict)
    gap_of: dict[str, int] = field(default_factory=dict)
    solved_at: dict[str, int] = field(default_factory=dict)
    diverged_at: dict[str, int] = field(default_factory=dict)
    changes: list[tuple[int, str]] = field(default_factory=list)
    replaced: list[tuple[int, Experiment]] = field(default_factory=list)
    last_event: Event | None = None
    inherited: Mapping[str, tuple[float, float]] = field(default_factory=dict)
    _times: ClockBuffer = field(default_factory=ClockBuffer)

    def add(self, record: Record) -> None:
        """Take in one record."""
        if isinstance(record, Points):
            self._add_points(record)
        elif isinstance(record, Evaluation):
            self._add_test(record)
        elif isinstance(record, Generalisation):
            found = (record.step, record.loss, record.accuracy)
            self.generalisation.setdefault(record.cell, []).append(found)
        else:
            self._add_event(record)

    def curve(self, key: str) -> CurveBuffer:
        """The contestant's curve, empty where it has none yet."""
        return self.curves.setdefault(key, CurveBuffer())

    def smoothed(self, key: str, until: int | None = None) -> tuple[float, float] | None:
        """Loss and accuracy over the last steps up to `until`; those inherited before the first."""
        return self.curve(key).smoothed(until=until) or self.inherited.get(key)

    def settings_at(self, step: int, now: Experiment) -> Experiment:
        """The experiment in force for the update after `step`; `now`: the one in force now."""
        later = (experiment for changed_at, experiment in self.replaced if changed_at > step)
        return next(later, now)

    @property
    def clock(self) -> Clock:
        """Seconds of training by step."""
        return self._times.clock

    def _add_points(self, points: Points) -> None:
        for key, curve in points.curves.items():
            self.curve(key).extend(points.first, curve)
        if points.last >= points.first:
            self._times.add(points.first, points.last, points.seconds)

    def _add_test(self, evaluation: Evaluation) -> None:
        loss, accuracy = evaluation.worst
        self.tests.setdefault(evaluation.cell, []).append((evaluation.step, loss, accuracy))

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
