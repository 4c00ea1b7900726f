"""What `train` prints while it trains: JSON lines or sentences, and a bar on a terminal."""

from __future__ import annotations

import sys
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Protocol

import numpy as np

from sandbox.cli import end_report, output
from sandbox.cli.bar import Bar
from sandbox.run.messages import Event, Points

if TYPE_CHECKING:
    from collections.abc import Mapping

    from sandbox.run.messages import Record
    from sandbox.run.training import Training

EVERY_S = 0.5
SMOOTHED_OVER = 50  # steps, as in the window


class Report(Protocol):
    """What `train` prints.  `take` may be called at any moment, and prints nothing."""

    def warming_up(self) -> None:
        """The engine is being loaded, perhaps compiled."""

    def start(self, training: Training) -> None:
        """The run starts or resumes."""

    def take(self, record: Record) -> None:
        """Something happened."""

    def progress(self, training: Training) -> None:
        """A block has been trained."""

    def interrupted(self, training: Training, kept: bool) -> None:
        """The run stops early; kept: whether it is saved."""

    def end(self, training: Training) -> None:
        """All steps are done."""

    def stop(self) -> None:
        """The command ends."""


class Smoothed:
    """Means over the last SMOOTHED_OVER training steps, by net."""

    def __init__(self) -> None:
        self._last: dict[str, Any] = {}

    def take(self, points: Points) -> None:
        """Add a block's steps."""
        for key, curve in points.curves.items():
            before = self._last.get(key, np.empty((2, 0), np.float32))
            new = np.stack([curve.loss, curve.accuracy])
            self._last[key] = np.concatenate([before, new], axis=1)[:, -SMOOTHED_OVER:]

    def values(self) -> dict[str, dict[str, float]]:
        """{key: {"loss": …, "accuracy": …}}."""
        means = {key: last.mean(axis=1) for key, last in self._last.items()}
        return {k: {"loss": float(m[0]), "accuracy": float(m[1])} for k, m in means.items()}


@dataclass(frozen=True)
class _Announcement:
    """Something to print once the run is stored up to this step."""

    step: int
    values: Mapping[str, Mapping[str, float]]
    events: list[Event]


class _Common:
    """What both reports share: smoothing, events kept until they may be printed, a bar."""

    def __init__(self) -> None:
        self._smoothed, self._events = Smoothed(), list[Event]()
        self._bar = Bar(unit="steps") if sys.stderr.isatty() else None
        self._next = float("-inf")
        self._due: _Announcement | None = None

    def warming_up(self) -> None:
        """Say so on a terminal: compiling takes some twenty seconds, once."""
        if self._bar:
            self._bar.show("warming up the engine")

    def take(self, record: Record) -> None:
        """Keep the record's events until they may be printed."""
        if isinstance(record, Points):
            self._smoothed.take(record)
        elif isinstance(record, Event):
            self._events.append(record)

    def progress(self, training: Training) -> None:
        """Twice a second, announce events and how it goes, but not before they are stored."""
        if self._due is None and (time.monotonic() >= self._next or training.over):
            self._next = time.monotonic() + EVERY_S
            values = self._smoothed.values()
            if self._bar:
                right = ", ".join(f"{key} {each['accuracy']:.1%}" for key, each in values.items())
                words = f"right: {right}" if right else ""
                self._bar.show(words, training.step, training.experiment.steps)
            self._due = _Announcement(training.step, values, self._events)
            self._events = []
        if self._due is not None:
            training.save()
            if training.stored_step >= self._due.step:
                self._announce()

    def stop(self) -> None:
        """Remove the bar."""
        if self._bar:
            self._bar.stop()

    def _announce(self) -> None:
        """Print what is due."""
        due, self._due = self._due, None
        if due is not None:
            for event in due.events:
                self._tell_event(event)
            self._tell_progress(due.step, due.values)

    def _tell_the_rest(self) -> None:
        """Print what is due and what happened since; all of it is stored."""
        self._announce()
        events, self._events = self._events, []
        for event in events:
            self._tell_event(event)

    def _tell_event(self, event: Event) -> None:
        raise NotImplementedError

    def _tell_progress(self, step: int, values: Mapping[str, Mapping[str, float]]) -> None:
        raise NotImplementedError


class JsonReport(_Common):
    """JSON lines on standard output."""

    def start(self, training: Training) -> None:
        """{"event": "start", "run": …, "experiment": {…}}."""
        experiment = training.experiment.model_dump(mode="json")
        output.print_json({"event": "start", "run": training.run, "experiment": experiment})

    def interrupted(self, training: Training, kept: bool) -> None:
        """{"event": "interrupted", …}, in place of the end."""
        self._tell_the_rest()
        self.stop()
        line = {"event": "interrupted", "run": training.run, "step": training.step, "saved": kept}
        output.print_json(line)
        output.tell(end_report.interrupted(training, kept))

    def end(self, training: Training) -> None:
        """{"event": "end", …}: every net on fresh sequences."""
        self._tell_the_rest()
        self.stop()
        output.print_json(end_report.end_line(training))

    def _tell_event(self, event: Event) -> None:
        if event.kind == "finished":  # the last line says so
            return
        line = {"event": event.kind, "run": event.run, "step": event.step, "text": event.text}
        more = {"cell": event.cell, "gap": event.gap}
        output.print_json(line | {name: value for name, value in more.items() if value is not None})

    def _tell_progress(self, step: int, values: Mapping[str, Mapping[str, float]]) -> None:
        output.print_json({"event": "progress", "step": step, "cells": values})


class TextReport(_Common):
    """Events as sentences on standard error, and a table at the end."""

    def start(self, training: Training) -> None:
        """Name the run."""
        goes_on = f" from step {training.step:,}" if training.step else ""
        output.tell(f"Run {training.run}{goes_on}, to step {training.experiment.steps:,}.")

    def interrupted(self, training: Training, kept: bool) -> None:
        """Say how far it got, and how to resume it."""
        self._tell_the_rest()
        self.stop()
        output.tell(end_report.interrupted(training, kept))

    def end(self, training: Training) -> None:
        """Print a table and what it means."""
        self._tell_the_rest()
        self.stop()
        output.print_text(end_report.end_text(training))

    def _tell_event(self, event: Event) -> None:
        if event.kind == "finished":
            return
        if self._bar:
            self._bar.note(event.text)
        else:
            output.tell(event.text)

    def _tell_progress(self, step: int, values: Mapping[str, Mapping[str, float]]) -> None:
        """The bar shows it."""
