"""What a run said so far: curves in growing buffers, evaluations and events."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np

from sandbox.run.messages import Curve, Evaluation, Event, Points

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray

    from sandbox.run.mailbox import Record

FIRST_CAPACITY = 4096
SMOOTHED_OVER = 50


class CurveBuffer:
    """One contestant's measurements; adding n points costs O(n), amortised."""

    def __init__(self) -> None:
        self._size = 0
        self._steps = np.empty(FIRST_CAPACITY, np.float64)
        self._values = np.empty((3, FIRST_CAPACITY), np.float32)

    def __len__(self) -> int:
        return self._size

    def extend(self, first: int, curve: Curve) -> None:
        """Add the steps `first`, `first` + 1, …"""
        stop = self._size + len(curve.loss)
        self._reserve(stop)
        self._steps[self._size : stop] = np.arange(first, first + len(curve.loss))
        self._values[:, self._size : stop] = (curve.loss, curve.accuracy, curve.grad_norm)
        self._size = stop

    @property
    def steps(self) -> NDArray[np.float64]:
        """The steps so far, (n,), as a view."""
        return self._steps[: self._size]

    @property
    def loss(self) -> NDArray[np.float32]:
        """Their losses, (n,), as a view."""
        return self._values[0, : self._size]

    @property
    def accuracy(self) -> NDArray[np.float32]:
        """Their accuracies, (n,), as a view."""
        return self._values[1, : self._size]

    @property
    def grad_norm(self) -> NDArray[np.float32]:
        """Their gradient norms before clipping, (n,), as a view."""
        return self._values[2, : self._size]

    def smoothed(self, since: int = 0, until: int | None = None) -> tuple[float, float] | None:
        """Loss and accuracy, meant over the last steps after `since`; None where none is.

        until: the last step that counts.
        """
        stop = self._size if until is None else int(np.searchsorted(self.steps, until, "right"))
        start = max(0, stop - SMOOTHED_OVER, int(np.searchsorted(self.steps, since, "right")))
        if stop <= start:
            return None
        loss, accuracy, _ = self._values[:, start:stop].mean(axis=1)
        return float(loss), float(accuracy)

    def _reserve(self, size: int) -> None:
        capacity = len(self._steps)
        if size <= capacity:
            return
        while capacity < size:
            capacity *= 2
        steps, values = np.empty(capacity, np.float64), np.empty((3, capacity), np.float32)
        steps[: self._size] = self.steps
        values[:, : self._size] = self._values[:, : self._size]
        self._steps, self._values = steps, values


@dataclass
class Recording:
    """Everything the current run has told, by contestant's key.

    tests: (step, loss, accuracy) on fresh sequences, of the split where it does worst.
    """

    curves: dict[str, CurveBuffer] = field(default_factory=dict)
    tests: dict[str, list[tuple[int, float, float]]] = field(default_factory=dict)
    solved_at: dict[str, int] = field(default_factory=dict)
    diverged_at: dict[str, int] = field(default_factory=dict)
    changes: list[tuple[int, str]] = field(default_factory=list)
    last_event: Event | None = None

    def add(self, record: Record) -> None:
        """Take in one record."""
        if isinstance(record, Points):
            self._add_points(record.first, record.curves)
        elif isinstance(record, Evaluation):
            self._add_test(record)
        else:
            self._add_event(record)

    def curve(self, key: str) -> CurveBuffer:
        """The contestant's curve, empty where it has none yet."""
        return self.curves.setdefault(key, CurveBuffer())

    def _add_points(self, first: int, curves: Mapping[str, Curve]) -> None:
        for key, curve in curves.items():
            self.curve(key).extend(first, curve)

    def _add_test(self, evaluation: Evaluation) -> None:
        loss, accuracy = max(evaluation.splits.values())
        self.tests.setdefault(evaluation.cell, []).append((evaluation.step, loss, accuracy))

    def _add_event(self, event: Event) -> None:
        self.last_event = event
        if event.kind == "changed":
            self.changes.append((event.step, event.text))
        elif event.cell is not None and event.kind in ("solved", "diverged"):
            places = self.solved_at if event.kind == "solved" else self.diverged_at
            places.setdefault(event.cell, event.step)
