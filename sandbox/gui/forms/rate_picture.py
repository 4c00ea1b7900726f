"""A small curve of the learning rate over a run, as schedule and warm-up make it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QPainter, QPaintEvent, QPolygonF
from PySide6.QtWidgets import QSizePolicy, QWidget

from sandbox.about import fields_of
from sandbox.drawing.styles import DARK, LineStyle, Palette, line_styles
from sandbox.engine.schedules import rates
from sandbox.experiment import Experiment
from sandbox.gui.look.marks import pen, write
from sandbox.gui.look.typeface import SMALL_PX, px
from sandbox.run.words import title

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]

HIGH_PX, LABEL_PX, POINTS, DOT_PX = 62, 14, 160, 3.0
FIELDS = (*fields_of(Experiment, "rate"), "steps", "contestants")  # what it depends on


class RatePicture(QWidget):
    """One line for the run, and one for each contestant with a rate of its own, in its colour."""

    def __init__(self) -> None:
        super().__init__()
        self.setAccessibleName("Learning rate over the run")
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self._colors = DARK
        self._experiment: Experiment | None = None
        self._lines: list[tuple[LineStyle | None, Floats, Floats]] | None = None
        self._step = 0

    def sizeHint(self) -> QSize:
        """Wide enough to be read; it grows with the form."""
        return QSize(px(160), px(HIGH_PX))

    def show_experiment(self, experiment: Experiment) -> None:
        """Draw the rate of this experiment, computed when it is painted: never while hidden."""
        old, self._experiment = self._experiment, experiment
        if old is not None and all(getattr(old, f) == getattr(experiment, f) for f in FIELDS):
            return
        self._lines = None
        words = in_words(experiment)
        self.setAccessibleDescription(words)
        self.setToolTip(words)
        self.update()

    def show_step(self, step: int) -> None:
        """Mark the training step."""
        if step != self._step:
            self._step = step
            self.update()

    def set_palette(self, palette: Palette) -> None:
        """Draw in these colours."""
        self._colors = palette
        self.updateGeometry()
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Highest rate at the left, first and last step below, a dot at the training step."""
        if self._experiment is None:
            return
        if self._lines is None:
            self._lines = _lines(self._experiment)
        highest = max(float(values.max()) for _, _, values in self._lines)
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        label = px(LABEL_PX)
        plot = QRectF(1, label + 2, self.width() - 2, self.height() - 2 * label - 4)
        painter.setPen(pen(self._colors.hairline))
        painter.drawLine(plot.bottomLeft(), plot.bottomRight())
        for style, steps, values in self._lines:
            self._draw(painter, plot, style, steps, values / highest)
        self._write(painter, plot, highest)
        painter.end()

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

    def _write(self, painter: QPainter, plot: QRectF, highest: float) -> None:
        assert self._experiment is not None
        quiet, right = self._colors.quiet, Qt.AlignmentFlag.AlignRight
        below = plot.bottom() + px(LABEL_PX) - 2
        write(painter, plot.left(), plot.top() - 4, f"{highest:.3g}", quiet, SMALL_PX)
        write(painter, plot.left(), below, "step 1", quiet, SMALL_PX)
        last = f"{self._experiment.steps:,}"
        write(painter, plot.right(), below, last, quiet, SMALL_PX, align=right)


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
    """Style, steps (n,) and rates (n,) of each line: the run's first, then the contestants'."""
    styles = line_styles({c.name: c.cell for c in experiment.contestants}, experiment.looks)
    steps = _sampled(experiment)
    own = [(styles[c.name], c.lr) for c in experiment.contestants if c.lr is not None]
    wanted = [] if len(own) == len(experiment.contestants) else [(None, experiment.lr)]
    return [(style, steps, _rates(experiment, rate, steps)) for style, rate in [*wanted, *own]]


def _sampled(experiment: Experiment) -> Floats:
    """At most POINTS steps from 1 to the last, and the end of the warm-up; (n,)."""
    last = experiment.steps
    steps = np.linspace(1, last, min(POINTS, last)).round()
    return np.unique([*steps, float(min(max(experiment.warmup, 1), last))])


def _rates(experiment: Experiment, rate: float, steps: Floats) -> Floats:
    return np.array([rates(experiment, rate, int(step) - 1, 1)[0] for step in steps])
