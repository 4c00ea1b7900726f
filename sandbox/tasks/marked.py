"""Rows of numbers of which two are marked: what `adding` and `multiplication` share."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Annotated

import numpy as np
from pydantic import Field

from sandbox.tasks.base import Role, Sequences
from sandbox.validation import NUMBERS_ONLY, ExperimentError

if TYPE_CHECKING:
    from numpy.typing import NDArray

VALUE, MARKER = 0, 1
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
) -> tuple[NDArray[np.float32], NDArray[np.integer]]:
    """Inputs (count, length, 2), not yet marked, and the steps to mark, (count, 2).

    Values U[0, 1); each half's marked step uniform in it; the first half is the shorter one
    where the length is odd.
    """
    half = length // 2
    marks = np.stack([rng.integers(half, size=count), rng.integers(half, length, count)], axis=1)
    inputs = np.zeros((count, length, 2), np.float32)
    inputs[..., VALUE] = rng.random((count, length), np.float32)
    return inputs, marks


def marked_values(inputs: NDArray[np.float32], marks: NDArray[np.integer]) -> NDArray[np.float32]:
    """The two values, (N, 2), at the marked steps."""
    values: NDArray[np.float32] = inputs[np.arange(len(inputs))[:, None], marks, VALUE]
    return values


def answered_by_value(
    inputs: NDArray[np.float32], marks: NDArray[np.integer], answers: NDArray[np.float32]
) -> Sequences:
    """The sequences (N, T) with markers set at `marks`, and an answer (N,) at the last step."""
    count, length, _ = inputs.shape
    rows = np.arange(count)[:, None]
    inputs[rows, marks, MARKER] = 1
    targets = np.zeros((count, length, 1), np.float32)
    targets[:, -1, 0] = answers
    scored = np.zeros((count, length), np.bool_)
    scored[:, -1] = True
    roles = np.full((count, length), Role.FILLER, np.uint8)
    roles[:, -1] = Role.QUERY
    roles[rows, marks] = Role.CUE
    return Sequences(inputs, targets, scored, roles)


def typed_row(text: str) -> tuple[NDArray[np.float32], NDArray[np.integer]]:
    """Inputs (1, T, 2), not yet marked, and marks (1, 2), of a text: "0.3 0.5* 0.2 0.9*"."""
    words = text.replace(",", " ").split()
    marks = [step for step, word in enumerate(words) if word.endswith("*")]
    values = [_value(word.removesuffix("*")) for word in words]
    if len(marks) != 2:
        accepts = "numbers of which exactly two have a star, as in 0.3 0.5* 0.2 0.9*"
        raise ExperimentError("sequence", text, accepts)
    inputs = np.zeros((1, len(words), 2), np.float32)
    inputs[0, :, VALUE] = values
    return inputs, np.array([marks])


def row_labels(sequences: Sequences, index: int) -> list[str]:
    """Values to two digits, a star behind the marked: '0.53*'."""
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
