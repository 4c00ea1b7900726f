"""One plot of curves over training steps: faint as measured, strong as smoothed."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pyqtgraph as pg
from PySide6.QtCore import Qt

from sandbox.gui.panels.annotations import Annotations, Notes
from sandbox.gui.panels.ink import tint
from sandbox.gui.panels.plotaxes import StepAxis, colour_axis, fix_axis
from sandbox.gui.panels.thinning import Values, peaks, samples, visible

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from sandbox.gui.palette import LineStyle, Palette

FAINT = 70
LEAST_PIXELS = 200
_LEAST_LOSS = 1e-12


@dataclass
class Pair:
    """A contestant's curve as measured and as smoothed, and the look they were given."""

    raw: pg.PlotDataItem
    smooth: pg.PlotDataItem
    look: tuple[str, Qt.PenStyle] | None = None


class CurvePlot:
    """A plot item whose curves, names and axes are made once and reused."""

    def __init__(self, plot: pg.PlotItem) -> None:
        self.plot = plot
        self.box: pg.ViewBox = plot.vb
        self.log = False
        self._pairs: dict[str, Pair] = {}
        self._drawn: dict[str, tuple[Values, Values, Values]] = {}
        self._y_range: tuple[float, float] | None = None
        self.notes = Annotations(self.box, self._all_on_axis)
        plot.setMenuEnabled(False)
        plot.hideButtons()
        plot.setDownsampling(auto=True, mode="peak")
        plot.setClipToView(True)
        self.box.setMouseEnabled(x=True, y=False)
        self.box.setDefaultPadding(0)
        self.box.disableAutoRange()
        self.box.sigXRangeChanged.connect(self._redraw_all)
        for name in ("left", "bottom"):
            fix_axis(plot.getAxis(name))

    def set_palette(self, palette: Palette) -> None:
        """Axes and ground; curves take their colours when they are drawn."""
        for name in ("left", "bottom"):
            colour_axis(self.plot.getAxis(name), palette)

    def set_log(self, log: bool) -> None:
        """A logarithmic value axis, or a linear one."""
        self.log, self._y_range = log, None
        self.plot.setLogMode(x=False, y=log)

    def keep(self, keys: set[str]) -> None:
        """Takes away the curves of all other contestants."""
        for key in set(self._pairs) - keys:
            pair = self._pairs.pop(key)
            self._drawn.pop(key, None)
            self.plot.removeItem(pair.raw)
            self.plot.removeItem(pair.smooth)

    def draw(
        self,
        key: str,
        steps: Values,
        raw: Values,
        smooth: Values,
        style: LineStyle,
        palette: Palette,
    ) -> None:
        """One contestant's curves."""
        pair = self._pairs.get(key) or self._new_pair(key)
        look = (style.color(palette), style.dash)
        if pair.look != look:
            pair.look = look
            pair.raw.setPen(pg.mkPen(tint(look[0], FAINT)))
            pair.smooth.setPen(pg.mkPen(look[0], width=1, style=style.dash, cosmetic=True))
        self._drawn[key] = (steps, raw, smooth)
        self._redraw(key)

    def _redraw(self, key: str) -> None:
        """As much of a curve as the plot can show of it now."""
        steps, raw, smooth = self._drawn[key]
        part = visible(steps, *self.box.viewRange()[0])
        pixels = max(round(self.box.width()), LEAST_PIXELS)
        self._pairs[key].raw.setData(*peaks(steps, raw, part, pixels))
        self._pairs[key].smooth.setData(*samples(steps, smooth, part, pixels // 2))

    def _redraw_all(self, *_: object) -> None:
        for key in self._drawn:
            self._redraw(key)

    def set_notes(self, notes: Notes) -> None:
        """What is written onto it."""
        self.notes.set_notes(notes)

    def set_y_range(self, low: float, high: float) -> None:
        """The value axis, in the values' own units."""
        ends = self._on_axis(low), self._on_axis(high)
        if ends != self._y_range:
            self._y_range = ends
            self.box.setYRange(*ends, padding=0)

    def _on_axis(self, value: float) -> float:
        return math.log10(max(value, _LEAST_LOSS)) if self.log else value

    def _all_on_axis(self, values: NDArray[np.float64]) -> NDArray[np.float64]:
        return np.log10(np.maximum(values, _LEAST_LOSS)) if self.log else values

    def _new_pair(self, key: str) -> Pair:
        raw, smooth = (self.plot.plot(connect="finite", antialias=False) for _ in range(2))
        smooth.setZValue(10)
        self._pairs[key] = Pair(raw, smooth)
        return self._pairs[key]


def new_plot(layout: pg.GraphicsLayoutWidget, column: int, left: pg.AxisItem) -> CurvePlot:
    """A plot in a column of a layout, with its own value axis."""
    axes = {"left": left, "bottom": StepAxis("bottom")}
    box = pg.ViewBox(enableMenu=False)  # our own menus say what there is
    plot = layout.addPlot(row=0, col=column, axisItems=axes, viewBox=box, enableMenu=False)
    return CurvePlot(plot)


def no_focus(layout: pg.GraphicsLayoutWidget) -> None:
    """The panel itself takes the keys."""
    layout.setFocusPolicy(Qt.FocusPolicy.NoFocus)
