"""What a person can do with runs: one registry for buttons, context menu, keys and tool tips."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from PySide6.QtCore import Qt
from PySide6.QtGui import QAction, QKeySequence

if TYPE_CHECKING:
    from collections.abc import Mapping

    from PySide6.QtWidgets import QWidget

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
        "close",
        "Close",
        "Close this window.",
        ("Escape", "Ctrl+W", "Ctrl+H"),
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
