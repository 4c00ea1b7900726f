"""The inspector: a thread beside training that answers why-questions about the nets of a frame.

It has nets of its own, which take the weights of a frame, so training is never touched.  Of the
inquiries with one name only the latest counts: an older one that is under way is told to stop.
While training runs it works only a small part of the time, so that training keeps its pace.
"""

from __future__ import annotations

import logging
import threading
import time
import traceback
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from sandbox.insight.subject import Subject, subject_of
from sandbox.tasks.user_tasks_faults import OwnTaskError
from sandbox.validation import ExperimentError

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from numpy.typing import NDArray

    from sandbox.experiment import Experiment
    from sandbox.tasks.base import Task

    Stop = Callable[[], bool]

SHARE = 0.08  # of the time, while training runs
KEPT = 16  # nets that are kept between inquiries
_log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Inquiry:
    """A question about one net: `work(subject, stop)` answers it on the inspector's thread.

    name: what is asked; a later inquiry of that name replaces it.  step: the training step of
    these weights.  gentle: whether training runs meanwhile.
    """

    name: str
    run: str
    step: int
    key: str
    experiment: Experiment
    task: Task
    weights: NDArray[Any]
    work: Callable[[Subject, Stop], Any]
    gentle: bool = False


@dataclass(frozen=True)
class Answer:
    """What an inquiry found; refused: why not, in a sentence; error: a traceback of ours."""

    inquiry: Inquiry
    found: Any = None
    refused: str = ""
    error: str = ""


class Inspector(threading.Thread):
    """Answers inquiries one after another; `post` takes the answers, on this thread."""

    def __init__(self, post: Callable[[Answer], object]) -> None:
        super().__init__(name="inspector", daemon=True)
        self._post = post
        self._changed = threading.Condition()
        self._waiting: dict[str, Inquiry] = {}
        self._working = ""
        self._closing = False
        self._subjects: dict[tuple[str, str], Subject] = {}

    def ask(self, inquiry: Inquiry) -> None:
        """Answer this as soon as possible, in place of an earlier one with its name."""
        with self._changed:
            self._waiting[inquiry.name] = inquiry
            self._changed.notify_all()

    def forget(self) -> None:
        """Drop what waits and what is under way."""
        with self._changed:
            self._waiting.clear()
            self._working = ""
            self._changed.notify_all()

    def close(self) -> None:
        """End the thread as soon as what is under way looks whether to stop."""
        with self._changed:
            self._closing = True
            self._changed.notify_all()

    def run(self) -> None:
        """Answer until closed."""
        while (inquiry := self._next()) is not None:
            began = time.monotonic()
            answer = self._answer(inquiry)
            if answer is not None:
                self._post(answer)
            if inquiry.gentle:
                self._rest((time.monotonic() - began) * (1 / SHARE - 1))

    def _next(self) -> Inquiry | None:
        with self._changed:
            self._working = ""
            self._changed.wait_for(lambda: self._closing or self._waiting)
            if self._closing:
                return None
            name = next(iter(self._waiting))
            self._working = name
            return self._waiting.pop(name)

    def _stopped(self, inquiry: Inquiry) -> bool:
        with self._changed:
            replaced = inquiry.name in self._waiting or self._working != inquiry.name
            return self._closing or replaced

    def _answer(self, inquiry: Inquiry) -> Answer | None:
        """The answer, or None if it was no longer wanted."""
        try:
            found = inquiry.work(self._subject(inquiry), lambda: self._stopped(inquiry))
        except (ExperimentError, OwnTaskError) as error:
            return Answer(inquiry, refused=str(error))
        except MemoryError:
            return Answer(inquiry, refused="There is not enough memory to look into this net.")
        except Exception:
            _log.exception("inquiry %s failed", inquiry.name)
            return Answer(inquiry, error=traceback.format_exc())
        return None if found is None else Answer(inquiry, found)

    def _subject(self, inquiry: Inquiry) -> Subject:
        place = inquiry.experiment.digest, inquiry.key
        if place not in self._subjects:
            if len(self._subjects) >= KEPT:
                self._subjects.pop(next(iter(self._subjects)))
            self._subjects[place] = subject_of(
                inquiry.experiment, inquiry.key, inquiry.weights, inquiry.task
            )
        known = self._subjects[place]
        zero = np.zeros_like(inquiry.weights)
        vectors: Mapping[str, NDArray[Any]] = {"weights": inquiry.weights, "m": zero, "v": zero}
        known.net.load_vectors(vectors)
        return Subject(known.key, known.net, inquiry.task, known.seed)

    def _rest(self, seconds: float) -> None:
        with self._changed:
            self._changed.wait_for(lambda: self._closing, seconds)
