"""Runs that an earlier version kept as folders are taken into the database, each once."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING

import numpy as np

from sandbox.store import database, writing
from sandbox.store.base import RunError, RunRecord
from sandbox.store.folders import FolderRuns
from sandbox.validation import ExperimentError

if TYPE_CHECKING:
    import sqlite3
    from pathlib import Path

_log = logging.getLogger(__name__)


def take_in(connection: sqlite3.Connection, folder: Path) -> tuple[str, ...]:
    """Copy what is not in yet; a sentence for each that cannot be read.  The folders stay."""
    old, sentences = FolderRuns(folder), []
    known = {str(name) for (name,) in connection.execute("SELECT folder FROM taken_in")}
    for run in old.names():
        if run in known:
            continue
        try:
            record = _record_of(old, run)
        except (RunError, ExperimentError) as error:
            sentences.append(str(error))
            record = None
        with database.transaction(connection):
            connection.execute("INSERT OR IGNORE INTO taken_in VALUES (?)", (run,))
            if record is not None and not _is_there(connection, run):
                writing.write_record(connection, run, record)
        _log.info("run %s was taken in from its folder", run)
    return tuple(sentences)


def _record_of(old: FolderRuns, run: str) -> RunRecord:
    stored, curves = old.load(run), old.curves(run)
    return RunRecord(
        stored.info,
        stored.begun,
        stored.events,
        stored.state,
        curves,
        np.empty((0, 2)),
        {stored.info.step: stored.state},
    )


def _is_there(connection: sqlite3.Connection, run: str) -> bool:
    found = connection.execute("SELECT 1 FROM runs WHERE run = ?", (run,)).fetchone()
    return found is not None
