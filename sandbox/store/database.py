"""The database file: opening it, migrating its schema, and translating its errors.

`journal_mode=DELETE` and `synchronous=FULL`, since SQLite's write-ahead log could corrupt a file
until 3.51.3, and one commit a second does not need it.
"""

from __future__ import annotations

import contextlib
import errno
import os
import sqlite3
from functools import lru_cache
from importlib import resources
from typing import TYPE_CHECKING

from sandbox.store.base import RunError

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

BUSY_S = 5.0
_MEANING: dict[int, tuple[int, str]] = {
    sqlite3.SQLITE_FULL: (errno.ENOSPC, "no room is left on the disk"),
    sqlite3.SQLITE_READONLY: (errno.EROFS, "its file or folder may not be written"),
    sqlite3.SQLITE_CANTOPEN: (errno.EACCES, "its file or folder cannot be opened"),
    sqlite3.SQLITE_PERM: (errno.EACCES, "its file or folder cannot be opened"),
    sqlite3.SQLITE_IOERR: (errno.EIO, "the disk reports an error"),
    sqlite3.SQLITE_BUSY: (errno.EBUSY, "another program holds its file"),
    sqlite3.SQLITE_LOCKED: (errno.EBUSY, "another program holds its file"),
    sqlite3.SQLITE_NOMEM: (errno.ENOMEM, "there is not enough memory"),
    sqlite3.SQLITE_TOOBIG: (errno.EFBIG, "a checkpoint is larger than its file may hold"),
}
# A sound file has everything we ask for.
_NOT_OURS = ("no such table", "no such column", "Could not decode")
_DAMAGE = {sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB}


class Malformed(sqlite3.DatabaseError):
    """A file so damaged that SQLite's error messages cannot be decoded."""


def opened(path: Path, create: bool) -> sqlite3.Connection:
    """A connection to a database with the newest schema; the caller closes it.

    FileNotFoundError if there is no file and `create` is false; RunError if a later version made
    the file; Malformed or another sqlite3.Error if it cannot be opened.
    """
    if create:
        path.parent.mkdir(parents=True, exist_ok=True)
    elif not path.exists():
        raise FileNotFoundError(errno.ENOENT, os.strerror(errno.ENOENT), str(path))
    mode = "rwc" if create else "rw"
    connection = sqlite3.connect(
        f"{path.absolute().as_uri()}?mode={mode}",
        uri=True,
        timeout=BUSY_S,
        isolation_level=None,
        check_same_thread=False,
    )
    try:
        _prepare(connection)
    except BaseException as error:
        connection.close()
        if isinstance(error, UnicodeDecodeError):
            raise Malformed("its schema is not text") from None
        raise
    return connection


def _prepare(connection: sqlite3.Connection) -> None:
    version, steps = _version(connection), schema_steps()
    if version > len(steps):
        raise RunError(
            "The runs were kept by a later version of Sequence Sandbox; use that, or point "
            "SEQUENCE_SANDBOX_HOME at another folder."
        )
    if version == 0:  # only while it is empty: later this would rewrite the whole file
        connection.execute("PRAGMA auto_vacuum = INCREMENTAL")
    connection.execute("PRAGMA journal_mode = DELETE")
    connection.execute("PRAGMA synchronous = FULL")
    connection.execute("PRAGMA foreign_keys = ON")
    connection.execute("PRAGMA trusted_schema = OFF")
    if version < len(steps):
        with transaction(connection):
            # Another process may have migrated it meanwhile.
            for number in range(_version(connection), len(steps)):
                _take_step(connection, steps[number], number + 1)


def _version(connection: sqlite3.Connection) -> int:
    (version,) = connection.execute("PRAGMA user_version").fetchone()
    return int(version)


def _take_step(connection: sqlite3.Connection, script: str, number: int) -> None:
    statement = ""
    for line in script.splitlines(keepends=True):
        statement += line
        if sqlite3.complete_statement(statement):
            connection.execute(statement)
            statement = ""
    connection.execute(f"PRAGMA user_version = {number}")


@lru_cache(maxsize=1)
def schema_steps() -> tuple[str, ...]:
    """The files of `sandbox/store/migrations`, in order: 001_….sql, 002_….sql, …"""
    folder = resources.files("sandbox.store") / "migrations"
    found = {item.name: item for item in folder.iterdir() if item.name.endswith(".sql")}
    return tuple(found[name].read_text(encoding="utf-8") for name in sorted(found))


@contextlib.contextmanager
def transaction(connection: sqlite3.Connection) -> Iterator[None]:
    """Commit everything done inside, or nothing."""
    connection.execute("BEGIN IMMEDIATE")
    try:
        yield
        connection.execute("COMMIT")
    except BaseException:
        with contextlib.suppress(sqlite3.Error):  # SQLite may have rolled back itself
            connection.execute("ROLLBACK")
        raise


def is_damage(error: sqlite3.Error) -> bool:
    """Whether the error means that the file is damaged."""
    wrong = isinstance(error, Malformed) or str(error).startswith(_NOT_OURS)
    return wrong or _code(error) in _DAMAGE


def as_os_error(error: sqlite3.Error, path: Path) -> OSError:
    """The error as an OSError in plain words."""
    number, words = _MEANING.get(_code(error), (errno.EIO, str(error)))
    return OSError(number, words, str(path))


def _code(error: sqlite3.Error) -> int:
    code = getattr(error, "sqlite_errorcode", None)
    return (code & 0xFF) if isinstance(code, int) else sqlite3.SQLITE_ERROR
