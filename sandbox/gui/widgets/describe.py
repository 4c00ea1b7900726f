"""Keeps a painted panel's accessible description current, at most four times a second."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QTimer

if TYPE_CHECKING:
    from collections.abc import Callable

    from PySide6.QtWidgets import QWidget

REFRESH_MS = 250


class Description(QObject):
    """Writes `words()` as the accessible description of a widget: at once, then throttled."""

    def __init__(self, widget: QWidget, words: Callable[[], str]) -> None:
        super().__init__(widget)
        self._widget, self._words = widget, words
        self._stale = False
        self._rest = QTimer(self, singleShot=True, interval=REFRESH_MS)
        self._rest.timeout.connect(self._rested)

    def changed(self) -> None:
        """Note that what the widget shows has changed."""
        if self._rest.isActive():
            self._stale = True
        else:
            self._write()

    def _rested(self) -> None:
        if self._stale:
            self._write()

    def _write(self) -> None:
        self._stale = False
        words = self._words()
        if words != self._widget.accessibleDescription():
            self._widget.setAccessibleDescription(words)
        self._rest.start()
