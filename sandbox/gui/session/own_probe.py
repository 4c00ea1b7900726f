"""The sequence that a person made of an example, in place of the examples; every edit is told."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from PySide6.QtCore import QObject, Signal

from sandbox.gui.session.drag import NO_DRAG
from sandbox.tasks.own_sequence import (
    from_text,
    own_of,
    refusal_words,
    text_of,
    with_cue_at,
    with_filler_before,
    with_gap,
    with_value,
    with_word,
    without,
)
from sandbox.validation import ExperimentError

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from sandbox.gui.session.session import Session
    from sandbox.tasks.base import Task
    from sandbox.tasks.own_sequence import OwnSequence

MADE = "your own sequence; 1, 2 and 3 go back to the examples"


class OwnProbe(QObject):
    """Edits what is on screen.  Every edit returns why it was refused, in a sentence, or ""."""

    edited = Signal(object, object, str, int)  # before, after, what was done, number of the drag

    def __init__(self, session: Session, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._session = session
        self._rng = np.random.default_rng(session.experiment.seed)

    @property
    def now(self) -> OwnSequence:
        """The sequence on screen: the person's own, or the chosen example."""
        session = self._session
        return session.own or own_of(session.drawn, session.example)

    @property
    def text(self) -> str:
        """The same as it is typed."""
        return text_of(self._session.task, self.now)

    def type_text(self, text: str) -> str:
        """Show the sequence that a person typed."""
        return self._edit(lambda task, _: from_text(task, text), "type a sequence")

    def set_word(self, step: int, word: str) -> str:
        """Put another word at a step."""
        return self._edit(lambda task, own: with_word(task, own, step, word), "change a word")

    def set_values(self, values: Sequence[tuple[int, int, float]], drag: int) -> str:
        """Set drawn values, each of a step and channel; those of one drag are one edit."""
        return self._edit(lambda task, own: with_value(task, own, values), "draw the series", drag)

    def insert(self, step: int) -> str:
        """Put a filler step before this one."""
        return self._edit(
            lambda task, own: with_filler_before(task, own, step, self._rng), "insert a step"
        )

    def delete(self, step: int) -> str:
        """Take a step out."""
        return self._edit(lambda task, own: without(task, own, step), "delete a step")

    def move_cue(self, step: int) -> str:
        """Move the nearest cue to a step."""
        return self._edit(lambda task, own: with_cue_at(task, own, step), "move the cue")

    def stretch(self, gap: int) -> str:
        """Have so many filler steps after the cue."""
        return self._edit(lambda task, own: with_gap(task, own, gap, self._rng), "stretch the gap")

    def leave(self) -> None:
        """Go back to the chosen example."""
        self._put(None, "back to the example")

    def tell(self, sentence: str) -> None:
        """Say why an edit was refused."""
        self._session.say(sentence)

    def put(self, own: OwnSequence | None) -> None:
        """Show this, for undo; None: the chosen example."""
        self._session.show_own(own)

    def _edit(
        self,
        edit: Callable[[Task, OwnSequence], OwnSequence],
        what: str,
        drag: int = NO_DRAG,
    ) -> str:
        try:
            after = edit(self._session.task, self.now)
        except ExperimentError as error:
            return refusal_words(error)
        self._put(after, what, drag)
        return ""

    def _put(self, after: OwnSequence | None, what: str, drag: int = NO_DRAG) -> None:
        before = self._session.own
        if after is before:
            return
        self.put(after)
        if after is not None and (after.remark or before is None):
            self._session.say(after.remark or MADE)
        self.edited.emit(before, after, what, drag)
