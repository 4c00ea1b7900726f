"""adding and multiplication: the sum or product of the two marked numbers in a long row."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, ClassVar

import numpy as np

from sandbox.experiment import Frozen
from sandbox.tasks.base import Baseline, Channels, Criterion, Drawn, Role, Sequences
from sandbox.tasks.rule_task import RuleTask, param
from sandbox.tasks.text import number_of
from sandbox.validation import ExperimentError, Whole

if TYPE_CHECKING:
    from numpy.typing import NDArray


LONGER = "longer row"
WITHIN = 0.04  # Hochreiter & Schmidhuber 1997


class RowParams(Frozen):
    """How long the row of numbers is."""

    length: Whole = param(100, "Numbers in the row", "steps", ge=4, le=1000)


def draw_adding(rng: np.random.Generator, count: int, length: int) -> Drawn:
    """Rows (count, length, 2) of numbers, two of them marked; the answer is their sum."""
    inputs, marked = marked_rows(rng, count, length)
    return value_at_the_end(inputs, marked.sum(axis=1))


def draw_multiplication(rng: np.random.Generator, count: int, length: int) -> Drawn:
    """Rows (count, length, 2) of numbers, two of them marked; the answer is their product."""
    inputs, marked = marked_rows(rng, count, length)
    return value_at_the_end(inputs, marked.prod(axis=1))


def marked_rows(
    rng: np.random.Generator, count: int, length: int
) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    """Values U[0, 1) with a marker in each half, (count, length, 2), and the marked (count, 2)."""
    half = length // 2
    marks = np.stack([rng.integers(half, size=count), rng.integers(half, length, count)], axis=1)
    inputs = np.zeros((count, length, 2), np.float32)
    inputs[..., 0] = rng.random((count, length), np.float32)
    rows = np.arange(count)[:, None]
    inputs[rows, marks, 1] = 1
    return inputs, inputs[rows, marks, 0]


def value_at_the_end(inputs: NDArray[np.float32], answers: NDArray[np.float32]) -> Drawn:
    """Rows (N, T, 2) with one question each, at the last step; answers (N,) are numbers."""
    targets = np.zeros((*inputs.shape[:2], 1), np.float32)
    targets[:, -1, 0] = answers
    scored = np.zeros(inputs.shape[:2], np.bool_)
    scored[:, -1] = True
    return inputs, targets, scored


def _product_below(limit: float) -> float:
    """P(u v < limit) for u and v uniform in [0, 1] and a limit in (0, 1]."""
    return limit * (1 - math.log(limit))


class MarkedRows(RuleTask[RowParams]):
    """Channels: a value in U[0, 1] and a marker, 1 at one random step in each half, else 0.

    T = `length` steps; with an odd length the first half is the shorter one.  The target is scored
    at the last step.  That step may be marked itself: its role is then CUE, and `scored` says where
    the answer is read.  The second split has rows twice as long.

    combined: the operation that makes the answer of the two marked values.   sign: how it is
    written.   output: its name.
    """

    gap_field = "length"
    Params = RowParams
    splits = ("fresh", LONGER)
    generalisation = LONGER
    loss = "squared_error"
    correct_within = WITHIN
    combined: ClassVar[np.ufunc]
    sign: ClassVar[str]
    output: ClassVar[str]

    def __init__(self, params: RowParams) -> None:
        super().__init__(params)
        self.inputs = Channels(("value", "marker"), 0.0, 1.0)
        self.outputs = (self.output,)
        self.length = params.length
        self.dependency = params.length - 1

    def with_roles(self, drawn: Drawn) -> Sequences:
        """The marked steps as cues; the last step may be one."""
        inputs = drawn[0]
        roles = np.full(inputs.shape[:2], Role.FILLER, np.uint8)
        roles[:, -1] = Role.QUERY
        roles[inputs[..., 1] > 0] = Role.CUE
        return Sequences(*drawn, roles)

    def encode(self, text: str) -> Sequences:
        """As in "0.3 0.5* 0.2 0.9*", (1, T, 2), a star after each of the two marked numbers.

        ExperimentError where a number is not in [0, 1], or not exactly two have a star.
        """
        words = text.replace(",", " ").split()
        marks = [step for step, word in enumerate(words) if word.endswith("*")]
        accepts = "numbers from 0 to 1, with a star where marked"
        values = [number_of(word.removesuffix("*"), 0, 1, accepts) for word in words]
        if len(marks) != 2:
            accepts = "numbers of which exactly two have a star, as in 0.3 0.5* 0.2 0.9*"
            raise ExperimentError("sequence", text, accepts)
        inputs = np.zeros((1, len(words), 2), np.float32)
        inputs[0, :, 0] = values
        inputs[0, marks, 1] = 1
        answers = self.combined.reduce(inputs[:, marks, 0], axis=1)
        return self.with_roles(value_at_the_end(inputs, answers))

    def labels(self, sequences: Sequences, index: int) -> list[str]:
        """Values to two digits at the T steps, with a star where marked: '0.53*'."""
        row = sequences.inputs[index]
        return [f"{value:.2f}" + ("*" if marker else "") for value, marker in row]

    def typed(self, sequences: Sequences, index: int) -> list[str]:
        """Values with all their digits, with a star where marked."""
        return [f"{value:.9g}" + "*" * bool(marker) for value, marker in sequences.inputs[index]]

    def question(self, sequences: Sequences, index: int) -> str:
        """'0.53 + 0.20 = ___ (0.73)'."""
        values, markers = sequences.inputs[index].T
        first, second = values[markers > 0]
        answer = sequences.targets[index, -1, 0]
        return f"{first:.2f} {self.sign} {second:.2f} = ___ ({answer:.2f})"


class Adding(MarkedRows):
    """The answer is the sum of the two marked values.

    Two baselines.  Both marks lie far from the end, so a model that has learned everything except
    remembering always answers 1, the mean (Var(u + v) = 1/6); this one comes first.  A model that
    remembers one of them, as a short memory may the later one, is left with Var(u) = 1/12.
    """

    name = "adding"
    title = "Add two marked numbers"
    summary = "Two numbers in a long row are marked: what is their sum?"
    explanation = (
        "Each step brings a random number between 0 and 1 and a marker. The marker is up at only "
        "two steps, one in each half of the row, and the question at the end is the sum of those "
        "two numbers. A net has to notice the marker, store that number, keep it unchanged while "
        "all the others pass, and add the second one. The loss often stays on a plateau for "
        "thousands of steps before it falls. The second test has rows twice as long."
    )
    source = "Hochreiter & Schmidhuber 1997, task 4, as in Le et al. 2015 and Arjovsky et al. 2016"
    rule = staticmethod(draw_adding)
    combined, sign, output = np.add, "+", "sum"
    # P(|u + v - 1| < d) = 1 - (1 - d)², and P(|u - 1/2| < d) = 2 d.
    baselines = (
        Baseline("remembers neither number: 1/6", 1 / 6, 1 - (1 - WITHIN) ** 2),
        Baseline("remembers one of the two: 1/12", 1 / 12, 2 * WITHIN),
    )
    criterion = Criterion("loss", 0.01, 2000, "squared error below 0.01 on 2,000 fresh sequences")


class Multiplication(MarkedRows):
    """The answer is the product of the two marked values.

    Two baselines.  A model that remembers neither number answers 1/4, the mean, and is left with
    Var(u v) = E(u²) E(v²) - 1/16 = 1/9 - 1/16 = 7/144.  One that remembers u answers u/2 and is
    left with E(u²) Var(v) = 1/3 · 1/12 = 1/36.
    """

    name = "multiplication"
    title = "Multiply two marked numbers"
    summary = "Two numbers in a long row are marked: what is their product?"
    explanation = (
        "Each step brings a random number between 0 and 1 and a marker, which is up at only two "
        "steps, one in each half of the row. The question at the end is the product of those two "
        "numbers. It takes the same memory as adding, but a sum can build up in a single unit and "
        "a product cannot: the first number has to decide how much of the second is let in. The "
        "second test has rows twice as long."
    )
    source = "Hochreiter & Schmidhuber 1997, task 5, with the rows of Le et al. 2015"
    rule = staticmethod(draw_multiplication)
    combined, sign, output = np.multiply, "×", "product"
    baselines = (
        Baseline(
            "remembers neither number: 7/144",
            7 / 144,
            _product_below(1 / 4 + WITHIN) - _product_below(1 / 4 - WITHIN),
        ),
        # |u v - u/2| = u |v - 1/2|, and |v - 1/2| is uniform below 1/2.
        Baseline("remembers one of the two: 1/36", 1 / 36, _product_below(2 * WITHIN)),
    )
    criterion = Criterion("loss", 0.003, 2000, "squared error below 0.003 on 2,000 fresh sequences")
