"""A task whose answers are the legal symbols, at every step: none that is built in has them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from pydantic import Field

from sandbox.experiment import Frozen
from sandbox.tasks.base import Baseline, Criterion, Role, Sequences, Task, Tokens
from sandbox.validation import ExperimentError, Whole

if TYPE_CHECKING:
    from numpy.typing import NDArray

SYMBOLS = ("a", "b", "c")


class WalkParams(Frozen):
    """How long a walk is."""

    length: Whole = Field(6, ge=2, le=20, description="Steps of a walk")


class Walk(Task):
    """A walk over three symbols that never stays: legal is every other symbol than this one."""

    name = "walk"
    title = "A walk that never stays"
    summary = "Which symbols may come next?"
    explanation = "Every symbol may follow but the one that stands there."
    source = "Made up for the tests"
    gap_field = None
    Params = WalkParams
    loss = "legal_symbols"

    params: WalkParams
    inputs: Tokens

    def __init__(self, params: WalkParams) -> None:
        super().__init__(params)
        self.inputs = Tokens(SYMBOLS)
        self.outputs = SYMBOLS
        self.length = params.length
        self.dependency = 2
        self.baselines = (Baseline("knows nothing", 0.65, 0.1),)
        self.criterion = Criterion("accuracy", 0.99, 50, "99% right on 50 fresh sequences")

    def draw(self, rng: np.random.Generator, count: int, split: str = "fresh") -> Sequences:
        """Each step goes one or two symbols on."""
        inputs = rng.integers(1, len(SYMBOLS), (count, self.length)).cumsum(1) % len(SYMBOLS)
        return _asked_everywhere(inputs.astype(np.int32))

    def encode(self, text: str) -> Sequences:
        """Not needed here."""
        raise ExperimentError("sequence", text, "nothing")

    def labels(self, sequences: Sequences, index: int) -> list[str]:
        """The symbols."""
        return [SYMBOLS[token] for token in sequences.inputs[index]]

    def question(self, sequences: Sequences, index: int) -> str:
        """'what may follow each of a b c?'."""
        return f"what may follow each of {' '.join(self.labels(sequences, index))}?"


def _asked_everywhere(inputs: NDArray[np.int32]) -> Sequences:
    legal = (inputs[..., None] != np.arange(len(SYMBOLS))).astype(np.uint8)
    roles = np.full(inputs.shape, Role.QUERY, np.uint8)
    return Sequences(inputs, legal, np.ones(inputs.shape, np.bool_), roles)
