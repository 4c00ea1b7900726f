from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from PySide6.QtCore import QEvent
from PySide6.QtWidgets import QApplication, QDockWidget, QMainWindow, QWidget

from sandbox.gui.widgets.dock import Scrolled
from sandbox.gui.widgets.dock_height_keeper import DockHeightKeeper

if TYPE_CHECKING:
    from pytestqt.qtbot import QtBot


def test_that_a_change_of_the_content_reaches_the_layout_around_it(qtbot: QtBot) -> None:
    content, around = QWidget(), QWidget()
    qtbot.addWidget(around)
    area = Scrolled(content)
    area.setParent(around)
    asked: list[QEvent.Type] = []
    area.updateGeometry = lambda: asked.append(QEvent.Type.LayoutRequest)  # type: ignore[method-assign]
    QApplication.sendEvent(content, QEvent(QEvent.Type.LayoutRequest))
    QApplication.sendEvent(content, QEvent(QEvent.Type.Hide))
    assert asked == [QEvent.Type.LayoutRequest]


@pytest.mark.parametrize("kind", [QEvent.Type.LayoutRequest, QEvent.Type.Resize])
def test_that_events_while_the_window_is_torn_down_raise_nothing(
    qtbot: QtBot, kind: QEvent.Type
) -> None:
    """Python empties an object before Qt stops asking it."""
    window, content = QMainWindow(), QWidget()
    qtbot.addWidget(window)
    docks = [QDockWidget(window) for _ in range(3)]
    area = Scrolled(content)
    docks[0].setWidget(area)
    keeper = DockHeightKeeper(window, docks[0], [docks[1]], docks[2])
    vars(area).clear()
    vars(keeper).clear()
    with qtbot.captureExceptions() as raised:
        for watched in (window, content, *docks, area):
            QApplication.sendEvent(watched, QEvent(kind))
    assert raised == []
