"""Scripts of a task of the user's own: its source is cut out like any other, where that can be."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING

from sandbox.store.base import RunError
from sandbox.tasks import user_tasks
from sandbox.tasks.user_tasks_faults import in_words

if TYPE_CHECKING:
    from collections.abc import Iterator

# What looking through source that is written in another way than the project's comes upon.
NOT_CUT = (LookupError, SyntaxError, AttributeError, AssertionError, StopIteration, TypeError)


@contextmanager
def cutting_out(task: str) -> Iterator[None]:
    """RunError in one sentence where the source of a user's task cannot be cut out."""
    try:
        yield
    except NOT_CUT as error:
        file = user_tasks.file_of(task)
        if file is None:
            raise
        raise RunError(
            f"{file.path.name} cannot be made into a script that stands alone "
            f"({in_words(error)}): keep to the form of the template, or export another kind of "
            "file."
        ) from error
