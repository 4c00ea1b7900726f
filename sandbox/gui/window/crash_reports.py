"""Errors of the program: each goes to the log, and each distinct one into a dialog."""

from __future__ import annotations

import logging
import sys
import threading
import traceback
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QtMsgType, Signal, qInstallMessageHandler

from sandbox.gui.widgets.dialogs import ReportDialog
from sandbox.gui.window.commands import report
from sandbox.tasks.user_tasks_faults import OwnTaskError

if TYPE_CHECKING:
    from collections.abc import Callable
    from types import TracebackType

    from sandbox.gui.window.main_window import MainWindow

_log = logging.getLogger("sandbox")
_qt_log = logging.getLogger("qt")
_LEVELS = {
    QtMsgType.QtDebugMsg: logging.DEBUG,
    QtMsgType.QtInfoMsg: logging.INFO,
    QtMsgType.QtWarningMsg: logging.WARNING,
    QtMsgType.QtCriticalMsg: logging.ERROR,
    QtMsgType.QtFatalMsg: logging.CRITICAL,
}
TITLE = "Something went wrong in Sequence Sandbox"
SENTENCE = (
    "This is a bug in the program, not your mistake. What was measured so far is kept. "
    "The report below says what happened; it is shown in full."
)


class Faults(QObject):
    """Shows uncaught exceptions of any thread, on the window's thread."""

    _told = Signal(str, str)  # what makes it distinct, the problem as text
    _own = Signal(object)  # OwnTaskError

    def __init__(self, window: MainWindow, interrupt: Callable[[], None]) -> None:
        super().__init__(window)
        self._window, self._interrupt = window, interrupt
        self._known: set[str] = set()
        self._hooks = sys.excepthook, threading.excepthook
        self._told.connect(self._show)
        self._own.connect(window.own_tasks.show_fault)
        window.session.problem.connect(lambda status: self._take_text(status.error or ""))
        window.insight_links.feed.faulty.connect(self._take_text)

    def install(self) -> None:
        """Take over the hooks of Python and Qt."""
        sys.excepthook = self.take
        threading.excepthook = self._take_from_thread
        qInstallMessageHandler(log_qt_message)

    def remove(self) -> None:
        """Put the old hooks back."""
        sys.excepthook, threading.excepthook = self._hooks
        qInstallMessageHandler(None)

    def take(
        self, kind: type[BaseException], error: BaseException, trace: TracebackType | None
    ) -> None:
        """Log and show an uncaught exception."""
        if issubclass(kind, KeyboardInterrupt):
            self._interrupt()
            return
        if isinstance(error, OwnTaskError):
            self._own.emit(error)
            return
        _log.error("uncaught", exc_info=(kind, error, trace))
        place = traceback.extract_tb(trace)[-1:] if trace is not None else []
        where = f"{place[0].filename}:{place[0].lineno}" if place else ""
        text = "".join(traceback.format_exception(kind, error, trace))
        self._told.emit(f"{kind.__name__} {where}", text)

    def _take_from_thread(self, args: threading.ExceptHookArgs) -> None:
        if args.exc_value is not None:
            self.take(args.exc_type, args.exc_value, args.exc_traceback)

    def _take_text(self, error: str) -> None:
        """Show a traceback that another thread has logged; "" for none."""
        if error:
            self._told.emit("\n".join(error.strip().splitlines()[-3:]), error)

    def _show(self, distinct: str, problem: str) -> None:
        if distinct in self._known:
            return
        self._known.add(distinct)
        text = report(self._window.session.experiment, problem)
        ReportDialog(TITLE, SENTENCE, text, self._window).open()


def log_qt_message(kind: QtMsgType, context: object, message: str) -> None:
    """Log one of Qt's own messages."""
    _qt_log.log(_LEVELS.get(kind, logging.WARNING), message)
