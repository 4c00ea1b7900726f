from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QScrollArea

from sandbox.gui.look.theme import Theme
from sandbox.gui.session.preferences import Preferences
from sandbox.gui.window.main_window import MainWindow

if TYPE_CHECKING:
    from PySide6.QtWidgets import QDockWidget
    from pytestqt.qtbot import QtBot

    from tests.gui.conftest import Desk

Left = Qt.MouseButton.LeftButton


def drag(qtbot: QtBot, window: MainWindow, dock: QDockWidget, edge: str, by: int) -> None:
    """Drag the border above or below a dock down by so many pixels, as a person does."""
    before, none = dock.height(), Qt.KeyboardModifier.NoModifier
    y = -2 if edge == "top" else dock.height() + 2
    at = dock.mapTo(window, QPoint(dock.width() // 2, y))
    QTest.mousePress(window, Left, none, at)
    QTest.mouseMove(window, at + QPoint(0, by // 2))
    QTest.mouseMove(window, at + QPoint(0, by))
    qtbot.waitUntil(lambda: dock.height() != before)
    QTest.mouseRelease(window, Left, none, at + QPoint(0, by))
    QApplication.processEvents()


def resize(window: MainWindow, wide: int, high: int) -> None:
    window.resize(wide, high)
    for _ in range(4):  # the docks follow the window, the panels follow the docks
        QApplication.processEvents()


# The dock below -------------------------------------------------------------------------


@pytest.mark.parametrize("by", [0, -60])
def test_that_curves_are_as_high_again_as_before_the_window_was_small(
    window: MainWindow, qtbot: QtBot, by: int
) -> None:
    """by: how far a person has dragged their upper border; 0: as they are at first."""
    curves, plots = window.docks[3], window.stage.curves.plots
    resize(window, 1440, 900)
    if by:
        drag(qtbot, window, curves, "top", by)
    before = plots.height()
    assert before > 120
    for high in (*range(900, 540, -45), 540, *range(540, 900, 45), 900):  # as an edge is dragged
        resize(window, 1440 if high > 600 else 960, high)
    qtbot.waitUntil(lambda: abs(plots.height() - before) <= 1)


def test_that_curves_are_of_normal_height_after_a_reset_in_a_small_window(
    window: MainWindow, qtbot: QtBot
) -> None:
    resize(window, 1440, 900)
    normal = window.docks[3].height()
    resize(window, 960, 540)
    window.actions_by_name["reset_layout"].trigger()
    QApplication.processEvents()
    resize(window, 1440, 900)
    qtbot.waitUntil(lambda: abs(window.docks[3].height() - normal) <= 1)


def test_that_curves_get_their_share_of_a_window_that_was_small_at_first(
    desk: Desk, qtbot: QtBot
) -> None:
    window = MainWindow(desk.session, Theme("dark"), Preferences())
    qtbot.addWidget(window)
    window.resize(960, 540)
    with qtbot.waitExposed(window):
        window.show()
    resize(window, 1440, 900)
    qtbot.waitUntil(lambda: window.docks[3].height() >= 200)
    window.close()


def test_that_curves_a_person_made_low_stay_low_and_are_so_at_the_next_start(
    desk: Desk, window: MainWindow, qtbot: QtBot
) -> None:
    resize(window, 1440, 900)
    before = window.docks[3].height()
    drag(qtbot, window, window.docks[3], "top", 40)
    low = window.docks[3].height()
    assert low <= before - 30
    resize(window, 1440, 720)
    resize(window, 1440, 900)
    qtbot.waitUntil(lambda: abs(window.docks[3].height() - low) <= 1)
    window.close()
    again = MainWindow(desk.session, Theme("dark"), Preferences())
    qtbot.addWidget(again)
    with qtbot.waitExposed(again):
        again.show()
    resize(again, 1440, 900)
    qtbot.waitUntil(lambda: abs(again.docks[3].height() - low) <= 1)
    again.close()


# The docks on the left ------------------------------------------------------------------


def hidden_px(dock: QDockWidget) -> int:
    """How far the content of a dock can be scrolled."""
    return max(area.verticalScrollBar().maximum() for area in dock.findChildren(QScrollArea))


def test_that_no_dock_scrolls_while_there_is_room_for_both(
    desk: Desk, window: MainWindow, qtbot: QtBot
) -> None:
    """With four contestants at 1080 pixels: the task needs a third, the cards the rest."""
    resize(window, 1920, 1080)
    for cell in ("gru", "lstm"):
        window.findChild(object, f"add_{cell}").click()  # type: ignore[attr-defined]
    task, contestants = window.docks[:2]
    qtbot.waitUntil(lambda: hidden_px(task) == 0)
    qtbot.waitUntil(lambda: hidden_px(contestants) == 0)


def test_that_a_small_window_leaves_the_contestants_their_part(
    window: MainWindow, qtbot: QtBot
) -> None:
    resize(window, 960, 540)
    both = window.docks[0].height() + window.docks[1].height()
    qtbot.waitUntil(lambda: window.docks[1].height() >= both // 3)


def test_that_a_border_that_a_person_dragged_stays_where_it_is(
    window: MainWindow, qtbot: QtBot
) -> None:
    resize(window, 1440, 900)
    task, contestants = window.docks[:2]
    at_first = task.height() / (task.height() + contestants.height())
    drag(qtbot, window, task, "bottom", -120)
    share = task.height() / (task.height() + contestants.height())
    assert share < at_first - 0.1
    resize(window, 1440, 1000)
    window.findChild(object, "add_gru").click()  # type: ignore[attr-defined]
    QApplication.processEvents()
    now = task.height() / (task.height() + contestants.height())
    assert now == pytest.approx(share, abs=0.02)
    window.actions_by_name["reset_layout"].trigger()
    qtbot.waitUntil(lambda: task.height() / (task.height() + contestants.height()) > share + 0.02)
