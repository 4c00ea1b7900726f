"""What helps a learner along: comments where they belong, and what to try after a run."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject

from sandbox.gui.session.comment_feed import CommentFeed
from sandbox.gui.widgets.hint_line import HintLine
from sandbox.insight.comments import spike_label
from sandbox.insight.next_steps import Outcome, next_step
from sandbox.run.words import title

if TYPE_CHECKING:
    from PySide6.QtWidgets import QHBoxLayout

    from sandbox.gui.session.session import Session
    from sandbox.gui.window.stage import Stage
    from sandbox.gui.window.views import Views
    from sandbox.insight.findings import Finding
    from sandbox.insight.next_steps import NextStep


class GuideLinks(QObject):
    """Shows comments; says what to try next, and takes it back when something begins."""

    def __init__(self, session: Session, stage: Stage, views: Views) -> None:
        super().__init__(session)
        self._session, self._stage, self._views = session, stage, views
        self.comments = CommentFeed(session, self)
        self.comments.commented.connect(stage.nets.show_comments)
        self.comments.spiked.connect(self._show_spikes)
        self.hint = HintLine()
        row: QHBoxLayout = views.row.layout()  # type: ignore[assignment]
        row.insertWidget(1, self.hint)
        session.ended.connect(self._propose)
        for signal in (session.training_changed, session.run_opened):
            signal.connect(self._take_back)
        self._proposed = ""

    def _show_spikes(self, found: tuple[Finding, ...]) -> None:
        marks = tuple((each.key, each.evidence["step"], spike_label(each)) for each in found)
        self._stage.curves.show_comments(marks)

    def _propose(self, *_: object) -> None:
        """Say what to try next, with a button that does it."""
        found = next_step(outcome_of(self._session))
        if found is not None:
            self._proposed = found.sentence
            self.hint.say(found.sentence, found.shorter, found.label, partial(self._do, found))

    def _take_back(self, training: bool = True) -> None:
        if training:
            self.hint.take_back(self._proposed)

    def _do(self, found: NextStep) -> None:
        if found.edit is None:
            self._views.show(found.view)
            return
        error = self._session.attempt(found.edit)
        if error is not None:
            self._session.say(str(error))


def outcome_of(session: Session) -> Outcome:
    """How the run on screen ended."""
    recording, nets = session.shown.recording, session.experiment.contestants
    keys = {
        each.name: [key for key in session.shown.cells if key.partition("#")[0] == each.name]
        for each in nets
    }
    solved = {name for name, own in keys.items() if recording.solved_at.keys() >= set(own)}
    diverged = {name for name, own in keys.items() if recording.diverged_at.keys() & set(own)}
    titles = {each.name: title(each.name, each.cell) for each in nets}
    return Outcome(session.experiment, titles, frozenset(solved), frozenset(diverged))
