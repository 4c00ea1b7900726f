"""latch: the sign that a noisy row of numbers began with."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np

from sandbox.experiment import Frozen
from sandbox.tasks.base import Baseline, Channels, Criterion, Drawn, Role, Sequences
from sandbox.tasks.rule_task import RuleTask, param
from sandbox.tasks.sampling import balanced
from sandbox.tasks.text import number_of
from sandbox.validation import ExperimentError, Whole

if TYPE_CHECKING:
    from numpy.typing import NDArray


LONGER = "longer sequence"
NOISE = math.sqrt(0.2)  # its standard deviation
LARGEST = 10.0  # that can be typed


class LatchParams(Frozen):
    """The shortest length, and for how many steps the sign is shown."""

    length: Whole = param(
        100, "Shortest sequence; the longest is a tenth longer", "steps", ge=10, le=1000
    )
    signal: Whole = param(3, "Steps at the start that carry the sign", "steps", ge=1, le=5)


def draw_latch(rng: np.random.Generator, count: int, length: int, signal: int) -> Drawn:
    """+1 or -1 for `signal` steps, then noise, (count, 1.1 length, 1); the answer is 1 or 0."""
    longest = length + length // 10
    positive = balanced(rng, count, 2)
    lengths = rng.integers(length, longest + 1, count)
    values = NOISE * rng.standard_normal((count, longest), np.float32)
    values[:, :signal] = (2 * positive - 1)[:, None]
    return sign_at_the_end(values, lengths, positive)


def sign_at_the_end(
    values: NDArray[np.float32], lengths: NDArray[np.integer], positive: NDArray[np.integer]
) -> Drawn:
    """Rows of numbers (N, T) cut off at their lengths (N,), with the question there."""
    left = lengths[:, None] - np.arange(values.shape[1])
    scored = left == 1
    targets = (scored & (positive > 0)[:, None]).astype(np.float32)
    return np.where(left > 0, values, np.float32(0))[..., None], targets[..., None], scored


class Latch(RuleTask[LatchParams]):
    """One channel: `signal` times +1 or -1, then noise of mean 0 and variance 0.2.

    The length is uniform in T to 1.1 T, T = `length`; shorter sequences are padded on the right
    with 0.  The target at the last step is 1 for +1 and 0 for -1.  N(0, 0.2) names the variance: "a
    Gaussian with mean zero and variance 0.2" (Hochreiter & Schmidhuber 1997, 5.3).  The second
    split has twice the T.

    A model that does not remember the sign answers 1/2: squared error 1/4, never near enough.
    """

    name = "latch"
    title = "Latch on to a sign"
    summary = "A row of numbers begins with +1 or -1 and goes on as noise: which was it?"
    explanation = (
        "The first few numbers are all +1 or all -1; what follows is noise, about half as large. "
        "The question, at the end of a row whose length varies, is the sign. A single bit has to "
        "be stored and then held against the push of the noise: the simplest case of what "
        "Bengio and his colleagues showed to be hard for gradient descent. The second test is "
        "twice as long."
    )
    source = "Bengio, Simard & Frasconi 1994; Hochreiter & Schmidhuber 1997, task 3a"
    gap_field = "length"
    Params = LatchParams
    splits = ("fresh", LONGER)
    generalisation = LONGER
    loss = "squared_error"
    correct_within = 0.2
    rule = staticmethod(draw_latch)

    def __init__(self, params: LatchParams) -> None:
        super().__init__(params)
        self.inputs = Channels(("value",), -2.0, 2.0)
        self.outputs = ("positive",)
        self.length = params.length + params.length // 10
        self.dependency = self.length - 1
        self.baselines = (Baseline("does not remember the sign: 1/4", 1 / 4, 0.0),)
        self.criterion = Criterion(
            "accuracy", 1.0, 256, "absolute error below 0.2 on every one of 256 fresh sequences"
        )

    def encode(self, text: str) -> Sequences:
        """As in "1 1 1 0.2 -0.4", (1, T, 1): +1 or -1 `signal` times; else ExperimentError."""
        accepts = f"numbers from -{LARGEST:g} to {LARGEST:g}"
        words = text.replace(",", " ").split()
        values = [number_of(word, -LARGEST, LARGEST, accepts) for word in words]
        signal = self.params.signal
        shown = set(values[:signal])
        if len(values) < signal or shown not in ({1.0}, {-1.0}):
            accepts = f"a row of numbers that begins with {signal} times 1 or {signal} times -1"
            raise ExperimentError("sequence", text, accepts)
        positive = np.array([values[0] > 0], np.intp)
        length = np.array([len(values)])
        return self.with_roles(sign_at_the_end(np.array([values], np.float32), length, positive))

    def labels(self, sequences: Sequences, index: int) -> list[str]:
        """Numbers to two digits with their sign, '+1.00', and "" for padding."""
        values, roles = sequences.inputs[index, :, 0], sequences.roles[index]
        return [f"{value:+.2f}" if role else "" for value, role in zip(values, roles, strict=True)]

    def typed(self, sequences: Sequences, index: int) -> list[str]:
        """Numbers with all their digits, without padding."""
        values = sequences.inputs[index, sequences.roles[index] > 0, 0]
        return [f"{value:.9g}" for value in values]

    def question(self, sequences: Sequences, index: int) -> str:
        """'did it begin with +1 (answer 1) or -1 (answer 0)? (1)'; the answer is a number."""
        positive = sequences.targets[index][sequences.scored[index]][0, 0] > 0.5
        return f"did it begin with +1 (answer 1) or -1 (answer 0)? ({positive:d})"

    def with_roles(self, drawn: Drawn) -> Sequences:
        """The signal as cue; padding after the question."""
        scored = drawn[2]
        there = np.arange(scored.shape[1]) <= scored.argmax(axis=1)[:, None]
        roles = np.where(there, np.uint8(Role.FILLER), np.uint8(Role.PADDING))
        roles[scored] = Role.QUERY
        roles[:, : self.params.signal] = Role.CUE
        return Sequences(*drawn, roles)
