"""A fault in a task file of the user's: one sentence, and its traceback in a file."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sandbox.folders import data_folder

if TYPE_CHECKING:
    from sandbox.tasks.user_tasks_faults import OwnTaskError

FILE = "own-task-traceback.txt"


def with_report(error: OwnTaskError) -> str:
    """The sentence, which says where the traceback is kept, if there is one to keep."""
    if not error.report:
        return str(error)
    path = data_folder() / FILE
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(error.report, encoding="utf-8")
    except OSError:
        return str(error)  # the line is said in any case
    return f"{str(error).removesuffix('.')}; the traceback is in {path}."
