"""One set-up at a time: a lock that dies with the processes that hold it.

The kernel releases a lock on an open file when its last holder ends, however it ends, so no
lock is ever left behind. pip inherits the open file: if a start is killed and its pip lives on
for a moment, the next start waits for that pip too.
"""

from __future__ import annotations

import contextlib
import fcntl
import os
import time

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

POLL_S = 0.2


@contextlib.contextmanager
def held(path: str, waiting: Callable[[], object]) -> Iterator[int]:
    """Hold the lock at `path`, yielding its file; call `waiting` while another process has it."""
    while (file := try_open(path)) is None:
        waiting()
        time.sleep(POLL_S)
    try:
        yield file
    finally:
        # The name goes before the lock, so that whoever opens it next gets a new file.
        with contextlib.suppress(OSError):
            os.unlink(path)
        os.close(file)


def try_open(path: str | os.PathLike[str]) -> int | None:
    """Open and lock the file; None if another process holds it or removed it meanwhile."""
    file = os.open(path, os.O_RDWR | os.O_CREAT, 0o644)
    if try_lock(file) and _is_still(path, file):
        return file
    os.close(file)
    return None


def is_held(path: str) -> bool:
    """Tell whether a process holds the lock at `path`."""
    try:
        file = os.open(path, os.O_RDWR)
    except OSError:
        return False
    try:
        return not try_lock(file)
    finally:
        os.close(file)


def try_lock(file: int) -> bool:
    """Lock an open file without waiting; tell whether nobody else has it."""
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except (BlockingIOError, PermissionError):
        return False
    except OSError:
        return True  # a file system without locks: better unlocked than not at all
    return True


def _is_still(path: str | os.PathLike[str], file: int) -> bool:
    try:
        return os.path.samestat(os.stat(path), os.fstat(file))
    except FileNotFoundError:
        return False
