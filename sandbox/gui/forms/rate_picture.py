"""A small curve of the learning rate over a run, as schedule and warm-up make it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPolygonF

from sandbox.about import fields_of
from sandbox.drawing.styles import LineStyle, line_styles
from sandbox.engine.schedules import rates
from sandbox.experiment import Experiment
from sandbox.gui.forms.small_picture import SmallPicture
from sandbox.gui.look.marks import pen
from sandbox.run.words import title

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]

HIGH_PX, POINTS, DOT_PX = 62, 160, 3.0
FIELDS = (*fields_of(Experiment, "rate"), "steps", "contestants")  # what it depends on


class RatePicture(SmallPicture):
    """One line for the run, and one for each contestant with a rate of its own, in its colour."""

    def __init__(self) -> None:
        super().__init__("Learning rate over the run", HIGH_PX)
        self._experiment: Experiment | None = None
        self._lines: list[tuple[LineStyle | None, Floats, Floats]] | None = None
        self._step = 0

    def show_experiment(self, experiment: Experiment) -> None:
        """Draw the rate of this experiment, computed when it is painted: never while hidden."""
        old, self._experiment = self._experiment, experiment
        if old is None or any(getattr(old, f) != getattr(experiment, f) for f in FIELDS):
            self._lines = None
            self._describe(in_words(experiment))

    def show_step(self, step: int) -> None:
        """Mark the training step."""
        if step != self._step:
            self._step = step
            self.update()

    def _paint(self, painter: QPainter, plot: QRectF) -> None:
        """Highest rate at the left, first and last step below, a dot at the training step."""
        if self._experiment is None:
            return
        if self._lines is None:
            self._lines = _lines(self._experiment)
        highest = max(float(values.max()) for _, _, values in self._lines)
        for style, steps, values in self._lines:
            self._draw(painter, plot, style, steps, values / highest)
        self._write(painter, plot, f"{highest:.3g}", "step 1", f"{self._experiment.steps:,}")

    def _draw(
        self, painter: QPainter, plot: QRectF, style: LineStyle | None, steps: Floats, high: Floats
    ) -> None:
        """high: the rates as shares of the highest, (n,)."""
        color = QColor(self._colors.text if style is None else style.color(self._colors))
        dash = () if style is None else style.dash
        span = max(float(steps[-1] - steps[0]), 1.0)
        x = plot.left() + (steps - steps[0]) / span * plot.width()
        y = plot.bottom() - high * plot.height()
        painter.setPen(pen(color, 1, dash))
        painter.setBrush(Qt.BrushStyle.NoBrush)
        points = zip(x.tolist(), y.tolist(), strict=True)
        painter.drawPolyline(QPolygonF([QPointF(*point) for point in points]))
        if steps[0] <= self._step <= steps[-1]:
            spot = QPointF(float(np.interp(self._step, steps, x)), np.interp(self._step, steps, y))
            painter.setBrush(color)
            painter.drawEllipse(spot, DOT_PX, DOT_PX)


def in_words(experiment: Experiment) -> str:
    """The course of the learning rate, in one sentence."""
    rate, steps = f"{experiment.lr:g}", f"{experiment.steps:,}"
    ends = {
        "constant": f"stays at {rate}",
        "linear": f"falls in a straight line from {rate} to 0 at step {steps}",
        "cosine": f"falls from {rate} to 0 at step {steps} along half a cosine",
        "exponential": f"falls exponentially from {rate} to a hundredth of it at step {steps}",
    }
    words = f"The learning rate {ends[experiment.schedule]}"
    if experiment.warmup:
        words += f"; it rises to that over the first {experiment.warmup:,} steps"
    own = [c for c in experiment.contestants if c.lr is not None]
    if own:
        each = ", ".join(f"{title(c.name, c.cell)} at {c.lr:g}" for c in own)
        words += f"; contestants with a rate of their own: {each}"
    return f"{words}."


def _lines(experiment: Experiment) -> list[tuple[LineStyle | None, Floats, Floats]]:
    """Style, steps (n,) and rates (n,) of each line: the run's first, then the contestants'.

    At most POINTS steps from 1 to the last, and the end of the warm-up.
    """
    last = experiment.steps
    steps = np.linspace(1, last, min(POINTS, last)).round()
    steps = np.unique([*steps, float(min(max(experiment.warmup, 1), last))])
    styles = line_styles({c.name: c.cell for c in experiment.contestants}, experiment.looks)
    own = [(styles[c.name], c.lr) for c in experiment.contestants if c.lr is not None]
    shared = [] if len(own) == len(experiment.contestants) else [(None, experiment.lr)]
    return [
        (style, steps, np.array([rates(experiment, rate, int(s) - 1, 1)[0] for s in steps]))
        for style, rate in [*shared, *own]
    ]
