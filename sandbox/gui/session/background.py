"""Jobs off the window's thread: done one after another, answered on the window's thread."""

from __future__ import annotations

import contextlib
import logging
import sys
import threading
from dataclasses import dataclass
from queue import SimpleQueue
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QObject, Signal

from sandbox.store.base import RunError
from sandbox.validation import ExperimentError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

SWITCH_INTERVAL_S = 0.0005
REFUSALS = (RunError, ExperimentError, OSError)

_log = logging.getLogger(__name__)
_switching = threading.Lock()
_busy_threads = 0
_usual_interval = sys.getswitchinterval()


@dataclass(eq=False)
class _Question:
    """A job, what to do with its result or refusal, and whether anybody still waits for it."""

    job: Callable[[], Any]
    then: Callable[[Any], None]
    refused: Callable[[Exception], None]
    always: bool
    skipped: bool = False  # not to be started
    silent: bool = False  # not to be answered
    result: Any = None
    error: Exception | None = None

    def drop(self) -> None:
        self.silent, self.skipped = True, not self.always


class Background(QObject):
    """A daemon thread for jobs that may take long, such as reading a disk.

    The thread starts with the first question and ends with `close`; a later question starts
    another one. An unexpected exception is raised again on the window's thread.
    """

    _answered = Signal(object)  # _Question

    def __init__(self, name: str, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._name = name
        self._thread: threading.Thread | None = None
        self._queue: SimpleQueue[_Question | None] = SimpleQueue()
        self._open: set[_Question] = set()
        self._latest: dict[str, _Question] = {}
        self._answered.connect(self._answer)

    @property
    def busy(self) -> bool:
        """Whether an answer is still to come."""
        return bool(self._open)

    def ask(
        self,
        job: Callable[[], Any],
        then: Callable[[Any], None],
        refused: Callable[[Exception], None],
        kind: str = "",
        always: bool = False,
    ) -> None:
        """Do `job` on the thread, then hand its result to `then`, or to `refused` one of REFUSALS.

        kind: a question replaces the open ones of the same kind, whose answers are dropped.
        always: carry the job out even if it is replaced or the thread is closed.
        """
        question = _Question(job, then, refused, always)
        if kind:
            self.forget(kind)
            self._latest[kind] = question
        self._open.add(question)
        if self._thread is None:
            self._queue = SimpleQueue()
            self._thread = threading.Thread(
                target=self._work, args=(self._queue,), name=self._name, daemon=True
            )
            self._thread.start()
        self._queue.put(question)

    def forget(self, kind: str) -> None:
        """Drop the answer to the last question of this kind, unless it is asked `always`."""
        question = self._latest.pop(kind, None)
        if question is not None and not question.always:
            question.drop()
            self._open.discard(question)

    def close(self, wait: bool = True) -> None:
        """End the thread; only jobs asked `always` are still done, and nothing is answered."""
        for question in self._open:
            question.drop()
        self._open.clear()
        self._latest.clear()
        thread, self._thread = self._thread, None
        if thread is not None:
            self._queue.put(None)
            if wait:
                thread.join()

    def _work(self, queue: SimpleQueue[_Question | None]) -> None:
        while (question := queue.get()) is not None:
            if question.skipped:
                continue
            try:
                with _brief_turns():
                    question.result = question.job()
            except Exception as error:
                question.error = error
            if not question.silent:
                with contextlib.suppress(RuntimeError):  # the window is gone
                    self._answered.emit(question)
            elif question.always and question.error is not None:
                _log.warning("not done while closing: %s", question.error)

    def _answer(self, question: _Question) -> None:
        if question.silent:
            return
        self._open.discard(question)
        if isinstance(question.error, REFUSALS):
            question.refused(question.error)
        elif question.error is not None:
            raise question.error
        else:
            question.then(question.result)


def sentence(error: Exception) -> str:
    """The sentence for a refusal; for an OSError, it gives the reason of the system."""
    if isinstance(error, OSError):
        return f"The disk cannot be used: {error.strerror or error}."
    return str(error)


@contextlib.contextmanager
def _brief_turns() -> Iterator[None]:
    """Let the window have the interpreter's lock sooner, since it asks dozens of times a paint.

    With Python's 5 ms, reading 10,000 runs held the window for a quarter of a second.
    """
    global _busy_threads, _usual_interval
    with _switching:
        if not _busy_threads:
            _usual_interval = sys.getswitchinterval()
            sys.setswitchinterval(SWITCH_INTERVAL_S)
        _busy_threads += 1
    try:
        yield
    finally:
        with _switching:
            _busy_threads -= 1
            if not _busy_threads:
                sys.setswitchinterval(_usual_interval)
