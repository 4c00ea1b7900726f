"""Everything that `bench` measures, within its time budget."""

from __future__ import annotations

import os
from functools import partial
from itertools import groupby
from typing import TYPE_CHECKING, NamedTuple, Protocol

from sandbox.engine.cells import CELLS
from sandbox.measure import cases
from sandbox.measure.ours import Ours
from sandbox.measure.summary import summary
from sandbox.measure.timing import Budget
from sandbox.measure.torch_step import matmul_gflops
from sandbox.measure.work import Size, draw

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from sandbox.measure.cases import Line
    from sandbox.measure.work import Plan

LARGEST = 64 * 200 * 128  # B·T·H
ONE = Size(1, 1, 1)
FEW = 2.0  # weight of a measurement of many small nets


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


def benchmark(plan: Plan, listener: Listener) -> Iterator[Line]:
    """The lines of `bench --json`, the summary last; WorkDiffers if the results do.

    Lines come when a measurement is done, those of single steps when a cell is.
    """
    _say_what_is_left_out(plan, listener)
    listener.measuring("warming up the engine", plan.seconds)
    for cell in plan.compiled:  # compile if need be, before the clock starts
        Ours(cell, ONE).steps(draw(ONE, 1))
    jobs = list(_jobs(plan))
    budget = Budget(plan.seconds, sum(job.weight for job in jobs))
    products = [matmul_gflops()]
    done: list[Line] = []
    for _, group in groupby(jobs, lambda job: job.steps_of or job.what):
        lines: list[Line] = []
        for job in group:
            listener.measuring(job.what, budget.left)
            seconds = budget.share(job.weight)
            lines += job.run(seconds, plan.least if budget.left else 1)
        if job.steps_of:  # before and after each cell, since machines throttle
            products.append(matmul_gflops())
            speed = sum(products[-2:]) / 2
            lines = [{**line, "matmul_gflops": speed} for line in lines]
        done += lines
        yield from lines
    replicates = {n["n"]: n["ours_wall_ms"] for n in done if n["case"] == "replicates"}
    done.append(cases.scaling_line("replicates", _main_cell(plan), replicates))
    yield done[-1]
    yield summary(done, [*products, matmul_gflops()])


def _say_what_is_left_out(plan: Plan, listener: Listener) -> None:
    for cell in plan.cells:
        if cell not in plan.compiled:
            listener.note(f"{CELLS[cell].title}: not measured, since it runs in PyTorch here too.")
    if (os.cpu_count() or 1) < 2:
        listener.note("There is only one core: nothing can run side by side.")


def _main_cell(plan: Plan) -> str:
    return "lstm" if "lstm" in plan.compiled else plan.compiled[0]


def _jobs(plan: Plan) -> Iterator[Job]:
    """All measurements of a plan, in order."""
    cells = {cell: CELLS[cell].title for cell in plan.compiled}
    sizes = [
        (size, f"B={size.B} T={size.T} H={size.H}", size.B * size.T * size.H / LARGEST)
        for size in plan.sizes
    ]
    for cell, title in cells.items():
        for size, at, load in sizes:
            yield Job(f"{title} step at {at}", 1 + 4 * load, partial(cases.step, cell, size), cell)
    for size, at, load in sizes if {"rnn", "lstm"} <= set(cells) else ():
        yield Job(f"RNN + LSTM at {at}", 1 + 6 * load, partial(cases.pair, size))
    for cell, title in cells.items():
        for size, at, load in sizes:
            run = partial(cases.together, cell, size)
            yield Job(f"two {title}s at {at}", 0.5 + load, run)
    main = _main_cell(plan)
    run = partial(cases.replicates, main, plan.at, plan.replicates)
    yield Job(f"replicates of the {cells[main]}", FEW, run)
    doubled = {
        "T": {T: plan.at._replace(T=T) for T in plan.lengths},
        "B": {B: plan.at._replace(B=B) for B in plan.batches},
    }
    for cell, title in cells.items():
        for of, by_value in doubled.items():
            yield Job(f"{title}, {of} doubled", FEW, partial(cases.scaling, cell, of, by_value))
