"""Tasks that go on: a series whose next value is asked for, and symbols whose next one is."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from pydantic import Field

from sandbox.experiment import Frozen
from sandbox.tasks.base import Baseline, Channels, Criterion, Role, Sequences, Task, Tokens
from sandbox.validation import ExperimentError, Whole

if TYPE_CHECKING:
    from numpy.typing import NDArray

SYMBOLS = tuple("abcde")


class GoingOnParams(Frozen):
    """How long a sequence is."""

    length: Whole = Field(12, ge=2, le=500, description="Steps of a sequence")
    shorter: Whole = Field(0, ge=0, le=100, description="Steps that every other one has less")


class Wave(Task):
    """x(t) = sin(t / 2 + phase); the next value is asked for at every step."""

    name, title = "wave", "A wave"
    summary = explanation = source = ""
    gap_field = None
    Params = GoingOnParams
    loss = "squared_error"
    correct_within = 0.1

    params: GoingOnParams

    def __init__(self, params: GoingOnParams) -> None:
        super().__init__(params)
        self.inputs: Channels | Tokens = Channels(("value",), -1.0, 1.0)
        self.outputs: tuple[str, ...] = ("next value",)
        self.length = params.length
        self.dependency = 2
        self.baselines = (Baseline("knows nothing", 0.5),)
        self.criterion = Criterion("loss", 0.01, 50, "squared error below 0.01")

    def draw(self, rng: np.random.Generator, count: int, split: str = "fresh") -> Sequences:
        """Waves that begin anywhere; every other one is shorter."""
        phases = rng.uniform(0, 2 * np.pi, (count, 1))
        values = np.sin(np.arange(self.length + 1) / 2 + phases).astype(np.float32)[..., None]
        return self._padded(values[:, :-1], values[:, 1:])

    def _padded(self, inputs: NDArray[np.generic], targets: NDArray[np.generic]) -> Sequences:
        roles = np.full(inputs.shape[:2], Role.FILLER, np.uint8)
        if self.params.shorter:
            roles[1::2, -self.params.shorter :] = Role.PADDING
        return Sequences(inputs, targets, roles != Role.PADDING, roles)

    def encode(self, text: str) -> Sequences:
        """Not needed here."""
        raise ExperimentError("sequence", text, "nothing")

    def labels(self, sequences: Sequences, index: int) -> list[str]:
        """The values."""
        return [f"{value:.2f}" for value in sequences.inputs[index, :, 0]]

    def question(self, sequences: Sequences, index: int) -> str:
        """What is asked."""
        return "what comes next?"

    def continued(self, sequences: Sequences, answers: NDArray[np.float32]) -> Sequences:
        """The answer is the next value."""
        return grown(sequences, answers[:, None].astype(np.float32))


class Alphabet(Wave):
    """a b c d e a b …; the next symbol is asked for at every step."""

    name, title = "alphabet", "An alphabet"
    loss = "cross_entropy"
    correct_within = 0.0

    def __init__(self, params: GoingOnParams) -> None:
        super().__init__(params)
        self.inputs, self.outputs = Tokens(SYMBOLS), SYMBOLS

    def draw(self, rng: np.random.Generator, count: int, split: str = "fresh") -> Sequences:
        """They begin with any symbol."""
        first = rng.integers(0, len(SYMBOLS), (count, 1))
        symbols = ((first + np.arange(self.length + 1)) % len(SYMBOLS)).astype(np.int32)
        return self._padded(symbols[:, :-1], symbols[:, 1:])

    def labels(self, sequences: Sequences, index: int) -> list[str]:
        """The symbols."""
        return [SYMBOLS[token] for token in sequences.inputs[index]]

    def continued(self, sequences: Sequences, answers: NDArray[np.float32]) -> Sequences:
        """The likeliest symbol is the next one."""
        return grown(sequences, answers.argmax(1)[:, None].astype(np.int32))


def grown(sequences: Sequences, inputs: NDArray[np.generic]) -> Sequences:
    """One more step, at which nothing is asked."""
    count = len(sequences)
    return Sequences(
        np.concatenate([sequences.inputs, inputs], axis=1),
        np.concatenate([sequences.targets, np.zeros_like(sequences.targets[:, :1])], axis=1),
        np.concatenate([sequences.scored, np.zeros((count, 1), np.bool_)], axis=1),
        np.concatenate([sequences.roles, np.full((count, 1), Role.FILLER, np.uint8)], axis=1),
    )
