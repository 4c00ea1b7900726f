"""What one contestant answers at every step of the shown sequence: values resolved, no drawing."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np

from sandbox.engine.whole import right_steps
from sandbox.gui.panels.nets.content import shown_traces

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray

    from sandbox.drawing.styles import Palette
    from sandbox.engine.trace import Trace
    from sandbox.gui.panels.shared.views import NetHead, NetsView, SequenceView
    from sandbox.tasks.base import Task

    Floats = NDArray[np.floating[Any]]
    Bools = NDArray[np.bool_]


@dataclass(frozen=True)
class AnswersView:
    """What the panel shows.  ahead: by contestant, answers to the probe and to some steps more,
    fed on its own, (T + n, B, O); empty where there are none.
    """

    nets: NetsView
    ahead: Mapping[str, Floats]


@dataclass(frozen=True)
class AnswersContent:
    """One contestant's answers.

    step: the one told in full: the marked one, else the last question.  marked: whether it is.
    ahead: answers after the last step and n steps more, fed on its own, (n + 1, O), or None.
    further: steps that the axis goes on after the sequence.  every: whether steps at which
    nothing is asked are drawn too.  low, high: ends of the axis of values.
    """

    key: str
    head: NetHead
    sequence: SequenceView
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
        """The task that is answered."""
        return self.sequence.task

    @property
    def is_values(self) -> bool:
        """Whether the answers are numbers, not probabilities."""
        return self.task.loss == "squared_error"

    @cached_property
    def given(self) -> Floats:
        """Probabilities or values at every step, (T, O)."""
        assert self.trace is not None
        return self.trace.answers[: self.sequence.length, self.sequence.index]

    @cached_property
    def scored(self) -> Bools:
        """Whether something is asked at each step, (T,)."""
        return scored_steps(self.sequence)

    @cached_property
    def targets(self) -> NDArray[Any]:
        """What is right, where it is asked: classes (T,), values or legal symbols (T, O)."""
        sequence = self.sequence
        return sequence.sequences.targets[sequence.index, : sequence.length]

    @cached_property
    def right(self) -> Bools:
        """Whether each scored step is answered rightly, (T,); false at the others."""
        with np.errstate(invalid="ignore"):
            right = right_steps(self.given, self.targets, self.task.correct_within)
        return right & self.scored & np.isfinite(self.given).all(axis=1)

    @cached_property
    def marks(self) -> Bools:
        """Which answers are right ones, (T, O): one class, or the legal symbols; where asked."""
        outputs = len(self.task.outputs)
        if self.task.loss == "cross_entropy":
            right = np.where(self.scored, self.targets, 0)[:, None] == np.arange(outputs)
        else:
            right = self.targets > 0
        return np.asarray(right & self.scored[:, None])

    @property
    def asked(self) -> bool:
        """Whether something is asked at the step that is told."""
        return bool(self.scored[self.step])

    @property
    def steps(self) -> int:
        """Of the time axis."""
        return self.sequence.length + self.further


def scored_steps(sequence: SequenceView) -> Bools:
    """Whether something is asked at each step of a sequence, (T,)."""
    scored: Bools = sequence.sequences.scored[sequence.index, : sequence.length]
    return scored


def answering(view: AnswersView) -> dict[str, Trace]:
    """The traces that belong to the shown sequence, by contestant."""
    return shown_traces(view.nets)


def further_answers(view: AnswersView, key: str) -> Floats | None:
    """A contestant's answers from the last known step on, (n + 1, O), fed on its own; or None."""
    found, sequence = view.ahead.get(key), view.nets.sequence
    if found is None or sequence.index >= found.shape[1] or len(found) <= sequence.length:
        return None
    steps = len(found) - sequence.sequences.roles.shape[1]
    own = found[sequence.length - 1 : sequence.length + steps, sequence.index]
    return own if len(own) > 1 else None


def listed(content: AnswersContent, room: int) -> NDArray[np.intp]:
    """The answers that have a row: all in their order, or as many as there is room for.

    Then they are the likeliest at the step that is told, with the right ones among them.
    """
    chances = content.given[content.step]
    if len(chances) <= room:
        return np.arange(len(chances))
    sortable = np.where(np.isnan(chances), -1.0, chances)
    order = np.argsort(-sortable, kind="stable")
    right = content.marks[content.step]
    first = np.concatenate([order[right[order]][:room], order[~right[order]]])[:room]
    return np.asarray(first[np.argsort(-sortable[first], kind="stable")])
