"""Where the keyboard goes, and that a person can see it there."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from PySide6.QtCore import QPoint, QRect, Qt
from PySide6.QtWidgets import QApplication, QDockWidget, QScrollArea, QTabBar, QWidget

from sandbox.gui.forms.examples import Example
from sandbox.gui.widgets.focus import enclosing
from tests.gui.controls import focus, named, refusals

if TYPE_CHECKING:
    from pytestqt.qtbot import QtBot

    from sandbox.gui.window.main_window import MainWindow
    from tests.gui.conftest import Desk

Left, Right, Escape = Qt.Key.Key_Left, Qt.Key.Key_Right, Qt.Key.Key_Escape


def is_seen_whole(widget: QWidget) -> bool:
    """Whether nothing of it is scrolled out of view or covered."""
    area = enclosing(widget, QScrollArea)
    if widget.visibleRegion().isEmpty() or not isinstance(area, QScrollArea):
        return not widget.visibleRegion().isEmpty()
    corner = widget.mapTo(area.viewport(), QPoint(0, 0))
    return area.viewport().rect().contains(QRect(corner, widget.size()))


def tabbed(qtbot: QtBot, key: Qt.Key = Qt.Key.Key_Tab) -> list[QWidget]:
    """Every widget that has the focus on the way round."""
    first, met = QApplication.focusWidget(), []
    for _ in range(100):
        qtbot.keyClick(QApplication.focusWidget(), key)
        met.append(QApplication.focusWidget())
        qtbot.waitUntil(lambda: is_seen_whole(met[-1]))
        if met[-1] is first:
            return met
    raise AssertionError("Tab does not come back")


@pytest.mark.parametrize("key", [Qt.Key.Key_Tab, Qt.Key.Key_Backtab])
def test_that_tab_stops_only_at_what_can_be_seen(
    window: MainWindow, qtbot: QtBot, key: Qt.Key
) -> None:
    window.resize(1000, 560)
    met = tabbed(qtbot, key)
    names = {widget.accessibleName() for widget in met}
    assert {"Train", "gap", "RNN units", "Add LSTM"} <= names
    assert "learning rate" not in names
    assert any(isinstance(widget, QTabBar) for widget in met)


def test_that_tab_goes_into_training_once_it_is_in_front(window: MainWindow, qtbot: QtBot) -> None:
    window.docks[2].raise_()
    names = {widget.accessibleName() for widget in tabbed(qtbot)}
    assert "learning rate" in names
    assert "RNN units" not in names


def test_that_the_focus_leaves_a_dock_that_gets_covered(window: MainWindow, qtbot: QtBot) -> None:
    focus(qtbot, named(window, "RNN units"))
    window.docks[2].raise_()
    qtbot.waitUntil(lambda: not window.docks[1].isAncestorOf(QApplication.focusWidget()))
    assert enclosing(QApplication.focusWidget(), QDockWidget) is not window.docks[1]


@pytest.mark.parametrize("name", ["Train", "Step", "Restart", "distractors", "Add RNN"])
def test_that_arrows_mark_a_step_whatever_button_has_the_focus(
    desk: Desk, window: MainWindow, qtbot: QtBot, name: str
) -> None:
    widget = focus(qtbot, named(window, name))
    panels = window.stage.nets, window.stage.sentence
    qtbot.keyClick(widget, Right)
    assert [panel.marked for panel in panels] == [0, 0]
    qtbot.keyClick(widget, Right)
    assert [panel.marked for panel in panels] == [1, 1]
    assert QApplication.focusWidget() is widget
    qtbot.keyClick(widget, Escape)
    assert [panel.marked for panel in panels] == [-1, -1]
    qtbot.keyClick(widget, Left)
    assert [panel.marked for panel in panels] == [57, 57]


def test_that_arrows_mark_a_step_among_the_examples(window: MainWindow, qtbot: QtBot) -> None:
    qtbot.keyClick(focus(qtbot, window.findChildren(Example)[0]), Right)
    assert window.stage.nets.marked == 0


@pytest.mark.parametrize("name", ["gap", "Speed", "Seed", "Task", "RNN recurrent init"])
def test_that_arrows_stay_with_controls_that_use_them(
    window: MainWindow, qtbot: QtBot, name: str
) -> None:
    qtbot.keyClick(focus(qtbot, named(window, name)), Left)
    assert window.stage.nets.marked == -1


def test_that_a_slider_still_moves_by_its_arrows(
    desk: Desk, window: MainWindow, qtbot: QtBot
) -> None:
    qtbot.keyClick(focus(qtbot, named(window, "gap")), Right)
    assert desk.session.experiment.params["gap"] == 51


# A number that is not taken -------------------------------------------------------------


def enter(qtbot: QtBot, window: MainWindow, name: str, text: str, key: Qt.Key) -> QWidget:
    field = focus(qtbot, named(window, name))
    field.selectAll()  # type: ignore[attr-defined]
    qtbot.keyClick(field, Qt.Key.Key_Delete)
    qtbot.keyClicks(field, text)
    qtbot.keyClick(field, key)
    return field


@pytest.mark.parametrize("key", [Qt.Key.Key_Return, Qt.Key.Key_Tab])
def test_that_a_refused_field_keeps_the_focus_with_its_text_selected(
    window: MainWindow, qtbot: QtBot, key: Qt.Key
) -> None:
    field = enter(qtbot, window, "RNN units", "1,5", key)
    qtbot.waitUntil(lambda: QApplication.focusWidget() is field)
    assert refusals(window) == ["units: '1,5' was given; it takes a whole number from 1 to 512."]
    assert field.lineEdit().selectedText() == "32"  # type: ignore[attr-defined]
    qtbot.keyClicks(field, "48")
    qtbot.keyClick(field, Qt.Key.Key_Return)
    assert refusals(window) == []
    assert QApplication.focusWidget() is not field


def test_that_a_refusal_is_gone_once_the_field_is_left(window: MainWindow, qtbot: QtBot) -> None:
    field = enter(qtbot, window, "Seed", "many", Qt.Key.Key_Return)
    assert len(refusals(window)) == 1
    qtbot.keyClick(field, Qt.Key.Key_Tab)
    assert refusals(window) == []


def test_that_a_refusal_is_gone_once_another_value_is_accepted(
    window: MainWindow, qtbot: QtBot
) -> None:
    enter(qtbot, window, "gap, as a number", "", Qt.Key.Key_Return)
    assert refusals(window) == ["gap: nothing was given; it takes a whole number from 0 to 500."]
    box = named(window, "distractors")
    box.click()  # type: ignore[attr-defined]
    assert refusals(window) == []


def test_that_a_decimal_comma_is_a_decimal_point(
    desk: Desk, window: MainWindow, qtbot: QtBot
) -> None:
    window.docks[2].raise_()
    enter(qtbot, window, "learning rate", "0,002", Qt.Key.Key_Return)
    assert desk.session.experiment.lr == 0.002
    enter(qtbot, window, "learning rate", "1,000.5", Qt.Key.Key_Return)
    assert desk.session.experiment.lr == 0.002
    assert refusals(window) == [
        "learning rate: '1,000.5' was given; it takes a number above 0, up to 10."
    ]
