"""An own task in the worker: its faults are reported, and where it came from is kept."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from sandbox.engine.trainer import Trainer
from sandbox.experiment import Experiment
from sandbox.run.messages import Event, Phase
from sandbox.run.training import Training
from sandbox.run.worker import Worker
from sandbox.store.runs import RunStore
from sandbox.tasks import user_tasks
from tests.run.fakes import RememberingMailbox, probe_of
from tests.tasks.own_files import line_of, registry_as_before, task_file

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

DRAW = "        first = rng.integers(len(LETTERS), size=count)\n"
SMALL = Experiment().changed(
    task="my_task",
    params={"gap": 2},
    contestants=[{"cell": "rnn", "hidden": 4}],
    batch=4,
    steps=400,
)


@pytest.fixture(autouse=True)
def _clean() -> Iterator[None]:
    with registry_as_before():
        yield


@pytest.mark.parametrize(
    ("what", "says", "has_report"),
    [
        ("raise KeyError('late')", "'late' (KeyError)", True),
        ("return np.zeros(3)", "draw returned ndarray, not Sequences", False),
    ],
)
def test_that_a_fault_while_training_ends_the_run_with_its_line_and_not_the_worker(
    tmp_path: Path, what: str, says: str, has_report: bool
) -> None:
    late = f"{DRAW}        if count == 200 and rng.random() < 0.5:\n            {what}\n"
    path = task_file(tmp_path / "mine.py", (DRAW, late))
    user_tasks.open_file(path)
    mail = RememberingMailbox()
    worker = Worker(mail, trainer=Trainer)
    worker.start()
    try:
        worker.commands.open("one", SMALL, probe_of(SMALL), train=True)
        failed = mail.until_phase(Phase.FAILED)
        line = line_of(path, what) if has_report else line_of(path, "def draw")
        assert failed.refused == f"mine.py, line {line}: {says}."
        assert failed.error is None
        assert ("KeyError" in failed.report) == has_report
        recall = Experiment().changed(task="recall", params={"gap": 2}, batch=4)
        worker.commands.open("two", recall, probe_of(recall))
        assert mail.until_phase(Phase.READY).run == "two"
    finally:
        worker.commands.close()
        worker.join(10.0)


def test_that_a_run_keeps_which_file_its_task_came_from_and_when_that_changed(
    tmp_path: Path,
) -> None:
    path = task_file(tmp_path / "mine.py")
    told: list[object] = []
    for first in ("", "CHANGED = 1\n"):
        user_tasks.open_file(task_file(path, first=first))
        store = RunStore(tmp_path / "runs.sqlite")
        resumed = store.record("one") if first else None
        if resumed:
            store.resume("one")
        training = Training("one", Trainer(SMALL), told.append, store, resumed=resumed)
        training.advance(5, 60.0)
        training.advance(5, 60.0)
        training.close()
        store.close()
    notes = [each.text for each in told if isinstance(each, Event) and each.kind == "note"]
    assert notes == [
        f"the task is your own, from {path}",
        f"the task's file has changed; from here on {path} is used as it is now",
    ]
    kept = RunStore(tmp_path / "runs.sqlite").load("one").events
    assert [event["task_sha256"] for event in kept if "task_sha256" in event][-1] == (
        user_tasks.read(path).sha256
    )
