"""Comments on the pictures and curves of the run on screen, once they have lasted."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal

from sandbox.cells.known import called
from sandbox.insight import comments
from sandbox.insight.comments import LossCurve, Seen
from sandbox.insight.findings import FindingsLog, of_loss
from sandbox.insight.next_steps import bias_of
from sandbox.tasks.shown import unit_of_length

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from sandbox.gui.session.session import Session
    from sandbox.insight.findings import Finding
    from sandbox.run.messages import Frame


class CommentFeed(QObject):
    """Looks at frames a few times a second while a run trains, and at every one while it rests."""

    commented = Signal(object)  # by net, a sentence about its pictures
    spiked = Signal(object)  # the spikes of the curves: tuple[Finding, ...]

    def __init__(self, session: Session, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._session = session
        self._logs: dict[str, FindingsLog] = {}  # by net
        self._looked: tuple[object, ...] = ()  # at what
        self._said: Mapping[str, str] = {}
        self._spikes: tuple[Finding, ...] = ()
        session.beat.connect(self._look)
        session.beat.connect(self._look_for_spikes)
        session.frame_arrived.connect(self._look_if_resting)
        session.example_changed.connect(self._begin_anew)
        session.run_opened.connect(self._begin_anew)

    def _begin_anew(self, *_: object) -> None:
        """Forget what was said of other pictures."""
        self._logs, self._looked = {}, ()
        self._look_if_resting()
        self._look_for_spikes()

    def _look_if_resting(self, *_: object) -> None:
        if not self._session.feed.training:
            self._look()

    def _look(self) -> None:
        """Look at the frame on screen, unless it has been looked at."""
        session, frame = self._session, self._session.shown.frame
        if frame is None or frame.run != session.run or frame.probe is not session.examples:
            self._say({})
            return
        resting = not session.feed.training
        place = (frame, session.index, resting)
        if place == self._looked:
            return
        self._looked = place
        for key in frame.traces:
            log = self._logs.setdefault(key, FindingsLog())
            log.note(frame.step, self._found(key, frame), [key], resting)
        shown = {key: log.shown() for key, log in self._logs.items()}
        self._say({key: found[0].text for key, found in shown.items() if found})

    def _found(self, key: str, frame: Frame) -> Iterator[Finding]:
        session, cells = self._session, self._session.shown.cells
        if key not in cells:
            return
        trace, index = frame.cut.get(key, frame.traces[key]), session.index
        roles = frame.probe.roles[index, : len(trace.answers)]
        per = unit_of_length(session.task).removesuffix("s")
        seen = Seen(key, called(key, cells[key]), trace, roles, index, per)
        field, value = bias_of(session.experiment.contestant(key.partition("#")[0]))
        bias = field.replace("_", " ")
        remembers = self._remembers(key, frame.step)
        for found in (
            comments.of_input_gate(seen),
            comments.of_chequerboard(seen),
            comments.of_bias(seen, bias, value, frame.step, remembers),
        ):
            if found is not None:
                yield found

    def _remembers(self, key: str, step: int) -> bool:
        """Whether the latest evaluation by this step found more than the baseline; if none, yes."""
        tests = [
            each for each in self._session.shown.recording.tests.get(key, ()) if each[0] <= step
        ]
        if not tests:
            return True
        _, loss, accuracy = tests[-1]
        return of_loss(key, "", self._session.task, loss, accuracy) is None

    def _say(self, said: Mapping[str, str]) -> None:
        if said != self._said:
            self._said = said
            self.commented.emit(said)

    def _look_for_spikes(self) -> None:
        found = tuple(self._spikes_of_the_run())
        if found != self._spikes:
            self._spikes = found
            self.spiked.emit(found)

    def _spikes_of_the_run(self) -> Iterator[Finding]:
        shown = self._session.shown
        baseline = self._session.task.baselines[0].loss
        for key, cell in shown.cells.items():
            buffer = shown.recording.curve(key)
            smooth = buffer.bands["loss"].smooth
            curve = LossCurve(
                key, called(key, cell), buffer.steps, buffer.loss, smooth, buffer.grad_norm
            )
            if (found := comments.of_spike(curve, baseline)) is not None:
                yield found
