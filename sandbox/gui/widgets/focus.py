"""Keeps the keyboard focus where it can be seen."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QTimer, Signal
from PySide6.QtWidgets import (
    QAbstractItemView,
    QAbstractSlider,
    QAbstractSpinBox,
    QApplication,
    QComboBox,
    QDockWidget,
    QLineEdit,
    QMainWindow,
    QMenu,
    QMenuBar,
    QPlainTextEdit,
    QScrollArea,
    QTabBar,
    QWidget,
)

if TYPE_CHECKING:
    from collections.abc import Sequence

    from PySide6.QtGui import QAction

MARGIN_PX = 12
MOST_STOPS = 500  # more than there are controls
ARROWS_THEIR_OWN = (
    QAbstractItemView,
    QAbstractSlider,
    QAbstractSpinBox,
    QComboBox,
    QLineEdit,
    QMenu,
    QMenuBar,
    QPlainTextEdit,
    QTabBar,
)


class Focus(QObject):
    """Scrolls the focused widget into view, and says when the dock around it is covered.

    marks: the actions of Left and Right, enabled unless the focused widget uses these keys.
    """

    lost = Signal()  # the dock around the focused widget was covered

    def __init__(
        self, window: QMainWindow, docks: Sequence[QDockWidget], marks: Sequence[QAction]
    ) -> None:
        super().__init__(window)
        self._window, self._marks = window, marks
        # once a new layout may have moved the widget
        self._settling = QTimer(self, singleShot=True, interval=0)
        self._settling.timeout.connect(self._show_focused)
        QApplication.instance().focusChanged.connect(self._follow)  # type: ignore[union-attr]
        for dock in docks:
            dock.visibilityChanged.connect(self._leave_covered)

    def _follow(self, old: QWidget | None, new: QWidget | None) -> None:
        if new is not None and self._window.isAncestorOf(new) and not covered(new):
            show_in_areas(new)
            self._settling.start()
        for mark in self._marks if new is not None else ():  # None: the window may be gone
            mark.setEnabled(not isinstance(new, ARROWS_THEIR_OWN))

    def _show_focused(self) -> None:
        focused = QApplication.focusWidget()
        if focused is not None and self._window.isAncestorOf(focused):
            show_in_areas(focused)

    def _leave_covered(self, visible: bool) -> None:
        focused = QApplication.focusWidget()
        if not visible and focused is not None and self._window.isAncestorOf(focused):
            if covered(focused):
                self.lost.emit()


def covered(widget: QWidget) -> bool:
    """Whether it is in a dock that is hidden or behind another tab."""
    dock = enclosing(widget, QDockWidget)
    return dock is not None and dock.visibleRegion().isEmpty()


def show_in_areas(widget: QWidget) -> None:
    """Scroll every area around the widget until it can be seen."""
    area = enclosing(widget, QScrollArea)
    while isinstance(area, QScrollArea):
        content = area.widget()
        if content is None or not content.isAncestorOf(widget):
            return
        centre = widget.mapTo(content, widget.rect().center())
        # `ensureWidgetVisible` shows no more of a text field than its cursor
        margins = widget.width() // 2 + MARGIN_PX, widget.height() // 2 + MARGIN_PX
        area.ensureVisible(centre.x(), centre.y(), *margins)
        area = enclosing(area, QScrollArea)


def enclosing(widget: QWidget, kind: type[QWidget]) -> QWidget | None:
    """The nearest widget of a kind around this one."""
    around = widget.parentWidget()
    while around is not None and not isinstance(around, kind):
        around = around.parentWidget()
    return around
