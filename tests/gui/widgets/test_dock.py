from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from PySide6.QtCore import QEvent, QPointF, QSize, Qt
from PySide6.QtGui import QMouseEvent, QResizeEvent
from PySide6.QtWidgets import QApplication, QDockWidget, QMainWindow, QWidget

from sandbox.gui.panels.curves.curve_plot import Clicks
from sandbox.gui.widgets.dock import Scrolled
from sandbox.gui.widgets.dock_height_keeper import DockHeightKeeper

if TYPE_CHECKING:
    from pytestqt.qtbot import QtBot


LEFT = Qt.MouseButton.LeftButton
CLICK = QMouseEvent(
    QEvent.Type.MouseButtonDblClick, QPointF(), QPointF(), LEFT, LEFT, Qt.KeyboardModifier(0)
)


@pytest.mark.parametrize(
    "event",
    [QEvent(QEvent.Type.LayoutRequest), QResizeEvent(QSize(300, 300), QSize(200, 200)), CLICK],
)
def test_that_events_while_a_window_is_torn_down_raise_nothing(qtbot: QtBot, event: QEvent) -> None:
    """Python empties an object before Qt stops asking it."""
    window, content = QMainWindow(), QWidget()
    qtbot.addWidget(window)
    docks = [QDockWidget(window) for _ in range(3)]
    area = Scrolled(content)
    docks[0].setWidget(area)
    keeper = DockHeightKeeper(window, docks[0], [docks[1]], docks[2])
    clicks = Clicks(content)
    for dying in (area, keeper, clicks):
        vars(dying).clear()
    with qtbot.captureExceptions() as raised:
        for watched in (window, content, area):
            QApplication.sendEvent(watched, event)
    assert raised == []
