"""Contestants without kernels in the trainer: they learn, stop, are kept and are refused."""

from __future__ import annotations

import sys
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
import torch

from sandbox.cells.known import CELLS
from sandbox.cli import main
from sandbox.engine.compilation import network_for
from sandbox.engine.reference import ReferenceNetwork
from sandbox.engine.trainer import Trainer
from sandbox.experiment import Experiment, parse
from sandbox.run.messages import Phase
from sandbox.tasks.registry import complete, task_of
from sandbox.tasks.streams import Purpose, stream
from sandbox.validation import ExperimentError
from tests.run.fakes import RememberingMailbox, probe_of
from tests.run.test_engine import working

if TYPE_CHECKING:
    from collections.abc import Iterator

VARIANTS = [name for name, cell in CELLS.items() if not cell.compiled]


def experiment_of(*cells: str, **fields: Any) -> Experiment:
    contestants = [{"cell": cell, "hidden": 12} for cell in cells]
    base = {"task": "recall", "params": {"gap": 3}, "batch": 16, "lr": 0.01, "seed": 3}
    return complete(parse({**base, "contestants": contestants, **fields}))


@contextmanager
def training(*cells: str, **fields: Any) -> Iterator[Trainer]:
    trainer = Trainer(experiment_of(*cells, **fields))
    yield trainer
    trainer.close()


def losses(trainer: Trainer, steps: int, count: int) -> dict[str, np.ndarray]:
    parts: dict[str, list[np.ndarray]] = {key: [] for key in trainer.keys}
    goal = trainer.step + steps
    while trainer.step < goal:
        for key, curve in trainer.run(min(count, goal - trainer.step)).curves.items():
            parts[key].append(curve[0])
    return {key: np.concatenate(part) for key, part in parts.items()}


@pytest.mark.parametrize("cell", list(CELLS))
def test_that_every_cell_learns_to_recall_a_symbol(
    cell: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SEQUENCE_SANDBOX_COMPILED", "0")
    with training(cell, steps=200) as trainer:
        curve = losses(trainer, 200, 50)[cell]
        assert isinstance(network(trainer, cell), ReferenceNetwork)
    assert curve[:10].mean() > 1.2  # ln 4 is what guessing costs
    assert curve[-20:].mean() < 0.6 * curve[:10].mean()


def network(trainer: Trainer, key: str) -> Any:
    return trainer._learners[key].net


def test_that_a_restored_variant_goes_on_with_the_same_bits() -> None:
    cells = ("lstm_peephole", "gru", "mingru")
    fields: dict[str, Any] = {
        "contestants": [{"cell": cell, "hidden": 6, "layers": 2} for cell in cells]
    }
    with training(**fields) as straight, training(**fields) as resumed:
        losses(straight, 33, 5)
        state = straight.state()
        expected = losses(straight, 40, 7)
        resumed.restore(state)
        again = losses(resumed, 40, 11)
        for key in cells:
            np.testing.assert_array_equal(again[key], expected[key])
        for name, array in straight.state().items():
            np.testing.assert_array_equal(resumed.state()[name], array)


def test_that_variants_stand_beside_compiled_cells_in_one_trace() -> None:
    with training("lstm", "minlstm") as trainer:
        probe = trainer.task.draw(stream(0, Purpose.EXAMPLES), 3)
        before = trainer.state()
        traces = trainer.trace(probe, {"minlstm": {"forget": 1.0}})
        for name, array in trainer.state().items():
            np.testing.assert_array_equal(before[name], array)
    assert (traces["minlstm"].arrays["forget"] == 1).all()
    assert traces["lstm"].answers.shape == traces["minlstm"].answers.shape


# Where there is no GPU, or no PyTorch ---------------------------------------------------

without_cuda = pytest.mark.skipif(torch.cuda.is_available(), reason="there is a CUDA device")
NO_CUDA = "device: 'cuda' was given; it takes cpu, since PyTorch finds no CUDA device here."


@without_cuda
def test_that_cuda_is_refused_on_the_command_line(capfd: pytest.CaptureFixture[str]) -> None:
    words = ["train", "--task", "recall", "--set", "gap=3", "--set", "device=cuda"]
    assert main(words) == 2
    assert capfd.readouterr().err.strip() == NO_CUDA


@without_cuda
def test_that_cuda_is_refused_in_the_window() -> None:
    mail = RememberingMailbox()
    with working(mail) as worker:
        experiment = experiment_of("rnn", device="cuda")
        worker.commands.open("one", experiment, probe_of(experiment))
        failed = mail.until_phase(Phase.FAILED, "one")
    assert (failed.refused, failed.error) == (NO_CUDA, None)


def test_that_a_variant_without_pytorch_is_refused_in_a_sentence(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setitem(sys.modules, "sandbox.engine.reference", None)
    for experiment, words in (
        (
            experiment_of("lstm_coupled"),
            "lstm_coupled.cell: 'lstm_coupled' was given; it takes rnn",
        ),
        (experiment_of("lstm", device="cuda"), "device: 'cuda' was given; it takes cpu, since"),
    ):
        contestant, task = experiment.contestants[0], task_of(experiment)
        with pytest.raises(ExperimentError) as refused:
            network_for(contestant, task, np.zeros(1, np.float32), experiment.device)
        assert str(refused.value).startswith(words)
        assert "PyTorch cannot be imported here" in str(refused.value)
