"""Names of runs as the store takes them: one plain folder name, never a path."""

from __future__ import annotations

import re

from sandbox.validation import ExperimentError

LAST = "last"
ACCEPTED = "an id as `runs list` prints it, or last"
_PLAIN = re.compile(r"[0-9A-Za-z][0-9A-Za-z_-]{0,99}")


def order(run: str) -> tuple[str, str, str]:
    """What to sort ids by: when they were made, whatever the task between (`run.ids`)."""
    moment, last = run[:15], run.rpartition("-")[2]
    return moment, last, run


def plain(run: str) -> str:
    """The id itself; ExperimentError where it could be anything but a name in the folder."""
    if not _PLAIN.fullmatch(run) or run == LAST:
        raise ExperimentError("run", run, ACCEPTED)
    return run
