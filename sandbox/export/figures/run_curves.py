"""The data of a figure of curves: one run's measurements, from any source."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from sandbox.export.recorded import training_clock
from sandbox.store.base import nets
from sandbox.tasks.registry import task_of

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray

    from sandbox.experiment import Experiment
    from sandbox.store.base import RunRecord
    from sandbox.tasks.base import Task


@dataclass(frozen=True)
class Series:
    """One net's measurements.  steps (n,) increase; loss, accuracy, grad_norm (n,).

    evaluations: (step, loss, accuracy) on fresh sequences, on the worst of the deciding splits.
    generalisation: the same on the split that is not trained on.
    """

    key: str
    cell: str
    steps: NDArray[np.floating] | NDArray[np.integer]
    loss: NDArray[np.floating]
    accuracy: NDArray[np.floating]
    grad_norm: NDArray[np.floating]
    evaluations: tuple[tuple[int, float, float], ...] = ()
    solved_at: int | None = None
    diverged_at: int | None = None
    generalisation: tuple[tuple[int, float, float], ...] = ()

    @property
    def contestant(self) -> str:
        """The contestant's name, which its replicates share."""
        return self.key.partition("#")[0]


@dataclass(frozen=True)
class RunCurves:
    """Everything measured in a run.

    changes: (step, what changed).  clock: (m, 2), rows of (step, seconds of training up to it),
    from the run's first step on; None if it was not timed.
    """

    run: str
    experiment: Experiment
    task: Task
    series: tuple[Series, ...]
    changes: tuple[tuple[int, str], ...] = ()
    clock: NDArray[np.float64] | None = None

    def seconds(self, steps: NDArray[Any]) -> NDArray[np.float64]:
        """Seconds of training up to each step (n,), (n,); interpolated between timed steps."""
        assert self.clock is not None
        seconds: NDArray[np.float64] = np.interp(steps, self.clock[:, 0], self.clock[:, 1])
        return seconds


def curves_of(record: RunRecord) -> RunCurves:
    """The curves of a stored run."""
    tests, beyond = (_scores(record, kind) for kind in ("evaluation", "generalisation"))
    told = {kind: _first(record, kind) for kind in ("solved", "diverged")}
    series = []
    for key, net in nets(record.begun).items():
        steps, (loss, accuracy, norm) = record.curves.get(key, _NOTHING)
        known = record.info.cells.get(key, {})
        at = {kind: told[kind].get(key, known.get(f"{kind}_at")) for kind in told}
        ends = at["solved"], at["diverged"]
        measured = net.contestant.cell, steps, loss, accuracy, norm
        series.append(Series(key, *measured, tests.get(key, ()), *ends, beyond.get(key, ())))
    return RunCurves(
        run=record.info.run,
        experiment=record.begun,
        task=task_of(record.begun),
        series=tuple(series),
        changes=_changes(record),
        clock=training_clock(record) if len(record.clock) else None,
    )


_NO_VALUES = np.empty(0, np.float32)
_NOTHING = (np.empty(0, np.int64), (_NO_VALUES, _NO_VALUES, _NO_VALUES))


def _scores(record: RunRecord, kind: str) -> dict[str, tuple[tuple[int, float, float], ...]]:
    found: dict[str, list[tuple[int, float, float]]] = {}
    for event in record.events:
        if event["kind"] == kind:
            splits = event["splits"]
            judged = [splits[name] for name in event.get("judged") or splits]
            scores = ([math.nan if each is None else each for each in score] for score in judged)
            loss, accuracy = max(scores, key=lambda score: (math.isnan(score[0]), score[0]))
            found.setdefault(event["cell"], []).append((int(event["step"]), loss, accuracy))
    return {key: tuple(each) for key, each in found.items()}


def _first(record: RunRecord, kind: str) -> Mapping[str, int]:
    steps: dict[str, int] = {}
    for event in record.events:
        if event["kind"] == kind and event.get("cell"):
            steps.setdefault(event["cell"], int(event["step"]))
    return steps


def _changes(record: RunRecord) -> tuple[tuple[int, str], ...]:
    return tuple(
        (int(event["step"]), str(event.get("text") or "settings changed"))
        for event in record.events
        if event["kind"] == "changed"
    )
