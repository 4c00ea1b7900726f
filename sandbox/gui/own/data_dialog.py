"""The dialog that shows what is in a user's file, and makes it a task."""

from __future__ import annotations

from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtWidgets import (
    QHBoxLayout,
    QPlainTextEdit,
    QProgressBar,
    QPushButton,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)

from sandbox.gui.look.typeface import fit, px
from sandbox.gui.own import data_files
from sandbox.gui.own.data_files import DataWork
from sandbox.gui.own.data_table import Shown, TablePage
from sandbox.gui.widgets.controls import QuietComboBox
from sandbox.gui.widgets.dialogs import Dialog
from sandbox.gui.widgets.fields import Refusal
from sandbox.gui.widgets.form import CompactForm, Form
from sandbox.gui.widgets.parts import fill, label, named, paragraph
from sandbox.reading.data import discard, is_id, name_of
from sandbox.reading.recipe import recipe_of
from sandbox.reading.words import reading_in_words
from sandbox.tasks.registry import task_class

if TYPE_CHECKING:
    from collections.abc import Mapping

    from PySide6.QtGui import QKeyEvent

    from sandbox.reading.beside import Beside
    from sandbox.reading.recipe import Recipe
    from sandbox.reading.table_files import TableFile
    from sandbox.validation import ExperimentError

SIZES = {"own": (720, 560), "forecast": (1200, 660)}
CUES_PX = 240
SOON_MS = 150  # reading that takes no longer is not told
TASKS = ("own", "forecast")
FIELDS = {
    "own": ("level", "form", "cues", "length", "vocabulary"),
    "forecast": ("gap", "forecasts", "missing"),
}
KINDS = ("a text: predict what comes next", "a table: forecast a column")
KIND_TIP = "A text is split into characters or words; a table has columns."
MANY_WORDS = 1000  # the vocabulary for words, at first


class TextForm(CompactForm):
    """Some parameters of a task on a text, with captions that say what they mean for a file."""

    CAPTIONS: Mapping[str, str] = {
        "level": "split into",
        "form": "normal form of letters",
        "cues": "ask only after (comma-separated; if empty, after each)",
        "length": "length of a sequence",
        "vocabulary": "vocabulary: the most frequent",
    }


class TableForm(Form):
    """The same for a table, in a narrow column."""

    CAPTIONS: Mapping[str, str] = {
        "gap": "season, or rows read first",
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
        self._used, self._readable, self._doing = False, False, ""
        self._known: dict[str, str] = {}  # what is said of the file as each kind
        self._soon = QTimer(self, singleShot=True, interval=SOON_MS)
        self._soon.timeout.connect(self._say_slow)
        self._work = DataWork(self)
        self._work.progressed.connect(lambda done: self._progress.setValue(round(1000 * done)))
        self._work.failed.connect(self.refuse)
        self.finished.connect(self._end)
        self._make()
        self._show_kind()
        self._copy_file()

    def taken(self) -> None:
        """Close, since the task is on screen now, and remember how the file is read."""
        self._used = True
        if self._task == "forecast":
            data_files.remember(self._data, self._values["forecast"]["recipe"])
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
        self.column.setSpacing(8)
        self.column.setContentsMargins(20, 14, 20, 12)
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
        kind, heading = label("read it as"), paragraph(name, "heading")
        kind.setBuddy(self._kind)
        self.column.addLayout(
            fill(QHBoxLayout(), heading, kind, self._kind, spacing=8, wide=heading)
        )
        self._text = named(QPlainTextEdit(), "Beginning of the text", "How the text begins.")
        self._text.setReadOnly(True)
        self._text.setTabChangesFocus(True)
        own, forecast = (task_class(task).Params for task in TASKS)
        self._form_of: dict[str, Form] = {
            "own": TextForm(own, FIELDS["own"]),
            "forecast": TableForm(forecast, FIELDS["forecast"]),
        }
        for task, form in self._form_of.items():
            form.edited.connect(partial(self._edit, task))
        fit(self._form_of["own"].control("cues"), width=CUES_PX)
        text = QWidget()
        fill(QVBoxLayout(text), self._text, self._form_of["own"], spacing=12, wide=self._text)
        self.table = TablePage(self._form_of["forecast"])
        self.table.chosen.connect(self._choose_column)
        self.table.rewritten.connect(self._reread)
        self.table.refused.connect(self._say_refused)
        self._pages = fill_stack(QStackedWidget(), text, self.table)
        self._refusal = Refusal()
        for widget in (self._facts, self._progress, self._pages, self._refusal):
            self.column.addWidget(widget, 1 if widget is self._pages else 0)
        self._make_buttons()
        self.resize(*(px(size) for size in SIZES[self._task]))

    def _make_buttons(self) -> None:
        tip = "Make this file the task, with untrained nets. Undo brings back what was there."
        self.use_button = self.add_button("Use it", tip, self._use)
        self.use_button.setEnabled(False)
        self.use_button.setAutoDefault(False)
        self.close_button.setText("Cancel")
        named(self.close_button, "Cancel", "Leave everything as it is.")
        self.close_button.setAutoDefault(False)
        self._reason = label(role="quiet")
        self._reason.setAccessibleName("Why it cannot be used yet")
        self.column.addLayout(
            fill(QHBoxLayout(), self._reason, self.buttons, spacing=12, wide=self._reason)
        )

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
                values["data"] = self._data
                if "recipe" in values:
                    values.update(column="", recipe=data_files.remembered(self._data))
        table = self._values["forecast"]
        self.table.begin(recipe_of(table["recipe"]), table["missing"])
        self._read()

    def _read(self) -> None:
        """Read the file as the chosen kind."""
        if not self._data:
            return
        self._readable = False
        self._say_reading("reading")
        if self._task == "own":
            self._work.ask(partial(data_files.looked_at, self._data), self._show_text)
        else:
            recipe = self._values["forecast"]["recipe"]
            self._work.ask(partial(data_files.table, self._data, recipe), self._show_table)

    def _show_text(self, found: tuple[str, str]) -> None:
        self._encoding, head = found
        self._text.setPlainText(head)
        self._readable = True
        self._count()

    def _count(self) -> None:
        level, what = self._values["own"]["level"], f"{self._encoding} text"
        self._say_reading(f"{what}, counting {level}")
        self._work.ask(
            partial(data_files.counted, dict(self._values["own"])),
            lambda words: self._ready(f"{what}, {words}"),
        )

    def _show_table(self, found: tuple[TableFile, Beside]) -> None:
        self.table.show_table(Shown(*found), self._values["forecast"]["column"])
        self._ready(reading_in_words(found[0]))

    # What a person does ---------------------------------------------------------------

    def _choose_kind(self, index: int) -> None:
        self._task = TASKS[index]
        self._show_kind()
        self._read()

    def _choose_column(self, name: str) -> None:
        self._values["forecast"]["column"] = name
        self._refusal.say("")
        self._allow()

    def _reread(self, recipe: Recipe) -> None:
        """Read the table again by another recipe."""
        self._values["forecast"]["recipe"] = str(recipe)
        self._read()

    def _edit(self, task: str, name: str, value: object) -> None:
        """Take a value from a form."""
        before = self._values[task][name]
        self._values[task][name] = value
        self._refusal.say("")
        if name in ("level", "form") and value != before:
            if value == "words" and self._values["own"]["vocabulary"] == 200:
                self._values["own"]["vocabulary"] = MANY_WORDS
            self._count()
        if name == "missing":
            self.table.show_missing(str(value))
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
        self._pages.setCurrentIndex(index)
        self._form_of[self._task].show_values(self._values[self._task])
        wide, high = (px(size) for size in SIZES[self._task])
        self.resize(max(self.width(), wide), max(self.height(), high))

    def _say_reading(self, words: str) -> None:
        self._refusal.say("")
        self._doing = words
        self._soon.start()
        self._progress.setValue(0)
        self.use_button.setEnabled(False)

    def _say_slow(self) -> None:
        """Say what takes long."""
        self._facts.setText(f"{self._doing} …")
        self._progress.show()

    def _ready(self, words: str) -> None:
        self._known[self._task] = words
        self._facts.setText(words)
        self._settle()
        self._readable = True
        self._allow()

    def _settle(self) -> None:
        """Nothing is under way any more."""
        self._doing = ""
        self._soon.stop()
        self._progress.hide()

    def _allow(self) -> None:
        """Let it be used if nothing is under way or in doubt, or say why not."""
        doubt = self.table.doubt if self._task == "forecast" else ""
        self._reason.setText(doubt)
        self.use_button.setEnabled(self._readable and not self._doing and not doubt)

    def refuse(self, error: ExperimentError) -> None:
        """Say why it cannot be read, or be the task; everything else stays."""
        self._facts.setText(self._known.get(self._task, ""))
        self._settle()
        self._refusal.say(str(error))
        self._allow()

    def _say_refused(self, error: ExperimentError) -> None:
        """Say why a choice was not taken."""
        self._refusal.say(str(error))


def fill_stack(stack: QStackedWidget, *pages: QWidget) -> QStackedWidget:
    """A stack with these pages."""
    for page in pages:
        stack.addWidget(page)
    return stack
