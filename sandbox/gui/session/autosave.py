"""Saves the experiment on screen, to show it again at the next start."""

from __future__ import annotations

import json
import logging
import os
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QObject, QTimer, Signal

from sandbox.experiment import Experiment, parse
from sandbox.folders import settings_file
from sandbox.gui.session.background import Background
from sandbox.tasks.registry import complete
from sandbox.validation import ExperimentError, NoExperiment

if TYPE_CHECKING:
    from pathlib import Path

    from sandbox.gui.session.session import Session

FILE, BROKEN = "last.json", ".broken"
WAIT_MS = 400  # after an edit, to gather those that follow
MOST_BYTES = 1_000_000  # no experiment is larger

_log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Kept:
    """What was on screen last time: the experiment and the chosen example.

    experiment: None if nothing was kept, or if it cannot be read; then `refusal` says why, and the
    file is set aside.
    """

    experiment: Experiment | None = None
    example: int = 0
    refusal: str = ""


class Autosave(QObject):
    """Saves a session's experiment off the window's thread.

    failed: why saving failed, emitted once until it works again.
    """

    failed = Signal(str)

    def __init__(self, session: Session, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._session, self._last = session, b""
        self._failing = self._closed = False
        self._background = Background("autosave", self)
        self._timer = QTimer(self, singleShot=True, interval=WAIT_MS)
        self._timer.timeout.connect(self.save)
        session.experiment_changed.connect(self._soon)
        session.example_changed.connect(self._soon)

    def save(self) -> None:
        """Save what is on screen, unless it is saved already."""
        session = self._session
        data = {
            "experiment": session.experiment.model_dump(mode="json"),
            "example": session.example,
        }
        text = f"{json.dumps(data, indent=1)}\n".encode()
        if text != self._last:
            self._last = text
            self._background.ask(lambda: _write(text), self._kept, self._not_kept, always=True)

    def close(self) -> None:
        """Save what is on screen, and end the thread."""
        if not self._closed:
            self._timer.stop()
            self.save()
            self._closed = True
            self._background.close()

    def _soon(self, *_: object) -> None:
        if not self._closed:
            self._timer.start()

    def _kept(self, _: object) -> None:
        self._failing = False

    def _not_kept(self, error: Exception) -> None:
        self._last = b""
        if not self._failing:
            self._failing = True
            _log.warning("the experiment was not kept: %s", error)
            reason = error.strerror if isinstance(error, OSError) else str(error).rstrip(".")
            self.failed.emit(
                f"The experiment cannot be kept for the next start ({reason}): free some disk "
                "space, or set SEQUENCE_SANDBOX_HOME to a folder that can be written."
            )


def kept() -> Kept:
    """Read what `Autosave` kept last; set a file aside that cannot be read."""
    path = settings_file().with_name(FILE)
    try:
        with path.open("rb") as file:
            data = file.read(MOST_BYTES + 1)
    except FileNotFoundError:
        return Kept()
    except OSError as error:
        return Kept(refusal=_unreadable(f"{path} cannot be read: {error.strerror}", ""))
    try:
        return _read(data)
    except ExperimentError as error:
        return Kept(refusal=_unreadable(str(error).removesuffix("."), _set_aside(path)))


def _read(data: bytes) -> Kept:
    if len(data) > MOST_BYTES:
        raise NoExperiment("it is larger than any experiment")
    try:
        found: Any = json.loads(data)
    except (ValueError, RecursionError):
        raise NoExperiment("its file is not valid JSON") from None
    if not isinstance(found, dict) or not isinstance(found.get("example"), int):
        raise NoExperiment("its file holds something else")
    return Kept(complete(parse(found.get("experiment"))), found["example"])


def _write(text: bytes) -> None:
    from sandbox.store.atomic import write_bytes

    write_bytes(settings_file().with_name(FILE), text)


def _set_aside(path: Path) -> str:
    """Rename a file that cannot be read; returns in words where it is now, or "" if that failed."""
    aside = path.with_name(path.name + BROKEN)
    try:
        os.replace(path, aside)
    except OSError as error:
        _log.warning("%s could not be set aside: %s", path, error)
        return ""
    return f"; what was kept is in {aside}"


def _unreadable(reason: str, aside: str) -> str:
    return f"The last experiment cannot be shown ({reason}), so the default one is shown{aside}."
