"""One plot of curves in its frame: faint and strong lines, levels, markers and signs."""

from __future__ import annotations

from string import ascii_lowercase
from typing import TYPE_CHECKING

import numpy as np

from sandbox.export.figures import axes
from sandbox.export.figures.axes import Scale
from sandbox.export.figures.ink import (
    BEYOND,
    DOTTED,
    FAINT,
    FRAME,
    INK,
    QUIET,
    SMALL,
    STRONG,
    THIN,
)
from sandbox.export.figures.lines import Line, Lines, smooth
from sandbox.export.figures.page import marker, verdict
from sandbox.export.figures.placing import Placing
from sandbox.export.figures.plots import ACROSS, Level, Plot
from sandbox.export.figures.signs import HIGH
from sandbox.export.figures.thinning import between, extremes, means

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from sandbox.export.figures.drawing import Box, Drawing
    from sandbox.export.figures.lines import Values
    from sandbox.export.figures.record import Series
    from sandbox.export.figures.signs import Signs

COLUMNS = {"loss": 1, "accuracy": 2}  # of what was measured on other sequences
FINEST = 0.4  # points between two places along a curve, at least
MOST_POINTS = 50_000  # of all lines of a figure
MARKER_PITCH = 9.0
FEW = 3  # lines; where there are more, what lies under them is fainter
LAID_OVER = 0.8  # width of another run's curve
OF_A_REPLICATE = 0.5  # opacity


class PlotFrame:
    """Draws one plot; then `unnamed` has levels whose names found no room, `notes` other remarks.

    plots: how many there are in the figure.
    """

    def __init__(
        self, lines: Lines, plot: Plot, frame: Box, drawing: Drawing, signs: Signs, plots: int
    ) -> None:
        self._lines, self._plot, self._frame = lines, plot, frame
        self._drawing, self._signs = drawing, signs
        self._x = Scale(0.0, lines.last, frame.left, frame.right)
        self._y = Scale(plot.low, plot.high, frame.bottom, frame.top, plot.log)
        each = MOST_POINTS / (plots * sum(len(line.nets) + 1 for line in lines.all))
        self._pitch = max(FINEST, 2 * frame.width / each)
        self._faint = FAINT if len(lines.all) <= FEW else FAINT / 2
        self.notes: list[str] = []
        self.unnamed: list[str] = []

    def draw(self, changes: Sequence[tuple[int, str]], named: bool) -> float:
        """All of it; where it ends.  named: whether the axis of steps says what it is."""
        plot, frame, drawing = self._plot, self._frame, self._drawing
        share = plot.metric == "accuracy"
        axes.draw_up(drawing, frame, self._y, axes.up_ticks(self._y, share))
        for level in plot.levels:
            self._draw_level(level)
        self._draw_changes(changes)
        lines = sorted(self._lines.all, key=lambda line: line.main)  # the run itself on top
        for line in lines:
            self._draw_faint(line)
        points = [self._draw_strong(line) for line in lines]
        for line in lines:
            points.append(self._draw_beyond(line))
            self._draw_evaluations(line)
        self._draw_signs()
        self._name_levels(points)
        drawing.frame(frame, INK, FRAME)
        if plot.cut:
            self.notes.append(f"Values of the {self._short_name} above {plot.high:g} are cut off.")
        name = ACROSS[self._lines.by] if named else ""
        ticks = axes.across_ticks(self._x, whole=self._lines.by == "step")
        return axes.draw_across(drawing, frame, self._x, ticks, name)

    @property
    def _short_name(self) -> str:
        return self._plot.name.partition(":")[0]

    def _values(self, net: Series) -> Values:
        return np.asarray(getattr(net, self._plot.metric), np.float64)

    def _draw_faint(self, line: Line) -> None:
        """Each batch; or of replicates each one's smoothed curve, which says more than a cloud."""
        if not line.main and not line.replicated:
            return
        for net in (net for net in line.nets if len(net.steps)):
            x, values = self._x.at(self._lines.x(line, net)), self._values(net)
            if line.replicated:
                self._stroke(means(x, smooth(values), self._pitch), line, THIN, OF_A_REPLICATE)
            else:
                known = np.where(np.isfinite(values), values, np.nan)
                self._stroke(extremes(x, known, self._pitch), line, THIN, self._faint)

    def _draw_strong(self, line: Line) -> NDArray[np.float64]:
        """The strong curve; its points on paper."""
        steps, values = self._lines.strong(line, self._plot.metric)
        if not len(steps):
            return np.empty((0, 2))
        points = means(self._x.at(steps), values, self._pitch)
        return self._stroke(points, line, STRONG if line.main else LAID_OVER)

    def _stroke(
        self, points: Values, line: Line, width: float, opacity: float = 1.0
    ) -> NDArray[np.float64]:
        placed = np.column_stack([points[:, 0], self._y.at(points[:, 1])])
        dash = line.style.dash if opacity == 1 else ()
        seen = between(placed, self._frame.top, self._frame.bottom)
        self._drawing.line(seen, line.style.colour, width, dash, opacity)
        return seen

    def _draw_beyond(self, line: Line) -> NDArray[np.float64]:
        """What is not trained on: dotted, with the contestant's marker at its end; its points."""
        column = COLUMNS.get(self._plot.metric)
        if column is None or not line.main or not len(line.beyond):
            return np.empty((0, 2))
        along = self._x.at(self._lines.all_when(line, line.beyond[:, 0]))
        values = np.where(np.isfinite(line.beyond[:, column]), line.beyond[:, column], np.nan)
        placed = np.column_stack([along, self._y.at(values)])
        seen = between(placed, self._frame.top, self._frame.bottom)
        self._drawing.line(seen, line.style.colour, BEYOND, DOTTED)
        if len(seen) and np.isfinite(seen[-1]).all():
            x, y = seen[-1].tolist()
            marker(self._drawing, x, y, line.style, size=1.2)
        return seen

    def _draw_evaluations(self, line: Line) -> None:
        """Fresh sequences as markers, the last one of every MARKER_PITCH."""
        column = COLUMNS.get(self._plot.metric)
        if column is None or line.replicated:
            return
        last: dict[int, tuple[float, float]] = {}
        for test in line.nets[0].evaluations:
            x = self._x.place(self._lines.when(line, test[0]))
            last[int(x // MARKER_PITCH)] = x, self._y.place(test[column])
        for x, y in last.values():
            if self._frame.top <= y <= self._frame.bottom:
                marker(self._drawing, x, y, line.style)

    def _draw_signs(self) -> None:
        """A check where a net solved the task, a cross where it diverged, above the frame."""
        for sign in self._signs.all:
            if sign.alone:
                self._draw_moment(sign.when, sign.style.colour, sign.style.dash)
            x, y = self._x.place(sign.when), self._frame.top - HIGH * (sign.row + 0.6)
            verdict(self._drawing, x, y, sign.right, sign.style.colour)

    def _draw_changes(self, changes: Sequence[tuple[int, str]]) -> None:
        """Thin lines with letters, which notes explain."""
        for letter, (step, _) in zip(ascii_lowercase, changes, strict=False):
            when = self._lines.when(self._lines.all[0], step)
            self._draw_moment(when, QUIET, (1.0, 1.5))
            x, baseline = self._x.place(when) + 1.5, self._frame.bottom - 2
            self._drawing.words(x, baseline, letter, SMALL, QUIET)

    def _draw_moment(self, when: float, colour: str, dash: tuple[float, ...]) -> None:
        x = self._x.place(when)
        ends = [(x, self._frame.top), (x, self._frame.bottom)]
        self._drawing.line(ends, colour, 0.5, dash, 0.8)

    def _draw_level(self, level: Level) -> None:
        y = self._y.place(level.value)
        ends = [(self._frame.left, y), (self._frame.right, y)]
        self._drawing.line(ends, QUIET, 0.7, level.dash)

    def _name_levels(self, curves: list[NDArray[np.float64]]) -> None:
        """Every level's name at its line, or among the unnamed where there is no room."""
        placing = Placing(self._frame, curves)
        for level in self._plot.levels:
            if not placing.beside_line(self._drawing, self._y.place(level.value), level.label):
                self.unnamed.append(f"{self._short_name} {level.value:.3g}: {level.label}")
