"""Writing runs, on the store's thread; every function is called inside a transaction."""

from __future__ import annotations

import json
import zlib
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from sandbox.store import blobs, reading
from sandbox.store.base import Batch, Origin, Progress, RunError, RunRecord
from sandbox.store.run_ids import plain
from sandbox.tasks.registry import task_class

if TYPE_CHECKING:
    import sqlite3

    from sandbox.experiment import Experiment
    from sandbox.store.base import State


@dataclass(frozen=True)
class Begun:
    """A run that this process writes.

    fresh: nothing is written yet, and no run with that id may exist.  after: the step from which a
    resumed run goes on; anything stored of later steps is deleted first.
    """

    run: str
    experiment: Experiment
    origin: Origin | None = None
    fresh: bool = True
    after: int | None = None


def write_batch(connection: sqlite3.Connection, begun: Begun, batch: Batch) -> None:
    """Write everything in the batch; RunError if a fresh run's id is taken."""
    if begun.after is not None:
        _cut_off(connection, begun.run, begun.after)
    number = _row_of(connection, begun)
    added = sum(_add_chunk(connection, number, *chunk) for chunk in batch.points)
    connection.executemany(
        "INSERT INTO events (run, step, event) VALUES (?, ?, ?)",
        [(number, int(event["step"]), _json(event)) for event in batch.events],
    )
    _add_checkpoints(connection, number, batch)
    progress = batch.progress
    if progress is None:
        return
    connection.execute(
        "UPDATE runs SET updated = ?, step = ?, steps = ?, seconds = ?, cells = ?,"
        " curve_bytes = curve_bytes + ?, open = 1, checkpoint_bytes ="
        " (SELECT coalesce(sum(length(data)), 0) FROM checkpoints WHERE run = ?) WHERE id = ?",
        (
            now(),
            progress.step,
            progress.experiment.steps,
            progress.seconds,
            _json(progress.cells),
            added,
            number,
            number,
        ),
    )


def _cut_off(connection: sqlite3.Connection, run: str, after: int) -> None:
    """Delete everything after a step, since those steps will be trained again."""
    number = _number_of(connection, run)
    rows = connection.execute(
        "SELECT rowid, first, counts, data, crc FROM points WHERE run = ? AND last > ?",
        (number, after),
    ).fetchall()
    for rowid, first, counts, data, crc in rows:
        connection.execute("DELETE FROM points WHERE rowid = ?", (rowid,))
        if first <= after:
            known = blobs.unpack_points(counts, data, crc)
            keep = after - first + 1
            part = {key: tuple(column[:keep] for column in each) for key, each in known.items()}
            _add_chunk(connection, number, first, part, 0.0)
    connection.execute("DELETE FROM events WHERE run = ? AND step > ?", (number, after))
    connection.execute("DELETE FROM checkpoints WHERE run = ? AND step > ?", (number, after))


def import_run(connection: sqlite3.Connection, record: RunRecord) -> str:
    """Keep a run from elsewhere; returns its id, a new one if its own is taken."""
    taken = {*reading.names(connection), *reading.names(connection, deleted=True)}
    info = record.info
    run, number = plain(info.run), 1
    if _is_here(connection, record):
        return run
    while run in taken:
        number += 1
        run = f"{info.run[:90]}-{number}"
    batch = Batch(
        points=list(record.pieces()),
        events=list(record.events),
        kept=dict(record.checkpoints),
        progress=Progress(info.step, info.seconds, record.experiment_at(info.step), info.cells),
    )
    write_batch(connection, Begun(run, record.begun, info.origin), batch)
    times = {"created": info.created or now(), "updated": info.updated or now()}
    kept = {"note": info.note, "star": info.star, "held": json.dumps(dict(info.held))}
    update(connection, run, **times, **kept, open=False)
    return run


def update(connection: sqlite3.Connection, run: str, **values: Any) -> bool:
    """Set columns of a run's row; False if it has none."""
    columns = ", ".join(f"{column} = ?" for column in values)
    change = f"UPDATE runs SET {columns} WHERE run = ?"
    return connection.execute(change, (*values.values(), run)).rowcount > 0


def now() -> str:
    """The current time, ISO 8601, UTC."""
    return datetime.now(UTC).isoformat(timespec="milliseconds")


def _is_here(connection: sqlite3.Connection, record: RunRecord) -> bool:
    """Whether this very run, at the same step, is already on the list."""
    info = record.info
    row = connection.execute(
        "SELECT created, step, begun FROM runs WHERE run = ? AND deleted IS NULL", (info.run,)
    ).fetchone()
    return bool(row == (info.created, info.step, record.begun.to_json()))


def _number_of(connection: sqlite3.Connection, run: str) -> int:
    """The number of a run's row; RunError if it has none."""
    row = connection.execute("SELECT id FROM runs WHERE run = ?", (run,)).fetchone()
    if row is None:
        raise RunError(f"There is no run {run} any more.")
    return int(row[0])


def _row_of(connection: sqlite3.Connection, begun: Begun) -> int:
    """The number of the run's row, which is added if there is none yet."""
    row = connection.execute("SELECT id FROM runs WHERE run = ?", (begun.run,)).fetchone()
    if row is not None:
        if begun.fresh:
            raise RunError(f"There is already a run {begun.run}; it stays as it is.")
        return int(row[0])
    experiment, origin = begun.experiment, begun.origin
    field = task_class(experiment.task).gap_field
    gap = experiment.params.get(field) if field else None
    values: dict[str, Any] = {
        "run": begun.run,
        "created": now(),
        "updated": now(),
        "task": experiment.task,
        "gap": gap if isinstance(gap, int) else None,
        "seed": experiment.seed,
        "step": origin.step if origin else 0,
        "steps": experiment.steps,
        "seconds": 0.0,
        "begun": experiment.to_json(),
        "cells": "{}",
        "parent": origin.parent if origin else None,
        "parent_step": origin.step if origin else None,
        "open": 1,
    }
    columns, places = ", ".join(values), ", ".join("?" * len(values))
    insert = f"INSERT INTO runs ({columns}) VALUES ({places})"
    connection.execute(insert, tuple(values.values()))
    return _number_of(connection, begun.run)


def _add_chunk(
    connection: sqlite3.Connection, number: int, first: int, measured: Any, seconds: float
) -> int:
    """Add measurements from step `first` on; returns their size in bytes."""
    counts, data = blobs.pack_points(measured)
    last = first + max((len(each[0]) for each in measured.values()), default=0) - 1
    connection.execute(
        "INSERT INTO points (run, first, last, seconds, counts, data, crc)"
        " VALUES (?, ?, ?, ?, ?, ?, ?)",
        (number, first, last, seconds, counts, data, zlib.crc32(data)),
    )
    return len(data)


def _add_checkpoints(connection: sqlite3.Connection, number: int, batch: Batch) -> None:
    connection.executemany(
        "DELETE FROM checkpoints WHERE run = ? AND step = ?",
        [(number, step) for step in batch.dropped],
    )
    for step, state in batch.kept.items():
        _add_checkpoint(connection, number, step, state, kept=True)
    if batch.progress is not None and batch.latest:
        connection.execute("DELETE FROM checkpoints WHERE run = ? AND kept = 0", (number,))
        _add_checkpoint(connection, number, batch.progress.step, batch.latest, kept=False)


def _add_checkpoint(
    connection: sqlite3.Connection, number: int, step: int, state: State, kept: bool
) -> None:
    """Add a checkpoint; the latest one leaves a kept one of its step as it is."""
    data = blobs.pack_state(state)
    otherwise = "REPLACE" if kept else "IGNORE"
    connection.execute(
        f"INSERT OR {otherwise} INTO checkpoints (run, step, kept, data, crc)"
        " VALUES (?, ?, ?, ?, ?)",
        (number, step, kept, data, zlib.crc32(data)),
    )


def _json(value: Any) -> str:
    return json.dumps(blobs.finite(value), allow_nan=False, separators=(",", ":"))
