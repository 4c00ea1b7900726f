"""Replacing a file so that it is always whole: the old one or the new one."""

from __future__ import annotations

import contextlib
import os
import tempfile
from typing import TYPE_CHECKING, BinaryIO

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

PARTIAL = ".partial"


def write_bytes(path: Path, data: bytes) -> None:
    """Write data to path; after an OSError the old file is whole and nothing lies beside it."""
    write(path, lambda file: file.write(data))


def write(path: Path, fill: Callable[[BinaryIO], object]) -> None:
    """Let `fill` write a new file beside path, then move it to path.

    After an OSError, or whatever `fill` raises, the old file is whole and nothing lies beside it.
    """
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.", suffix=PARTIAL)
    try:
        with os.fdopen(handle, "wb") as file:
            fill(file)
            file.flush()
            os.fsync(file.fileno())
        os.chmod(name, 0o666 & ~_UMASK)
        os.replace(name, path)
    except BaseException:
        with contextlib.suppress(OSError):
            os.unlink(name)
        raise
    sync_folder(path.parent)


def sync_folder(folder: Path) -> None:
    """Flush a folder's list of names to disk if the system can do that."""
    with contextlib.suppress(OSError):
        handle = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)


def _read_umask() -> int:
    umask = os.umask(0o077)
    os.umask(umask)
    return umask


_UMASK = _read_umask()  # at import, in one thread: reading it means setting it
