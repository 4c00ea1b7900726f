"""The cost of keeping runs: training with and without a store, listing, looking back, opening.

python bench/keeping.py [--rounds 7] [--seconds 2] [--runs 10000]

Prints the ratio of training steps per second with and without a store (median of pairs), the time
to open a store of many runs and list them, the time from asking for a step of a finished default
run to its frame (live and as read back from the store), and from an experiment file of about
20 MB to the first frame of its run.
"""

from __future__ import annotations

import argparse
import os
import random
import statistics
import sys
import tempfile
import time
from contextlib import closing
from pathlib import Path
from typing import Any

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
os.environ["SEQUENCE_SANDBOX_HOME"] = tempfile.mkdtemp(prefix="sequence-sandbox-bench-")
sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

import numpy as np

from sandbox.experiment import Experiment
from sandbox.run.engine import Engine
from sandbox.run.messages import Mailbox, Phase
from sandbox.run.training import Training
from sandbox.run.worker import Worker
from sandbox.store import seqx
from sandbox.store.base import Batch, Progress
from sandbox.store.runs import RunStore
from sandbox.tasks.preview import example_sequences
from sandbox.tasks.registry import complete, task_of

HOME = Path(os.environ["SEQUENCE_SANDBOX_HOME"])
DEFAULT = complete(Experiment())
POSITIONS = 100
FILLED_S = 4.0  # the worker fills the gaps between checkpoints while it is idle


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--rounds", type=int, default=7)
    parser.add_argument("--seconds", type=float, default=2.0)
    parser.add_argument("--runs", type=int, default=10_000)
    arguments = parser.parse_args()
    engine = Engine()
    engine(DEFAULT).close()
    cost_of_keeping(engine, arguments.rounds, arguments.seconds)
    listing(arguments.runs)
    looking_back()


def cost_of_keeping(engine: Engine, rounds: int, seconds: float) -> None:
    """Each pair is trained from the first step, so that it has the checkpoints of a young run."""
    shares = []
    for number in range(rounds):
        rates = {}
        for kept in (False, True) if number % 2 else (True, False):
            store = RunStore(HOME / f"cost{number}.sqlite3") if kept else None
            rates[kept] = rate(engine, store, seconds)
        shares.append(rates[True] / rates[False])
    print(
        f"training with a store / without: {statistics.median(shares):.3f} "
        f"({min(shares):.3f} to {max(shares):.3f})"
    )


def rate(engine: Engine, store: RunStore | None, seconds: float) -> float:
    training = Training("one", engine(DEFAULT.changed(steps=1_000_000)), lambda _: None, store)
    started = time.perf_counter()
    while (took := time.perf_counter() - started) < seconds:
        training.advance(1_000_000)
        if training.saving.due_in(training.step, idle=False) <= 0:
            training.save()
    steps = training.step / took
    training.close()
    if store is not None:
        store.close()
    return steps


def listing(count: int) -> None:
    path = HOME / "many.sqlite3"
    values = np.ones(50, np.float32)
    cells = {
        key: {"cell": key, "accuracy": 0.5, "loss": 1.0, "solved_at": 40, "parameters": 9}
        for key in ("rnn", "lstm")
    }
    with closing(RunStore(path)) as store:
        waiting = []
        for number in range(count):
            run = f"20260101-{number:06d}-fluent-000000"
            store._begun[run] = begun_of(run)
            batch = Batch(
                points=[(1, {"rnn": (values,) * 3, "lstm": (values,) * 3}, 0.1)],
                latest={"theta": values},
                progress=Progress(50, 0.1, DEFAULT, cells),
            )
            waiting.append(store.write(run, batch))
        for future in waiting:
            future.result()
    times = []
    for _ in range(5):
        started = time.perf_counter()
        with closing(RunStore(path)) as store:
            found = len(store.list())
        times.append(time.perf_counter() - started)
    print(f"open a store and list its {found:,} runs: {statistics.median(times) * 1e3:.0f} ms")


def begun_of(run: str) -> Any:
    from sandbox.store.writing import Begun

    return Begun(run, DEFAULT)


def looking_back() -> None:
    probe = example_sequences(task_of(DEFAULT), DEFAULT.seed, 3)
    store, mailbox = RunStore(HOME / "back.sqlite3"), Mailbox()
    worker = Worker(mailbox, store)
    worker.start()
    worker.commands.open("one", DEFAULT, probe)
    until(mailbox, lambda mail: mail.status and mail.status.keys)
    worker.commands.train()
    until(mailbox, lambda mail: mail.status and mail.status.phase is Phase.FINISHED)
    positions("a live run", worker, mailbox)
    worker.commands.open("two", DEFAULT, probe)
    until(mailbox, lambda mail: mail.frame and mail.frame.run == "two")
    worker.commands.open("one", DEFAULT, probe, resumed=True)
    until(mailbox, lambda mail: mail.frame and mail.frame.run == "one")
    positions("a run read back, at once", worker, mailbox)
    worker.commands.look_back(1_500)
    time.sleep(FILLED_S)
    positions("a run read back, after some seconds", worker, mailbox)
    path = HOME / "file.seqx"
    seqx.write(path, store.record("one"))
    started = time.perf_counter()
    run = store.import_run(opened_as("other", path))
    worker.commands.open(run, DEFAULT, probe, resumed=True)
    until(mailbox, lambda mail: mail.frame and mail.frame.run == run)
    took, size = time.perf_counter() - started, path.stat().st_size
    print(f"a file of {size / 1e6:.1f} MB, to the first frame of its run: {took * 1e3:.0f} ms")
    worker.commands.close()
    worker.join()
    store.close()


def opened_as(name: str, path: Path) -> Any:
    from dataclasses import replace

    record = seqx.read(path).record
    assert record is not None
    return replace(record, info=replace(record.info, run=name))


def positions(what: str, worker: Worker, mailbox: Mailbox) -> None:
    rng, times = random.Random(3), []
    for _ in range(POSITIONS):
        step = rng.randrange(1, DEFAULT.steps)
        started = time.perf_counter()
        worker.commands.look_back(step)
        until(mailbox, lambda mail, step=step: mail.frame and mail.frame.step == step)
        times.append((time.perf_counter() - started) * 1e3)
    times.sort()
    print(
        f"looking back, {what}: median {statistics.median(times):.0f} ms, "
        f"95% {times[int(0.95 * len(times))]:.0f} ms, longest {times[-1]:.0f} ms"
    )


def until(mailbox: Mailbox, found: Any) -> None:
    while not found(mailbox.drain()):
        time.sleep(0.0005)


if __name__ == "__main__":
    main()
