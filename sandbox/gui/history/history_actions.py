"""What can be done to runs: one registry for buttons, context menu, keys and tool tips."""

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
class Deed:
    """One thing that a person can do here.

    keys: the first is shown, all of them work while the `reach` has the focus.  button: among
    the buttons below the table.  separated: a line before it in the context menu.
    """

    name: str
    text: str
    tip: str
    keys: tuple[str, ...] = ()
    reach: Reach = "table"
    button: bool = False
    listed: bool = True  # in the context menu
    separated: bool = False


DEEDS: tuple[Deed, ...] = (
    Deed("open", "Open", "Put this run on screen.", ("Return", "Enter"), button=True),
    Deed(
        "compare",
        "Compare",
        "Show what two chosen runs differ in, or one and the run on screen.",
        ("C",),
        button=True,
    ),
    Deed("export", "Export…", "Take this run along as a file or a picture.", ("E",), button=True),
    Deed(
        "delete",
        "Delete",
        "Take the chosen runs off the list; they can be put back for a week.",
        ("Del",),
        button=True,
    ),
    Deed(
        "show",
        "Show beside the live curves",
        "Draw the curves of the chosen runs beside the live ones, or no longer.",
        ("Space",),
        separated=True,
    ),
    Deed("star", "Star", "Star the chosen runs, or take their star away.", ("S",)),
    Deed("note", "Edit note", "Write a note on the current run, in its place.", ("F2", "N")),
    Deed("parent", "Go to the run it is a fork of", "Choose the run that this one went on from."),
    Deed("copy", "Copy id", "Copy the ids of the chosen runs.", ("Ctrl+C",), separated=True),
    Deed("undo", "Undo", "Put back what was deleted or changed last.", ("Ctrl+Z",), "window"),
    Deed("search", "Search", "Go to the search field.", ("Ctrl+F",), "window", listed=False),
    Deed("refresh", "Refresh", "Read the runs anew.", ("F5",), "window", listed=False),
    Deed("close", "Close", "Close this window.", ("Ctrl+W", "Ctrl+H"), "window", listed=False),
)


def actions(window: QWidget, table: QWidget) -> Mapping[str, QAction]:
    """Every deed as an action, in the registry's order, working where it reaches."""
    made = {}
    for deed in DEEDS:
        action = QAction(deed.text, window)
        action.setObjectName(f"history_{deed.name}")
        action.setShortcuts([QKeySequence(key) for key in deed.keys])
        action.setToolTip(tip(deed))
        reach = Qt.ShortcutContext
        narrow = deed.reach == "table"
        action.setShortcutContext(reach.WidgetShortcut if narrow else reach.WindowShortcut)
        (table if narrow else window).addAction(action)
        made[deed.name] = action
    return made


def tip(deed: Deed) -> str:
    """The sentence of its tool tip, with the key behind it."""
    if not deed.keys:
        return deed.tip
    native = QKeySequence.SequenceFormat.NativeText
    return f"{deed.tip} ({QKeySequence(deed.keys[0]).toString(native)})"
