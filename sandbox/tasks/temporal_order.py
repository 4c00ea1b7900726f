"""temporal_order: in which order did X and Y come, long ago, among distractors?"""

from __future__ import annotations

from itertools import product

import numpy as np

from sandbox.experiment import Frozen
from sandbox.tasks.base import Drawn, Role, Sequences, Tokens
from sandbox.tasks.rule_task import RuleTask, chance, param
from sandbox.tasks.sampling import asked_last, balanced
from sandbox.tasks.text import tokens_of, words_of
from sandbox.validation import ExperimentError, Whole

START, END = "start", "end"
DISTRACTORS = ("a", "b", "c", "d")
MARKS = ("X", "Y")
LONGER = "longer sequence"
# Tenths of L: a mark's step is drawn from [from, to).
INTERVALS = {2: ((1, 2), (5, 6)), 3: ((1, 2), (3, 4), (6, 7))}


class TemporalOrderParams(Frozen):
    """How long a sequence is, and how many marks it has."""

    length: Whole = param(
        100, "Length of a sequence with its start and end", "steps", ge=10, le=1000
    )
    marks: Whole = param(2, "Marks in a sequence: 2 give 4 classes, 3 give 8", ge=2, le=3)


def draw_temporal_order(rng: np.random.Generator, count: int, length: int, marks: int) -> Drawn:
    """Distractors (count, length) with 2 or 3 marks among them; the answer is their order.

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


class TemporalOrder(RuleTask[TemporalOrderParams]):
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
    rule = staticmethod(draw_temporal_order)

    def __init__(self, params: TemporalOrderParams) -> None:
        super().__init__(params)
        self.inputs = Tokens((START, *DISTRACTORS, *MARKS, END))
        self.outputs = tuple("".join(order) for order in product(MARKS, repeat=params.marks))
        self.length = params.length
        self.dependency = params.length - 1 - mark_intervals(params.length, params.marks)[0][0]
        count = len(self.outputs)
        self.baselines = (
            chance("knows everything but the marks", count),
            chance("knows the last mark only", count // 2),
        )

    def with_roles(self, drawn: Drawn) -> Sequences:
        """The marks as cues, start as carrier, and the question at the end."""
        inputs = drawn[0]
        roles = np.where((inputs == 5) | (inputs == 6), np.uint8(Role.CUE), np.uint8(Role.FILLER))
        roles[:, 0], roles[:, -1] = Role.CARRIER, Role.QUERY
        return Sequences(*drawn, roles)

    def encode(self, text: str) -> Sequences:
        """As in "start b X a a Y d end", (1, T), start and end if missing; else ExperimentError."""
        words = words_of(text)
        words = [START] * (words[:1] != [START]) + words + [END] * (words[-1:] != [END])
        inputs = np.array([tokens_of(words, self.inputs.words)], np.int32)
        marks = inputs[(inputs == 5) | (inputs == 6)] - 5
        if len(marks) != self.params.marks:
            accepts = f"a row in which X and Y appear {self.params.marks} times together"
            raise ExperimentError("sequence", text, accepts)
        order = marks @ (1 << np.arange(len(marks))[::-1])
        return self.with_roles(asked_last(inputs, np.array([order])))

    def question(self, sequences: Sequences, index: int) -> str:
        """'in which order did X and Y come? (XY)'."""
        return f"in which order did X and Y come? ({self.answer(sequences, index)})"
