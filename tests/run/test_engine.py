"""Where kernels cannot be had PyTorch takes over, and says so once."""

from __future__ import annotations

import logging
import sys
from contextlib import contextmanager
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

import llvmlite.binding as llvm
import numpy as np
import pytest

from sandbox.cells.known import CELLS
from sandbox.cli import main
from sandbox.engine import compilation
from sandbox.engine.kernels import library
from sandbox.engine.reference import ReferenceNetwork
from sandbox.experiment import Experiment
from sandbox.run.engine import Engine, preparation
from sandbox.run.messages import Phase, Points, Status
from sandbox.run.worker import Worker
from sandbox.tasks.registry import complete
from tests.run.fakes import PATIENCE_S, RememberingMailbox, probe_of

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


@contextmanager
def working(mail: RememberingMailbox) -> Iterator[Worker]:
    """A worker with the real engine."""
    worker = Worker(mail)
    worker.start()
    try:
        yield worker
    finally:
        worker.commands.close()
        worker.join(PATIENCE_S)


@pytest.fixture(autouse=True)
def _fresh(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(compilation, "_fault", "")
    monkeypatch.delenv(compilation.SWITCH, raising=False)


def switch_off(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(compilation.SWITCH, "0")


def break_the_import(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "sandbox.engine.kernels.calls", None)


def break_the_compiler(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(library, "addresses", lambda _: llvm.parse_assembly("no code"))


def test_that_compiling_is_reported_only_while_something_is_compiled(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    told: list[str] = []
    monkeypatch.setattr(library, "_folder", lambda: tmp_path / "kernels")
    unit = library.Unit("float64", CELLS["rnn"].step)
    with library.reporting(lambda: told.append("")):
        codes = {library.object_code(unit) for _ in range(2)}
    assert (len(codes), len(told)) == (1, 1)
    assert library.is_kept(unit)


def test_that_kernels_work_where_nothing_can_be_kept(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    (tmp_path / "file").touch()
    monkeypatch.setattr(library, "_folder", lambda: tmp_path / "file" / "kernels")
    assert library.object_code(library.Unit("float64", CELLS["rnn"].step))
    assert "kernels are compiled anew at every start" in caplog.text


def test_that_a_start_with_compiled_kernels_says_nothing_of_compiling() -> None:
    experiment = complete(Experiment())
    for _ in range(2):
        mail = RememberingMailbox()
        with working(mail) as worker:
            worker.commands.open("one", experiment, probe_of(experiment))
            mail.until_phase(Phase.READY)
    assert {status.preparing for status in mail.of(Status)} == {""}


BROKEN = [
    pytest.param(switch_off, "because SEQUENCE_SANDBOX_COMPILED is 0; start without"),
    pytest.param(
        break_the_import, "`python3 main.py doctor` says how to fix it (ModuleNotFoundError: "
    ),
    pytest.param(break_the_compiler, "`python3 main.py doctor` says how to fix it (RuntimeError: "),
]


@pytest.mark.parametrize(("broken", "words"), BROKEN)
def test_that_pytorch_takes_over_in_the_window_and_says_so_once(
    broken: Any, words: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    broken(monkeypatch)
    experiment, mail = complete(Experiment()), RememberingMailbox()
    with working(mail) as worker:
        for run in ("one", "two"):
            worker.commands.open(run, experiment, probe_of(experiment))
            worker.commands.step(3)
            mail.until_step(3, run)
            mail.until_phase(Phase.PAUSED, run)
    (note,) = mail.events("note")
    assert note.run == "one"
    assert note.text.startswith("PyTorch trains all nets, ten to twenty times slower, because ")
    assert words in note.text
    one, two = (
        np.concatenate([points.curves["lstm"].loss for points in mail.of(Points, run)])
        for run in ("one", "two")
    )
    np.testing.assert_array_equal(one, two)


@pytest.mark.parametrize(("broken", "words"), BROKEN)
def test_that_the_command_line_says_so_on_standard_error(
    broken: Any,
    words: str,
    monkeypatch: pytest.MonkeyPatch,
    capfd: pytest.CaptureFixture[str],
) -> None:
    broken(monkeypatch)
    options = ["--task", "recall", "--set", "gap=3", "--steps", "2", "--json"]
    assert main(["train", *options]) == 0
    said = capfd.readouterr()
    assert [line for line in said.err.splitlines() if "PyTorch" in line] == said.err.splitlines()
    assert words in said.err
    assert all(line.startswith("{") for line in said.out.splitlines())


def test_that_the_traceback_goes_to_the_log(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    break_the_compiler(monkeypatch)
    with caplog.at_level(logging.ERROR):
        Engine()(complete(Experiment())).close()
    (record,) = caplog.records
    assert record.exc_info is not None
    assert "Traceback" in caplog.text


@pytest.mark.parametrize("error", [ZeroDivisionError("ours"), MemoryError()])
def test_that_another_fault_is_not_taken_for_the_compilers(
    error: BaseException, monkeypatch: pytest.MonkeyPatch
) -> None:
    def addresses(_: object) -> None:
        raise error

    monkeypatch.setattr(library, "addresses", addresses)
    with pytest.raises(type(error)):
        Engine()(complete(Experiment()))
    assert not compilation.fault()


def test_that_the_window_hears_that_pytorch_is_being_loaded(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv(compilation.SWITCH, "0")
    experiment, mail = complete(Experiment()), RememberingMailbox()
    monkeypatch.setattr("sandbox.run.engine.sys", SimpleNamespace(modules={}))
    with working(mail) as worker:
        worker.commands.open("one", experiment, probe_of(experiment))
        mail.until_phase(Phase.READY, "one")
    said = [status.preparing for status in mail.of(Status, "one")]
    assert "loading PyTorch" in said
    assert said[-1] == ""


def test_that_kernels_need_no_pytorch(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sandbox.run.engine.sys", SimpleNamespace(modules={}))
    assert preparation(complete(Experiment())) == ""
    trainer = Engine()(complete(Experiment()))
    nets = [learner.net for learner in trainer._learners.values()]
    trainer.close()
    assert not any(isinstance(net, ReferenceNetwork) for net in nets)
