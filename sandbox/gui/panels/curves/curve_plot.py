"""One plot of curves over training: faint as measured, strong as smoothed, others dimmed."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pyqtgraph as pg

from sandbox.drawing.curve_axes import LEAST_LOSS
from sandbox.drawing.styles import GENERALISATION
from sandbox.drawing.thinning import peaks, samples, visible
from sandbox.gui.look.marks import mixed, pen, tint
from sandbox.gui.panels.curves.annotations import Annotations, EndNames
from sandbox.gui.panels.curves.plot_axes import TrainingAxis, style_axis

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray
    from PySide6.QtGui import QColor, QPen

    from sandbox.drawing.styles import Palette
    from sandbox.gui.panels.curves.curve_notes import DrawnCurve, Notes

FAINT = 70
DIMMED = {"dark": 0.62, "light": 0.75}  # of a colour, the rest ground: 3:1 to the ground still
LEAST_PIXELS = 200
HEIGHTS = {"own": 10, "generalisation": 5, "other": 5}  # what is faint is at 0


class CurvePlot:
    """A plot item whose curves, names and axes are made once and reused."""

    def __init__(self, layout: pg.GraphicsLayoutWidget, column: int, left: pg.AxisItem) -> None:
        """A plot in a column of a layout, with its own value axis."""
        axes = {"left": left, "bottom": TrainingAxis("bottom")}
        self.box = pg.ViewBox(enableMenu=False)  # our own menus say what there is
        self.plot: pg.PlotItem = layout.addPlot(
            row=0, col=column, axisItems=axes, viewBox=self.box, enableMenu=False
        )
        self.log = False
        # What is drawn, by kind and key; the items of an own curve: as measured, as smoothed.
        self._drawn: dict[object, tuple[DrawnCurve, list[pg.PlotDataItem]]] = {}
        self._palette: Palette | None = None  # of what is drawn
        self._y_range: tuple[float, float] | None = None
        self.notes = Annotations(self.box, self._all_on_axis)
        self.names = EndNames(self.notes, self.box)
        self.plot.layout.addItem(self.names, 2, 3)
        self.plot.setMenuEnabled(False)
        self.plot.hideButtons()
        self.plot.setDownsampling(auto=True, mode="peak")
        self.plot.setClipToView(True)
        self.box.setMouseEnabled(x=True, y=False)
        self.box.setDefaultPadding(0)
        self.box.disableAutoRange()
        self.box.sigXRangeChanged.connect(self._redraw_all)

    def set_palette(self, palette: Palette) -> None:
        """Draw the axes in these colours; curves take theirs when they are drawn."""
        for name in ("left", "bottom"):
            style_axis(self.plot.getAxis(name), palette)

    def set_log(self, log: bool) -> None:
        """A logarithmic value axis, or a linear one."""
        self.log, self._y_range = log, None
        self.plot.setLogMode(x=False, y=log)

    def set_notes(self, notes: Notes) -> None:
        """What is written onto it and beside it."""
        self.notes.set_notes(notes)
        self.names.lay_out()

    def set_y_range(self, low: float, high: float) -> None:
        """The value axis, in the values' own units."""
        low, high = self._all_on_axis(np.array([low, high])).tolist()
        if (low, high) != self._y_range:
            self._y_range = low, high
            self.box.setYRange(low, high, padding=0)

    def draw(self, curves: Sequence[DrawnCurve], palette: Palette) -> None:
        """Draw these curves and no others."""
        wanted = {(curve.kind, *curve.key): curve for curve in curves}
        for key in self._drawn.keys() - wanted.keys():
            for item in self._drawn.pop(key)[1]:
                self.plot.removeItem(item)
        for key, curve in wanted.items():
            before, items = self._drawn.get(key) or (None, self._new_items(curve))
            self._drawn[key] = curve, items
            if before is None or before.style != curve.style or palette is not self._palette:
                for item, its_pen in zip(items, _pens(curve, palette), strict=True):
                    item.setPen(its_pen)
            if before is None or not curve.is_drawn_like(before):
                self._redraw(curve, items)
        self._palette = palette

    def _redraw(self, curve: DrawnCurve, items: list[pg.PlotDataItem]) -> None:
        """Draw as much detail of a curve as the plot can show now."""
        pixels = max(round(float(self.box.width())), LEAST_PIXELS)
        part = visible(curve.x, *self.box.viewRange()[0])
        items[-1].setData(*samples(curve.x, curve.values, part, pixels // 2))
        if curve.low is not None and curve.high is not None:
            items[0].setData(*peaks(curve.x, curve.low, curve.high, part, pixels))

    def _redraw_all(self, *_: object) -> None:
        for curve, items in self._drawn.values():
            self._redraw(curve, items)

    def _all_on_axis(self, values: NDArray[np.float64]) -> NDArray[np.float64]:
        return np.log10(np.maximum(values, LEAST_LOSS)) if self.log else values

    def _new_items(self, curve: DrawnCurve) -> list[pg.PlotDataItem]:
        count = 2 if curve.kind == "own" else 1
        items = [self.plot.plot(connect="finite", antialias=False) for _ in range(count)]
        items[-1].setZValue(HEIGHTS[curve.kind])
        return items


def _pens(curve: DrawnCurve, palette: Palette) -> list[QPen]:
    color, dash = curve.style.color(palette), curve.style.dash
    if curve.kind == "own":
        return [pen(tint(color, FAINT)), pen(color, 1, dash)]
    if curve.kind == "generalisation":
        return [pen(color, 1, GENERALISATION.dash)]
    return [pen(dimmed(color, palette), 1, dash)]


def dimmed(color: str, palette: Palette) -> QColor:
    """A contestant's colour as a curve of another run has it: nearer to the ground."""
    return mixed(color, palette.ground, DIMMED[palette.name])
