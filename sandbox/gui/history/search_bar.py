"""The search bar: words, and choices of task, gap, cell, result and star."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, cast

from PySide6.QtCore import QEvent, QSignalBlocker, Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import (
    QCheckBox,
    QComboBox,
    QHBoxLayout,
    QLineEdit,
    QVBoxLayout,
    QWidget,
)

from sandbox.gui.history.query import HINT, OUTCOMES, Outcome, Query
from sandbox.gui.look.typeface import fit
from sandbox.gui.widgets.controls import QuietComboBox
from sandbox.gui.widgets.fields import Refusal
from sandbox.gui.widgets.parts import fill, label, named, push_button
from sandbox.run.words import counted

if TYPE_CHECKING:
    from sandbox.gui.history.listing import Listing


class SearchField(QLineEdit):
    """The search words; Escape clears them, Down goes to the table."""

    left_down = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.setObjectName("search_field")
        named(self, "Search runs", HINT)
        self.setAccessibleDescription(HINT)
        self.setPlaceholderText("Search: words, gap:50, solved:lstm, star …")
        self.setClearButtonEnabled(True)

    def event(self, event: QEvent) -> bool:
        """While there are words, Escape is not the window's shortcut."""
        if event.type() == QEvent.Type.ShortcutOverride and isinstance(event, QKeyEvent):
            if event.key() == Qt.Key.Key_Escape and self.text():
                event.accept()
                return True
        return super().event(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Handle Escape, Down and Enter; everything else is typing."""
        if event.key() == Qt.Key.Key_Escape and self.text():
            self.clear()
        elif event.key() in (Qt.Key.Key_Down, Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.left_down.emit()
        else:
            super().keyPressEvent(event)


class SearchBar(QWidget):
    """Says what to search for whenever that changes."""

    changed = Signal(object)  # Query

    def __init__(self) -> None:
        super().__init__()
        self.setObjectName("search_bar")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.field = SearchField()
        self.count = label(role="quiet")
        self.count.setAccessibleName("How many runs are listed")
        self.clear_button = push_button("Clear", "Clear the search and list every run.")
        self.clear_button.clicked.connect(self.clear)
        self._task = _choice("Task", "List runs of one task.", "any task", 150)
        self._gap = _choice("Gap", "List runs of one gap.", "any gap", 84)
        self._cell = _choice("Cell", "List runs in which this cell took part.", "any cell", 104)
        self._outcome = _choice("Result", "List runs by their result.", "any result", 104)
        for outcome in OUTCOMES:
            self._outcome.addItem(outcome, outcome)
        starred = QCheckBox("starred only")
        self._starred = named(starred, "Starred runs only", "List only the runs that you starred.")
        self.refusal = Refusal()  # says why the search cannot be understood
        self._choices = (self._task, self._gap, self._cell, self._outcome)
        above = fill(QHBoxLayout(), self.field, self.count, spacing=8, wide=self.field)
        below = fill(
            QHBoxLayout(), *self._choices, self._starred, None, self.clear_button, spacing=8
        )
        self.clear_button.setEnabled(False)
        fill(QVBoxLayout(self), above, self.refusal, below, spacing=8, margins=(12, 12, 12, 8))
        self.field.textChanged.connect(self._tell)
        for choice in self._choices:
            choice.currentIndexChanged.connect(self._tell)
        self._starred.toggled.connect(self._tell)

    @property
    def query(self) -> Query:
        """What to search for."""
        return Query(
            text=self.field.text(),
            task=self._task.currentData() or "",
            gap=self._gap.currentData(),
            cell=self._cell.currentData() or "",
            outcome=cast("Outcome", self._outcome.currentData() or ""),
            starred=self._starred.isChecked(),
        )

    def clear(self) -> None:
        """Search for nothing, so that every run is listed."""
        self.blockSignals(True)  # to search once, not after each change
        for choice in self._choices:
            choice.setCurrentIndex(0)
        self._starred.setChecked(False)
        self.field.clear()
        self.blockSignals(False)
        self._tell()

    def show_count(self, listed: int, every: int) -> None:
        """Show how many runs are listed, of how many."""
        of_all = "" if listed == every else f"{listed:,} of "
        self.count.setText(of_all + counted(every, "run"))

    def offer(self, listing: Listing) -> None:
        """Offer the tasks, gaps and cells of the runs; what was chosen stays chosen."""
        _fill(self._task, [(title, name) for name, title in listing.tasks.items()])
        _fill(self._gap, [(f"gap {gap:,}", gap) for gap in listing.gaps])
        _fill(self._cell, [(title, name) for name, title in listing.cell_titles.items()])

    def _tell(self) -> None:
        self.clear_button.setEnabled(self.query.narrows)
        self.changed.emit(self.query)


def _fill(box: QComboBox, choices: list[tuple[str, Any]]) -> None:
    """Replace all choices but the first; the current one stays, even if no run has it now."""
    chosen, words = box.currentData(), box.currentText()
    if chosen is not None and chosen not in [value for _, value in choices]:
        choices = [*choices, (words, chosen)]
    if choices == [(box.itemText(n), box.itemData(n)) for n in range(1, box.count())]:
        return
    with QSignalBlocker(box):
        while box.count() > 1:
            box.removeItem(1)
        for text, value in choices:
            box.addItem(text, value)
        box.setCurrentIndex(0 if chosen is None else box.findData(chosen))


def _choice(name: str, tip: str, anything: str, width: int) -> QComboBox:
    box = named(QuietComboBox(), name, tip)
    fit(box, least_width=width)
    box.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToContents)
    box.setMaxVisibleItems(16)
    box.addItem(anything, None)
    return box
