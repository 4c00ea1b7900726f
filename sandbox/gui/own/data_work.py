"""Reading a user's file beside the window: one thing at a time, with progress, to be cancelled."""

from __future__ import annotations

import threading
import time
from concurrent.futures import Future, ThreadPoolExecutor
from functools import partial
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QObject, Signal

from sandbox.validation import ExperimentError

if TYPE_CHECKING:
    from collections.abc import Callable

    from sandbox.tasks.data import Report

TOLD_EVERY_S = 0.05


class Cancelled(Exception):
    """Nobody waits for the answer any more."""


class DataWork(QObject):
    """Answers one question after another on a thread of its own; a new one ends the one before."""

    progressed = Signal(float)  # 0..1
    failed = Signal(object)  # ExperimentError
    _answered = Signal(object, object, object)  # its event, what to do with it, the future

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._thread = ThreadPoolExecutor(1, "data")
        self._stopped = threading.Event()
        self._answered.connect(self._take)

    def ask(self, job: Callable[[Report], Any], act: Callable[[Any], None]) -> None:
        """Do the job beside the window, then `act` on what it returns, here."""
        self._stopped.set()
        self._stopped = stopped = threading.Event()
        future = self._thread.submit(job, self._report(stopped))
        future.add_done_callback(partial(self._back, stopped, act))

    def close(self) -> None:
        """Nobody waits any more; the thread ends at its next report."""
        self._stopped.set()
        self._thread.shutdown(wait=False, cancel_futures=True)

    def _report(self, stopped: threading.Event) -> Report:
        last = 0.0

        def report(done: float) -> None:
            nonlocal last
            if stopped.is_set():
                raise Cancelled
            if time.monotonic() - last > TOLD_EVERY_S:
                last = time.monotonic()
                self.progressed.emit(done)

        return report

    def _back(
        self, stopped: threading.Event, act: Callable[[Any], None], done: Future[Any]
    ) -> None:
        if not stopped.is_set():
            self._answered.emit(stopped, act, done)

    def _take(
        self, stopped: threading.Event, act: Callable[[Any], None], done: Future[Any]
    ) -> None:
        if stopped.is_set() or done.cancelled():
            return
        error = done.exception()
        if isinstance(error, ExperimentError):
            self.failed.emit(error)
        elif error is not None:
            raise error
        else:
            act(done.result())
