"""Reading runs.  Every blob is checked; damaged ones are left out and reported."""

from __future__ import annotations

import contextlib
import json
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np

from sandbox.experiment import Experiment, from_json
from sandbox.store import blobs
from sandbox.store.base import Origin, RunError, RunInfo, RunRecord, State, StoredRun, no_checkpoint
from sandbox.store.blobs import Damaged

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Callable, Iterable, Iterator, Mapping

    from numpy.typing import NDArray

    from sandbox.store.base import Curves, ExperimentTimeline, Measured

LAST = 2**62  # beyond any step
_PLAIN = {  # the columns that `RunInfo` has as they are
    **dict.fromkeys(("run", "created", "updated", "task", "note"), str),
    **dict.fromkeys(("seed", "step", "steps"), int),
    "seconds": float,
    "star": bool,
}
_COLUMNS = (
    f"{', '.join(_PLAIN)}, gap, cells, parent, parent_step, "
    "curve_bytes + checkpoint_bytes, open, held"
)


def infos(connection: sqlite3.Connection, held: Callable[[str], bool]) -> tuple[RunInfo, ...]:
    """Every run that is not deleted, oldest first.  held: whether a run is being trained."""
    rows = connection.execute(f"SELECT {_COLUMNS} FROM runs WHERE deleted IS NULL ORDER BY id")
    return tuple(_info(row, held) for row in rows)


def info(connection: sqlite3.Connection, run: str, held: Callable[[str], bool]) -> RunInfo:
    """One run, deleted or not; RunError if there is none."""
    row = connection.execute(f"SELECT {_COLUMNS} FROM runs WHERE run = ?", (run,)).fetchone()
    if row is None:
        raise RunError(f"There is no run {run} any more.")
    return _info(row, held)


def names(connection: sqlite3.Connection, deleted: bool = False) -> tuple[str, ...]:
    """Ids of the runs on the list, or of the deleted ones, oldest first."""
    which = "IS NOT NULL" if deleted else "IS NULL"
    rows = connection.execute(f"SELECT run FROM runs WHERE deleted {which} ORDER BY id")
    return tuple(str(run) for (run,) in rows)


def stored(connection: sqlite3.Connection, known: RunInfo) -> StoredRun:
    """A run at its last sound checkpoint; RunError if it has none."""
    step, state = checkpoint(connection, known.run, known.step)
    damage = known.damage
    if step < known.step:
        damage = (
            f"The last checkpoint of run {known.run} is damaged; training resumes at step {step:,}."
        )
    info = replace(known, step=step, damage=damage)
    begun = begun_of(connection, known.run)
    return StoredRun(info, begun, events(connection, known.run, step), state)


def record(connection: sqlite3.Connection, known: RunInfo) -> RunRecord:
    """A whole run, up to its last sound checkpoint; RunError if it has none."""
    left = stored(connection, known)
    run, last = known.run, left.info.step
    sound: dict[int, State] = {}
    for step in checkpoint_steps(connection, run):
        with contextlib.suppress(Damaged):
            if step <= last:
                sound[step] = _state(connection, run, step)
    measured = curves(connection, run, last)
    info = replace(left.info, damage=left.info.damage or _missing(known, measured, last))
    times = clock(connection, run, last)
    return RunRecord(info, left.begun, left.events, left.state, measured, times, sound)


def _missing(known: RunInfo, measured: Curves, last: int) -> str | None:
    """A sentence if steps are missing from the curves."""
    first = known.origin.step if known.origin else 0
    lost = last - first - max((len(steps) for steps, _ in measured.values()), default=0)
    if lost <= 0:
        return None
    return (
        f"{lost:,} steps of run {known.run}'s curves are damaged and left out; its nets are intact."
    )


def begun_of(connection: sqlite3.Connection, run: str) -> Experiment:
    """The experiment at the run's first step; RunError if it is damaged."""
    row = connection.execute("SELECT begun FROM runs WHERE run = ?", (run,)).fetchone()
    try:
        return from_json(str(row[0] if row else ""))
    except ValueError as error:
        raise RunError(f"Run {run} cannot be read: its experiment is damaged ({error}).") from None


def timelines(
    connection: sqlite3.Connection, runs: Iterable[RunInfo]
) -> dict[str, ExperimentTimeline]:
    """Settings by run, from its first step on, leaving out runs that cannot be read."""
    found: dict[str, ExperimentTimeline] = {}
    for each in runs:
        with contextlib.suppress(RunError):
            changed = events(connection, each.run, LAST, changed=True)
            found[each.run] = StoredRun(each, begun_of(connection, each.run), changed, {}).timeline
    return found


def events(
    connection: sqlite3.Connection, run: str, until: int, changed: bool = False
) -> tuple[Mapping[str, Any], ...]:
    """The events up to step `until`, in order, without damaged ones; changed: of changes only."""
    which = """event LIKE '%"experiment":%' AND""" if changed else ""
    where = f"{which} events.step <= ? ORDER BY events.id"
    rows = _rows(connection, run, "events", "event", where, until)
    return tuple(event for (text,) in rows if (event := _event(text)) is not None)


def curves(connection: sqlite3.Connection, run: str, until: int = LAST, since: int = 0) -> Curves:
    """Curves by net's key, from step `since` to `until`, leaving out damaged chunks.

    Steps int64 (n,) and (loss, accuracy, grad_norm), each float32 (n,).
    """
    parts: dict[str, list[tuple[NDArray[np.int64], Measured]]] = {}
    for first, measured in _chunks(connection, run, since, until):
        for key, each in measured.items():
            steps = np.arange(first, first + len(each[0]), dtype=np.int64)
            parts.setdefault(key, []).append((steps, each))
    found: dict[str, tuple[NDArray[np.int64], Measured]] = {}
    for key, chunks in parts.items():
        steps = np.concatenate([steps for steps, _ in chunks])
        start, stop = np.searchsorted(steps, (since, until + 1))
        if start < stop:
            columns = [np.concatenate([each[n] for _, each in chunks]) for n in range(3)]
            loss, accuracy, norm = (column[start:stop] for column in columns)
            found[key] = steps[start:stop], (loss, accuracy, norm)
    return found


def clock(connection: sqlite3.Connection, run: str, until: int = LAST) -> NDArray[np.float64]:
    """Rows of (step, seconds of training up to it), float64 (m, 2)."""
    with_time = "points.seconds > 0 AND last <= ? ORDER BY first"
    rows = _rows(connection, run, "points", "last, points.seconds", with_time, until)
    sound = [row for row in rows if isinstance(row[0], int) and isinstance(row[1], float)]
    return np.array(sound, np.float64).reshape(-1, 2)


def checkpoint_steps(connection: sqlite3.Connection, run: str) -> tuple[int, ...]:
    """The steps that have a checkpoint, in order."""
    rows = _rows(connection, run, "checkpoints", "checkpoints.step", "1 ORDER BY checkpoints.step")
    return tuple(step for (step,) in rows if isinstance(step, int))


def checkpoint(connection: sqlite3.Connection, run: str, step: int) -> tuple[int, State]:
    """The last sound checkpoint at or before `step`; RunError if there is none."""
    why = ""
    for found in reversed(checkpoint_steps(connection, run)):
        if found <= step:
            try:
                return found, _state(connection, run, found)
            except Damaged as error:
                why = f"its checkpoint of step {found:,} is damaged: {error}"
    if not why:
        raise RunError(no_checkpoint(run, step))
    raise RunError(f"Run {run} cannot be resumed, because {why}; its curves can be read.")


def _state(connection: sqlite3.Connection, run: str, step: int) -> State:
    """The checkpoint of exactly this step; raises Damaged if it is not what was written."""
    for row in _rows(connection, run, "checkpoints", "data, crc", "checkpoints.step = ?", step):
        return blobs.unpack_state(*row)
    raise Damaged("it is gone")


def _chunks(
    connection: sqlite3.Connection, run: str, since: int, until: int
) -> Iterator[tuple[int, Mapping[str, Measured]]]:
    between = "last >= ? AND first <= ? ORDER BY first"
    rows = _rows(connection, run, "points", "first, counts, data, crc", between, since, until)
    for first, counts, data, crc in rows:
        try:
            yield int(first), blobs.unpack_points(counts, data, crc)
        except (Damaged, ValueError, TypeError):
            continue


def _rows(
    connection: sqlite3.Connection, run: str, table: str, columns: str, where: str, *values: int
) -> sqlite3.Cursor:
    return connection.execute(
        f"SELECT {columns} FROM {table} JOIN runs ON runs.id = {table}.run"
        f" WHERE runs.run = ? AND {where}",
        (run, *values),
    )


def _info(row: tuple[Any, ...], is_held: Callable[[str], bool]) -> RunInfo:
    run = str(row[0])
    gap, cells, parent, parent_step, size, is_open, held = row[len(_PLAIN) :]
    try:
        return RunInfo(
            **{name: kind(value) for (name, kind), value in zip(_PLAIN.items(), row, strict=False)},
            gap=None if gap is None else int(gap),
            cells={str(key): dict(each) for key, each in json.loads(cells).items()},
            origin=None if parent is None else Origin(str(parent), int(parent_step)),
            size=int(size),
            interrupted=bool(is_open) and not is_held(run),
            held={str(key): str(text) for key, text in json.loads(held).items()},
        )
    except (ValueError, TypeError, AttributeError):
        return RunInfo(run, damage=f"Run {run} cannot be read: its entry in the list is damaged.")


def _event(text: object) -> Mapping[str, Any] | None:
    try:
        event = json.loads(str(text))
        int(event["step"]), str(event["kind"])
    except (ValueError, KeyError, TypeError):
        return None
    return event if isinstance(event, dict) else None
