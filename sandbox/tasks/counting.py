"""counting: n a's, then as many b's, then the end."""

from __future__ import annotations

import math
import re
from typing import TYPE_CHECKING, Any

import numpy as np

from sandbox.experiment import Frozen
from sandbox.tasks.base import Baseline, Criterion, Drawn, Role, Sequences, Tokens
from sandbox.tasks.rule_task import RuleTask, param
from sandbox.tasks.sampling import balanced
from sandbox.validation import ExperimentError, Whole

if TYPE_CHECKING:
    from numpy.typing import NDArray


WORDS = ("start", "a", "b", "end")
LEGAL = ("a", "b", "end")  # what may come next; the start never may
BEYOND = "n up to 2 N"
_TYPED = re.compile(r"(?:start)?(a+)(b+)(?:end)?")
_BETWEEN = re.compile(r"[\s,.]+")


class CountingParams(Frozen):
    """How far a net has to count."""

    n: Whole = param(
        10, "Largest n in training: up to n a's, then as many b's", "symbols", ge=2, le=200
    )


def draw_counting(rng: np.random.Generator, count: int, n: int) -> Drawn:
    """Strings aⁿbⁿ (count, 2 n + 2), each n up to `n` equally often; what may follow is asked."""
    inputs, legal, scored = counted_strings(np.arange(1, n + 1), 2 * n + 2)
    rows = balanced(rng, count, n)
    return inputs[rows], legal[rows], scored[rows]


def counted_strings(counts: NDArray[np.integer[Any]], length: int) -> Drawn:
    """start, n times a, n times b, end, for each n of `counts` (N,), padded to `length` steps."""
    n, step = counts[:, None], np.arange(length)
    inside = step <= 2 * n + 1
    inputs = np.where(inside, (step > 0) + 1 * (step > n) + (step > 2 * n), 0).astype(np.int32)
    legal = np.stack([step <= n, (step > 0) & (step < 2 * n), step == 2 * n], axis=2)
    return inputs, legal.astype(np.uint8), step <= 2 * n


class Counting(RuleTask[CountingParams]):
    """start, n times a, n times b, end, with n from 1 to N = `n`, padded to T = 2 N + 2 steps.

    Targets are the legal next symbols of the language aⁿbⁿ, n ≥ 1, at every step but the last:
    after start a, after an a both a and b (even after N of them), after a b another b, and after as
    many b's as a's the end.  Split "n up to 2 N" has every n from 1 to twice N equally often, so an
    evaluation finds the largest n up to which every string is accepted, that is, has every step
    right.

    The baseline knows everything but the count: after each b it gives the end its average
    probability there, p = 2 / (N + 1), which costs 2 H(p) over 3 symbols at (N + 1) / 2 of N + 2
    steps on average.  Always expecting the end there accepts n = 1 only: 1/N.
    """

    name = "counting"
    title = "Count a's, then b's"
    summary = "n a's are followed by n b's: when does the string end?"
    explanation = (
        "A row of a's is followed by just as many b's, and then the string ends. After an a "
        "either letter may follow; after the first b everything is determined, but only for a net "
        "that has counted. At every step the symbols that may follow have to be told from those "
        "that may not. Trained on short strings, a net is tested on longer ones than it has ever "
        "seen: a cell state can go up and down like a counter, values between -1 and 1 cannot. "
        "The result is the n up to which it accepts every string."
    )
    source = "Gers & Schmidhuber 2001; Weiss, Goldberg & Yahav 2018"
    gap_field = "n"
    mixed_lengths = True
    Params = CountingParams
    splits = ("fresh", BEYOND)
    generalisation = BEYOND
    whole_sequences = True
    loss = "legal_symbols"
    rule = staticmethod(draw_counting)

    def __init__(self, params: CountingParams) -> None:
        super().__init__(params)
        self.inputs = Tokens(WORDS)
        self.outputs = LEGAL
        self.length = 2 * params.n + 2
        self.dependency = 2 * params.n - 1
        chance = 2 / (params.n + 1)
        self.baselines = (
            Baseline(
                "knows everything but the count",
                2 / 3 * _entropy(chance) * (params.n + 1) / 2 / (params.n + 2),
                1 / params.n,
            ),
        )
        self.criterion = Criterion(
            "accuracy", 1.0, 2 * params.n, f"every string with n from 1 to {params.n:,} accepted"
        )

    def given(self, split: str) -> dict[str, Any]:
        """Every n that is asked for on a split."""
        return {"n": self.test_size(split)}

    def with_roles(self, drawn: Drawn) -> Sequences:
        """Every a as cue, every b as filler, the question at the last b, padding after the end."""
        inputs, legal, scored = drawn
        by_token = np.array([Role.CARRIER, Role.CUE, Role.FILLER, Role.CARRIER], np.uint8)
        roles = by_token[inputs]
        roles[legal[..., LEGAL.index("end")] > 0] = Role.QUERY
        roles[(inputs == 0) & ~scored] = Role.PADDING
        return Sequences(inputs, legal, scored, roles)

    def split_title(self, split: str) -> str:
        """'n up to 20' for "n up to 2 N"."""
        return f"n up to {2 * self.params.n:,}" if split == BEYOND else split

    def test_size(self, split: str) -> int:
        """Every n once: there is one string of each."""
        return self.params.n * (2 if split == BEYOND else 1)

    def encode(self, text: str) -> Sequences:
        """As in "a a a b b b" or aaabbb, (1, T), start and end if missing; else ExperimentError."""
        read = _TYPED.fullmatch(_BETWEEN.sub("", text).lower())
        if read is None or len(read[1]) != len(read[2]):
            accepts = "some a's and then as many b's, as in a a a b b b"
            raise ExperimentError("sequence", text, accepts)
        count = len(read[1])
        return self.with_roles(counted_strings(np.array([count]), 2 * count + 2))

    def labels(self, sequences: Sequences, index: int) -> list[str]:
        """start, a, b or end at each of the T steps; "" where padded."""
        return [word.lower() for word in super().labels(sequences, index)]

    def question(self, sequences: Sequences, index: int) -> str:
        """'what comes after 3 a's and 3 b's? (end)'."""
        count = int(_counts(sequences)[index])
        plural = "'s" * (count > 1)
        return f"what comes after {count:,} a{plural} and {count:,} b{plural}? (end)"

    def remark(self, split: str, sequences: Sequences, right: NDArray[np.bool_]) -> str:
        """'accepts every n up to 23 of 40', on the split beyond N; `right` is (N,)."""
        if split != BEYOND:
            return ""
        counts = _counts(sequences)
        refused = set(counts[~right].tolist())
        accepted = set(counts.tolist()) - refused
        upto = next(n for n in range(1, len(accepted) + 2) if n not in accepted) - 1
        if not upto:
            return "does not even accept n = 1"
        return f"accepts every n up to {upto:,} of {2 * self.params.n:,}"


def _counts(sequences: Sequences) -> NDArray[np.intp]:
    """The n of each sequence, (N,)."""
    return np.asarray((sequences.roles == Role.CUE).sum(axis=1))


def _entropy(chance: float) -> float:
    """The entropy of a symbol that is legal with that probability, in nats."""
    if chance >= 1:
        return 0.0
    return -chance * math.log(chance) - (1 - chance) * math.log1p(-chance)
