"""One set-up at a time: a lock that dies with the processes that hold it.

The kernel's lock on an open file is let go when its last holder ends, however it ends, so a
lock cannot be left behind. pip inherits the open file: should the start be killed and pip
live on for a moment, the next start waits for that pip too.
"""

from __future__ import annotations

import contextlib
import os
import sys
import time

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

POLL_S = 0.2


@contextlib.contextmanager
def held(path: str, waiting: Callable[[], object]) -> Iterator[int]:
    """Hold the lock at `path`, yielding its file; `waiting` is called while another has it."""
    file = _try(path)
    while file is None:
        waiting()
        time.sleep(POLL_S)
        file = _try(path)
    try:
        yield file
    finally:
        _release(path, file)


def _try(path: str) -> int | None:
    """Open and lock the file; nothing if another holds it or took it away meanwhile."""
    file = os.open(path, os.O_RDWR | os.O_CREAT, 0o644)
    if try_lock(file) and _is_still(path, file):
        return file
    os.close(file)
    return None


def try_lock(file: int) -> bool:
    """Lock an open file, without waiting; whether nobody else has it."""
    try:
        if sys.platform == "win32":
            import msvcrt

            msvcrt.locking(file, msvcrt.LK_NBLCK, 1)
        else:
            import fcntl

            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except (BlockingIOError, PermissionError):
        return False
    except OSError:
        return True  # a file system without locks: better unlocked than not at all
    return True


def _is_still(path: str, file: int) -> bool:
    try:
        return sys.platform == "win32" or os.path.samestat(os.stat(path), os.fstat(file))
    except FileNotFoundError:
        return False


def _release(path: str, file: int) -> None:
    # The name goes before the lock, so that whoever opens it next has a file of his own.
    with contextlib.suppress(OSError):
        os.unlink(path)
    os.close(file)
