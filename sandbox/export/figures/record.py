"""What a figure of curves is drawn from: one run's measurements, wherever they come from."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from sandbox.engine.cells import CELLS
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

    evaluations: (step, loss, accuracy) on fresh sequences, of the split where it does worst.
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

    @property
    def contestant(self) -> str:
        """Whose net it is: replicates share it."""
        return self.key.partition("#")[0]


@dataclass(frozen=True)
class RunCurves:
    """Everything that was measured of a run.

    changes: (step, what changed).  clock: (m, 2), (step, seconds of training until then), or
    None where nobody timed it.
    """

    run: str
    experiment: Experiment
    task: Task
    series: tuple[Series, ...]
    changes: tuple[tuple[int, str], ...] = ()
    clock: NDArray[np.float64] | None = None

    def seconds(self, steps: NDArray[Any]) -> NDArray[np.float64]:
        """Seconds of training until each step; evenly between two that were timed."""
        assert self.clock is not None
        first = [[0.0, 0.0]] if not len(self.clock) or self.clock[0, 0] > 0 else np.empty((0, 2))
        clock = np.vstack([first, self.clock])
        seconds: NDArray[np.float64] = np.interp(steps, clock[:, 0], clock[:, 1])
        return seconds


def curves_of(record: RunRecord) -> RunCurves:
    """The curves of a stored run."""
    cells = {contestant.name: contestant.cell for contestant in record.begun.contestants}
    tests = _evaluations(record)
    told = {kind: _first(record, kind) for kind in ("solved", "diverged")}
    series = []
    for key in _keys(record):
        steps, (loss, accuracy, norm) = record.curves.get(key, _NOTHING)
        cell = cells.get(key.partition("#")[0], "")
        known = record.info.cells.get(key, {})
        at = {kind: told[kind].get(key, known.get(f"{kind}_at")) for kind in told}
        ends = at["solved"], at["diverged"]
        series.append(Series(key, cell, steps, loss, accuracy, norm, tests.get(key, ()), *ends))
    return RunCurves(
        run=record.info.run,
        experiment=record.begun,
        task=task_of(record.begun),
        series=tuple(series),
        changes=_changes(record),
        clock=record.clock if len(record.clock) else None,
    )


_NO_VALUES = np.empty(0, np.float32)
_NOTHING = (np.empty(0, np.int64), (_NO_VALUES, _NO_VALUES, _NO_VALUES))


def called(key: str, cell: str) -> str:
    """A contestant as it is called: "LSTM", "LSTM 2", "LSTM #1", or the name it was given."""
    name, _, replicate = key.partition("#")
    number = name.removeprefix(cell)
    numbered = name.startswith(cell) and (not number or number.isdigit()) and cell in CELLS
    title = f"{CELLS[cell].title} {number}".strip() if numbered else name
    return f"{title} #{replicate}" if replicate else title


def _keys(record: RunRecord) -> list[str]:
    """Contestants in the experiment's order; one that never took a step is among them."""
    count = record.begun.replicates
    names = [contestant.name for contestant in record.begun.contestants]
    if count == 1:
        return names
    return [f"{name}#{number}" for name in names for number in range(count)]


def _evaluations(record: RunRecord) -> dict[str, tuple[tuple[int, float, float], ...]]:
    found: dict[str, list[tuple[int, float, float]]] = {}
    for event in record.events:
        if event["kind"] == "evaluation":
            loss, accuracy = max(tuple(score) for score in event["splits"].values())
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
