"""Starting a run: untrained, from the store, or as a fork of another run."""

from __future__ import annotations

from contextlib import closing
from dataclasses import dataclass
from typing import TYPE_CHECKING, get_args

from sandbox.experiment import parse
from sandbox.run import words
from sandbox.run.looking import replayed
from sandbox.run.messages import Curve, Evaluation, Event, EventKind, Generalisation, Points
from sandbox.run.training import Training
from sandbox.store.base import RunError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from sandbox.engine.trainer import Trainer
    from sandbox.experiment import Experiment
    from sandbox.run.control import Opening
    from sandbox.run.messages import Record
    from sandbox.store.base import Origin, RunRecord, State
    from sandbox.store.runs import RunStore

MOST_PIECES = 2_000  # messages that a stored curve is split into
KINDS: tuple[EventKind, ...] = get_args(EventKind)


@dataclass(frozen=True)
class Fork:
    """What a fork starts from: its parent's checkpoint and experiment at that step."""

    origin: Origin
    state: State
    parent: Experiment


class Openings:
    """Starts runs.  make: makes a trainer for an experiment.  tell: called with messages."""

    def __init__(
        self,
        make: Callable[[Experiment], Trainer],
        tell: Callable[[Record], None],
        store: RunStore | None,
    ) -> None:
        self._make, self._tell, self._store = make, tell, store
        self._fork: Fork | None = None

    def source_of(self, opening: Opening, current: Training | None) -> Fork | None:
        """What a fork starts from, or None if the run is not a fork; RunError if it is lost.

        current: the worker's present run, which may be the parent.
        """
        origin = opening.origin
        if origin is not None and (self._fork is None or self._fork.origin != origin):
            self._fork = self._of_parent(origin, current)
        return None if origin is None else self._fork

    def begun(self, opening: Opening, source: Fork | None) -> Training:
        """The run, ready to train; RunError if it cannot be resumed."""
        if opening.resumed:
            return self._resumed(opening.run)
        trainer = self._make(opening.experiment)
        try:
            anew = trainer.fork(source.state, source.parent) if source else []
            origin = source.origin if source else None
            training = Training(opening.run, trainer, self._tell, self._store, origin=origin)
        except BaseException:
            trainer.close()
            raise
        if source is not None:
            keys = trainer.keys
            training.tell_solved_before()
            training.event("forked", words.forked(source.origin.step, [(k, keys[k]) for k in anew]))
        return training

    def _of_parent(self, origin: Origin, current: Training | None) -> Fork:
        if current is not None and current.run == origin.parent:
            begun, changes, checkpoint = current.begun, current.changes, current.tape.before
        else:
            record = self._store_of(origin.parent).record(origin.parent)
            begun, changes, checkpoint = record.begun, list(record.changes), record.before
        step = origin.step
        with closing(replayed(self._make, begun, changes, checkpoint, step, True)) as replay:
            return Fork(origin, replay.trainer.state(), replay.experiment_at(step))

    def _store_of(self, run: str) -> RunStore:
        if self._store is None:
            raise RunError(f"Run {run} is not stored.")
        return self._store

    def _resumed(self, run: str) -> Training:
        store = self._store_of(run)
        store.resume(run)
        try:
            return self._resumed_from(run, store.record(run))
        except BaseException:
            store.finish(run)
            raise

    def _resumed_from(self, run: str, record: RunRecord) -> Training:
        trainer = self._make(record.experiment_at(record.info.step))
        try:
            training = Training(run, trainer, self._tell, self._store, resumed=record)
        except BaseException as error:
            trainer.close()
            if isinstance(error, ValueError):
                raise RunError(f"Run {run} cannot be resumed: {error}.") from None
            raise
        for message in messages_of(record):
            self._tell(message)
        if record.info.damage:
            self._tell(Event(run, record.info.step, "note", record.info.damage))
        return training


def messages_of(record: RunRecord) -> Iterator[Record]:
    """The messages of a stored run as when it trained: curves, evaluations and events."""
    run, settings = record.info.run, record.begun
    for first, part, seconds in record.pieces(MOST_PIECES):
        yield Points(run, first, {key: Curve(*each) for key, each in part.items()}, seconds)
    for event in record.events:
        step, kind = int(event["step"]), str(event["kind"])
        cell = None if event.get("cell") is None else str(event["cell"])
        if kind == "evaluation" and cell is not None:
            splits = {str(k): (_number(a), _number(b)) for k, (a, b) in event["splits"].items()}
            judged = tuple(split for split in event.get("judged", ()) if split in splits)
            yield Evaluation(run, step, cell, splits, bool(event.get("solved")), judged)
        elif kind == "generalisation" and cell is not None:
            for split, (loss, accuracy) in event["splits"].items():
                yield Generalisation(run, step, cell, split, _number(loss), _number(accuracy))
        elif kind in KINDS:
            text, gap, replaced = str(event.get("text", "")), event.get("gap"), None
            if event.get("experiment"):
                replaced, settings = settings, parse(event["experiment"])
            yield Event(run, step, kind, text, cell, gap, replaced)


def _number(value: float | None) -> float:
    """A stored number; None stands for NaN or infinity."""
    return float("nan") if value is None else float(value)
