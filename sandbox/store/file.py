"""The file of all runs: one connection for the writer, a new one for each query.

SQLite's errors become an OSError or a RunError in plain words. A damaged file is renamed, what
can be read is copied out of it, and the query is repeated.
"""

from __future__ import annotations

import contextlib
import os
import sqlite3
import threading
from typing import TYPE_CHECKING, TypeVar

from sandbox.store import database, recovery
from sandbox.store.base import RunError
from sandbox.store.locks import Held, Lock

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    Identity = tuple[int, int] | None  # device and inode; None if there is no file

T = TypeVar("T")
GONE_AFTER_DAYS = 7
FREE_PAGES = 1_000  # returned to the disk at a time


class RunsFile:
    """The database at `path`, created by the first change.

    lock: the lock file of a recovery.  tell: called with a sentence after a recovery.  `read` may
    be called on any thread, everything else only on the writer's.
    """

    def __init__(self, path: Path, lock: Path, tell: Callable[[str], None]) -> None:
        self.path, self._lock, self._tell = path, lock, tell
        self.connection: sqlite3.Connection | None = None  # the writer's
        self._file: Identity = None
        self._guard = threading.Lock()

    def read(self, ask: Callable[[sqlite3.Connection], T], nothing: T) -> T:
        """The answer to `ask`, on a connection of its own; `nothing` if there is no file.

        RunError if the file cannot be read.
        """

        def asked() -> T:
            with contextlib.closing(database.opened(self.path, create=False)) as connection:
                return ask(connection)

        try:
            return self._surviving_damage(asked)
        except FileNotFoundError:
            return nothing
        except OSError as error:
            raise RunError(
                f"The runs in {self.path} cannot be read ({error.strerror}): mend that, or point "
                "SEQUENCE_SANDBOX_HOME at another folder."
            ) from None

    def change(self, act: Callable[[sqlite3.Connection], T]) -> T:
        """Run `act` in one transaction; after an OSError nothing has changed."""

        def changed() -> T:
            connection = self._connected()
            with database.transaction(connection):
                return act(connection)

        try:
            return self._surviving_damage(changed)
        except OSError:
            self.close()
            raise

    def shrink(self, freed: int) -> None:
        """Return freed bytes to the disk; OSError if that fails."""
        if self.connection is not None and freed > 0:
            (page,) = self.connection.execute("PRAGMA page_size").fetchone()
            try:
                _give_back(self.connection, freed // page + 1)
            except sqlite3.DatabaseError as error:
                raise database.as_os_error(error, self.path) from None

    def close(self) -> None:
        """Close the writer's connection; the next change opens another."""
        connection, self.connection = self.connection, None
        if connection is not None:
            with contextlib.suppress(sqlite3.Error):
                connection.close()

    def _surviving_damage(self, act: Callable[[], T]) -> T:
        """Run `act`, again if the file was damaged or replaced meanwhile; OSError if that fails."""
        file = _identity(self.path)
        try:
            return act()
        except sqlite3.DatabaseError as error:
            if not database.is_damage(error) and file in (None, _identity(self.path)):
                raise database.as_os_error(error, self.path) from None
        self._recover(file)
        try:
            return act()
        except sqlite3.DatabaseError as error:
            raise database.as_os_error(error, self.path) from None

    def _connected(self) -> sqlite3.Connection:
        """The writer's connection, opened again if the file has been replaced."""
        if self.connection is not None and _identity(self.path) == self._file:
            return self.connection
        self.close()
        self.connection = database.opened(self.path, create=True)
        self._file = _identity(self.path)
        _clear_out(self.connection)
        return self.connection

    def _recover(self, damaged: Identity) -> None:
        """Rename the damaged file, copy what can be read out of it, and report that.

        Does nothing if another process was faster: the file is then no longer `damaged`.
        """
        with self._guard, contextlib.suppress(Held):  # another window is doing it
            lock = Lock(self._lock)
            try:
                if _identity(self.path) != damaged:
                    return
                aside, saved = recovery.recover(self.path)
            finally:
                lock.release()
            runs = "1 run" if saved == 1 else f"{saved:,} runs"
            self._tell(
                f"The file of all runs was damaged: {runs} could be saved from it, and it is kept "
                f"as {aside}; if something is missing, put a copy of it in its place."
            )


def _clear_out(connection: sqlite3.Connection) -> None:
    """Remove for good the runs deleted more than a week ago."""
    with database.transaction(connection):
        connection.execute(
            "DELETE FROM runs WHERE deleted < strftime('%Y-%m-%dT%H:%M:%f', 'now', ?)",
            (f"-{GONE_AFTER_DAYS} days",),
        )
    _give_back(connection, FREE_PAGES)


def _give_back(connection: sqlite3.Connection, pages: int) -> None:
    """Shrink the file; `execute` would step once and free a single page."""
    connection.executescript(f"PRAGMA incremental_vacuum({pages})")


def _identity(path: Path) -> Identity:
    try:
        found = os.stat(path)
    except OSError:
        return None
    return found.st_dev, found.st_ino
