"""One plot of curves over training: faint as measured, strong as smoothed, others dimmed."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pyqtgraph as pg
from PySide6.QtGui import QColor

from sandbox.drawing.curve_axes import LEAST_LOSS
from sandbox.drawing.styles import GENERALISATION
from sandbox.drawing.thinning import Values, peaks, samples, visible
from sandbox.gui.look.marks import pen, tint
from sandbox.gui.panels.curves.annotations import Annotations, EndNames
from sandbox.gui.panels.curves.plot_axes import TrainingAxis, style_axis

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray
    from PySide6.QtGui import QPen

    from sandbox.drawing.styles import Dash, LineStyle, Palette
    from sandbox.gui.panels.curves.curve_notes import Line, Notes

FAINT = 70
DIMMED = {"dark": 0.62, "light": 0.75}  # of a colour, the rest ground: 3:1 to the ground still
LEAST_PIXELS = 200


@dataclass(frozen=True)
class FurtherLine:
    """Another run's smoothed values (n,) over x (n,), or a contestant's generalisation."""

    style: LineStyle
    x: Values
    values: Values
    generalisation: bool = False

    def looks_like(self, other: FurtherLine) -> bool:
        """Whether it is the same curve, drawn in the same way."""
        same = (self.style, self.generalisation) == (other.style, other.generalisation)
        return same and _equal(self.x, other.x) and _equal(self.values, other.values)

    def pen(self, palette: Palette) -> QPen:
        """The pen that it is drawn with."""
        color = self.style.color(palette)
        if self.generalisation:
            return pen(color, 1, GENERALISATION.dash)
        return pen(dimmed(color, palette), 1, self.style.dash)


@dataclass
class Pair:
    """A contestant's curve as measured and as smoothed, and the look they were given."""

    raw: pg.PlotDataItem
    smooth: pg.PlotDataItem
    look: tuple[str, Dash] | None = None


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
        self._pairs: dict[str, Pair] = {}
        self._drawn: dict[str, Line] = {}
        self._further: dict[tuple[str, str], tuple[FurtherLine, pg.PlotDataItem]] = {}
        self._palette: Palette | None = None
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
        """Axes and ground; live curves take their colours when they are drawn."""
        self._palette = palette
        for line, item in self._further.values():
            item.setPen(line.pen(palette))
        for name in ("left", "bottom"):
            style_axis(self.plot.getAxis(name), palette)

    def set_by_time(self, by_time: bool) -> None:
        """The training axis counts seconds, or steps."""
        self.plot.getAxis("bottom").show_by_time(by_time)

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
        ends = self._on_axis(low), self._on_axis(high)
        if ends != self._y_range:
            self._y_range = ends
            self.box.setYRange(*ends, padding=0)

    # -- curves -------------------------------------------------------------------------

    def keep(self, keys: set[str]) -> None:
        """Take away the curves of all other contestants."""
        for key in set(self._pairs) - keys:
            pair = self._pairs.pop(key)
            self._drawn.pop(key, None)
            self.plot.removeItem(pair.raw)
            self.plot.removeItem(pair.smooth)

    def draw(self, key: str, line: Line, style: LineStyle, palette: Palette) -> None:
        """Draw one contestant's curves."""
        pair = self._pairs.get(key) or self._new_pair(key)
        look = (style.color(palette), style.dash)
        if pair.look != look:
            pair.look = look
            pair.raw.setPen(pg.mkPen(tint(look[0], FAINT)))
            pair.smooth.setPen(pen(look[0], 1, style.dash))
        self._drawn[key] = line
        self._redraw(key)

    def draw_further(self, curves: Mapping[tuple[str, str], FurtherLine]) -> None:
        """Draw these further curves, by run and contestant, and no others.

        Generalisation curves have the run "".
        """
        for key in set(self._further) - set(curves):
            self.plot.removeItem(self._further.pop(key)[1])
        for key, line in curves.items():
            before, item = self._further.get(key) or (None, self._new_further(line))
            if before is not None and before.looks_like(line):
                continue
            self._further[key] = line, item
            if before is not None and before.style != line.style and self._palette is not None:
                item.setPen(line.pen(self._palette))
            self._redraw_further(key)

    def _redraw(self, key: str) -> None:
        """Draw as much detail of a curve as the plot can show now."""
        line, pixels = self._drawn[key], self._pixels
        part = visible(line.x, *self.box.viewRange()[0])
        self._pairs[key].raw.setData(*peaks(line.x, line.low, line.high, part, pixels))
        self._pairs[key].smooth.setData(*samples(line.x, line.smooth, part, pixels // 2))

    def _redraw_further(self, key: tuple[str, str]) -> None:
        line, item = self._further[key]
        part = visible(line.x, *self.box.viewRange()[0])
        item.setData(*samples(line.x, line.values, part, self._pixels // 2))

    def _redraw_all(self, *_: object) -> None:
        for key in self._drawn:
            self._redraw(key)
        for other in self._further:
            self._redraw_further(other)

    @property
    def _pixels(self) -> int:
        return max(round(float(self.box.width())), LEAST_PIXELS)

    def _on_axis(self, value: float) -> float:
        return math.log10(max(value, LEAST_LOSS)) if self.log else value

    def _all_on_axis(self, values: NDArray[np.float64]) -> NDArray[np.float64]:
        return np.log10(np.maximum(values, LEAST_LOSS)) if self.log else values

    def _new_pair(self, key: str) -> Pair:
        raw, smooth = (self.plot.plot(connect="finite", antialias=False) for _ in range(2))
        smooth.setZValue(10)
        self._pairs[key] = Pair(raw, smooth)
        return self._pairs[key]

    def _new_further(self, line: FurtherLine) -> pg.PlotDataItem:
        item = self.plot.plot(connect="finite", antialias=False)
        item.setZValue(5)  # over what is faint, under what is strong
        if self._palette is not None:
            item.setPen(line.pen(self._palette))
        return item


def dimmed(color: str, palette: Palette) -> QColor:
    """A contestant's colour as a curve of another run has it: nearer to the ground."""
    share, ground, full = DIMMED[palette.name], QColor(palette.ground), QColor(color)
    parts = zip(full.getRgb()[:3], ground.getRgb()[:3], strict=True)  # type: ignore[index]
    return QColor(*(round(share * one + (1 - share) * other) for one, other in parts))


def _equal(one: Values, other: Values) -> bool:
    return one is other or np.array_equal(one, other, equal_nan=True)
