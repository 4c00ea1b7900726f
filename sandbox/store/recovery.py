"""Recovery of a damaged database: readable rows are copied to a new one, the old file is kept."""

from __future__ import annotations

import contextlib
import logging
import os
import sqlite3
import time
from typing import TYPE_CHECKING, Any

from sandbox.store import database

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

TABLES = ("runs", "points", "events", "checkpoints", "settings")
LEAST_ROW = 8  # bytes
BESIDE = ("-journal", "-wal", "-shm")
MOST_FAILURES = 64  # unreadable rows before reading starts from the other end

_log = logging.getLogger(__name__)


def set_aside(path: Path) -> Path:
    """Rename a damaged file and SQLite's files beside it; returns its new path.

    Nothing is deleted.  OSError if it cannot be renamed.
    """
    moment = time.strftime("%Y%m%d-%H%M%S")
    aside = path.with_name(f"{path.stem}.damaged-{moment}{path.suffix}")
    number = 1
    while aside.exists():
        number += 1
        aside = path.with_name(f"{path.stem}.damaged-{moment}-{number}{path.suffix}")
    os.rename(path, aside)
    for end in BESIDE:
        with contextlib.suppress(FileNotFoundError):
            os.rename(path.with_name(path.name + end), aside.with_name(aside.name + end))
    return aside


def recover(path: Path) -> tuple[Path, int]:
    """Rename `path` and create it anew; returns the renamed file and the number of runs saved."""
    aside = set_aside(path)
    saved = 0
    with contextlib.closing(database.opened(path, create=True)) as new:
        try:
            saved = _salvage(aside, new)
        except sqlite3.Error as error:
            _log.warning("nothing could be saved from %s: %s", aside, error)
    return aside, saved


def _salvage(aside: Path, new: sqlite3.Connection) -> int:
    """Copy every readable row that fits the schema; returns the number of runs copied."""
    old = sqlite3.connect(f"{aside.absolute().as_uri()}?mode=rw", uri=True, isolation_level=None)
    with contextlib.closing(old):
        most = aside.stat().st_size // LEAST_ROW
        new.execute("PRAGMA foreign_keys = OFF")
        with database.transaction(new):
            for table in TABLES:
                _copy(old, new, table, most)
            for table in ("points", "events", "checkpoints"):
                new.execute(f"DELETE FROM {table} WHERE run NOT IN (SELECT id FROM runs)")
        (count,) = new.execute("SELECT count(*) FROM runs").fetchone()
    return int(count)


def _copy(old: sqlite3.Connection, new: sqlite3.Connection, table: str, most: int) -> None:
    columns = [row[1] for row in new.execute(f"PRAGMA table_info({table})")]
    places = ", ".join("?" * len(columns))
    insert = f"INSERT OR IGNORE INTO {table} ({', '.join(columns)}) VALUES ({places})"
    for row in _readable(old, table, columns, most):
        with contextlib.suppress(sqlite3.Error, UnicodeError, OverflowError):
            new.execute(insert, row)


def _readable(
    old: sqlite3.Connection, table: str, columns: list[str], most: int
) -> Iterator[tuple[Any, ...]]:
    """Rows from the first on, skipping some unreadable ones; then backwards from the last."""
    names = f"SELECT rowid, {', '.join(columns)} FROM {table} NOT INDEXED WHERE rowid"
    up, seen = 0, set[int]()
    for _ in range(MOST_FAILURES):
        for row in _walk(old, f"{names} > ? ORDER BY rowid LIMIT 1", up, most):
            up = row[0]
            seen.add(up)
            yield row[1:]
        up += 1
    for row in _walk(old, f"{names} < ? ORDER BY rowid DESC LIMIT 1", 2**62, most):
        if row[0] in seen:
            return
        yield row[1:]


def _walk(old: sqlite3.Connection, select: str, start: int, most: int) -> Iterator[tuple[Any, ...]]:
    """Rows in order, each found from the previous one, until one cannot be read.

    A damaged tree may contain a loop, so there are at most as many rows as fit into the file.
    """
    place, rising = start, "> ?" in select
    for _ in range(most):
        try:
            row = old.execute(select, (place,)).fetchone()
        except (sqlite3.Error, UnicodeError):
            return
        if row is None or not isinstance(row[0], int) or (row[0] > place) != rising:
            return
        place = row[0]
        yield row
