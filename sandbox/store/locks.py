"""File locks that mark a run as being trained, and end with the process that holds them."""

from __future__ import annotations

import contextlib
import os
import time
from typing import TYPE_CHECKING

from sandbox.setup.mutex import try_lock, try_open

if TYPE_CHECKING:
    from pathlib import Path

# `is_held` has a free lock for some microseconds, and so may be taken for a holder.
TRIES, BETWEEN_S = 5, 0.01


class Held(Exception):
    """Another process, or another part of this one, holds the lock."""


class Lock:
    """A lock, held from its creation until `release`.

    Raises Held if it is taken, OSError if the folder cannot be written.
    """

    def __init__(self, path: Path) -> None:
        path.parent.mkdir(parents=True, exist_ok=True)
        self._path = path
        for _ in range(TRIES):
            handle = try_open(path)
            if handle is not None:
                self._handle = handle
                return
            time.sleep(BETWEEN_S)
        raise Held(path.name)

    def release(self) -> None:
        """Delete the lock's file, then release it: whoever comes next makes a new file."""
        with contextlib.suppress(OSError):
            self._path.unlink()
        os.close(self._handle)


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
