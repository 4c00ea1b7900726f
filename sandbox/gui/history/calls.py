"""Calls of the store, made one after another on a thread of the window's own."""

from __future__ import annotations

import sys
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QObject, Signal, Slot

from sandbox.store.base import RunError
from sandbox.validation import ExperimentError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from sandbox.store.base import Store

NOT_YET = "The store of runs is not open yet."
TURN_S = 0.0005
REFUSALS = (RunError, ExperimentError)


@contextmanager
def _brief_turns() -> Iterator[None]:
    """The window waits for the interpreter's lock no longer than this, dozens of times a paint.

    With Python's 5 ms, reading 10,000 runs held the window for a quarter of a second.
    """
    before = sys.getswitchinterval()
    sys.setswitchinterval(TURN_S)
    try:
        yield
    finally:
        sys.setswitchinterval(before)


@dataclass(frozen=True)
class Question:
    """Something asked of the store.

    kind: of two questions of one kind the newer counts and the older's answer is dropped,
    unless it `changes` the store: then it is carried out in any case, and always answered.
    """

    kind: str
    number: int
    job: Callable[[Store], object]
    then: Callable[[Any], None]
    otherwise: Callable[[str], None]
    changes: bool


@dataclass(frozen=True)
class Answer:
    """What came of a question: a value, a sentence that refuses it, or a fault of ours."""

    question: Question
    value: object = None
    refusal: str = ""
    fault: Exception | None = None


class Calls(QObject):
    """Asks the store off the window's thread, and answers on it.

    `store` is called on the other thread, before every question; None while there is no store.
    """

    _answered = Signal(object)  # Answer

    def __init__(self, store: Callable[[], Store | None], parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._store = store
        self._thread: ThreadPoolExecutor | None = None
        self._newest: dict[str, int] = {}
        self._count = 0
        self._answered.connect(self._take)

    def ask(
        self,
        kind: str,
        job: Callable[[Store], object],
        then: Callable[[Any], None],
        otherwise: Callable[[str], None],
        changes: bool = False,
    ) -> None:
        """Do the job with the store; then hand on its result, or the sentence that refuses it."""
        self._count += 1
        self._newest[kind] = self._count
        if self._thread is None:
            self._thread = ThreadPoolExecutor(1, "history")
        question = Question(kind, self._count, job, then, otherwise, changes)
        self._thread.submit(self._answer, question)

    def forget(self, kind: str) -> None:
        """Whatever was asked of this kind is not wanted any more."""
        self._count += 1
        self._newest[kind] = self._count

    def close(self) -> None:
        """Wait for the thread's end; changes are carried out first, questions are dropped."""
        for kind in list(self._newest):
            self.forget(kind)
        if self._thread is not None:
            self._thread.shutdown()
            self._thread = None

    def _wanted(self, question: Question) -> bool:
        return question.changes or self._newest.get(question.kind) == question.number

    def _answer(self, question: Question) -> None:
        """On the other thread."""
        if self._wanted(question):
            self._answered.emit(self._asked(question))

    def _asked(self, question: Question) -> Answer:
        try:
            with _brief_turns():
                store = self._store()
                if store is None:
                    return Answer(question, refusal=NOT_YET)
                return Answer(question, question.job(store))
        except REFUSALS as error:
            return Answer(question, refusal=str(error))
        except OSError as error:
            return Answer(question, refusal=f"The runs cannot be reached: {error.strerror}.")
        except Exception as fault:  # raised again on the window's thread, which shows it
            return Answer(question, fault=fault)

    @Slot(object)
    def _take(self, answer: Answer) -> None:
        if answer.fault is not None:
            raise answer.fault
        if not self._wanted(answer.question):
            return
        if answer.refusal:
            answer.question.otherwise(answer.refusal)
        else:
            answer.question.then(answer.value)
