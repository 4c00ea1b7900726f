"""What a claim is when it is measured: jobs, a seed each, and what their results say."""

from __future__ import annotations

from abc import ABC, abstractmethod
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, ClassVar, Literal

from sandbox.claims.intervals import of_mean, of_share

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from sandbox.claims.intervals import Interval
    from sandbox.claims.pictures import Picture

Values = dict[str, Any]  # plain data, as JSON keeps it


@dataclass(frozen=True)
class Figure:
    """One measured figure beside what is asked of it.

    paper: the source's figure or the claim's limit, None where it gives none.  asks: the
    criterion in words, "" where the figure only informs.  of: a "mean" over seeds, or a
    "share" of them.  by_seed: what each seed gave, in order.  met: None where nothing is asked.
    """

    name: str
    paper: float | None
    measured: float
    interval: Interval
    by_seed: tuple[float, ...]
    asks: str = ""
    met: bool | None = None
    of: Literal["mean", "share"] = "mean"


@dataclass(frozen=True)
class Outcome:
    """What all seeds of a claim say.  figures: the first one is the claim's own.

    passed: None where too little was done for a verdict.  notes: what else was found.
    """

    passed: bool | None
    figures: tuple[Figure, ...]
    picture: Picture
    notes: tuple[str, ...] = ()


class Measurement:
    """Where a job is measured: it hears how far it is, and may leave a state to go on from.

    file: where that is kept; None where nothing is.
    """

    def __init__(self, file: Path | None = None) -> None:
        self.file = file

    def progress(self, share: float) -> None:
        """The job is done by this share, 0 to 1."""

    def part(self, number: int, count: int) -> Measurement:
        """For one of several trainings of a job, with a state of its own."""
        return _Part(self, number, count)


class _Part(Measurement):
    def __init__(self, whole: Measurement, number: int, count: int) -> None:
        super().__init__(whole.file and whole.file.with_suffix(f".{number}.npz"))
        self._whole, self._number, self._count = whole, number, count

    def progress(self, share: float) -> None:
        self._whole.progress((self._number + share) / self._count)


class Claim(ABC):
    """One claim.  seeds: those of a full run."""

    name: ClassVar[str]
    seeds: ClassVar[int]
    quick_seeds: ClassVar[int] = 2
    seconds: ClassVar[float] = 5.0  # that a seed takes, about, on one core

    def count(self, quick: bool) -> int:
        """How many seeds are measured."""
        return self.quick_seeds if quick else self.seeds

    @abstractmethod
    def protocol(self, quick: bool) -> Values:
        """Everything but the seed that decides a result, as plain data."""

    @abstractmethod
    def measure(self, seed: int, quick: bool, measurement: Measurement) -> Values:
        """One seed."""

    @abstractmethod
    def conclude(self, results: Sequence[Values], quick: bool) -> Outcome:
        """What the results of all seeds, in order, say together."""


def mean_figure(
    name: str,
    values: Sequence[float],
    paper: float | None = None,
    asks: str = "",
    met: bool | None = None,
) -> Figure:
    """A mean over seeds with its t interval."""
    mean = sum(values) / len(values)
    return Figure(name, paper, mean, of_mean(values), tuple(values), asks, met)


def share_figure(name: str, hits: Sequence[bool], least: int, paper: float | None = None) -> Figure:
    """The share of seeds on which something held, with its Clopper-Pearson interval."""
    count, right = len(hits), sum(hits)
    asks = f"on at least {least} of {count} seeds"
    interval = of_share(right, count)
    by_seed = tuple(float(hit) for hit in hits)
    return Figure(name, paper, right / count, interval, by_seed, asks, right >= least, "share")
