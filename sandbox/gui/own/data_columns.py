"""The list of a table's columns, of which one is chosen to be forecast."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from PySide6.QtCore import QPointF, QSize, Qt, Signal
from PySide6.QtGui import QPainter, QPaintEvent, QPen, QPolygonF
from PySide6.QtWidgets import QHeaderView, QTableWidget, QTableWidgetItem, QWidget

from sandbox.gui.widgets.parts import named, set_plain

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray

    from sandbox.tasks.table_layout import Layout
    from sandbox.tasks.tables import Column

HEADINGS = ("column", "lowest", "highest", "values", "missing", "from first to last")
CURVE = len(HEADINGS) - 1
POINTS = 120  # bins of a curve, each drawn from its lowest to its highest value
WIDE, HIGH, EDGE = 180, 26, 3


class ColumnList(QTableWidget):
    """Name, range, number of values and curve of every column of numbers."""

    chosen = Signal(str)

    def __init__(self) -> None:
        super().__init__(0, len(HEADINGS))
        self._names: list[str] = []
        self.setHorizontalHeaderLabels(list(HEADINGS))
        set_plain(self)
        named(self, "Column", "The column to forecast. The arrow keys move to the next one.")
        self.setSelectionMode(QTableWidget.SelectionMode.SingleSelection)
        header = self.horizontalHeader()
        header.setSectionResizeMode(QHeaderView.ResizeMode.ResizeToContents)
        header.setSectionResizeMode(CURVE, QHeaderView.ResizeMode.Stretch)
        self.currentCellChanged.connect(self._choose)

    def show_columns(self, layout: Layout, columns: Mapping[int, Column], wanted: str) -> None:
        """Show these columns, and choose the wanted one or the first."""
        self._names = [layout.names[index] for index in columns]
        self.setRowCount(len(columns))
        for row, (index, column) in enumerate(columns.items()):
            self._show_row(row, layout.names[index], column)
        at = self._names.index(wanted) if wanted in self._names else 0
        self.setCurrentCell(at, 0)
        self.chosen.emit(self._names[at])

    def _show_row(self, row: int, name: str, column: Column) -> None:
        told = column.values[~np.isnan(column.values)]
        missing = len(column.values) - len(told)
        words = [name, f"{told.min():.6g}", f"{told.max():.6g}"] if len(told) else [name, "", ""]
        for place, text in enumerate([*words, f"{len(told):,}", f"{missing:,}" if missing else ""]):
            item = QTableWidgetItem(text)
            if place:
                item.setTextAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
            self.setItem(row, place, item)
        self.setCellWidget(row, CURVE, Sparkline(column.values, name))
        self.setRowHeight(row, HIGH + 4)

    def _choose(self, row: int, *_: int) -> None:
        for each in range(self.rowCount()):
            curve = self.cellWidget(each, CURVE)
            if isinstance(curve, Sparkline):
                curve.set_chosen(each == row)
        if 0 <= row < len(self._names):
            self.chosen.emit(self._names[row])


class Sparkline(QWidget):
    """A column as one small line: values (n,) from left to right, without NaN."""

    def __init__(self, values: NDArray[np.float64], name: str) -> None:
        super().__init__()
        self.extremes = extremes_of(values)
        self._chosen = False
        self.setAccessibleName(f"Curve of {name}")
        self.setToolTip(f"{name} from the first row to the last.")

    def set_chosen(self, chosen: bool) -> None:
        """Draw in the colours of a selected row, or in the usual ones."""
        self._chosen = chosen
        self.update()

    def sizeHint(self) -> QSize:
        """The size of a table row."""
        return QSize(WIDE, HIGH)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw a stroke up or down through every bin."""
        low, high = self.extremes
        if not len(low):
            return
        bottom, span = low.min(), max(high.max() - low.min(), 1e-300)
        wide, tall = self.width() - 2 * EDGE, self.height() - 2 * EDGE
        points = []
        for at, (least, most) in enumerate(zip(low, high, strict=True)):
            x = EDGE + (at + 0.5) * wide / len(low)
            for value in (least, most) if at % 2 else (most, least):
                points.append(QPointF(x, EDGE + tall * (1 - (value - bottom) / span)))
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        own = self.palette()
        painter.setPen(QPen((own.highlightedText() if self._chosen else own.text()).color(), 1))
        painter.drawPolyline(QPolygonF(points))
        painter.end()


def extremes_of(
    values: NDArray[np.float64],
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Lowest and highest value of each bin: two arrays (m,), m <= POINTS; NaN is left out."""
    told = values[~np.isnan(values)]
    if not len(told):
        return told, told
    starts = np.linspace(0, len(told), min(POINTS, len(told)), endpoint=False).astype(int)
    return np.minimum.reduceat(told, starts), np.maximum.reduceat(told, starts)
