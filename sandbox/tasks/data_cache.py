"""A cache of arrays that were computed from the user's files."""

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
    """The cached array, mapped into memory; None if there is none or it is damaged."""
    try:
        found: NDArray[Any] = np.load(_folder() / name, mmap_mode="r", allow_pickle=False)
    except (OSError, ValueError, EOFError):
        return None  # it will be computed again
    return found


def into_cache(name: str, array: NDArray[Any]) -> NDArray[Any]:
    """Cache the array in one piece; returns it mapped into memory if it could be written."""
    if not len(array):
        return array
    with contextlib.suppress(OSError):  # no room on the disk: use memory
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
