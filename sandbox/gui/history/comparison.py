"""How two runs differ: their settings and results side by side."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, NamedTuple

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QGuiApplication, QKeySequence
from PySide6.QtWidgets import (
    QHBoxLayout,
    QHeaderView,
    QTableWidget,
    QTableWidgetItem,
    QVBoxLayout,
    QWidget,
)

from sandbox.gui.history import history_wording
from sandbox.gui.look.typeface import px
from sandbox.gui.widgets.parts import fill, label, push_button, set_plain
from sandbox.run.differences import Difference, as_tsv, timeline_differences
from sandbox.run.words import counted
from sandbox.store.base import ExperimentTimeline
from sandbox.validation import ExperimentError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from PySide6.QtGui import QKeyEvent

    from sandbox.experiment import Experiment
    from sandbox.gui.history.changes import StoreCalls
    from sandbox.gui.history.listing import Entrant, Row
    from sandbox.store.runs import RunStore

KIND = "comparison"
CURRENT = "current run"
SAME = "Both runs have the same settings, so they give the same numbers."
RESULT = "result"


class _Pair(NamedTuple):
    one: str
    other: str
    heads: tuple[str, str]


class Comparison(QWidget):
    """Two runs' differences as a table that can be copied."""

    asked = Signal()  # a comparison is to be shown

    def __init__(self, calls: StoreCalls) -> None:
        super().__init__()
        self._calls = calls
        self._pair: _Pair | None = None
        self._current: tuple[str, Experiment] | None = None
        self.heading, self.table = label(role="heading"), DifferencesTable()
        self.words = label(role="quiet", wrap=True)
        self.words.setAlignment(Qt.AlignmentFlag.AlignTop)
        text = push_button("Copy as text", "Copy one line for each difference.")
        text.clicked.connect(self.table.copy_text)
        table = push_button("Copy as table", "Copy a table for a spreadsheet.")
        table.clicked.connect(self.table.copy)
        self._if_any = (self.table, text, table)  # shown where there are differences
        head = fill(QHBoxLayout(), self.heading, text, table, spacing=8, wide=self.heading)
        column = fill(QVBoxLayout(self), head, spacing=4, margins=(12, 8, 12, 4))
        column.addWidget(self.words, 1)
        column.addWidget(self.table, 1)

    def set_current(self, run: str, experiment: Experiment) -> None:
        """Note the current run; a comparison with the one before it is over."""
        pair = self._pair
        if pair is not None and pair.heads[1] == CURRENT and pair.other != run:
            self._pair = None
        self._current = run, experiment

    def holds(self, row: Row) -> bool:
        """Whether this run is being compared with the current one."""
        pair = self._pair
        return pair is not None and pair.one == row.run and pair.heads[1] == CURRENT

    def forget(self) -> None:
        """End the comparison."""
        self._pair = None
        self._calls.forget(KIND)

    def compare(self, rows: Sequence[Row]) -> None:
        """Show how two runs differ; runs that are being compared already are not read again."""
        one, other = sorted(rows, key=lambda row: row.order)
        pair = _Pair(one.run, other.run, (f"A: {_called(one)}", f"B: {_called(other)}"))
        self._show(pair, _results(one, other))

    def compare_with_current(self, row: Row, current: Row | None) -> None:
        """Show how a run and the current one differ.

        current: its row, or None if it is not stored yet; then its first settings are compared.
        """
        if self._current is not None:
            results = () if current is None else _results(row, current)
            self._show(_Pair(row.run, self._current[0], (f"A: {_called(row)}", CURRENT)), results)

    def _show(self, pair: _Pair, results: tuple[Difference, ...]) -> None:
        if pair == self._pair:
            return
        self.asked.emit()
        self._pair, current = pair, self._current
        self._say("Differences", "Reading the two runs …")

        def job(store: RunStore) -> tuple[Difference, ...]:
            both = (_timeline(store, run, current) for run in (pair.one, pair.other))
            return timeline_differences(*both)

        def show(found: tuple[Difference, ...]) -> None:
            heading = counted(len(found), "difference") if found else "No difference"
            heading += f" in settings, {counted(len(results), 'result')}" if results else ""
            self.table.show_differences((*found, *results), *pair.heads)
            self._say(heading, "" if found else SAME)

        self._calls.ask(job, show, lambda sentence: self._say("Differences", sentence), KIND)

    def _say(self, heading: str, words: str) -> None:
        """Say these words in place of the table, unless they are about what it shows."""
        self.heading.setText(heading)
        self.words.setText(words)
        self.words.setVisible(bool(words))
        for widget in self._if_any:
            widget.setVisible(words in ("", SAME) and self.table.rowCount() > 0)


class DifferencesTable(QTableWidget):
    """One row for each difference; Ctrl+C copies all of them."""

    def __init__(self) -> None:
        super().__init__(0, 4)
        self._text = self._tsv = ""
        self.setObjectName("differences_table")
        self.setAccessibleName("Differences")
        set_plain(self)
        self.verticalHeader().setDefaultSectionSize(px(24))
        header = self.horizontalHeader()
        header.setSectionResizeMode(QHeaderView.ResizeMode.Stretch)
        for column in (0, 1):
            header.setSectionResizeMode(column, QHeaderView.ResizeMode.Interactive)
            self.setColumnWidth(column, px(140))
        header.setDefaultAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)

    def show_differences(self, found: Sequence[Difference], one: str, other: str) -> None:
        """Show the differences between two runs of these names."""
        self._text, self._tsv = "\n".join(map(str, found)), as_tsv(found, one, other)
        self.setRowCount(len(found))
        for column, words in enumerate(("where", "setting", one, other)):
            self.setHorizontalHeaderItem(column, _item(words))
        for row, difference in enumerate(found):
            for column, words in enumerate(difference.words):
                self.setItem(row, column, _item(words))
        self.scrollToTop()

    def copy_text(self) -> None:
        """Copy one line for each difference."""
        QGuiApplication.clipboard().setText(self._text)

    def copy(self) -> None:
        """Copy the whole table, with tabs between the columns."""
        QGuiApplication.clipboard().setText(self._tsv)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Ctrl+C copies the whole table, not one cell."""
        if event.matches(QKeySequence.StandardKey.Copy):
            self.copy()
        else:
            super().keyPressEvent(event)


def _item(words: str) -> QTableWidgetItem:
    item = QTableWidgetItem(words)
    item.setToolTip(words)
    return item


def _results(one: Row, other: Row) -> tuple[Difference, ...]:
    """Each contestant's result in both runs, the first run's contestants first."""
    both = [{each.title: _result(each) for each in row.entrants} for row in (one, other)]
    titles = dict.fromkeys([*both[0], *both[1]])
    return tuple(Difference(title, RESULT, *(side.get(title) for side in both)) for title in titles)


def _result(entrant: Entrant) -> str:
    """What came of a contestant, and how far off it is in the task's units."""
    words = history_wording.outcome(entrant).words
    return f"{words}, {entrant.in_units}" if entrant.in_units else words


def _timeline(
    store: RunStore, run: str, current: tuple[str, Experiment] | None
) -> ExperimentTimeline:
    """What is stored of a run; the current run may not be stored yet."""
    if current is not None and run == current[0]:
        try:
            store.resolve(run)
        except ExperimentError:
            return ExperimentTimeline(current[1])
    return store.load(run).timeline


def _called(row: Row) -> str:
    gap = "" if row.info.gap is None else f", gap {row.info.gap:,}"
    return f"{history_wording.when(row.moment, datetime.now(UTC))}{gap}"
