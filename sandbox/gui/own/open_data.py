"""Opening a text or a table of the user's: from the menu, dropped, or from the task's form."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QEvent, QObject, Qt
from PySide6.QtWidgets import QFileDialog

from sandbox.gui.own.data_files import ENDINGS, TABLES
from sandbox.tasks.data import name_of
from sandbox.tasks.registry import with_task

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
        window.installEventFilter(self)

    def ask(self) -> None:
        """Choose a file, then `open`."""
        dialog = QFileDialog(self._window, "Open data", "", FILTER)
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.setFileMode(QFileDialog.FileMode.ExistingFile)
        dialog.fileSelected.connect(self.open)
        dialog.open()

    def open(self, path: str) -> None:
        """Show what is in a file, and what is to be learned from it."""
        from sandbox.gui.own.data_dialog import DataDialog

        shown, given = self._session.experiment, dict[str, Any]()
        task = "forecast" if path.lower().endswith(TABLES) else "own"
        if shown.task == task:
            given = dict(shown.params)
        self._close()
        self._dialog = dialog = DataDialog(path, task, given, self._window)
        dialog.finished.connect(self._forget)
        dialog.wanted.connect(lambda name, params: self._take(dialog, name, params))
        dialog.open()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Nothing is read any more when the window closes."""
        if event.type() == QEvent.Type.Close:
            self._close()
        return False

    def _close(self) -> None:
        if self._dialog is not None:
            self._dialog.close()

    def _forget(self) -> None:
        self._dialog = None

    def _take(self, dialog: DataDialog, task: str, params: Mapping[str, Any]) -> None:
        error = self._session.attempt(lambda experiment: _with(experiment, task, params))
        if error is not None:
            dialog.refuse(error)
            return
        self._session.say(f"{name_of(params['data'])} opened: {self._session.remark}")
        dialog.taken()


def _with(experiment: Experiment, task: str, params: Mapping[str, Any]) -> Experiment:
    """The experiment about that file; everything else stays, where the task is the same."""
    other = experiment if experiment.task == task else with_task(experiment, task)
    return other.changed(params=dict(params))
