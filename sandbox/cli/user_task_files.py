"""The user's own tasks: naming a file is the permission to run it."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from sandbox.cli import output
from sandbox.folders import data_folder
from sandbox.store.task_template import name_for, write_template
from sandbox.tasks import user_tasks
from sandbox.validation import ExperimentError

if TYPE_CHECKING:
    from argparse import Namespace
    from collections.abc import Sequence

    from sandbox.tasks.user_tasks_faults import OwnTaskError

TRACEBACK = "own-task-traceback.txt"


def open_named(arguments: Namespace, files: Sequence[str]) -> None:
    """Run these files and register their tasks, naming each on standard error.

    A new run takes the file's task unless the options name another.
    """
    names: list[str] = []
    for file in files:
        loaded = user_tasks.open_file(file)
        names += loaded.names
        output.tell(f"{', '.join(loaded.names)}: from {loaded.file.path}")
        for remark in loaded.remarks:
            output.tell(remark)
    others = ("task", "experiment", "resume")
    if hasattr(arguments, "resume") and not any(getattr(arguments, name) for name in others):
        if len(names) > 1:
            raise ExperimentError("task", None, f"one of {', '.join(names)} (--task NAME)")
        arguments.task = names[0]


def new_task(arguments: Namespace) -> int:
    """Write the template and say what to do with it."""
    path = write_template(Path(arguments.file))
    text = (
        f"{path} is a working task with comments on how to change it; look at it with "
        f"`tasks show {name_for(path)} --task-file {arguments.file}`, and train it with "
        f"`train --task-file {arguments.file}`."
    )
    output.answer(arguments, text, {"event": "written", "file": str(path)})
    return 0


def with_report(error: OwnTaskError) -> str:
    """The error's sentence, with the file that its traceback was written to."""
    if not error.report:
        return str(error)
    path = data_folder() / TRACEBACK
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(error.report, encoding="utf-8")
    except OSError:
        return str(error)
    return f"{str(error).removesuffix('.')}; the traceback is in {path}."
