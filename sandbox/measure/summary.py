"""What the lines of a benchmark amount to: geometric means and worst cases."""

from __future__ import annotations

from statistics import geometric_mean, median
from typing import TYPE_CHECKING, Any

from sandbox.measure.work import Size

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sandbox.measure.cases import Line

LARGE = 64  # hidden units from which on a step is compared with a matrix product


def of_steps(lines: Sequence[Line], products: Sequence[float]) -> Line:
    """{"case": "summary", "step": …}; products: the matrix products' speeds, in GFLOP/s."""
    steps, pairs, together, scaling = (
        _of(lines, case) for case in ("step", "pair", "together", "scaling")
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


def of_cells(lines: Sequence[Line], products: Sequence[float]) -> Line:
    """{"case": "summary", "cell": …}; products: the matrix products' speeds, in GFLOP/s.

    The worst are named by cell and size.
    """
    cells, alone = _of(lines, "cell"), _of(lines, "one_net")
    names, threads = ("cell", *Size._fields), ("cell", *Size._fields, "threads")
    several = [line for line in alone if line["threads"] > 1]
    return {
        "case": "summary",
        "cell": {
            "cpu": _ratios(cells, "torch_ms", "ours_ms", names),
            "cpu_flushed": _ratios(cells, "torch_flushed_ms", "ours_ms", names),
            "gflops_over_lstm": _ratios(cells, "gflops", "lstm_gflops", names),
        },
        "one_net": {
            "wall": _ratios(alone, "torch_wall_ms", "ours_wall_ms", threads),
            "speed_up": _ratios(several, "ours_one_thread_wall_ms", "ours_wall_ms", threads),
        },
        "matmul_gflops": median(products),
    }


def _of(lines: Sequence[Line], case: str) -> list[Line]:
    return [line for line in lines if line["case"] == case]


def _of_cell(steps: Sequence[Line], cell: str) -> Line:
    own = [line for line in steps if line["cell"] == cell]
    return {
        "cpu": _ratios(own, "torch_ms", "ours_ms"),
        "cpu_flushed": _ratios(own, "torch_flushed_ms", "ours_ms"),
        "wall": _ratios(own, "torch_wall_ms", "ours_wall_ms"),
    }


def _ratios(
    lines: Sequence[Line], above: str, below: str, names: Sequence[str] = Size._fields
) -> Line | None:
    """One key's value divided by another's: the geometric mean, the smallest, and where it is."""
    if not lines:
        return None
    ratios = [line[above] / line[below] for line in lines]
    worst = min(range(len(lines)), key=ratios.__getitem__)
    at = {name: lines[worst][name] for name in names}
    return {"mean": geometric_mean(ratios), "worst": ratios[worst], "worst_at": at}


def _worst_scaling(lines: Sequence[Line]) -> dict[str, Any]:
    """{"T": 2.02, …}: the largest ratio of a doubling."""
    kinds = dict.fromkeys(line["of"] for line in lines)
    return {of: max(line["ratio"] for line in lines if line["of"] == of) for of in kinds}
