"""The user's files, opened without blocking and read only up to a size limit."""

from __future__ import annotations

import contextlib
import errno
import os
import stat
from typing import TYPE_CHECKING, BinaryIO

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

MB = 1_000_000
MAX_EXPERIMENT = MB  # bytes of JSON
MAX_REPORT = 64 * MB


@contextlib.contextmanager
def plain_file(path: Path | str) -> Iterator[tuple[BinaryIO, int]]:
    """An open file and its size; OSError for a folder, a pipe or a device."""
    # A pipe may have no writer, for which opening would wait.
    with open(path, "rb", opener=lambda name, flags: os.open(name, flags | os.O_NONBLOCK)) as file:
        found = os.fstat(file.fileno())
        if not stat.S_ISREG(found.st_mode):
            raise OSError(errno.EINVAL, "it is a pipe or a device, not a file", str(path))
        yield file, found.st_size


def read_text(path: Path | str, most: int = MAX_EXPERIMENT) -> str:
    """The text of a UTF-8 file of at most `most` bytes.

    OSError if it is larger or cannot be read, UnicodeDecodeError if it is not UTF-8.
    """
    with plain_file(path) as (file, _):
        data = file.read(most + 1)
    if len(data) > most:
        raise OSError(errno.EFBIG, f"it is larger than {most // MB:,} MB", str(path))
    return data.decode()
