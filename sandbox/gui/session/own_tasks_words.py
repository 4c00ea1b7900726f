"""What is said beside a file whose task is one of the user's own."""

from __future__ import annotations

from sandbox.tasks import user_tasks


def needs_file(task: str) -> str:
    """The end of a sentence about a saved file: which task file opens it; "" where none does."""
    file = user_tasks.file_of(task)
    return "" if file is None else f"; whoever opens it needs {file.path.name}, its task, too"
