"""adding: the sum of the two marked numbers in a long row."""

from __future__ import annotations

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


class AddingParams(Frozen):
    """How long the row of numbers is."""

    length: RowLength = 100


def draw_adding(rng: np.random.Generator, count: int, length: int) -> Drawn:
    """Rows of `length` numbers, two of them marked; the question at the end is their sum."""
    inputs, marked = marked_rows(rng, count, length)
    return value_at_the_end(inputs, marked.sum(axis=1))


class Adding(Task):
    """Channels: a value in U[0, 1] and a marker, 1 at one random step in each half, else 0.

    T = `length` steps; with an odd length the first half is the shorter one.  The target is the sum
    of the two marked values, scored at the last step.  That step may be marked itself: its role is
    then CUE, and `scored` says where the answer is read.  The second split has rows twice as long.

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
    gap_field = "length"
    Params = AddingParams
    splits = ("fresh", LONGER)
    generalisation = LONGER
    solved_on = ("fresh",)
    loss = "squared_error"
    correct_within = CORRECT_WITHIN
    rule = staticmethod(draw_adding)

    params: AddingParams
    inputs: Channels

    def __init__(self, params: AddingParams) -> None:
        super().__init__(params)
        self.inputs = Channels(CHANNELS, 0.0, 1.0)
        self.outputs = ("sum",)
        self.length = params.length
        self.dependency = params.length - 1
        near = self.correct_within
        self.baselines = (
            # P(|u + v - 1| < d) = 1 - (1 - d)², and P(|u - 1/2| < d) = 2 d.
            Baseline("remembers neither number: 1/6", 1 / 6, 1 - (1 - near) ** 2),
            Baseline("remembers one of the two: 1/12", 1 / 12, 2 * near),
        )
        self.criterion = Criterion(
            "loss", 0.01, 2000, "squared error below 0.01 on 2,000 fresh sequences"
        )

    def draw(self, rng: np.random.Generator, count: int, split: str = "fresh") -> Sequences:
        """Values U[0, 1); each half's marked step uniform in it."""
        length = longer(self.length) if split == LONGER else self.length
        return with_roles(draw_adding(rng, count, length))

    def encode(self, text: str) -> Sequences:
        """As in "0.3 0.5* 0.2 0.9*": numbers in [0, 1], a star after each of the two marked."""
        inputs, marked = typed_row(text)
        return with_roles(value_at_the_end(inputs, marked.sum(axis=1)))

    def labels(self, sequences: Sequences, index: int) -> list[str]:
        """Values to two digits, a star after the marked ones: '0.53*'."""
        return row_labels(sequences, index)

    def question(self, sequences: Sequences, index: int) -> str:
        """'0.53 + 0.20 = ___ (0.73)'."""
        first, second = marked_two(sequences, index)
        return f"{first:.2f} + {second:.2f} = ___ ({sequences.targets[index, -1, 0]:.2f})"
