"""Opens what is dropped on the window: a run, an experiment, a task, a cell, data, or text."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QObject, Qt
from PySide6.QtGui import QDropEvent
from PySide6.QtWidgets import QGraphicsView

from sandbox.cells.cell_file import ENDING as CELL_ENDING
from sandbox.gui.own.data_files import ENDINGS as DATA_ENDINGS
from sandbox.gui.session.library import ENDING

if TYPE_CHECKING:
    from collections.abc import Sequence

    from PySide6.QtCore import QMimeData
    from PySide6.QtWidgets import QWidget

    from sandbox.gui.window.commands import Commands

ENDINGS = (ENDING, ".json", ".py", CELL_ENDING, *DATA_ENDINGS)
MOVED = (QEvent.Type.DragEnter, QEvent.Type.DragMove)
TITLE = "Nothing was opened"
ACCEPTED = (
    "a run (.seqx), an experiment (.json), a task (.py), a cell (.cell), a text (.txt, .md) or a "
    "table (.csv, .tsv, .dat)"
)


class Dropping(QObject):
    """Opens what is dropped on any of these widgets or their children."""

    def __init__(self, widgets: Sequence[QWidget], commands: Commands, parent: QObject) -> None:
        super().__init__(parent)
        self._commands = commands
        for widget in widgets:
            widget.setAcceptDrops(True)
            widget.installEventFilter(self)
            for view in widget.findChildren(QGraphicsView):  # would keep a drag to itself
                view.setAcceptDrops(False)
                view.viewport().setAcceptDrops(False)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Accept files and text, always as a copy, so that the source keeps them."""
        if event.type() not in (*MOVED, QEvent.Type.Drop) or not isinstance(event, QDropEvent):
            return False
        mime = event.mimeData()
        if not mime.hasUrls() and not mime.hasText():
            return False
        event.setDropAction(Qt.DropAction.CopyAction)
        event.accept()
        if event.type() == QEvent.Type.Drop:
            self.take(mime)
        return True

    def take(self, mime: QMimeData) -> None:
        """Open the file or the text; say why if that cannot be done."""
        files = [url.toLocalFile() for url in mime.urls() if url.isLocalFile()]
        if len(files) == 1 and files[0].lower().endswith(ENDINGS):
            self._commands.open(files[0])
        elif len(files) == 1:
            name = Path(files[0]).name
            self._commands.say(TITLE, f"{name} cannot be opened: drop {ACCEPTED}.")
        elif files:
            words = f"{len(files)} files were dropped: drop one at a time, {ACCEPTED}."
            self._commands.say(TITLE, words)
        else:
            self._commands.take_text(mime.text(), "dropped")
