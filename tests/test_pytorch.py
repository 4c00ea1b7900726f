"""What needs PyTorch says so in one sentence, by how things stand with it."""

from __future__ import annotations

import importlib.util
import sys
from typing import TYPE_CHECKING

import numpy as np
import pytest

from sandbox import pytorch
from sandbox.claims.campaign import Campaign
from sandbox.claims.presets import chosen
from sandbox.cli import bench
from sandbox.engine.compilation import network_for
from sandbox.experiment import Experiment
from sandbox.measure.work import QUICK
from sandbox.setup import mutex, places, requirements, torch_stage
from sandbox.store.base import RunError
from sandbox.tasks.registry import task_of
from sandbox.validation import ExperimentError

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture
def environment(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """One of our own, without PyTorch, in which this process seems to run."""
    venv = tmp_path / ".venv"
    venv.mkdir()
    monkeypatch.setattr(places, "environments", lambda: [str(venv)])
    monkeypatch.setattr(sys, "prefix", str(venv))
    monkeypatch.delitem(sys.modules, "torch", raising=False)
    return venv


def test_that_it_is_here_once_its_stage_is_complete(
    environment: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert not pytorch.is_here()
    with pytest.raises(pytorch.NoPyTorch, match=r"is not installed; `python3 main.py setup --all`"):
        pytorch.check()
    monkeypatch.setattr(requirements, "is_ready", lambda venv, group: group == "all")
    assert pytorch.is_here()
    pytorch.check()


def test_that_it_is_said_to_be_on_its_way(environment: Path) -> None:
    with (
        mutex.held(f"{environment}.torch.lock", lambda: None),
        pytest.raises(pytorch.NoPyTorch, match="on its way; try again when it has arrived"),
    ):
        pytorch.check()


def test_that_it_comes_by_itself_unless_it_was_declined(environment: Path) -> None:
    assert pytorch.comes_by_itself()
    torch_stage.want(False)
    assert not pytorch.comes_by_itself()
    torch_stage.want(True)
    assert pytorch.comes_by_itself()


def test_that_a_python_of_the_users_own_is_left_alone(
    environment: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(places, "environments", lambda: ["/nowhere"])
    monkeypatch.setattr(importlib.util, "find_spec", lambda name: None)
    assert not pytorch.comes_by_itself()
    with pytest.raises(pytorch.NoPyTorch, match=r"-m pip install -r .*requirements-torch.lock"):
        pytorch.check()


def test_that_what_does_not_import_is_left_to_the_doctor() -> None:
    why = pytorch.reason(OSError("libgomp.so.1: cannot open shared object file"))
    assert "libgomp" in why
    assert "doctor" in why


# Where it is asked for ------------------------------------------------------------------


@pytest.fixture
def absent(monkeypatch: pytest.MonkeyPatch) -> None:
    """PyTorch is not installed."""

    def refuse() -> None:
        raise pytorch.NoPyTorch("since PyTorch is not installed; `do this` adds it")

    monkeypatch.setattr(pytorch, "check", refuse)


@pytest.mark.usefixtures("absent")
def test_that_cuda_says_so() -> None:
    experiment = Experiment().changed(device="cuda")
    contestant, task = experiment.contestants[0], task_of(experiment)
    with pytest.raises(ExperimentError) as refused:
        network_for(contestant, task, np.zeros(1, np.float32), "cuda")
    assert str(refused.value) == (
        "device: 'cuda' was given; it takes cpu, since PyTorch is not installed; `do this` adds it."
    )


@pytest.mark.usefixtures("absent")
def test_that_bench_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bench.compilation, "load", lambda: None)
    with pytest.raises(RunError) as refused:
        list(bench._benchmark(QUICK, None))  # type: ignore[arg-type]
    assert str(refused.value) == (
        "bench has nothing to compare this engine with, since PyTorch is not installed; `do this` "
        "adds it."
    )


@pytest.mark.usefixtures("absent")
def test_that_a_claim_about_cells_that_it_trains_says_so_before_anything_is_measured(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sandbox.claims.campaign.is_compiled", lambda cell: cell != "lstm")
    campaign = Campaign(chosen(["gradients"]), True, tmp_path / "kept", workers=0)
    with pytest.raises(RunError, match=r"gradients cannot be measured, since PyTorch is not"):
        list(campaign.findings(lambda *told: None))
    assert not (tmp_path / "kept").exists()
