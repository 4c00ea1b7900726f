"""The dialog that shows what is in a user's file, and makes it a task."""

from __future__ import annotations

from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QPushButton, QStackedWidget, QVBoxLayout, QWidget

from sandbox.gui.look.typeface import px
from sandbox.gui.own import data_files
from sandbox.gui.own.data_files import Copy, DataWork
from sandbox.gui.own.data_guesses import by_caption
from sandbox.gui.own.data_roles import NOTHING_READ, params_of, roles_in
from sandbox.gui.own.data_status import ReadingStatus
from sandbox.gui.own.data_table import Shown, TablePage
from sandbox.gui.own.data_text import ShownText, TextPage
from sandbox.gui.widgets.controls import QuietComboBox
from sandbox.gui.widgets.dialogs import Dialog
from sandbox.gui.widgets.fields import Refusal
from sandbox.gui.widgets.parts import fill, label, named, paragraph
from sandbox.reading.data import discard, is_id, name_of
from sandbox.reading.recipe import recipe_of
from sandbox.reading.text_questions import encoding_in_words
from sandbox.reading.text_recipe import text_recipe_of
from sandbox.reading.words import reading_in_words
from sandbox.tasks.registry import task_class
from sandbox.tasks.tokens import MANY_WORDS
from sandbox.validation import ExperimentError

if TYPE_CHECKING:
    from collections.abc import Mapping

    from PySide6.QtGui import QKeyEvent

    from sandbox.gui.widgets.form import Form
    from sandbox.reading.recipe import Recipe
    from sandbox.reading.text_recipe import TextRecipe

WIDE, HIGH = 1200, 660
SHARE = 0.75  # of the window that is covered, if there is more room
EDGE_PX = 40  # of the screen that is left free
TEXT, TABLE = "own", "forecast"  # the tasks on a text, and on a table
TASKS = (TEXT, TABLE)
KINDS = ("a text: predict what comes next", "a table: forecast a column")
KIND_TIP = "A text is split into characters or words; a table has columns."


class DataDialog(Dialog):
    """Reads a file; `wanted` has the task and its parameters once a person wants them.

    task: what the file seems to be for.  given: the parameters on screen by their task, which stay
    if only its file changes.
    """

    wanted = Signal(str, object)

    def __init__(
        self, path: str, task: str, given: Mapping[str, Mapping[str, Any]], parent: QWidget | None
    ) -> None:
        super().__init__("Open data", parent)
        self.setObjectName("data_dialog")
        self._path, self._task = path, task
        self._data, self._fresh = "", False  # the copy of the file, and whether it is a new one
        self._values = {name: dict(task_class(name).Params().model_dump()) for name in TASKS}
        for name in TASKS:
            self._values[name].update(given.get(name, {}))
        self._values[TABLE]["series"] = "csv"
        self._used, self._readable = False, False
        self._picked = ""  # the task that a person chose
        self._known: dict[str, str] = {}  # what is said of the file as each kind
        self._refused_step = ""  # why the rows are not brought to a step that was wanted
        self._notice = ""  # what is not read any more
        self._work = DataWork(self)
        self._work.failed.connect(self.refuse)
        self.finished.connect(self._end)
        self._make()
        self._work.progressed.connect(self._status.advance)
        self._show_kind()
        self._copy_file()

    def taken(self) -> None:
        """Close, since the task is on screen now, and remember how the file is read."""
        self._used = True
        data_files.remember(self._task, self._data, self._values[self._task]["recipe"])
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
        self.column.setSpacing(8)
        self.column.setContentsMargins(20, 14, 20, 12)
        self.text, self.table = TextPage(), TablePage()
        for task, page in ((TEXT, self.text), (TABLE, self.table)):
            page.form.edited.connect(partial(self._edit, task))
        self.table.edited.connect(self._take_roles)
        for page in (self.text, self.table):
            page.rewritten.connect(self._reread)
        self.table.refused.connect(lambda error: self._refusal.say(str(by_caption(error))))
        self._pages = QStackedWidget()
        self._pages.addWidget(self.text)
        self._pages.addWidget(self.table)
        self._status = ReadingStatus()
        self.column.addLayout(self._make_head())
        self.column.addWidget(self._status)
        self.column.addWidget(self._pages, 1)
        self.column.addLayout(self._make_foot())
        self.resize(self._size())

    def _make_head(self) -> QHBoxLayout:
        """The file's name, and what it is read as."""
        name = name_of(self._path) if is_id(self._path) else Path(self._path).name
        self._kind = named(QuietComboBox(), "Read it as", KIND_TIP)
        self._kind.addItems(KINDS)
        self._kind.activated.connect(self._pick_kind)
        kind, heading = label("read it as"), paragraph(name, "heading")
        kind.setBuddy(self._kind)
        return fill(QHBoxLayout(), heading, kind, self._kind, spacing=8, wide=heading)

    def _make_foot(self) -> QHBoxLayout:
        """Why it cannot be used, beside the buttons."""
        tip = "Make this file the task, with untrained nets. Undo brings back what was there."
        self.use_button = self.add_button("Use it", tip, self._use)
        self.use_button.setEnabled(False)
        self.use_button.setAutoDefault(False)
        self.close_button.setText("Cancel")
        named(self.close_button, "Cancel", "Leave everything as it is.")
        self.close_button.setAutoDefault(False)
        self._reason, self._refusal = label(role="quiet", wrap=True), Refusal()
        self._reason.setAccessibleName("Why it cannot be used yet")
        words = QWidget()
        fill(QVBoxLayout(words), None, self._refusal, self._reason, None, spacing=2)
        return fill(QHBoxLayout(), words, self.buttons, spacing=12, wide=words)

    def _size(self) -> QSize:
        """As large as the page needs or the window behind it allows, and not beyond the screen."""
        parent = self.parentWidget()
        behind = QSize() if parent is None else parent.window().size()
        screen = self.screen().availableSize().expandedTo(behind) - QSize(EDGE_PX, EDGE_PX)
        return QSize(px(WIDE), px(HIGH)).expandedTo(behind * SHARE).boundedTo(screen)

    # Reading --------------------------------------------------------------------------

    def _copy_file(self) -> None:
        if is_id(self._path):
            self._take_copy(Copy(self._path, fresh=False, task=self._task))
            return
        self._begin("copying")
        self._work.ask(partial(data_files.copied, self._path), self._take_copy)

    def _take_copy(self, copy: Copy) -> None:
        self._data, self._fresh = copy.data, copy.fresh
        for task, values in self._values.items():
            if values["data"] != self._data:
                values.update(data=self._data, recipe=data_files.remembered(task, self._data))
                values.update(NOTHING_READ if task == TABLE else {})
        table = self._values[TABLE]
        self.text.begin(text_recipe_of(self._values[TEXT]["recipe"]))
        self.table.begin(recipe_of(table["recipe"]), table["missing"])
        self._choose_kind(self._picked or copy.task)

    def _read(self) -> None:
        """Read the file as the chosen kind."""
        if not self._data:
            return
        self._readable = False
        self._known.pop(self._task, None)
        self._begin("reading")
        if self._task == TEXT:
            self._work.ask(partial(data_files.text, dict(self._values[TEXT])), self._show_text)
        else:
            recipe = self._values[TABLE]["recipe"]
            self._work.ask(partial(data_files.table, self._data, recipe), self._show_table)

    def _show_text(self, answer: ShownText | ExperimentError) -> None:
        if isinstance(answer, ExperimentError):
            self.text.show_unread()
            self.refuse(answer)
            return
        self.text.show_text(answer, self._values[TEXT]["vocabulary"])
        encoding = encoding_in_words(answer.text.notes.encoding)
        self._ready(f"{encoding} text of {len(answer.text):,} {answer.source.level}")

    def _show_table(self, answer: data_files.TableAnswer) -> None:
        found, beside, plotted = answer
        if isinstance(found, ExperimentError):
            self.table.show_unread(beside)
            self.refuse(found)
            return
        if isinstance(plotted, ExperimentError):
            self._refused_step = str(by_caption(plotted))
            self._reread(self.table.step_back())
            return
        values = self._values[TABLE]
        shown = Shown(found, beside, plotted)
        self._notice = self.table.show_table(shown, roles_in(values), values["calendar"])
        values.update(params_of(self.table.roles), calendar=self.table.calendar)
        self._ready(reading_in_words(found))
        self._refusal.say(self._refused_step)
        self._refused_step = ""

    # What a person does ---------------------------------------------------------------

    def _pick_kind(self, index: int) -> None:
        self._picked = TASKS[index]
        self._choose_kind(self._picked)

    def _choose_kind(self, task: str) -> None:
        self._task = task
        self._show_kind()
        self._read()

    def _take_roles(self) -> None:
        values = self._values[TABLE]
        values.update(params_of(self.table.roles), calendar=self.table.calendar)
        self._refusal.say("")
        self._notice = ""
        self._allow()

    def _reread(self, recipe: Recipe | TextRecipe) -> None:
        """Read the file again by another recipe."""
        self._values[self._task]["recipe"] = str(recipe)
        self._read()

    def _edit(self, task: str, name: str, value: object) -> None:
        """Take a value from a form."""
        before = self._values[task][name]
        self._values[task][name] = value
        self._refusal.say("")
        if name in ("level", "normal_form") and value != before:
            if value == "words" and self._values[TEXT]["vocabulary"] == 200:
                self._values[TEXT]["vocabulary"] = MANY_WORDS
            self._read()
        if name == "vocabulary":
            self.text.show_vocabulary(self._values[TEXT]["vocabulary"])
        if name == "missing":
            self.table.show_missing(str(value))
        self._form.show_values(self._values[task])

    def _use(self) -> None:
        self._begin("checking")
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
        self._form.show_values(self._values[self._task])

    @property
    def _form(self) -> Form:
        """The form on the page that is shown."""
        return self.text.form if self._task == TEXT else self.table.form

    @property
    def busy(self) -> bool:
        """Whether the file is being copied, read, counted or checked."""
        return self._status.busy

    def _begin(self, doing: str) -> None:
        self._refusal.say("")
        self._status.begin(doing)
        self.use_button.setEnabled(False)

    def _ready(self, words: str) -> None:
        self._known[self._task] = words
        self._status.end(words)
        self._readable = True
        self._allow()

    def _allow(self) -> None:
        """Let it be used if nothing is under way or in doubt, or say why not."""
        doubt = self.table.doubt if self._task == TABLE else self.text.doubt
        words = " ".join(filter(None, (self._notice * (self._task == TABLE), doubt)))
        self._reason.setText(words)
        self._reason.setVisible(bool(words))
        self.use_button.setEnabled(self._readable and not self.busy and not doubt)

    def refuse(self, error: ExperimentError) -> None:
        """Say why it cannot be read, or be the task; everything else stays."""
        told = by_caption(error) if isinstance(error, ExperimentError) else error
        self._status.end(self._known.get(self._task, ""))
        self._refusal.say(str(told))
        self._allow()
