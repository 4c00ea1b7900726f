"""A run for TensorBoard: a folder for each net, with one event file in it.

The files depend on the run alone, not on when they are written.
"""

from __future__ import annotations

import math
from datetime import UTC, datetime
from io import BytesIO
from typing import TYPE_CHECKING, Any

import numpy as np

from sandbox.about import about
from sandbox.export.optional import needed
from sandbox.export.recorded import training_clock
from sandbox.store.base import nets

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from sandbox.store.base import Net, RunRecord

WHAT = "A TensorBoard log"
VERSION = "brain.Event:2"
METRICS = ("loss", "accuracy", "grad_norm")


def tensorboard_events(record: RunRecord) -> dict[str, bytes]:
    """Files by their path in the run's folder: "lstm/events.out.tfevents.1714557600.sandbox".

    Scalars loss, accuracy and grad_norm for every step, and evaluation/fresh/loss and …/accuracy
    for every split; events as text; hyperparameters.  Wall time is the run's start plus the time
    spent training.  RunError without the tensorboard package.
    """
    log = _Log(record)
    name = f"events.out.tfevents.{int(log.began):010d}.sandbox"
    return {f"{key}/{name}": log.of(key, net) for key, net in nets(record.begun).items()}


class _Log:
    def __init__(self, record: RunRecord) -> None:
        self._record = record
        self._event = needed("tensorboard.compat.proto.event_pb2", WHAT).Event
        self._summary = needed("tensorboard.compat.proto.summary_pb2", WHAT).Summary
        self._tensor = needed("tensorboard.compat.proto.tensor_pb2", WHAT).TensorProto
        self._writer = needed("tensorboard.summary.writer.record_writer", WHAT).RecordWriter
        self._text = needed("tensorboard.plugins.text.metadata", WHAT).create_summary_metadata
        self._hparams = needed("tensorboard.plugins.hparams.summary_v2", WHAT).hparams_pb
        self.began = _timestamp(record.info.created)
        self._clock = training_clock(record)

    def of(self, key: str, net: Net) -> bytes:
        """One net's file, with its events in order of step."""
        file = BytesIO()
        writer = self._writer(file)
        first = self._event(wall_time=self.began, file_version=VERSION)
        writer.write(first.SerializeToString())
        settings = self._hparams(_settings(self._record, net), key, self.began)
        summaries = [(0, settings), *self._curves(key), *self._happened(key)]
        summaries.sort(key=lambda each: each[0])
        spent = np.interp([step for step, _ in summaries], self._clock[:, 0], self._clock[:, 1])
        for (step, summary), time in zip(summaries, (self.began + spent).tolist(), strict=True):
            event = self._event(wall_time=time, step=step, summary=summary)
            writer.write(event.SerializeToString())
        return file.getvalue()

    def _curves(self, key: str) -> Iterable[tuple[int, Any]]:
        if key not in self._record.curves:  # diverged at its first step
            return
        steps, measured = self._record.curves[key]
        columns = zip(*(values.tolist() for values in measured), strict=True)
        for step, numbers in zip(steps.tolist(), columns, strict=True):
            yield step, self._scalars(dict(zip(METRICS, numbers, strict=True)))

    def _happened(self, key: str) -> Iterable[tuple[int, Any]]:
        """The net's own events and those of the whole run."""
        for event in self._record.events:
            if event.get("cell") not in (None, key):
                continue
            if event["kind"] in ("evaluation", "generalisation"):
                yield event["step"], self._scalars(_scores(event["kind"], event["splits"]))
            else:
                yield event["step"], self._said(event.get("text") or event["kind"])

    def _scalars(self, values: Mapping[str, float]) -> Any:
        value = self._summary.Value
        return self._summary(value=[value(tag=t, simple_value=v) for t, v in values.items()])

    def _said(self, text: str) -> Any:
        tensor = self._tensor(dtype="DT_STRING", string_val=[text.encode()])
        metadata = self._text(display_name="events", description="What happened in the run")
        value = self._summary.Value(tag="events", metadata=metadata, tensor=tensor)
        return self._summary(value=[value])


def _scores(kind: str, splits: Mapping[str, tuple[float | None, float | None]]) -> dict[str, float]:
    """Scores by tag; a stored None stands for NaN or infinity."""
    return {
        f"{kind}/{split}/{metric}": math.nan if score is None else score
        for split, scores in splits.items()
        for metric, score in zip(METRICS[:2], scores, strict=True)
    }


def _settings(record: RunRecord, net: Net) -> dict[str, bool | int | float | str]:
    """The net's settings at the start, filled up with the run's; None is left out."""
    run = record.begun.model_dump(exclude={"format", "params", "contestants", "replicates"})
    kind, own = type(net.contestant), net.contestant.model_dump(exclude={"look"})
    for name in own:
        if about(kind, name).alone:  # a number or a word, but a column must have one type
            own[name] = str(own[name])
    own = {name: value for name, value in own.items() if value is not None}
    settings = {**record.begun.params, **run, **own, "seed": net.seed}
    return {name: value for name, value in settings.items() if value is not None}


def _timestamp(created: str) -> float:
    """Seconds since 1970 of an ISO 8601 time, UTC unless it names a time zone."""
    time = datetime.fromisoformat(created)
    return (time if time.tzinfo else time.replace(tzinfo=UTC)).timestamp()
