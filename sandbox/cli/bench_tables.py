"""What `bench` shows without --json: tables, a few sentences, and the chart's content."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Any

from rich import box
from rich.console import Console
from rich.table import Table

from sandbox.engine.cells import CELLS

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from sandbox.export.bar_chart import BarChart

WIDE = 120  # columns where standard output is no terminal
Line = dict[str, Any]
Titled = tuple[str, Table]
CONDITIONS = (
    "The same batches, weights, Adam and clip of 1; I = 16 one-hot, loss on the last step; "
    "CPU time on one thread."
)
FLUSHED = "torch after torch.set_flush_denormal(True)"


def show(lines: Sequence[Line]) -> None:
    """Everything, on standard output."""
    console = Console(file=sys.stdout, width=None if sys.stdout.isatty() else WIDE)
    for made in (_steps, _pairs, _together, _replicates, _scaling):
        title, table = made(lines)
        if table.row_count:
            console.print(title, style="bold", highlight=False)
            console.print(table)
    for sentence in _sentences(lines[-1]):
        console.print(sentence, highlight=False, markup=False)


def chart(lines: Sequence[Line], versions: str) -> BarChart:
    """How many times faster a step is, by cell and size."""
    from sandbox.export.bar_chart import Bar, BarChart

    steps = _of(lines, "step")
    groups = {
        _title(cell): tuple(
            Bar(
                f"{line['B']}·{line['T']}·{line['H']}",
                line["torch_ms"] / line["ours_ms"],
                line["torch_flushed_ms"] / line["ours_ms"],
            )
            for line in steps
            if line["cell"] == cell
        )
        for cell in dict.fromkeys(line["cell"] for line in steps)
    }
    return BarChart(
        title="One training step: Sequence Sandbox and torch.nn",
        notes=(CONDITIONS, versions),
        axis="torch's time divided by this engine's",
        bars_are="B·T·H: sequences in a batch, steps in a sequence, hidden units",
        groups=groups,
        legend=(f"beside {FLUSHED}", "against torch as it comes, with denormal numbers"),
    )


def _of(lines: Iterable[Line], case: str) -> list[Line]:
    return [line for line in lines if line["case"] == case]


def _title(cell: str) -> str:
    return CELLS[cell].title


def _table(title: str, head: str, rows: Iterable[Iterable[str]]) -> Titled:
    table = Table(box=box.SIMPLE_HEAD)
    for number, column in enumerate(head.split("|")):
        table.add_column(column, justify="left" if number == 0 else "right")
    for row in rows:
        table.add_row(*row)
    return title, table


def _size(line: Line) -> tuple[str, str, str]:
    return str(line["B"]), str(line["T"]), str(line["H"])


def _ms(value: float) -> str:
    return f"{value:.3f}" if value < 10 else f"{value:.1f}"


def _times(value: float) -> str:
    return f"{value:.2f}×"


def _steps(lines: Sequence[Line]) -> Titled:
    return _table(
        "One training step, CPU time on one thread",
        "cell|B|T|H|torch ms|flushed ms|ours ms|torch/ours|flushed/ours|GFLOP/s|of a product",
        (
            (
                _title(line["cell"]),
                *_size(line),
                *(_ms(line[key]) for key in ("torch_ms", "torch_flushed_ms", "ours_ms")),
                _times(line["torch_ms"] / line["ours_ms"]),
                _times(line["torch_flushed_ms"] / line["ours_ms"]),
                f"{line['gflops']:.1f}",
                f"{line['gflops'] / line['matmul_gflops']:.0%}",
            )
            for line in _of(lines, "step")
        ),
    )


def _pairs(lines: Sequence[Line]) -> Titled:
    return _table(
        "RNN and LSTM, wall time: side by side here, one after the other in torch",
        "B|T|H|torch ms|torch threads|flushed ms|ours ms|torch/ours",
        (
            (
                *_size(line),
                _ms(line["torch_wall_ms"]),
                str(line["torch_threads"]),
                _ms(line["torch_flushed_wall_ms"]),
                _ms(line["ours_wall_ms"]),
                _times(line["torch_wall_ms"] / line["ours_wall_ms"]),
            )
            for line in _of(lines, "pair")
        ),
    )


def _together(lines: Sequence[Line]) -> Titled:
    return _table(
        "Two equal contestants side by side, wall time",
        "cell|B|T|H|one ms|two ms|two/one",
        (
            (
                _title(line["cell"]),
                *_size(line),
                _ms(line["one_wall_ms"]),
                _ms(line["two_wall_ms"]),
                _times(line["two_wall_ms"] / line["one_wall_ms"]),
            )
            for line in _of(lines, "together")
        ),
    )


def _replicates(lines: Sequence[Line]) -> Titled:
    return _table(
        "Replicates side by side, wall time of a step of all",
        "cell|B|T|H|replicates|ms",
        (
            (_title(line["cell"]), *_size(line), str(line["n"]), _ms(line["ours_wall_ms"]))
            for line in _of(lines, "replicates")
        ),
    )


def _scaling(lines: Sequence[Line]) -> Titled:
    return _table(
        "Cost as something doubles",
        "of|cell|values|ms|a doubling costs",
        (
            (
                line["of"],
                _title(line["cell"]),
                " ".join(map(str, line["values"])),
                " ".join(map(_ms, line["ms"])),
                " ".join(map(_times, line["ratios"])),
            )
            for line in _of(lines, "scaling")
        ),
    )


def _sentences(summary: Line) -> Iterable[str]:
    """Geometric means and worst cases, in words."""
    for cell, of in summary["step"].items():
        cpu, flushed = of["cpu"], of["cpu_flushed"]
        yield (
            f"{_title(cell)}: a step takes torch {_times(cpu['mean'])} as long (geometric mean; "
            f"least {_times(cpu['worst'])} at {_at(cpu)}); {FLUSHED}, "
            f"{_times(flushed['mean'])} (least {_times(flushed['worst'])} at {_at(flushed)})."
        )
    if (products := summary["gflops_over_matmul"])["mean"] is not None:
        yield (
            f"From H = 64 on, a step runs at {products['mean']:.0%} of the speed of a matrix "
            f"product of {summary['matmul_gflops']:.0f} GFLOP/s (least {products['worst']:.0%})."
        )
    if pair := summary["pair"]:
        yield f"The pair takes torch {_times(pair['mean'])} as long (geometric mean)."


def _at(ratio: Line) -> str:
    return " ".join(f"{name}={value}" for name, value in ratio["worst_at"].items())
