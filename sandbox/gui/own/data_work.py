"""Reading a user's file off the window's thread: one job at a time, with progress."""

from __future__ import annotations

import threading
import time
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QObject, Signal

from sandbox.gui.session.background import Background

if TYPE_CHECKING:
    from collections.abc import Callable

    from sandbox.tasks.data import Report

REPORT_EVERY_S = 0.05
JOB = "data"


class Cancelled(Exception):
    """Nobody waits for the answer any more."""


class DataWork(QObject):
    """Does one job after another; a new one ends the one before at its next report."""

    progressed = Signal(float)  # 0..1
    failed = Signal(object)  # ExperimentError, or OSError

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._background = Background(JOB, self)
        self._stopped = threading.Event()

    def ask(self, job: Callable[[Report], Any], then: Callable[[Any], None]) -> None:
        """Do the job off the window's thread, then hand its result to `then`."""
        self._stopped.set()
        self._stopped = stopped = threading.Event()
        last = 0.0

        def report(done: float) -> None:
            nonlocal last
            if stopped.is_set():
                raise Cancelled
            if time.monotonic() - last > REPORT_EVERY_S:
                last = time.monotonic()
                self.progressed.emit(done)

        self._background.ask(lambda: job(report), then, self.failed.emit, JOB)

    def close(self) -> None:
        """Drop the answer; the thread ends at the job's next report."""
        self._stopped.set()
        self._background.close(wait=False)
