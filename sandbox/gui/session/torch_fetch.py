"""PyTorch on its way: a process that installs it while the window is used."""

from __future__ import annotations

import contextlib
import json
import logging
import os
from enum import StrEnum
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QProcess, Signal

from sandbox.setup import torch_stage

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sandbox.gui.session.preferences import Preferences

PAUSED = "pytorch_paused"  # the setting
NICENESS = 10  # training goes first
PATIENCE_MS = 1500
UNKNOWN = "The log of this window says why (Help > Open the log folder)."

_log = logging.getLogger(__name__)


class Fetch(StrEnum):
    """What becomes of PyTorch.  NONE: nothing, since it is there or not wanted."""

    NONE = "none"
    RUNNING = "running"
    PAUSED = "paused"
    FAILED = "failed"


class TorchFetch(QObject):
    """Installs PyTorch into the running environment; may be paused, which outlasts the window.

    words: what it is doing.  fault: the sentence that it failed with last.
    """

    changed = Signal()
    failed = Signal(str)  # the sentence
    arrived = Signal()

    def __init__(
        self,
        preferences: Preferences,
        parent: QObject | None = None,
        command: Sequence[str] = (),
    ) -> None:
        super().__init__(parent)
        self._preferences, self._command = preferences, command or torch_stage.command()
        self.state, self.words, self.fault = Fetch.NONE, "", ""
        self._rest, self._stopped = b"", False
        self._process = QProcess(self)
        self._process.started.connect(self._step_back)
        self._process.errorOccurred.connect(self._tell_error)
        self._process.readyReadStandardOutput.connect(self._read)
        self._process.finished.connect(self._end)

    def begin(self) -> None:
        """Go on where the last window stopped, unless it was paused there."""
        if self._preferences.flag(PAUSED):
            self._enter(Fetch.PAUSED)
        else:
            self.resume()

    def toggle(self) -> None:
        """Pause, go on, or try again."""
        if self.state is Fetch.RUNNING:
            self.pause()
        else:
            self.resume()

    def resume(self) -> None:
        """Go on with what has arrived so far."""
        self._preferences.keep(PAUSED, False)
        self.words = self.fault = ""
        self._enter(Fetch.RUNNING)
        if self._process.state() is QProcess.ProcessState.NotRunning:
            self._rest = b""
            self._process.start(self._command[0], list(self._command[1:]))

    def pause(self) -> None:
        """Stop, keeping what has arrived."""
        self._preferences.keep(PAUSED, True)
        self._stopped = True
        self._process.terminate()
        self._enter(Fetch.PAUSED)

    def close(self) -> None:
        """End the process; the next window goes on from there."""
        self.state = Fetch.NONE
        if self._process.state() is not QProcess.ProcessState.NotRunning:
            self._process.terminate()
            if not self._process.waitForFinished(PATIENCE_MS):
                self._process.kill()
                self._process.waitForFinished(PATIENCE_MS)

    def _enter(self, state: Fetch) -> None:
        self.state = state
        self.changed.emit()

    def _step_back(self) -> None:
        with contextlib.suppress(OSError):  # it has ended already
            os.setpriority(os.PRIO_PROCESS, self._process.processId(), NICENESS)

    def _read(self) -> None:
        read = bytes(self._process.readAllStandardOutput().data())
        *lines, self._rest = (self._rest + read).split(b"\n")
        for told in (json.loads(line) for line in lines if line.startswith(b"{")):
            self.fault = told.get("fault", self.fault)
            if "text" in told:
                self.words = words_of(told["text"], told["detail"])
        if self.state is Fetch.RUNNING:
            self.changed.emit()

    def _end(self, status: int) -> None:
        self._read()
        errors = bytes(self._process.readAllStandardError().data()).decode(errors="replace")
        stopped, self._stopped = self._stopped, False
        if self.state is not Fetch.RUNNING:
            return
        if stopped:  # it was to pause, and then to go on after all
            self.resume()
        elif status == torch_stage.DONE:
            self._enter(Fetch.NONE)
            self.arrived.emit()
        else:
            self._fail(errors)

    def _fail(self, errors: str) -> None:
        _log.error("PyTorch could not be installed: %s", self.fault or errors.strip())
        self.fault = self.fault.replace("start again", "try again") or UNKNOWN
        self._enter(Fetch.FAILED)
        self.failed.emit(self.fault)

    def _tell_error(self, error: QProcess.ProcessError) -> None:
        if error is QProcess.ProcessError.FailedToStart:  # nothing else would tell
            self._fail(self._process.errorString())


def words_of(text: str, detail: str) -> str:
    """A report of the set-up in a few words, such as "43 of 190 MB" or "installing"."""
    if detail.endswith(" MB)") and " of " in detail:
        return detail.strip("()")
    if detail.startswith("- "):
        return detail[2:]
    verb = text.partition(" ")[0]
    return verb if verb in ("fetching", "installing") else text
