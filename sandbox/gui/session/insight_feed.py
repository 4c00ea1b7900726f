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
Work = Callable[["Subject", Callable[[], bool]], Any]


@dataclass(frozen=True)
class Asked:
    """What an answer is about; two that are equal have the same answer."""

    run: str
    step: int
    probe: int
    about: object


@dataclass(frozen=True)
class Found:
    """An answer that may be that there is nothing."""

    what: Any


class InsightFeed(QObject):
    """Keeps the latest answer of every instrument about every net.

    watched: the instruments that somebody looks at; others are not asked.  answers: by instrument
    and net, with the training step that each is of.  log: the findings that lasted.
    """

    changed = Signal(str, str)  # instrument, net
    told = Signal()  # the findings that are shown are others now
    failed = Signal(str)  # a sentence or a traceback, once for each
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
        self.answers: dict[tuple[str, str], tuple[int, Any]] = {}
        self.log, self._run = FindingsLog(), ""
        self._frame: Frame | None = None
        self._answered.connect(self._take, Qt.ConnectionType.QueuedConnection)
        session.frame_arrived.connect(self._look)
        session.run_opened.connect(self._follow)
        self._about = session.examples
        session.example_changed.connect(self._forget_other_sequences)
        for signal in (session.example_changed, surgeries.changed):
            signal.connect(self._ask_all)

    def watch(self, instruments: frozenset[str]) -> None:
        """Ask these from now on, and nothing else."""
        self._watched = instruments
        self._session.feed.look_inside(bool(self._wanted) or CELL in instruments)
        self._ask_all()

    def answer(self, instrument: str, key: str) -> Any:
        """The latest answer about a net of the run on screen; None while there is none."""
        return self.answers.get((instrument, key), (0, None))[1]

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
        self.answers.clear()
        self._frame, self.log, self._swap = None, FindingsLog(), None
        if self._inspector is not None:
            self._inspector.forget()
        self.told.emit()

    def _forget_other_sequences(self) -> None:
        """Drop what was found on sequences that are no longer shown: they had other steps."""
        if self._about is not self._session.examples:
            self._about = self._session.examples
            kept = {name: each for name, each in self.answers.items() if name[0] not in (WHY, SWAP)}
            self.answers = kept

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
        asked = Asked(frame.run, frame.step, id(frame.probe), about)
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
        return (id(examples), index), lambda subject, stop: why(
            subject, title, examples, index, stop
        )

    def _swap_question(self, key: str) -> tuple[object, Work | None]:
        examples, index = self._session.examples, self._session.index
        if self._swap is None or self._swap[0] != key:
            return None, None
        from sandbox.insight.swap_try import try_swap

        chosen = self._swap[1]
        about = id(examples), index, chosen
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
        problem = answer.refused or answer.error
        if problem and problem not in self._said:
            self._said.add(problem)
            self.failed.emit(problem)
        self._known[inquiry.name] = asked
        self.answers[instrument, key] = inquiry.step, answer.found
        if instrument == WHY and answer.found is not None:
            found = answer.found.insight.findings()
            self.log.note(inquiry.step, found, [key], resting=not inquiry.gentle)
            self.told.emit()
        self.changed.emit(instrument, key)
        self._ask_all()
