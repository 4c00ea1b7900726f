"""What a person can do with runs: the registry of actions, and the context menu made from it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from PySide6.QtCore import QObject, QPoint, Qt, Signal
from PySide6.QtGui import QAction, QKeySequence
from PySide6.QtWidgets import QMenu

from sandbox.gui.history.history_columns import HEADS, Column

if TYPE_CHECKING:
    from collections.abc import Mapping

    from PySide6.QtWidgets import QWidget

    from sandbox.gui.history.table import RunsTable

Reach = Literal["table", "window"]


@dataclass(frozen=True)
class HistoryAction:
    """One entry of the registry.

    keys: the first is shown; all of them work while `reach` has the focus.  button: also a
    button below the table.  separated: a line above it in the context menu.
    """

    name: str
    text: str
    tip: str
    keys: tuple[str, ...] = ()
    reach: Reach = "table"
    button: bool = False
    in_menu: bool = True
    separated: bool = False


ACTIONS: tuple[HistoryAction, ...] = (
    HistoryAction("open", "Open", "Show this run.", ("Return", "Enter"), button=True),
    HistoryAction(
        "compare",
        "Compare",
        "Show how two runs differ and draw their curves together. With one run selected, compare "
        "it with the current run.",
        ("C",),
        button=True,
    ),
    HistoryAction(
        "export", "Export…", "Save this run as a file for other programs.", ("E",), button=True
    ),
    HistoryAction(
        "delete",
        "Delete",
        "Delete the selected runs. They can be restored for a week.",
        ("Del",),
        button=True,
    ),
    HistoryAction(
        "show",
        "Show curves",
        "Draw the curves of the selected runs with those of the current run, or hide them again.",
        ("Space",),
        separated=True,
    ),
    HistoryAction("star", "Star", "Star the selected runs, or remove their stars.", ("S",)),
    HistoryAction("note", "Edit note", "Write a note on this run.", ("F2", "N")),
    HistoryAction("parent", "Go to parent run", "Select the run that this one was forked from."),
    HistoryAction(
        "copy", "Copy ID", "Copy the IDs of the selected runs.", ("Ctrl+C",), separated=True
    ),
    HistoryAction("undo", "Undo", "Undo the last deletion or change.", ("Ctrl+Z",), "window"),
    HistoryAction(
        "search", "Search", "Go to the search field.", ("Ctrl+F",), "window", in_menu=False
    ),
    HistoryAction("refresh", "Refresh", "Read the runs again.", ("F5",), "window", in_menu=False),
    HistoryAction(
        "back",
        "Back",
        "End the comparison, or close this window.",
        ("Escape",),
        "window",
        in_menu=False,
    ),
    HistoryAction(
        "close",
        "Close",
        "Close this window.",
        ("Ctrl+W", "Ctrl+H"),
        "window",
        in_menu=False,
    ),
)


def make_actions(window: QWidget, table: QWidget) -> Mapping[str, QAction]:
    """Every action of the registry by name, added to the widget where its keys work."""
    made = {}
    for spec in ACTIONS:
        action = QAction(spec.text, window)
        action.setObjectName(f"history_{spec.name}")
        action.setShortcuts([QKeySequence(key) for key in spec.keys])
        action.setToolTip(tip(spec))
        context = Qt.ShortcutContext
        in_table = spec.reach == "table"
        action.setShortcutContext(context.WidgetShortcut if in_table else context.WindowShortcut)
        (table if in_table else window).addAction(action)
        made[spec.name] = action
    return made


def tip(spec: HistoryAction) -> str:
    """The text of its tool tip, with the first key."""
    if not spec.keys:
        return spec.tip
    native = QKeySequence.SequenceFormat.NativeText
    return f"{spec.tip} ({QKeySequence(spec.keys[0]).toString(native)})"


class ContextMenu(QObject):
    """The menu of the selected runs; opens at the mouse, or by the menu key at the current run."""

    sort_wanted = Signal(object)  # Column

    def __init__(self, table: RunsTable, actions: Mapping[str, QAction]) -> None:
        super().__init__(table)
        self._table = table
        self.menu = QMenu(table)
        self.menu.setToolTipsVisible(True)
        for spec in ACTIONS:
            if spec.in_menu:
                if spec.separated:
                    self.menu.addSeparator()
                self.menu.addAction(actions[spec.name])
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
