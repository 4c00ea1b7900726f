"""Everything that `bench` measures: beside torch.nn, or every cell beside a loop in torch."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from sandbox.cells.known import CELLS
from sandbox.engine.cores import available
from sandbox.measure import cases
from sandbox.measure.jobs import Job, Measuring
from sandbox.measure.summary import of_cells, of_steps
from sandbox.measure.torch_step import MODULES

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sandbox.measure.cases import Line
    from sandbox.measure.jobs import Listener
    from sandbox.measure.work import CellsPlan, Plan, Size

LARGEST = 64 * 200 * 128  # B·T·H
FEW = 2.0  # weight of a measurement of many small nets


def benchmark(plan: Plan, listener: Listener) -> Iterator[Line]:
    """The lines of `bench --json`, the summary last; WorkDiffers if the results do."""
    measuring = _begun(plan, listener)
    yield from measuring.lines(list(_jobs(plan)))
    done = measuring.done
    replicates = {n["n"]: n["ours_wall_ms"] for n in done if n["case"] == "replicates"}
    done.append(cases.scaling_line("replicates", _main_cell(plan), replicates))
    yield done[-1]
    yield of_steps(done, measuring.products)


def every_cell(plan: CellsPlan, listener: Listener) -> Iterator[Line]:
    """The lines of `bench --cells … --json`, the summary last; WorkDiffers if the results do."""
    measuring = _begun(plan, listener)
    yield from measuring.lines(list(_jobs_of_cells(plan)))
    yield of_cells(measuring.done, measuring.products)


def _begun(plan: Plan | CellsPlan, listener: Listener) -> Measuring:
    if available() < 2:
        listener.note("There is only one core: nothing can run side by side.")
    measuring = Measuring(plan.seconds, plan.least, listener)
    measuring.warm_up(dict.fromkeys((*plan.cells, cases.YARDSTICK)))
    return measuring


def _main_cell(plan: Plan) -> str:
    return "lstm" if "lstm" in plan.cells else plan.cells[0]


def _jobs(plan: Plan) -> Iterator[Job]:
    """All measurements of a plan, in order."""
    cells = {cell: CELLS[cell].title for cell in plan.cells}
    sizes = [(size, _at(size), _load(size)) for size in plan.sizes]
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


def _jobs_of_cells(plan: CellsPlan) -> Iterator[Job]:
    """Every cell at every size, then one net of those that torch.nn has."""
    for cell in plan.cells:
        for size in plan.sizes:
            what, run = f"{CELLS[cell].title} at {_at(size)}", partial(cases.cell, cell, size)
            yield Job(what, 1 + 4 * _load(size), run, cell)
    for cell in [each for each in plan.cells if each in MODULES]:
        for size in plan.alone:
            run = partial(cases.one_net, cell, size, plan.threads)
            yield Job(f"one {CELLS[cell].title} at {_at(size)}", 2 + 8 * _load(size), run)


def _at(size: Size) -> str:
    return f"B={size.B} T={size.T} H={size.H}"


def _load(size: Size) -> float:
    return size.B * size.T * size.H / LARGEST
