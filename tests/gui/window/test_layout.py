from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from PySide6.QtCore import QMargins, QRect
from PySide6.QtWidgets import QApplication

from sandbox.gui.window.layout import within
from tests.gui.controls import focus, named

if TYPE_CHECKING:
    from pytestqt.qtbot import QtBot

    from sandbox.gui.window.main_window import MainWindow

FRAME = QMargins(4, 30, 4, 4)


def resize(window: MainWindow, wide: int, high: int) -> None:
    window.resize(wide, high)
    QApplication.processEvents()


def test_that_titles_make_room_in_a_low_window(window: MainWindow) -> None:
    resize(window, 1280, 720)
    assert window.docks[3].titleBarWidget().height() > 10
    resize(window, 960, 540)
    assert window.docks[3].titleBarWidget().height() == 0
    resize(window, 1280, 720)
    assert window.docks[3].titleBarWidget().height() > 10


def test_that_one_key_folds_the_docks_on_the_left_and_unfolds_them(window: MainWindow) -> None:
    window.docks[2].hide()
    wide = window.stage.nets.width()
    window.actions_by_name["fold_docks"].trigger()
    QApplication.processEvents()
    assert [dock.isHidden() for dock in window.docks] == [True, True, True, False]
    assert window.stage.nets.width() > wide + 200
    window.actions_by_name["fold_docks"].trigger()
    assert [dock.isHidden() for dock in window.docks] == [False, False, True, False]


def test_that_folding_the_docks_takes_their_focus_to_the_nets(
    window: MainWindow, qtbot: QtBot
) -> None:
    fold = window.actions_by_name["fold_docks"]
    focus(qtbot, named(window, "RNN units"))
    fold.trigger()
    assert QApplication.focusWidget() is window.stage.nets
    fold.trigger()
    train = focus(qtbot, named(window, "Train"))
    fold.trigger()
    assert QApplication.focusWidget() is train


@pytest.mark.parametrize(
    "window",
    [
        QRect(0, 0, 1280, 720),  # as large as the screen, so that its frame is beyond it
        QRect(-50, -20, 800, 600),
        QRect(900, 500, 800, 600),
        QRect(100, 100, 640, 400),
    ],
)
def test_that_a_window_with_its_frame_is_on_the_screen(window: QRect) -> None:
    available = QRect(0, 24, 1280, 696)  # below a panel
    fitted = within(available, window, FRAME)
    assert available.contains(fitted.marginsAdded(FRAME))
    inside = available.contains(window.marginsAdded(FRAME))
    assert (fitted == window) == inside
