from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication, QLabel

from sandbox.gui.look.theme import TYPE_SIZES
from sandbox.gui.session.preferences import Preferences
from sandbox.gui.window.main_window import MainWindow
from tests.gui.controls import named

if TYPE_CHECKING:
    from pytestqt.qtbot import QtBot

    from tests.gui.conftest import Desk

Key, Ctrl = Qt.Key, Qt.KeyboardModifier.ControlModifier


def press(qtbot: QtBot, window: MainWindow, key: Key, modifier: object = Ctrl) -> None:
    qtbot.keyClick(window, key, modifier)
    QApplication.processEvents()


def test_that_keys_change_the_type_size_and_put_it_back(window: MainWindow, qtbot: QtBot) -> None:
    words = named(window, "State of the run")
    normal = words.fontMetrics().height()
    press(qtbot, window, Key.Key_Equal)
    press(qtbot, window, Key.Key_Plus)
    assert window.theme.type_size == TYPE_SIZES[2]
    assert words.fontMetrics().height() > normal
    press(qtbot, window, Key.Key_Minus)
    assert window.theme.type_size == TYPE_SIZES[1]
    press(qtbot, window, Key.Key_0)
    assert window.theme.type_size == 100
    assert words.fontMetrics().height() == normal


def test_that_normal_type_gives_back_the_room_that_large_type_took(
    window: MainWindow, qtbot: QtBot
) -> None:
    size, dock = window.size(), window.docks[0].width()
    for _ in TYPE_SIZES:
        press(qtbot, window, Key.Key_Plus)
    assert window.docks[0].width() > dock
    press(qtbot, window, Key.Key_0)
    qtbot.waitUntil(lambda: window.docks[0].width() == dock)
    assert window.size() == size


def test_that_large_type_under_a_notice_cuts_nothing_off_and_leaves_the_windows_size(
    window: MainWindow, qtbot: QtBot
) -> None:
    window.offer.make("The loss rests on the upper line until a net begins to remember. " * 3)
    window.resize(1278, 694)
    QApplication.processEvents()
    size, dock, nets = window.size(), window.docks[0].width(), window.stage.nets
    for _ in range(4):  # the last ones are refused
        press(qtbot, window, Key.Key_Plus)
        QApplication.processEvents()
        assert nets.visibleRegion().boundingRect() == nets.rect()
        assert nets.area.geometry().bottom() < nets.height()
    refused_at = window.docks[0].width()
    press(qtbot, window, Key.Key_Plus)
    QApplication.processEvents()
    assert window.docks[0].width() == refused_at
    press(qtbot, window, Key.Key_0)
    qtbot.waitUntil(lambda: window.docks[0].width() == dock)
    assert window.size() == size


def test_that_a_window_enlarged_by_hand_keeps_its_size_in_normal_type(
    window: MainWindow, qtbot: QtBot
) -> None:
    press(qtbot, window, Key.Key_Plus)
    window.resize(1270, 715)
    press(qtbot, window, Key.Key_0)
    assert (window.width(), window.height()) == (1270, 715)


def test_that_large_figures_stay_large_in_another_theme(window: MainWindow, qtbot: QtBot) -> None:
    figure = window.run_bar.counter.findChildren(QLabel)[0]
    normal = figure.font().pixelSize()
    window.appearance.set_type_size(125)
    window.theme.choose("light")
    assert figure.font().pixelSize() == round(1.25 * normal)
    assert figure.fontInfo().pixelSize() == round(1.25 * normal)


def test_that_the_smallest_type_size_is_said(window: MainWindow, qtbot: QtBot) -> None:
    press(qtbot, window, Key.Key_Minus)
    assert "100%" in window.status_line.findChildren(QLabel)[-1].text()


def test_that_type_does_not_outgrow_the_screen(window: MainWindow, qtbot: QtBot) -> None:
    for _ in TYPE_SIZES:
        press(qtbot, window, Key.Key_Plus)
    assert 100 < window.theme.type_size < TYPE_SIZES[-1]
    assert window.width() <= 1280
    assert window.height() <= 720


def test_that_the_type_size_is_kept(desk: Desk, window: MainWindow, qtbot: QtBot) -> None:
    press(qtbot, window, Key.Key_Plus)
    window.close()
    again = MainWindow(desk.session, None, Preferences())
    qtbot.addWidget(again)
    assert again.theme.type_size == TYPE_SIZES[1]
    again.close()


def test_that_nothing_is_cut_off_in_larger_type(window: MainWindow, qtbot: QtBot) -> None:
    press(qtbot, window, Key.Key_Plus)
    for label in window.run_bar.findChildren(QLabel):
        if label.isVisible() and not label.wordWrap():
            assert label.width() >= label.sizeHint().width(), label.text()
            assert label.height() >= label.fontMetrics().height(), label.text()


def test_that_f11_fills_the_screen_and_goes_back(window: MainWindow, qtbot: QtBot) -> None:
    press(qtbot, window, Key.Key_F11, Qt.KeyboardModifier.NoModifier)
    assert window.isFullScreen()
    assert window.actions_by_name["full_screen"].isChecked()
    press(qtbot, window, Key.Key_F11, Qt.KeyboardModifier.NoModifier)
    assert not window.isFullScreen()


def test_that_escape_leaves_full_screen(window: MainWindow, qtbot: QtBot) -> None:
    press(qtbot, window, Key.Key_F11, Qt.KeyboardModifier.NoModifier)
    press(qtbot, window, Key.Key_Escape, Qt.KeyboardModifier.NoModifier)
    assert not window.isFullScreen()
    assert not window.actions_by_name["full_screen"].isChecked()


def test_that_a_new_window_is_on_the_screen_with_its_frame(desk: Desk, qtbot: QtBot) -> None:
    """Its size is the screen's until the frame is there, which comes on top."""
    window = MainWindow(desk.session, None, Preferences())
    qtbot.addWidget(window)
    with qtbot.waitExposed(window):
        window.show()
    screen = window.screen().availableGeometry()
    qtbot.waitUntil(lambda: window.frameGeometry().bottom() <= screen.bottom())
    window.close()


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_that_a_presentation_has_the_essentials_in_large_type(
    window: MainWindow, qtbot: QtBot, theme: str
) -> None:
    window.theme.choose(theme)
    docks = [dock.isVisible() for dock in window.docks]
    size = window.size()
    press(qtbot, window, Key.Key_F11, Qt.KeyboardModifier.ShiftModifier)
    assert window.theme.type_size >= 125
    assert [dock.isVisible() for dock in window.docks] == [False, False, False, True]
    shown = {
        name
        for name in ("Train", "Step", "Restart", "Speed", "Gap", "Seed", "Task")
        if named(window, name).isVisible()
    }
    assert shown == {"Train", "Step", "Restart", "Speed", "Gap"}
    for panel in (window.stage.sentence, window.stage.nets, window.stage.curves):
        assert panel.isVisible()
    press(qtbot, window, Key.Key_Escape, Qt.KeyboardModifier.NoModifier)
    assert window.theme.type_size == 100
    assert [dock.isVisible() for dock in window.docks] == docks
    assert named(window, "Seed").isVisible()
    assert not window.isFullScreen()
    qtbot.waitUntil(lambda: window.size() == size)


def test_that_a_presentation_fits_a_projector(window: MainWindow, qtbot: QtBot) -> None:
    """1280 by 720 with the smallest text at 15 pixels."""
    press(qtbot, window, Key.Key_F11, Qt.KeyboardModifier.ShiftModifier)
    window.showNormal()
    window.appearance.set_type_size(140)
    window.resize(1280, 720)
    QApplication.processEvents()
    assert window.theme.type_size == 140
    assert window.minimumSizeHint().width() <= 1280
    assert window.minimumSizeHint().height() <= 720
    press(qtbot, window, Key.Key_Escape, Qt.KeyboardModifier.NoModifier)


@pytest.mark.parametrize("place", ["window", "sentence", "nets"])
def test_that_escape_removes_the_mark_before_it_leaves(
    desk: Desk, window: MainWindow, qtbot: QtBot, place: str
) -> None:
    focused = {"sentence": window.stage.sentence, "nets": window.stage.nets}.get(place, window)
    press(qtbot, window, Key.Key_F11, Qt.KeyboardModifier.ShiftModifier)
    window.stage.mark(2)
    qtbot.keyClick(focused, Key.Key_Escape)
    assert window.stage.marked == -1
    assert window.appearance.presenting
    qtbot.keyClick(focused, Key.Key_Escape)
    assert not window.appearance.presenting


def test_that_a_chosen_theme_is_kept_at_once(desk: Desk, window: MainWindow) -> None:
    other = "light" if window.theme.choice != "light" else "dark"
    window.actions_by_name[f"theme_{other}"].trigger()
    assert Preferences().text("theme") == other


def test_that_the_gap_can_be_moved_in_a_presentation(
    desk: Desk, window: MainWindow, qtbot: QtBot
) -> None:
    press(qtbot, window, Key.Key_F11, Qt.KeyboardModifier.ShiftModifier)
    slider = named(window, "Gap")
    slider.setValue(20)  # type: ignore[attr-defined]
    assert desk.session.experiment.params["gap"] == 20
    desk.session.attempt(lambda experiment: experiment.changed(params={"gap": 30}))
    assert slider.value() == 30  # type: ignore[attr-defined]
    press(qtbot, window, Key.Key_Escape, Qt.KeyboardModifier.NoModifier)


def test_that_a_window_closed_in_a_presentation_opens_as_it_was_before(
    desk: Desk, window: MainWindow, qtbot: QtBot
) -> None:
    press(qtbot, window, Key.Key_F11, Qt.KeyboardModifier.ShiftModifier)
    window.close()
    again = MainWindow(desk.session, None, Preferences())
    qtbot.addWidget(again)
    with qtbot.waitExposed(again):
        again.show()
    assert again.theme.type_size == 100
    assert again.docks[0].isVisible()
    assert not again.isFullScreen()
    again.close()
