"""The context menu of the runs: what can be done to the chosen ones, and how to sort them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QPoint, Signal
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QMenu

from sandbox.gui.history.history_actions import ACTIONS
from sandbox.gui.history.history_columns import HEADS, Column

if TYPE_CHECKING:
    from collections.abc import Mapping

    from sandbox.gui.history.table import RunsTable


class ContextMenu(QObject):
    """Opens at the mouse, or at the current run with the menu key."""

    sort_wanted = Signal(object)  # Column

    def __init__(self, table: RunsTable, actions: Mapping[str, QAction]) -> None:
        super().__init__(table)
        self._table = table
        self.menu = QMenu(table)
        self.menu.setToolTipsVisible(True)
        for each in ACTIONS:
            if each.in_menu:
                if each.separated:
                    self.menu.addSeparator()
                self.menu.addAction(actions[each.name])
        self.menu.addSeparator()
        self._add_columns(self.menu.addMenu("Sort by"), self._sort)
        self._columns = self.menu.addMenu("Columns")
        self._add_columns(self._columns, self._toggle, checkable=True)
        self._columns.aboutToShow.connect(self._tick_columns)
        table.customContextMenuRequested.connect(self._open)

    def _add_columns(self, menu: QMenu, act: object, checkable: bool = False) -> None:
        menu.setToolTipsVisible(True)
        for column, head in HEADS.items():
            action = QAction(head.name, menu)
            action.setToolTip(head.tip)
            action.setData(int(column))
            action.setCheckable(checkable)
            action.triggered.connect(act)
            menu.addAction(action)

    def _sort(self) -> None:
        self.sort_wanted.emit(_column(self.sender()))

    def _toggle(self) -> None:
        column = _column(self.sender())
        self._table.setColumnHidden(column, not self._table.isColumnHidden(column))
        self._table.fit()

    def _tick_columns(self) -> None:
        actions = self._columns.actions()
        left = [a for a in actions if not self._table.isColumnHidden(_column(a))]
        for action in actions:
            action.setChecked(action in left)
            action.setEnabled(action not in left or len(left) > 1)

    def _open(self, place: QPoint) -> None:
        index = self._table.currentIndex()
        if not self._table.rect().contains(place) or place.isNull():
            place = self._table.visualRect(index).bottomLeft()
        self.menu.popup(self._table.viewport().mapToGlobal(place))


def _column(action: QObject) -> Column:
    assert isinstance(action, QAction)
    return Column(action.data())
