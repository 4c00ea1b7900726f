"""The file that all runs are in: one writer's connection, a new one for each question.

What SQLite answers becomes an OSError or a RunError that a person can be told of.  A file that
is damaged is set aside, what is readable of it saved, and the question asked again.
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

    Identity = tuple[int, int] | None  # device and inode; None where there is no file

T = TypeVar("T")
GONE_AFTER_DAYS = 7
FREE_PAGES = 1_000  # given back to the disk at a time


class RunsFile:
    """The database at `path`, which is made by the first change.

    lock: where the lock of a recovery is.  tell: takes a sentence about a recovery.
    `read` is for any thread, `change` and `close` for the writer's.
    """

    def __init__(self, path: Path, lock: Path, tell: Callable[[str], None]) -> None:
        self.path, self._lock, self._tell = path, lock, tell
        self.connection: sqlite3.Connection | None = None  # the writer's
        self._file: Identity = None
        self._guard = threading.Lock()

    def read(self, ask: Callable[[sqlite3.Connection], T], nothing: T) -> T:
        """What is asked on a connection of its own; `nothing` where there is no file.

        RunError where it cannot be read.
        """
        try:
            return self._in_spite_of_damage(lambda: self._asked(ask, nothing))
        except OSError as error:
            raise RunError(
                f"The runs in {self.path} cannot be read ({error.strerror}): mend that, or point "
                "SEQUENCE_SANDBOX_HOME at another folder."
            ) from None

    def change(self, act: Callable[[sqlite3.Connection], T]) -> T:
        """One transaction; OSError and nothing changed where the machine cannot do it."""
        try:
            return self._in_spite_of_damage(lambda: self._acted(act))
        except OSError:
            self.close()
            raise

    def shrink(self, freed: int) -> None:
        """Give bytes that were freed back to the disk; OSError."""
        if self.connection is not None and freed > 0:
            (page,) = self.connection.execute("PRAGMA page_size").fetchone()
            try:
                _give_back(self.connection, freed // page + 1)
            except sqlite3.DatabaseError as error:
                raise database.as_os_error(error, self.path) from None

    def close(self) -> None:
        """Let go of the writer's connection; the next change makes another."""
        connection, self.connection = self.connection, None
        if connection is not None:
            with contextlib.suppress(sqlite3.Error):
                connection.close()

    def _in_spite_of_damage(self, act: Callable[[], T]) -> T:
        """Done, or recovered and done again; every other error of SQLite's as an OSError."""
        file = _identity(self.path)
        try:
            return act()
        except sqlite3.DatabaseError as error:
            if not database.is_damage(error):
                raise database.as_os_error(error, self.path) from None
        self._recover(file)
        try:
            return act()
        except sqlite3.DatabaseError as error:
            raise database.as_os_error(error, self.path) from None

    def _asked(self, ask: Callable[[sqlite3.Connection], T], nothing: T) -> T:
        try:
            connection = database.opened(self.path, create=False)
        except FileNotFoundError:
            return nothing
        with contextlib.closing(connection):
            return ask(connection)

    def _acted(self, act: Callable[[sqlite3.Connection], T]) -> T:
        connection = self._connected()
        with database.transaction(connection):
            return act(connection)

    def _connected(self) -> sqlite3.Connection:
        """The writer's connection, made anew where the file is another one by now."""
        if self.connection is not None and _identity(self.path) == self._file:
            return self.connection
        self.close()
        self.connection = database.opened(self.path, create=True)
        self._file = _identity(self.path)
        _clear_out(self.connection)
        return self.connection

    def _recover(self, damaged: Identity) -> None:
        """Set the damaged file aside, and save what can be read of it; told in a sentence.

        Nothing where somebody did that meanwhile: then `damaged` is not the file any more.
        """
        with self._guard, contextlib.suppress(Held):  # another window is at it
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
    """What was deleted a week ago goes for good."""
    with database.transaction(connection):
        connection.execute(
            "DELETE FROM runs WHERE deleted < strftime('%Y-%m-%dT%H:%M:%f', 'now', ?)",
            (f"-{GONE_AFTER_DAYS} days",),
        )
    _give_back(connection, FREE_PAGES)


def _give_back(connection: sqlite3.Connection, pages: int) -> None:
    """Shrink the file; `execute` would take a single step of this statement: one page."""
    connection.executescript(f"PRAGMA incremental_vacuum({pages})")


def _identity(path: Path) -> Identity:
    try:
        found = os.stat(path)
    except OSError:
        return None
    return found.st_dev, found.st_ino
