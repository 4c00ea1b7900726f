"""The window's way from the sentence to a sequence of one's own, with undo."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject

from sandbox.gui.panels.sentence.sentence_editor import SentenceEditor
from sandbox.gui.session.edits import Done
from sandbox.gui.session.own_probe import OwnProbe

if TYPE_CHECKING:
    from PySide6.QtGui import QUndoCommand
    from PySide6.QtWidgets import QWidget

    from sandbox.gui.panels.sentence.sentence_panel import SentencePanel
    from sandbox.gui.session.edits import Edits
    from sandbox.gui.session.session import Session
    from sandbox.tasks.own_sequence import OwnSequence


class ProbeLinks(QObject):
    """Edits in the sentence panel become the probe, and can be undone."""

    def __init__(
        self, window: QWidget, session: Session, sentence: SentencePanel, edits: Edits
    ) -> None:
        super().__init__(window)
        self._session, self._edits = session, edits
        self.probe = OwnProbe(session, self)
        self.editor = SentenceEditor(sentence, self.probe)
        self.probe.edited.connect(self._keep_for_undo)
        for signal in (session.experiment_changed, session.example_changed):
            signal.connect(self.editor.finish)
        session.experiment_changed.connect(lambda: self.editor.draw(False))

    def _keep_for_undo(
        self, before: OwnSequence | None, after: OwnSequence | None, what: str, drag: int
    ) -> None:
        self._edits.stack.push(_Probing(self._session, self.probe, (before, after), what, drag))


class _Probing(Done):
    """One edit of the sequence on screen."""

    def __init__(
        self,
        session: Session,
        probe: OwnProbe,
        both: tuple[OwnSequence | None, OwnSequence | None],
        what: str,
        drag: int,
    ) -> None:
        super().__init__(what)
        self._session, self._probe, self._drag = session, probe, drag
        self._before, self._after = both
        self._of = session.experiment.task, session.experiment.params

    def id(self) -> int:
        """The drag that it is part of; Qt merges commands with the same id."""
        return self._drag

    def mergeWith(self, other: QUndoCommand) -> bool:
        """Make one edit of a drag."""
        if not isinstance(other, _Probing):  # a slider's drag may have the same number
            return False
        self._after = other._after
        return True

    def undo(self) -> None:
        """Show what was shown before."""
        self._put(self._before)

    def again(self) -> None:
        """Show it again."""
        self._put(self._after)

    def _put(self, own: OwnSequence | None) -> None:
        """Show it, unless the task has become another meanwhile."""
        now = self._session.experiment
        if (now.task, now.params) == self._of:
            self._probe.put(own)
        else:
            self.setObsolete(True)
