"""A click pins a step and a unit, in every panel, until it is let go."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from PySide6.QtCore import QEvent, QPointF, Qt
from PySide6.QtGui import QMouseEvent
from PySide6.QtTest import QTest

from sandbox.gui.session.pin import Pin

if TYPE_CHECKING:
    from PySide6.QtWidgets import QWidget

    from sandbox.gui.window.main_window import MainWindow
    from tests.gui.conftest import Desk


@pytest.fixture
def nets(desk: Desk, window: MainWindow) -> MainWindow:
    desk.frame(0)
    return window


def click(widget: QWidget, x: float, y: float) -> None:
    at = QPointF(x, y)
    left, none = Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier
    widget.mousePressEvent(
        QMouseEvent(QEvent.Type.MouseButtonPress, at, widget.mapToGlobal(at), left, left, none)
    )


def click_unit(window: MainWindow, step: int, unit: int) -> None:
    """A click into the LSTM's first heatmap."""
    column = window.stage.nets.column("lstm")
    places, content = column.places, column.content
    assert places is not None
    assert content is not None
    rect = places.picture(0, len(content.pictures))
    y = rect.top() + (unit + 0.5) * rect.height() / content.units
    click(column, places.timeline.centre(step), y)


def marks(window: MainWindow) -> set[int]:
    return {panel.marked for panel in window.stage.step_panels}


def test_that_a_click_pins_a_step_and_a_unit_in_every_panel(nets: MainWindow) -> None:
    click_unit(nets, 3, 2)
    assert nets.stage.pin == Pin(3, "lstm", 2)
    assert {panel.pin for panel in nets.stage.step_panels} == {Pin(3, "lstm", 2)}
    assert marks(nets) == {3}
    assert "unit 3" in nets.stage.nets.readout(3)


def test_that_a_pinned_mark_does_not_follow_the_pointer(nets: MainWindow) -> None:
    nets.stage.sentence._hover(1)
    assert marks(nets) == {1}
    click_unit(nets, 3, 2)
    nets.stage.sentence._hover(5)
    nets.stage.nets._hovered("rnn", 5, "hidden", 0)
    nets.stage.answers._hover(-1)
    assert marks(nets) == {3}


def test_that_a_second_click_on_the_same_lets_go(nets: MainWindow) -> None:
    click_unit(nets, 3, 2)
    click_unit(nets, 3, 2)
    assert nets.stage.pin is None
    nets.stage.sentence._hover(5)
    assert marks(nets) == {5}


def test_that_a_click_on_a_word_keeps_the_unit(nets: MainWindow) -> None:
    click_unit(nets, 3, 2)
    nets.stage.sentence._pick(4)
    assert nets.stage.pin == Pin(4, "lstm", 2)


def test_that_arrows_take_the_pin_along_and_escape_lets_go(nets: MainWindow) -> None:
    click_unit(nets, 3, 2)
    nets.stage.sentence.setFocus()
    QTest.keyClick(nets.stage.sentence, Qt.Key.Key_Right)
    assert nets.stage.pin == Pin(4, "lstm", 2)
    QTest.keyClick(nets.stage.sentence, Qt.Key.Key_Escape)
    assert nets.stage.pin is None
    assert marks(nets) == {-1}


def test_that_a_pin_stays_through_frames_examples_and_runs(desk: Desk, nets: MainWindow) -> None:
    click_unit(nets, 3, 2)
    desk.session.select_example(1)
    desk.session.restart()
    assert nets.stage.pin == Pin(3, "lstm", 2)
    assert marks(nets) == {3}


def test_that_a_key_pins_the_marked_step(nets: MainWindow) -> None:
    nets.stage.mark(2)
    nets.actions_by_name["pin"].trigger()
    assert nets.stage.pin == Pin(2)
    nets.actions_by_name["pin"].trigger()
    assert nets.stage.pin is None
