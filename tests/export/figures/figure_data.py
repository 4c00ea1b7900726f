"""Runs and probes with known values: what the figures' tests draw."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from xml.etree import ElementTree as Xml

import numpy as np
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.text import Text

from sandbox.cells.known import CELLS
from sandbox.engine.trace import Trace
from sandbox.experiment import Experiment, parse
from sandbox.export.figures.paper import print_style
from sandbox.export.figures.probe import Probe
from sandbox.export.figures.run_curves import RunCurves, Series
from sandbox.tasks.preview import example_sequences
from sandbox.tasks.registry import complete, task_of

if TYPE_CHECKING:
    from collections.abc import Mapping

    from matplotlib.lines import Line2D

    from sandbox.export.figures.paper import Figure

TWO = {"rnn": "rnn", "lstm": "lstm"}
EIGHT = {
    "rnn": "rnn",
    "lstm": "lstm",
    "gru": "gru",
    "rnn_relu": "rnn_relu",
    "lstm_peephole": "lstm_peephole",
    "lstm_coupled": "lstm_coupled",
    "mingru": "mingru",
    "called_by_a_long_name_24": "minlstm",
}


def experiment(
    cells: Mapping[str, str] = TWO, task: str = "recall", replicates: int = 1, **params: Any
) -> Experiment:
    """An experiment of these contestants."""
    contestants = [{"cell": cell, "name": name, "hidden": 8} for name, cell in cells.items()]
    given = {"task": task, "params": params, "contestants": contestants, "replicates": replicates}
    return complete(parse(given))


def run(
    cells: Mapping[str, str] = TWO,
    steps: int = 300,
    diverged: str = "",
    solved_at: int | None = None,
    changes: tuple[tuple[int, str], ...] = (),
    name: str = "20240501-100000-recall-1a2b",
    **more: Any,
) -> RunCurves:
    """Losses that fall from the baseline, with noise; that of `diverged` rises to 1e6."""
    described = experiment(cells, **more)
    task, series = task_of(described), []
    noise = np.random.default_rng(0)
    count = described.replicates
    for contestant in cells:
        for key in [contestant] if count == 1 else [f"{contestant}#{n}" for n in range(count)]:
            taken = max(steps // 2, 1) if contestant == diverged else steps
            share = np.arange(1, taken + 1) / steps
            loss = task.baselines[0].loss * (1 - share) + 0.01 * noise.random(taken)
            if contestant == diverged:
                loss = loss + 1e6 * share**8
            last = (taken, float(loss[-1]), 0.5)
            ends = solved_at, (taken if contestant == diverged else None)
            curves = [each.astype(np.float32) for each in (loss, share, np.exp(-5 * share))]
            numbers = np.arange(1, taken + 1)
            series.append(Series(key, cells[contestant], numbers, *curves, (last,), *ends))
    clock = np.array([[0, 0], [steps / 2, 1.0], [steps, 4.0]])
    return RunCurves(name, described, task, tuple(series), changes, clock)


def probe(cells: Mapping[str, str] = TWO, step: int = 40, **more: Any) -> Probe:
    """Random gates within their bounds, states beyond theirs, gradients that fade."""
    described = experiment(cells, **more)
    task = task_of(described)
    sequences = example_sequences(task, 0, 3)
    traces = {name: trace(cell, len(task.outputs), sequences) for name, cell in cells.items()}
    return Probe(task, sequences, 0, "20240501-100000-recall-1a2b", step, described, traces)


def texts(figure: Figure) -> list[str]:
    """What is written in the figure's SVG, piece by piece."""
    found = Xml.fromstring(figure.svg()).iter("{http://www.w3.org/2000/svg}text")
    return [(each.text or "").strip().replace("\N{NO-BREAK SPACE}", " ") for each in found]


def all_words(figure: Figure) -> str:
    return " ".join(texts(figure))


def lines(figure: Figure, gid: str, plot: int = 0) -> list[Line2D]:
    """The lines of one plot that are drawn as `gid`, from the ground up."""
    drawn = figure.canvas.axes[plot].lines
    return [each for each in drawn if (each.get_gid() or "").split(" ")[0] == gid]


def assert_words_on_paper(figure: Figure) -> None:
    """No word goes beyond an edge."""
    written = set(texts(figure))  # not the ticks beyond an axis' ends
    with print_style():
        canvas = FigureCanvasAgg(figure.canvas)
        canvas.draw()
        width, height = canvas.get_width_height()
        for each in figure.canvas.findobj(Text):
            first = each.get_text().partition("\n")[0].strip().replace("\N{NO-BREAK SPACE}", " ")
            if each.get_visible() and first in written:
                box = each.get_window_extent(canvas.get_renderer())
                assert box.x0 >= 0, each.get_text()
                assert box.x1 <= width, each.get_text()
                assert 0 <= box.y0 <= box.y1 <= height, each.get_text()


def trace(cell: str, outputs: int, sequences: Any, units: int = 8) -> Trace:
    """Of one net."""
    count, steps = sequences.roles.shape
    random = np.random.default_rng(len(cell))
    low = {"gate": 0.0, "signed": -1.0, "cell": -4.0}
    arrays = {
        picture.name: random.uniform(
            low[picture.kind], 4.0 if picture.kind == "cell" else 1.0, (steps, count, units)
        ).astype(np.float32)
        for picture in CELLS[cell].pictures
    }
    fading = 10.0 ** np.linspace(-30 if cell == "rnn" else -4, 0, steps)
    for state in CELLS[cell].states:
        gradient = np.tile(fading[:, None, None], (1, count, units))
        arrays[f"grad_{state}"] = gradient.astype(np.float32)
    answers = np.full((steps, count, outputs), 0.1, np.float32)
    answers[..., 0] = 0.7
    return Trace(cell, arrays, answers, np.ones(count, np.float32))
