"""Collects Python's garbage on the window's thread, and never while it paints.

By itself the collector runs on whatever thread allocates next. A worker may then delete a closed
dialog, and Qt crashes.
"""

from __future__ import annotations

import gc
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QTimer

if TYPE_CHECKING:
    from collections.abc import Callable

EVERY_MS = 500


class Garbage(QObject):
    """Collects by the collector's own thresholds, from `start` to `stop`."""

    def __init__(self, parent: QObject, collect: Callable[[int], object] = gc.collect) -> None:
        super().__init__(parent)
        self._collect = collect
        self._timer = QTimer(self, interval=EVERY_MS)
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
