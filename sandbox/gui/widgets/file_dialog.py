"""Choosing a file, without blocking the event loop."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFileDialog

if TYPE_CHECKING:
    from collections.abc import Callable

    from PySide6.QtWidgets import QWidget


def choose_file(
    window: QWidget,
    title: str,
    filters: str,
    act: Callable[[str], object],
    at: str = "",
    save: bool = False,
    chosen: str = "",
) -> None:
    """Let a person choose a file, then call `act` with its path.

    at: the folder, or the proposed path.  save: the file is to be written; its ending is that of
    the chosen filter, at first `chosen` or the first one.
    """
    dialog = QFileDialog(window, title, at, filters)
    dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
    if save:
        dialog.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
        dialog.filterSelected.connect(lambda filter: dialog.setDefaultSuffix(ending_in(filter)))
        first = chosen or filters.partition(";;")[0]
        dialog.selectNameFilter(first)
        dialog.setDefaultSuffix(ending_in(first))
    else:
        dialog.setFileMode(QFileDialog.FileMode.ExistingFile)
    dialog.fileSelected.connect(act)
    dialog.open()


def ending_in(filter: str) -> str:
    """The ending in a filter such as "Tables (*.csv)"."""
    return filter.rpartition("*.")[2].rstrip(")")
