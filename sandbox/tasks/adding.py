"""adding: the sum of the two marked numbers in a long row."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import numpy as np
from pydantic import Field

from sandbox.experiment import Frozen
from sandbox.tasks.base import Baseline, Channels, Criterion, Role, Sequences, Task
from sandbox.validation import ExperimentError, Whole

if TYPE_CHECKING:
    from numpy.typing import NDArray

VALUE, MARKER = 0, 1
_NUMBER = re.compile(r"(?:\d+\.?\d*|\.\d+)(?:e-?\d+)?")


class AddingParams(Frozen):
    """How long the row of numbers is."""

    length: Whole = Field(
        100,
        ge=4,
        le=1000,
        description="Numbers in the row",
        json_schema_extra={"unit": "steps"},
    )


class Adding(Task):
    """Channels: a value in U[0, 1] and a marker, 1 at one random step in each half, else 0.

    T = `length` steps; the first half is the shorter one where it is odd.  The target is the
    sum of the two marked values, asked for at the last step.  That step may itself be marked:
    its role is then CUE, and `scored` says where the answer is read.

    Two baselines: both marks lie far from the end, so who has learned everything but how to
    remember knows neither and says 1, the mean (Var(u + v) = 1/6); this one comes first.  Who
    remembers one of them, as a short memory may the later one, is left with Var(u) = 1/12.
    """

    name = "adding"
    title = "Add two marked numbers"
    summary = "Two numbers in a long row are marked: what is their sum?"
    explanation = (
        "Each step brings a random number between 0 and 1 and a marker. The marker is up at two "
        "steps only, one in each half of the row, and at the end the sum of those two numbers is "
        "asked for. A net has to notice the marker, take in that number, keep it unchanged while "
        "all the others pass, and add the second. The loss often rests on a plateau for "
        "thousands of steps before it falls."
    )
    source = "Hochreiter & Schmidhuber 1997, task 4, as in Le et al. 2015 and Arjovsky et al. 2016"
    gap_field = "length"
    Params = AddingParams
    loss = "squared_error"
    correct_within = 0.04  # Hochreiter & Schmidhuber 1997

    params: AddingParams
    inputs: Channels

    def __init__(self, params: AddingParams) -> None:
        super().__init__(params)
        self.inputs = Channels(("value", "marker"), 0.0, 1.0)
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
        half = self.length // 2
        marks = np.stack(
            [rng.integers(half, size=count), rng.integers(half, self.length, count)], axis=1
        )
        inputs = np.zeros((count, self.length, 2), np.float32)
        inputs[..., VALUE] = rng.random((count, self.length), np.float32)
        return _marked(inputs, marks)

    def encode(self, text: str) -> Sequences:
        """As in "0.3 0.5* 0.2 0.9*": numbers in [0, 1], a star behind each of the two marked."""
        words = text.replace(",", " ").split()
        marks = [step for step, word in enumerate(words) if word.endswith("*")]
        values = [_value(word.removesuffix("*")) for word in words]
        if len(marks) != 2:
            accepts = "numbers of which exactly two have a star, as in 0.3 0.5* 0.2 0.9*"
            raise ExperimentError("sequence", text, accepts)
        inputs = np.zeros((1, len(words), 2), np.float32)
        inputs[0, :, VALUE] = values
        return _marked(inputs, np.array([marks]))

    def labels(self, sequences: Sequences, index: int) -> list[str]:
        """Values to two digits, a star behind the marked: '0.53*'."""
        return [
            f"{value:.2f}" + ("*" if marker else "") for value, marker in sequences.inputs[index]
        ]

    def question(self, sequences: Sequences, index: int) -> str:
        """'0.53 + 0.20 = ___ (0.73)'."""
        values, markers = sequences.inputs[index].T
        first, second = values[markers > 0]
        return f"{first:.2f} + {second:.2f} = ___ ({sequences.targets[index, -1, 0]:.2f})"


def _marked(inputs: NDArray[np.float32], marks: NDArray[np.integer]) -> Sequences:
    """The sequences (N, T, 2) with markers set at `marks` (N, 2)."""
    count, length, _ = inputs.shape
    rows = np.arange(count)[:, None]
    inputs[rows, marks, MARKER] = 1
    targets = np.zeros((count, length, 1), np.float32)
    targets[:, -1, 0] = inputs[rows, marks, VALUE].sum(axis=1)
    scored = np.zeros((count, length), np.bool_)
    scored[:, -1] = True
    roles = np.full((count, length), Role.FILLER, np.uint8)
    roles[:, -1] = Role.QUERY
    roles[rows, marks] = Role.CUE
    return Sequences(inputs, targets, scored, roles)


def _value(word: str) -> float:
    value = float(word) if _NUMBER.fullmatch(word) else -1.0
    if not 0 <= value <= 1:
        raise ExperimentError("sequence", word, "numbers from 0 to 1, with a star where marked")
    return value
