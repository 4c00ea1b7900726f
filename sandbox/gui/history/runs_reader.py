"""Reads the runs again and again while the history is shown."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QTimer, Signal

from sandbox.gui.history.listing import Listing, read, told_apart

if TYPE_CHECKING:
    from PySide6.QtWidgets import QWidget

    from sandbox.gui.history.changes import StoreCalls
    from sandbox.gui.history.listing import Known
    from sandbox.store.base import Usage

REFRESH_MS, AT_LATEST_MS = 3000, 30_000
REST = 15  # pause before the list is read again, in multiples of the time it took
LIST, SETTINGS = "list", "settings"


class RunsReader(QObject):
    """Reads the list of runs, then in which settings they differ, for a window."""

    listed = Signal(object, object)  # Listing, Usage
    told_apart = Signal(object)  # words by run id
    refused = Signal(str)  # a sentence: the list cannot be read
    answered = Signal()  # one of these was said and acted on

    def __init__(self, calls: StoreCalls, window: QWidget) -> None:
        super().__init__(window)
        self._calls, self._window = calls, window
        self._known = Listing()
        self._timelines: Known = {}  # used on the other thread only
        self._asked_at = 0.0
        self._timer = QTimer(self, singleShot=True)
        self._timer.timeout.connect(self._read_if_seen)

    def read(self) -> None:
        """Read the runs now, or when the window is next shown."""
        if self._window.isVisible():
            self._asked_at, known = time.monotonic(), self._known
            self._timer.start(AT_LATEST_MS)
            self._calls.ask(
                lambda store: (read(store, known), store.usage()), self._take, self._refuse, LIST
            )

    def forget(self) -> None:
        """Drop a list that was read before a change."""
        self._calls.forget(LIST)

    def stop(self) -> None:
        """Read no more until `read` is called."""
        self._timer.stop()

    def _read_if_seen(self) -> None:
        if self._window.isMinimized():
            self._timer.start(REFRESH_MS)
        else:
            self.read()

    def _take(self, found: tuple[Listing, Usage]) -> None:
        listing, usage = found
        took = time.monotonic() - self._asked_at
        self._timer.start(max(REFRESH_MS, round(1000 * took * REST)))
        if listing is not self._known:
            self._known, known = listing, self._timelines
            self._calls.ask(
                lambda store: told_apart(store, listing, known),
                self.told_apart.emit,
                self.refused.emit,
                SETTINGS,
            )
        self.listed.emit(listing, usage)
        self.answered.emit()

    def _refuse(self, sentence: str) -> None:
        self._timer.start(REFRESH_MS)
        self.refused.emit(sentence)
        self.answered.emit()
