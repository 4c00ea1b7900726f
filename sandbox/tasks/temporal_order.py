"""temporal_order: in which order did X and Y come, long ago, among distractors?"""

from __future__ import annotations

import math
from itertools import product
from typing import TYPE_CHECKING

import numpy as np
from pydantic import Field

from sandbox.experiment import Frozen
from sandbox.tasks.base import Baseline, Criterion, Role, Sequences, Task, Tokens
from sandbox.tasks.sampling import asked_last, balanced, longer
from sandbox.tasks.text import token_index, tokens_of, words_of
from sandbox.validation import ExperimentError, Whole

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from sandbox.tasks.base import Drawn

START, END = "start", "end"
DISTRACTORS = ("a", "b", "c", "d")
MARKS = ("X", "Y")
LONGER = "longer sequence"
# Tenths of L: a mark's step is drawn from [from, to).
INTERVALS = {2: ((1, 2), (5, 6)), 3: ((1, 2), (3, 4), (6, 7))}


class TemporalOrderParams(Frozen):
    """How long a sequence is, and how many marks it has."""

    length: Whole = Field(
        100,
        ge=10,
        le=1000,
        description="Length of a sequence with its start and end",
        json_schema_extra={"unit": "steps"},
    )
    marks: Whole = Field(
        2,
        ge=2,
        le=3,
        description="Marks in a sequence: 2 give 4 classes, 3 give 8",
        json_schema_extra={"unit": ""},
    )


def draw_temporal_order(rng: np.random.Generator, count: int, length: int, marks: int) -> Drawn:
    """`length` steps of distractors with 2 or 3 marks among them; the answer is their order.

    Tokens: 0 start, 1-4 distractors, 5 X, 6 Y, 7 end.
    """
    orders = balanced(rng, count, 2**marks)
    inputs = rng.integers(1, 5, (count, length), np.uint8).astype(np.int32)
    inputs[:, 0], inputs[:, -1] = 0, 7
    steps = [rng.integers(*interval, count) for interval in mark_intervals(length, marks)]
    # Class 0b01 is XY: the first mark is the highest bit.
    bits = orders[:, None] >> np.arange(marks)[::-1] & 1
    inputs[np.arange(count)[:, None], np.stack(steps, axis=1)] = 5 + bits
    return asked_last(inputs, orders)


def mark_intervals(length: int, marks: int) -> list[tuple[int, int]]:
    """The first step at which each mark may be, and one past the last."""
    # A bound is the first step at or after so many tenths of the length.
    return [(-(-a * length // 10), -(-b * length // 10)) for a, b in INTERVALS[marks]]


class TemporalOrder(Task):
    """Tokens: start, a-d, X, Y, end.  T = L = `length` steps, classes XX, XY, YX, YY.

    Two marks lie at steps in [0.1 L, 0.2 L) and [0.5 L, 0.6 L) (task 6a), three in
    [0.1 L, 0.2 L), [0.3 L, 0.4 L) and [0.6 L, 0.7 L) (task 6b), counted from 0.  The second
    split has twice the length.
    """

    name = "temporal_order"
    title = "Order of two marks"
    summary = "X or Y appears twice in a long row of letters: in which order was it?"
    explanation = (
        "Among letters that mean nothing, two are special: each is an X or a Y. The first comes "
        "early and the second around the middle, at steps that vary. The question at the end is "
        "which two they were, in order: XX, XY, YX or YY. So counting them is not enough; a net "
        "also has to remember which came first. The second test has rows twice as long."
    )
    source = "Hochreiter & Schmidhuber 1997, task 6; Pascanu et al. 2013"
    gap_field = "length"
    Params = TemporalOrderParams
    splits = ("fresh", LONGER)
    generalisation = LONGER
    solved_on = ("fresh",)
    rule = staticmethod(draw_temporal_order)

    params: TemporalOrderParams
    inputs: Tokens

    def __init__(self, params: TemporalOrderParams) -> None:
        super().__init__(params)
        self.inputs = Tokens((START, *DISTRACTORS, *MARKS, END))
        self.outputs = tuple("".join(order) for order in product(MARKS, repeat=params.marks))
        self.length = params.length
        self.dependency = params.length - 1 - mark_intervals(params.length, params.marks)[0][0]
        count = len(self.outputs)
        self.baselines = (
            Baseline(f"knows everything but the marks: ln {count}", math.log(count), 1 / count),
            Baseline(f"knows the last mark only: ln {count // 2}", math.log(count // 2), 2 / count),
        )
        self.criterion = Criterion("accuracy", 0.99, 2000, "99% right on 2,000 fresh sequences")
        self._index = token_index(self.inputs.words)
        self._first_mark = 1 + len(DISTRACTORS)

    def draw(self, rng: np.random.Generator, count: int, split: str = "fresh") -> Sequences:
        """Classes balanced; each mark's step uniform in its interval; distractors uniform."""
        length = longer(self.length) if split == LONGER else self.length
        drawn = draw_temporal_order(rng, count, length, self.params.marks)
        return Sequences(*drawn, self._roles(drawn[0]))

    def encode(self, text: str) -> Sequences:
        """As in "start b X a a Y d end"; a missing start or end is added."""
        words = words_of(text)
        words = [START] * (words[:1] != [START]) + words + [END] * (words[-1:] != [END])
        inputs = np.array([tokens_of(words, self._index)], np.int32)
        roles = self._roles(inputs)
        marks = inputs[roles == Role.CUE] - self._first_mark
        if len(marks) != self.params.marks:
            accepts = f"a row in which X and Y appear {self.params.marks} times together"
            raise ExperimentError("sequence", text, accepts)
        order = marks @ (1 << np.arange(len(marks))[::-1])
        return Sequences(*asked_last(inputs, np.array([order])), roles)

    def labels(self, sequences: Sequences, index: int) -> list[str]:
        """The symbols; marks are X and Y."""
        return [self.inputs.words[token] for token in sequences.inputs[index]]

    def question(self, sequences: Sequences, index: int) -> str:
        """'in which order did X and Y come? (XY)'."""
        return f"in which order did X and Y come? ({self.outputs[sequences.targets[index, -1]]})"

    def _roles(self, inputs: NDArray[np.int32]) -> NDArray[np.uint8]:
        """(N, T) roles by what stands there: a mark is a cue, start a carrier."""
        marked = (inputs >= self._first_mark) & (inputs < self._first_mark + len(MARKS))
        roles = np.where(marked, np.uint8(Role.CUE), np.uint8(Role.FILLER))
        roles[:, 0], roles[:, -1] = Role.CARRIER, Role.QUERY
        return roles
