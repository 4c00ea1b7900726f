"""Figures of what is on screen: by key, by a panel's menu, and of runs that must be read first."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING

import numpy as np
import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QApplication, QMenu

from sandbox.gui.figures.figure_dialog import FigureDialog
from sandbox.gui.session.curvebuffer import MOST_BINS
from sandbox.gui.window import figure_links
from tests.gui.controls import named, wait_for

if TYPE_CHECKING:
    from collections.abc import Iterator

    from PySide6.QtWidgets import QWidget
    from pytestqt.qtbot import QtBot

    from sandbox.gui.window.main_window import MainWindow
    from tests.gui.conftest import Desk


@pytest.fixture
def shown(window: MainWindow) -> Iterator[MainWindow]:
    yield window
    window.figure_links.work.close()


class SlowStore:
    """A store whose disk answers when it is let; nobody may wait for it in the window's thread."""

    def __init__(self) -> None:
        self.asked, self.may_answer = threading.Event(), threading.Event()
        self.threads: list[threading.Thread] = []

    def record(self, run: str) -> object:
        self.threads.append(threading.current_thread())
        self.asked.set()
        assert self.may_answer.wait(20)
        raise OSError(5, "Input/output error")


@pytest.fixture
def slow(shown: MainWindow, desk: Desk) -> Iterator[SlowStore]:
    """The window shows a run so long that the store has to be read for a figure."""
    store = SlowStore()
    desk.run_until(MOST_BINS + 2)
    desk.points(1, MOST_BINS + 2)
    desk.frame(40)
    shown.library.store = store  # type: ignore[assignment]
    yield store
    store.may_answer.set()
    shown.library.store = None


def dialog_of(window: MainWindow) -> FigureDialog:
    (found,) = window.findChildren(FigureDialog)
    return found


def test_that_ctrl_p_shows_the_picture_of_the_curves(
    desk: Desk, shown: MainWindow, qtbot: QtBot
) -> None:
    desk.run_until(40)
    desk.points(1, 40)
    qtbot.keyClick(QApplication.focusWidget(), Qt.Key.Key_P, Qt.KeyboardModifier.ControlModifier)
    dialog = dialog_of(shown)
    qtbot.waitUntil(lambda: not dialog.preview.pixmap().isNull(), timeout=20_000)
    dialog.close()


def test_that_a_figure_can_be_brought_up_to_the_step_on_screen(
    desk: Desk, shown: MainWindow, qtbot: QtBot
) -> None:
    desk.run_until(40)
    desk.points(1, 40)
    shown.figure_links.show_dialog()
    dialog = dialog_of(shown)
    desk.points(41, 60)
    assert dialog._source.curves.curves["lstm"].steps[-1] == 40
    qtbot.mouseClick(named(dialog, "Update"), Qt.MouseButton.LeftButton)
    assert dialog._source.curves.curves["lstm"].steps[-1] == 100
    qtbot.waitUntil(lambda: dialog.figure is not None, timeout=20_000)
    dialog.close()


def test_that_a_picture_is_of_what_is_on_screen(desk: Desk, shown: MainWindow) -> None:
    desk.run_until(40)
    desk.points(1, 40)
    frame = desk.frame(40)
    desk.session.select_example(2)
    shown.actions_by_name["log_loss"].setChecked(True)
    shown.actions_by_name["relative"].setChecked(False)
    source = shown.figure_links.source()
    assert (source.run, source.experiment) == (desk.session.run, desk.session.experiment)
    assert source.frame is frame
    assert (source.example, source.log, source.relative) == (2, True, False)
    assert source.clock is not None
    assert source.clock[-1, 0] == 40
    assert source.curves.curves["lstm"].steps[-1] == 40
    assert source.read is None
    desk.session.look_back(20)
    desk.frame(20)
    assert shown.figure_links.source().frame.step == 20  # type: ignore[union-attr]


@pytest.mark.parametrize(
    ("panel", "name"), [("curves", "curves"), ("nets", "gradient"), ("sentence", "sentence")]
)
def test_that_every_panel_has_a_menu_for_its_picture(
    desk: Desk, shown: MainWindow, monkeypatch: pytest.MonkeyPatch, panel: str, name: str
) -> None:
    desk.run_until(40)
    desk.frame(40)
    monkeypatch.setattr(shown.stage.nets, "under", "")
    asked: list[str] = []
    whole = figure_links.FigureLinks._name_of
    monkeypatch.setattr(
        figure_links.FigureLinks, "_name_of", lambda *a: asked.append(whole(*a)) or asked[-1]
    )
    place: QWidget = getattr(shown.stage, panel)
    place.customContextMenuRequested.emit(QPoint(5, 5))
    menu = QApplication.activePopupWidget()
    assert isinstance(menu, QMenu)
    assert asked == [name]
    menu.close()


def test_that_the_picture_under_the_mouse_is_the_nets(
    desk: Desk, shown: MainWindow, monkeypatch: pytest.MonkeyPatch
) -> None:
    desk.run_until(40)
    desk.frame(40)
    monkeypatch.setattr(shown.stage.nets, "under", "lstm")
    assert shown.figure_links._name_of(shown.stage.nets) == "gates:lstm"


def test_that_a_long_run_is_read_off_the_windows_thread(
    desk: Desk, shown: MainWindow, slow: SlowStore, qtbot: QtBot
) -> None:
    shown.figure_links.show_dialog()
    dialog = dialog_of(shown)
    wait_for(slow.asked.is_set)
    assert threading.main_thread() not in slow.threads
    assert dialog.preview.text() == "Drawing …"
    before = desk.session.example
    desk.session.select_example(before + 1)  # the window goes on
    assert desk.session.example == before + 1
    slow.may_answer.set()
    wait_for(lambda: "Input/output error" in dialog.preview.text())
    dialog.close()


def test_that_a_copy_of_a_long_run_does_not_hold_the_window(
    desk: Desk, shown: MainWindow, slow: SlowStore
) -> None:
    QGuiApplication.clipboard().setText("before")
    shown.stage.curves.customContextMenuRequested.emit(QPoint(5, 5))
    menu = shown.findChild(QMenu, "figure_menu")
    assert menu is not None
    menu.actions()[0].trigger()
    menu.close()
    wait_for(slow.asked.is_set)
    assert threading.main_thread() not in slow.threads
    assert "drawing the figure" in desk.session.remark
    assert QGuiApplication.clipboard().text() == "before"


def test_that_the_window_closes_while_a_long_run_is_read(
    shown: MainWindow, slow: SlowStore
) -> None:
    shown.figure_links.show_dialog()
    wait_for(slow.asked.is_set)
    dialog_of(shown).close()
    shown.close()
    assert not shown.isVisible()
    slow.may_answer.set()
    wait_for(lambda: not any(each.name == "figures" for each in threading.enumerate()))


def test_that_a_long_run_that_the_store_lacks_is_drawn_as_it_is_on_screen(
    desk: Desk, shown: MainWindow, qtbot: QtBot
) -> None:
    desk.run_until(MOST_BINS + 2)
    desk.points(1, MOST_BINS + 2)
    source = shown.figure_links.source()
    assert source.read is not None
    assert np.size(source.run_curves.series[0].steps) < MOST_BINS
