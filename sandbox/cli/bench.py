"""`bench`: this engine beside torch.nn on the same work in one run."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sandbox.cli import output
from sandbox.cli.interrupts import Interrupts
from sandbox.engine import compilation
from sandbox.folders import data_folder
from sandbox.store import atomic
from sandbox.store.base import RunError
from sandbox.validation import ExperimentError

if TYPE_CHECKING:
    from argparse import Namespace

    from sandbox.measure.benchmark import Listener
    from sandbox.measure.work import Plan

ENDING = ".png"
Line = dict[str, Any]


def bench(arguments: Namespace) -> int:
    """Measure, print lines or tables, and draw the chart; see the contract for the lines."""
    as_json, target = output.wants_json(arguments), _target(arguments.out)
    with Interrupts():
        lines = _measured(plan_of(arguments.quick), as_json)
        if not as_json:
            from sandbox.cli import bench_tables

            bench_tables.show(lines)
        if target or not as_json:
            _draw(lines, target)
    return 0


def plan_of(quick: bool) -> Plan:
    """What to measure."""
    from sandbox.measure.work import QUICK, Plan

    return QUICK if quick else Plan()


def _measured(plan: Plan, as_json: bool) -> list[Line]:
    lines: list[Line] = []
    progress = _TerminalProgress(plan.seconds) if sys.stderr.isatty() else _PlainProgress()
    try:
        benchmark = _benchmark(plan, progress)
        for line in benchmark:
            lines.append(line)
            if as_json:
                output.print_json(line)
    finally:
        progress.stop()
    return lines


def _benchmark(plan: Plan, listener: Listener) -> Any:
    """The lines to come; RunError where there is nothing to compare."""
    compilation.load()
    if fault := compilation.fault():
        raise RunError(
            f"bench measures the compiled kernels, and there are none here ({fault}): "
            "`python3 main.py doctor` says what mends it."
        )
    try:
        from sandbox.measure.benchmark import Benchmark
        from sandbox.measure.same_work import WorkDiffers
    except ImportError as error:
        raise RunError(
            f"bench compares with PyTorch, which cannot be loaded ({error}): "
            "`python3 main.py doctor` says what mends it."
        ) from None
    try:
        yield from Benchmark(plan, listener).lines()
    except WorkDiffers as difference:
        raise RunError(str(difference)) from None


class _PlainProgress:
    """A line a measurement on standard error."""

    def measuring(self, what: str, seconds_left: float) -> None:
        output.tell(f"{what}; {_left(seconds_left)}")

    def note(self, text: str) -> None:
        output.tell(text)

    def stop(self) -> None:
        """There is nothing to take away."""


class _TerminalProgress:
    """A bar of the time on standard error, and what is measured now."""

    def __init__(self, seconds: float) -> None:
        from rich.console import Console
        from rich.progress import BarColumn, Progress, TextColumn

        self._progress = Progress(
            BarColumn(bar_width=24),
            TextColumn("{task.description}", markup=False),
            console=Console(stderr=True),
            transient=True,
            redirect_stdout=False,  # rich would send the results to standard error
            redirect_stderr=False,
        )
        self._seconds = seconds
        self._task = self._progress.add_task("warming up the engine", total=seconds)
        self._progress.start()

    def measuring(self, what: str, seconds_left: float) -> None:
        words = f"{what}; {_left(seconds_left)}"
        done = self._seconds - seconds_left
        self._progress.update(self._task, description=words, completed=done)

    def note(self, text: str) -> None:
        self._progress.console.print(text, highlight=False, markup=False)

    def stop(self) -> None:
        self._progress.stop()


def _left(seconds: float) -> str:
    return f"about {seconds:.0f} s left" if seconds >= 1 else "it takes longer than planned"


def _draw(lines: list[Line], target: Path | None) -> None:
    """Write the chart; that it cannot be written is a failure only if a file was named for it."""
    try:
        path = target or _default_target()
        atomic.write_bytes(path, _png(lines))
    except OSError as error:
        sentence = f"The chart could not be written: {error.strerror}."
        if target:
            raise RunError(sentence) from None
        output.tell(sentence)
    else:
        output.tell(f"The chart is in {path}.")


def _png(lines: list[Line]) -> bytes:
    from sandbox.cli import bench_tables
    from sandbox.export import bar_chart

    return bar_chart.png(bench_tables.chart(lines, _versions()))


def _versions() -> str:
    from importlib.metadata import version
    from platform import machine, python_version, system

    cores = os.cpu_count() or 1
    return (
        f"torch {version('torch')}, numba {version('numba')}, Python {python_version()}; "
        f"{system()} {machine()}, {cores} cores."
    )


def _default_target() -> Path:
    folder = data_folder()
    folder.mkdir(parents=True, exist_ok=True)
    return folder / f"bench{ENDING}"


def _target(name: str | None) -> Path | None:
    """Refused before anything is measured, not after."""
    if name is None:
        return None
    path = Path(name)
    if not name.endswith(ENDING) or path.is_dir():
        raise ExperimentError("--out", name, f"a file's name that ends in {ENDING}")
    if not os.access(path.parent, os.W_OK) or not path.parent.is_dir():
        raise ExperimentError("--out", name, "a file in a folder that is there and can be written")
    return path
