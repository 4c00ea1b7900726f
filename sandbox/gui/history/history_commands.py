"""What is done to the chosen runs, by button, menu, key or click."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Qt, QTimer
from PySide6.QtGui import QGuiApplication

from sandbox.run.words import counted

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sandbox.gui.history.history_window import HistoryWindow
    from sandbox.gui.history.row import Row
    from sandbox.store.base import RunInfo


class Commands(QObject):
    """The deeds of the registry that are done to runs."""

    def __init__(self, window: HistoryWindow) -> None:
        super().__init__(window)
        self._window, self._actions = window, window.actions_by_name
        self._model, self._table = window.model, window.table
        self._written: list[RunInfo] = []
        self._showing = QTimer(self)  # then the field in which a note was written is gone
        self._showing.setSingleShot(True)
        self._showing.timeout.connect(self._show_written)
        self._model.noted.connect(self.note)
        self._table.star_clicked.connect(self.star_one)
        self._table.show_clicked.connect(self.show_one)
        for name, act in (
            ("open", self.open),
            ("compare", self.compare),
            ("export", self.export),
            ("delete", self.delete),
            ("show", self.toggle_shown),
            ("star", self.toggle_stars),
            ("note", self._table.edit_note),
            ("parent", self.go_to_parent),
            ("copy", self.copy),
        ):
            self._actions[name].triggered.connect(act)

    def enable(self, rows: Sequence[Row]) -> None:
        """Let do what can be done to these runs."""
        one = rows[0] if len(rows) == 1 else None
        here = self._model.live.here
        with_current = one is not None and bool(here) and one.run != here
        can = {
            **dict.fromkeys(("delete", "show", "star", "copy"), bool(rows)),
            **dict.fromkeys(("open", "export"), one is not None),
            "note": self._table.current_run() is not None,
            "parent": one is not None and one.info.origin is not None,
            "compare": len(rows) == 2 or with_current,
        }
        for name, enabled in can.items():
            self._actions[name].setEnabled(enabled)

    def open(self) -> None:
        """Ask for the chosen run to be put on screen."""
        for row in self._chosen()[:1]:
            self._window.open_requested.emit(row.run)

    def export(self) -> None:
        """Ask for the chosen run to be taken along."""
        for row in self._chosen()[:1]:
            self._window.export_requested.emit(row.run)

    def compare(self) -> None:
        """Two chosen runs, or one and the run on screen; then the keyboard is at the table."""
        rows = self._chosen()
        if len(rows) == 1:
            self._window.pair.compare_with_current(rows[0])
        table = self._window.details.compared.table
        table.setFocus(Qt.FocusReason.OtherFocusReason)

    def delete(self) -> None:
        """Take the chosen runs off the list."""
        runs = [row.run for row in self._chosen()]
        if len(runs) > 1:
            self._window.notice.say(f"Deleting {counted(len(runs), 'run')} …")
        self._window.changes.delete(runs)

    def toggle_shown(self) -> None:
        """Show all chosen runs, or none of them where all are shown."""
        runs = [row.run for row in self._chosen()]
        shown = not all(run in self._model.shown for run in runs)
        for run in runs:
            self._model.show_beside(run, shown)

    def show_one(self, run: str) -> None:
        """Show this run, or no longer."""
        self._model.show_beside(run, run not in self._model.shown)

    def toggle_stars(self) -> None:
        """Star all chosen runs, or none of them where all are starred."""
        self._star(self._chosen())

    def star_one(self, run: str) -> None:
        """Star this run, or take its star away."""
        self._star([self._model.listing.by_run[run]])

    def note(self, run: str, note: str) -> None:
        """Write a note on this run."""
        info = self._model.listing.by_run[run].info
        self._window.changes.note(info, note)
        self._written.append(replace(info, note=note))
        self._showing.start()

    def go_to_parent(self) -> None:
        """Choose the run that the chosen one is a fork of."""
        origin = self._chosen()[0].info.origin
        if origin is not None and not self._table.choose(origin.parent):
            known = origin.parent in self._model.listing.by_run
            why = "is not among the runs that are listed" if known else "was deleted"
            self._window.notice.say(f"Run {origin.parent} {why}.")

    def copy(self) -> None:
        """The chosen runs' ids, a line each, on the clipboard."""
        QGuiApplication.clipboard().setText("\n".join(row.run for row in self._chosen()))

    def _chosen(self) -> list[Row]:
        return self._table.chosen_runs()

    def _star(self, rows: list[Row]) -> None:
        star = not all(row.info.star for row in rows)
        changed = [row for row in rows if row.info.star != star]
        self._window.changes.star([row.run for row in changed], star)
        self._model.set_infos(*(replace(row.info, star=star) for row in changed))

    def _show_written(self) -> None:
        written, self._written = self._written, []
        self._model.set_infos(*written)
