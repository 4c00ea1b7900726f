"""The first run on a machine is slow enough to be watched; every other one is as fast as ever."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import pytest

from sandbox.experiment import Experiment
from sandbox.gui.session.first_run import FIRST_PACE, KEY, OVER, TO_COME, FirstRun, pace_at
from sandbox.gui.session.preferences import Preferences
from sandbox.run.control import FULL_SPEED
from sandbox.run.messages import Phase
from tests.gui.controls import named

if TYPE_CHECKING:
    from pytestqt.qtbot import QtBot

    from sandbox.gui.window.main_window import MainWindow
    from tests.gui.conftest import Desk


def first_run(desk: Desk, fresh: bool = True) -> FirstRun:
    return FirstRun(desk.session, Preferences(), fresh, desk.session)


def test_that_the_default_run_takes_20_to_30_seconds_and_its_learning_some_of_them() -> None:
    taken, at = 0.0, {}
    for step in range(Experiment().steps):
        at[step] = taken
        taken += 1 / pace_at(step)
    assert 20 < taken < 30
    assert 5 < at[100] < 12  # before the LSTM learns
    assert 2 < at[250] - at[100] < 6
    assert pace_at(0) == FIRST_PACE


def test_that_the_first_run_is_slow_before_its_first_step_and_grows_quicker(desk: Desk) -> None:
    first = first_run(desk)
    desk.session.train()
    names = [call[0] for call in desk.control.method_calls]
    assert names.index("speed") < names.index("train")
    desk.control.speed.assert_called_with(FIRST_PACE)
    assert first.slowed
    paces = []
    for step in (10, 50, 400):
        desk.tell(Phase.RUNNING, step)
        desk.frame(step)
        paces.append(desk.session.feed.speed)
    assert paces == [pytest.approx(pace_at(step)) for step in (10, 50, 400)]


def test_that_the_end_of_the_run_ends_it(desk: Desk) -> None:
    first = first_run(desk)
    desk.session.train()
    desk.tell(Phase.RUNNING, 10)
    desk.event(3000, "finished", "finished")
    desk.tell(Phase.FINISHED, desk.session.experiment.steps)
    assert not first.slowed
    assert desk.session.feed.speed == FULL_SPEED
    desk.session.restart()
    desk.session.train()
    assert desk.session.feed.speed == FULL_SPEED


def test_that_a_pause_does_not_end_it(desk: Desk) -> None:
    first = first_run(desk)
    desk.session.train()
    desk.tell(Phase.RUNNING, 20)
    desk.session.pause()
    desk.tell(Phase.PAUSED, 21)
    desk.session.train()
    desk.tell(Phase.RUNNING, 90)
    desk.frame(90)
    assert first.slowed
    assert desk.session.feed.speed == pytest.approx(pace_at(90))


@pytest.mark.parametrize("chosen", [3.0, 50.0, FULL_SPEED])
def test_that_a_speed_that_a_person_chooses_stays(desk: Desk, chosen: float) -> None:
    first = first_run(desk)
    said: list[bool] = []
    first.changed.connect(said.append)
    desk.session.train()
    desk.tell(Phase.RUNNING, 20)
    desk.session.feed.set_speed(chosen)
    for step in (60, 300):
        desk.tell(Phase.RUNNING, step)
        desk.frame(step)
    desk.event(3000, "finished", "finished")
    desk.tell(Phase.FINISHED, desk.session.experiment.steps)
    assert desk.session.feed.speed == chosen
    assert said == [True, False]


def test_that_another_run_goes_at_full_speed(desk: Desk) -> None:
    first = first_run(desk)
    desk.session.train()
    desk.tell(Phase.RUNNING, 20)
    desk.session.edit(desk.session.experiment.changed(seed=3))  # it goes on training
    assert desk.session.feed.training
    assert not first.slowed
    assert desk.session.feed.speed == FULL_SPEED


def test_that_it_comes_once_on_a_machine(desk: Desk) -> None:
    assert Preferences().text(KEY) == ""
    first_run(desk)
    assert Preferences().text(KEY) == TO_COME  # the window may be closed before a run
    again = first_run(desk, fresh=False)
    desk.session.train()
    assert again.slowed or desk.session.feed.speed != FULL_SPEED
    assert Preferences().text(KEY) == OVER
    desk.session.feed.set_speed(FULL_SPEED)
    desk.session.restart()
    third = first_run(desk)
    desk.session.train()
    assert not third.slowed
    assert desk.session.feed.speed == FULL_SPEED


@pytest.mark.parametrize("why", ["runs are kept", "reopened", "speed chosen before"])
def test_that_there_is_none_where(desk: Desk, why: str) -> None:
    first = first_run(desk, fresh=why != "runs are kept")
    speed = FULL_SPEED
    if why == "reopened":
        desk.session.open_stored("an older run", desk.session.experiment, None)
    elif why == "speed chosen before":
        speed = 20.0
        desk.session.feed.set_speed(speed)
    desk.session.train()
    assert not first.slowed
    assert desk.session.feed.speed == speed


def test_that_the_run_bar_says_so_and_f_goes_on_at_full_speed(
    desk: Desk, window: MainWindow, qtbot: QtBot
) -> None:
    note = window.run_bar.slowed
    first = first_run(desk)
    first.changed.connect(note.setVisible)
    assert not note.isVisible()
    desk.session.train()
    assert note.isVisible()
    assert "so that you can watch" in note.accessibleName()
    button = named(note, "full speed (F)")
    assert button.isVisible()
    qtbot.keyClick(window.stage.nets, "f")
    assert math.isinf(desk.session.feed.speed)
    assert not note.isVisible()


def test_that_f_is_full_speed_in_any_run(desk: Desk, window: MainWindow, qtbot: QtBot) -> None:
    desk.session.feed.set_speed(2)
    qtbot.keyClick(window.stage.nets, "f")
    assert desk.session.feed.speed == FULL_SPEED
