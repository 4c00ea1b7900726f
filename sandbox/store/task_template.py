"""The task file to begin with, written to a place that the user chooses."""

from __future__ import annotations

from pathlib import Path

from sandbox.setup import places
from sandbox.store import atomic
from sandbox.store.base import RunError
from sandbox.tasks.registry import built_in
from sandbox.tasks.user_tasks_check import NAME as NAMES
from sandbox.validation import ExperimentError

TEMPLATE, NAME = "task_template.py", "my_task"


def write_template(path: Path, replace: bool = False) -> Path:
    """A copy of the template, whose task is called as the file; its full path.

    replace: whether a file that is there already may go; else ExperimentError.  RunError where
    it cannot be written.
    """
    if path.suffix != ".py":
        raise ExperimentError("new task file", str(path), "a file's name that ends in .py")
    if path.exists() and not replace:
        raise ExperimentError("new task file", str(path), "the name of a file that is not there")
    try:
        text = (Path(places.resources()) / TEMPLATE).read_text("utf-8")
        text = text.replace(f'name = "{NAME}"', f'name = "{name_for(path)}"')
        atomic.write_bytes(path, text.encode())
    except OSError as error:
        raise RunError(f"{path} could not be written: {error.strerror}.") from None
    return path.absolute()


def name_for(path: Path) -> str:
    """What the task in a new file is called: as the file, where that can be a task's name."""
    stem = path.stem.lower().replace("-", "_").replace(" ", "_")
    return stem if NAMES.fullmatch(stem) and stem not in built_in() else NAME
