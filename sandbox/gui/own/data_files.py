"""Reading a user's file before it becomes a task, off the window's thread."""

from __future__ import annotations

import contextlib
import os
import threading
import time
from importlib import import_module
from typing import TYPE_CHECKING, Any, NamedTuple

from PySide6.QtCore import QObject, Signal

from sandbox.experiment import Experiment
from sandbox.gui.own.data_text import ShownText
from sandbox.gui.session.background import Background
from sandbox.gui.session.preferences import Preferences
from sandbox.reading.beside import rows_beside, rows_unread
from sandbox.reading.columns import opened
from sandbox.reading.data import adopt_file, discard, kept, path_of
from sandbox.reading.encoding import text_chunks
from sandbox.reading.file_kind import TABLES, kind_of
from sandbox.reading.recipe import recipe_of
from sandbox.reading.resampling import even
from sandbox.reading.table_files import with_all_times
from sandbox.reading.table_lines import WHOLE
from sandbox.tasks.corpus_files import corpus_of_file
from sandbox.tasks.own import OwnParams
from sandbox.tasks.registry import task_of
from sandbox.validation import ExperimentError

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from pathlib import Path

    from sandbox.reading.beside import Beside
    from sandbox.reading.data import Report
    from sandbox.reading.recipe import Recipe
    from sandbox.reading.table import Table
    from sandbox.reading.table_files import TableFile

TEXTS = (".txt", ".md", ".dat")
TASKS = {"text": "own", "table": "forecast"}
ENDINGS = (*TEXTS, *TABLES)
REPORT_EVERY_S = 0.05
JOB = "data"
DIGITS = 16  # of a copy's id, which are its content's
HEAD = 2000  # characters of a text that are shown


class Copy(NamedTuple):
    """A copy of a file: its id, whether there was none before, and which task it is for."""

    data: str
    fresh: bool
    task: str


def copied(path: str, report: Report) -> Copy:
    """Keep a copy of the file, and look at its first lines; whoever stops it leaves no copy."""
    _load_reader(path)
    before = kept()
    data = adopt_file(path, report)
    fresh = data not in before
    try:
        report(1.0)
        return Copy(data, fresh, TASKS[kind_of(path, path_of(data))])
    except Cancelled:
        if fresh:
            discard(data)
        raise


def _load_reader(path: str) -> None:
    """Load the reader of large tables while a file is copied; it takes most of a second."""
    with contextlib.suppress(OSError):
        if path.lower().endswith(TABLES) and os.path.getsize(path) > WHOLE:
            threading.Thread(target=import_module, args=("pandas",), daemon=True).start()


def text(params: Mapping[str, Any], report: Report) -> ShownText | ExperimentError:
    """A whole text by the task's parameters, which is cached, or why it cannot be read."""
    source = OwnParams.model_construct(**params).source
    try:
        found = corpus_of_file(source, report)
        head = next(iter(text_chunks(path_of(source.data), found.notes.encoding)), "")[:HEAD]
    except ExperimentError as error:
        return error
    return ShownText(found, source, head)


class TableAnswer(NamedTuple):
    """A table, or why it cannot be read; rows of its file; the table at the step that is wanted, or
    why its rows cannot be brought to it.
    """

    found: TableFile | ExperimentError
    beside: Beside
    plotted: Table | ExperimentError


def table(data: str, recipe: str, report: Report) -> TableAnswer:
    """A table read by a recipe as text."""
    path, choices = path_of(data), recipe_of(recipe)
    try:
        found = opened(data, recipe, report)
    except ExperimentError as error:
        return TableAnswer(error, rows_unread(path, choices.encoding), error)
    return TableAnswer(found, rows_beside(path, found), _at_its_step(path, found, choices, report))


def _at_its_step(
    path: Path, found: TableFile, recipe: Recipe, report: Report
) -> Table | ExperimentError:
    if not recipe.every:
        return found.table
    try:
        return even(with_all_times(path, found.table, recipe, report), recipe)
    except ExperimentError as error:
        return error


def remembered(task: str, data: str) -> str:
    """The recipe by which the task last used a file of this content, as text; "" if it did not."""
    return Preferences().text(_key(task, data))


def remember(task: str, data: str, recipe: str) -> None:
    """Remember by which recipe a file of this content is read."""
    if recipe != remembered(task, data):
        Preferences().keep(_key(task, data), recipe)


def _key(task: str, data: str) -> str:
    return f"recipes/{task}/{data[:DIGITS]}"


def checked(task: str, params: Mapping[str, Any], report: Report) -> Mapping[str, Any]:
    """All parameters of the task made with these; making it again is quick."""
    return dict(task_of(Experiment(task=task, params=dict(params))).params.model_dump())


class Cancelled(Exception):
    """The answer is no longer wanted."""


class DataWork(QObject):
    """Does one job at a time; a new job ends the previous one at its next report."""

    progressed = Signal(float)  # 0..1
    failed = Signal(object)  # ExperimentError, or OSError

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._background = Background(JOB, self)
        self._stopped = threading.Event()

    def ask(self, job: Callable[[Report], Any], then: Callable[[Any], None]) -> None:
        """Do a job off the window's thread, then call `then` with its result."""
        self._stopped.set()
        self._stopped = stopped = threading.Event()
        last = 0.0

        def report(done: float) -> None:
            nonlocal last
            if stopped.is_set():
                raise Cancelled
            if time.monotonic() - last > REPORT_EVERY_S:
                last = time.monotonic()
                self.progressed.emit(done)

        self._background.ask(lambda: job(report), then, self.failed.emit, JOB)

    def close(self) -> None:
        """Drop the answer; the thread ends at the job's next report."""
        self._stopped.set()
        self._background.close(wait=False)
