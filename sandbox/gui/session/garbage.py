"""Python's garbage is looked for here, in the window's own thread, and never while it paints.

By itself the collector runs in whatever thread allocates next: a worker may then take apart a
closed dialog, which Qt answers with a crash.
"""

from __future__ import annotations

import gc
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QTimer

if TYPE_CHECKING:
    from collections.abc import Callable

EVERY_MS = 500


class Garbage(QObject):
    """From `start` on, collects as the collector's own thresholds say; until `stop`."""

    def __init__(self, parent: QObject, collect: Callable[[int], object] = gc.collect) -> None:
        super().__init__(parent)
        self._collect = collect
        self._timer = QTimer(self)
        self._timer.setInterval(EVERY_MS)
        self._timer.timeout.connect(self.look)

    def start(self) -> None:
        """What was made until now stays; what comes is looked through now and then."""
        gc.disable()
        gc.freeze()
        self._timer.start()

    def stop(self) -> None:
        """Leave it to the collector again."""
        self._timer.stop()
        gc.enable()

    def look(self) -> None:
        """The oldest generation whose threshold is passed, with those that are younger."""
        due = zip(gc.get_count(), gc.get_threshold(), strict=True)
        passed = [number for number, (count, threshold) in enumerate(due) if count > threshold > 0]
        if passed:
            self._collect(passed[-1])
