"""The user's own files: a copy of each is kept, and what is computed from them is cached.

A copy is named `<first 16 digits of its SHA-256>-<name>`.  Experiments have this id instead of a
path, so they reveal no folders, and runs can be repeated when the original is moved or edited.
"""

from __future__ import annotations

import contextlib
import glob
import hashlib
import os
import re
import time
from collections.abc import Callable
from pathlib import Path
from tempfile import NamedTemporaryFile
from typing import IO, TYPE_CHECKING, Annotated, Any

import numpy as np
from pydantic import AfterValidator, BeforeValidator

from sandbox.folders import cache_folder, data_folder
from sandbox.validation import ExperimentError

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from numpy.typing import NDArray

Report = Callable[[float], None]  # takes the share done, 0 to 1; may raise to stop the work
OPEN_AGAIN = "File > Open data… in the window, or --set data=PATH"
CHUNK = 1 << 22  # bytes
UNFINISHED, ABANDONED_S = ".unfinished-", 3600  # how such files begin; not written for so long
_ID = re.compile(r"[0-9a-f]{16}-[^/\\\x00]{1,80}")
_KEPT_NAME = re.compile(r"[^\w.() -]")
_LONGEST = 60  # characters of a name that are kept


def silent(done: float) -> None:
    """Report nothing."""


def adopt_file(path: str | Path, report: Report = silent) -> str:
    """Keep a copy of the file and return its id; the same content is kept once.

    ExperimentError if the file cannot be read or is empty, or the copy cannot be written.
    """
    source, folder = Path(path), _folder()
    try:
        if source.exists() and not source.is_file():
            raise ExperimentError("data", str(source), "the path of a file")
        file = source.open("rb")
    except OSError as error:
        accepts = f"the path of a readable file ({error.strerror})"
        raise ExperimentError("data", str(source), accepts) from None
    with file:
        size = os.fstat(file.fileno()).st_size
        if not size:
            raise ExperimentError("data", source.name, "a file that is not empty")
        try:
            with _unfinished(folder) as copy:
                digest = _copied(file, copy, size, report)
                data = f"{digest[:16]}-{_plain(source.name)}"
                copy.close()
                os.replace(copy.name, folder / data)
        except OSError as error:
            accepts = f"a file that can be copied into {folder} ({error.strerror}): make room there"
            raise ExperimentError("data", source.name, accepts) from None
    return data


def path_of(data: str) -> Path:
    """The path of a copy; ExperimentError says which file to open again."""
    path = _folder() / data
    if not is_id(data) or not path.is_file():
        name = name_of(data)
        accepts = f"a file that was copied here: open {name} again ({OPEN_AGAIN})"
        raise ExperimentError("data", data, accepts)
    return path


def kept() -> set[str]:
    """The ids of all copies."""
    try:
        return {path.name for path in _folder().iterdir() if is_id(path.name)}
    except OSError:
        return set()


def discard(data: str) -> None:
    """Remove a copy that no run needs, and what was computed from it."""
    for path in [path_of(data), *_cache().glob(f"{glob.escape(data)}.*")]:
        with contextlib.suppress(FileNotFoundError):
            path.unlink()


def is_id(data: str) -> bool:
    """Whether this is a file's id, whether or not there is a copy."""
    return _ID.fullmatch(data) is not None and ".." not in data


def name_of(data: str) -> str:
    """The original name of the file with this id."""
    return data[17:] if is_id(data) else data


def _an_id(data: str) -> str:
    if data and not is_id(data):
        raise ExperimentError("data", data, f"the name of a file that was opened ({OPEN_AGAIN})")
    return data


def _as_text(value: object) -> object:
    """Turn a name of digits that was read as a number back into text."""
    return f"{value}" if isinstance(value, int | float) and not isinstance(value, bool) else value


def from_cache(name: str) -> NDArray[Any] | None:
    """A cached array (n, …), mapped into memory; None if there is none or it is damaged."""
    try:
        found: NDArray[Any] = np.load(_cache() / name, mmap_mode="r", allow_pickle=False)
    except (OSError, ValueError, EOFError):
        return None  # it will be computed again
    return found


def into_cache(name: str, array: NDArray[Any]) -> NDArray[Any]:
    """Cache an array (n, …) of any type; returns it mapped into memory if it could be written."""
    if not len(array):
        return array
    with contextlib.suppress(OSError), _unfinished(_cache()) as file:  # no room: use memory
        np.save(file, array)
        file.close()
        os.replace(file.name, _cache() / name)
    found = from_cache(name)
    return array if found is None else found


Text = Annotated[str, BeforeValidator(_as_text)]
DataId = Annotated[str, AfterValidator(_an_id), BeforeValidator(_as_text)]


def _folder() -> Path:
    return data_folder() / "data"


def _cache() -> Path:
    return cache_folder() / "data"


@contextlib.contextmanager
def _unfinished(folder: Path) -> Iterator[IO[bytes]]:
    """A new file there, which is removed unless it has been renamed; OSError."""
    folder.mkdir(parents=True, exist_ok=True)
    _remove_old(folder.glob(f"{UNFINISHED}*"))
    with NamedTemporaryFile(dir=folder, prefix=UNFINISHED, delete=False) as file:
        try:
            yield file
        finally:
            with contextlib.suppress(FileNotFoundError):
                os.unlink(file.name)


def _remove_old(paths: Iterable[Path]) -> None:
    """Remove files that nobody writes any more, since their process was killed."""
    for path in paths:
        with contextlib.suppress(OSError):
            if time.time() - path.stat().st_mtime > ABANDONED_S:
                path.unlink()


def _copied(file: IO[bytes], copy: IO[bytes], size: int, report: Report) -> str:
    """Copy the file; returns its SHA-256 in hexadecimal."""
    digest, done = hashlib.sha256(), 0
    while chunk := file.read(CHUNK):
        digest.update(chunk)
        copy.write(chunk)
        done += len(chunk)
        report(min(done / size, 1.0))
    return digest.hexdigest()


def _plain(name: str) -> str:
    """The file's name as every file system accepts it, with its ending."""
    stem, dot, ending = _KEPT_NAME.sub("_", name).rpartition(".")
    stem, ending = (stem, ending[:10]) if dot else (ending, "")
    stem = stem.replace("..", "__").strip(". ") or "data"
    return f"{stem[:_LONGEST]}{dot}{ending}"
