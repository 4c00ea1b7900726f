"""Writes a template of an own task for the user to edit."""

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
    """Copy the template and name its task after the file; returns the full path.

    replace: overwrite an existing file.  ExperimentError if the file exists otherwise, or its name
    does not end in .py; RunError if it cannot be written.
    """
    if path.suffix != ".py":
        raise ExperimentError("new task file", str(path), "a file name that ends in .py")
    if path.exists() and not replace:
        raise ExperimentError(
            "new task file", str(path), "the name of a file that does not exist yet"
        )
    try:
        text = (Path(places.resources()) / TEMPLATE).read_text("utf-8")
        text = text.replace(f'name = "{NAME}"', f'name = "{name_for(path)}"')
        atomic.write_bytes(path, text.encode())
    except OSError as error:
        raise RunError(f"{path} could not be written: {error.strerror}.") from None
    return path.absolute()


def name_for(path: Path) -> str:
    """The task's name in a new file: the file's own if that is valid and free, else NAME."""
    stem = path.stem.lower().replace("-", "_").replace(" ", "_")
    return stem if NAMES.fullmatch(stem) and stem not in built_in() else NAME
