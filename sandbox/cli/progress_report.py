"""What `train` prints while it trains: JSON lines or sentences, and a bar on a terminal."""

from __future__ import annotations

import sys
import time
from typing import TYPE_CHECKING, Any

import numpy as np

from sandbox.cli import end_report, output
from sandbox.cli.bar import Bar
from sandbox.run.messages import Event, Points

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from sandbox.run.messages import Record
    from sandbox.run.training import Training

EVERY_S = 0.5
SMOOTHED_OVER = 50  # steps, as in the window


class Report:
    """The start, progress, events and end of a run, as JSON lines or as text.

    Nothing is printed before it is stored.  `take` may be called at any moment, and prints nothing.
    """

    def __init__(self, as_json: bool) -> None:
        self._json = as_json
        self._last: dict[str, Any] = {}  # loss and accuracy of the last steps by net, (2, n)
        self._events: list[Event] = []
        self._bar = Bar(unit="steps") if sys.stderr.isatty() else None
        self._next = float("-inf")
        # Step, values and events: printed once the run is stored up to this step.
        self._due: tuple[int, Mapping[str, Mapping[str, float]], Sequence[Event]] | None = None

    def warming_up(self) -> None:
        """Say so on a terminal: compiling takes some twenty seconds, once."""
        if self._bar:
            self._bar.show("warming up the engine")

    def start(self, training: Training) -> None:
        """Name the run, and print its experiment as JSON."""
        if self._json:
            experiment = training.experiment.model_dump(mode="json")
            output.print_json({"event": "start", "run": training.run, "experiment": experiment})
        else:
            goes_on = f" from step {training.step:,}" if training.step else ""
            output.tell(f"Run {training.run}{goes_on}, to step {training.experiment.steps:,}.")

    def take(self, record: Record) -> None:
        """Keep events until they may be printed, and the last steps' losses for their means."""
        if isinstance(record, Points):
            for key, curve in record.curves.items():
                before = self._last.get(key, np.empty((2, 0), np.float32))
                new = np.stack([curve.loss, curve.accuracy])
                self._last[key] = np.concatenate([before, new], axis=1)[:, -SMOOTHED_OVER:]
        elif isinstance(record, Event) and record.kind != "finished":  # the last line says so
            self._events.append(record)

    def progress(self, training: Training) -> None:
        """Twice a second, announce events and how it goes, but not before they are stored."""
        if self._due is None and (time.monotonic() >= self._next or training.over):
            self._next = time.monotonic() + EVERY_S
            means = {key: last.mean(axis=1).tolist() for key, last in self._last.items()}
            values = {key: {"loss": m[0], "accuracy": m[1]} for key, m in means.items()}
            if self._bar:
                right = ", ".join(f"{key} {each['accuracy']:.1%}" for key, each in values.items())
                words = f"right: {right}" if right else ""
                self._bar.show(words, training.step, training.experiment.steps)
            self._due, self._events = (training.step, values, self._events), []
        if self._due is not None:
            training.save()
            if training.saving.stored_step >= self._due[0]:
                self._announce()

    def interrupted(self, training: Training, kept: bool) -> None:
        """Say how far it got and how to resume it.  kept: whether it is saved."""
        self._announce_the_rest()
        if self._json:
            line = {"event": "interrupted", "run": training.run, "step": training.step}
            output.print_json({**line, "saved": kept})
        output.tell(end_report.interrupted(training, kept))

    def end(self, training: Training) -> None:
        """Print the results of every net on fresh sequences."""
        self._announce_the_rest()
        if self._json:
            output.print_json(end_report.end_line(training))
        else:
            output.print_text(end_report.end_text(training))

    def stop(self) -> None:
        """Remove the bar."""
        if self._bar:
            self._bar.stop()

    def _announce(self) -> None:
        """Print what is due."""
        if self._due is not None:
            (step, values, events), self._due = self._due, None
            for event in events:
                self._tell(event)
            if self._json:
                output.print_json({"event": "progress", "step": step, "cells": values})

    def _announce_the_rest(self) -> None:
        """Print what is due and what happened since, all of which is stored; remove the bar."""
        self._announce()
        for event in self._events:
            self._tell(event)
        self.stop()

    def _tell(self, event: Event) -> None:
        if self._json:
            line = {"event": event.kind, "run": event.run, "step": event.step, "text": event.text}
            more = {"cell": event.cell, "gap": event.gap}
            output.print_json(line | {name: v for name, v in more.items() if v is not None})
        elif self._bar:
            self._bar.note(event.text)
        else:
            output.tell(event.text)
