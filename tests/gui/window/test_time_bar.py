"""The slider over training time, its film, the way back to now, and the fork."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtGui import QColor
from PySide6.QtWidgets import QApplication, QSlider, QStyle, QStyleOptionSlider, QToolButton

from sandbox.drawing.styles import DARK, LIGHT
from sandbox.gui.window import time_bar
from sandbox.run.messages import Phase
from sandbox.store.base import Origin
from tests.gui.conftest import open_window
from tests.gui.controls import focus, named
from tests.gui.live import PATIENCE_MS, assert_same_pictures, live

if TYPE_CHECKING:
    from pathlib import Path

    from PySide6.QtGui import QIcon
    from pytestqt.qtbot import QtBot

    from sandbox.drawing.styles import Palette
    from sandbox.gui.window.main_window import MainWindow
    from tests.gui.conftest import Desk

SHIFT, CONTROL = Qt.KeyboardModifier.ShiftModifier, Qt.KeyboardModifier.ControlModifier
NAMES = ("film", "earlier", "later", "now", "fork")
LAST = 200


@pytest.fixture
def trained(desk: Desk, window: MainWindow) -> MainWindow:
    """Paused at step 200, with everything told."""
    desk.run_until(LAST)
    desk.points(1, LAST)
    desk.session.pause()
    desk.tell(Phase.PAUSED, LAST)
    desk.frame(LAST)
    desk.control.reset_mock()
    return window


def slider(window: MainWindow) -> QSlider:
    return window.time_bar.slider


def words(window: MainWindow) -> str:
    return slider(window).accessibleDescription()


def button(window: MainWindow, name: str) -> QToolButton:
    found = named(window.time_bar, name)
    assert isinstance(found, QToolButton)
    return found


def enabled(window: MainWindow) -> set[str]:
    return {name for name in NAMES if window.actions_by_name[name].isEnabled()}


def press(qtbot: QtBot, key: Qt.Key, modifier: Qt.KeyboardModifier) -> None:
    qtbot.keyClick(QApplication.focusWidget(), key, modifier)


# What can be done -----------------------------------------------------------------------


def test_that_nothing_can_be_done_before_the_first_step(window: MainWindow) -> None:
    assert enabled(window) == set()
    assert not slider(window).isEnabled()
    assert words(window) == "nothing trained yet"
    assert not any(button(window, name).isEnabled() for name in ("Film", "Now", "Fork"))


def test_that_at_the_last_step_one_can_only_go_back_or_fork(trained: MainWindow) -> None:
    assert enabled(trained) == {"film", "earlier", "fork"}
    assert words(trained) == "step 200, the last"
    assert (slider(trained).minimum(), slider(trained).maximum()) == (0, LAST)
    assert slider(trained).value() == LAST


@pytest.mark.parametrize(
    ("step", "able"),
    [
        (0, {"film", "later", "now", "fork"}),
        (120, {"film", "earlier", "later", "now", "fork"}),
        (LAST, {"film", "earlier", "now", "fork"}),
    ],
)
def test_that_actions_are_there_where_they_can_do_something(
    desk: Desk, trained: MainWindow, step: int, able: set[str]
) -> None:
    desk.session.look_back(step)
    assert enabled(trained) == able
    assert slider(trained).value() == step
    assert button(trained, "Now").isEnabled()


def test_that_a_fork_that_has_not_moved_can_only_be_trained(
    desk: Desk, trained: MainWindow
) -> None:
    desk.session.look_back(120)
    trained.actions_by_name["fork"].trigger()
    bar = slider(trained)
    assert handle(bar).x() > bar.width() * 0.9
    desk.tell(Phase.PAUSED, 120)
    assert enabled(trained) == set()
    assert words(trained) == "step 120, the last"
    assert "Train" in button(trained, "Film").toolTip()  # why it cannot be pressed
    assert handle(bar).x() > bar.width() * 0.9
    desk.run_until(125)
    assert enabled(trained) == {"film", "earlier", "fork"}
    assert button(trained, "Film").toolTip() == trained.actions_by_name["film"].toolTip()
    assert (slider(trained).minimum(), slider(trained).maximum()) == (120, 125)


def test_that_the_bar_follows_the_training(desk: Desk, window: MainWindow) -> None:
    for step in (40, 900, 25_000):
        desk.run_until(step)
        desk.frame(step)
        assert (slider(window).maximum(), slider(window).value()) == (step, step)
        assert words(window) == f"step {step:,}"
    assert slider(window).pageStep() == 1_250


def test_that_it_says_which_step_is_shown_until_the_wanted_one_is_there(
    desk: Desk, trained: MainWindow
) -> None:
    desk.session.look_back(120)
    desk.frame(100)  # the checkpoint comes first
    assert words(trained) == "step 120 · shown: 100"
    desk.frame(120)
    assert words(trained) == "step 120 of 200"


def test_that_the_curves_mark_the_step_that_the_bar_says_is_shown(
    desk: Desk, trained: MainWindow
) -> None:
    """At every moment, while the worker is on its way to the step that is wanted."""
    curves = trained.stage.curves

    def marked() -> list[str]:
        moments = curves.loss_plot.notes.notes.moments
        return [each.label for each in moments if each.label.startswith("shown")]

    assert marked() == []
    desk.session.look_back(120)
    assert words(trained) == "step 120 · shown: 200"
    assert marked() == ["shown: 200"]
    desk.frame(100)
    assert words(trained) == "step 120 · shown: 100"
    assert marked() == ["shown: 100"]
    desk.frame(120)
    assert words(trained) == "step 120 of 200"
    assert marked() == ["shown: 120"]
    desk.session.look_back(None)
    assert marked() == []


# The slider -----------------------------------------------------------------------------


def test_that_keys_on_the_slider_look_back_and_the_last_step_is_now(
    desk: Desk, trained: MainWindow, qtbot: QtBot
) -> None:
    bar = focus(qtbot, slider(trained))
    for key, step in (
        (Qt.Key.Key_PageDown, 190),
        (Qt.Key.Key_Left, 189),
        (Qt.Key.Key_Home, 0),
        (Qt.Key.Key_Right, 1),
        (Qt.Key.Key_End, None),
    ):
        qtbot.keyClick(bar, key)
        assert desk.session.shown.looking == step


def handle(bar: QSlider) -> QPoint:
    option = QStyleOptionSlider()
    bar.initStyleOption(option)
    control, part = QStyle.ComplexControl.CC_Slider, QStyle.SubControl.SC_SliderHandle
    return bar.style().subControlRect(control, option, part, bar).center()


@pytest.mark.parametrize("share", [0.25, 0.5, 0.75])
def test_that_a_click_in_the_groove_goes_there(
    desk: Desk, trained: MainWindow, qtbot: QtBot, share: float
) -> None:
    bar = slider(trained)
    at = QPoint(round(bar.width() * share), bar.height() // 2)
    qtbot.mouseClick(bar, Qt.MouseButton.LeftButton, pos=at)
    assert desk.session.shown.looking == pytest.approx(share * LAST, abs=0.03 * LAST)


def test_that_dragging_pauses_and_follows_the_mouse(
    desk: Desk, window: MainWindow, qtbot: QtBot
) -> None:
    desk.run_until(LAST)
    desk.frame(LAST)
    bar, left = slider(window), Qt.MouseButton.LeftButton
    at = handle(bar)
    qtbot.mousePress(bar, left, pos=at)
    assert desk.session.feed.training
    qtbot.mouseMove(bar, QPoint(at.x() // 2, at.y()))
    assert not desk.session.feed.training
    step = desk.session.shown.looking
    assert step is not None
    assert 60 < step < 140
    desk.tell(Phase.PAUSED, LAST + 4)  # the block that was under way
    assert bar.value() == desk.session.shown.looking == step
    qtbot.mouseRelease(bar, left, pos=QPoint(at.x() // 2, at.y()))
    assert desk.session.shown.looking == step


def test_that_pressing_the_handle_alone_changes_nothing_while_training(
    desk: Desk, window: MainWindow, qtbot: QtBot
) -> None:
    desk.run_until(LAST)
    bar = slider(window)
    qtbot.mousePress(bar, Qt.MouseButton.LeftButton, pos=handle(bar))
    desk.tell(Phase.RUNNING, LAST + 100)
    assert (desk.session.shown.looking, desk.session.feed.training) == (None, True)
    qtbot.mouseRelease(bar, Qt.MouseButton.LeftButton, pos=handle(bar))


# The keys of the menu -------------------------------------------------------------------


def test_that_shift_and_arrows_go_a_step_back_and_forth(
    desk: Desk, trained: MainWindow, qtbot: QtBot
) -> None:
    for key, step in (
        (Qt.Key.Key_Left, 199),
        (Qt.Key.Key_Left, 198),
        (Qt.Key.Key_Right, 199),
        (Qt.Key.Key_Right, None),  # the last one is now
    ):
        press(qtbot, key, SHIFT)
        assert desk.session.shown.looking == step


def test_that_going_further_while_training_does_not_stop_it(
    desk: Desk, window: MainWindow, qtbot: QtBot
) -> None:
    desk.run_until(LAST)
    press(qtbot, Qt.Key.Key_Right, SHIFT)
    assert (desk.session.feed.training, desk.session.shown.looking) == (True, None)


def test_that_n_goes_back_to_now(desk: Desk, trained: MainWindow, qtbot: QtBot) -> None:
    desk.session.look_back(50)
    qtbot.keyClick(QApplication.focusWidget(), "n")
    assert desk.session.shown.looking is None
    assert slider(trained).value() == LAST


def test_that_ctrl_b_forks_at_the_step_shown(desk: Desk, trained: MainWindow, qtbot: QtBot) -> None:
    parent = desk.session.run
    desk.session.look_back(50)
    press(qtbot, Qt.Key.Key_B, CONTROL)
    assert desk.session.shown.origin == Origin(parent, 50)


def test_that_a_fork_of_a_run_that_trains_waits(desk: Desk, window: MainWindow) -> None:
    desk.run_until(LAST)
    window.actions_by_name["fork"].trigger()
    desk.tell(Phase.PAUSED, LAST)
    assert not desk.session.feed.training
    assert not desk.opened[1]
    assert window.actions_by_name["train"].text() == "&Train"


# The film -------------------------------------------------------------------------------


class Film:
    """Plays it, with a worker that answers at once; the steps that were shown."""

    def __init__(self, desk: Desk, window: MainWindow, qtbot: QtBot) -> None:
        self.desk, self.window, self.qtbot = desk, window, qtbot
        self.steps: list[int] = []
        desk.session.looked_back.connect(self._answer)

    def _answer(self, step: int | None) -> None:
        if step is not None:
            self.steps.append(step)
            self.desk.frame(step)

    @property
    def plays(self) -> bool:
        return self.window.time_bar.playing

    def until_it_stops(self) -> list[int]:
        self.qtbot.waitUntil(lambda: not self.plays)
        return self.steps


class Ticking:
    """A clock on which every look takes the same time, as if each picture took so long."""

    def __init__(self, tick: float) -> None:
        self.now, self.tick = 0.0, tick

    def __call__(self) -> float:
        self.now += self.tick
        return self.now


@pytest.fixture
def film(desk: Desk, trained: MainWindow, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch) -> Film:
    monkeypatch.setattr(time_bar, "FILM_S", 10 / 8)
    monkeypatch.setattr(trained.time_bar, "_clock", Ticking(1 / 8))  # ten pictures
    return Film(desk, trained, qtbot)


def test_that_p_plays_from_the_first_step_to_the_last_and_stops(
    desk: Desk, film: Film, qtbot: QtBot
) -> None:
    qtbot.keyClick(QApplication.focusWidget(), "p")
    assert film.plays
    assert film.until_it_stops() == list(range(0, LAST + 1, 20))
    assert desk.session.shown.wanted_step == LAST


def test_that_it_plays_again_from_the_start(film: Film, qtbot: QtBot) -> None:
    action = film.window.actions_by_name["film"]
    action.trigger()
    first = list(film.until_it_stops())
    film.steps.clear()
    action.trigger()
    assert film.until_it_stops() == first


def test_that_it_plays_from_the_step_shown(desk: Desk, film: Film) -> None:
    desk.session.look_back(130)
    film.window.actions_by_name["film"].trigger()
    assert film.until_it_stops() == [130, 150, 170, 190, LAST]


@pytest.mark.parametrize("takes", [0.033, 0.3], ids=["quick pictures", "slow pictures"])
@pytest.mark.parametrize("speed", [30, 300])
def test_that_a_film_goes_as_fast_as_the_speed_slider_says(
    desk: Desk, film: Film, monkeypatch: pytest.MonkeyPatch, speed: float, takes: float
) -> None:
    clock = Ticking(takes)
    monkeypatch.setattr(film.window.time_bar, "_clock", clock)
    desk.session.feed.set_speed(speed)
    desk.session.look_back(100)
    film.window.actions_by_name["film"].trigger()
    assert film.until_it_stops()[-1] == LAST
    assert clock.now - takes == pytest.approx(100 / speed, abs=takes)


def test_that_a_film_follows_the_speed_while_it_plays(desk: Desk, film: Film) -> None:
    desk.session.feed.set_speed(8)
    film.window.actions_by_name["film"].trigger()
    film.qtbot.waitUntil(lambda: len(film.steps) > 4)
    slow = film.steps.copy()
    desk.session.feed.set_speed(80)
    film.until_it_stops()
    assert slow == list(range(len(slow)))
    assert film.steps[len(slow) + 1] - film.steps[len(slow)] == 10


def test_that_a_short_run_has_a_picture_of_every_step_at_full_speed(
    desk: Desk, film: Film, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(time_bar, "FILM_S", 1000.0)
    monkeypatch.setattr(film.window.time_bar, "_clock", Ticking(time_bar.FILM_MS / 1000))
    desk.session.look_back(190)
    film.window.actions_by_name["film"].trigger()
    assert set(range(190, LAST)) - set(film.until_it_stops()) <= {199}


def test_that_the_film_button_keeps_its_width(film: Film) -> None:
    before = button(film.window, "Film").sizeHint()
    film.window.actions_by_name["film"].trigger()
    assert film.plays
    assert button(film.window, "Film").sizeHint() == before
    film.window.actions_by_name["film"].trigger()


def test_that_a_film_waits_for_each_picture(desk: Desk, trained: MainWindow, qtbot: QtBot) -> None:
    trained.actions_by_name["film"].trigger()
    qtbot.wait(150)
    assert desk.control.look_back.call_count == 1
    desk.frame(0)
    qtbot.waitUntil(lambda: desk.control.look_back.call_count == 2)
    qtbot.wait(100)
    assert desk.control.look_back.call_count == 2
    trained.actions_by_name["film"].trigger()


@pytest.mark.parametrize(
    "what", ["film", "earlier", "later", "now", "fork", "train", "drag", "run"]
)
def test_that_whatever_else_is_done_ends_the_film(
    desk: Desk, film: Film, qtbot: QtBot, what: str
) -> None:
    desk.session.look_back(100)
    film.window.actions_by_name["film"].trigger()
    assert film.plays
    if what == "drag":
        slider(film.window).setSliderDown(True)
        slider(film.window).setValue(30)
        slider(film.window).setSliderDown(False)
    elif what == "run":
        desk.session.edit(desk.session.experiment.changed(seed=4))
    else:
        film.window.actions_by_name[what].trigger()
    qtbot.waitUntil(lambda: not film.plays)
    looking = desk.session.shown.looking
    qtbot.wait(3 * time_bar.FILM_MS)
    assert desk.session.shown.looking == looking


def test_that_the_slider_stays_where_it_is_while_a_film_plays(film: Film) -> None:
    bar = slider(film.window)
    before = bar.geometry()
    film.window.actions_by_name["film"].trigger()
    QApplication.processEvents()
    assert film.plays
    assert bar.geometry() == before
    button(film.window, "Film").click()
    QApplication.processEvents()
    assert not film.plays
    assert bar.geometry() == before


# A click on the curves ------------------------------------------------------------------


def test_that_a_click_on_the_curves_looks_back_at_that_step(
    desk: Desk, trained: MainWindow, qtbot: QtBot
) -> None:
    curves = trained.stage.curves
    trained.stage.refresh()
    box = curves.loss_plot.box
    y = sum(box.viewRange()[1]) / 2
    spot = curves.plots.mapFromScene(box.mapViewToScene(QPointF(120, y)))
    with qtbot.waitSignal(desk.session.looked_back, timeout=3000):
        qtbot.mouseClick(curves.plots.viewport(), Qt.MouseButton.LeftButton, pos=spot)
    assert desk.session.shown.looking is not None
    assert abs(desk.session.shown.looking - 120) <= 1  # of some 2 pixels a step
    assert slider(trained).value() == desk.session.shown.looking


# Light and dark -------------------------------------------------------------------------


def is_drawn_in(color: str, icon: QIcon) -> bool:
    """Whether the most opaque pixel has that colour, but for rounding."""
    image = icon.pixmap(14, 14).toImage()
    pixels = [image.pixelColor(x, y) for x in range(image.width()) for y in range(image.height())]
    drawn, wanted = max(pixels, key=QColor.alpha), QColor(color)
    pairs = zip(drawn.getRgb()[:3], wanted.getRgb()[:3], strict=True)
    return drawn.alpha() > 100 and all(abs(one - other) <= 3 for one, other in pairs)


@pytest.mark.parametrize(("theme", "palette"), [("dark", DARK), ("light", LIGHT)])
def test_that_it_is_drawn_in_light_and_in_dark(
    desk: Desk, qtbot: QtBot, theme: str, palette: Palette
) -> None:
    window = open_window(desk, qtbot, theme)
    desk.run_until(LAST)
    film = button(window, "Film")
    assert is_drawn_in(palette.text, film.icon())
    window.actions_by_name["film"].trigger()
    assert is_drawn_in(palette.text, film.icon())
    window.actions_by_name["film"].trigger()
    bar = window.time_bar
    ground = window.grab(bar.rect().translated(bar.mapTo(window, QPoint()))).toImage()
    assert ground.pixelColor(2, 2).name() == palette.ground
    window.close()


# With the engine ------------------------------------------------------------------------


def test_that_the_keyboard_goes_to_a_step_with_the_pictures_of_then(
    qtbot: QtBot, tmp_path: Path
) -> None:
    with live(tmp_path, qtbot) as at:
        then = at.train_to(120)
        last = at.train_to(200)
        bar = focus(qtbot, at.window.time_bar.slider)
        for _ in range(8):
            qtbot.keyClick(bar, Qt.Key.Key_PageDown)
        again = at.frame_of(120)
        assert again is not then
        assert_same_pictures(again, then)
        qtbot.keyClick(bar, Qt.Key.Key_End)
        assert_same_pictures(at.frame_of(200), last)


def test_that_a_film_of_a_real_run_ends_at_its_last_step(
    qtbot: QtBot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(time_bar, "FILM_S", 1.0)
    with live(tmp_path, qtbot) as at:
        monkeypatch.setattr(at.window.time_bar, "_clock", Ticking(1 / 8))
        last = at.train_to(200)
        shown: list[int] = []
        at.session.frame_arrived.connect(lambda frame: shown.append(frame.step))
        at.window.actions_by_name["film"].trigger()
        qtbot.waitUntil(lambda: not at.window.time_bar.playing, timeout=PATIENCE_MS)
        assert at.session.shown.frame is not None
        assert_same_pictures(at.session.shown.frame, last)
        assert set(range(0, 201, 25)) <= set(shown)
        assert [step for step in shown if step % 25 == 0] == sorted(shown)
