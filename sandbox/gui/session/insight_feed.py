"""Asks why-questions about the nets on screen while somebody looks at the answers."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QObject, Qt, Signal

from sandbox.cells.known import called
from sandbox.insight.findings import FindingsLog

if TYPE_CHECKING:
    from sandbox.gui.session.session import Session
    from sandbox.gui.session.surgeries import Surgeries
    from sandbox.insight.subject import Subject
    from sandbox.insight.swap_try import Chosen
    from sandbox.run.inspector import Answer, Inquiry, Inspector
    from sandbox.run.messages import Frame

CELL, WHY, EFFECT, SWAP, DYNAMICS = "cell", "why", "effect", "swap", "dynamics"
FAILED = "This could not be computed. The log says why."
Work = Callable[["Subject", Callable[[], bool]], Any]


@dataclass(frozen=True)
class Asked:
    """What an answer is about; two that are equal have the same answer."""

    run: str
    step: int
    about: object


@dataclass(frozen=True)
class Found:
    """An answer that may be that there is nothing."""

    what: Any


class InsightFeed(QObject):
    """Keeps the latest answer of every instrument about every net.

    Only instruments that somebody looks at are asked.  log: the findings that lasted.
    """

    changed = Signal(str, str)  # instrument, net
    told = Signal()  # the findings that are shown are others now
    refused = Signal(str)  # why there is no answer, in a sentence, once for each
    faulty = Signal(str)  # a traceback of ours
    _answered = Signal(object)

    def __init__(self, session: Session, surgeries: Surgeries) -> None:
        super().__init__(session)
        self._session, self._surgeries = session, surgeries
        self._inspector: Inspector | None = None
        self._watched: frozenset[str] = frozenset()
        self._asked: dict[str, tuple[Asked, Inquiry]] = {}  # under way, by name
        self._known: dict[str, Asked] = {}  # answered last, by name
        self._said: set[str] = set()
        self._swap: tuple[str, Chosen] | None = None
        self._answers: dict[str, Answer] = {}  # by name
        self.log = FindingsLog()
        self._frame: Frame | None = None
        self._answered.connect(self._take, Qt.ConnectionType.QueuedConnection)
        session.frame_arrived.connect(self._look)
        session.run_opened.connect(self._follow)
        for signal in (session.example_changed, surgeries.changed):
            signal.connect(self._ask_all)

    def watch(self, instruments: frozenset[str]) -> None:
        """Ask these from now on, and nothing else."""
        self._watched = instruments
        self._session.feed.look_inside(bool(self._wanted) or CELL in instruments)
        self._ask_all()

    def answer(self, instrument: str, key: str) -> Any:
        """The latest answer about a net and the sequence on screen; None while there is none."""
        answer = self._latest(instrument, key)
        return None if answer is None else answer.found

    def answers(self, instrument: str) -> dict[str, tuple[Any, int]]:
        """The same by net, each with the training step that it is of."""
        latest = {key: self._latest(instrument, key) for key in self._session.shown.cells}
        return {
            key: (each.found, each.inquiry.step)
            for key, each in latest.items()
            if each is not None and each.found is not None
        }

    def refusals(self, instrument: str) -> dict[str, str]:
        """Why there is no answer, in a sentence, by net."""
        latest = {key: self._latest(instrument, key) for key in self._session.shown.cells}
        failed = {key: each for key, each in latest.items() if each and each.found is None}
        return {key: each.refused or FAILED for key, each in failed.items()}

    def _latest(self, instrument: str, key: str) -> Answer | None:
        """The latest answer, unless something else is asked about now."""
        name = f"{instrument} {key}"
        known = self._known.get(name)
        if known is None or known.about != self._question(instrument, key)[0]:
            return None
        return self._answers.get(name)

    @property
    def is_as_long(self) -> bool:
        """Whether what is shown has as many steps as the fresh sequences it is compared with."""
        session = self._session
        return bool(session.examples.roles.shape[1] == session.drawn.roles.shape[1])

    def try_swap(self, key: str, chosen: Chosen) -> None:
        """Try this swap in a net, now and at later training steps."""
        self._swap = key, chosen
        self._known.pop(f"{SWAP} {key}", None)
        self._ask_all()

    def close(self) -> None:
        """End the thread."""
        if self._inspector is not None:
            self._inspector.close()
            self._inspector.join()
            self._inspector = None

    @property
    def _wanted(self) -> frozenset[str]:
        operated = {EFFECT} if self._surgeries.held else set()
        swapped = {SWAP} if self._swap is not None and WHY in self._watched else set()
        return (self._watched - {CELL}) | operated | swapped

    def _follow(self) -> None:
        """Forget what was said about another run."""
        self._asked.clear()
        self._known.clear()
        self._answers.clear()
        self._frame, self.log, self._swap = None, FindingsLog(), None
        if self._inspector is not None:
            self._inspector.forget()
        self.told.emit()

    def _look(self, frame: Frame) -> None:
        if frame.weights:
            self._frame = frame
            self._ask_all()

    def _ask_all(self, *_: object) -> None:
        self._session.feed.look_inside(bool(self._wanted) or CELL in self._watched)
        frame = self._frame
        if frame is None or frame.run != self._session.run:
            return
        for instrument in sorted(self._wanted):
            for key in frame.weights:
                self._ask(instrument, key, frame)

    def _ask(self, instrument: str, key: str, frame: Frame) -> None:
        """Ask, unless the answer is known, or an older question of that kind is under way."""
        about, work = self._question(instrument, key)
        name = f"{instrument} {key}"
        asked = Asked(frame.run, frame.step, about)
        under_way = self._asked[name][0] if name in self._asked else None
        if work is None or asked in (under_way, self._known.get(name)):
            return
        if under_way is not None and under_way.about == about:
            return  # the next one comes after its answer
        from sandbox.run.inspector import Inquiry

        session, weights = self._session, frame.weights[key]
        experiment, task, gentle = session.experiment, session.task, session.feed.training
        inquiry = Inquiry(name, frame.run, frame.step, key, experiment, task, weights, work, gentle)
        self._asked[name] = asked, inquiry
        self._thread().ask(inquiry)

    def _question(self, instrument: str, key: str) -> tuple[object, Work | None]:
        """What is asked about, and the work that answers it; None where there is nothing to ask."""
        session = self._session
        if instrument == EFFECT:
            from sandbox.insight.effect import effect

            held = self._surgeries.held.get(key, ())
            work = (lambda subject, stop: effect(subject, held, stop=stop)) if held else None
            return held, work
        examples, index = session.examples, session.index
        if instrument == SWAP:
            return self._swap_question(key)
        if instrument == DYNAMICS:
            from sandbox.insight.dynamics import dynamics
            from sandbox.insight.trajectories import FOLLOWED

            return None, lambda subject, stop: dynamics(subject, 0, FOLLOWED, stop)
        if not self.is_as_long:
            return None, None
        from sandbox.insight.why import why

        title = called(key, session.shown.cells.get(key, key))
        return (examples, index), lambda subject, stop: why(subject, title, examples, index, stop)

    def _swap_question(self, key: str) -> tuple[object, Work | None]:
        examples, index = self._session.examples, self._session.index
        if self._swap is None or self._swap[0] != key:
            return None, None
        from sandbox.insight.swap_try import try_swap

        chosen = self._swap[1]
        about = examples, index, chosen
        return about, lambda subject, _: Found(try_swap(subject, examples, index, chosen))

    def _thread(self) -> Inspector:
        if self._inspector is None:
            from sandbox.run.inspector import Inspector

            self._inspector = Inspector(self._answered.emit)
            self._inspector.start()
        return self._inspector

    def _take(self, answer: Answer) -> None:
        inquiry = answer.inquiry
        asked, awaited = self._asked.get(inquiry.name, (None, None))
        if awaited is not inquiry or asked is None:  # a newer one is under way, or none is wanted
            return
        del self._asked[inquiry.name]
        instrument, _, key = inquiry.name.partition(" ")
        if answer.error:
            self.faulty.emit(answer.error)
        if answer.refused and answer.refused not in self._said:
            self._said.add(answer.refused)
            self.refused.emit(answer.refused)
        self._known[inquiry.name] = asked
        self._answers[inquiry.name] = answer
        if instrument == WHY and answer.found is not None:
            found = answer.found.insight.findings()
            self.log.note(inquiry.step, found, [key], resting=not inquiry.gentle)
            self.told.emit()
        self.changed.emit(instrument, key)
        self._ask_all()
