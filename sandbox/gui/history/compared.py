"""What two runs differ in, as a table that can be copied."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication, QKeySequence
from PySide6.QtWidgets import (
    QAbstractItemView,
    QFrame,
    QHBoxLayout,
    QHeaderView,
    QLabel,
    QTableWidget,
    QTableWidgetItem,
    QVBoxLayout,
    QWidget,
)

from sandbox.gui.widgets.dialogs import push_button
from sandbox.run.differences import as_text, as_tsv
from sandbox.run.words import counted

if TYPE_CHECKING:
    from collections.abc import Sequence

    from PySide6.QtGui import QKeyEvent

    from sandbox.run.differences import Difference

SAME = "These two runs were set alike in everything: they give the same numbers."
HEADS = ("where", "field")


class DifferencesTable(QTableWidget):
    """A line a difference; Ctrl+C copies all of them as a table."""

    def __init__(self) -> None:
        super().__init__(0, 4)
        self.setObjectName("differences_table")
        self.setAccessibleName("Differences")
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setShowGrid(False)
        self.setCornerButtonEnabled(False)
        self.setTabKeyNavigation(False)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.verticalHeader().setDefaultSectionSize(24)
        self.verticalHeader().hide()
        header = self.horizontalHeader()
        header.setHighlightSections(False)
        header.setSectionResizeMode(QHeaderView.ResizeMode.Stretch)
        for column in (0, 1):
            header.setSectionResizeMode(column, QHeaderView.ResizeMode.Interactive)
            self.setColumnWidth(column, 140)
        header.setDefaultAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
        self._tsv = ""

    def show_differences(self, found: Sequence[Difference], one: str, other: str) -> None:
        """These differences of two runs that are called so."""
        self._tsv = as_tsv(found, one, other)
        self.setRowCount(len(found))
        self.setHorizontalHeaderLabels([*HEADS, one, other])
        for row, difference in enumerate(found):
            for column, words in enumerate(difference.words):
                item = QTableWidgetItem(words)
                item.setToolTip(words)
                self.setItem(row, column, item)
        self.scrollToTop()

    @property
    def tsv(self) -> str:
        """All of it, with tabs between the columns."""
        return self._tsv

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Ctrl+C copies all of it, not one cell."""
        if event.matches(QKeySequence.StandardKey.Copy):
            QGuiApplication.clipboard().setText(self._tsv)
        else:
            super().keyPressEvent(event)


class Compared(QWidget):
    """Two runs' names, the table, and buttons that copy it."""

    def __init__(self) -> None:
        super().__init__()
        self.heading = QLabel()
        self.heading.setProperty("role", "heading")
        self.table = DifferencesTable()
        self.words = QLabel()
        self.words.setProperty("role", "quiet")
        self.words.setAlignment(Qt.AlignmentFlag.AlignTop)
        self.words.setWordWrap(True)
        self._found: Sequence[Difference] = ()
        self.text_button = push_button("Copy as text", "Copy a line a difference.")
        self.text_button.clicked.connect(self.copy_text)
        self.table_button = push_button("Copy as table", "Copy for a spreadsheet: tabs in between.")
        self.table_button.clicked.connect(self.copy_table)
        head = QHBoxLayout()
        head.setSpacing(8)
        head.addWidget(self.heading, 1)
        head.addWidget(self.text_button)
        head.addWidget(self.table_button)
        column = QVBoxLayout(self)
        column.setContentsMargins(12, 8, 12, 4)
        column.setSpacing(4)
        column.addLayout(head)
        column.addWidget(self.words, 1)
        column.addWidget(self.table, 1)
        self.wait()

    def wait(self) -> None:
        """Two runs are being read."""
        self._show("Differences", (), "Reading the two runs …")

    def refuse(self, sentence: str) -> None:
        """Why they cannot be compared."""
        self._show("Differences", (), sentence)

    def show_differences(self, found: Sequence[Difference], one: str, other: str) -> None:
        """These differences of two runs that are called so."""
        heading = counted(len(found), "difference") if found else "No difference"
        self._show(heading, found, "" if found else SAME)
        self.table.show_differences(found, one, other)

    def copy_text(self) -> None:
        """A line a difference, on the clipboard."""
        QGuiApplication.clipboard().setText(as_text(self._found))

    def copy_table(self) -> None:
        """A table with tabs, on the clipboard."""
        QGuiApplication.clipboard().setText(self.table.tsv)

    def _show(self, heading: str, found: Sequence[Difference], words: str) -> None:
        self._found = found
        self.heading.setText(heading)
        self.words.setText(words)
        self.words.setVisible(bool(words))
        for widget in (self.table, self.text_button, self.table_button):
            widget.setVisible(bool(found))
