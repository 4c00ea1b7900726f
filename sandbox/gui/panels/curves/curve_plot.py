"""One plot of curves over training: faint as measured, strong as smoothed, others dimmed."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

import numpy as np
import pyqtgraph as pg
from PySide6.QtCore import QEvent, QObject, QPointF, QRectF, Qt, QTimer, Signal
from PySide6.QtGui import QMouseEvent
from PySide6.QtWidgets import QApplication

from sandbox.drawing.curve_axes import LEAST_LOSS
from sandbox.drawing.ranges import decade_ticks
from sandbox.drawing.smoothing import peaks, samples, visible
from sandbox.drawing.styles import GENERALISATION
from sandbox.drawing.wording import power_of_ten
from sandbox.gui.look.marks import mixed, pen, tint
from sandbox.gui.look.typeface import SMALL_PX, font, px, scale, width_of
from sandbox.gui.panels.curves.annotations import Annotations, EndNames

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray
    from PySide6.QtGui import QColor, QPainter, QPen
    from PySide6.QtWidgets import QWidget

    from sandbox.drawing.styles import Palette
    from sandbox.gui.panels.curves.curve_notes import DrawnCurve, Notes

    Specs = tuple[Any, list[Any], list[tuple[QRectF, Any, str]]]

FAINT = 70
DIMMED = {"dark": 0.62, "light": 0.75}  # of a colour, the rest ground: 3:1 to the ground still
LEAST_PIXELS = 200
HEIGHTS = {"own": 10, "generalisation": 5, "other": 5, "simple": 5}  # what is faint is at 0
LEFT_WIDTH, BOTTOM_HEIGHT = 44, 20  # at a type size of 100%
MOST_DIGITS = 4  # behind the point, that the width has room for
_NAMES = {False: ("training step", "step"), True: ("seconds of training", "seconds")}
_PLURALS = {"training step": "training steps", "step": "steps"}
_NAMES_SHARE = 1 / 3  # of an axis, that its name may take
_CLEAR = 8.0  # pixels between an axis' name and its figures


class CurvePlot:
    """A plot item whose curves, names and axes are made once and reused."""

    def __init__(
        self,
        layout: pg.GraphicsLayoutWidget,
        column: int,
        left: pg.AxisItem,
        bottom: TrainingAxis | None = None,
    ) -> None:
        """A plot in a column of a layout, with its own value axis."""
        axes = {"left": left, "bottom": bottom or TrainingAxis("bottom")}
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
    return [pen(color if curve.kind == "simple" else dimmed(color, palette), 1, dash)]


def dimmed(color: str, palette: Palette) -> QColor:
    """A contestant's colour as a curve of another run has it: nearer to the ground."""
    return mixed(color, palette.ground, DIMMED[palette.name])


# -- axes -------------------------------------------------------------------------------


class ValueAxis(pg.AxisItem):
    """Losses, or powers of ten where the axis is logarithmic."""

    def tickStrings(self, values: list[float], scale: float, spacing: float) -> list[str]:
        """Plain numbers, with as many digits as their spacing needs."""
        if self.logMode:
            return self.logTickStrings(values, scale, spacing)
        digits = max(0, math.ceil(-math.log10(spacing) - 1e-9)) if spacing > 0 else 0
        form = f".{digits}f" if digits <= MOST_DIGITS else ".0e"
        return [f"{value:{form}}" for value in values]

    def logTickStrings(self, values: list[float], scale: float, spacing: float) -> list[str]:
        """Whole decades only."""
        return [power_of_ten(round(v)) if abs(v - round(v)) < 1e-6 else "" for v in values]

    def logTickValues(
        self, low: float, high: float, size: float, std: list[tuple[float, list[float]]]
    ) -> list[tuple[float | None, list[float]]]:
        """Whole decades only, as many as can be read."""
        exponents = decade_ticks(math.ceil(low), math.floor(high), size, px(SMALL_PX + 3))
        return [(1.0, [float(exponent) for exponent in exponents])]


class ShareAxis(pg.AxisItem):
    """0% to 100%."""

    def tickStrings(self, values: list[float], scale: float, spacing: float) -> list[str]:
        """Whole percent."""
        return [f"{value:.0%}" for value in values]


class TrainingAxis(pg.AxisItem):
    """Training steps, or seconds of training; its name is at its end, after the last number."""

    def __init__(self, orientation: str) -> None:
        super().__init__(orientation)
        self.by_time = False

    @property
    def name(self) -> str:
        """What is counted; one word if there is little room."""
        long, short = _NAMES[self.by_time]
        return long if width_of(long, SMALL_PX) < _NAMES_SHARE * self.size().width() else short

    def show_by_time(self, by_time: bool) -> None:
        """Count seconds, or steps."""
        self.by_time = by_time
        self.picture = None
        self.update()

    def tickStrings(self, values: list[float], scale: float, spacing: float) -> list[str]:
        """Whole steps, or seconds with as many digits as they need; none before the first."""
        if self.by_time:
            digits = max(0, -math.floor(math.log10(spacing) + 1e-9)) if spacing > 0 else 0
            return [f"{value:,.{digits}f}" if value >= 0 else "" for value in values]
        return [f"{value:,.0f}" if value >= 0 and value == round(value) else "" for value in values]

    def generateDrawSpecs(self, painter: QPainter) -> Specs | None:
        """The name at the right end, after the last figure; those it would touch are left out."""
        specs: Specs | None = super().generateDrawSpecs(painter)
        if specs is None:
            return None
        axis, ticks, texts = specs
        digits = ".3g" if self.by_time and self.range[1] < 100 else ",.0f"
        name = f"{self.range[1]:{digits}} {_PLURALS.get(self.name, self.name)}"
        wide = width_of(name, SMALL_PX)
        bounds = self.boundingRect()
        top = max([rect.top() for rect, _, _ in texts], default=bounds.top() + 4)
        box = QRectF(self.size().width() - wide, top, wide, bounds.height())
        clear = box.adjusted(-_CLEAR, 0, _CLEAR * 2, 0)
        kept = [text for text in texts if not clear.intersects(text[0])]
        flags = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignTop | Qt.TextFlag.TextDontClip
        return axis, ticks, [*kept, (box, flags, name)]


def style_axis(axis: pg.AxisItem, palette: Palette) -> None:
    """A hairline with quiet figures; width and ticks stay as they are whatever is shown."""
    axis.enableAutoSIPrefix(False)
    axis.setStyle(
        tickFont=font(SMALL_PX),
        tickLength=-3,
        tickTextOffset=5,
        autoExpandTextSpace=False,
        autoReduceTextSpace=False,
        hideOverlappingLabels=False,
    )
    axis.setTickDensity(1 / scale())
    if axis.orientation == "left":
        axis.setWidth(px(LEFT_WIDTH))
    else:
        axis.setHeight(px(BOTTOM_HEIGHT))
    axis.setPen(pg.mkPen(tint(palette.hairline, 255)))
    axis.setTextPen(pg.mkPen(palette.quiet))


class Clicks(QObject):
    """Watches the left mouse button over a plot; every event still reaches the plot.

    `clicked` comes after the double-click interval, when it cannot become a double click.
    """

    clicked = Signal(QPointF)  # in the widget's pixels
    double_clicked = Signal()

    def __init__(self, widget: QWidget) -> None:
        super().__init__(widget)
        self._pressed: QPointF | None = None
        self._at = QPointF()
        self._sure = QTimer(self, singleShot=True)
        self._sure.timeout.connect(self._tell)
        widget.installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Note where the button is pressed and released."""
        if not vars(self):  # Qt still asks an object that Python is destroying
            return False
        if isinstance(event, QMouseEvent) and event.button() == Qt.MouseButton.LeftButton:
            if event.type() == QEvent.Type.MouseButtonDblClick:
                self._sure.stop()
                self._pressed = None
                self.double_clicked.emit()
            elif event.type() == QEvent.Type.MouseButtonPress:
                self._pressed = event.position()
            elif event.type() == QEvent.Type.MouseButtonRelease:
                self._release(event.position())
        return False

    def _release(self, at: QPointF) -> None:
        pressed, self._pressed = self._pressed, None
        if pressed is None:
            return
        if (at - pressed).manhattanLength() < QApplication.startDragDistance():
            self._at = at
            self._sure.start(QApplication.doubleClickInterval())

    def _tell(self) -> None:
        self.clicked.emit(self._at)
