"""The heights of the docks: set by content and window, until a person drags a border."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QObject, Qt, QTimer
from PySide6.QtGui import QMouseEvent

from sandbox.gui.look.typeface import px

if TYPE_CHECKING:
    from collections.abc import Sequence

    from PySide6.QtWidgets import QDockWidget, QMainWindow

LEFT, BELOW = Qt.DockWidgetArea.LeftDockWidgetArea, Qt.DockWidgetArea.BottomDockWidgetArea
BELOW_PX, LEAST_BELOW_PX, BELOW_PART = 206, 150, 4  # the dock below: at most that part of a window
UPPER_PART = 0.6  # of the left column, at most, where not everything fits


class DockHeightKeeper(QObject):
    """Divides the left column between two places and gives the dock below its part.

    upper, lower: the docks on the left; those of `lower` lie behind one another.  below: the dock
    under the centre.  Qt alone would keep the heights of a small window in a large one.
    """

    def __init__(
        self,
        window: QMainWindow,
        upper: QDockWidget,
        lower: Sequence[QDockWidget],
        below: QDockWidget,
    ) -> None:
        super().__init__(window)
        self._window, self._upper, self._lower, self._below = window, upper, lower, below
        self._upper_share = 0.0  # of the left column; 0: by what the docks need
        self._below_share = 0.0  # of the window's height; 0: as at first
        self._pressed: tuple[int, int] | None = None  # heights when a border was taken hold of
        self._settling = QTimer(self, singleShot=True, interval=0)
        self._settling.timeout.connect(self.apply)
        window.installEventFilter(self)
        for dock in (upper, *lower, below):
            dock.visibilityChanged.connect(self._settle)
            dock.installEventFilter(self)
            if (content := dock.widget()) is not None:
                content.installEventFilter(self)

    @property
    def kept(self) -> str:
        """What a person chose, as text for the settings."""
        return f"{self._upper_share:.4f} {self._below_share:.4f}"

    def restore(self, kept: str) -> None:
        """Restore what `kept` returned; ignore any other text."""
        try:
            upper, below = (min(max(float(part), 0.0), 1.0) for part in kept.split())
        except ValueError:
            return
        self._upper_share, self._below_share = upper, below
        self._settle()

    def reset(self) -> None:
        """Forget what a person chose."""
        self._upper_share = self._below_share = 0.0
        self._settle()

    def apply(self) -> None:
        """Give every dock its height."""
        if self._lies(self._below, BELOW):
            self._resize([self._below], [self._height_below()])
        lower = next((dock for dock in self._lower if _is_seen(dock)), None)
        if lower is not None and self._lies(lower, LEFT) and self._lies(self._upper, LEFT):
            both = self._upper.height() + lower.height()
            upper = self._height_of_upper(both, lower)
            self._resize([self._upper, lower], [upper, both - upper])

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Follow the window's size and the docks' contents; note borders that are dragged."""
        if not vars(self):  # Qt still asks an object that Python is destroying
            return False
        kind = event.type()
        if watched is not self._window:
            if kind == QEvent.Type.LayoutRequest:
                self._settle()
        elif kind == QEvent.Type.Resize:
            self._settle()
        elif kind == QEvent.Type.Show:
            self.apply()  # before the first paint
        elif isinstance(event, QMouseEvent) and kind == QEvent.Type.MouseButtonPress:
            self._pressed = self._upper.height(), self._below.height()
        elif kind == QEvent.Type.MouseButtonRelease and self._pressed is not None:
            pressed, self._pressed = self._pressed, None
            self._take_chosen(*pressed)
        return False

    def _take_chosen(self, upper: int, below: int) -> None:
        """Keep what a drag has changed; upper, below: the heights before it."""
        lower = next((dock for dock in self._lower if _is_seen(dock)), None)
        if lower is not None and self._lies(self._upper, LEFT) and self._upper.height() != upper:
            self._upper_share = self._upper.height() / (self._upper.height() + lower.height())
        if self._lies(self._below, BELOW) and self._below.height() != below:
            self._below_share = self._below.height() / self._window.height()

    def _settle(self, *_: object) -> None:
        if self._pressed is None:
            self._settling.start()

    def _height_below(self) -> int:
        height = self._window.height()
        if self._below_share:
            return round(self._below_share * height)
        return min(px(BELOW_PX), max(height // BELOW_PART, px(LEAST_BELOW_PX)))

    def _height_of_upper(self, both: int, lower: QDockWidget) -> int:
        if self._upper_share:
            return round(self._upper_share * both)
        most = max(both - _needed(lower), round(UPPER_PART * both))
        return min(_needed(self._upper), most)

    def _lies(self, dock: QDockWidget, area: Qt.DockWidgetArea) -> bool:
        seen = dock.isVisible() and not dock.isFloating()
        return seen and self._window.dockWidgetArea(dock) == area

    def _resize(self, docks: list[QDockWidget], heights: list[int]) -> None:
        if [dock.height() for dock in docks] != heights:
            self._window.resizeDocks(docks, heights, Qt.Orientation.Vertical)


def _is_seen(dock: QDockWidget) -> bool:
    """Whether it is in front of the docks in its place."""
    return dock.isVisible() and not dock.visibleRegion().isEmpty()


def _needed(dock: QDockWidget) -> int:
    """The height at which nothing in the dock has to scroll."""
    title, content = dock.titleBarWidget(), dock.widget()
    height = 0 if title is None else title.sizeHint().height()
    return height + (0 if content is None else content.sizeHint().height())
