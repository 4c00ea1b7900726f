"""Everything that `bench` measures, within its time budget."""

from __future__ import annotations

import os
from functools import partial
from itertools import groupby
from statistics import geometric_mean, median
from typing import TYPE_CHECKING, Any, NamedTuple, Protocol

from sandbox.cells.known import CELLS
from sandbox.measure import cases
from sandbox.measure.ours import Ours
from sandbox.measure.timing import Budget
from sandbox.measure.torch_step import matmul_gflops
from sandbox.measure.work import Size, draw

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from sandbox.measure.cases import Line
    from sandbox.measure.work import Plan

LARGE = 64  # hidden units from which on a step is compared with a matrix product
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


def summary(lines: Sequence[Line], products: Sequence[float]) -> Line:
    """{"case": "summary", …}; products: the matrix products' speeds, in GFLOP/s."""
    steps, pairs, together, scaling = (
        [line for line in lines if line["case"] == case]
        for case in ("step", "pair", "together", "scaling")
    )
    slower = [line["two_wall_ms"] / line["one_wall_ms"] for line in together]
    large = [line["gflops"] / line["matmul_gflops"] for line in steps if line["H"] >= LARGE]
    return {
        "case": "summary",
        "step": {cell: _of_cell(steps, cell) for cell in dict.fromkeys(s["cell"] for s in steps)},
        "gflops_over_matmul": {
            "mean": geometric_mean(large) if large else None,
            "worst": min(large, default=None),
        },
        "pair": _ratios(pairs, "torch_wall_ms", "ours_wall_ms"),
        "pair_flushed": _ratios(pairs, "torch_flushed_wall_ms", "ours_wall_ms"),
        "together_worst": max(slower, default=None),
        "scaling_worst": _worst_scaling(scaling),
        "matmul_gflops": median(products),
    }


def _of_cell(steps: Sequence[Line], cell: str) -> Line:
    own = [line for line in steps if line["cell"] == cell]
    return {
        "cpu": _ratios(own, "torch_ms", "ours_ms"),
        "cpu_flushed": _ratios(own, "torch_flushed_ms", "ours_ms"),
        "wall": _ratios(own, "torch_wall_ms", "ours_wall_ms"),
    }


def _ratios(lines: Sequence[Line], theirs: str, ours: str) -> Line | None:
    """Torch's time divided by ours: the geometric mean, the smallest, and its size."""
    if not lines:
        return None
    ratios = [line[theirs] / line[ours] for line in lines]
    worst = min(range(len(lines)), key=ratios.__getitem__)
    at = {name: lines[worst][name] for name in Size._fields}
    return {"mean": geometric_mean(ratios), "worst": ratios[worst], "worst_at": at}


def _worst_scaling(lines: Sequence[Line]) -> dict[str, Any]:
    """{"T": 2.02, …}: the largest ratio of a doubling."""
    kinds = dict.fromkeys(line["of"] for line in lines)
    return {of: max(line["ratio"] for line in lines if line["of"] == of) for of in kinds}
