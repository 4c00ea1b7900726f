"""Rows of numbers of which two are marked: shared by `adding` and `multiplication`."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Annotated

import numpy as np
from pydantic import Field

from sandbox.tasks.base import Role, Sequences
from sandbox.validation import NUMBERS_ONLY, ExperimentError

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from sandbox.tasks.base import Drawn

CHANNELS = ("value", "marker")
LONGER = "longer row"
CORRECT_WITHIN = 0.04  # Hochreiter & Schmidhuber 1997
_NUMBER = re.compile(r"(?:\d+\.?\d*|\.\d+)(?:e-?\d+)?")

RowLength = Annotated[
    int,
    Field(ge=4, le=1000, description="Numbers in the row", json_schema_extra={"unit": "steps"}),
    NUMBERS_ONLY,
]


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


def with_roles(drawn: Drawn) -> Sequences:
    """The drawn sequences with the marked steps as cues; the last step may be one."""
    inputs = drawn[0]
    roles = np.full(inputs.shape[:2], Role.FILLER, np.uint8)
    roles[:, -1] = Role.QUERY
    roles[inputs[..., 1] > 0] = Role.CUE
    return Sequences(*drawn, roles)


def typed_row(text: str) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    """Inputs (1, T, 2) and marked values (1, 2) of a text such as "0.3 0.5* 0.2 0.9*".

    ExperimentError where a number is not in [0, 1], or not exactly two have a star.
    """
    words = text.replace(",", " ").split()
    marks = [step for step, word in enumerate(words) if word.endswith("*")]
    values = [_value(word.removesuffix("*")) for word in words]
    if len(marks) != 2:
        accepts = "numbers of which exactly two have a star, as in 0.3 0.5* 0.2 0.9*"
        raise ExperimentError("sequence", text, accepts)
    inputs = np.zeros((1, len(words), 2), np.float32)
    inputs[0, :, 0] = values
    inputs[0, marks, 1] = 1
    return inputs, inputs[:, marks, 0]


def row_labels(sequences: Sequences, index: int) -> list[str]:
    """Values to two digits, with a star where marked: '0.53*'."""
    return [f"{value:.2f}" + ("*" if marker else "") for value, marker in sequences.inputs[index]]


def marked_two(sequences: Sequences, index: int) -> tuple[float, float]:
    """The two marked values of one sequence, in order."""
    values, markers = sequences.inputs[index].T
    first, second = values[markers > 0]
    return float(first), float(second)


def _value(word: str) -> float:
    value = float(word) if _NUMBER.fullmatch(word) else -1.0
    if not 0 <= value <= 1:
        raise ExperimentError("sequence", word, "numbers from 0 to 1, with a star where marked")
    return value
