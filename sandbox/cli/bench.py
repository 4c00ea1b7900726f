"""`bench`: this engine and PyTorch on the same work in one run."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sandbox import pytorch
from sandbox.cells.known import CELLS
from sandbox.cli import bench_tables, output
from sandbox.cli.bar import Bar, time_left
from sandbox.cli.interrupts import Interrupts
from sandbox.engine import compilation
from sandbox.engine.cores import available
from sandbox.folders import data_folder
from sandbox.measure.work import QUICK, CellsPlan, Plan, plan_of_cells
from sandbox.store import atomic
from sandbox.store.base import RunError
from sandbox.validation import ExperimentError

if TYPE_CHECKING:
    from argparse import Namespace
    from collections.abc import Iterator

    from sandbox.measure.jobs import Listener

ENDING = ".png"
ALL = "all"
Line = dict[str, Any]


def bench(arguments: Namespace) -> int:
    """Measure, print JSON lines or tables, and draw the chart unless cells are named."""
    as_json, target = output.wants_json(arguments), _target(arguments.out)
    cells = None if arguments.cells is None else _cells(arguments.cells)
    if cells and target:
        raise ExperimentError("--out", arguments.out, "no value with --cells, which draws no chart")
    with Interrupts():
        lines = _measured(plan_of(arguments.quick, cells), as_json)
        if not as_json:
            bench_tables.show(lines)
        if target or not (as_json or cells):
            _draw(lines, target)
    return 0


def plan_of(quick: bool, cells: tuple[str, ...] | None) -> Plan | CellsPlan:
    """What to measure; cells: those beside a loop in PyTorch, None for torch.nn's."""
    if cells:
        return plan_of_cells(cells, available(), quick)
    return QUICK if quick else Plan()


def _cells(text: str) -> tuple[str, ...]:
    names = tuple(CELLS) if text == ALL else tuple(part.strip() for part in text.split(","))
    if not set(names) <= set(CELLS) or len(set(names)) < len(names):
        words = f"{ALL}, or names separated by commas, each once, of {', '.join(CELLS)}"
        raise ExperimentError("--cells", text, words)
    return names


def _measured(plan: Plan | CellsPlan, as_json: bool) -> list[Line]:
    lines: list[Line] = []
    told = _Progress(plan.seconds)
    try:
        for line in _benchmark(plan, told):
            lines.append(line)
            if as_json:
                output.print_json(line)
    finally:
        told.stop()
    return lines


def _benchmark(plan: Plan | CellsPlan, listener: Listener) -> Iterator[Line]:
    """Yield the lines; RunError if there is nothing to compare."""
    compilation.load()
    if fault := compilation.fault():
        raise RunError(
            f"bench measures kernels, and there are none here ({fault}): "
            "`python3 main.py doctor` says how to fix that."
        )
    try:
        pytorch.check()
        from sandbox.measure.benchmark import benchmark, every_cell
        from sandbox.measure.cases import WorkDiffers
    except (ImportError, OSError) as error:
        why = pytorch.reason(error)
        raise RunError(f"bench has nothing to compare this engine with, {why}.") from None
    try:
        if isinstance(plan, CellsPlan):
            yield from every_cell(plan, listener)
        else:
            yield from benchmark(plan, listener)
    except WorkDiffers as difference:
        raise RunError(str(difference)) from None


class _Progress(Bar):
    """Shows what is being measured."""

    def __init__(self, seconds: float) -> None:
        super().__init__(seconds)
        self._seconds = seconds

    def measuring(self, what: str, seconds_left: float) -> None:
        done = self._seconds - seconds_left
        left = time_left(seconds_left) if seconds_left >= 1 else "taking longer than planned"
        self.show(f"{what}; {left}", done, self._seconds)


def _draw(lines: list[Line], target: Path | None) -> None:
    """Write the chart; RunError if that fails and a file was named for it."""
    from sandbox.export import bar_chart  # with matplotlib

    path = target or data_folder() / f"bench{ENDING}"
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        atomic.write_bytes(path, bar_chart.png(bench_tables.chart(lines, _versions())))
    except OSError as error:
        sentence = f"The chart could not be written: {error.strerror}."
        if target:
            raise RunError(sentence) from None
        output.tell(sentence)
    else:
        output.tell(f"The chart is in {path}.")


def _versions() -> str:
    from importlib.metadata import version
    from platform import machine, python_version, system

    cores = os.cpu_count() or 1
    return (
        f"torch {version('torch')}, llvmlite {version('llvmlite')}, Python {python_version()}; "
        f"{system()} {machine()}, {cores} cores."
    )


def _target(name: str | None) -> Path | None:
    """The file to draw to; ExperimentError before anything is measured."""
    if name is None:
        return None
    path = Path(name)
    if not name.endswith(ENDING) or path.is_dir():
        raise ExperimentError("--out", name, f"a file name that ends in {ENDING}")
    if not os.access(path.parent, os.W_OK) or not path.parent.is_dir():
        raise ExperimentError("--out", name, "a file in a folder that is there and can be written")
    return path
