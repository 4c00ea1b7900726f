"""A trainer without an engine, a mailbox that remembers, and worlds to try a worker in."""

from __future__ import annotations

import threading
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np

from sandbox.engine.errors_ahead import ErrorsAhead
from sandbox.engine.trace import Trace
from sandbox.engine.trainer import Advance, Evaluated
from sandbox.experiment import Experiment
from sandbox.run.messages import Event, Frame, Mailbox, Phase, Points, Status
from sandbox.run.worker import Worker
from sandbox.tasks.registry import complete, task_of
from sandbox.tasks.streams import Purpose, stream

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from sandbox.store.base import Store

PATIENCE_S = 100.0  # a kernel that is not cached yet takes half a minute
MOST = 10  # steps in one call, as where a chunk of batches ends
EVALUATED_EVERY = 20


def experiment(**fields: object) -> Experiment:
    base = Experiment(task="recall", params={"gap": 2}, steps=1_000_000)
    return complete(base.changed(**fields))


def probe_of(experiment: Experiment):
    return task_of(experiment).draw(stream(experiment.seed, Purpose.EXAMPLES), 3)


@dataclass
class Script:
    """How fake trainers behave."""

    work_s: float = 0.0005  # a call of run takes this long
    solve: dict[str, int] = field(default_factory=dict)
    diverge: dict[str, int] = field(default_factory=dict)
    fail_at: int | None = None
    refuse: Exception | None = None
    gate: threading.Event | None = None  # run waits for it
    entered: threading.Event = field(default_factory=threading.Event)
    built: list[Experiment] = field(default_factory=list)
    closed: int = 0


class FakeTrainer:
    """Loss, accuracy and norm are functions of (seed, lr, key, step); so is the state."""

    def __init__(self, experiment: Experiment, script: Script) -> None:
        if script.refuse is not None:
            raise script.refuse
        script.built.append(experiment)
        self.experiment, self.task, self.script = experiment, task_of(experiment), script
        self.step, self.evaluating = 0, True
        self.keys = {each.name: each.cell for each in experiment.contestants}
        if experiment.replicates > 1:
            self.keys = {
                f"{name}#{n}": cell
                for name, cell in self.keys.items()
                for n in range(experiment.replicates)
            }
        self.parameters = dict.fromkeys(self.keys, 7)
        self.solved_at: dict[str, int | None] = dict.fromkeys(self.keys)
        self.diverged_at: dict[str, int | None] = dict.fromkeys(self.keys)
        self._theta = {key: np.full(3, experiment.seed, np.float32) for key in self.keys}

    @property
    def until_stop(self) -> int:
        room = EVALUATED_EVERY - self.step % EVALUATED_EVERY
        return min(MOST, room, self.experiment.steps - self.step)

    def run(self, count: int) -> Advance:
        self.script.entered.set()
        if self.script.gate is not None:
            assert self.script.gate.wait(PATIENCE_S)
        threading.Event().wait(self.script.work_s)
        if self.script.fail_at is not None and self.step >= self.script.fail_at:
            raise ZeroDivisionError("the fake fails here")
        first = self.step + 1
        count = max(1, min(count, self.until_stop))
        going = [key for key, at in self.diverged_at.items() if at is None]
        curves = {key: self._curve(key, first, count) for key in going}
        self.step += max((len(curve[0]) for curve in curves.values()), default=0)
        diverged = [
            (key, at, f"{key} stopped at step {at}: its loss is not a number.")
            for key in going
            if (at := self.diverged_at[key]) is not None
        ]
        evaluated = self.evaluate() if self.step % EVALUATED_EVERY == 0 else []
        for result in evaluated:
            if result.solved and self.solved_at[result.key] is None:
                self.solved_at[result.key] = self.step
        return Advance(first, curves, evaluated, diverged)

    def _curve(self, key: str, first: int, count: int):
        stop = self.script.diverge.get(key, first + count)
        if stop < first + count:
            self.diverged_at[key] = stop
        taken = max(0, min(count, stop - first))
        for _ in range(taken):
            self._theta[key] = (self._theta[key] * 0.9 + self.experiment.lr).astype(np.float32)
        steps = np.arange(first, first + taken, dtype=np.float32)
        return steps + self.experiment.seed, 1 / steps, steps * 0 + self._theta[key].sum()

    def adjust(self, experiment: Experiment) -> None:
        self.experiment = self.experiment.with_live(experiment)

    def evaluate(self) -> list[Evaluated]:
        return [self._judged(key) for key, at in self.diverged_at.items() if at is None]

    def _judged(self, key: str) -> Evaluated:
        solved = key in self.script.solve and self.step >= self.script.solve[key]
        splits = dict.fromkeys(self.task.splits, (0.5, 0.996 if solved else 0.25))
        return Evaluated(key, self.step, splits, solved)

    def trace(self, probe, held=None) -> dict[str, Trace]:
        shape = (probe.inputs.shape[1], len(probe), 2)
        return {
            key: Trace(
                cell,
                {"hidden": np.full(shape, self._theta[key][0], np.float32)},
                np.zeros((*shape[:2], 4), np.float32),
                np.zeros(len(probe), np.float32),
            )
            for key, cell in self.keys.items()
        }

    def ahead(self, probe, steps, held=None) -> dict[str, np.ndarray]:
        shape = (probe.inputs.shape[1] + steps, len(probe), 4)
        return {key: np.full(shape, self.step, np.float32) for key in self.keys}

    def errors_ahead(self, steps) -> ErrorsAhead:
        errors = {key: np.full(steps, float(self.step)) for key in self.keys}
        return ErrorsAhead(errors, {"last value": np.ones(steps)}, "MW", 7)

    def state(self) -> dict[str, np.ndarray]:
        counters = [-1 if at is None else at for at in (*self.solved_at.values(),)]
        return {
            "step": np.array(self.step, np.int64),
            "solved": np.array(counters, np.int64),
            **{f"{key}/weights": theta.copy() for key, theta in self._theta.items()},
        }

    def restore(self, state) -> None:
        self.step = int(state["step"])
        for key, solved in zip(self.keys, state["solved"], strict=True):
            self.solved_at[key] = None if solved < 0 else int(solved)
            self._theta[key] = np.array(state[f"{key}/weights"])

    def fork(self, state, parent) -> list[str]:
        self.restore(state)
        return []

    def close(self) -> None:
        self.script.closed += 1


class RememberingMailbox(Mailbox):
    """Keeps every message ever posted, in order, and lets a test wait for one."""

    def __init__(self) -> None:
        super().__init__()
        self.all: list[object] = []
        self._came = threading.Condition()

    def post(self, message) -> None:
        super().post(message)
        with self._came:
            self.all.append(message)
            self._came.notify_all()

    def until(self, found: Callable[[], object], what: str = "") -> None:
        with self._came:
            assert self._came.wait_for(found, PATIENCE_S), f"{what or 'it'} never came"

    def of(self, kind: type, run: str | None = None) -> list:
        mine = [message for message in list(self.all) if isinstance(message, kind)]
        return [m for m in mine if run is None or m.run == run]

    def phases(self, run: str | None = None) -> list[Phase]:
        """The phases in order, each once where it stays."""
        phases = [status.phase for status in self.of(Status, run)]
        return [p for n, p in enumerate(phases) if n == 0 or phases[n - 1] is not p]

    def until_phase(self, phase: Phase, run: str | None = None) -> Status:
        def there() -> bool:
            statuses = self.of(Status, run)
            return bool(statuses) and statuses[-1].phase is phase

        self.until(there, f"phase {phase}")
        return self.of(Status, run)[-1]

    def until_step(self, step: int, run: str | None = None) -> None:
        self.until(lambda: self.last_step(run) >= step, f"step {step}")

    def last_step(self, run: str | None = None) -> int:
        return max((points.last for points in self.of(Points, run)), default=0)

    def events(self, kind: str) -> list[Event]:
        return [event for event in self.of(Event) if event.kind == kind]

    def frames(self) -> list[Frame]:
        return self.of(Frame)


@dataclass
class Bench:
    """A worker that runs, its mailbox and its script."""

    worker: Worker
    mail: RememberingMailbox
    script: Script

    def open(self, run: str = "one", train: bool = False, **fields: object) -> Experiment:
        described = experiment(**fields)
        self.worker.commands.open(run, described, probe_of(described), train)
        return described

    def losses(self, run: str, key: str = "lstm") -> np.ndarray:
        return np.concatenate([p.curves[key].loss for p in self.mail.of(Points, run)])


@contextmanager
def running(script: Script | None = None, store: Store | None = None) -> Iterator[Bench]:
    script, mail = script or Script(), RememberingMailbox()
    worker = Worker(mail, store, lambda each: FakeTrainer(each, script))  # type: ignore[arg-type]
    worker.start()
    try:
        yield Bench(worker, mail, script)
    finally:
        if script.gate is not None:
            script.gate.set()
        worker.commands.close()
        worker.join(PATIENCE_S)
        assert not worker.is_alive()
