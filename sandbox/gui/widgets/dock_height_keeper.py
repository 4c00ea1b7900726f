"""A dock that a small window squeezed is given its height back when the window grows again."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QObject, Qt

if TYPE_CHECKING:
    from PySide6.QtWidgets import QDockWidget, QMainWindow

BELOW = Qt.DockWidgetArea.BottomDockWidgetArea


class DockHeightKeeper(QObject):
    """Watches a dock below the centre: Qt would leave it as small as it once had to be.

    Its height when nothing but itself changed, and the centre had room left, is what it was
    meant to have: so high a person or the layout made it.  A window of half the height then owes
    it half of that, and never more than all of it.  meant: until then, in a window how high.
    """

    def __init__(self, window: QMainWindow, dock: QDockWidget, meant: tuple[int, int]) -> None:
        super().__init__(window)
        self._window, self._dock = window, dock
        self._height = window.height()  # of the window, when the dock was last looked at
        self._meant = meant
        self._owed = 0
        window.installEventFilter(self)
        dock.installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """The dock's new size comes first: the window has laid itself out by the time it asks."""
        if event.type() == QEvent.Type.Resize and watched is self._window:
            self._height = self._window.height()
            self._give_back()
        elif event.type() == QEvent.Type.Resize and self._window.height() == self._height:
            given_back = self._dock.height() == self._owed  # comes a moment after it was asked for
            if not given_back and not self._is_squeezed:
                self._meant = (self._dock.height(), self._height)
        return False

    @property
    def _is_squeezed(self) -> bool:
        centre = self._window.centralWidget()
        return centre.height() <= centre.minimumSizeHint().height()

    def _give_back(self) -> None:
        dock, (meant, of) = self._dock, self._meant
        owed = min(meant, meant * self._height // of)
        lies_below = self._window.dockWidgetArea(dock) == BELOW and not dock.isFloating()
        if lies_below and dock.isVisible() and dock.height() < owed:
            self._owed = owed
            self._window.resizeDocks([dock], [owed], Qt.Orientation.Vertical)
