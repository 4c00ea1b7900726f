"""Which file a run's task came from, where it is one of the user's own: told once, and kept.

A run's numbers follow from its experiment and this file, so a resumed run says when its file
is another one than before.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sandbox.tasks import user_tasks

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

DIGEST = "task_sha256"  # of an event in the store


def known_digest(events: Iterable[Mapping[str, Any]]) -> str:
    """The SHA-256 of the file that a run's task came from last; "" where no event says so."""
    found = [str(event[DIGEST]) for event in events if event.get(DIGEST)]
    return found[-1] if found else ""


def news_of_file(task: str, before: str) -> tuple[str, str]:
    """A sentence about the task's file, and its SHA-256; "" where there is nothing new.

    before: the digest that is known already.
    """
    file = user_tasks.file_of(task)
    if file is None or file.sha256 == before:
        return "", before
    if before:
        return f"the task's file has changed: from here on, {file.path} as it is now", file.sha256
    return f"the task is one of the user's own, from {file.path}", file.sha256
