"""Ending the process, even while a kernel is being compiled."""

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
    """Wait for a worker that was told to close; returns the exit status.

    Compilation cannot be interrupted, and an interpreter that shuts down while a thread is inside
    LLVM crashes. So if the worker does not end in time, the process exits here with that status.
    saving: set once the worker only waits for the disk; it then gets `DISK_S` to store the rest.
    """
    if worker.ident is not None:
        worker.join(patience_s)
        if saving is not None and saving.is_set():
            worker.join(DISK_S)
    if worker.is_alive():
        leave_now(status)
    return status


def leave_now(status: int) -> NoReturn:
    """Flush the output and end the process at once, whatever threads are running."""
    logging.shutdown()
    for stream in (sys.stdout, sys.stderr):
        if stream is not None:
            with contextlib.suppress(OSError, ValueError, RuntimeError):
                stream.flush()
    os._exit(status)
