"""The panel of answers in the window: its key, its place under the columns, what it asks for."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtWidgets import QApplication, QMenu, QToolButton

from sandbox.experiment import parse
from sandbox.gui.look.theme import Theme
from sandbox.gui.session.preferences import Preferences
from sandbox.gui.window.main_window import MainWindow
from sandbox.run.messages import Frame, Phase
from tests.gui.conftest import open_window

if TYPE_CHECKING:
    from pytestqt.qtbot import QtBot

    from tests.gui.conftest import Desk

THREE = [{"cell": cell} for cell in ("rnn", "lstm", "gru")]


def show(window: MainWindow, desk: Desk) -> None:
    """By its action, with a frame."""
    window.actions_by_name["answers"].setChecked(True)
    desk.frame()
    desk.session.tick()  # a rest, in which it is drawn
    QApplication.processEvents()


def test_that_a_key_shows_it_and_its_own_button_hides_it(
    window: MainWindow, desk: Desk, qtbot: QtBot
) -> None:
    panel = window.stage.answers
    assert not panel.isVisible()
    window.stage.nets.setFocus()
    qtbot.keyClick(window, Qt.Key.Key_A)
    assert panel.isVisible()
    assert window.actions_by_name["answers"].isChecked()
    close = next(b for b in panel.findChildren(QToolButton) if "Hide" in b.accessibleName())
    close.click()
    assert not panel.isVisible()
    assert not window.actions_by_name["answers"].isChecked()


@pytest.mark.parametrize(
    ("size", "contestants"), [((1280, 720), THREE[:2]), ((1920, 1080), THREE), ((960, 640), THREE)]
)
def test_that_its_columns_share_the_time_axis_of_those_above_to_the_pixel(
    desk: Desk, qtbot: QtBot, size: tuple[int, int], contestants: list[dict[str, str]]
) -> None:
    window = open_window(desk, qtbot)
    desk.session.edit(desk.session.experiment.changed(contestants=contestants))
    desk.tell(Phase.READY)
    window.resize(*size)
    show(window, desk)
    bar = window.stage.nets.area.horizontalScrollBar()
    bar.setValue(bar.maximum())
    QApplication.processEvents()
    for key in desk.session.shown.cells:
        above, below = window.stage.nets.column(key), window.stage.answers.column(key)
        assert above.places is not None
        assert below.places is not None
        assert above.places.timeline == below.places.timeline
        corners = [each.mapTo(window, QPoint(0, 0)).x() for each in (above, below)]
        assert corners[0] == corners[1], key
    window.close()


def test_that_it_takes_only_what_the_nets_can_spare_and_gives_it_back(
    window: MainWindow, desk: Desk, qtbot: QtBot
) -> None:
    nets, panel = window.stage.nets, window.stage.answers
    show(window, desk)
    assert nets.height() >= nets.needed
    window.resize(1440, 1000)
    QApplication.processEvents()
    assert panel.height() == panel.sizeHint().height()
    window.splitter.setSizes([window.splitter.sizes()[0], 200, 260])
    window.splitter.splitterMoved.emit(0, 2)  # as a person's hand does
    window.resize(1280, 720)
    qtbot.waitUntil(lambda: nets.height() >= nets.needed)  # once the docks have their heights
    window.resize(1440, 1000)
    QApplication.processEvents()
    assert panel.height() > panel.sizeHint().height()


def test_that_the_smallest_window_is_no_larger_with_it(window: MainWindow, desk: Desk) -> None:
    show(window, desk)
    assert window.minimumSizeHint().width() <= 960
    assert window.minimumSizeHint().height() <= 540


def test_that_it_is_there_again_as_high_as_it_was(desk: Desk, qtbot: QtBot) -> None:
    window = open_window(desk, qtbot)
    window.resize(1000, 760)
    show(window, desk)
    window.splitter.setSizes([window.splitter.sizes()[0], 300, 130])
    window.splitter.splitterMoved.emit(0, 2)
    before = window.stage.answers.height()
    window.close()
    again = MainWindow(desk.session, Theme("dark"), Preferences())
    qtbot.addWidget(again)
    with qtbot.waitExposed(again):
        again.show()
    QApplication.processEvents()
    assert again.stage.answers.isVisible()
    assert abs(again.stage.answers.height() - before) <= 2
    again.close()


def test_that_a_step_marked_there_is_marked_everywhere(window: MainWindow, desk: Desk) -> None:
    show(window, desk)
    window.stage.answers.step_hovered.emit(3)
    assert window.stage.nets.marked == window.stage.sentence.marked == 3
    window.stage.nets.step_hovered.emit(2)
    content = window.stage.answers.column("rnn").content
    assert content is not None
    assert (content.step, content.marked) == (2, True)


def test_that_a_worker_looks_ahead_only_for_a_panel_that_is_seen(desk: Desk, qtbot: QtBot) -> None:
    window = open_window(desk, qtbot)
    desk.session.edit(parse({"task": "forecast", "contestants": THREE[:1]}))
    desk.tell(Phase.READY)
    assert desk.control.look_ahead.call_count == 0
    show(window, desk)
    steps = desk.control.look_ahead.call_args.args[0]
    assert steps >= 10
    window.actions_by_name["answers"].setChecked(False)
    assert desk.control.look_ahead.call_args.args == (0,)
    window.actions_by_name["answers"].setChecked(True)
    assert desk.control.look_ahead.call_args.args == (steps,)
    desk.session.edit(parse({"task": "recall"}))  # its answers are no inputs
    assert desk.control.look_ahead.call_args.args == (0,)
    window.close()


def test_that_the_last_look_ahead_stays_until_another_run(desk: Desk, qtbot: QtBot) -> None:
    window = open_window(desk, qtbot)
    desk.session.edit(parse({"task": "forecast", "contestants": THREE[:1]}))
    desk.tell(Phase.READY)
    show(window, desk)
    frame = desk.frame(5)
    shape = (frame.probe.roles.shape[1] + 12, len(frame.probe), 1)
    found = {"rnn": np.full(shape, 0.25, np.float32)}
    desk.mailbox.post(Frame(frame.run, 6, frame.probe, frame.traces, found))
    desk.session.tick()
    desk.session.tick()
    desk.frame(7)  # while training most frames have none
    desk.session.tick()
    content = window.stage.answers.column("rnn").content
    assert content is not None
    assert content.ahead is not None
    assert (content.ahead == 0.25).all()
    desk.session.restart()
    desk.tell(Phase.READY)
    desk.frame(0)
    desk.session.tick()
    content = window.stage.answers.column("rnn").content
    assert content is not None
    assert content.ahead is None
    window.close()


def test_that_its_menu_copies_answers_and_picture(window: MainWindow, desk: Desk) -> None:
    show(window, desk)
    window.stage.answers.customContextMenuRequested.emit(QPoint(5, 5))
    menu = window.findChild(QMenu, "figure_menu")
    assert menu is not None
    words = [action.text().replace("&", "") for action in menu.actions()]
    assert words[:2] == ["Copy answers as table", "Copy figure"]
    menu.actions()[0].trigger()
    assert QApplication.clipboard().text().startswith("step\tread\tright answer\tRNN answers")
    menu.close()
