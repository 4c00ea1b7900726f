"""What the nets read of the next row's date: hour, weekday and month."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from PySide6.QtCore import Signal
from PySide6.QtWidgets import QCheckBox, QHBoxLayout, QVBoxLayout, QWidget

from sandbox.gui.widgets.parts import fill, label, named
from sandbox.reading.steps import without_dates
from sandbox.tasks.forecast_inputs import FIRST, PERIODS, list_of, names_in, of_calendar

if TYPE_CHECKING:
    from sandbox.reading.table import Table

CAPTION, OF, NOT_HERE = "calendar", "of the next row", "not here"
TIPS = {
    "hour": "The next row's time of day, as a place on a circle of 24 hours.",
    "weekday": "The next row's day of the week, as a place on a circle of seven days.",
    "month": "The next row's month, as a place on a circle of twelve.",
}


class CalendarChoice(QWidget):
    """A box for each; those that say nothing about the table are disabled, with the reason."""

    changed = Signal(str)  # as the parameter `calendar`

    def __init__(self) -> None:
        super().__init__()
        self.note = label(OF, "note")
        self.boxes = {word: named(QCheckBox(word), word, TIPS[word]) for word in PERIODS}
        for word, box in self.boxes.items():
            box.setAccessibleDescription(TIPS[word])
            box.clicked.connect(self._choose)
        words = fill(QVBoxLayout(), label(CAPTION), self.note, spacing=0)
        fill(QHBoxLayout(self), words, None, *self.boxes.values(), spacing=8)
        self.show_table(None, "")

    def show_table(self, table: Table | None, calendar: str) -> None:
        """Show what is chosen, and what can be, of a table as it will be read; None if of none."""
        lacking = "no table is read" if table is None else reason_without(table)
        told = () if table is None or lacking else words_that_change(table)
        self.note.setText(NOT_HERE if lacking else OF)
        self.note.setToolTip(f"Since {lacking}." if lacking else "")
        for word, box in self.boxes.items():
            box.setChecked(word in names_in(calendar))
            why = lacking or ("" if word in told else f"the {word} is the same in every row")
            box.setEnabled(not why or (box.isChecked() and not lacking))
            named(box, word, f"{TIPS[word]} Not here, since {why}." if why else TIPS[word])

    def _choose(self) -> None:
        boxes = self.boxes.items()
        self.changed.emit(list_of(each for each, box in boxes if box.isChecked()))


def reason_without(table: Table) -> str:
    """Why nothing can be read of the dates of a table's rows; "" if it can."""
    lacking = without_dates(table)
    if lacking or table.times is None:
        return lacking
    unknown = int(np.isnat(table.times.values).sum())
    if not unknown:
        return ""
    return "1 row lacks a date" if unknown == 1 else f"{unknown:,} rows lack a date"


def words_that_change(table: Table) -> tuple[str, ...]:
    """What is not the same in all rows: of a large table, in those at its ends."""
    assert table.times is not None
    seconds = table.times.values.astype(np.int64)
    return tuple(word for word in FIRST if len(seconds) and np.ptp(of_calendar(word, seconds)))
