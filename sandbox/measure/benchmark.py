"""Everything that `bench` measures, within its time budget."""

from __future__ import annotations

import os
from functools import partial
from typing import TYPE_CHECKING, Protocol

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


class Benchmark:
    """One run of a plan.  Lines come when a cell or a group of cases is done."""

    def __init__(self, plan: Plan, listener: Listener) -> None:
        self._plan, self._listener = plan, listener
        self._cells, self._products = plan.compiled, list[float]()
        self._both = {"rnn", "lstm"} <= set(self._cells)
        self._main = "lstm" if "lstm" in self._cells else self._cells[0]
        self._budget = Budget(plan.seconds, self._weight())

    @property
    def _least(self) -> int:
        """Repetitions; one if the time is up."""
        return self._plan.least if self._budget.left else 1

    def lines(self) -> Iterator[Line]:
        """The lines of `bench --json`, the summary last; WorkDiffers if the results do."""
        self._say_what_is_left_out()
        self._warm_up()
        done: list[Line] = []
        for group in (self._steps, self._pairs, self._together, self._replicates, self._scaling):
            for line in group():
                done.append(line)
                yield line
        replicates = {n["n"]: n["ours_wall_ms"] for n in done if n["case"] == "replicates"}
        done.append(cases.scaling_line("replicates", self._main, replicates))
        yield done[-1]
        self._products.append(matmul_gflops())
        yield summary(done, self._products)

    def _say_what_is_left_out(self) -> None:
        for cell in self._plan.cells:
            if cell not in self._cells:
                self._listener.note(
                    f"{CELLS[cell].title}: not measured, since it runs in PyTorch here too."
                )
        if (os.cpu_count() or 1) < 2:
            self._listener.note("There is only one core: nothing can run side by side.")

    def _warm_up(self) -> None:
        """Compile if need be, before the clock starts."""
        self._listener.measuring("warming up the engine", self._budget.left)
        for cell in self._cells:
            Ours(cell, ONE).steps(draw(ONE, 1))
        self._budget = Budget(self._plan.seconds, self._weight())

    def _steps(self) -> Iterator[Line]:
        """The matrix product is measured before and after each cell; machines throttle."""
        self._products.append(matmul_gflops())
        for cell in self._cells:
            words, case = f"{CELLS[cell].title} step", partial(cases.step, cell)
            found = [self._take(words, size, _step_weight, case) for size in self._plan.sizes]
            self._products.append(matmul_gflops())
            speed = sum(self._products[-2:]) / 2
            yield from ({**line, "matmul_gflops": speed} for line in found)

    def _pairs(self) -> Iterator[Line]:
        for size in self._plan.sizes if self._both else ():
            yield self._take("RNN + LSTM", size, _pair_weight, cases.pair)

    def _together(self) -> Iterator[Line]:
        for cell in self._cells:
            for size in self._plan.sizes:
                words = f"two {CELLS[cell].title}s"
                yield self._take(words, size, _together_weight, partial(cases.together, cell))

    def _replicates(self) -> Iterator[Line]:
        plan = self._plan
        self._listener.measuring(f"replicates of the {CELLS[self._main].title}", self._budget.left)
        seconds = self._budget.share(FEW)
        yield from cases.replicates(self._main, plan.at, plan.replicates, seconds, self._least)

    def _scaling(self) -> Iterator[Line]:
        plan = self._plan
        kinds = {
            "T": {T: plan.at._replace(T=T) for T in plan.lengths},
            "B": {B: plan.at._replace(B=B) for B in plan.batches},
        }
        for cell in self._cells:
            for of, sizes in kinds.items():
                words = f"{CELLS[cell].title}, {of} doubled"
                self._listener.measuring(words, self._budget.left)
                yield cases.scaling(cell, of, sizes, self._budget.share(FEW), self._least)

    def _take(
        self,
        what: str,
        size: Size,
        weight: Callable[[Size], float],
        case: Callable[[Size, float, int], Line],
    ) -> Line:
        B, T, H = size
        self._listener.measuring(f"{what} at B={B} T={T} H={H}", self._budget.left)
        return case(size, self._budget.share(weight(size)), self._least)

    def _weight(self) -> float:
        """The total weight of everything that shares the budget."""
        each = sum(_step_weight(size) + _together_weight(size) for size in self._plan.sizes)
        pairs = sum(map(_pair_weight, self._plan.sizes)) if self._both else 0.0
        return (each + 2 * FEW) * len(self._cells) + pairs + FEW


def _load(size: Size) -> float:
    return size.B * size.T * size.H / LARGEST


def _step_weight(size: Size) -> float:
    return 1 + 4 * _load(size)


def _pair_weight(size: Size) -> float:
    return 1 + 6 * _load(size)


def _together_weight(size: Size) -> float:
    return 0.5 + _load(size)
