"""A task of its own and frames with known values: what the panels' tests show."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from sandbox.cells.known import CELLS
from sandbox.drawing.smoothing import Smoothing
from sandbox.drawing.styles import line_styles
from sandbox.engine.trace import Trace
from sandbox.experiment import Frozen
from sandbox.gui.panels.shared.views import CurveData, CurvesView, NetHead, NetsView
from sandbox.gui.session.curvebuffer import Band
from sandbox.run.messages import Frame
from sandbox.tasks.base import Baseline, Channels, Criterion, Role, Sequences, Task, Tokens
from sandbox.tasks.shown import ShownSequence

if TYPE_CHECKING:
    from PySide6.QtCore import QRect

    from sandbox.gui.panels.nets.net_column import NetColumn

KEYS = {"rnn": "rnn", "lstm": "lstm"}


class NoParams(Frozen):
    """Nothing to set."""


class WordTask(Task):
    """T words: the second is the cue, the last the query."""

    name, title, summary, explanation, source = "words", "Words", "", "", ""
    gap_field = None
    Params = NoParams

    def __init__(self, length: int, padding: int = 0) -> None:
        super().__init__(NoParams())
        self.inputs = Tokens(tuple(f"word{n}" for n in range(7)))
        self.outputs = ("German", "French", "Polish")
        self.length, self.padding = length, padding
        self.dependency = length
        self.baselines = (Baseline("knows everything but the country: ln 3", 1.0986, 1 / 3),)
        self.criterion = Criterion("accuracy", 0.99, 2000, "99% right")

    def draw(self, rng: np.random.Generator, count: int, split: str = "fresh") -> Sequences:
        steps, total = self.length, self.length + self.padding
        roles = np.full(total, Role.FILLER, np.uint8)
        roles[0] = Role.CARRIER
        roles[min(1, steps - 1)] = Role.CUE
        roles[steps - 1] = Role.QUERY
        roles[steps:] = Role.PADDING
        inputs = np.tile(np.arange(total, dtype=np.int32) % 7, (count, 1))
        scored = np.zeros((count, total), np.bool_)
        scored[:, steps - 1] = True
        return Sequences(inputs, np.ones_like(inputs), scored, np.tile(roles, (count, 1)))

    def encode(self, text: str) -> Sequences:
        return self.draw(np.random.default_rng(0), 1)

    def labels(self, sequences: Sequences, index: int) -> list[str]:
        words = [f"word{token}" for token in sequences.inputs[index]]
        for step, role in enumerate(sequences.roles[index]):
            if role == Role.CUE:
                words[step] = "GERMANY"
            elif role == Role.PADDING:
                words[step] = ""
        return words

    def question(self, sequences: Sequences, index: int) -> str:
        return "I speak fluent ___ (French)"


class SumTask(WordTask):
    """Two channels of real numbers; the target is one number."""

    loss = "squared_error"
    correct_within = 0.04

    def __init__(self, length: int) -> None:
        super().__init__(length)
        self.inputs = Channels(("value", "marker"), 0.0, 1.0)
        self.outputs = ("sum",)
        self.baselines = (Baseline("remembers neither: 1/6", 1 / 6),)
        self.criterion = Criterion("loss", 0.01, 2000, "below 0.01")

    def draw(self, rng: np.random.Generator, count: int, split: str = "fresh") -> Sequences:
        words = super().draw(rng, count, split)
        inputs = rng.random((count, self.length, 2)).astype(np.float32)
        targets = np.full((count, self.length, 1), 0.91, np.float32)
        return Sequences(inputs, targets, words.scored, words.roles)

    def labels(self, sequences: Sequences, index: int) -> list[str]:
        return [f"{value:.2f}" for value in sequences.inputs[index, :, 0]]

    def question(self, sequences: Sequences, index: int) -> str:
        return "0.50 + 0.41 = ___ (0.91)"


def sequence_view(length: int = 12, padding: int = 0) -> ShownSequence:
    """The first of two sequences."""
    return view_of(WordTask(length, padding))


def view_of(task: Task) -> ShownSequence:
    """The first of two sequences of a task."""
    return ShownSequence(task, task.draw(np.random.default_rng(0), 2), 0)


def trace(kind: str, view: ShownSequence, units: int, layers: int = 1, **changed: Any) -> Trace:
    """Known values: every gate is (unit + 1) / (H + 1), states are half of it; gradients 1e-2.

    Of a lower layer, a tenth of that for every layer that it is below the top one.
    """
    steps, count = view.sequences.roles.shape[1], len(view.sequences)
    level = np.tile((np.arange(units) + 1) / (units + 1), (steps, count, 1)).astype(np.float32)
    arrays = {"hidden": level / 2, "grad_hidden": np.full_like(level, 1e-2)}
    names = {picture.name for picture in CELLS[kind].pictures} - {"hidden"}
    arrays |= {name: level.copy() for name in names}
    arrays |= {f"grad_{state}": arrays["grad_hidden"].copy() for state in CELLS[kind].states}
    top = dict(arrays)
    for layer in range(1, layers):
        share = np.float32(10.0 ** (layer - layers))
        arrays |= {f"layer{layer}.{name}": array * share for name, array in top.items()}
    arrays |= {name: value for name, value in changed.items() if name in arrays}
    outputs = len(view.task.outputs)
    answers = np.full((steps, count, outputs), 0.01, np.float32)
    answers[..., min(1, outputs - 1)] = 0.97
    answers = changed.get("answers", answers)
    return Trace(kind, arrays, answers, np.zeros(count, np.float32))


def heads(cells: dict[str, str] | None = None) -> dict[str, NetHead]:
    """A head for each contestant."""
    cells = cells or KEYS
    styles = line_styles(cells)
    return {
        key: NetHead(key.upper(), cell, styles[key], 0.17, 1.79, "", "quiet")
        for key, cell in cells.items()
    }


def nets_view(
    view: ShownSequence | None = None,
    hidden: int = 4,
    cells: dict[str, str] | None = None,
    traces: dict[str, Trace] | None = None,
    run: str = "run 1",
) -> NetsView:
    """A frame of every contestant."""
    view, cells = view or sequence_view(), cells or KEYS
    traces = traces or {key: trace(cell, view, hidden) for key, cell in cells.items()}
    return NetsView(view, heads(cells), Frame(run, 100, view.sequences, traces))


def waiting_view(words: str) -> NetsView:
    """Before the first frame."""
    return NetsView(sequence_view(), heads(), None, words)


def curve(count: int, key: str = "lstm", **changed: Any) -> CurveData:
    """A loss that falls from 2, an accuracy that rises to 1."""
    steps = np.arange(1, count + 1, dtype=np.float64)
    share = (steps / max(count, 1)).astype(np.float32)
    values: dict[str, Any] = {
        "key": key,
        "cell": key,
        "title": key.upper(),
        "style": line_styles(KEYS)[key],
        "steps": steps,
        "loss": 2 - 1.9 * share,
        "accuracy": share,
        "grad_norm": np.ones(count, np.float32),
    }
    values |= changed
    bands = {
        name: Band(values[name], values[name], Smoothing().extend(values[name]))
        for name in ("loss", "accuracy")
    }
    return CurveData(**({"bands": bands} | values))


def curves_view(count: int = 200, task: Task | None = None, **changed: Any) -> CurvesView:
    """An RNN and an LSTM."""
    return CurvesView(
        task or WordTask(12),
        {"rnn": curve(count, "rnn"), "lstm": curve(count, "lstm", **changed)},
    )


def picture_rect(column: NetColumn, name: str) -> QRect:
    """Where a column draws the heatmap of that name; it must have it."""
    content, places = column.content, column.places
    assert content is not None
    assert places is not None
    names = [picture.name for picture in content.pictures]
    return places.picture(names.index(name), len(names))
