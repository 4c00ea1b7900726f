"""One set-up under way, and how its parts are started."""

from __future__ import annotations

import os
import subprocess
import sys
from dataclasses import dataclass

TYPE_CHECKING = False
if TYPE_CHECKING:
    from sandbox.setup.progress import Report

DROPPED = ("PYTHONHOME", "PYTHONPATH", "PIP_TARGET", "PIP_PREFIX", "PIP_ROOT")
SET = {
    "PIP_USER": "0",
    "PIP_REQUIRE_VIRTUALENV": "0",
    "PIP_NO_INPUT": "1",
    "PIP_DISABLE_PIP_VERSION_CHECK": "1",
    "PYTHONUNBUFFERED": "1",
    "LC_ALL": "C.UTF-8",
}


@dataclass(frozen=True)
class Job:
    """One set-up: the environment `venv`, for `group`, told to `report`, under `lock`."""

    venv: str
    group: str
    report: Report
    lock: int

    @property
    def scratch(self) -> str:
        """Where pip unpacks: one file system to fill, and nothing left in /tmp if killed."""
        return os.path.join(self.venv, "tmp")

    def start(self, command: list[str]) -> subprocess.Popen[str]:
        """Start a part of the set-up, to be read line by line; it shares the lock."""
        os.makedirs(self.scratch, exist_ok=True)
        return subprocess.Popen(
            command,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            errors="replace",
            env=self._surroundings(),
            pass_fds=() if sys.platform == "win32" else (self.lock,),
        )

    def _surroundings(self) -> dict[str, str]:
        """Keep what the user set for pip, but for what would lead it out of the environment."""
        kept = {name: value for name, value in os.environ.items() if name not in DROPPED}
        return {**kept, **SET, "TMPDIR": self.scratch}
