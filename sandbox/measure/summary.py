"""The last line: geometric means and worst cases of everything that was measured."""

from __future__ import annotations

from statistics import geometric_mean, median
from typing import TYPE_CHECKING, Any

from sandbox.measure.work import Size

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sandbox.measure.cases import Line

LARGE = 64  # hidden units from which on a step is compared with a matrix product


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
