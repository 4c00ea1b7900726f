"""A task: a generator of sequences with an adjustable gap, and a criterion.

A task is plain numpy and knows no engine.  It draws many sequences at once from a generator of
random numbers that the caller chooses (`sandbox.tasks.streams`), so a batch is a pure function of
(parameters, seed, batch index).
"""

from __future__ import annotations

import math
from abc import ABC, abstractmethod
from dataclasses import dataclass, replace
from enum import IntEnum
from typing import TYPE_CHECKING, Any, ClassVar, Literal, Self

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from sandbox.experiment import Frozen

BESIDE = 256  # sequences of a split that does not count towards solving the task
Loss = Literal["cross_entropy", "squared_error", "legal_symbols"]
Drawn = tuple[NDArray[Any], NDArray[Any], NDArray[np.bool_]]  # inputs, targets, scored


class Role(IntEnum):
    """What a step is for; panels draw cue, filler and query as bands.

    A step that is both cue and question, as in `adding`, is a CUE: `Sequences.scored` says where
    the answer is read.
    """

    PADDING = 0
    CARRIER = 1
    CUE = 2
    FILLER = 3
    QUERY = 4


@dataclass(frozen=True)
class Tokens:
    """Inputs are symbols: one of `words` at each step."""

    words: tuple[str, ...]

    @property
    def size(self) -> int:
        """The vocabulary's size, I."""
        return len(self.words)


@dataclass(frozen=True)
class Channels:
    """Inputs are real numbers, one for each channel, drawn between `low` and `high`."""

    names: tuple[str, ...]
    low: float
    high: float

    @property
    def size(self) -> int:
        """The number of channels, I."""
        return len(self.names)


@dataclass(frozen=True, eq=False)
class Sequences:
    """N sequences of T steps, right-padded; loss and accuracy count `scored` steps only.

    Two are equal only if they are the same object, so that what is known of one can be kept by it.

    inputs: int32 (N, T) tokens, or float32 (N, T, I) channels.
    targets: int32 (N, T) classes, float32 (N, T, O) values, or uint8 (N, T, O), 1 where the
    symbol is legal; anything where not scored.
    scored: bool (N, T).   roles: uint8 (N, T), values of `Role`.
    The last two may be read-only views of one row.   rows: where each begins in a table, (N,), or
    None where that is not known.
    """

    inputs: NDArray[Any]
    targets: NDArray[Any]
    scored: NDArray[np.bool_]
    roles: NDArray[np.uint8]
    rows: NDArray[np.intp] | None = None

    def __len__(self) -> int:
        return len(self.inputs)

    @property
    def arrays(self) -> tuple[NDArray[Any], ...]:
        """The first four, (N, T, …), in the order above."""
        return self.inputs, self.targets, self.scored, self.roles

    def pick(self, index: int | slice | NDArray[np.intp]) -> Sequences:
        """Some of the sequences, (n, T); IndexError if an array names one that is not there."""
        rows = slice(index, index + 1) if isinstance(index, int) else index
        begun = None if self.rows is None else self.rows[rows]
        return replace(Sequences(*(array[rows] for array in self.arrays)), rows=begun)

    def steps(self, part: slice) -> Sequences:
        """Only these steps of all sequences, (N, t)."""
        return replace(Sequences(*(array[:, part] for array in self.arrays)), rows=self.rows)

    def with_step(self, read: NDArray[Any], role: Role) -> Sequences:
        """The same with one more step, where `read`, (N,) or (N, I), is read and nothing asked."""
        last = [np.zeros((len(self), *array.shape[2:]), array.dtype) for array in self.arrays]
        last[0][:], last[3][:] = read, role
        longer = [
            np.concatenate([array, step[:, None]], axis=1)
            for array, step in zip(self.arrays, last, strict=True)
        ]
        return replace(Sequences(*longer), rows=self.rows)


@dataclass(frozen=True)
class Baseline:
    """The scores of a model that has learned everything except the long dependency.

    label: stands beside the line in the curves ("knows everything but the country: ln 6").
    loss: in nats (per symbol, if several are legal) or squared error.  accuracy: in 0..1, or None
    if it means nothing.
    """

    label: str
    loss: float
    accuracy: float | None = None


@dataclass(frozen=True)
class Units:
    """How standardised values are read: times `scale`, plus `offset`, in `unit` ("" for none)."""

    offset: float
    scale: float
    unit: str = ""

    def value(self, value: float) -> str:
        """A value to a hundredth of the standard deviation or finer: "57.12 MW"."""
        digits = max(0, 2 - math.floor(math.log10(self.scale)))
        return self._with_unit(f"{value * self.scale + self.offset:z.{digits}f}")

    def distance(self, distance: float) -> str:
        """A difference between values, to three digits: "1.66 MW"."""
        size = distance * self.scale
        return self._with_unit(f"{size:.3g}" if abs(size) < 1000 else f"{size:,.0f}")

    def _with_unit(self, number: str) -> str:
        return f"{number.replace('-', '−')} {self.unit}".rstrip()


@dataclass(frozen=True)
class Ahead:
    """N places of a series that nothing was trained on, and H values after each.

    read: sequences (N, T) up to the place.   values: the values that follow, (N, H), NaN where
    unknown.   simple: by name, what simple forecasts say of them, (N, H).   scale, unit: a value
    times `scale` is in that unit.
    """

    read: Sequences
    values: NDArray[np.float64]
    simple: Mapping[str, NDArray[np.float64]]
    scale: float
    unit: str


@dataclass(frozen=True)
class Criterion:
    """When a contestant counts as solved, on fresh sequences of each of `Task.solved_on`.

    sequences: how many of each split, unless `Task.test_size` says otherwise.
    """

    metric: Literal["accuracy", "loss"]
    threshold: float
    sequences: int
    text: str

    def met(self, loss: float, accuracy: float) -> bool:
        """Whether an evaluation with this loss and accuracy passes."""
        if self.metric == "accuracy":
            return accuracy >= self.threshold
        return loss < self.threshold


class Task(ABC):
    """One task with its parameters set.  Subclasses set the class attributes below.

    name: as in `--task`.  title: as in the picker.  summary: one sentence for the picker.
    explanation: one paragraph for the (i).  source: author and year.
    Params: a `Frozen` model; each field has limits, a description and, where it has one,
    a unit in json_schema_extra={"unit": ...}.  gap_field: the field that the large slider
    sets, or None where the dependency is fixed.  mixed_lengths: whether that field is the longest
    length drawn, and shorter ones are drawn as well.
    outputs: names of the K classes, or of the O target channels.
    splits: the first is what is trained on; others are tested on only: longer gaps, unseen words.
    generalisation: the split that is drawn as a second, dashed curve; None where there is none.
    solved_on: the splits on which the criterion has to be met; all of them if empty.
    whole_sequences: whether an evaluation's accuracy is the share of sequences with every scored
    step right, rather than of right steps; a training step's always counts steps.
    loss: by the targets' kind.  "cross_entropy" of classes; "squared_error" of values, mean
    over the outputs; "legal_symbols": binary cross-entropy of each symbol's being legal, mean
    over the O symbols.
    correct_within: for squared error, a step counts as right if every output is this near; for
    classes if the right one is likeliest; for legal symbols if all of them are likelier than
    every other one (always, where all or none are legal).
    units: how values are read where answers and targets are standardised, else None.
    rule: what is drawn, as a function of (rng, count) and the parameters by name, in plain numpy:
    exported scripts contain its text.  Of a task of the user's they contain the whole file instead.
    """

    name: ClassVar[str]
    title: ClassVar[str]
    summary: ClassVar[str]
    explanation: ClassVar[str]
    source: ClassVar[str]
    gap_field: ClassVar[str | None]
    mixed_lengths: ClassVar[bool] = False
    Params: ClassVar[type[Frozen]]
    splits: ClassVar[tuple[str, ...]] = ("fresh",)
    generalisation: ClassVar[str | None] = None
    solved_on: ClassVar[tuple[str, ...]] = ()
    whole_sequences: ClassVar[bool] = False
    loss: ClassVar[Loss] = "cross_entropy"
    correct_within: ClassVar[float] = 0.0
    units: Units | None = None
    rule: Callable[..., Drawn] | None = None

    params: Any
    inputs: Tokens | Channels
    outputs: tuple[str, ...]
    length: int  # T, in steps
    dependency: int  # the longest, in steps: what chrono initialisation takes as T_max
    baselines: tuple[Baseline, ...]  # the first is the one that "solved" has to beat
    criterion: Criterion

    def __init__(self, params: Frozen) -> None:
        self.params = params

    @abstractmethod
    def draw(self, rng: np.random.Generator, count: int, split: str = "fresh") -> Sequences:
        """N = `count` sequences.  Training and evaluation both draw from the first split.

        T is `length`; those of another split may be longer, or score other steps.
        """

    @abstractmethod
    def encode(self, text: str) -> Sequences:
        """One sequence that the user typed, of any length, as Sequences with N = 1.

        ExperimentError names what cannot be read (an unknown word, a missing cue).
        """

    @abstractmethod
    def labels(self, sequences: Sequences, index: int) -> list[str]:
        """The T steps of sequence `index`, in words that a person can read; IndexError.

        Upper case for cues; "" for padding.
        """

    def short_labels(self, sequences: Sequences, index: int) -> list[str]:
        """The T steps as they stand where there is little room, as under a picture; IndexError."""
        return self.labels(sequences, index)

    def told_steps(self, sequences: Sequences, index: int) -> list[str]:
        """The T steps where one of them is told, with the names of what is read; IndexError."""
        return self.labels(sequences, index)

    def typed(self, sequences: Sequences, index: int) -> list[str]:
        """Each step without padding as `encode` reads it to the last digit; IndexError.

        Where it is known what follows the last step, that is one item more: "___ (keeper)".
        """
        return [label for label in self.labels(sequences, index) if label]

    @abstractmethod
    def question(self, sequences: Sequences, index: int) -> str:
        """The question and its answer in one line: 'I speak fluent ___ (German)'; IndexError."""

    def split_title(self, split: str) -> str:
        """A split's name on screen, where the parameters may be told."""
        return split

    def judged_on(self) -> tuple[str, ...]:
        """The splits on which the criterion has to be met."""
        return self.solved_on or self.splits

    def test_size(self, split: str) -> int:
        """How many fresh sequences of a split an evaluation draws."""
        return self.criterion.sequences if split in self.judged_on() else BESIDE

    def with_gap(self, gap: int) -> Self:
        """This task with another gap, which may be outside the field's limits.

        ValueError if the task has no gap.
        """
        if self.gap_field is None:
            raise ValueError(f"{self.name} has no gap")
        return type(self)(self.params.model_copy(update={self.gap_field: gap}))

    def remark(self, split: str, sequences: Sequences, right: NDArray[np.bool_]) -> str:
        """What else an evaluation found, in a sentence without its subject: "accepts n up to 7".

        right: whether every scored step of each sequence was right, (N,).  "" for
        none.  Called only if `whole_sequences` is set.
        """
        return ""

    def in_units(self, loss: float) -> str:
        """What a loss means in the units that a person reads: "RMS error 3.2 °C".

        "" where it is told in those units anyway, or is not finite.
        """
        return ""

    def ahead(self, steps: int, count: int) -> Ahead | None:
        """What to forecast from at most `count` places up to that many steps ahead.

        None if the task forecasts nothing, or has no series that is long enough.
        """
        return None

    def continued(self, sequences: Sequences, answers: NDArray[np.float32]) -> Sequences | None:
        """The sequences (N, T) with one more step (N, T + 1), fed on the model's own answers.

        answers: probabilities or values at the last step, (N, O).  None where an answer is
        not an input, as for most tasks.
        """
        return None
