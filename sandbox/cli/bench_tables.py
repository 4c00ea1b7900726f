"""What `bench` shows without --json: tables, a few sentences, and the chart's content."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Any

from rich import box
from rich.console import Console
from rich.table import Table

from sandbox.cells.known import CELLS

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from sandbox.export.bar_chart import BarChart

WIDE = 120  # columns where standard output is no terminal
Line = dict[str, Any]
CONDITIONS = (
    "The same batches, weights, Adam and clip of 1; I = 16 one-hot, loss on the last step; "
    "CPU time on one thread."
)
FLUSHED = "torch after torch.set_flush_denormal(True)"


def show(lines: Sequence[Line]) -> None:
    """Everything, on standard output."""
    console = Console(file=sys.stdout, width=None if sys.stdout.isatty() else WIDE)
    for case, (title, head, row) in TABLES.items():
        if found := _of(lines, case):
            table = Table(box=box.SIMPLE_HEAD, collapse_padding=True)
            for number, column in enumerate(head.split("|")):
                table.add_column(column, justify="left" if number == 0 else "right")
            for line in found:
                table.add_row(*row(line))
            console.print(title, style="bold", highlight=False)
            console.print(table)
    for sentence in _sentences(lines[-1]):
        console.print(sentence, highlight=False, markup=False)


def chart(lines: Sequence[Line], versions: str) -> BarChart:
    """How many times faster a step is, by cell and size."""
    from sandbox.export.bar_chart import Bar, BarChart

    groups: dict[str, tuple[Bar, ...]] = {}
    for line in _of(lines, "step"):
        ratios = (line[torch] / line["ours_ms"] for torch in ("torch_ms", "torch_flushed_ms"))
        bar = Bar("·".join(_size(line)), *ratios)
        groups[_title(line)] = (*groups.get(_title(line), ()), bar)
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


def _title(line: Line) -> str:
    return CELLS[line["cell"]].title


def _size(line: Line) -> tuple[str, str, str]:
    return str(line["B"]), str(line["T"]), str(line["H"])


def _ms(value: float) -> str:
    return f"{value:.3f}" if value < 10 else f"{value:.1f}"


def _times(value: float) -> str:
    return f"{value:.2f}×"


def _step(line: Line) -> Iterable[str]:
    torch, flushed, ours = line["torch_ms"], line["torch_flushed_ms"], line["ours_ms"]
    speed = f"{line['gflops']:.1f}", f"{line['gflops'] / line['matmul_gflops']:.0%}"
    ratios = map(_times, (torch / ours, flushed / ours))
    return (_title(line), *_size(line), *map(_ms, (torch, flushed, ours)), *ratios, *speed)


def _cell(line: Line) -> Iterable[str]:
    torch, ours, speed = line["torch_ms"], line["ours_ms"], line["gflops"]
    ratios = map(_times, (torch / ours, line["torch_flushed_ms"] / ours))
    shares = (f"{speed / line[f'{beside}_gflops']:.0%}" for beside in ("matmul", "lstm"))
    sizes = (_title(line), *_size(line))
    return (*sizes, _ms(torch), _ms(ours), *ratios, f"{speed:.1f}", *shares)


def _one_net(line: Line) -> Iterable[str]:
    torch, flushed, ours = (line[f"{side}_wall_ms"] for side in ("torch", "torch_flushed", "ours"))
    ratios = (torch / ours, flushed / ours, line["ours_one_thread_wall_ms"] / ours)
    sizes = (_title(line), *_size(line), str(line["threads"]))
    return (*sizes, *map(_ms, (torch, flushed, ours)), *map(_times, ratios))


def _pair(line: Line) -> Iterable[str]:
    torch, ours = line["torch_wall_ms"], line["ours_wall_ms"]
    flushed, threads = line["torch_flushed_wall_ms"], str(line["torch_threads"])
    return (*_size(line), _ms(torch), threads, _ms(flushed), _ms(ours), _times(torch / ours))


def _together(line: Line) -> Iterable[str]:
    one, two = line["one_wall_ms"], line["two_wall_ms"]
    return (_title(line), *_size(line), _ms(one), _ms(two), _times(two / one))


def _replicates(line: Line) -> Iterable[str]:
    return (_title(line), *_size(line), str(line["n"]), _ms(line["ours_wall_ms"]))


def _scaling(line: Line) -> Iterable[str]:
    series = (map(str, line["values"]), map(_ms, line["ms"]), map(_times, line["ratios"]))
    return (line["of"], _title(line), *map(" ".join, series))


TABLES = {  # by case: the title, the columns' heads, and what makes a row
    "step": (
        "One training step, CPU time on one thread",
        "cell|B|T|H|torch ms|flushed ms|ours ms|torch/ours|flushed/ours|GFLOP/s|of a product",
        _step,
    ),
    "cell": (
        "One training step beside the same equations in a PyTorch loop, CPU time on one thread",
        "cell|B|T|H|torch ms|ours ms|torch/ours|flushed/ours|GFLOP/s|of a product|of LSTM",
        _cell,
    ),
    "one_net": (
        "One net on several cores, and torch.nn with as many threads: wall time",
        "cell|B|T|H|threads|torch ms|flushed ms|ours ms|torch/ours|flushed/ours|one/several",
        _one_net,
    ),
    "pair": (
        "RNN and LSTM, wall time: side by side here, one after the other in torch",
        "B|T|H|torch ms|torch threads|flushed ms|ours ms|torch/ours",
        _pair,
    ),
    "together": (
        "Two equal contestants side by side, wall time",
        "cell|B|T|H|one ms|two ms|two/one",
        _together,
    ),
    "replicates": (
        "Replicates side by side, wall time of a step of all",
        "cell|B|T|H|replicates|ms",
        _replicates,
    ),
    "scaling": ("Cost as something doubles", "of|cell|values|ms|a doubling costs", _scaling),
}


def _sentences(summary: Line) -> Iterable[str]:
    """Geometric means and worst cases, in words."""
    return _of_cells(summary) if "cell" in summary else _of_steps(summary)


def _of_cells(summary: Line) -> Iterable[str]:
    cpu, flushed, speed = (
        summary["cell"][each] for each in ("cpu", "cpu_flushed", "gflops_over_lstm")
    )
    yield (
        f"A step takes a loop in torch {_times(cpu['mean'])} as long (geometric mean; least "
        f"{_times(cpu['worst'])}, {_at(cpu)}); {FLUSHED}, {_times(flushed['mean'])} (least "
        f"{_times(flushed['worst'])}, {_at(flushed)})."
    )
    yield (
        f"A cell runs at {speed['mean']:.0%} of the LSTM's GFLOP/s at its size (geometric mean; "
        f"least {speed['worst']:.0%}, {_at(speed)})."
    )
    if several := summary["one_net"]["speed_up"]:
        yield (
            f"Several cores speed one net up by {_times(several['mean'])} (geometric mean; least "
            f"{_times(several['worst'])}, {_at(several)})."
        )


def _of_steps(summary: Line) -> Iterable[str]:
    for cell, of in summary["step"].items():
        cpu, flushed = of["cpu"], of["cpu_flushed"]
        yield (
            f"{CELLS[cell].title}: a step takes torch {_times(cpu['mean'])} as long (geometric "
            f"mean; least {_times(cpu['worst'])} at {_at(cpu)}); {FLUSHED}, "
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
    """Where the worst case is, such as "LSTM at B=32 T=100 H=64"."""
    at = dict(ratio["worst_at"])
    cell = at.pop("cell", None)
    sizes = " ".join(f"{name}={value}" for name, value in at.items())
    return f"{CELLS[cell].title} at {sizes}" if cell else sizes
