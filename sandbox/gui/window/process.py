"""The window's process: start, first paint, worker, end."""

from __future__ import annotations

import gc
import logging
import signal
from dataclasses import dataclass, field
from logging.handlers import RotatingFileHandler
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QObject, QTimer
from PySide6.QtWidgets import QApplication

from sandbox.cells.cell_file import ENDING as CELL_ENDING
from sandbox.experiment import Experiment
from sandbox.folders import log_folder, unwritable
from sandbox.gui.look.marks import app_icon
from sandbox.gui.look.theme import Theme
from sandbox.gui.own.allowed_tasks import needed_at_once, open_allowed
from sandbox.gui.session.autosave import kept
from sandbox.gui.session.first_run import FirstRun
from sandbox.gui.session.library import ENDING
from sandbox.gui.session.preferences import Preferences
from sandbox.gui.session.session import Session
from sandbox.gui.window.commands import NOT_OPENED, read_experiment
from sandbox.gui.window.crash_reports import Faults
from sandbox.gui.window.main_window import MainWindow
from sandbox.run.leaving import leave, leave_now
from sandbox.run.messages import Mailbox
from sandbox.run.worker import Worker

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from sandbox.store.runs import RunStore

DONE, INTERRUPTED = 0, 130
SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
BEHIND_MS = 3000  # before PyTorch is fetched: the engine comes first
COLLECT_MS = 500  # between looks at the garbage
LOG_BYTES, LOG_FILES = 1_000_000, 3
FORMAT = "%(asctime)s %(levelname)s %(name)s [%(threadName)s] %(message)s"


def main(argv: list[str]) -> int:
    """Open the window, on the experiment file in `argv` if there is one; the exit status.

    Qt loses an exception in what it calls, so a signal never becomes a KeyboardInterrupt.
    """
    before = _catch(lambda: leave_now(INTERRUPTED))
    app = QApplication.instance() or QApplication(["sequence-sandbox", *argv])
    assert isinstance(app, QApplication)
    app.setApplicationName("sequence-sandbox")
    app.setApplicationDisplayName("Sequence Sandbox")
    app.setDesktopFileName("sequence-sandbox")
    app.setWindowIcon(app_icon())
    handler = start_log()
    try:
        return Run(app, argv).until_closed()
    finally:
        for number, former in before.items():
            signal.signal(number, former)
        logging.getLogger().removeHandler(handler)
        handler.close()


def _compile_the_rest() -> None:
    from sandbox.run.engine import compile_the_rest  # not before the first paint

    compile_the_rest()


def _catch(act: Callable[[], None]) -> dict[signal.Signals, Any]:
    """Act on signals from now on, except those ignored on purpose, as by nohup; what did before."""
    caught = [each for each in SIGNALS if signal.getsignal(each) != signal.SIG_IGN]
    return {number: signal.signal(number, lambda *_: act()) for number in caught}


class Run:
    """One window with its worker, from start to end."""

    def __init__(self, app: QApplication, argv: list[str]) -> None:
        self._app, self._status = app, DONE
        preferences = Preferences()
        self._closed_tasks = open_allowed(preferences) if needed_at_once(named_file(argv)) else {}
        beginning = beginning_of(argv)
        self._file = beginning.run_file
        self._store: RunStore | None = None
        mailbox = Mailbox()
        self.worker = Worker(mailbox, when_ready=_compile_the_rest)
        self.session = Session(self.worker.commands, mailbox, beginning.experiment)
        self.session.select_example(beginning.example)
        self.theme = Theme(preferences.text("theme"), preferences.pixels("type_size", 100))
        self.window = MainWindow(self.session, self.theme, preferences)
        self.faults = Faults(self.window, self.interrupt)
        self._garbage = Garbage(self.window)
        self.window.painted.connect(self._start)
        if beginning.opened:
            self.window.recent.add(beginning.opened)
        self._sentences = {**beginning.sentences, "Nothing will be kept": unwritable()}

    def until_closed(self) -> int:
        """Show the window and wait until it is closed; the exit status."""
        self.faults.install()
        _catch(self.interrupt)
        try:
            self.window.show()
            self._app.exec()
        finally:
            self._garbage.stop()
            self.session.close()
            self.window.library.close()
            self.faults.remove()
        status = leave(self.worker, self._status, saving=self.worker.saving)
        if self._store is not None:
            self._store.close()
        return status

    def interrupt(self) -> None:
        """Close the window, with the exit status of an interrupted command."""
        self._status = INTERRUPTED
        QTimer.singleShot(0, self.window.close)  # a loop that has not begun cannot be ended

    def _start(self) -> None:
        """Start the worker, which imports llvmlite: only after the first paint."""
        from sandbox.store.runs import RunStore, runs_file

        self._garbage.start()  # `app.main` had switched the collector off
        self.session.start()
        fresh = not runs_file().exists()
        self._first_run = FirstRun(self.session, self.window.preferences, fresh, self.window)
        self._first_run.changed.connect(self.window.run_bar.slowed.setVisible)
        self._store = store = RunStore(runs_file(), self.window.library.remarked.emit)
        self.worker.store = store
        self.worker.start()
        self.window.library.use(store)
        own_tasks = self.window.own_tasks
        own_tasks.take_allowed({**self._closed_tasks, **open_allowed(self.window.preferences)})
        if self._file:
            self.window.commands.open(self._file)
        for title, sentence in self._sentences.items():
            if sentence:
                self.window.commands.say(title, sentence)
        QTimer.singleShot(BEHIND_MS, self.window.torch_links, self.window.torch_links.begin)


class Garbage(QObject):
    """Collects Python's garbage on the window's thread, and never while it paints.

    By itself the collector runs on whatever thread allocates next. A worker may then delete a
    closed dialog, and Qt crashes.  This collects by the collector's own thresholds, from `start`
    to `stop`.
    """

    def __init__(self, parent: QObject, collect: Callable[[int], object] = gc.collect) -> None:
        super().__init__(parent)
        self._collect = collect
        self._timer = QTimer(self, interval=COLLECT_MS)
        self._timer.timeout.connect(self.look)

    def start(self) -> None:
        """Take over from the collector; objects made until now are never looked at."""
        gc.disable()
        gc.freeze()
        self._timer.start()

    def stop(self) -> None:
        """Hand back to the collector."""
        self._timer.stop()
        gc.enable()

    def look(self) -> None:
        """Collect the oldest generation whose threshold is passed, and those younger."""
        due = zip(gc.get_count(), gc.get_threshold(), strict=True)
        passed = [number for number, (count, threshold) in enumerate(due) if count > threshold > 0]
        if passed:
            self._collect(passed[-1])


@dataclass(frozen=True)
class Beginning:
    """What the window shows at first.

    opened: the path of the experiment file on screen.  run_file: the path of a run, task or cell,
    to be opened once there is a store.  sentences: what to say, by title; "" says nothing.
    """

    experiment: Experiment
    example: int = 0
    opened: str = ""
    run_file: str = ""
    sentences: Mapping[str, str] = field(default_factory=dict)


def beginning_of(argv: list[str]) -> Beginning:
    """The named file, else what was on screen last time, else the default."""
    named, refusal = named_file(argv), ""
    run_file = named if named.lower().endswith((ENDING, ".py", CELL_ENDING)) else ""
    if named and not run_file:
        experiment, refusal = read_experiment(named)
        if not refusal:
            return Beginning(experiment, opened=named)
    last = kept()
    sentences = {NOT_OPENED: refusal, "The last experiment": last.refusal}
    shown = last.experiment or Experiment()
    return Beginning(shown, last.example, run_file=run_file, sentences=sentences)


def named_file(argv: list[str]) -> str:
    """The path of the file to open; "" if none is named."""
    return next((word for word in argv if not word.startswith("-")), "")


def start_log() -> logging.Handler:
    """Log into a file in the data folder, of a few MB at most."""
    handler: logging.Handler
    try:
        handler = RotatingFileHandler(
            log_folder() / "window.log", "a", LOG_BYTES, LOG_FILES, encoding="utf-8"
        )
    except OSError:  # the window says so: `folders.unwritable`
        handler = logging.NullHandler()
    handler.setFormatter(logging.Formatter(FORMAT))
    root = logging.getLogger()
    root.addHandler(handler)
    root.setLevel(logging.INFO)
    return handler
