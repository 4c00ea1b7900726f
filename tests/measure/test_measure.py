"""The benchmark: both sides do the same work, and the lines say what was measured."""

from __future__ import annotations

import math

import numpy as np
import pytest
import torch
from torch.nn import functional

from sandbox.cells.cell import layout
from sandbox.cells.known import CELLS
from sandbox.measure import cases, torch_step
from sandbox.measure.benchmark import benchmark
from sandbox.measure.cases import WorkDiffers, check
from sandbox.measure.ours import Lockstep, Ours
from sandbox.measure.summary import of_steps
from sandbox.measure.timing import Budget, Entrant, in_turn
from sandbox.measure.torch_step import TorchNet, batches_of, conditions
from sandbox.measure.work import INPUTS, OUTPUTS, Plan, Size, draw, flops, steps_in_a_call

SMALL = Size(3, 7, 5)
LARGER = Size(32, 60, 80)  # an LSTM of this size is divided over cores
TINY = Plan(
    seconds=0.0,
    least=1,
    sizes=(SMALL, Size(2, 3, 64)),
    at=SMALL,
    replicates=(1, 2),
    lengths=(2, 4),
    batches=(2, 4),
)
EACH = [pytest.param(cell, id=cell) for cell in TINY.cells]


class Told:
    def __init__(self) -> None:
        self.measured: list[str] = []
        self.notes: list[str] = []

    def measuring(self, what: str, seconds_left: float) -> None:
        self.measured.append(what)

    def note(self, text: str) -> None:
        self.notes.append(text)


def loss_by_hand(
    cell: str, theta: np.ndarray, inputs: torch.Tensor, classes: torch.Tensor
) -> float:
    """The equations of `sandbox.cells`, on torch's weights as a flat vector."""
    views = layout(CELLS[cell], INPUTS, SMALL.H, OUTPUTS).views(theta)
    p = {name: torch.from_numpy(value.copy()) for name, value in views.items()}
    h = c = torch.zeros(inputs.shape[1], SMALL.H)
    for x in inputs:
        if cell == "gru":
            ax, ah = x @ p["W_x"] + p["b"], h @ p["W_h"]
            (rx, zx, nx), (rh, zh, nh) = ax.chunk(3, 1), ah.chunk(3, 1)
            r, z = torch.sigmoid(rx + rh), torch.sigmoid(zx + zh)
            h = (1 - z) * torch.tanh(nx + r * (nh + p["b_h"])) + z * h
            continue
        a = x @ p["W_x"] + h @ p["W_h"] + p["b"]
        if cell == "rnn":
            h = torch.tanh(a)
        else:
            i, f, g, o = a.chunk(4, 1)
            c = torch.sigmoid(f) * c + torch.sigmoid(i) * torch.tanh(g)
            h = torch.sigmoid(o) * torch.tanh(c)
    return float(functional.cross_entropy(h @ p["W_o"] + p["b_o"], classes))


@pytest.mark.parametrize("cell", ["rnn", "lstm", "gru"])
def test_that_torchs_weights_in_the_flat_vector_give_torchs_loss(cell: str) -> None:
    net, (batch, *_) = TorchNet(cell, SMALL.H), batches_of(draw(SMALL))
    (loss,) = net.steps([batch])
    assert loss_by_hand(cell, net.vector(), *batch) == pytest.approx(float(loss), rel=1e-5)


@pytest.mark.parametrize("cell", EACH)
def test_that_both_sides_train_alike(cell: str) -> None:
    theirs, block = TorchNet(cell, SMALL.H), draw(SMALL)
    ours = Ours(cell, SMALL, theirs.vector())
    expected = [float(x) for x in theirs.steps(batches_of(block)[:10], one_bias=True)]
    assert ours.steps(block.part(0, 10)) == pytest.approx(expected, rel=1e-4)
    check(cell, SMALL, ours, theirs, block)


@pytest.mark.parametrize("cell", EACH)
@pytest.mark.parametrize("name", ["W_h", "b", "W_o"])
def test_that_weights_in_a_wrong_place_are_found(cell: str, name: str) -> None:
    theirs, block = TorchNet(cell, SMALL.H), draw(SMALL)
    theta = theirs.vector()
    view = layout(CELLS[cell], INPUTS, SMALL.H, OUTPUTS).views(theta)[name]
    view[:] = np.roll(view, 1, axis=-1)
    with pytest.raises(WorkDiffers, match=r"do not compute the same \(B=3, T=7, H=5"):
        check(cell, SMALL, Ours(cell, SMALL, theta), theirs, block)


@pytest.mark.parametrize("cell", EACH)
def test_that_every_repetition_starts_at_the_same_weights(cell: str) -> None:
    theirs, block = TorchNet(cell, SMALL.H), draw(SMALL)
    batches, ours = batches_of(block), Ours(cell, SMALL)
    first, mine = theirs.steps(batches), ours.steps(block)
    theirs.reset()
    ours.reset()
    assert theirs.steps(batches) == first
    assert np.array_equal(ours.steps(block), mine)


def test_that_nets_side_by_side_train_as_each_does_alone() -> None:
    block, cells = draw(LARGER), ["rnn", "lstm", "lstm"]
    alone = [Ours(cell, LARGER).steps(block) for cell in ("lstm", "lstm", "rnn")]  # largest first
    for threads in (1, 2):
        with Lockstep(cells, LARGER, threads) as nets:
            nets.steps(block.part(0, 1))
            nets.reset()
            assert np.array_equal(nets.steps(block), alone)


def test_that_conditions_end_with_their_measurement() -> None:
    before, tiny = torch.get_num_threads(), torch.tensor([1e-39])
    if not torch.set_flush_denormal(False):
        pytest.skip("this processor cannot flush denormals")
    with conditions(threads=1, flush=True):
        assert torch.get_num_threads() == 1
        assert float(tiny * 0.5) == 0.0
    assert torch.get_num_threads() == before
    assert float(tiny * 0.5) > 0.0


def test_that_contestants_take_turns_and_the_median_counts() -> None:
    order: list[str] = []
    found = in_turn(
        {name: Entrant(lambda name=name: order.append(name)) for name in "ab"}, 0.0, least=3
    )
    assert order == list("ababab")
    assert set(found) == {"a", "b"}


def test_that_a_budget_gives_what_is_left_by_weight() -> None:
    budget = Budget(100.0, 4.0)
    assert budget.share(1.0) == pytest.approx(25.0, abs=1.0)
    assert budget.share(1.5) == pytest.approx(50.0, abs=1.0)
    assert budget.share(1.5) == pytest.approx(100.0, abs=1.0)
    assert Budget(-1.0, 1.0).share(1.0) == 0.0


def test_that_a_call_has_as_many_steps_as_in_training() -> None:
    assert [steps_in_a_call(ms) for ms in (0.01, 2.0, 20.0, 900.0)] == [25, 10, 1, 1]


def test_that_operations_are_counted_for_three_passes() -> None:
    assert flops("rnn", Size(2, 3, 4)) == 3 * 2 * (2 * 3) * (16 + 4) * 4
    assert flops("lstm", Size(2, 3, 4)) == 4 * flops("rnn", Size(2, 3, 4))
    assert flops("gru", Size(2, 3, 4)) == 3 * flops("rnn", Size(2, 3, 4))
    assert flops("mingru", Size(2, 3, 4)) == 3 * 2 * (2 * 3) * 16 * 4 * 2  # without W_h


def test_that_a_run_measures_every_case_and_ends_with_a_summary(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(torch_step, "SIDE", 64)
    told = Told()
    lines = list(benchmark(TINY, told))
    of = {case: [line for line in lines if line["case"] == case] for case in map_of(lines)}
    cells = TINY.cells
    assert [(s["cell"], s["B"]) for s in of["step"]] == [(c, B) for c in cells for B in (3, 2)]
    assert len(of["pair"]) == 2
    assert len(of["together"]) == 2 * len(cells)
    assert [line["n"] for line in of["replicates"]] == [1, 2]
    assert [line["of"] for line in of["scaling"]] == ["T", "B"] * len(cells) + ["replicates"]
    assert list(of)[-1] == lines[-1]["case"] == "summary"
    for line in lines[:-1]:
        times = [value for key, value in line.items() if key.endswith("_ms") or "gflops" in key]
        assert all(math.isfinite(value) and value > 0 for value in times)
    assert len(told.notes) == len(TINY.cells) - len(cells)


def map_of(lines: list[dict]) -> dict[str, None]:
    return dict.fromkeys(line["case"] for line in lines)


def test_that_the_summary_has_means_and_worst_cases() -> None:
    step = {
        "case": "step",
        "cell": "rnn",
        "B": 1,
        "T": 2,
        "torch_wall_ms": 9.0,
        "ours_wall_ms": 3.0,
    }
    small = {**step, "H": 8, "torch_ms": 8.0, "ours_ms": 1.0, "torch_flushed_ms": 4.0}
    large = {**step, "H": 64, "torch_ms": 4.0, "ours_ms": 2.0, "torch_flushed_ms": 2.0}
    speeds = [{"gflops": 1.0, "matmul_gflops": 100.0}, {"gflops": 60.0, "matmul_gflops": 80.0}]
    lines = [{**small, **speeds[0]}, {**large, **speeds[1]}]
    lines += [cases.scaling_line("T", "rnn", {1: 1.0, 2: 2.0, 4: 5.0})]
    lines += [{"case": "together", "one_wall_ms": 2.0, "two_wall_ms": 3.0}]
    found = of_steps(lines, [80.0, 100.0, 90.0])
    cpu = found["step"]["rnn"]["cpu"]
    assert (cpu["mean"], cpu["worst"]) == (pytest.approx(4.0), 2.0)
    assert cpu["worst_at"] == {"B": 1, "T": 2, "H": 64}
    assert found["gflops_over_matmul"] == {"mean": pytest.approx(0.75), "worst": 0.75}
    assert (found["together_worst"], found["scaling_worst"]) == (1.5, {"T": 2.5})
    assert (found["pair"], found["matmul_gflops"]) == (None, 90.0)
    assert of_steps([], [1.0])["gflops_over_matmul"] == {"mean": None, "worst": None}
