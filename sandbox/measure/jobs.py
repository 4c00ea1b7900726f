"""Measurements in order, within a budget of time, and who is told of them."""

from __future__ import annotations

from itertools import groupby
from typing import TYPE_CHECKING, NamedTuple, Protocol

from sandbox.measure.ours import Ours
from sandbox.measure.timing import Budget
from sandbox.measure.torch_step import matmul_gflops
from sandbox.measure.work import Size, draw

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence

    from sandbox.measure.cases import Line

ONE = Size(1, 1, 1)


class Listener(Protocol):
    """Receives the progress."""

    def measuring(self, what: str, seconds_left: float) -> None:
        """The next measurement begins."""

    def note(self, text: str) -> None:
        """Something is left out, for this reason."""


class Job(NamedTuple):
    """One measurement, in words; its weight in the budget.

    run: takes seconds and the fewest repetitions.   steps_of: the cell whose single steps it
    measures, or "".
    """

    what: str
    weight: float
    run: Callable[[float, int], list[Line]]
    steps_of: str = ""


class Measuring:
    """What is measured in `seconds`; least: repetitions of each measurement while time is left.

    done: the lines so far.   products: speeds of matrix products in between, in GFLOP/s.
    """

    def __init__(self, seconds: float, least: int, listener: Listener) -> None:
        self._seconds, self._least, self._listener = seconds, least, listener
        self.done: list[Line] = []
        self.products: list[float] = []

    def warm_up(self, cells: Iterable[str]) -> None:
        """Have the kernels of these cells ready before the clock starts."""
        self._listener.measuring("warming up the engine", self._seconds)
        for cell in cells:
            Ours(cell, ONE).steps(draw(ONE, 1))

    def lines(self, jobs: Sequence[Job]) -> Iterator[Line]:
        """The lines of every job when it is done, those of single steps when a cell is."""
        budget = Budget(self._seconds, sum(job.weight for job in jobs))
        self.products.append(matmul_gflops())
        for _, group in groupby(jobs, lambda job: job.steps_of or job.what):
            lines: list[Line] = []
            for job in group:
                self._listener.measuring(job.what, budget.left)
                seconds = budget.share(job.weight)
                lines += job.run(seconds, self._least if budget.left else 1)
            if job.steps_of:  # before and after each cell, since machines throttle
                self.products.append(matmul_gflops())
                speed = sum(self.products[-2:]) / 2
                lines = [{**line, "matmul_gflops": speed} for line in lines]
            self.done += lines
            yield from lines
