"""Tasks of the user's own on the command line, and the runs of them that are kept."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import numpy as np
import pytest

from sandbox.cli import main
from sandbox.engine.trainer import Trainer
from sandbox.experiment import Experiment
from sandbox.gui.history.listing import row_of
from sandbox.run.differences import differences
from sandbox.run.training import Training
from sandbox.store.runs import RunStore, runs_file
from sandbox.tasks import user_tasks
from sandbox.tasks.registry import complete
from tests.tasks.own_files import line_of, marker, registry_as_before, task_file

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

SMALL = "--cells rnn --set gap=2 --set rnn.hidden=4 --set batch=4 --steps 30".split()
FIRST = "has to be opened first (File > Open task file…, or --task-file FILE)"


@pytest.fixture(autouse=True)
def _clean() -> Iterator[None]:
    with registry_as_before():
        yield


@pytest.fixture
def killed(tmp_path: Path, home: Path) -> Path:
    """A run of 20 of 30 steps that nobody said the end of; its task is not open any more."""
    home.mkdir(exist_ok=True)
    path = task_file(tmp_path / "mine.py")
    user_tasks.open_file(path)
    small = [{"cell": "rnn", "hidden": 4}]
    experiment = complete(
        Experiment().changed(
            task="my_task", params={"gap": 2}, contestants=small, batch=4, steps=30
        )
    )
    store = RunStore(runs_file())
    training = Training("killed", Trainer(experiment), lambda message: None, store)
    training.advance(20, 60.0)
    training.save(wait=True)
    training.trainer.close()
    store.close()
    user_tasks.forget(path.resolve())
    return path


def losses(run: str, path: Path, *more: str) -> np.ndarray:
    assert main(["runs", "export", run, "--to", str(path), *more]) == 0
    return np.genfromtxt(path, delimiter=",", skip_header=1, usecols=3)


def test_that_a_task_file_that_is_named_is_run_and_told_from_where(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    ran, path = tmp_path / "ran", tmp_path / "mine.py"
    task_file(path, first=marker(ran))
    assert main(["train", "--task-file", str(path), *SMALL, "--json"]) == 0
    out, err = capsys.readouterr()
    assert err == f"my_task: from {path}\n"
    start, *_, end = [json.loads(line) for line in out.splitlines()]
    assert start["experiment"]["task"] == "my_task"  # its only one, so it need not be named
    assert end["step"] == 30
    assert ran.exists()


def test_that_tasks_of_a_file_are_listed_and_shown(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = str(task_file(tmp_path / "mine.py"))
    for argv in (["tasks", "--json", "--task-file", path], ["tasks", "--task-file", path]):
        assert main(argv) == 0
        assert "my_task" in capsys.readouterr().out.splitlines()[-1 if "--json" in argv else -6]
    assert main(["tasks", "show", "my_task", "--task-file", path, "--count", "1"]) == 0
    assert capsys.readouterr().out.startswith("1.\n    ")


def test_that_a_new_file_is_written_once(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = str(tmp_path / "mine.py")
    assert main(["tasks", "new", path]) == 0
    assert f"`tasks show mine --task-file {path}`" in capsys.readouterr().out
    assert main(["tasks", "new", path]) == 2
    assert main(["tasks", "show", "mine", "--task-file", path]) == 0


def test_that_a_fault_is_one_sentence_with_its_line_and_a_traceback_in_a_file(
    tmp_path: Path, home: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = task_file(tmp_path / "mine.py", first="1 / 0\n")
    assert main(["tasks", "--task-file", str(path)]) == 2
    kept = home / "own-task-traceback.txt"
    number = line_of(path, "1 / 0")
    assert capsys.readouterr().err == (
        f"mine.py, line {number}: division by zero (ZeroDivisionError); the traceback is in "
        f"{kept}.\n"
    )
    assert "ZeroDivisionError" in kept.read_text()


def test_that_a_fault_on_the_way_fails_the_run_and_keeps_it(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    draw = "        first = rng.integers(len(LETTERS), size=count)\n"
    late = f"{draw}        if count == 2000:\n            raise KeyError('late')\n"
    path = task_file(tmp_path / "mine.py", (draw, late))
    assert main(["train", "--task-file", str(path), *SMALL]) == 1
    said = capsys.readouterr().err.splitlines()[-1]
    assert said.startswith(f"mine.py, line {line_of(path, 'KeyError')}: 'late' (KeyError); the tr")


def test_that_a_killed_run_goes_on_once_its_task_is_open(
    killed: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["train", "--resume", "killed"]) == 2
    assert FIRST in capsys.readouterr().err
    assert main(["trace", "--run", "killed", "--out", str(tmp_path / "x.npz")]) == 2
    assert FIRST in capsys.readouterr().err
    own = ["--task-file", str(killed)]
    assert main(["train", "--resume", "killed", *own]) == 0
    assert main(["train", *own, *SMALL]) == 0
    assert main(["trace", "--run", "killed", "--out", str(tmp_path / "x.npz"), *own]) == 0
    whole = losses("last", tmp_path / "a.csv")
    assert np.array_equal(losses("killed", tmp_path / "b.csv"), whole)
    assert len(whole) == 30


def test_that_runs_of_an_unknown_task_are_listed_shown_compared_exported_and_deleted(
    killed: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["runs", "list"]) == 0
    assert "killed" in capsys.readouterr().out
    assert main(["runs", "show", "killed"]) == 0
    assert "my_task (gap=2)" in capsys.readouterr().out
    assert len(losses("killed", tmp_path / "a.csv")) == 20
    capsys.readouterr()
    assert main(["runs", "export", "killed", "--to", str(tmp_path / "a.py")]) == 2
    assert FIRST in capsys.readouterr().err
    store = RunStore(runs_file())
    (info,) = store.list()
    assert row_of(info).task == "my_task"
    begun = store.load("killed").begun
    assert str(differences(begun, begun.changed(seed=1))[0]) == "training · seed: 0 → 1"
    store.close()
    assert main(["runs", "delete", "killed"]) == 0
    assert main(["runs", "restore", "killed"]) == 0


def test_that_a_run_of_ones_own_task_leaves_as_scripts_that_draw_by_its_code(
    killed: Path, tmp_path: Path
) -> None:
    own = ["--task-file", str(killed)]
    path = tmp_path / "out.py"
    assert main(["runs", "export", "killed", "--to", str(path), *own]) == 0
    script = path.read_text()
    assert "class MyTask(Task):" in script
    assert not [line for line in script.splitlines() if "import" in line and "sandbox" in line]


def test_that_an_experiment_file_does_not_bring_its_task(
    killed: Path, tmp_path: Path, home: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file, ran = tmp_path / "x.seqx", tmp_path / "ran"
    own = ["--task-file", str(killed)]
    assert main(["runs", "export", "killed", "--to", str(file), *own]) == 0
    user_tasks.forget(killed.resolve())
    task_file(user_tasks.folder() / "mine.py", first=marker(ran))
    capsys.readouterr()
    assert main(["runs", "import", str(file)]) == 2
    assert FIRST in capsys.readouterr().err
    assert main(["train", "--experiment", str(file)]) == 2
    assert FIRST in capsys.readouterr().err
    assert not ran.exists()


def test_that_a_task_that_needs_more_of_the_sandbox_is_not_made_into_a_script(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Its script would have two functions of one name."""
    path = task_file(tmp_path / "mine.py")
    text = path.read_text().replace(
        "class MyTask(Task)", "def stream(): ...\n\n\nclass MyTask(Task)"
    )
    path.write_text(text)
    own = ["--task-file", str(path)]
    assert main(["train", *own, *SMALL]) == 0
    assert main(["runs", "export", "last", "--to", str(tmp_path / "x.py"), *own]) == 1
    said = capsys.readouterr().err.splitlines()[-1]
    assert said.startswith("mine.py cannot be made into a self-contained script (")
    assert not (tmp_path / "x.py").exists()
