"""A set-up in progress, and how it starts other programs."""

from __future__ import annotations

import os
import subprocess
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
    """A set-up of the environment `venv` for `group`, holding the open file `lock`."""

    venv: str
    group: str
    report: Report
    lock: int

    @property
    def scratch(self) -> str:
        """Where pip unpacks: on the environment's own disk, and removed with it."""
        return os.path.join(self.venv, "tmp")

    def start(self, command: list[str]) -> subprocess.Popen[str]:
        """Start a program whose output can be read line by line; it shares the lock."""
        os.makedirs(self.scratch, exist_ok=True)
        return subprocess.Popen(
            command,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            errors="replace",
            env=self._surroundings(),
            pass_fds=(self.lock,),
        )

    def _surroundings(self) -> dict[str, str]:
        """The user's variables, without those that would make pip install elsewhere."""
        kept = {name: value for name, value in os.environ.items() if name not in DROPPED}
        return {**kept, **SET, "TMPDIR": self.scratch}
