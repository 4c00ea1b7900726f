"""A claim as it is measured: one job for each seed, and a conclusion from their results."""

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
    """A measured figure and its criterion.

    paper: the source's figure or the claim's limit, or None.  asks: the criterion in words, "" if
    the figure only informs.  of: a "mean" over seeds or a "share" of them.  by_seed: each seed's
    value.  met: None without a criterion.
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
    """The conclusion over all seeds.  figures: the first one is the claim's own.

    passed: None if too little was measured for a verdict.  notes: further findings.
    """

    passed: bool | None
    figures: tuple[Figure, ...]
    picture: Picture
    notes: tuple[str, ...] = ()


class Measurement:
    """The measurement of one job: takes its progress, and names the file to resume from.

    file: None if nothing is kept.
    """

    def __init__(self, file: Path | None = None) -> None:
        self.file = file

    def progress(self, share: float) -> None:
        """This share of the job is done, 0 to 1."""

    def part(self, number: int, count: int) -> Measurement:
        """The measurement of one of several trainings, with a file of its own."""
        return _Part(self, number, count)


class _Part(Measurement):
    def __init__(self, whole: Measurement, number: int, count: int) -> None:
        super().__init__(whole.file and whole.file.with_suffix(f".{number}.npz"))
        self._whole, self._number, self._count = whole, number, count

    def progress(self, share: float) -> None:
        self._whole.progress((self._number + share) / self._count)


class Claim(ABC):
    """One claim.  seeds: how many a full run measures."""

    name: ClassVar[str]
    seeds: ClassVar[int]
    quick_seeds: ClassVar[int] = 2
    seconds: ClassVar[float] = 5.0  # for a seed, about, on one core

    @abstractmethod
    def protocol(self, quick: bool) -> Values:
        """Everything that decides a result besides the seed, as plain data."""

    @abstractmethod
    def measure(self, seed: int, quick: bool, measurement: Measurement) -> Values:
        """Measure one seed."""

    @abstractmethod
    def conclude(self, results: Sequence[Values], quick: bool) -> Outcome:
        """Conclude from the results of all seeds, in order."""


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
    """The share of seeds on which something holds, with its Clopper-Pearson interval."""
    count, right = len(hits), sum(hits)
    asks = f"on at least {least} of {count} seeds"
    interval = of_share(right, count)
    by_seed = tuple(float(hit) for hit in hits)
    return Figure(name, paper, right / count, interval, by_seed, asks, right >= least, "share")
