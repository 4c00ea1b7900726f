"""The list of a table's columns, and what each of them is for."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

import numpy as np
from PySide6.QtCore import QSignalBlocker, Qt, Signal
from PySide6.QtGui import QColor
from PySide6.QtWidgets import (
    QHeaderView,
    QMenu,
    QTableWidget,
    QTableWidgetItem,
)

from sandbox.gui.look.typeface import TEXT_PX, font, px, width_of
from sandbox.gui.own.data_curves import Curves, Extremes, colours_of, extremes_of
from sandbox.gui.own.data_role_menu import RoleCells, role_menu, role_of_key
from sandbox.gui.own.data_roles import FORECAST, UNREAD, ColumnRoles
from sandbox.gui.widgets.parts import named, set_plain

if TYPE_CHECKING:
    from collections.abc import Sequence

    from PySide6.QtGui import QFontMetrics, QKeyEvent

    from sandbox.gui.own.data_roles import ColumnRole
    from sandbox.reading.number_columns import Column

HEADINGS = {
    "column": "The column's name in the file.",
    "role": "What the column is for. A click opens the choices; keys: F, R, K, N.",
    "sure?": "Whether nothing about the column is in doubt.",
    "unit": "What stood behind the numbers, above them or in brackets.",
    "values": "How many numbers were read.",
    "missing": "How many rows have no number in this column.",
    "lowest": "The lowest number.",
    "highest": "The highest number.",
    "curve": "From the first row to the last; marks below stand where a value is missing.",
}
NAME, ROLE, CERTAIN, UNIT, MISSING, CURVE = 0, 1, 2, 3, 5, 8
SURE, UNSURE = "sure", "not sure"
POINTS = 120  # bins of a curve, each drawn from its lowest to its highest value
HIGH, NAME_PX, CURVE_PX = 24, 78, 62
ROLE_PX, SURE_PX, NAME_EDGE_PX = 30, 20, 16  # beside the words
ELISIONS = (  # names often differ at their ends
    Qt.TextElideMode.ElideMiddle,
    Qt.TextElideMode.ElideRight,
    Qt.TextElideMode.ElideLeft,
)
LIST_TIP = (
    "The columns of numbers. The arrow keys show another one; F forecasts it, R reads it too, "
    "K reads it one row ahead, N does not read it. Space opens these choices."
)


class ColumnList(QTableWidget):
    """Name, role, unit, range, number of values and curve of every column of numbers.

    The current row is shown larger elsewhere; its role is another matter.
    """

    chosen = Signal(str)
    role_wanted = Signal(str, object)  # a column's name, ColumnRole

    def __init__(self) -> None:
        super().__init__(0, len(HEADINGS))
        self._columns: Sequence[Column] = ()
        self._roles, self._menu = ColumnRoles(), QMenu()
        self.curves: dict[int, Extremes] = {}
        for place, (words, tip) in enumerate(HEADINGS.items()):
            heading = QTableWidgetItem(words)
            heading.setToolTip(tip)
            heading.setTextAlignment(_side(place))
            self.setHorizontalHeaderItem(place, heading)
        self.setObjectName("data_table")
        set_plain(self)
        named(self, "Columns", LIST_TIP)
        self.setSelectionMode(QTableWidget.SelectionMode.SingleSelection)
        self.setItemDelegateForColumn(CURVE, Curves(self, self.extremes))
        self.setItemDelegateForColumn(ROLE, RoleCells(self, lambda: colours_of(self)))
        header = self.horizontalHeader()
        header.setSectionResizeMode(CURVE, QHeaderView.ResizeMode.Stretch)
        self.setColumnWidth(NAME, px(NAME_PX))
        self.currentCellChanged.connect(self._choose)
        self.cellClicked.connect(self._click)
        self.cellDoubleClicked.connect(self._double_click)
        self.show_columns((), "")

    def show_columns(self, columns: Sequence[Column], wanted: str) -> None:
        """Show these columns, and choose the wanted one or the first, if there are any."""
        self._columns, self.curves, self._roles = columns, {}, ColumnRoles()
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
        self.doItemsLayout()  # a scroll bar takes its room now
        least = {
            ROLE: width_of(FORECAST.words, bold=True) + px(ROLE_PX),
            CERTAIN: width_of(UNSURE) + px(SURE_PX),
        }
        for place in range(ROLE, CURVE):
            wide = least.get(place) or self.sizeHintForColumn(place)
            self.setColumnWidth(place, round(max(header.sectionSizeHint(place), wide)))
        told = sum(map(self.columnWidth, range(ROLE, CURVE)))  # hidden ones have none
        room = self.viewport().width() - told - px(CURVE_PX)
        wanted = self.sizeHintForColumn(NAME)
        least_name = max(px(NAME_PX), header.sectionSizeHint(NAME))
        self.setColumnWidth(NAME, max(least_name, min(wanted, room)))
        names, width = [column.name for column in self._columns], self.columnWidth(NAME)
        self.setTextElideMode(telling_elision(names, width - px(NAME_EDGE_PX), self.fontMetrics()))

    def mark_sure(self, accepted: bool) -> None:
        """Say of each column whether it is settled; nothing where all are."""
        unsure = not accepted and not all(column.sure for column in self._columns)
        if self.isColumnHidden(CERTAIN) is unsure:
            self.setColumnHidden(CERTAIN, not unsure)
            self._fit_widths()
        for row, column in enumerate(self._columns):
            settled = column.sure or accepted
            item, palette = self._say(row, CERTAIN, SURE if settled else UNSURE), colours_of(self)
            item.setForeground(QColor(palette.text if settled else palette.wrong))

    def show_roles(self, roles: ColumnRoles) -> None:
        """Say of each column what it is for."""
        self._roles = roles
        palette = colours_of(self)
        for row, column in enumerate(self._columns):
            role = roles.of(column.name)
            words = self._say(row, ROLE, role.words)
            words.setToolTip(f"{role.tip} A click changes it, and so do the keys F, R, K and N.")
            for item in filter(None, (words, self.item(row, NAME))):
                item.setFont(font(TEXT_PX, bold=role is FORECAST))
                item.setForeground(QColor(palette.quiet if role is UNREAD else palette.text))

    def open_menu(self) -> None:
        """Open the roles of the current column on its cell."""
        row = self.currentRow()
        if not 0 <= row < len(self._columns):
            return
        name = self._columns[row].name
        self._menu = role_menu(self, name, self._roles.of(name), partial(self._wish, name))
        cell = self.visualRect(self.model().index(row, ROLE))
        self._menu.popup(self.viewport().mapToGlobal(cell.bottomLeft()))

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Give the current column a role by F, R, K, N or Delete; open the roles by Space."""
        row, role = self.currentRow(), role_of_key(event.key())
        plain = not event.modifiers() & ~Qt.KeyboardModifier.KeypadModifier
        if plain and event.key() == Qt.Key.Key_Space:
            self.open_menu()
        elif plain and role is not None and 0 <= row < len(self._columns):
            self._wish(self._columns[row].name, role)
        else:
            super().keyPressEvent(event)

    def keyboardSearch(self, search: str) -> None:
        """Leave letters to the roles."""

    def _wish(self, name: str, role: ColumnRole) -> None:
        if role is not self._roles.of(name):
            self.role_wanted.emit(name, role)

    def _click(self, _: int, place: int) -> None:
        if place == ROLE:
            self.open_menu()

    def _double_click(self, row: int, place: int) -> None:
        if place != ROLE:
            self._wish(self._columns[row].name, FORECAST)

    def extremes(self, row: int) -> Extremes:
        """The curve of a column, worked out once."""
        if row not in self.curves:
            self.curves[row] = extremes_of(self._columns[row].values, POINTS)
        return self.curves[row]

    def _show_row(self, row: int, column: Column) -> None:
        told = column.values[~np.isnan(column.values)]
        missing = len(column.values) - len(told)
        low, high = (f"{told.min():.6g}", f"{told.max():.6g}") if len(told) else ("", "")
        words = (column.name, "", "", column.unit, f"{len(told):,}", f"{missing:,}" * bool(missing))
        for place, text in enumerate((*words, low, high)):
            if place not in (ROLE, CERTAIN):
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


def telling_elision(names: Sequence[str], width: int, metrics: QFontMetrics) -> Qt.TextElideMode:
    """Where to shorten names to `width` pixels so that most can be told apart."""
    return max(ELISIONS, key=lambda mode: len({metrics.elidedText(n, mode, width) for n in names}))


def _side(place: int) -> Qt.AlignmentFlag:
    """Where words stand in a column of the list, and its head over them."""
    side = Qt.AlignmentFlag.AlignRight if UNIT < place < CURVE else Qt.AlignmentFlag.AlignLeft
    return side | Qt.AlignmentFlag.AlignVCenter
