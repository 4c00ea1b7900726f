"""What helps a new learner along: comments on pictures and curves."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject

from sandbox.gui.session.comment_feed import CommentFeed
from sandbox.insight.comments import spike_label

if TYPE_CHECKING:
    from sandbox.gui.session.session import Session
    from sandbox.gui.window.stage import Stage
    from sandbox.insight.findings import Finding


class LearnerLinks(QObject):
    """Shows comments where they belong."""

    def __init__(self, session: Session, stage: Stage, parent: QObject) -> None:
        super().__init__(parent)
        self._stage = stage
        self.comments = CommentFeed(session, self)
        self.comments.commented.connect(stage.nets.show_comments)
        self.comments.spiked.connect(self._show_spikes)

    def _show_spikes(self, found: tuple[Finding, ...]) -> None:
        marks = tuple((each.key, each.evidence["step"], spike_label(each)) for each in found)
        self._stage.curves.show_comments(marks)
