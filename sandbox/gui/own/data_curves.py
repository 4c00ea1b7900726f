"""Small curves of columns: each from its lowest to its highest values, with marks at gaps."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QPointF, QRectF
from PySide6.QtGui import QColor, QPainter, QPen, QPolygonF
from PySide6.QtWidgets import QStyledItemDelegate, QStyleOptionViewItem, QWidget

from sandbox.drawing.styles import DARK, LIGHT

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

    from sandbox.drawing.styles import Palette

EDGE, MARK_PX = 3, 4


class Extremes(NamedTuple):
    """Lowest and highest value of each bin (m,), NaN where it has none; which lack some (m,)."""

    low: NDArray[np.float64]
    high: NDArray[np.float64]
    lacking: NDArray[np.bool_]


class Curves(QStyledItemDelegate):
    """Draws each column as one small line, with marks where values are missing."""

    def __init__(self, parent: QWidget, extremes: Callable[[int], Extremes]) -> None:
        """`extremes` gives those of a row."""
        super().__init__(parent)
        self._parent, self._extremes = parent, extremes

    def paint(
        self,
        painter: QPainter,
        option: QStyleOptionViewItem,
        index: QModelIndex | QPersistentModelIndex,
    ) -> None:
        """Draw a row's curve on the ground of its row."""
        super().paint(painter, option, index)
        rect = option.rect.adjusted(EDGE, EDGE, -EDGE, -EDGE)
        bins = self._extremes(index.row())
        draw_curve(painter, bins, QRectF(rect), colours_of(self._parent))


def draw_curve(painter: QPainter, bins: Extremes, rect: QRectF, palette: Palette) -> None:
    """Draw a stroke up or down through every bin, and a mark below each that lacks a value."""
    step = rect.width() / max(len(bins.low), 1)
    foot = MARK_PX if bins.lacking.any() else 0
    painter.save()
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setPen(QPen(QColor(palette.text), 1))
    for points in strokes_of(bins, rect.adjusted(0, 0, 0, -2 * foot)):
        draw_stroke(painter, points)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)
    painter.setPen(QPen(QColor(palette.wrong), max(1.0, min(step, 3.0))))
    for at in np.flatnonzero(bins.lacking).tolist():
        x = rect.left() + (at + 0.5) * step
        painter.drawLine(QPointF(x, rect.bottom() - foot), QPointF(x, rect.bottom()))
    painter.restore()


def strokes_of(bins: Extremes, rect: QRectF) -> list[list[QPointF]]:
    """The points of lines through bins, up and down in turn; one without a value ends a line."""
    told = ~np.isnan(bins.low)
    if not told.any():
        return []
    bottom, count = float(np.nanmin(bins.low)), len(told)
    span = max(float(np.nanmax(bins.high)) - bottom, 1e-300)
    pairs = np.column_stack([bins.low, bins.high])
    pairs[::2] = pairs[::2, ::-1]
    y = rect.top() + rect.height() * (1 - (pairs - bottom) / span)
    x = rect.left() + (np.arange(count) + 0.5) * rect.width() / count
    runs = np.split(np.arange(count), np.flatnonzero(~told))
    return [[QPointF(x[at], each) for at in run[told[run]] for each in y[at]] for run in runs]


def draw_stroke(painter: QPainter, points: list[QPointF]) -> None:
    """Draw a line through the points, or a dot if they are one."""
    if len(points) > 2 or (points and points[0] != points[-1]):
        painter.drawPolyline(QPolygonF(points))
    elif points:
        painter.drawEllipse(points[0], 1.0, 1.0)


def extremes_of(values: NDArray[np.float64], most: int) -> Extremes:
    """The extremes of values (n,) in at most so many bins, in order."""
    count = min(most, len(values))
    starts = np.linspace(0, len(values), count, endpoint=False).astype(int)
    gaps = np.isnan(values)
    low = np.minimum.reduceat(np.where(gaps, np.inf, values), starts)
    high = np.maximum.reduceat(np.where(gaps, -np.inf, values), starts)
    empty = np.isinf(low) & np.isinf(high) & (low > high)
    low[empty] = high[empty] = np.nan
    return Extremes(low, high, np.logical_or.reduceat(gaps, starts))


def colours_of(widget: QWidget) -> Palette:
    """The palette that the widget is drawn in."""
    return _nearest(widget.palette().window().color().lightness())


@lru_cache(maxsize=8)
def _nearest(lightness: int) -> Palette:
    """The palette whose ground is about as light."""
    return min((DARK, LIGHT), key=lambda each: abs(QColor(each.panel).lightness() - lightness))
