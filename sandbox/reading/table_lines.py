"""The lines of a table's file: all of a small one, and both ends of a large one."""

from __future__ import annotations

import io
from functools import lru_cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

WHOLE = 2 << 20  # bytes of a table that is read whole
FIRST = 1 << 16  # letters that tell whether a file may be a table
HEAD, TAIL = 400_000, 60_000  # bytes of a larger one that are looked at first


def lines_of(path: Path, encoding: str) -> tuple[tuple[str, ...], int]:
    """The lines of a file, of a large one only those at both ends, and how many are the first ones.

    OSError, LookupError and UnicodeError.
    """
    state = path.stat()
    version = state.st_size, state.st_mtime_ns
    return _lines_of(path, encoding, version, whole=state.st_size <= WHOLE)


@lru_cache(maxsize=1)  # a file is read again by another recipe
def _lines_of(
    path: Path, encoding: str, _version: tuple[int, int], *, whole: bool
) -> tuple[tuple[str, ...], int]:
    if whole:
        lines = all_lines(path, encoding)
        return tuple(lines), len(lines)
    first, last = _both_ends(path, encoding)
    return (*first, *last), len(first)


def first_lines(path: Path, encoding: str) -> list[str]:
    """The first lines without their ends, whatever their bytes; errors as above."""
    with path.open(encoding=encoding, errors="replace") as file:
        text = file.read(FIRST)
    lines = text.splitlines()
    return lines[:-1] if len(text) == FIRST and len(lines) > 1 else lines


def all_lines(path: Path, encoding: str) -> list[str]:
    """The lines with their ends, every end as a newline; errors as above."""
    return _lines(path.read_bytes(), encoding)


def _lines(data: bytes, encoding: str) -> list[str]:
    text = io.TextIOWrapper(io.BytesIO(data), encoding, newline=None).read()
    return text.rstrip("\x1a").splitlines(keepends=True)  # DOS marked the end of a file


def _both_ends(path: Path, encoding: str) -> tuple[list[str], list[str]]:
    """The first and the last lines, whole ones only."""
    with path.open("rb") as file:
        head = file.read(HEAD)
        file.seek(-TAIL, 2)
        tail = file.read()
    width = 4 if "32" in encoding else 2 if "16" in encoding else 1
    head = head[: len(head) // width * width].decode(encoding, "ignore").encode(encoding)
    kind = encoding.removesuffix("-sig")
    last = tail[len(tail) % width :].decode(kind, "ignore").encode(kind)
    return _lines(head, encoding)[:-1], _lines(last, kind)[1:]
