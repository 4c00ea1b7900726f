"""The commands on the selected runs, by button, menu, key or click."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Qt, Signal
from PySide6.QtGui import QGuiApplication

from sandbox.gui.history.history_columns import Column
from sandbox.gui.history.model import HAND_MADE
from sandbox.run.words import counted

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from PySide6.QtCore import QModelIndex
    from PySide6.QtGui import QAction

    from sandbox.gui.history.changes import Changes
    from sandbox.gui.history.comparison import Comparison
    from sandbox.gui.history.listing import Row
    from sandbox.gui.history.table import RunsTable

DRAWN = "The curves of both runs are drawn in the main window."
NOT_DRAWN = "Curves not drawn: different task."


class HistoryCommands(QObject):
    """Carries out the actions of the registry that concern runs."""

    open_wanted = Signal(str)
    export_wanted = Signal(str)

    def __init__(
        self,
        actions: Mapping[str, QAction],
        table: RunsTable,
        changes: Changes,
        comparison: Comparison,
        say: Callable[[str], None],
    ) -> None:
        super().__init__(table)
        self._actions, self._table, self._model = actions, table, table.runs
        self._changes, self._comparison, self._say = changes, comparison, say
        self.task = ""  # of the current run
        self._compared: list[str] = []  # drawn for a comparison only
        table.runs.noted.connect(self.note)
        table.clicked.connect(self._click)
        table.doubleClicked.connect(self._double_click)
        for name, act in (
            ("open", lambda: self.open_wanted.emit(self._runs()[0])),
            ("compare", self.compare),
            ("export", lambda: self.export_wanted.emit(self._runs()[0])),
            ("delete", self.delete),
            ("show", lambda: self._toggle_shown(self._runs())),
            ("star", lambda: self.star(table.chosen_runs())),
            ("note", table.edit_note),
            ("parent", self.go_to_parent),
            ("copy", lambda: QGuiApplication.clipboard().setText("\n".join(self._runs()))),
        ):
            actions[name].triggered.connect(act)

    def enable(self, rows: Sequence[Row]) -> None:
        """Enable what can be done with these runs."""
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

    def compare(self) -> None:
        """Show how one run and the current one differ, and draw its curves, or those of two.

        How two selected runs differ is shown already.
        """
        rows = self._table.chosen_runs()
        if len(rows) == 1:
            current = self._model.listing.by_run.get(self._model.live.here)
            self._comparison.compare_with_current(rows[0], current)
        others = [row for row in rows if row.run != self._model.live.here]
        if self.task and any(row.info.task != self.task for row in others):
            self._say(NOT_DRAWN)
        else:
            runs = [row.run for row in others]
            self._compared = [run for run in runs if run not in self._model.shown]
            for run in runs:
                self._model.show_beside(run, True)
            if set(runs) <= set(self._model.shown):  # else the model has said why not
                self._say(DRAWN)
        self._comparison.table.setFocus(Qt.FocusReason.OtherFocusReason)

    def end_comparison(self) -> None:
        """Hide what was drawn for the comparison, and select one run alone."""
        for run in self._compared:
            self._model.show_beside(run, False)
        self._compared = []
        self._comparison.forget()
        row = self._table.current_run()
        if row is not None:
            self._table.choose(row.run)

    def delete(self) -> None:
        """Delete the selected runs."""
        runs = self._runs()
        if len(runs) > 1:
            self._say(f"Deleting {counted(len(runs), 'run')} …")
        self._changes.delete(runs)

    def star(self, rows: Sequence[Row]) -> None:
        """Star these runs, or remove the stars if all have one."""
        star = not all(row.info.star for row in rows)
        changed = [row for row in rows if row.info.star != star]
        self._changes.star([row.run for row in changed], star)
        self._model.set_infos(*(replace(row.info, star=star) for row in changed))

    def note(self, run: str, note: str) -> None:
        """Write a note on this run."""
        info = self._model.listing.by_run[run].info
        self._changes.note(info, note)
        self._model.set_infos(replace(info, note=note))

    def go_to_parent(self) -> None:
        """Select the run that the selected one was forked from."""
        origin = self._table.chosen_runs()[0].info.origin
        if origin is not None and not self._table.choose(origin.parent):
            known = origin.parent in self._model.listing.by_run
            why = "is hidden by the search" if known else "was deleted"
            self._say(f"Run {origin.parent} {why}.")

    def _runs(self) -> list[str]:
        return [row.run for row in self._table.chosen_runs()]

    def _toggle_shown(self, runs: list[str]) -> None:
        """Draw these runs, or hide them if all are drawn."""
        shown = not all(run in self._model.shown for run in runs)
        for run in runs:
            self._model.show_beside(run, shown)

    def _click(self, index: QModelIndex) -> None:
        row = self._model.row_at(index)
        if index.column() == Column.STAR:
            self.star([row])
        elif index.column() == Column.SHOW:
            self._toggle_shown([row.run])

    def _double_click(self, index: QModelIndex) -> None:
        if index.column() == Column.NOTE:
            self._table.edit_note()
        elif index.column() not in HAND_MADE:
            self.open_wanted.emit(self._model.row_at(index).run)
