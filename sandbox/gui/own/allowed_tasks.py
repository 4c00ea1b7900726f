"""Which task files may run without asking again: exactly this content at this path."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING

from sandbox.folders import settings_file
from sandbox.gui.session.autosave import FILE as LAST
from sandbox.gui.session.autosave import MOST_BYTES
from sandbox.tasks import user_tasks
from sandbox.tasks.registry import tasks
from sandbox.validation import ExperimentError

if TYPE_CHECKING:
    from sandbox.gui.session.preferences import Preferences
    from sandbox.tasks.user_tasks import TaskFile

KEY = "own_tasks/allowed"


class Allowed:
    """The permissions, kept among the settings: paths with the SHA-256 of what may run there."""

    def __init__(self, preferences: Preferences) -> None:
        self._preferences = preferences

    @property
    def by_path(self) -> dict[Path, str]:
        """The digests that may run, by path."""
        pairs = (line.partition(" ") for line in self._preferences.texts(KEY))
        return {Path(path): digest for digest, _, path in pairs if path}

    def __contains__(self, file: TaskFile) -> bool:
        return self.by_path.get(file.path) == file.sha256

    def add(self, file: TaskFile) -> None:
        """Allow this content at its path, and no other."""
        self._keep({**self.by_path, file.path: file.sha256})

    def clear(self) -> None:
        """Allow nothing; every file asks again."""
        self._keep({})

    def _keep(self, digests: dict[Path, str]) -> None:
        lines = [f"{digest} {path}" for path, digest in digests.items()]
        self._preferences.keep_texts(KEY, lines)


def open_allowed(preferences: Preferences) -> dict[Path, str]:
    """Run the allowed files that have not changed; returns why the others did not run, by path.

    They were checked when they were allowed, so no sequences are drawn from them here.
    """
    left: dict[Path, str] = {}
    allowed, known = Allowed(preferences), user_tasks.opened()
    for path in allowed.by_path:
        if path in known or not path.is_file():
            continue
        try:
            file = user_tasks.read(path)
            if file in allowed:
                user_tasks.register(user_tasks.load(file, thorough=False))
            else:
                left[path] = f"{path.name} has changed since it was allowed to run"
        except ExperimentError as error:
            left[path] = str(error).removesuffix(".")
    return left


def needed_at_once(named: str) -> bool:
    """Whether the first thing on screen may have a task of the user's own.

    named: the file named on the command line, "" for none.
    """
    if named:
        return True
    try:
        with settings_file().with_name(LAST).open("rb") as file:
            task = json.loads(file.read(MOST_BYTES))["experiment"]["task"]
    except (OSError, ValueError, LookupError, TypeError, RecursionError):
        return False  # `autosave.kept` says what is wrong with it
    return task not in tasks()
