"""The list of a table's columns, of which one is chosen to be forecast."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
from PySide6.QtCore import (
    QModelIndex,
    QPersistentModelIndex,
    QPointF,
    QRectF,
    QSignalBlocker,
    Qt,
    Signal,
)
from PySide6.QtGui import QColor, QPainter, QPen, QPolygonF
from PySide6.QtWidgets import (
    QHeaderView,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QTableWidget,
    QTableWidgetItem,
    QWidget,
)

from sandbox.drawing.styles import DARK, LIGHT
from sandbox.gui.look.typeface import px, width_of
from sandbox.gui.widgets.parts import named, set_plain

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from sandbox.drawing.styles import Palette
    from sandbox.reading.number_columns import Column

HEADINGS = {
    "column": "The column's name in the file.",
    "read": "Whether nothing about the column is in doubt.",
    "unit": "What stood behind the numbers, above them or in brackets.",
    "values": "How many numbers were read.",
    "missing": "How many rows have no number in this column.",
    "lowest": "The lowest number.",
    "highest": "The highest number.",
    "curve": "From the first row to the last; marks below stand where a value is missing.",
}
NAME, READ, UNIT, MISSING, CURVE = 0, 1, 2, 4, 7
SURE, UNSURE = "sure", "not sure"
POINTS = 120  # bins of a curve, each drawn from its lowest to its highest value
HIGH, EDGE, NAME_PX, CURVE_PX, MARK_PX = 24, 3, 100, 85, 4


class Extremes(NamedTuple):
    """Lowest and highest value of each bin (m,), NaN where it has none; which lack some (m,)."""

    low: NDArray[np.float64]
    high: NDArray[np.float64]
    lacking: NDArray[np.bool_]


class ColumnList(QTableWidget):
    """Name, unit, range, number of values and curve of every column of numbers."""

    chosen = Signal(str)

    def __init__(self) -> None:
        super().__init__(0, len(HEADINGS))
        self._columns: Sequence[Column] = ()
        self.curves: dict[int, Extremes] = {}
        for place, (words, tip) in enumerate(HEADINGS.items()):
            heading = QTableWidgetItem(words)
            heading.setToolTip(tip)
            heading.setTextAlignment(_side(place))
            self.setHorizontalHeaderItem(place, heading)
        self.setObjectName("data_table")
        set_plain(self)
        self.setTextElideMode(Qt.TextElideMode.ElideMiddle)  # names often differ at their ends
        named(self, "Column", "The column to forecast. The arrow keys move to the next one.")
        self.setSelectionMode(QTableWidget.SelectionMode.SingleSelection)
        self.setItemDelegateForColumn(CURVE, Curves(self))
        header = self.horizontalHeader()
        header.setSectionResizeMode(CURVE, QHeaderView.ResizeMode.Stretch)
        self.setColumnWidth(NAME, px(NAME_PX))
        self.currentCellChanged.connect(self._choose)
        self.show_columns((), "")

    def show_columns(self, columns: Sequence[Column], wanted: str) -> None:
        """Show these columns, and choose the wanted one or the first, if there are any."""
        self._columns, self.curves = columns, {}
        names = [column.name for column in columns]
        at = names.index(wanted) if wanted in names else min(0, len(names) - 1)
        with QSignalBlocker(self):
            self.setRowCount(len(columns))
            for row, column in enumerate(columns):
                self._show_row(row, column)
            self.setCurrentCell(at, 0)
        self.setColumnHidden(UNIT, not any(column.unit for column in columns))
        self.setColumnHidden(MISSING, not any(np.isnan(c.values).any() for c in columns))
        self._fit_widths()
        self.viewport().update()
        if names:
            self.chosen.emit(names[at])

    def _fit_widths(self) -> None:
        """Make heads and numbers whole, and names as far as a curve keeps its least width."""
        header = self.horizontalHeader()
        header.setMinimumSectionSize(header.sectionSizeHint(CURVE))
        for place in range(READ, CURVE):
            wide: float = self.sizeHintForColumn(place)
            if place == READ:
                wide = width_of(UNSURE) + px(20)
            self.setColumnWidth(place, round(max(header.sectionSizeHint(place), wide)))
        told = sum(map(self.columnWidth, range(READ, CURVE)))  # hidden ones have none
        room = self.viewport().width() - told - px(CURVE_PX)
        wanted = self.sizeHintForColumn(NAME)
        self.setColumnWidth(NAME, max(px(NAME_PX), min(wanted, room)))

    def mark_sure(self, accepted: bool) -> None:
        """Say of each column whether it is settled."""
        for row, column in enumerate(self._columns):
            settled = column.sure or accepted
            item, palette = self._say(row, READ, SURE if settled else UNSURE), colours_of(self)
            item.setForeground(QColor(palette.text if settled else palette.wrong))

    def extremes(self, row: int) -> Extremes:
        """The curve of a column, worked out once."""
        if row not in self.curves:
            self.curves[row] = extremes_of(self._columns[row].values, POINTS)
        return self.curves[row]

    def _show_row(self, row: int, column: Column) -> None:
        told = column.values[~np.isnan(column.values)]
        missing = len(column.values) - len(told)
        low, high = (f"{told.min():.6g}", f"{told.max():.6g}") if len(told) else ("", "")
        words = (column.name, "", column.unit, f"{len(told):,}", f"{missing:,}" * bool(missing))
        for place, text in enumerate((*words, low, high)):
            if place != READ:
                self._say(row, place, text).setToolTip(text)
        self.setRowHeight(row, px(HIGH))

    def _say(self, row: int, place: int, text: str) -> QTableWidgetItem:
        """The cell, with this text."""
        item = self.item(row, place)
        if item is None:
            item = QTableWidgetItem(text)
            item.setTextAlignment(_side(place))
            self.setItem(row, place, item)
        elif item.text() != text:
            item.setText(text)
        return item

    def _choose(self, row: int, *_: int) -> None:
        if 0 <= row < len(self._columns):
            self.chosen.emit(self._columns[row].name)


def _side(place: int) -> Qt.AlignmentFlag:
    """Where words stand in a column of the list, and its head over them."""
    side = Qt.AlignmentFlag.AlignRight if UNIT < place < CURVE else Qt.AlignmentFlag.AlignLeft
    return side | Qt.AlignmentFlag.AlignVCenter


class Curves(QStyledItemDelegate):
    """Draws each column as one small line, with marks where values are missing."""

    def __init__(self, columns: ColumnList) -> None:
        super().__init__(columns)
        self._list = columns

    def paint(
        self,
        painter: QPainter,
        option: QStyleOptionViewItem,
        index: QModelIndex | QPersistentModelIndex,
    ) -> None:
        """Draw a row's curve on the ground of its row."""
        super().paint(painter, option, index)
        rect = option.rect.adjusted(EDGE, EDGE, -EDGE, -EDGE)
        bins = self._list.extremes(index.row())
        draw_curve(painter, bins, QRectF(rect), colours_of(self._list))


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
