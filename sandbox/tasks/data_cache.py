"""What was worked out from a user's file, kept so that it is read from the disk next time."""

from __future__ import annotations

import contextlib
import os
from tempfile import mkstemp
from typing import TYPE_CHECKING, Any

import numpy as np

from sandbox.folders import cache_folder

if TYPE_CHECKING:
    from pathlib import Path

    from numpy.typing import NDArray


def from_cache(name: str) -> NDArray[Any] | None:
    """The array of that name, mapped into memory; None where there is none that can be read."""
    try:
        found: NDArray[Any] = np.load(_folder() / name, mmap_mode="r", allow_pickle=False)
    except (OSError, ValueError, EOFError):
        return None  # it can be made again
    return found


def into_cache(name: str, array: NDArray[Any]) -> NDArray[Any]:
    """Write the array, whole or not at all; it comes back mapped into memory where it could be."""
    if not len(array):
        return array
    with contextlib.suppress(OSError):  # where there is no room, memory has to do
        _folder().mkdir(parents=True, exist_ok=True)
        handle, unfinished = mkstemp(dir=_folder(), prefix=".writing-")
        try:
            with open(handle, "wb") as file:
                np.save(file, array)
            os.replace(unfinished, _folder() / name)
        finally:
            with contextlib.suppress(FileNotFoundError):
                os.unlink(unfinished)
    found = from_cache(name)
    return array if found is None else found


def _folder() -> Path:
    return cache_folder() / "data"
