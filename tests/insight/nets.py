"""Nets for tests of insight, made by hand: what they do is known exactly."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from sandbox.cells.cell import layout
from sandbox.cells.known import CELLS
from sandbox.engine.network import Network
from sandbox.insight.subject import Subject
from sandbox.tasks.recall import Recall, RecallParams

if TYPE_CHECKING:
    from sandbox.tasks.base import Task

OPEN, SHUT = 12.0, -12.0  # of a gate, before its sigmoid


def recall_task(gap: int = 8, symbols: int = 2) -> Recall:
    return Recall(RecallParams(gap=gap, symbols=symbols))


def one_memory(task: Recall, hidden: int = 6, unit: int = 2) -> Subject:
    """An LSTM whose one unit keeps +1 for the first letter and -1 for the second; others rest."""
    cell = CELLS["lstm"]
    own = layout(cell, task.inputs.size, hidden, len(task.outputs))
    theta = np.zeros(own.size, np.float32)
    views = own.views(theta)
    column = {gate: n * hidden + unit for n, gate in enumerate(cell.gates)}
    views["b"][column["input"]] = SHUT
    views["b"][column["forget"]] = OPEN
    views["b"][column["output"]] = OPEN
    for letter, sign in ((0, 1), (1, -1)):
        views["W_x"][letter, column["input"]] = 2 * OPEN
        views["W_x"][letter, column["forget"]] = -2 * OPEN
        views["W_x"][letter, column["candidate"]] = sign * OPEN
        views["W_o"][unit, letter] = 4 * sign
    return Subject("lstm", Network(cell, theta, task.inputs.size, hidden, 2), task)


def drawn_at_random(task: Recall, cell: str = "lstm", hidden: int = 6, layers: int = 1) -> Subject:
    """A net with weights drawn at random."""
    kind, sizes = CELLS[cell], (task.inputs.size, hidden, len(task.outputs))
    rng = np.random.default_rng(1)
    theta = rng.normal(0, 0.7, layout(kind, *sizes, layers).size).astype(np.float32)
    return Subject(cell, Network(kind, theta, *sizes, layers=layers), task)


def of_weights(task: Task, cell: str, hidden: int, **weights: np.ndarray | float) -> Subject:
    """A net with these weights by name; the others are zero."""
    kind, sizes = CELLS[cell], (task.inputs.size, hidden, len(task.outputs))
    theta = np.zeros(layout(kind, *sizes).size, np.float32)
    net = Network(kind, theta, *sizes)
    for name, value in weights.items():
        net.layout.views(theta)[name][:] = value
    return Subject(cell, net, task)


def two_stable_points(task: Recall) -> Subject:
    """An RNN with one unit: stable at ±0.958, a saddle at 0; each letter leads to one of them."""
    rows = np.zeros((task.inputs.size, 1))
    rows[0], rows[1] = 3, -3
    return of_weights(task, "rnn", 1, W_h=2.0, W_x=rows)
