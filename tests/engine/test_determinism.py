"""The same experiment and seed give the same bits, whatever else happens meanwhile."""

from __future__ import annotations

import os
import subprocess
import sys
import threading
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

from sandbox.engine.kernels import panels
from sandbox.engine.trainer import Trainer
from sandbox.experiment import parse
from sandbox.tasks.preview import example_sequences
from sandbox.tasks.registry import complete

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

pytestmark = pytest.mark.timeout(400)  # kernels may have to be compiled
TASKS: dict[str, dict[str, int]] = {"recall": {"gap": 8}, "adding": {"length": 20}}
NETS = [("rnn", 1), ("rnn_relu", 2), ("lstm", 2), ("gru", 1), ("gru", 2)]
Curves = dict[str, np.ndarray]


@contextmanager
def training(*nets: tuple[str, int], task: str = "recall", **more: Any) -> Iterator[Trainer]:
    """Contestants "rnn1", "gru2", … by cell and number of layers, each on seed 0."""
    contestants = [
        {"name": f"{cell}{layers}", "cell": cell, "layers": layers, "hidden": 9}
        for cell, layers in nets
    ]
    base = {"task": task, "params": TASKS[task], "batch": 6, "contestants": contestants}
    trainer = Trainer(complete(parse({**base, **more})))
    yield trainer
    trainer.close()


def curves(
    trainer: Trainer, steps: int, count: int, between: Callable[[], object] = lambda: None
) -> Curves:
    """Loss, accuracy and norm (3, steps) by contestant, and its weights, in blocks of `count`."""
    parts: dict[str, list[np.ndarray]] = {key: [] for key in trainer.keys}
    goal = trainer.step + steps
    while trainer.step < goal:
        for key, curve in trainer.run(min(count, goal - trainer.step)).curves.items():
            parts[key].append(np.stack(curve))
        between()
    found = {key: np.concatenate(part, axis=1) for key, part in parts.items()}
    return found | {name: array for name, array in trainer.state().items() if "weights" in name}


def assert_same(one: Curves, other: Curves) -> None:
    assert set(one) == set(other)
    for name, array in one.items():
        np.testing.assert_array_equal(other[name], array, err_msg=name)


@pytest.mark.parametrize("task", list(TASKS))
def test_that_neither_blocks_nor_frames_nor_evaluations_change_a_bit(task: str) -> None:
    with training(*NETS, task=task) as plain, training(*NETS, task=task) as watched:
        probe = example_sequences(watched.task, 0, 3)

        def look() -> None:
            watched.trace(probe)
            watched.trace(probe, {"lstm2": {"forget": 1.0}})
            watched.evaluate()

        assert_same(curves(plain, 60, 1000), curves(watched, 60, 7, look))


@pytest.mark.parametrize("divided", [False, True])
@pytest.mark.parametrize("cores", [2, 3, 16])
def test_that_the_number_of_threads_changes_no_bit(
    cores: int, divided: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    """divided: as of large nets, each batch is in parts of 16 sequences."""
    monkeypatch.setattr(panels, "WORTH_DIVIDING", 0 if divided else 10**18)
    nets: list[Any] = [("lstm", 1), ("gru", 3)] if divided else NETS
    monkeypatch.setattr("sandbox.engine.trainer.available", lambda: 1)
    with training(*nets, batch=70) as one:
        expected = curves(one, 40, 10)
    monkeypatch.setattr("sandbox.engine.trainer.available", lambda: cores)
    with training(*nets, batch=70) as several:
        found = curves(several, 40, 10)
        net = next(iter(several._learners.values())).net
        assert len(net._training._workspace.parts) == (4 if divided else 1)
    assert_same(expected, found)


def test_that_runs_side_by_side_change_no_bit_of_one_another() -> None:
    with training(*NETS) as alone:
        expected = curves(alone, 40, 10)
    found: list[Curves] = []

    def one_run() -> None:
        with training(*NETS) as trainer:
            found.append(curves(trainer, 40, 3))

    threads = [threading.Thread(target=one_run) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(found) == 3
    for each in found:
        assert_same(expected, each)


def test_that_a_contestant_with_replicates_and_rivals_learns_as_it_does_alone() -> None:
    first = NETS[-1]
    with training(first) as alone, training(first, *NETS[:2], replicates=3) as together:
        expected, found = curves(alone, 40, 40), curves(together, 40, 9)
    np.testing.assert_array_equal(found["gru2#0"], expected["gru2"])
    np.testing.assert_array_equal(found["gru2#0/weights"], expected["gru2/weights"])


WEIGHTS = """
import hashlib, sys
from tests.engine.test_determinism import curves, training
from sandbox.tasks.preview import example_sequences
with training(("gru", 1), ("lstm", 2)) as trainer:
    if sys.argv[1:]:
        trainer.trace(example_sequences(trainer.task, 0, 3))
        trainer.evaluate()
    found = curves(trainer, 60, 60)
print({name: hashlib.md5(array.tobytes()).hexdigest() for name, array in found.items()})
"""


def test_that_neither_a_fresh_compilation_nor_an_earlier_trace_changes_a_bit(
    tmp_path: Path,
) -> None:
    """Which copy of a kernel runs must not depend on what a process has loaded before."""
    env = {**os.environ, "SEQUENCE_SANDBOX_KERNELS": str(tmp_path / "cache")}
    weights = [
        subprocess.run(
            [sys.executable, "-c", WEIGHTS, *words],
            env=env,
            cwd=Path(__file__).parents[2],
            capture_output=True,
            text=True,
            check=True,
        ).stdout
        for words in ([], [], ["trace first"])
    ]
    assert "lstm2/weights" in weights[0]
    assert weights[0] == weights[1]
    assert weights[0] == weights[2]
