"""Undo and redo of edits to the experiment, across the runs that they began."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject
from PySide6.QtGui import QUndoCommand, QUndoStack
from PySide6.QtWidgets import QApplication, QLineEdit

from sandbox.gui.session.drag import NO_DRAG
from sandbox.gui.session.shown_run import Edit, UndoPoint
from sandbox.gui.widgets.fields import NumberField
from sandbox.run import words
from sandbox.validation import ExperimentError

if TYPE_CHECKING:
    from collections.abc import Callable

    from PySide6.QtGui import QAction

    from sandbox.experiment import Experiment
    from sandbox.gui.session.session import Session
    from sandbox.gui.widgets.actions import Actions
    from sandbox.run.messages import Status

MOST, LONGEST = 200, 60  # entries; characters of one in the menu
AGAIN = "start again"  # another run of the same experiment


class Edits(QObject):
    """Records, undoes and redoes every `Edit` of the session.

    say: shows (title, sentence) if a run cannot be shown again.
    """

    def __init__(
        self,
        session: Session,
        actions: Actions,
        say: Callable[[str, str], None],
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._session, self._say = session, say
        self._awaited = ""  # the run that undo went back to last
        self.stack = QUndoStack(self)
        self.stack.setUndoLimit(MOST)
        self._undo, self._redo = actions["undo"], actions["redo"]
        self._undo.triggered.connect(self.undo)
        self._redo.triggered.connect(self.redo)
        self.stack.indexChanged.connect(self._show)
        session.edited.connect(self._take)
        self._show()

    def undo(self) -> None:
        """Undo the last edit, or what is being typed into a field."""
        typed = _typed_text(redo=False)
        if typed is not None:
            typed.undo()
        else:
            self._go_back()

    def redo(self) -> None:
        """Redo what was undone last."""
        typed = _typed_text(redo=True)
        if typed is not None:
            typed.redo()
        elif text := self.stack.redoText():
            self.stack.redo()
            self._session.say(f"redone: {text}")

    def go_to(self, place: UndoPoint) -> bool:
        """Show what was on screen at that point; returns whether that worked."""
        try:
            self._session.go_to(place)
        except ExperimentError as error:  # a task of the user's own, gone or with a fault
            self._say("The experiment cannot be shown again", str(error))
            return False
        self._awaited = self._session.run
        return True

    def take_refusal(self, status: Status) -> bool:
        """Show the experiment untrained if the run gone back to is refused; returns whether."""
        began = status.keys is not None  # a later failure has another reason
        if status.run != self._awaited or began or not status.refused:
            return False
        self._awaited = ""
        self._session.go_to(UndoPoint("", self._session.experiment))
        reason = status.refused.removesuffix(".")
        self._say(
            "The run is not shown as it was left",
            f"{reason}; its experiment is shown untrained instead.",
        )
        return True

    def _go_back(self) -> None:
        """Undo, and say what changed: what stands right of an arrow is in force now."""
        text, old = self.stack.undoText(), self._session.experiment
        if not text:
            return
        self.stack.undo()
        new = self._session.experiment
        if text == words.edited(new, old):
            self._session.say(f"undone; {words.edited(old, new)}")
        else:
            self._session.say(f"undone: {text}")

    def _take(self, edit: Edit) -> None:
        self.stack.push(_Change(self, self._session, edit))

    def _show(self) -> None:
        """Say in the menu what the actions would do."""
        stack = self.stack
        _show(self._undo, "&Undo", stack.undoText(), stack.canUndo())
        _show(self._redo, "&Redo", stack.redoText(), stack.canRedo())


class Done(QUndoCommand):
    """Something that a person has done already when it is pushed.  A subclass has `again`."""

    def __init__(self, what: str) -> None:
        super().__init__(what)
        self._pushed = False

    def redo(self) -> None:
        """Do it again; Qt also calls this once when the command is pushed."""
        if self._pushed:
            self.again()
        self._pushed = True

    def again(self) -> None:
        """Do what was undone."""
        raise NotImplementedError


class _Change(Done):
    """An edit: undo and redo both go to what is not on screen.

    An edit of live fields changes them in the same run, from this step on.  Any other made another
    run, and that comes back with all that happened to it, such as its training.
    """

    def __init__(self, edits: Edits, session: Session, edit: Edit) -> None:
        super().__init__(edit.what or _difference(edit.before.experiment, session.experiment))
        self._edits, self._session = edits, session
        self._elsewhere, self._drag = edit.before, edit.drag
        self._live = edit.before.run == session.run and not edit.what

    def id(self) -> int:
        """The drag that it is part of; Qt merges commands with the same id."""
        return self._drag

    def mergeWith(self, other: QUndoCommand) -> bool:
        """Make one edit of a drag, from where the slider began."""
        if self._drag == NO_DRAG:
            return False
        before, after = self._elsewhere.experiment, self._session.experiment
        self.setText(_difference(before, after))
        self.setObsolete(before == after and not self._elsewhere.kept)
        return True

    def undo(self) -> None:
        """Show what was on screen before."""
        here = self._session.undo_point
        if self._live:
            self._session.adjust(self._elsewhere.experiment)
        elif not self._edits.go_to(self._elsewhere):
            return
        self._elsewhere = here

    def again(self) -> None:
        """Show what was on screen after it."""
        self.undo()


def _difference(before: Experiment, after: Experiment) -> str:
    return words.edited(before, after) or AGAIN


def _show(action: QAction, verb: str, text: str, enabled: bool) -> None:
    short = text if len(text) <= LONGEST else f"{text[: LONGEST - 1]}…"
    action.setText(f"{verb} {short.replace('&', '&&')}".strip())
    action.setEnabled(enabled)


def _typed_text(redo: bool) -> QLineEdit | None:
    """The line that a person is typing into, if there is one."""
    focused = QApplication.focusWidget()
    if isinstance(focused, NumberField):
        return focused.lineEdit() if focused.keeps_undo(redo) else None
    return focused if isinstance(focused, QLineEdit) else None
