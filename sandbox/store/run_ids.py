"""Run ids: readable, sortable, and plain file names, such as 20260131-142233-fluent-ab12c3.

An id has the time (UTC) at which the run began and its task; it is never a path.
"""

from __future__ import annotations

import re
import secrets
import threading
import time
from typing import TYPE_CHECKING

from sandbox.validation import ExperimentError

if TYPE_CHECKING:
    from sandbox.experiment import Experiment

LAST = "last"
ACCEPTED = "an id as `runs list` prints it, or last"
_PLAIN = re.compile(r"[0-9A-Za-z][0-9A-Za-z_-]{0,99}")
_TICKS_PER_SECOND = 2**16
_lock = threading.Lock()
_last_tick = 0


def new_run_id(experiment: Experiment) -> str:
    """An id that no run has yet.

    The last part begins with the fraction of the second, so that ids made one after another in
    one process sort in that order. It ends in two random digits, so that two processes do not
    make the same id.
    """
    global _last_tick
    with _lock:
        _last_tick = max(int(time.time() * _TICKS_PER_SECOND), _last_tick + 1)
        second, fraction = divmod(_last_tick, _TICKS_PER_SECOND)
    moment = time.strftime("%Y%m%d-%H%M%S", time.gmtime(second))
    return f"{moment}-{experiment.task}-{fraction:04x}{secrets.token_hex(1)}"


def order(run: str) -> tuple[str, str, str]:
    """The key that sorts ids by when they were made, whatever their tasks."""
    moment, last = run[:15], run.rpartition("-")[2]
    return moment, last, run


def plain(run: str) -> str:
    """The id, unchanged; ExperimentError if it is not a plain name."""
    if not _PLAIN.fullmatch(run) or run == LAST:
        raise ExperimentError("run", run, ACCEPTED)
    return run
