"""multiplication: the product of the two marked numbers in a long row."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from sandbox.experiment import Frozen
from sandbox.tasks.base import Baseline, Channels, Criterion, Sequences, Task
from sandbox.tasks.marked import (
    CHANNELS,
    CORRECT_WITHIN,
    LONGER,
    RowLength,
    marked_rows,
    marked_two,
    row_labels,
    typed_row,
    value_at_the_end,
    with_roles,
)
from sandbox.tasks.sampling import longer

if TYPE_CHECKING:
    import numpy as np

    from sandbox.tasks.base import Drawn


class MultiplicationParams(Frozen):
    """How long the row of numbers is."""

    length: RowLength = 100


def draw_multiplication(rng: np.random.Generator, count: int, length: int) -> Drawn:
    """Rows of `length` numbers, two of them marked; the question at the end is their product."""
    inputs, marked = marked_rows(rng, count, length)
    return value_at_the_end(inputs, marked.prod(axis=1))


class Multiplication(Task):
    """As `adding`, but the target is the product of the two marked values.

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
    gap_field = "length"
    Params = MultiplicationParams
    splits = ("fresh", LONGER)
    generalisation = LONGER
    solved_on = ("fresh",)
    loss = "squared_error"
    correct_within = CORRECT_WITHIN
    rule = staticmethod(draw_multiplication)

    params: MultiplicationParams
    inputs: Channels

    def __init__(self, params: MultiplicationParams) -> None:
        super().__init__(params)
        self.inputs = Channels(CHANNELS, 0.0, 1.0)
        self.outputs = ("product",)
        self.length = params.length
        self.dependency = params.length - 1
        near = self.correct_within
        neither = _product_below(1 / 4 + near) - _product_below(1 / 4 - near)
        self.baselines = (
            Baseline("remembers neither number: 7/144", 7 / 144, neither),
            # |u v - u/2| = u |v - 1/2|, and |v - 1/2| is uniform below 1/2.
            Baseline("remembers one of the two: 1/36", 1 / 36, _product_below(2 * near)),
        )
        self.criterion = Criterion(
            "loss", 0.003, 2000, "squared error below 0.003 on 2,000 fresh sequences"
        )

    def draw(self, rng: np.random.Generator, count: int, split: str = "fresh") -> Sequences:
        """Values U[0, 1); each half's marked step uniform in it."""
        length = longer(self.length) if split == LONGER else self.length
        return with_roles(draw_multiplication(rng, count, length))

    def encode(self, text: str) -> Sequences:
        """As in "0.3 0.5* 0.2 0.9*": numbers in [0, 1], a star after each of the two marked."""
        inputs, marked = typed_row(text)
        return with_roles(value_at_the_end(inputs, marked.prod(axis=1)))

    def labels(self, sequences: Sequences, index: int) -> list[str]:
        """Values to two digits, a star after the marked ones: '0.53*'."""
        return row_labels(sequences, index)

    def question(self, sequences: Sequences, index: int) -> str:
        """'0.53 × 0.20 = ___ (0.11)'."""
        first, second = marked_two(sequences, index)
        return f"{first:.2f} × {second:.2f} = ___ ({sequences.targets[index, -1, 0]:.2f})"


def _product_below(limit: float) -> float:
    """P(u v < limit) for u and v uniform in [0, 1] and a limit in (0, 1]."""
    return limit * (1 - math.log(limit))
