"""File locks that mark a run as being trained, and end with the process that holds them."""

from __future__ import annotations

import contextlib
import os
from typing import TYPE_CHECKING

from sandbox.setup.mutex import try_lock

if TYPE_CHECKING:
    from pathlib import Path


class Held(Exception):
    """Another process, or another part of this one, holds the lock."""


class Lock:
    """A lock, held from its creation until `release`.

    Raises Held if it is taken, OSError if the folder cannot be written.
    """

    def __init__(self, path: Path) -> None:
        path.parent.mkdir(parents=True, exist_ok=True)
        self._path = path
        self._handle = os.open(path, os.O_RDWR | os.O_CREAT, 0o666)
        if not try_lock(self._handle):
            os.close(self._handle)
            raise Held(path.name)

    def release(self) -> None:
        """Release the lock and delete its file."""
        with contextlib.suppress(OSError):  # some systems refuse to delete an open file
            self._path.unlink(missing_ok=True)
        os.close(self._handle)
        with contextlib.suppress(OSError):
            self._path.unlink(missing_ok=True)


def is_held(path: Path) -> bool:
    """Whether any process, this one included, holds the lock at `path`."""
    try:
        handle = os.open(path, os.O_RDWR)
    except OSError:
        return False
    try:
        return not try_lock(handle)
    finally:
        os.close(handle)
