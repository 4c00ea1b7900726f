"""What one contestant answers at every step of the shown sequence, and where it is drawn."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np
from PySide6.QtCore import QRect

from sandbox.drawing.answer_text import NO_ANSWER, AnswerText, answer_at, are_guesses, right_answers
from sandbox.gui.look.typeface import px
from sandbox.gui.panels.nets.column_geometry import MARGIN, arrange
from sandbox.tasks.base import Tokens

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray

    from sandbox.drawing.styles import Palette
    from sandbox.drawing.timeline import Timeline
    from sandbox.engine.trace import Trace
    from sandbox.gui.panels.shared.views import NetHead, NetsView
    from sandbox.tasks.base import Task
    from sandbox.tasks.shown import ShownSequence

    Floats = NDArray[np.floating[Any]]
    Bools = NDArray[np.bool_]

HEAD, LANES, WORDS = 20, 12, 18  # heights at a type size of 100%
ROW, TALLEST_ROW, FEWEST_ROWS = 14, 20, 3
BELOW = 6


@dataclass(frozen=True)
class AnswersView:
    """What the panel shows.

    ahead: by contestant, answers to the probe and to some steps more, when the net is fed on
    its own answers, (T + n, B, O); empty where there are none.  goes_on: whether they are shown.
    """

    nets: NetsView
    ahead: Mapping[str, Floats]
    goes_on: bool = True

    def further(self, key: str) -> Floats | None:
        """A contestant's answers from the last known step on, (n + 1, O), fed on its own."""
        found, sequence = self.ahead.get(key), self.nets.sequence
        if found is None or not self.goes_on or sequence.index >= found.shape[1]:
            return None
        steps = len(found) - sequence.sequences.roles.shape[1]
        own = found[sequence.length - 1 : sequence.length + steps, sequence.index]
        return own if len(own) > 1 else None


@dataclass(frozen=True)
class AnswersContent:
    """One contestant's answers.

    step: the one in focus: the marked one, else the last question.  marked: whether it is marked.
    ahead: answers after the last step and n steps more, fed on its own, (n + 1, O), or None.
    further: steps by which the axis extends beyond the sequence.  every: whether steps at which
    nothing is asked are drawn too.  low, high: ends of the axis of values, as they are read.
    """

    head: NetHead
    sequence: ShownSequence
    trace: Trace | None
    step: int
    marked: bool
    ahead: Floats | None
    further: int
    every: bool
    low: float
    high: float
    waiting: str
    palette: Palette

    @property
    def task(self) -> Task:
        """The task of the sequence."""
        return self.sequence.task

    @property
    def is_values(self) -> bool:
        """Whether the answers are numbers, not probabilities."""
        return self.task.loss == "squared_error"

    def said(self, step: int) -> AnswerText:
        """The answer at a step, in words."""
        assert self.trace is not None
        return answer_at(self.sequence, self.trace.answers, step, self.head.untrained)

    @cached_property
    def given(self) -> Floats:
        """Probabilities or values at every step, (T, O)."""
        assert self.trace is not None
        return self.trace.answers[: self.sequence.length, self.sequence.index]

    @cached_property
    def continued(self) -> str:
        """How it continues on its own, in words; "" if it does not."""
        known = self.ahead is not None and self.trace is not None
        return continuation(self.task, self.ahead) if known else ""  # type: ignore[arg-type]

    @cached_property
    def scored(self) -> Bools:
        """Whether something is asked at each step, (T,)."""
        return scored_steps(self.sequence)

    @cached_property
    def targets(self) -> NDArray[Any]:
        """The right answers at questions: classes (T,), or values or legal symbols (T, O)."""
        sequence = self.sequence
        return sequence.sequences.targets[sequence.index, : sequence.length]

    @cached_property
    def right(self) -> Bools:
        """Whether each scored step is answered correctly, (T,); False at the others."""
        return right_answers(self.task, self.given, self.targets) & self.scored

    @cached_property
    def guessed(self) -> Bools:
        """Whether each answer is a guess, (T,)."""
        return are_guesses(self.task, self.given) | self.head.untrained

    @cached_property
    def marks(self) -> Bools:
        """Which answers are right at questions, (T, O): one class, or the legal symbols."""
        outputs = len(self.task.outputs)
        if self.task.loss == "cross_entropy":
            right = np.where(self.scored, self.targets, 0)[:, None] == np.arange(outputs)
        else:
            right = self.targets > 0
        return np.asarray(right & self.scored[:, None])


def continuation(task: Task, further: Floats) -> str:
    """How a net continues on its own, in words; "" where its answers are not words.

    further: (n, O).
    """
    if task.loss == "squared_error" or not isinstance(task.inputs, Tokens):
        return ""
    if not np.all(np.isfinite(further)):
        return NO_ANSWER
    words = [task.outputs[each] for each in further.argmax(axis=1).tolist()]
    return ("" if all(len(word) == 1 for word in task.outputs) else " ").join(words)


def scored_steps(sequence: ShownSequence) -> Bools:
    """Whether something is asked at each step of a sequence, (T,)."""
    scored: Bools = sequence.sequences.scored[sequence.index, : sequence.length]
    return scored


def listed(content: AnswersContent, room: int) -> NDArray[np.intp]:
    """The answers that have a row: all in their order, or as many as there is room for.

    Then they are the likeliest at the step in focus, with the right ones among them.
    """
    chances = content.given[content.step]
    if len(chances) <= room:
        return np.arange(len(chances))
    sortable = np.where(np.isnan(chances), -1.0, chances)
    order = np.argsort(-sortable, kind="stable")
    right = content.marks[content.step]
    first = np.concatenate([order[right[order]][:room], order[~right[order]]])[:room]
    return np.asarray(first[np.argsort(-sortable[first], kind="stable")])


# -- where it is drawn ------------------------------------------------------------------


@dataclass(frozen=True)
class Places:
    """The parts of a column: head, lanes of right and wrong, the picture, and the continuation."""

    head: QRect
    lanes: QRect
    body: QRect
    words: QRect
    timeline: Timeline

    @property
    def rows(self) -> int:
        """How many answers there is room for."""
        return max(self.body.height() // px(ROW), 1)

    def row(self, position: int, count: int) -> QRect:
        """The place of one of `count` answers, from the top."""
        height = min(self.body.height() // max(count, 1), px(TALLEST_ROW))
        top = self.body.top() + position * height
        return QRect(self.body.left(), top, self.body.width(), height)


def least_answers_height() -> int:
    """The height in which three answers can be read."""
    return px(HEAD) + px(LANES) + FEWEST_ROWS * px(ROW) + BELOW


def place(width: int, height: int, content: AnswersContent) -> Places:
    """The parts in a column of that size.

    Unless the axis extends beyond the sequence, it is that of the column above, to the pixel.
    """
    above = arrange(width, height, content.sequence.length + content.further, 1)
    left, across, inner = above.gradient.left(), above.gradient.width(), width - 2 * MARGIN
    words = px(WORDS) if content.continued else 0
    top, bottom = px(HEAD) + px(LANES), height - BELOW - words
    return Places(
        QRect(MARGIN, 0, inner, px(HEAD)),
        QRect(left, px(HEAD), across, px(LANES)),
        QRect(left, top, across, max(bottom - top, 1)),
        QRect(MARGIN, bottom, inner, words),
        above.timeline,
    )
