"""Writing runs, on the store's thread; every function is called inside a transaction."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from sandbox.store import blobs, reading
from sandbox.store.base import Batch, Origin, RunError, RunRecord
from sandbox.store.run_ids import plain
from sandbox.tasks.registry import task_class

if TYPE_CHECKING:
    import sqlite3

    from sandbox.experiment import Experiment

_NEW = (
    "INSERT INTO runs (run, created, updated, task, gap, seed, step, steps, seconds, begun, cells,"
    " parent, parent_step, note, star, open)"
    " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"
)
_POINTS = (
    "INSERT INTO points (run, first, last, seconds, counts, data, crc) VALUES (?, ?, ?, ?, ?, ?, ?)"
)
_CHECKPOINT = (
    "INSERT OR REPLACE INTO checkpoints (run, step, kept, data, crc) VALUES (?, ?, ?, ?, ?)"
)


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
    added = _add_points(connection, number, batch)
    _add_events(connection, number, batch)
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
    number = number_of(connection, run)
    rows = connection.execute(
        "SELECT rowid, first, last, counts, data, crc FROM points WHERE run = ? AND last > ?",
        (number, after),
    ).fetchall()
    for rowid, first, _, counts, data, crc in rows:
        connection.execute("DELETE FROM points WHERE rowid = ?", (rowid,))
        if first <= after:
            known = blobs.unpack_points(counts, data, crc)
            keep = after - first + 1
            _add_chunk(
                connection,
                number,
                first,
                {key: tuple(column[:keep] for column in each) for key, each in known.items()},
                0.0,
            )
    connection.execute("DELETE FROM events WHERE run = ? AND step > ?", (number, after))
    connection.execute("DELETE FROM checkpoints WHERE run = ? AND step > ?", (number, after))


def write_record(connection: sqlite3.Connection, run: str, record: RunRecord) -> None:
    """Write a whole run from elsewhere under this id."""
    info = record.info
    begun = Begun(run, record.begun, info.origin)
    values = _values_of(begun) | {
        "created": info.created or now(),
        "updated": info.updated or now(),
        "step": info.step,
        "steps": record.experiment_at(info.step).steps,
        "seconds": info.seconds,
        "cells": _json(info.cells),
        "note": info.note,
        "star": int(info.star),
        "open": 0,
    }
    connection.execute(_NEW, tuple(values.values()))
    number = number_of(connection, run)
    added = _add_record_points(connection, number, record)
    _add_events(connection, number, Batch(events=list(record.events)))
    size = 0
    for step, state in record.checkpoints.items():
        data = blobs.pack_state(state)
        size += len(data)
        connection.execute(_CHECKPOINT, (number, step, 1, data, blobs.checksum(data)))
    connection.execute(
        "UPDATE runs SET curve_bytes = ?, checkpoint_bytes = ? WHERE id = ?", (added, size, number)
    )


def import_run(connection: sqlite3.Connection, record: RunRecord) -> str:
    """Keep a run from elsewhere; returns its id, a new one if its own is taken."""
    taken = {*reading.names(connection), *reading.names(connection, deleted=True)}
    run, number = plain(record.info.run), 1
    if _is_here(connection, record):
        return run
    while run in taken:
        number += 1
        run = f"{record.info.run[:90]}-{number}"
    write_record(connection, run, record)
    return run


def annotate(connection: sqlite3.Connection, run: str, note: str | None, star: bool | None) -> None:
    """Set the note, and whether the run is starred; None leaves it as it is."""
    number = number_of(connection, run)
    if note is not None:
        connection.execute("UPDATE runs SET note = ? WHERE id = ?", (note, number))
    if star is not None:
        connection.execute("UPDATE runs SET star = ? WHERE id = ?", (int(star), number))


def mark_exported(connection: sqlite3.Connection, run: str) -> None:
    """Note that the run was exported."""
    connection.execute("UPDATE runs SET exported = 1 WHERE run = ?", (run,))


def close(connection: sqlite3.Connection, run: str) -> None:
    """Note that the run was closed on purpose."""
    connection.execute("UPDATE runs SET open = 0 WHERE run = ?", (run,))


def mark(connection: sqlite3.Connection, run: str, deleted: str | None) -> None:
    """Set when the run was deleted; None puts it back on the list."""
    number = number_of(connection, run)
    connection.execute("UPDATE runs SET deleted = ? WHERE id = ?", (deleted, number))


def number_of(connection: sqlite3.Connection, run: str) -> int:
    """The number of a run's row; RunError if it has none."""
    row = connection.execute("SELECT id FROM runs WHERE run = ?", (run,)).fetchone()
    if row is None:
        raise RunError(f"There is no run {run} any more.")
    return int(row[0])


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


def _row_of(connection: sqlite3.Connection, begun: Begun) -> int:
    row = connection.execute("SELECT id FROM runs WHERE run = ?", (begun.run,)).fetchone()
    if row is not None and begun.fresh:
        raise RunError(f"There is already a run {begun.run}; it stays as it is.")
    if row is not None:
        return int(row[0])
    connection.execute(_NEW, tuple(_values_of(begun).values()))
    return number_of(connection, begun.run)


def _values_of(begun: Begun) -> dict[str, Any]:
    experiment, origin = begun.experiment, begun.origin
    field = task_class(experiment.task).gap_field
    gap = experiment.params.get(field) if field else None
    return {
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
        "note": "",
        "star": 0,
        "open": 1,
    }


def _add_points(connection: sqlite3.Connection, number: int, batch: Batch) -> int:
    """Add all chunks of the batch; returns their size in bytes."""
    return sum(_add_chunk(connection, number, *chunk) for chunk in batch.points)


def _add_chunk(
    connection: sqlite3.Connection, number: int, first: int, measured: Any, seconds: float
) -> int:
    counts, data = blobs.pack_points(measured)
    last = first + max((len(each[0]) for each in measured.values()), default=0) - 1
    crc = blobs.checksum(data)
    connection.execute(_POINTS, (number, first, last, seconds, counts, data, crc))
    return len(data)


def _add_record_points(connection: sqlite3.Connection, number: int, record: RunRecord) -> int:
    """Add curves in chunks that end at the clock's steps; all curves begin at the same step."""
    first = min((int(steps[0]) for steps, _ in record.curves.values() if len(steps)), default=1)
    longest = max((len(steps) for steps, _ in record.curves.values()), default=0)
    ends = [(int(step), float(seconds)) for step, seconds in record.clock]
    if not ends or ends[-1][0] < first + longest - 1:
        ends.append((first + longest - 1, record.info.seconds))
    added, start = 0, 0
    for end, seconds in ends:
        stop = end - first + 1
        if stop <= start or start >= longest:
            continue
        part = {
            key: tuple(column[start:stop] for column in each)
            for key, (_, each) in record.curves.items()
        }
        added += _add_chunk(connection, number, first + start, part, seconds)
        start = stop
    return added


def _add_events(connection: sqlite3.Connection, number: int, batch: Batch) -> None:
    connection.executemany(
        "INSERT INTO events (run, step, event) VALUES (?, ?, ?)",
        [(number, int(event["step"]), _json(event)) for event in batch.events],
    )


def _add_checkpoints(connection: sqlite3.Connection, number: int, batch: Batch) -> None:
    connection.executemany(
        "DELETE FROM checkpoints WHERE run = ? AND step = ?",
        [(number, step) for step in batch.dropped],
    )
    for step, state in batch.kept.items():
        data = blobs.pack_state(state)
        connection.execute(_CHECKPOINT, (number, step, 1, data, blobs.checksum(data)))
    if batch.progress is None or not batch.latest:
        return
    connection.execute("DELETE FROM checkpoints WHERE run = ? AND kept = 0", (number,))
    step = batch.progress.step
    held = "SELECT 1 FROM checkpoints WHERE run = ? AND step = ?"
    if connection.execute(held, (number, step)).fetchone() is None:
        data = blobs.pack_state(batch.latest)
        connection.execute(_CHECKPOINT, (number, step, 0, data, blobs.checksum(data)))


def _json(value: Any) -> str:
    return json.dumps(blobs.finite(value), allow_nan=False, separators=(",", ":"))
