"""Opening a text or a table: from the menu, dropped, or from the task's form."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QObject

from sandbox.gui.own.data_files import ENDINGS
from sandbox.gui.widgets.dialogs import choose_file
from sandbox.reading.data import name_of
from sandbox.reading.file_kind import TABLES

if TYPE_CHECKING:
    from collections.abc import Mapping

    from PySide6.QtWidgets import QWidget

    from sandbox.experiment import Experiment
    from sandbox.gui.own.data_dialog import DataDialog
    from sandbox.gui.session.session import Session
    from sandbox.gui.widgets.actions import Actions

FILTER = f"Texts and tables ({' '.join(f'*{ending}' for ending in ENDINGS)});;All files (*)"


class OwnData(QObject):
    """Asks for a file, shows what is in it, and makes it the task."""

    def __init__(self, window: QWidget, session: Session, actions: Actions) -> None:
        super().__init__(window)
        self._window, self._session = window, session
        self._dialog: DataDialog | None = None
        actions["open_data"].triggered.connect(self.ask)

    def ask(self) -> None:
        """Choose a file, then open it."""
        choose_file(self._window, "Open data", FILTER, self.open)

    def open(self, path: str) -> None:
        """Show what is in a file, and let the person choose what to learn from it."""
        from sandbox.gui.own.data_dialog import DataDialog

        shown = self._session.experiment
        task = "forecast" if path.lower().endswith(TABLES) else "own"
        self.close()
        self._dialog = dialog = DataDialog(path, task, {shown.task: shown.params}, self._window)
        dialog.finished.connect(self._forget)
        dialog.wanted.connect(lambda name, params: self._take(dialog, name, params))
        dialog.open()

    def close(self) -> None:
        """Close the dialog and stop reading."""
        if self._dialog is not None:
            self._dialog.close()

    def _forget(self) -> None:
        self._dialog = None

    def _take(self, dialog: DataDialog, task: str, params: Mapping[str, Any]) -> None:
        def changed(old: Experiment) -> Experiment:
            """If the task is the same, all but its file stays."""
            other = old if old.task == task else self._session.with_picked_task(task)
            return other.changed(params=dict(params))

        error = self._session.attempt(changed)
        if error is not None:
            dialog.refuse(error)
            return
        self._session.say(f"{name_of(params['data'])} opened: {self._session.remark}")
        dialog.taken()
