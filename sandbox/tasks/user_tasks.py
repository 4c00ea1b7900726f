"""The user's own tasks: Python files with a class derived from `sandbox.tasks.base.Task`.

`read` runs nothing.  `load` runs the file, so the user must have allowed or named it before.
It runs the bytes that `read` read, even if the file has changed since.
"""

from __future__ import annotations

import hashlib
import linecache
import os
import stat
import sys
from dataclasses import dataclass
from datetime import UTC, datetime
from importlib.util import decode_source
from pathlib import Path
from types import ModuleType
from typing import TYPE_CHECKING, Any

from sandbox.folders import data_folder
from sandbox.tasks import registry
from sandbox.tasks.base import Task
from sandbox.tasks.user_tasks_faults import OwnTaskError, Source
from sandbox.validation import ExperimentError

if TYPE_CHECKING:
    from collections.abc import Mapping

MOST_BYTES = 1_000_000
MODULE = "own_task_"  # prefix of the modules' names
_opened: dict[Path, Loaded] = {}  # replaced as a whole: other threads read it


@dataclass(frozen=True)
class TaskFile:
    """A task file as it was read.  path: absolute, links resolved.  changed: its time, UTC."""

    path: Path
    text: bytes
    changed: datetime

    @property
    def sha256(self) -> str:
        """The hash of its content, 64 hex digits."""
        return hashlib.sha256(self.text).hexdigest()


@dataclass(frozen=True)
class Loaded:
    """A file's tasks, and remarks for the user."""

    file: TaskFile
    kinds: tuple[type[Task], ...]
    remarks: tuple[str, ...] = ()

    @property
    def names(self) -> tuple[str, ...]:
        """The tasks' names."""
        return tuple(kind.name for kind in self.kinds)


def folder() -> Path:
    """The folder whose task files are listed; it may not exist."""
    return data_folder() / "tasks"


def in_folder() -> tuple[Path, ...]:
    """The files in it, by name."""
    try:
        found = sorted(folder().glob("*.py"))
    except OSError:
        return ()
    return tuple(Path(os.path.realpath(path)) for path in found if not path.name.startswith("."))


def read(path: Path | str) -> TaskFile:
    """Read a file without running it; ExperimentError if it cannot be a task file."""
    try:
        real = Path(os.path.realpath(path))
        with open(real, "rb", opener=_without_waiting) as file:
            found = os.fstat(file.fileno())
            if not stat.S_ISREG(found.st_mode):
                raise ExperimentError("task file", str(path), "a Python file, not a device")
            text = file.read(MOST_BYTES + 1)
    except OSError as error:
        words = f"a readable Python file ({error.strerror})"
        raise ExperimentError("task file", str(path), words) from None
    except ValueError:  # a NUL in its name
        raise ExperimentError("task file", str(path), "the name of a Python file") from None
    if len(text) > MOST_BYTES:
        words = f"a Python file of at most {MOST_BYTES:,} bytes"
        raise ExperimentError("task file", str(path), words)
    return TaskFile(real, text, datetime.fromtimestamp(found.st_mtime, UTC))


def load(file: TaskFile, thorough: bool = True) -> Loaded:
    """Run the file and check its tasks; OwnTaskError names the line that is wrong.

    thorough: also draw from them; not needed if the same content was checked before.
    `register` is separate.
    """
    from sandbox.tasks.user_tasks_check import check_class, check_draws  # not at every start
    from sandbox.tasks.user_tasks_guard import guard

    source = Source(str(file.path), file.text)
    module = _run(file, source)
    kinds, remarks = _tasks_in(module), []
    if not kinds:
        raise OwnTaskError(source.path, 0, "it has no class derived from Task")
    for kind in kinds:
        try:
            check_class(kind, source)
            _check_name(kind, kinds, source)
            guard(kind, source)
            remarks.append(check_draws(kind, source) if thorough else "")
        except Exception as error:
            raise source.raised(error, source.line_of(kind)) from error
    return Loaded(file, kinds, tuple(filter(None, remarks)))


def register(loaded: Loaded) -> None:
    """Add the file's tasks to the registry, replacing its earlier ones."""
    _register({**_opened, loaded.file.path: loaded})


def open_file(path: Path | str, thorough: bool = True) -> Loaded:
    """Read, run, check and register a file that the user named."""
    loaded = load(read(path), thorough)
    register(loaded)
    return loaded


def forget(path: Path) -> None:
    """Remove a file's tasks from the registry."""
    _register({known: loaded for known, loaded in _opened.items() if known != path})


def _register(files: dict[Path, Loaded]) -> None:
    global _opened
    registry.set_own(kind for loaded in files.values() for kind in loaded.kinds)
    _opened = files


def opened() -> Mapping[Path, Loaded]:
    """The files whose tasks are in the registry, by path."""
    return dict(_opened)


def file_of(task: str) -> TaskFile | None:
    """The file that a task came from; None for a built-in or unknown task."""
    return next((each.file for each in _opened.values() if task in each.names), None)


def _run(file: TaskFile, source: Source) -> ModuleType:
    """Run the text that was read, never the disk's, as a module of its own."""
    path = str(file.path)
    stem = "".join(letter if letter.isalnum() else "_" for letter in file.path.stem)
    name = f"{MODULE}{stem}_{file.sha256[:12]}"
    module = ModuleType(name)
    vars(module).update(__file__=path, print=_print)
    before = sys.modules.get(name)
    sys.modules[name] = module  # pydantic resolves annotations there
    try:
        code = compile(file.text, path, "exec", dont_inherit=True)
        lines = decode_source(file.text).splitlines(keepends=True)
        linecache.cache[path] = (len(file.text), None, lines, path)  # for tracebacks
        exec(code, vars(module))
    except KeyboardInterrupt:
        raise
    except BaseException as error:
        sys.modules.pop(name)
        if before is not None:
            sys.modules[name] = before
        raise source.raised(error) from error
    return module


def _print(*words: object, **options: Any) -> None:
    """`print` for tasks: to standard error, since standard output is for results."""
    print(*words, **{"file": sys.stderr, **options})


def _tasks_in(module: ModuleType) -> tuple[type[Task], ...]:
    """The task classes of the module, without the base classes of others."""
    found = dict.fromkeys(
        each
        for each in vars(module).values()
        if isinstance(each, type) and issubclass(each, Task) and each.__module__ == module.__name__
    )
    return tuple(
        kind
        for kind in found
        if not any(other is not kind and issubclass(other, kind) for other in found)
    )


def _check_name(kind: type[Task], kinds: tuple[type[Task], ...], source: Source) -> None:
    if any(other is not kind and getattr(other, "name", None) == kind.name for other in kinds):
        raise source.fault(kind, "name", f'two tasks in it are called "{kind.name}"')
    elsewhere = file_of(kind.name)
    if elsewhere is not None and str(elsewhere.path) != source.path:
        words = f'name is "{kind.name}", which the task in {elsewhere.path} has: choose another'
        raise source.fault(kind, "name", words)


def _without_waiting(path: str, flags: int) -> int:
    return os.open(path, flags | os.O_NONBLOCK)  # opening a pipe would wait for a writer
