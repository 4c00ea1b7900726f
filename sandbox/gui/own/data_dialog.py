"""The dialog that shows what is in a user's file, and makes it a task."""

from __future__ import annotations

from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import (
    QHBoxLayout,
    QPlainTextEdit,
    QProgressBar,
    QPushButton,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)

from sandbox.gui.look.typeface import fit
from sandbox.gui.own import data_files
from sandbox.gui.own.data_columns import ColumnList
from sandbox.gui.own.data_files import DataWork
from sandbox.gui.widgets.controls import QuietComboBox
from sandbox.gui.widgets.dialogs import Dialog
from sandbox.gui.widgets.fields import Refusal
from sandbox.gui.widgets.form import CompactForm
from sandbox.gui.widgets.parts import fill, label, named, paragraph
from sandbox.tasks.data import discard, is_id, name_of
from sandbox.tasks.registry import task_class

if TYPE_CHECKING:
    from collections.abc import Mapping

    from PySide6.QtGui import QKeyEvent

    from sandbox.tasks.table_layout import Layout
    from sandbox.tasks.tables import Column
    from sandbox.validation import ExperimentError

WIDE, HIGH, CUES_PX = 720, 560, 240
TASKS = ("own", "forecast")
FIELDS = {
    "own": ("level", "cues", "length", "vocabulary"),
    "forecast": ("gap", "forecasts", "missing"),
}
KINDS = ("a text: predict what comes next", "a table: forecast a column")
KIND_TIP = "A text is split into characters or words; a table has columns."
MANY_WORDS = 1000  # the vocabulary for words, at first


class DataForm(CompactForm):
    """Some parameters of a task, with captions that say what they mean for a file."""

    CAPTIONS: Mapping[str, str] = {
        "level": "split into",
        "cues": "ask only after (comma-separated; if empty, after each)",
        "length": "length of a sequence",
        "vocabulary": "vocabulary: the most frequent",
        "gap": "season, or rows read before the first forecast",
        "forecasts": "forecasts in a sequence",
        "missing": "rows without a value",
    }


class DataDialog(Dialog):
    """Reads a file; `wanted` has the task and its parameters once a person wants them.

    given: the parameters on screen, if the task stays and only its file changes.
    """

    wanted = Signal(str, object)

    def __init__(
        self, path: str, task: str, given: Mapping[str, Any], parent: QWidget | None
    ) -> None:
        super().__init__("Open data", parent)
        self.setObjectName("data_dialog")
        self._path, self._task = path, task
        self._data, self._fresh = "", False  # the copy of the file, and whether it is a new one
        self._values = {name: dict(task_class(name).Params().model_dump()) for name in TASKS}
        self._values[task].update(given)
        self._values["forecast"]["series"] = "csv"
        self._used, self._known = False, ""
        self._work = DataWork(self)
        self._work.progressed.connect(lambda done: self._progress.setValue(round(1000 * done)))
        self._work.failed.connect(self.refuse)
        self.finished.connect(self._end)
        self._make()
        self._show_kind()
        self._copy_file()

    def taken(self) -> None:
        """Close, since the task is on screen now."""
        self._used = True
        self.close()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Enter presses the focused button; in a field it only enters what was typed."""
        if event.key() not in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            super().keyPressEvent(event)
            return
        focused = self.focusWidget()
        if isinstance(focused, QPushButton):
            focused.click()

    # Building -------------------------------------------------------------------------

    def _make(self) -> None:
        name = name_of(self._path) if is_id(self._path) else Path(self._path).name
        self.column.addWidget(paragraph(name, "heading"))
        self._facts, self._progress = label(role="quiet"), QProgressBar()
        named(self._progress, "How much of the file is read", "")
        self._progress.setRange(0, 1000)
        self._progress.setTextVisible(False)
        fit(self._progress, height=6)
        policy = self._progress.sizePolicy()
        policy.setRetainSizeWhenHidden(True)
        self._progress.setSizePolicy(policy)
        self._kind = named(QuietComboBox(), "Read it as", KIND_TIP)
        self._kind.addItems(KINDS)
        self._kind.activated.connect(self._choose_kind)
        kind = label("read it as")
        kind.setBuddy(self._kind)
        self.column.addLayout(fill(QHBoxLayout(), kind, self._kind, wide=self._kind))
        self._columns = ColumnList()
        self._text = named(QPlainTextEdit(), "Beginning of the text", "How the text begins.")
        self._text.setReadOnly(True)
        self._text.setTabChangesFocus(True)
        self._columns.chosen.connect(partial(self._edit, "forecast", "column"))
        self._preview, self._forms = QStackedWidget(), QStackedWidget()
        self._form_of: dict[str, CompactForm] = {}
        for task, preview in zip(TASKS, (self._text, self._columns), strict=True):
            self._preview.addWidget(preview)
            self._form_of[task] = DataForm(task_class(task).Params, FIELDS[task])
            self._form_of[task].edited.connect(partial(self._edit, task))
            around = QWidget()  # with room below, if another form is higher
            fill(QVBoxLayout(around), self._form_of[task], None)
            self._forms.addWidget(around)
        fit(self._form_of["own"].control("cues"), width=CUES_PX)
        self._refusal = Refusal()
        parts = self._facts, self._progress, self._preview, self._forms, self._refusal
        for widget in parts:
            self.column.addWidget(widget, 1 if widget is self._preview else 0)
        self._make_buttons()
        self.resize(WIDE, HIGH)

    def _make_buttons(self) -> None:
        tip = "Make this file the task, with untrained nets. Undo brings back what was there."
        self.use_button = self.add_button("Use it", tip, self._use)
        self.use_button.setEnabled(False)
        self.use_button.setAutoDefault(False)
        self.close_button.setText("Cancel")
        named(self.close_button, "Cancel", "Leave everything as it is.")
        self.close_button.setAutoDefault(False)
        self.finish()

    # Reading --------------------------------------------------------------------------

    def _copy_file(self) -> None:
        if is_id(self._path):
            self._take_copy((self._path, False))
            return
        self._say_reading("copying")
        self._work.ask(partial(data_files.copied, self._path), self._take_copy)

    def _take_copy(self, copy: tuple[str, bool]) -> None:
        self._data, self._fresh = copy
        for values in self._values.values():
            if values["data"] != self._data:
                values.update(data=self._data, **({"column": ""} if "column" in values else {}))
        self._read()

    def _read(self) -> None:
        """Read the file as the chosen kind."""
        if not self._data:
            return
        self._say_reading("reading")
        if self._task == "own":
            self._work.ask(partial(data_files.looked_at, self._data), self._show_text)
        else:
            self._work.ask(partial(data_files.columns, self._data), self._show_columns)

    def _show_text(self, found: tuple[str, str]) -> None:
        self._encoding, head = found
        self._text.setPlainText(head)
        self._count()

    def _count(self) -> None:
        level, what = self._values["own"]["level"], f"{self._encoding} text"
        self._say_reading(f"{what}, counting {level}")
        self._work.ask(
            partial(data_files.counted, self._data, level),
            lambda words: self._ready(f"{what}, {words}"),
        )

    def _show_columns(self, found: tuple[Layout, Mapping[int, Column]]) -> None:
        layout, columns = found
        separator = {",": "commas", ";": "semicolons", "\t": "tabs", "|": "bars"}[layout.separator]
        rows = len(next(iter(columns.values())).values)
        others = [name for place, name in enumerate(layout.names) if place not in columns]
        heading = "a header" if layout.header else "no header"
        words = f"{rows:,} rows, {separator} between columns, {heading}"
        left_out = f"; not numeric: {', '.join(others[:5])}" if others else ""
        self._columns.show_columns(layout, columns, self._values["forecast"]["column"])
        self._ready(words + left_out)

    # What a person does ---------------------------------------------------------------

    def _choose_kind(self, index: int) -> None:
        self._task = TASKS[index]
        self._show_kind()
        self._read()

    def _edit(self, task: str, name: str, value: object) -> None:
        """Take a value from a form, or a chosen column."""
        before = self._values[task][name]
        self._values[task][name] = value
        self._refusal.say("")
        if name == "level" and value != before:
            if value == "words" and self._values["own"]["vocabulary"] == 200:
                self._values["own"]["vocabulary"] = MANY_WORDS
            self._count()
        self._form_of[task].show_values(self._values[task])

    def _use(self) -> None:
        self._say_reading("checking")
        task, values = self._task, self._values[self._task]
        self._work.ask(partial(data_files.checked, task, values), partial(self.wanted.emit, task))

    def _end(self) -> None:
        self._work.close()
        if self._fresh and not self._used:
            discard(self._data)

    # What is shown --------------------------------------------------------------------

    def _show_kind(self) -> None:
        index = TASKS.index(self._task)
        self._kind.setCurrentIndex(index)
        self._preview.setCurrentIndex(index)
        self._forms.setCurrentIndex(index)
        self._form_of[self._task].show_values(self._values[self._task])

    def _say_reading(self, words: str) -> None:
        self._refusal.say("")
        self._facts.setText(f"{words} …")
        self._progress.setValue(0)
        self._progress.show()
        self.use_button.setEnabled(False)

    def _ready(self, words: str) -> None:
        self._known = words
        self._facts.setText(words)
        self._progress.hide()
        self.use_button.setEnabled(True)

    def refuse(self, error: ExperimentError) -> None:
        """Say why it cannot be read, or be the task; everything else stays."""
        self._facts.setText(self._known if self._shown else "")
        self._progress.hide()
        self._refusal.say(str(error))
        self.use_button.setEnabled(bool(self._data) and self._shown)

    @property
    def _shown(self) -> bool:
        """Whether something is on screen that can be changed and tried again."""
        return bool(self._text.toPlainText() if self._task == "own" else self._columns.rowCount())
