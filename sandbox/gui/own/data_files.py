"""Reading a user's file before it becomes a task, off the window's thread."""

from __future__ import annotations

import threading
import time
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QObject, Signal

from sandbox.experiment import Experiment
from sandbox.gui.session.background import Background
from sandbox.gui.session.preferences import Preferences
from sandbox.reading.beside import rows_beside
from sandbox.reading.columns import opened
from sandbox.reading.data import adopt_file, kept, path_of
from sandbox.reading.encoding import encoding_of, text_chunks
from sandbox.tasks.corpus_files import corpus_of_file
from sandbox.tasks.own import OwnParams
from sandbox.tasks.registry import task_of

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from sandbox.reading.beside import Beside
    from sandbox.reading.data import Report
    from sandbox.reading.table_files import TableFile

TEXTS, TABLES = (".txt", ".md"), (".csv", ".tsv")
ENDINGS = (*TEXTS, *TABLES)
REPORT_EVERY_S = 0.05
JOB = "data"
DIGITS = 16  # of a copy's id, which are its content's
HEAD = 2000  # characters of a text that are shown
ENCODINGS = {"utf-8-sig": "UTF-8", "cp1252": "Windows-1252 (Latin-1)"}


def copied(path: str, report: Report) -> tuple[str, bool]:
    """Keep a copy of the file; returns its id, and whether there was none before."""
    before = kept()
    data = adopt_file(path, report)
    return data, data not in before


def looked_at(data: str, report: Report) -> tuple[str, str]:
    """The encoding of a text, and its first characters."""
    path = path_of(data)
    encoding = encoding_of(path, report)
    head = next(iter(text_chunks(path, encoding)), "")[:HEAD]
    return ENCODINGS.get(encoding, encoding.upper()), head


def counted(params: Mapping[str, Any], report: Report) -> str:
    """How many tokens a whole text has, by the task's parameters; the result is cached."""
    source = OwnParams.model_construct(**params).source
    text = corpus_of_file(source, report)
    return f"{len(text):,} {source.level}, {len(text.words):,} different"


def table(data: str, recipe: str, report: Report) -> tuple[TableFile, Beside]:
    """A table read by a recipe as text, with its first and last rows."""
    found = opened(data, recipe, report)
    return found, rows_beside(path_of(data), found)


def remembered(data: str) -> str:
    """The recipe by which a file of this content was last used, as text; "" if by none."""
    return Preferences().text(_key(data))


def remember(data: str, recipe: str) -> None:
    """Remember by which recipe a file of this content is read."""
    if recipe != remembered(data):
        Preferences().keep(_key(data), recipe)


def _key(data: str) -> str:
    return f"recipes/{data[:DIGITS]}"


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
