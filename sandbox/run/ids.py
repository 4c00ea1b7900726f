"""Names of runs: a person reads when it was and what it was; sorted they are in order."""

from __future__ import annotations

import secrets
import threading
import time
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from sandbox.experiment import Experiment

_TICKS_A_SECOND = 2**16
_lock = threading.Lock()
_last_tick = 0


def new_run_id(experiment: Experiment) -> str:
    """A name nobody has yet, such as 20260131-142233-fluent-ab12c3 (UTC).

    The last part begins with the fraction of the second, so that ids made one after another
    in one process sort in that order (`store.names.order`), and ends in two random digits,
    so that two processes do not meet.
    """
    second, fraction = divmod(_next_tick(), _TICKS_A_SECOND)
    moment = time.strftime("%Y%m%d-%H%M%S", time.gmtime(second))
    return f"{moment}-{experiment.task}-{fraction:04x}{secrets.token_hex(1)}"


def _next_tick() -> int:
    global _last_tick
    with _lock:
        _last_tick = max(int(time.time() * _TICKS_A_SECOND), _last_tick + 1)
        return _last_tick
