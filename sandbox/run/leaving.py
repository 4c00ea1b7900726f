"""The end of the process, also while a kernel is being compiled."""

from __future__ import annotations

import contextlib
import logging
import os
import sys
from typing import TYPE_CHECKING, NoReturn

if TYPE_CHECKING:
    import threading

PATIENCE_S = 1.0
DISK_S = 30.0


def leave(
    worker: threading.Thread,
    status: int,
    patience_s: float = PATIENCE_S,
    saving: threading.Event | None = None,
) -> int:
    """Wait for a worker that was told to close; returns the status to exit with.

    Compilation cannot be interrupted, and an interpreter that is torn down beside a thread
    inside LLVM crashes.  So where the worker does not end in time, the process ends here,
    at once, with that status.  saving: set once the worker is past that, and only waits for the
    disk; it is given `DISK_S` for it, since what it has is not kept yet.
    """
    if worker.ident is not None:
        worker.join(patience_s)
        if saving is not None and saving.is_set():
            worker.join(DISK_S)
    if worker.is_alive():
        leave_now(status)
    return status


def leave_now(status: int) -> NoReturn:
    """End the process at once, beside threads that cannot be ended; output is flushed."""
    logging.shutdown()
    for stream in (sys.stdout, sys.stderr):
        if stream is not None:
            with contextlib.suppress(OSError, ValueError, RuntimeError):
                stream.flush()
    os._exit(status)
