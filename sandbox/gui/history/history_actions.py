"""What a person can do with runs: the registry of actions, and the context menu made from it."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, NamedTuple

from PySide6.QtCore import QObject, QPoint, Qt
from PySide6.QtGui import QAction, QKeySequence
from PySide6.QtWidgets import QMenu

from sandbox.gui.history.history_columns import HEADS, Column

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from PySide6.QtWidgets import QWidget

    from sandbox.gui.history.table import RunsTable


class HistoryAction(NamedTuple):
    """One entry of the registry.  keys: the first is shown; all of them work."""

    name: str
    text: str
    tip: str
    keys: tuple[str, ...] = ()


COMPARE_TIP = (
    "Show how two runs differ and draw their curves together. With one run selected, compare it "
    "with the current run."
)
SHOW_TIP = "Draw the curves of the selected runs with those of the current run, or hide them again."
BUTTONS = ("open", "compare", "export", "delete")  # below the table, too
# In the context menu, with keys that work in the table; None is a line.
TABLE_ACTIONS: tuple[HistoryAction | None, ...] = (
    HistoryAction("open", "Open", "Show this run.", ("Return", "Enter")),
    HistoryAction("compare", "Compare", COMPARE_TIP, ("C",)),
    HistoryAction("export", "Export…", "Save this run as a file for other programs.", ("E",)),
    HistoryAction(
        "delete", "Delete", "Delete the selected runs. They can be restored for a week.", ("Del",)
    ),
    None,
    HistoryAction("show", "Show curves", SHOW_TIP, ("Space",)),
    HistoryAction("star", "Star", "Star the selected runs, or remove their stars.", ("S",)),
    HistoryAction("note", "Edit note", "Write a note on this run.", ("F2", "N")),
    HistoryAction("parent", "Go to parent run", "Select the run that this one was forked from."),
    None,
    HistoryAction("copy", "Copy ID", "Copy the IDs of the selected runs.", ("Ctrl+C",)),
)
UNDO = HistoryAction("undo", "Undo", "Undo the last deletion or change.", ("Ctrl+Z",))
WINDOW_ACTIONS = (  # with keys that work in the whole window
    UNDO,
    HistoryAction("search", "Search", "Go to the search field.", ("Ctrl+F",)),
    HistoryAction("refresh", "Refresh", "Read the runs again.", ("F5",)),
    HistoryAction("back", "Back", "End the comparison, or close this window.", ("Escape",)),
    HistoryAction("close", "Close", "Close this window.", ("Ctrl+W", "Ctrl+H")),
)


def make_actions(window: QWidget, table: QWidget) -> Mapping[str, QAction]:
    """Every action of the registry by name, added to the widget where its keys work."""
    made = {}
    context, native = Qt.ShortcutContext, QKeySequence.SequenceFormat.NativeText
    for widget, specs, reach in (
        (table, TABLE_ACTIONS, context.WidgetShortcut),
        (window, WINDOW_ACTIONS, context.WindowShortcut),
    ):
        for spec in filter(None, specs):
            action = QAction(spec.text, window)
            action.setObjectName(f"history_{spec.name}")
            action.setShortcuts([QKeySequence(key) for key in spec.keys])
            keys = f" ({action.shortcut().toString(native)})" if spec.keys else ""
            action.setToolTip(spec.tip + keys)
            action.setShortcutContext(reach)
            widget.addAction(action)
            made[spec.name] = action
    return made


class ContextMenu(QObject):
    """The menu of the selected runs; opens at the mouse, or by the menu key at the current run."""

    def __init__(self, table: RunsTable, actions: Mapping[str, QAction]) -> None:
        super().__init__(table)
        self._table = table
        self.menu = QMenu(table)
        self.menu.setToolTipsVisible(True)
        for spec in (*TABLE_ACTIONS, UNDO):
            if spec is None:
                self.menu.addSeparator()
            else:
                self.menu.addAction(actions[spec.name])
        self.menu.addSeparator()
        self._add_columns("Sort by", table.sort_by)
        self._columns = self._add_columns("Columns", self._toggle)
        self._columns.aboutToShow.connect(self._tick_columns)
        table.customContextMenuRequested.connect(self._open)

    def _add_columns(self, title: str, act: Callable[[Column], None]) -> QMenu:
        menu = self.menu.addMenu(title)
        menu.setToolTipsVisible(True)
        for column, head in HEADS.items():
            action = menu.addAction(head.name)
            action.setToolTip(head.tip)
            action.triggered.connect(partial(act, column))
        return menu

    def _toggle(self, column: Column) -> None:
        self._table.setColumnHidden(column, not self._table.isColumnHidden(column))
        self._table.fit()

    def _tick_columns(self) -> None:
        """Tick the visible columns; the last one cannot be hidden."""
        visible = [not self._table.isColumnHidden(column) for column in HEADS]
        for action, shown in zip(self._columns.actions(), visible, strict=True):
            action.setCheckable(True)
            action.setChecked(shown)
            action.setEnabled(not shown or sum(visible) > 1)

    def _open(self, place: QPoint) -> None:
        if not self._table.rect().contains(place) or place.isNull():
            place = self._table.visualRect(self._table.currentIndex()).bottomLeft()
        self.menu.popup(self._table.viewport().mapToGlobal(place))
