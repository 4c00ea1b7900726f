"""Where the parts of the window are: docks on the left and below, the panels in the centre."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QRect, Qt
from PySide6.QtWidgets import QApplication, QMainWindow, QTabWidget, QToolBar, QVBoxLayout, QWidget

from sandbox.gui.look.typeface import px
from sandbox.gui.widgets.dock import Dock
from sandbox.gui.widgets.dock_height_keeper import DockHeightKeeper
from sandbox.gui.widgets.parts import fill
from sandbox.gui.window.answers_split import AnswersSplit, Stack
from sandbox.gui.window.views import WATCH

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from PySide6.QtCore import QByteArray, QMargins

    from sandbox.gui.window.stage import Stage
    from sandbox.gui.window.views import Views

LEFT_PX = 316
LOW_PX = 620  # in a window lower than this the docks have no titles
SCROLLS_ITSELF = ("contestants",)


class Layout:
    """Builds the docks and the centre, folds the docks, and puts them back where they were."""

    def __init__(
        self,
        window: QMainWindow,
        left: Mapping[str, QWidget],
        stage: Stage,
        views: Views,
        surgery: QWidget,
        time_bar: QWidget,
        offer: QWidget,
    ) -> None:
        self._window, self._nets, self._presenting = window, stage.nets, False
        self.docks = [
            Dock(name, part, window, scrolls=name not in SCROLLS_ITSELF)
            for name, part in left.items()
        ]
        self._folded = list(self.docks)
        curves = _column(stage.curves, time_bar, wide=stage.curves)
        self.docks.append(Dock("curves", curves, window, scrolls=False))
        self.splitter = Stack(Qt.Orientation.Vertical, childrenCollapsible=False)
        self.splitter.setHandleWidth(1)
        self.splitter.addWidget(stage.sentence)
        self.splitter.addWidget(views.pages)
        self.splitter.setStretchFactor(1, 1)
        self.answers = AnswersSplit(self.splitter, stage.nets, stage.answers)
        window.setDockNestingEnabled(True)
        for corner in (Qt.Corner.TopLeftCorner, Qt.Corner.BottomLeftCorner):
            window.setCorner(corner, Qt.DockWidgetArea.LeftDockWidgetArea)
        window.setTabPosition(Qt.DockWidgetArea.AllDockWidgetAreas, QTabWidget.TabPosition.North)
        views.changed.connect(lambda name: self.answers.allow(name == WATCH))
        self.centre = _column(offer, views.row, surgery, self.splitter, wide=self.splitter)
        self.centre.setObjectName("centre")
        window.setCentralWidget(self.centre)
        task, contestants, training, low = self.docks
        self.heights = DockHeightKeeper(window, task, (contestants, training), low)
        self.reset()

    def reset(self) -> None:
        """Put every dock back where it was at first, at its first size."""
        for dock in self.docks:
            if dock.isFloating():
                dock.setFloating(False)
        task, contestants, training, curves = self.docks
        self._window.addDockWidget(Qt.DockWidgetArea.LeftDockWidgetArea, task)
        self._window.splitDockWidget(task, contestants, Qt.Orientation.Vertical)
        self._window.tabifyDockWidget(contestants, training)
        self._window.addDockWidget(Qt.DockWidgetArea.BottomDockWidgetArea, curves)
        for dock in self.docks:
            dock.show()
        contestants.raise_()
        self.heights.reset()
        self.fit_type()

    def fit_window(self) -> None:
        """Leave out the docks' titles in a low window and in a presentation."""
        titled = not self._presenting and self._window.height() >= px(LOW_PX)
        for dock in self.docks:
            dock.show_title(titled or dock.isFloating())

    def fit_type(self) -> None:
        """Make the left column as wide as the type size asks for."""
        self._window.resizeDocks([self.docks[0]], [px(LEFT_PX)], Qt.Orientation.Horizontal)
        self.fit_window()
        self.heights.apply()

    def fold(self) -> None:
        """Hide the docks on the left, or show those that were hidden together."""
        shown = [dock for dock in self.docks[:3] if not dock.isHidden() and not dock.isFloating()]
        self._keep_focus(shown)
        for dock in shown or self._folded:
            dock.setVisible(not shown)
        self._folded = shown or self.docks[:3]

    def present(self) -> None:
        """Leave only the centre and the curves, without their title."""
        self._keep_focus(self.docks[:3])
        for dock in self.docks[:3]:
            dock.hide()
        self.docks[3].show()
        self._presenting = True
        self.fit_window()

    def _keep_focus(self, hidden: Sequence[Dock]) -> None:
        """Give the nets the focus that docks would lose when they are hidden."""
        focused = QApplication.focusWidget()
        if focused is not None and any(dock.isAncestorOf(focused) for dock in hidden):
            self._nets.setFocus(Qt.FocusReason.OtherFocusReason)

    def end_presentation(self, state: QByteArray, version: int) -> None:
        """Put the docks back as they were in `state`."""
        self._presenting = False
        self.fit_window()
        self._window.restoreState(state, version)
        self.heights.apply()


def within(available: QRect, window: QRect, frame: QMargins) -> QRect:
    """The window's place and size, moved and shrunk until its frame is on the screen.

    available: the screen without its panels.  window: the content.  frame: the width of the
    window's border on each side, its title bar among them.
    """
    room = available.marginsRemoved(frame)
    size = window.size().boundedTo(room.size())
    left = min(max(window.left(), room.left()), room.right() + 1 - size.width())
    top = min(max(window.top(), room.top()), room.bottom() + 1 - size.height())
    return QRect(left, top, size.width(), size.height())


def tool_bar(content: QWidget) -> QToolBar:
    """The content as a tool bar that cannot be moved or hidden."""
    bar = QToolBar("Run", movable=False)
    bar.setObjectName("tool_bar")
    bar.setContextMenuPolicy(Qt.ContextMenuPolicy.PreventContextMenu)
    bar.toggleViewAction().setEnabled(False)
    bar.addWidget(content)
    return bar


def _column(*widgets: QWidget, wide: QWidget) -> QWidget:
    """Widgets below one another; `wide` takes the spare room."""
    whole = QWidget()
    fill(QVBoxLayout(whole), *widgets, spacing=0, wide=wide)
    return whole
