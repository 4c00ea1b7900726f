"""The list of a table's columns, of which one is chosen to be forecast."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QHeaderView, QTableWidget, QTableWidgetItem

from sandbox.gui.widgets.parts import named, set_plain
from sandbox.gui.widgets.sparkline import HIGH, Sparkline

if TYPE_CHECKING:
    from collections.abc import Mapping

    from sandbox.tasks.table_layout import Layout
    from sandbox.tasks.tables import Column

HEADINGS = ("column", "lowest", "highest", "values", "missing", "from first to last")
CURVE = len(HEADINGS) - 1


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
