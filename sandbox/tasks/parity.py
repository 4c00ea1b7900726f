"""parity: whether the ones in a string of bits are even or odd in number."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from sandbox.experiment import Frozen
from sandbox.tasks.base import Criterion, Drawn, Role, Sequences, Tokens
from sandbox.tasks.rule_task import RuleTask, chance, param
from sandbox.tasks.sampling import asked_at, balanced, longer
from sandbox.validation import ExperimentError, Whole

if TYPE_CHECKING:
    from numpy.typing import NDArray


PADDING = ""
BITS = ("0", "1")
LONGER = "longer strings"


class ParityParams(Frozen):
    """How long the strings are."""

    length: Whole = param(
        20, "Longest string trained on; tested up to twice as long", "bits", ge=2, le=500
    )


def draw_parity(rng: np.random.Generator, count: int, length: int, shortest: int = 1) -> Drawn:
    """Strings (count, length) of `shortest` to `length` bits; are the ones odd in number?"""
    odd = balanced(rng, count, 2)
    last = rng.integers(shortest, length + 1, count) - 1
    bits = rng.integers(2, size=(count, length), dtype=np.uint8)
    bits[np.arange(length) > last[:, None]] = 0
    bits[np.arange(count), last] ^= ((bits.sum(axis=1) + odd) % 2).astype(np.uint8)
    return parity_asked(bits, last)


def parity_asked(bits: NDArray[np.uint8], last: NDArray[np.integer]) -> Drawn:
    """Strings (N, T), 0 after their last bits (N,); a bit's token is one more than the bit."""
    there = np.arange(bits.shape[1]) <= last[:, None]
    inputs = np.where(there, bits + 1, 0).astype(np.int32)
    return asked_at(inputs, last, bits.sum(axis=1) % 2)


class Parity(RuleTask[ParityParams]):
    """Tokens: padding, 0 and 1.  Classes even and odd: the number of ones, at the last bit.

    Lengths are uniform in 1 to `length`, and in the second split in `length` + 1 to twice
    that: strings longer than any in training (Delétang et al. 2023 train on up to 40 bits and
    test up to 500).  Shorter strings are padded on the right.  Every bit is a CUE, the last
    one too: `scored` says where the answer is read.
    """

    name = "parity"
    title = "Even or odd"
    summary = "A string of zeros and ones: is the number of ones even or odd?"
    explanation = (
        "Every bit counts: a single one more or less changes the answer, so no part of the string "
        "says anything by itself. One bit of memory is enough, if it is flipped at every 1 and "
        "kept at every 0. A net that has learned this rule is right on strings of any length; a "
        "net that has learned the strings by heart is not. The second test has strings longer "
        "than any in training, and the task counts as solved only if it is passed too."
    )
    source = "Delétang et al. 2023"
    gap_field = "length"
    mixed_lengths = True
    Params = ParityParams
    splits = ("fresh", LONGER)
    generalisation = LONGER
    solved_on = ("fresh", LONGER)
    rule = staticmethod(draw_parity)

    def __init__(self, params: ParityParams) -> None:
        super().__init__(params)
        self.inputs = Tokens((PADDING, *BITS))
        self.outputs = ("even", "odd")
        self.length = params.length
        # One step at length 2, but ln U[1, T_max - 1] needs a T_max of at least 2.
        self.dependency = max(2, params.length - 1)
        self.baselines = (chance("knows all bits but one", 2),)
        self.criterion = Criterion(
            "accuracy", 0.99, 2000, "99% right on 2,000 fresh strings, and on longer ones"
        )

    def given(self, split: str) -> dict[str, Any]:
        """Strings longer than any in training on the second split."""
        if split == LONGER:
            return {"length": longer(self.length), "shortest": self.length + 1}
        return {"length": self.length}

    def with_roles(self, drawn: Drawn) -> Sequences:
        """Every bit as a cue, the last one too."""
        roles = np.where(drawn[0] > 0, np.uint8(Role.CUE), np.uint8(Role.PADDING))
        return Sequences(*drawn, roles)

    def encode(self, text: str) -> Sequences:
        """As in "1 0 1 1" or "1011", (1, T); ExperimentError otherwise."""
        bits = "".join(text.replace(",", " ").split())
        if not bits or set(bits) - set(BITS):
            raise ExperimentError("sequence", text, "a row of the bits 0 and 1, as in 1 0 1 1")
        row = np.array([[int(bit) for bit in bits]], np.uint8)
        return self.with_roles(parity_asked(row, np.array([len(bits) - 1])))

    def question(self, sequences: Sequences, index: int) -> str:
        """'is the number of ones even or odd? (odd)'."""
        return f"is the number of ones even or odd? ({self.answer(sequences, index)})"
