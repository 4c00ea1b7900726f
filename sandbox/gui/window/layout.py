"""Where the parts of the window lie: docks at the left and below, the stage in the centre."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtWidgets import (
    QMainWindow,
    QTabWidget,
    QToolBar,
    QVBoxLayout,
    QWidget,
)

from sandbox.gui.widgets.dock import Dock
from sandbox.gui.widgets.dock_height_keeper import DockHeightKeeper
from sandbox.gui.window.answers_split import AnswersSplit, Stack

if TYPE_CHECKING:
    from collections.abc import Mapping

    from sandbox.gui.window.stage import Stage

LEFT_PX, CURVES_PX, LEAST_CURVES_PX = 316, 206, 158
CURVES_PART = 4  # of the window, the dock is one of so many
TASK_PX, CONTESTANTS_PX = 366, 244
SCROLLS_ITSELF = ("contestants",)


class Layout:
    """Builds docks and centre, and puts every dock back where it was at first."""

    def __init__(
        self, window: QMainWindow, left: Mapping[str, QWidget], stage: Stage, time_bar: QWidget
    ) -> None:
        self._window = window
        self.docks = [
            Dock(name, name.title(), part, scrolls=name not in SCROLLS_ITSELF)
            for name, part in left.items()
        ]
        below = _column(stage.curves, time_bar)
        self.docks.append(Dock("curves", "Curves", below, scrolls=False))
        self.splitter = _splitter(stage.sentence, stage.nets)
        self.answers = AnswersSplit(self.splitter, stage.nets, stage.answers)
        window.setDockNestingEnabled(True)
        for corner in (Qt.Corner.TopLeftCorner, Qt.Corner.BottomLeftCorner):
            window.setCorner(corner, Qt.DockWidgetArea.LeftDockWidgetArea)
        window.setTabPosition(Qt.DockWidgetArea.AllDockWidgetAreas, QTabWidget.TabPosition.North)
        self.centre = _column(self.splitter)
        self.centre.setObjectName("centre")
        window.setCentralWidget(self.centre)
        self.reset()
        self._keeper = DockHeightKeeper(window, self.docks[3], (CURVES_PX, CURVES_PART * CURVES_PX))

    def put_above(self, widget: QWidget) -> None:
        """A widget above the nets."""
        column = self.centre.layout()
        assert isinstance(column, QVBoxLayout)
        column.insertWidget(0, widget)

    def reset(self) -> None:
        """Every dock where it was at first, and as large."""
        for dock in self.docks:
            if dock.parent() is not None and dock.isFloating():
                dock.setFloating(False)
        self._place()
        for dock in self.docks:
            dock.show()
        self.docks[1].raise_()
        self._size()

    def _place(self) -> None:
        task, contestants, training, curves = self.docks
        self._window.addDockWidget(Qt.DockWidgetArea.LeftDockWidgetArea, task)
        self._window.splitDockWidget(task, contestants, Qt.Orientation.Vertical)
        self._window.tabifyDockWidget(contestants, training)
        self._window.addDockWidget(Qt.DockWidgetArea.BottomDockWidgetArea, curves)

    def _size(self) -> None:
        task, contestants, _, curves = self.docks
        across, down = Qt.Orientation.Horizontal, Qt.Orientation.Vertical
        self._window.resizeDocks([task], [LEFT_PX], across)
        height = min(CURVES_PX, max(self._window.height() // CURVES_PART, LEAST_CURVES_PX))
        self._window.resizeDocks([curves], [height], down)
        self._window.resizeDocks([task, contestants], [TASK_PX, CONTESTANTS_PX], down)


def tool_bar(content: QWidget) -> QToolBar:
    """The content as a tool bar that stays where it is."""
    bar = QToolBar("Run")
    bar.setObjectName("tool_bar")
    bar.setMovable(False)
    bar.setContextMenuPolicy(Qt.ContextMenuPolicy.PreventContextMenu)
    bar.toggleViewAction().setEnabled(False)
    bar.addWidget(content)
    return bar


def _splitter(*panels: QWidget) -> Stack:
    splitter = Stack(Qt.Orientation.Vertical)
    splitter.setHandleWidth(1)
    splitter.setChildrenCollapsible(False)
    for panel in panels:
        splitter.addWidget(panel)
    splitter.setStretchFactor(len(panels) - 1, 1)
    return splitter


def _column(*contents: QWidget) -> QWidget:
    """Widgets below one another; the first takes the room."""
    whole = QWidget()
    column = QVBoxLayout(whole)
    column.setContentsMargins(0, 0, 0, 0)
    column.setSpacing(0)
    for place, content in enumerate(contents):
        column.addWidget(content, 1 if place == 0 else 0)
    return whole
