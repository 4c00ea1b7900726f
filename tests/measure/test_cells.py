"""Every cell beside a loop in torch: the same work, operations by the equations, and the lines."""

from __future__ import annotations

import math

import pytest
import torch
from torch.utils.flop_counter import FlopCounterMode

from sandbox.cells.cell import layout
from sandbox.cells.known import CELLS
from sandbox.measure import torch_step
from sandbox.measure.benchmark import every_cell
from sandbox.measure.cases import WorkDiffers, check
from sandbox.measure.ours import Ours
from sandbox.measure.summary import of_cells
from sandbox.measure.torch_step import TorchLoop, batches_of
from sandbox.measure.work import (
    GRID,
    INPUTS,
    OUTPUTS,
    CellsPlan,
    Size,
    draw,
    flops,
    plan_of_cells,
)

SMALL = Size(3, 7, 5)
EACH = [pytest.param(cell, id=cell) for cell in CELLS]


class Told:
    def __init__(self) -> None:
        self.measured: list[str] = []
        self.notes: list[str] = []

    def measuring(self, what: str, seconds_left: float) -> None:
        self.measured.append(what)

    def note(self, text: str) -> None:
        self.notes.append(text)


@pytest.mark.parametrize("cell", EACH)
def test_that_the_loop_trains_as_this_engine_does(cell: str) -> None:
    ours, block = Ours(cell, SMALL), draw(SMALL)
    theirs = TorchLoop(cell, ours.start, SMALL.H)
    expected = [float(x) for x in theirs.steps(batches_of(block)[:10])]
    assert ours.steps(block.part(0, 10)) == pytest.approx(expected, rel=1e-4)
    check(cell, SMALL, ours, theirs, block)


@pytest.mark.parametrize("cell", EACH)
@pytest.mark.parametrize("name", ["W_x", "b"])
def test_that_other_weights_in_the_loop_are_found(cell: str, name: str) -> None:
    ours, block = Ours(cell, SMALL), draw(SMALL)
    theta = ours.start.copy()
    layout(CELLS[cell], INPUTS, SMALL.H, OUTPUTS).views(theta)[name][..., -SMALL.H :] += 0.5
    with pytest.raises(WorkDiffers, match=r"and the loop's in PyTorch do not compute the same"):
        check(cell, SMALL, ours, TorchLoop(cell, theta, SMALL.H), block)


@pytest.mark.parametrize("cell", EACH)
def test_that_operations_are_those_that_torch_counts(cell: str) -> None:
    (inputs, _), *_ = batches_of(draw(SMALL, 1))
    loop, counter = (
        TorchLoop(cell, Ours(cell, SMALL).start, SMALL.H),
        FlopCounterMode(display=False),
    )
    with counter, torch.no_grad():
        loop.answers(inputs)
    readout = 2 * SMALL.B * SMALL.H * OUTPUTS
    assert flops(cell, SMALL) == 3 * (counter.get_total_flops() - readout)


def test_that_every_cell_and_one_net_are_measured(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(torch_step, "SIDE", 64)
    plan = CellsPlan(("mgu", "lstm"), 0.0, 1, (SMALL, Size(2, 3, 8)), (SMALL,), (1, 2))
    told = Told()
    *lines, last = every_cell(plan, told)
    cells = [line for line in lines if line["case"] == "cell"]
    assert [(x["cell"], x["H"]) for x in cells] == [
        ("mgu", 5),
        ("mgu", 8),
        ("lstm", 5),
        ("lstm", 8),
    ]
    alone = [line for line in lines if line["case"] == "one_net"]
    assert [(x["cell"], x["threads"]) for x in alone] == [("lstm", 1), ("lstm", 2)]
    assert len(cells) + len(alone) == len(lines)
    for line in lines:
        times = [value for key, value in line.items() if key.endswith("_ms") or "gflops" in key]
        assert times
        assert all(math.isfinite(value) and value > 0 for value in times)
    assert last["case"] == "summary"
    assert "MGU at B=3 T=7 H=5" in told.measured
    assert "one LSTM at B=3 T=7 H=5" in told.measured


def test_that_cells_without_a_module_in_torch_have_no_net_beside_it() -> None:
    plan = CellsPlan(("mingru",), 0.0, 1, (Size(2, 3, 8),), (Size(2, 3, 8),), (1, 2))
    *lines, last = every_cell(plan, Told())
    assert {line["case"] for line in lines} == {"cell"}
    assert last["one_net"] == {"wall": None, "speed_up": None}


@pytest.mark.parametrize(("cores", "threads"), [(1, (1,)), (2, (1, 2)), (6, (1, 2, 4))])
def test_that_one_net_is_measured_on_ever_twice_as_many_cores(
    cores: int, threads: tuple[int, ...]
) -> None:
    assert plan_of_cells(("lstm",), cores).threads == threads
    quick = plan_of_cells(("lstm",), cores, quick=True)
    assert (quick.threads, quick.sizes) == (threads, (GRID[2],))


def test_that_the_summary_names_the_worst_cell_and_size() -> None:
    size = {"B": 1, "T": 2, "H": 8}
    line = {"case": "cell", "cell": "rnn", **size, "torch_flushed_ms": 8.0, "lstm_gflops": 10.0}
    cells = [
        {**line, "torch_ms": 8.0, "ours_ms": 1.0, "gflops": 20.0},
        {**line, "cell": "mgu", "torch_ms": 4.0, "ours_ms": 2.0, "gflops": 5.0},
    ]
    net = {"case": "one_net", "cell": "lstm", **size, "torch_wall_ms": 9.0}
    nets = [
        {**net, "threads": n, "ours_wall_ms": ms, "ours_one_thread_wall_ms": 6.0}
        for n, ms in ((1, 6.0), (2, 3.0))
    ]
    found = of_cells([*cells, *nets], [80.0, 90.0, 100.0])
    assert found["cell"]["cpu"]["mean"] == pytest.approx(4.0)
    assert found["cell"]["cpu"]["worst_at"] == {"cell": "mgu", **size}
    speed = found["cell"]["gflops_over_lstm"]
    assert (speed["mean"], speed["worst"]) == (pytest.approx(1.0), 0.5)
    one = found["one_net"]
    assert (one["wall"]["worst"], one["speed_up"]["worst"]) == (1.5, 2.0)
    assert one["speed_up"]["worst_at"] == {"cell": "lstm", **size, "threads": 2}
    assert found["matmul_gflops"] == 90.0
