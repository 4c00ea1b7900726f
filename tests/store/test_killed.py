"""kill -9 of a process that trains into the store, again and again, at random moments."""

from __future__ import annotations

import json
import os
import random
import signal
import sqlite3
import subprocess
import sys
import threading
from contextlib import closing, contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pytest

from sandbox.store.runs import RunStore

if TYPE_CHECKING:
    from collections.abc import Iterator

ROOT = Path(__file__).resolve().parents[2]
KILLS = 50
STEPS = 4_000
LONGEST_S = 0.4  # from a child's first step to its end

# A process that is warm forks a child for each life: it goes on with the run until it is killed.
# A child says "begun", then each step that the store has acknowledged.
MOTHER = """
import os, sys, time
sys.path.insert(0, {root!r})
from pathlib import Path
from sandbox.experiment import Experiment
from sandbox.run import saving
from sandbox.run.engine import Engine
from sandbox.run.training import Training
from sandbox.store.runs import RunStore
from sandbox.tasks.registry import complete

saving.EVERY_S = 0.01
engine = Engine()
small = [dict(cell="rnn", hidden=2), dict(cell="lstm", hidden=2)]
experiment = complete(Experiment().changed(
    task="recall", params=dict(gap=2), contestants=small, batch=2, steps={steps}))
engine(experiment).close()

def live():
    store = RunStore(Path({path!r}))
    known = [info.run for info in store.list()]
    record = None
    if known:
        store.resume("one")
        record = store.record("one")
        trainer = engine(record.experiment_at(record.info.step))
    else:
        trainer = engine(experiment)
    training = Training("one", trainer, lambda message: None, store, resumed=record)
    os.write(1, b"begun %d\\n" % training.step)
    while not training.over:
        training.advance(7, 0.002)
        before = training.saving._writing
        training.save()
        if before is not None and before.done():
            assert before.exception() is None, before.exception()
            os.write(1, b"kept %d\\n" % store.acknowledged)
        time.sleep(0.0005)
    training.save(wait=True)
    training.release()
    store.close()
    os.write(1, b"over 0\\n")

class Noting(RunStore):
    acknowledged = 0
    def write(self, run, batch):
        future = super().write(run, batch)
        def done(_):
            self.acknowledged = batch.progress.step
        future.add_done_callback(done)
        return future

RunStore = Noting
for line in sys.stdin:
    child = os.fork()
    if not child:
        try:
            live()
        finally:
            os._exit(0)
    os.write(1, b"child %d\\n" % child)
    os.waitpid(child, 0)
    os.write(1, b"gone 0\\n")
"""


def _kill(child: int) -> None:
    with suppress(ProcessLookupError):
        os.kill(child, signal.SIGKILL)


class Mother:
    """The warm process, and what its children say."""

    def __init__(self, path: Path) -> None:
        code = MOTHER.format(root=str(ROOT), path=str(path), steps=STEPS)
        self._process = subprocess.Popen(
            [sys.executable, "-c", code], stdin=subprocess.PIPE, stdout=subprocess.PIPE, bufsize=0
        )

    def life(self, killed_after_s: float | None) -> tuple[list[int], bool]:
        """One child; the steps it said were kept, and whether it came to the end by itself."""
        assert self._process.stdin is not None
        self._process.stdin.write(b"live\n")
        kept, over, timers = [], False, list[threading.Timer]()
        child, begun = 0, False  # told by two processes, so in either order
        for word, number in self._words():
            if word == "child":
                child = number
            elif word == "kept":
                kept.append(number)
            begun |= word == "begun"
            if child and begun and not timers and killed_after_s is not None:
                timers.append(threading.Timer(killed_after_s, _kill, [child]))
                timers[-1].start()
            over |= word == "over"
            if word == "gone":
                break
        for timer in timers:
            timer.cancel()
            timer.join()
        assert word == "gone", "the mother process ended"
        return kept, over

    def close(self) -> None:
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.close()
        self._process.wait(30)
        self._process.stdout.close()

    def _words(self) -> Iterator[tuple[str, int]]:
        assert self._process.stdout is not None
        for line in iter(self._process.stdout.readline, b""):
            word, number = line.decode().split()
            yield word, int(number)


@contextmanager
def mother_of(path: Path) -> Iterator[Mother]:
    mother = Mother(path)
    try:
        yield mother
    finally:
        mother.close()


def lost_nothing(path: Path, kept: list[int], before: int) -> int:
    """The file is sound, and has all that was acknowledged; the step it goes on from."""
    with closing(sqlite3.connect(path)) as connection:
        assert connection.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
    with closing(RunStore(path)) as store:
        if not store.list():  # killed before the first write was done
            assert not kept
            return 0
        stored, curves = store.load("one"), store.curves("one")
        assert stored.info.step >= max([*kept, before])
        for steps, _ in curves.values():
            assert list(steps) == list(range(1, stored.info.step + 1))
        return stored.info.step


@pytest.mark.timeout(300)
def test_that_a_run_killed_fifty_times_resumes_on_the_same_curve(tmp_path: Path) -> None:
    rng = random.Random(7)
    path, straight = tmp_path / "killed" / "runs.sqlite3", tmp_path / "straight" / "runs.sqlite3"
    step = kills = 0
    with mother_of(path) as mother:
        while kills < KILLS:
            kept, over = mother.life(rng.random() * LONGEST_S * rng.random())
            kills += not over
            if path.exists():
                step = lost_nothing(path, kept, step)
            if over:  # it was faster than the kills: another run of the same experiment
                compare_when_over(path, straight)
                path.unlink()
                step = 0
        mother.life(None)
    compare_when_over(path, straight)


def compare_when_over(path: Path, straight: Path) -> None:
    """The same curves and the same weights as a run that nobody killed."""
    if not straight.exists():
        with mother_of(straight) as mother:
            mother.life(None)
    with closing(RunStore(path)) as store, closing(RunStore(straight)) as whole:
        ours, theirs = store.record("one"), whole.record("one")
    assert ours.info.step == theirs.info.step == STEPS
    for key, (steps, columns) in theirs.curves.items():
        np.testing.assert_array_equal(ours.curves[key][0], steps)
        np.testing.assert_array_equal(ours.curves[key][1], columns)
    for name, array in theirs.state.items():
        np.testing.assert_array_equal(ours.state[name], array)
    for step in ours.checkpoints.keys() & theirs.checkpoints.keys():
        for name, array in theirs.checkpoints[step].items():
            np.testing.assert_array_equal(ours.checkpoints[step][name], array)


@pytest.mark.parametrize("announced", ["start", "progress"])
def test_that_what_is_announced_is_stored_before(home: Path, announced: str) -> None:
    """Whoever reads a line finds the run in the store, though the process is killed at once."""
    small = ["--task", "recall", "--set", "gap=2", "--set", "hidden=2", "--set", "batch=2"]
    process = subprocess.Popen(
        [sys.executable, "-m", "sandbox.cli", "train", "--json", *small, "--steps", "10000000"],
        cwd=ROOT,
        env={**os.environ, "SEQUENCE_SANDBOX_HOME": str(home)},
        stdout=subprocess.PIPE,
    )
    assert process.stdout is not None
    line = json.loads(process.stdout.readline())
    run, step = line["run"], 0
    while line["event"] != announced:
        line = json.loads(process.stdout.readline())
        step = line.get("step", 0)
    process.kill()
    process.wait(10)
    process.stdout.close()
    with closing(RunStore(home / "runs.sqlite3")) as store:
        assert store.resolve("last") == run
        assert store.info(run).step >= step
        assert len(store.curves(run).get("rnn", [()])[0]) >= step
    assert step > 0 or announced == "start"


def test_that_the_command_line_goes_on_after_a_kill_with_the_same_numbers(home: Path) -> None:
    small = ["--task", "recall", "--set", "gap=2", "--set", "hidden=2", "--set", "batch=2"]
    command = [sys.executable, "-m", "sandbox.cli", "train", "--json"]
    env = {**os.environ, "SEQUENCE_SANDBOX_HOME": str(home)}
    process = subprocess.Popen(
        [*command, *small, "--steps", "10000000"], cwd=ROOT, env=env, stdout=subprocess.PIPE
    )
    assert process.stdout is not None
    lines = [process.stdout.readline() for _ in range(7)]  # three seconds: some are kept
    process.kill()
    process.wait(10)
    process.stdout.close()
    assert process.returncode == -signal.SIGKILL
    with closing(RunStore(home / "runs.sqlite3")) as store:
        (info,) = store.list()
        assert info.interrupted
        shown = max(int(line.split(b'"step": ')[1].split(b",")[0]) for line in lines[1:])
        steps_a_second = info.step / info.seconds
        assert shown - info.step < 2 * steps_a_second  # at most two seconds are done again
    more = str(info.step + 100)
    done = subprocess.run(
        [*command, "--resume", "last", "--steps", more], cwd=ROOT, env=env, capture_output=True
    )
    assert done.returncode == 0, done.stderr
    with closing(RunStore(home / "runs.sqlite3")) as store:
        again, store_curves = store.info(info.run), store.curves(info.run)
    assert (again.step, again.interrupted) == (int(more), False)
    assert list(store_curves["rnn"][0]) == list(range(1, int(more) + 1))
