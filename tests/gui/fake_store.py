"""A store in memory, with runs of every kind in it."""

from __future__ import annotations

import threading
import time
from concurrent.futures import Future
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import numpy as np

from sandbox.experiment import Experiment, parse
from sandbox.store.base import (
    Batch,
    ExperimentTimeline,
    Measured,
    Origin,
    RunError,
    RunInfo,
    RunRecord,
    State,
    StoredRun,
    Usage,
)
from sandbox.tasks.registry import complete
from sandbox.validation import ExperimentError

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from numpy.typing import NDArray

NOW = datetime(2026, 3, 14, 15, 9, 26, tzinfo=UTC)
CELLS = ("rnn", "lstm", "gru", "mingru")
TASKS = {"fluent": "gap", "recall": "gap", "adding": "length", "water": None}
GAPS = (10, 20, 50, 100)
_NOTHING = np.empty(0, np.float32)


class FakeStore:
    """Lines of runs, and a call log; `trained` are those that somebody trains."""

    def __init__(self, infos: Iterable[RunInfo] = (), cost_s: float = 0.0) -> None:
        self.infos = {info.run: info for info in infos}
        self.bin: dict[str, RunInfo] = {}
        self.trained: set[str] = set()
        self.events: dict[str, tuple[Mapping[str, Any], ...]] = {}
        self.experiments_begun: dict[str, Experiment] = {}
        self.calls: list[tuple[str, object]] = []
        self.threads: set[str] = set()
        self.failure: Exception | None = None
        self.budget = 2_000_000_000
        self.cost_s = cost_s  # of `list`, in Python
        self.gate: threading.Event | None = None  # `list` waits for it

    # Reading --------------------------------------------------------------------------

    def info(self, run: str) -> RunInfo:
        return self._info(run)

    def list(self) -> tuple[RunInfo, ...]:
        self._called("list", None)
        listed = tuple(self.infos.values())
        if self.gate is not None:
            assert self.gate.wait(10)
        until = time.perf_counter() + self.cost_s
        while time.perf_counter() < until:
            pass
        return listed

    def resolve(self, name: str) -> str:
        self._called("resolve", name)
        if name not in self.infos:
            raise ExperimentError("run", name, "an id as `runs list` prints it")
        return name

    def load(self, run: str) -> StoredRun:
        self._called("load", run)
        info = self._info(run)
        if info.damage:
            raise RunError(info.damage)
        begun = self.experiments_begun.get(run) or experiment_of(info)
        return StoredRun(info, begun, self.events.get(run, ()), {})

    def record(self, run: str) -> RunRecord:
        stored = self.load(run)
        curves, clock = self.curves(run), self.clock(run)
        state = stored.state
        return RunRecord(
            stored.info, stored.begun, stored.events, state, curves, clock, {stored.info.step: {}}
        )

    def curves(
        self, run: str, first: int = 0, last: int | None = None
    ) -> dict[str, tuple[NDArray[np.int64], Measured]]:
        end = self._info(run).step
        values = np.linspace(1, 0, end, dtype=np.float32)[max(first - 1, 0) : last]
        steps = np.arange(1, end + 1, dtype=np.int64)[max(first - 1, 0) : last]
        return {key: (steps, (values, 1 - values, values)) for key in self._info(run).cells}

    def clock(self, run: str) -> NDArray[np.float64]:
        info = self._info(run)
        return np.array([[0, 0], [info.step, info.seconds]], np.float64)

    def checkpoint(self, run: str, step: int) -> tuple[int, State]:
        return self._info(run).step, {}

    # Writing --------------------------------------------------------------------------

    def begin(self, run: str, experiment: Experiment, origin: Origin | None = None) -> None:
        self.trained.add(run)
        self.experiments_begun[run] = experiment

    def resume(self, run: str) -> StoredRun:
        return self.load(run)

    def write(self, run: str, batch: Batch) -> Future[None]:
        done: Future[None] = Future()
        done.set_result(None)
        return done

    def finish(self, run: str) -> None:
        self.trained.discard(run)

    def mark_closed(self, run: str) -> None:
        self.trained.discard(run)

    def timelines(self, runs: Iterable[RunInfo]) -> dict[str, ExperimentTimeline]:
        begun = {
            info.run: (self.experiments_begun.get(info.run) or experiment_of(info), (), info.origin)
            for info in runs
            if not info.damage
        }
        return {run: ExperimentTimeline(*each) for run, each in begun.items()}

    def usage(self) -> Usage:
        return Usage(sum(info.size for info in self.infos.values()), self.budget)

    def set_budget(self, limit: int) -> None:
        self._called("set_budget", limit)
        self.budget = limit

    def mark_exported(self, run: str) -> None:
        self._called("mark_exported", run)

    def import_run(self, record: RunRecord) -> str:
        self.infos[record.info.run] = record.info
        return record.info.run

    def annotate(self, run: str, note: str | None = None, star: bool | None = None) -> None:
        self._called("annotate", (run, note, star))
        info = self._info(run)
        if note is not None:
            info = replace(info, note=note)
        if star is not None:
            info = replace(info, star=star)
        self.infos[run] = info

    def delete(self, run: str) -> None:
        self._called("delete", run)
        self._info(run)
        if run in self.trained:
            raise RunError(f"Run {run} cannot be deleted while it is trained: pause it first.")
        self.bin[run] = self.infos.pop(run)

    def deleted(self) -> tuple[str, ...]:
        return tuple(self.bin)

    def restore(self, run: str) -> None:
        self._called("restore", run)
        self.infos[run] = self.bin.pop(run)
        self.infos = dict(sorted(self.infos.items()))

    def close(self) -> None:
        self._called("close", None)

    # For tests --------------------------------------------------------------------------

    def change(self, run: str, **fields: Any) -> None:
        """Another line for a run, as if somebody else had written it."""
        self.infos[run] = replace(self.infos[run], **fields)

    def count(self, call: str) -> int:
        return sum(name == call for name, _ in self.calls)

    def _info(self, run: str) -> RunInfo:
        if run not in self.infos:
            raise RunError(f"There is no run {run}.")
        return self.infos[run]

    def _called(self, call: str, what: object) -> None:
        self.calls.append((call, what))
        self.threads.add(threading.current_thread().name)
        if self.failure is not None:
            raise self.failure


def info(run: str, **fields: Any) -> RunInfo:
    """A finished run of RNN and LSTM on fluent at gap 20, but for these fields."""
    created = NOW - timedelta(days=3)
    cells = {"rnn": result("rnn", accuracy=0.17), "lstm": result("lstm", 312)}
    values = {
        "created": created.isoformat(),
        "updated": (created + timedelta(minutes=1)).isoformat(),
        "task": "fluent",
        "gap": 20,
        "step": 3000,
        "steps": 3000,
        "seconds": 41.0,
        "cells": cells,
        "size": 120_000,
    }
    return RunInfo(run, **{**values, **fields})


def result(
    cell: str,
    solved_at: int | None = None,
    diverged_at: int | None = None,
    accuracy: float | None = None,
) -> dict[str, Any]:
    """What is known of one contestant."""
    known = 1.0 if solved_at is not None and accuracy is None else accuracy
    loss = None if known is None else 1.79 * (1 - known) + 0.004
    return {
        "cell": cell,
        "parameters": 1158 if cell == "rnn" else 4614,
        "solved_at": solved_at,
        "diverged_at": diverged_at,
        "accuracy": known,
        "loss": loss,
    }


def experiment_of(info: RunInfo) -> Experiment:
    """An experiment that such a line could be of."""
    gap = TASKS.get(info.task)
    cells = {key.partition("#")[0]: result["cell"] for key, result in info.cells.items()}
    contestants = [{"name": name, "cell": cell} for name, cell in cells.items()]
    data = {
        "task": info.task,
        "params": {gap: info.gap} if gap and info.gap is not None else {},
        "seed": info.seed,
        "steps": info.steps,
        **({"contestants": contestants} if contestants else {}),
    }
    return complete(parse(data))


def many(count: int, now: datetime = NOW) -> list[RunInfo]:
    """Runs of all tasks, gaps and outcomes, the last one just now; the same ones every time."""
    return [
        _varied(number, now - timedelta(minutes=37 * (count - 1 - number)))
        for number in range(count)
    ]


def _varied(number: int, moment: datetime) -> RunInfo:
    task = list(TASKS)[number % 4]
    run = f"{moment:%Y%m%d-%H%M%S}-{task}-{number % 0xFFFFFF:06x}"
    if number % 97 == 13:
        why = (
            f"Run {run} cannot be read: its checkpoint is cut short; delete it, or restore a copy."
        )
        return RunInfo(run, damage=why, size=9_000)
    interrupted, diverged = number % 11 == 3, number % 7 == 2
    cells = {"rnn": result("rnn", None, 40 if diverged else None, None if diverged else 0.17)}
    cells["lstm"] = result("lstm", 200 + number % 900 if number % 3 else None, None, 0.97)
    if number % 5 == 0:
        cells["gru"] = result("gru", 150 + number % 400)
    if number % 8 == 0:
        cells = {
            f"lstm#{n}": result("lstm", 300 + n if n % 2 else None, None, 0.6) for n in range(5)
        }
    step = 640 if interrupted else 3000
    origin = Origin(f"{moment:%Y%m%d}-000000-{task}-abc123", 500) if number % 9 == 4 else None
    return RunInfo(
        run=run,
        created=moment.isoformat(),
        updated=(moment + timedelta(seconds=70)).isoformat(),
        task=task,
        gap=GAPS[number // 4 % 4] if TASKS[task] else None,
        seed=number % 6,
        step=step,
        steps=3000,
        seconds=step / 73.0,
        cells=cells,
        note=("forgets after the comma", "", "chrono at 5", "")[number % 4] if number % 3 else "",
        star=number % 10 == 0,
        origin=origin,
        size=40_000 + 997 * (number % 3000),
        interrupted=interrupted,
    )
