"""RunStore: every run in one SQLite file, written by one thread.

Whoever trains a run holds a lock beside the file that dies with the process, so a second
window on the same store is safe, and a run whose row is still marked as open, but held by
nobody, was interrupted.  A damaged file is set aside, and what is readable of it saved.
"""

from __future__ import annotations

import contextlib
import errno
import logging
import os
import sqlite3
import sys
import threading
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import replace
from typing import TYPE_CHECKING, TypeVar

from sandbox.store import database, legacy, reading, recovery, writing
from sandbox.store.base import RunError, RunInfo
from sandbox.store.locks import Held, Lock, is_held
from sandbox.store.names import ACCEPTED, LAST, order, plain
from sandbox.store.writing import Begun
from sandbox.validation import ExperimentError

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    import numpy as np
    from numpy.typing import NDArray

    from sandbox.experiment import Experiment
    from sandbox.store.base import Batch, Measured, Origin, RunRecord, State, StoredRun

T = TypeVar("T")
LOCKS, FOLDERS = "locks", "runs"
GONE_AFTER_DAYS = 7
NICENESS = 15  # 0 is an ordinary thread, 19 the last to be served
FREE_PAGES = 1_000  # given back to the disk at a time

_log = logging.getLogger(__name__)


class RunStore:
    """The `Store` in the file at `path`, which is made by the first write.

    tell: takes a sentence where something happened to the file that a person should know.
    """

    def __init__(self, path: Path, tell: Callable[[str], None] | None = None) -> None:
        self.path = path
        self.tell = tell or _log.warning
        self._writer = ThreadPoolExecutor(1, "store", initializer=_yield_to_others)
        self._connection: sqlite3.Connection | None = None
        self._file: tuple[int, int] | None = None
        self._begun: dict[str, Begun] = {}
        self._locks: dict[str, Lock | None] = {}
        self._guard = threading.Lock()
        self._looked_for_folders = False

    # A run that is trained here -------------------------------------------------------

    def begin(self, run: str, experiment: Experiment, origin: Origin | None = None) -> None:
        """A new run, to be written by this process; RunError where there is one of that name."""
        self._hold(plain(run))
        self._begun[run] = Begun(run, experiment, origin)

    def resume(self, run: str) -> StoredRun:
        """The run, to be gone on with; RunError where it is damaged or trained elsewhere.

        One that was deleted is on the list again.
        """
        self._hold(plain(run))
        try:
            stored = self.load(run)
            if run in self.deleted():
                self.restore(run)
        except BaseException:
            self._let_go(run)
            raise
        self._begun[run] = Begun(run, stored.begun, stored.info.origin, stored.info.step)
        return stored

    def write(self, run: str, batch: Batch) -> Future[None]:
        """All of the batch at one stroke; OSError or RunError, and none of it, otherwise."""
        return self._writer.submit(self._write, self._begun[run], batch)

    def finish(self, run: str) -> None:
        """Let go of the run, once what was written before is on disk."""
        if self._begun.pop(run, None) is not None:
            self._writer.submit(self._finish, run)

    def close(self) -> None:
        """End the writer, after all that was given to it."""
        self._writer.shutdown()
        self._disconnect()
        for run in tuple(self._locks):
            self._let_go(run)

    # What is kept ---------------------------------------------------------------------

    def resolve(self, name: str) -> str:
        """The id that "last" or an id means; ExperimentError where there is none."""
        runs = self._names()
        if name == LAST:
            if not runs:
                raise ExperimentError("run", name, f"{ACCEPTED}; there are no runs yet")
            return max(runs, key=order)
        if plain(name) not in runs:
            raise ExperimentError("run", name, f"{ACCEPTED}; there is no such run")
        return name

    def load(self, run: str) -> StoredRun:
        """The run as its last sound checkpoint left it; RunError where there is none."""
        return self._of(run, lambda db: reading.stored(db, reading.info(db, run, self._is_held)))

    def record(self, run: str) -> RunRecord:
        """The whole run."""
        return self._of(run, lambda db: reading.record(db, reading.info(db, run, self._is_held)))

    def curves(
        self, run: str, first: int = 0, last: int | None = None
    ) -> dict[str, tuple[NDArray[np.int64], Measured]]:
        """Steps (n,) and (loss, accuracy, grad_norm), each (n,), by contestant's key."""
        return self._of(run, lambda db: reading.curves(db, run, last, first))

    def clock(self, run: str) -> NDArray[np.float64]:
        """(step, seconds of training until then), (m, 2)."""
        return self._of(run, lambda db: reading.clock(db, run))

    def checkpoint_steps(self, run: str) -> tuple[int, ...]:
        """The steps of which there is a checkpoint, in order."""
        return self._of(run, lambda db: reading.checkpoint_steps(db, run))

    def checkpoint(self, run: str, step: int) -> tuple[int, State]:
        """The last sound checkpoint at or before `step`, and its step."""
        return self._of(run, lambda db: reading.checkpoint(db, run, step))

    def info(self, run: str) -> RunInfo:
        """One line of the list."""
        return self._of(run, lambda db: reading.info(db, run, self._is_held))

    def list(self) -> tuple[RunInfo, ...]:
        """Every run, oldest first; deleted ones are not among them."""
        nothing: tuple[RunInfo, ...] = ()
        found = self._read(lambda db: reading.infos(db, self._is_held), nothing)
        return tuple(sorted(found, key=lambda info: order(info.run)))

    def deleted(self) -> tuple[str, ...]:
        """Ids of the runs that were deleted and can be restored."""
        return self._names(deleted=True)

    def take(self, record: RunRecord) -> str:
        """Keep a run that came from elsewhere; its id: another one where that is taken."""
        return self._do(lambda db: _take(db, record))

    def annotate(self, run: str, note: str | None = None, star: bool | None = None) -> None:
        """Write down the person's note, or whether the run is starred; None leaves it."""
        self._do(lambda db: _annotate(db, run, note, star))

    def let_be(self, run: str) -> None:
        """Count an interrupted run as one that was left on purpose."""
        self._do(lambda db: _close(db, run))

    def delete(self, run: str) -> None:
        """Take the run off the list; RunError while it is trained."""
        if self._is_held(run):
            raise RunError(f"Run {run} is being trained; stop it before.")
        self._do(lambda db: _mark(db, run, writing.now()))

    def restore(self, run: str) -> None:
        """Put a deleted run back on the list."""
        self._do(lambda db: _mark(db, run, None))

    # Reading --------------------------------------------------------------------------

    def _names(self, deleted: bool = False) -> tuple[str, ...]:
        nothing: tuple[str, ...] = ()
        return self._read(lambda db: reading.names(db, deleted), nothing)

    def _of(self, run: str, ask: Callable[[sqlite3.Connection], T]) -> T:
        """What is asked about one run; RunError where there are no runs at all."""
        missing = RunError(f"There is no run {run}.")
        found = self._read(lambda db: (ask(db),), None)
        if found is None:
            raise missing
        return found[0]

    def _read(self, ask: Callable[[sqlite3.Connection], T], nothing: T) -> T:
        """What is asked on a connection of its own; `nothing` where there is no file."""
        self._take_in_folders()
        try:
            return self._asked(ask, nothing)
        except sqlite3.DatabaseError as error:
            if not database.is_damage(error):
                raise self._unreadable(database.as_os_error(error, self.path)) from None
        self._recover()
        try:
            return self._asked(ask, nothing)
        except sqlite3.DatabaseError as error:
            raise self._unreadable(database.as_os_error(error, self.path)) from None

    def _asked(self, ask: Callable[[sqlite3.Connection], T], nothing: T) -> T:
        try:
            with contextlib.closing(database.opened(self.path, create=False)) as connection:
                return ask(connection)
        except FileNotFoundError:
            return nothing
        except OSError as error:
            raise self._unreadable(error) from None

    def _unreadable(self, error: OSError) -> RunError:
        return RunError(
            f"The runs in {self.path} cannot be read ({error.strerror}): mend that, or point "
            "SEQUENCE_SANDBOX_HOME at another folder."
        )

    # Writing --------------------------------------------------------------------------

    def _do(self, act: Callable[[sqlite3.Connection], T]) -> T:
        """Done by the writer, and waited for; RunError in one sentence where it cannot be."""
        try:
            return self._writer.submit(self._change, act).result()
        except OSError as error:
            raise RunError(
                f"The runs in {self.path} cannot be changed ({error.strerror}): make room, or "
                "let the file be written."
            ) from None

    def _change(self, act: Callable[[sqlite3.Connection], T]) -> T:
        """In the writer's thread: one transaction; a damaged file is recovered, then again."""
        self._take_in_folders()
        try:
            return self._once(act)
        except sqlite3.DatabaseError as error:
            if not database.is_damage(error):
                self._disconnect()
                raise database.as_os_error(error, self.path) from None
        self._recover()
        try:
            return self._once(act)
        except sqlite3.DatabaseError as error:
            self._disconnect()
            raise database.as_os_error(error, self.path) from None

    def _once(self, act: Callable[[sqlite3.Connection], T]) -> T:
        connection = self._connected()
        with database.transaction(connection):
            return act(connection)

    def _connected(self) -> sqlite3.Connection:
        """The writer's connection, made anew where the file is another one by now."""
        if self._connection is not None and _identity(self.path) == self._file:
            return self._connection
        self._disconnect()
        self._connection = database.opened(self.path, create=True)
        self._file = _identity(self.path)
        self._clear_out(self._connection)
        return self._connection

    def _disconnect(self) -> None:
        connection, self._connection = self._connection, None
        if connection is not None:
            with contextlib.suppress(sqlite3.Error):
                connection.close()

    def _write(self, begun: Begun, batch: Batch) -> None:
        current = self._begun.get(begun.run, begun)  # what came before may have been cut off

        def put(connection: sqlite3.Connection) -> None:
            if current.after is not None:
                writing.cut_off(connection, current.run, current.after)
            writing.write_batch(connection, current, batch)

        self._change(put)
        if current.after is not None and begun.run in self._begun:
            self._begun[begun.run] = replace(current, after=None)

    def _finish(self, run: str) -> None:
        try:
            if self.path.exists():
                self._change(lambda connection: _close(connection, run))
        except (OSError, RunError) as error:
            _log.warning("run %s could not be closed: %s", run, error)
        finally:
            self._let_go(run)

    def _clear_out(self, connection: sqlite3.Connection) -> None:
        """What was deleted a week ago goes for good."""
        with database.transaction(connection):
            connection.execute(
                "DELETE FROM runs WHERE deleted < strftime('%Y-%m-%dT%H:%M:%f', 'now', ?)",
                (f"-{GONE_AFTER_DAYS} days",),
            )
        connection.execute(f"PRAGMA incremental_vacuum({FREE_PAGES})").fetchall()

    def _recover(self) -> None:
        """Set the damaged file aside, and save what can be read of it; told in a sentence."""
        with self._guard:
            try:
                lock = Lock(self.path.parent / LOCKS / "recovering.lock")
            except (Held, OSError):
                return  # another window is at it
            try:
                aside, saved = recovery.recover(self.path)
            except OSError as error:
                raise self._unreadable(error) from None
            finally:
                lock.release()
        runs = "1 run" if saved == 1 else f"{saved:,} runs"
        self.tell(
            f"The file of all runs was damaged: {runs} could be saved from it, and it is kept as "
            f"{aside}; if something is missing, put a copy of it in its place."
        )

    def _take_in_folders(self) -> None:
        """Runs that an earlier version kept as folders, once."""
        if self._looked_for_folders:
            return
        self._looked_for_folders = True
        folder = self.path.parent / FOLDERS
        if folder.is_dir():
            for sentence in self._taken_in(folder):
                self.tell(sentence)

    def _taken_in(self, folder: Path) -> tuple[str, ...]:
        try:
            with contextlib.closing(database.opened(self.path, create=True)) as connection:
                return legacy.take_in(connection, folder)
        except (OSError, sqlite3.Error) as error:
            return (f"The runs in {folder} could not be taken in ({error}); they are left there.",)

    # Locks ----------------------------------------------------------------------------

    def _hold(self, run: str) -> None:
        if run in self._locks and run not in self._begun:
            self._writer.submit(int).result()  # it is being let go of
        if run in self._locks:
            raise RunError(f"Run {run} is being trained already.")
        try:
            self._locks[run] = Lock(self._lock_of(run))
        except Held:
            raise RunError(
                f"Run {run} is being trained by another process; close that first."
            ) from None
        except OSError:
            self._locks[run] = None  # nothing can be written there: that is told when it is tried

    def _let_go(self, run: str) -> None:
        lock = self._locks.pop(run, None)
        if lock is not None:
            lock.release()

    def _is_held(self, run: str) -> bool:
        return run in self._locks or is_held(self._lock_of(run))

    def _lock_of(self, run: str) -> Path:
        return self.path.parent / LOCKS / f"{plain(run)}.lock"


def _yield_to_others() -> None:
    """This thread gives way to those that train; Linux has a priority for each thread."""
    if sys.platform == "linux":
        os.setpriority(os.PRIO_PROCESS, threading.get_native_id(), NICENESS)


def _identity(path: Path) -> tuple[int, int] | None:
    try:
        found = os.stat(path)
    except OSError as error:
        if error.errno == errno.ENOENT:
            return None
        raise
    return found.st_dev, found.st_ino


def _take(connection: sqlite3.Connection, record: RunRecord) -> str:
    taken = {*reading.names(connection), *reading.names(connection, deleted=True)}
    run, number = plain(record.info.run), 1
    if _is_the_same(connection, record):
        return run
    while run in taken:
        number += 1
        run = f"{record.info.run[:90]}-{number}"
    writing.write_record(connection, run, record)
    return run


def _is_the_same(connection: sqlite3.Connection, record: RunRecord) -> bool:
    """Whether this very run is here already, as far along."""
    info = record.info
    row = connection.execute(
        "SELECT created, step, begun FROM runs WHERE run = ? AND deleted IS NULL", (info.run,)
    ).fetchone()
    return bool(row == (info.created, info.step, record.begun.to_json()))


def _annotate(
    connection: sqlite3.Connection, run: str, note: str | None, star: bool | None
) -> None:
    number = writing.number_of(connection, run)
    if note is not None:
        connection.execute("UPDATE runs SET note = ? WHERE id = ?", (note, number))
    if star is not None:
        connection.execute("UPDATE runs SET star = ? WHERE id = ?", (int(star), number))


def _close(connection: sqlite3.Connection, run: str) -> None:
    connection.execute("UPDATE runs SET open = 0 WHERE run = ?", (run,))


def _mark(connection: sqlite3.Connection, run: str, deleted: str | None) -> None:
    number = writing.number_of(connection, run)
    connection.execute("UPDATE runs SET deleted = ? WHERE id = ?", (deleted, number))
