"""What a person does with keyboard and mouse, and what the window then shows."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from PySide6.QtCore import QPoint, QRect, QSize, Qt
from PySide6.QtGui import QCursor
from PySide6.QtWidgets import (
    QAbstractButton,
    QAbstractItemView,
    QAbstractSlider,
    QAbstractSpinBox,
    QApplication,
    QCheckBox,
    QComboBox,
    QLabel,
    QScrollBar,
    QSlider,
    QTabBar,
    QWidget,
)

from sandbox.about import about
from sandbox.gui.forms.examples import Example, tokens
from sandbox.gui.session.drag import SETTLE_S
from sandbox.gui.session.run_feed import TICKS_A_BEAT
from sandbox.gui.widgets.fields import NumberField
from sandbox.gui.widgets.status_line import TIP_MS
from sandbox.gui.window import scene
from sandbox.gui.window.main_window import MainWindow
from sandbox.gui.window.run_bar import STOPS, TrainButton, speed_in_words
from sandbox.run import words
from sandbox.run.control import FULL_SPEED
from sandbox.run.messages import Phase
from sandbox.tasks.base import Role
from tests.gui.conftest import open_window
from tests.gui.controls import focus, named, refusals, type_into

if TYPE_CHECKING:
    from pytestqt.qtbot import QtBot

    from sandbox.run.messages import Frame
    from tests.gui.conftest import Desk

Space, Return = Qt.Key.Key_Space, Qt.Key.Key_Return


# Keys ---------------------------------------------------------------------------------


def test_that_space_trains_and_pauses(desk: Desk, window: MainWindow, qtbot: QtBot) -> None:
    qtbot.keyClick(QApplication.focusWidget(), Space)
    assert desk.control.train.call_count == 1
    qtbot.keyClick(QApplication.focusWidget(), Space)
    assert desk.control.pause.call_count == 1
    assert desk.control.train.call_count == 1


def test_that_point_steps_and_r_restarts(desk: Desk, window: MainWindow, qtbot: QtBot) -> None:
    qtbot.keyClick(QApplication.focusWidget(), ".")
    desk.control.step.assert_called_once_with(1)
    qtbot.keyClick(QApplication.focusWidget(), "r")
    assert desk.control.open.call_count == 2


@pytest.mark.parametrize(
    "name",
    [
        "Restart",
        "Step",
        "Train",
        "Speed",
        "Task",
        "gap",
        "distractors",
        "Add RNN",
        "LSTM forget bias 1",
    ],
)
def test_that_space_trains_whatever_has_the_focus(
    desk: Desk, window: MainWindow, qtbot: QtBot, name: str
) -> None:
    widget = focus(qtbot, named(window, name))
    qtbot.keyClick(widget, Space)
    assert desk.control.train.call_count == 1
    assert desk.control.open.call_count == 1
    assert not desk.control.step.called
    assert not desk.control.pause.called


def test_that_enter_presses_the_focused_button(
    desk: Desk, window: MainWindow, qtbot: QtBot
) -> None:
    qtbot.keyClick(focus(qtbot, named(window, "Step")), Return)
    desk.control.step.assert_called_once_with(1)
    box = focus(qtbot, named(window, "distractors"))
    qtbot.keyClick(box, Return)
    assert desk.session.experiment.params["distractors"] is True


def test_that_a_number_field_keeps_its_letters_and_its_point(
    desk: Desk, window: MainWindow, qtbot: QtBot
) -> None:
    field = focus(qtbot, named(window, "gap, as a number"))
    qtbot.keyClicks(field, "r.1")
    assert desk.control.open.call_count == 1
    assert not desk.control.step.called
    assert desk.session.example == 0
    qtbot.keyClick(field, Qt.Key.Key_Escape)


def test_that_space_in_a_number_field_takes_the_number_over_and_trains(
    desk: Desk, window: MainWindow, qtbot: QtBot
) -> None:
    field = focus(qtbot, named(window, "gap, as a number"))
    assert isinstance(field, NumberField)
    field.selectAll()
    qtbot.keyClicks(field, "80")
    qtbot.keyClick(field, Space)
    assert desk.opened[0].params["gap"] == 80
    assert desk.control.train.called


def test_that_digits_choose_the_example(desk: Desk, window: MainWindow, qtbot: QtBot) -> None:
    qtbot.keyClick(QApplication.focusWidget(), "2")
    assert desk.session.example == 1
    rows = window.findChildren(Example)
    assert [row.isChecked() for row in rows] == [False, True, False]
    qtbot.mouseClick(rows[2], Qt.MouseButton.LeftButton)
    assert desk.session.example == 2
    qtbot.keyClick(rows[2], Qt.Key.Key_Up)
    assert desk.session.example == 1


def test_that_brackets_change_the_speed(desk: Desk, window: MainWindow, qtbot: QtBot) -> None:
    qtbot.keyClick(QApplication.focusWidget(), "[")
    assert desk.session.feed.speed == STOPS[-2]
    qtbot.keyClick(QApplication.focusWidget(), "]")
    assert desk.session.feed.speed == FULL_SPEED
    assert [speed_in_words(stop) for stop in (STOPS[0], STOPS[-1])] == ["1 a second", "full speed"]


# Gap, task, contestants, training -----------------------------------------------------


def test_that_the_gap_slider_redraws_the_examples_at_once_and_the_run_follows(
    desk: Desk, window: MainWindow
) -> None:
    desk.run_until(40)
    row = window.findChildren(Example)[0]
    before = row.accessibleName()
    slider = named(window, "gap")
    assert isinstance(slider, QSlider)
    for gap in (60, 70, 80):
        slider.setValue(gap)
    assert row.accessibleName() != before
    assert desk.control.open.call_count == 1
    desk.now += SETTLE_S
    desk.session.tick()
    assert (desk.opened[0].params["gap"], desk.opened[1]) == (80, True)
    field = named(window, "gap, as a number")
    assert isinstance(field, NumberField)
    assert field.text() == "80"


def test_that_a_wrong_gap_is_refused_in_a_sentence_and_the_old_one_stays(
    desk: Desk, window: MainWindow, qtbot: QtBot
) -> None:
    field = named(window, "gap, as a number")
    type_into(qtbot, field, "900")
    assert refusals(window) == [
        "gap: 900 was given; it takes a whole number from 0 to 500.",
    ]
    assert isinstance(field, NumberField)
    assert field.text() == "50"
    assert desk.session.experiment.params["gap"] == 50
    type_into(qtbot, field, "60")
    assert refusals(window) == []


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("countries", "77"),
        ("RNN units", "0"),
        ("LSTM units", "many"),
        ("learning rate", "-1"),
        ("batch", "2.5"),
        ("Seed", "-1"),
    ],
)
def test_that_every_field_refuses_what_it_cannot_take(
    desk: Desk, window: MainWindow, qtbot: QtBot, name: str, text: str
) -> None:
    window.docks[2].raise_()
    experiment = desk.session.experiment
    type_into(qtbot, named(window, name), text)
    assert len(refusals(window)) == 1
    assert "it takes" in refusals(window)[0]
    assert desk.session.experiment == experiment
    assert desk.control.open.call_count == 1


def test_that_the_learning_rate_changes_without_a_restart(
    desk: Desk, window: MainWindow, qtbot: QtBot
) -> None:
    desk.run_until(40)
    window.docks[2].raise_()
    type_into(qtbot, named(window, "learning rate"), "0.001")
    assert desk.control.open.call_count == 1
    assert desk.control.adjust.call_args.args[0].lr == 0.001


def test_that_another_task_brings_its_own_gap_and_parameters(
    desk: Desk, window: MainWindow
) -> None:
    picker = named(window, "Task")
    assert isinstance(picker, QComboBox)
    for row in range(picker.count()):
        picker.setCurrentIndex(row)
        picker.activated.emit(row)
        task = desk.session.task
        assert task.name == picker.itemData(row)
        slider = named(window, task.gap_field) if task.gap_field else None
        assert slider is None or slider.isVisible()
        names = {w.accessibleName() for w in window.findChildren(QWidget)}
        fields = [n for n in task.Params.model_fields if n != task.gap_field]
        assert {about(task.Params, n).label for n in fields} <= names


def test_that_contestants_are_added_up_to_eight_with_names_of_their_own(
    desk: Desk, window: MainWindow, qtbot: QtBot
) -> None:
    add = named(window, "Add LSTM")
    assert isinstance(add, QAbstractButton)
    while add.isEnabled():
        add.click()
    names = [contestant.name for contestant in desk.session.experiment.contestants]
    assert len(names) == len(set(names)) == 8
    assert names[:4] == ["rnn", "lstm", "lstm2", "lstm3"]
    assert named(window, "LSTM 2 forget bias 1").isEnabled()


def test_that_the_last_contestant_cannot_be_removed(
    desk: Desk, window: MainWindow, qtbot: QtBot
) -> None:
    remove = named(window, "Remove RNN")
    assert isinstance(remove, QAbstractButton)
    remove.click()
    assert [c.name for c in desk.session.experiment.contestants] == ["lstm"]
    qtbot.waitUntil(lambda: not named(window, "Remove LSTM").isEnabled())


@pytest.mark.parametrize(
    ("choice", "value"), [("0", 0.0), ("5", 5.0), ("chrono", "chrono"), ("other", 2.5)]
)
def test_that_the_forget_bias_can_be_chosen_or_typed(
    desk: Desk, window: MainWindow, qtbot: QtBot, choice: str, value: object
) -> None:
    button = named(window, f"LSTM forget bias {choice}")
    assert isinstance(button, QAbstractButton)
    button.click()
    if choice == "other":
        type_into(qtbot, named(window, "LSTM forget bias, value"), "2.5")
    lstm = desk.session.experiment.contestant("lstm")
    assert lstm.model_dump()["forget_bias"] == value


# What is shown ------------------------------------------------------------------------


def words_of(window: MainWindow) -> list[str]:
    return [label.text() for label in window.findChildren(QLabel) if label.text()]


def test_that_the_state_of_the_run_tells_when_the_first_steps_are_there(
    desk: Desk, window: MainWindow
) -> None:
    desk.run_until(0)
    assert "preparing the first steps: Space pauses" in words_of(window)
    desk.points(1, 10)
    for _ in range(TICKS_A_BEAT):
        desk.session.tick()
    assert "training: Space pauses" in words_of(window)


@pytest.mark.parametrize("words", ["Train", "Pause", "Start again", "Train 3,000 more"])
def test_that_the_large_button_has_room_for_its_words(window: MainWindow, words: str) -> None:
    button = window.run_bar.findChild(TrainButton)
    button.show_words(words)
    assert button.sizeHint().width() <= button.width()


def test_that_each_state_says_so_in_words(desk: Desk, window: MainWindow) -> None:
    def status() -> str:
        return scene.phase_in_words(desk.session)

    assert "untrained" in status()
    assert status() in words_of(window)
    desk.run_until(40)
    assert "training" in status()
    desk.tell(Phase.PAUSED, 41)
    assert "paused at step 41" in status()
    desk.session.train()
    desk.tell(Phase.FINISHED, 3000)
    assert "finished: 3,000 steps" in status()
    assert status() in words_of(window)


def test_that_warming_up_says_that_training_starts_by_itself(desk: Desk, qtbot: QtBot) -> None:
    window = open_window(desk, qtbot)
    desk.session._warm = False
    desk.session.restart()
    desk.tell(Phase.WARMING)
    assert "warming up" in words_of(window)
    desk.session.train()
    assert "warming up, training starts by itself" in words_of(window)
    assert named(window, "Warming up").isVisible()
    desk.tell(Phase.RUNNING, 1)
    assert not named(window, "Warming up").isVisible()
    window.close()


def test_that_heads_say_untrained_solved_diverged_and_not_solved(
    desk: Desk, window: MainWindow
) -> None:
    assert {head.status for head in scene.heads(desk.session).values()} == {"untrained"}
    desk.points(1, 312)
    desk.event(312, "solved", "", "lstm")
    desk.event(40, "diverged", "the loss is infinite", "rnn")
    desk.frame(312)
    heads = scene.heads(desk.session)
    assert (heads["lstm"].status, heads["lstm"].tone) == ("solved at step 312", "right")
    assert (heads["rnn"].status, heads["rnn"].tone) == ("diverged at step 40", "wrong")


def test_that_an_unsolved_net_is_called_that_only_when_all_steps_are_taken(
    desk: Desk, window: MainWindow
) -> None:
    desk.run_until(3000)
    desk.points(1, 3000)
    desk.tell(Phase.FINISHED, 3000)
    assert scene.heads(desk.session)["rnn"].status == "not solved in 3,000 steps"


def test_that_a_hovered_step_is_marked_everywhere_and_told(desk: Desk, window: MainWindow) -> None:
    window.stage.sentence.step_hovered.emit(4)
    assert window.stage.nets.marked == window.stage.sentence.marked == 4
    assert window.stage.nets.readout(4) in words_of(window)
    assert named(window, "State of the run").toolTip() == "untrained: press Space to train"
    window.stage.nets.step_hovered.emit(-1)
    assert window.stage.sentence.marked == -1


def test_that_the_last_event_is_told_until_a_step_is_marked(desk: Desk, window: MainWindow) -> None:
    desk.event(175, "solved", "LSTM solved at step 175: 99.7%", "lstm")
    desk.tell(Phase.PAUSED, 180)
    assert "LSTM solved at step 175: 99.7%" in words_of(window)
    window.stage.mark(3)
    assert "LSTM solved at step 175: 99.7%" not in words_of(window)


def shown_frames(window: MainWindow) -> list[Frame | None]:
    """The frames that heatmaps with heads, and the answers are drawn from."""
    nets, answers = window.stage.nets._view, window.stage.answers._view
    assert nets is not None
    assert answers is not None
    return [nets.frame, answers.nets.frame]


def test_that_every_number_is_of_the_step_of_the_pictures(desk: Desk, window: MainWindow) -> None:
    """Counter, slider, heads, answers and heatmaps, at every moment of training."""
    window.actions_by_name["answers"].trigger()
    for step in (40, 55, 71):
        desk.points(desk.session.shown.last_step + 1, step - desk.session.shown.last_step)
        desk.run_until(step + 3)
        frame = desk.frame(step)
        desk.tell(Phase.RUNNING, step + 7)  # the worker is further on
        desk.event(step + 5, "solved", "LSTM solved it", "lstm")
        assert f"step {step} of" in window.run_bar.counter.accessibleDescription()
        assert window.time_bar.slider.accessibleDescription() == f"step {step}"
        assert window.time_bar.slider.value() == window.time_bar.slider.maximum() == step
        assert shown_frames(window) == [frame, frame]
        assert scene.heads(desk.session)["lstm"].status != f"solved at step {step + 5}"


def test_that_the_notice_at_the_end_says_how_it_ended(desk: Desk, window: MainWindow) -> None:
    nets = desk.session.shown.cells
    ended = words.finished(3000, nets, {"lstm": 312}, {"rnn": "17%"}, {})
    for step, sentence in ((3000, ended), (60, words.all_diverged(60))):
        desk.session.restart()
        desk.run_until(step)
        desk.event(step, "finished", sentence)
        assert not window.toast.isVisible()
        desk.tell(Phase.FINISHED, step)
        assert (window.toast.isVisible(), window.toast.text()) == (True, sentence)


def test_that_the_end_is_told_where_one_looks(desk: Desk, window: MainWindow) -> None:
    desk.run_until(3000)
    desk.tell(Phase.FINISHED, 3000)
    desk.frame(3000)
    assert "step 3,000 finished" in window.run_bar.counter.accessibleDescription()
    assert named(window, "Train 3,000 more").isVisible()
    assert window.actions_by_name["train"].text() == "&Train 3,000 more"
    desk.session.pause()
    desk.session.look_back(100)
    desk.frame(100)
    assert "step 100 of 3,000" in window.run_bar.counter.accessibleDescription()


def test_that_copying_is_acknowledged_over_the_stage(window: MainWindow) -> None:
    window.actions_by_name["copy"].trigger()
    assert window.toast.isVisible()
    assert "copied" in window.toast.text()
    assert window.centralWidget().rect().contains(window.toast.geometry())


def test_that_a_notice_leaves_the_words_of_the_time_axis_visible(
    desk: Desk, window: MainWindow
) -> None:
    desk.run_until(40)
    desk.frame(40)
    QApplication.processEvents()
    window.actions_by_name["copy"].trigger()
    column = window.stage.nets.column("rnn")
    assert column.places is not None
    axis = QRect(column.mapToGlobal(column.places.words.topLeft()), column.places.words.size())
    notice = QRect(window.toast.mapToGlobal(QPoint()), window.toast.size())
    assert window.toast.isVisible()
    assert notice.bottom() < axis.top()


def test_that_a_tip_of_a_button_disabled_under_the_mouse_goes_away(
    window: MainWindow, qtbot: QtBot
) -> None:
    button = named(window, "Restart")
    QCursor.setPos(button.mapToGlobal(button.rect().center()))
    window.statusBar().showMessage("what the button does")
    qtbot.wait(2 * TIP_MS)
    assert window.statusBar().currentMessage()
    button.setEnabled(False)
    qtbot.waitUntil(lambda: not window.statusBar().currentMessage())


def test_that_example_text_folds_filler_and_keeps_the_cue(desk: Desk, window: MainWindow) -> None:
    view = scene.sequence_view(desk.session)
    shown = tokens(view)
    assert Role.CUE in [token.role for token in shown]
    assert "… 47 more …" in [token.text for token in shown]
    assert shown[-1].text == "___"


def test_that_a_refused_run_is_told_in_one_sentence(desk: Desk, window: MainWindow) -> None:
    desk.run_until(1)
    desk.tell(Phase.FAILED, 1, refused="There is not enough memory: choose fewer units.")
    dialogs = [w for w in QApplication.topLevelWidgets() if w.objectName() == "sentence_dialog"]
    assert len(dialogs) == 1
    dialogs[0].close()


# Everything for everyone --------------------------------------------------------------

INTERACTIVE = (QAbstractButton, QAbstractSlider, QAbstractSpinBox, QComboBox, QCheckBox)


def interactive(window: MainWindow) -> list[QWidget]:
    return [
        widget
        for widget in window.findChildren(QWidget)
        if isinstance(widget, INTERACTIVE)
        and not isinstance(widget, QScrollBar)
        and not _inside_an_own_part_of_qt(widget)
    ]


def _inside_an_own_part_of_qt(widget: QWidget) -> bool:
    parent = widget.parent()
    return isinstance(parent, (QAbstractItemView, QTabBar)) or widget.objectName().startswith("qt_")


def test_that_every_control_has_a_name_and_a_tool_tip(window: MainWindow) -> None:
    controls = interactive(window)
    assert len(controls) > 30
    for widget in controls:
        where = f"{type(widget).__name__} {widget.objectName()} {widget.accessibleName()!r}"
        assert widget.accessibleName() or getattr(widget, "text", str)(), where
        assert widget.toolTip(), where


def test_that_names_of_controls_are_not_given_twice(window: MainWindow) -> None:
    names = [
        widget.accessibleName()
        for widget in interactive(window)
        if widget.accessibleName() and widget.focusPolicy() != Qt.FocusPolicy.NoFocus
    ]
    fields = [name for name in names if not name.startswith("What")]
    assert len(fields) == len(set(fields))


def test_that_tab_goes_through_every_control_and_back_to_the_first(
    window: MainWindow, qtbot: QtBot
) -> None:
    first = QApplication.focusWidget()
    met: list[QWidget] = []
    for _ in range(200):
        qtbot.keyClick(QApplication.focusWidget(), Qt.Key.Key_Tab)
        met.append(QApplication.focusWidget())
        if met[-1] is first:
            break
    assert met[-1] is first
    names = {widget.accessibleName() for widget in met}
    assert {"Train", "Speed", "Seed", "Task", "gap", "RNN units"} <= names


def test_that_nothing_is_wider_than_a_small_screen(window: MainWindow) -> None:
    assert window.minimumSizeHint().width() <= 960  # 1920 by 1080 at scale 2
    assert window.minimumSizeHint().height() <= 540
    for label in window.run_bar.findChildren(QLabel):
        if label.isVisible() and not label.wordWrap():
            assert label.width() >= label.sizeHint().width(), label.text()


@pytest.mark.parametrize("percent", [100, 150])
def test_that_no_word_under_an_icon_is_clipped(window: MainWindow, percent: int) -> None:
    window.resize(1280, 720)
    window.theme.set_type_size(percent)
    QApplication.processEvents()
    for name in ("Restart", "Step"):
        button = named(window, name)
        assert button.height() >= button.sizeHint().height(), name
        assert button.width() >= button.sizeHint().width(), name
    window.theme.set_type_size(100)


# Layout and end -----------------------------------------------------------------------


def test_that_layout_size_and_theme_come_back(desk: Desk, qtbot: QtBot) -> None:
    window = open_window(desk, qtbot, "light")
    size = window.minimumSizeHint() + QSize(0, 60)
    window.resize(size)
    window.docks[3].hide()
    window.actions_by_name["log_loss"].setChecked(True)
    window.close()

    again = MainWindow(desk.session)
    qtbot.addWidget(again)
    with qtbot.waitExposed(again):
        again.show()
    assert again.size() == size
    assert not again.docks[3].isVisible()
    assert again.docks[0].isVisible()
    assert again.theme.choice == "light"
    assert again.actions_by_name["log_loss"].isChecked()
    again.actions_by_name["reset_layout"].trigger()
    assert again.docks[3].isVisible()
    again.close()


def test_that_the_view_menu_shows_and_hides_docks(window: MainWindow) -> None:
    dock = window.docks[3]
    dock.toggleViewAction().trigger()
    assert not dock.isVisible()
    dock.toggleViewAction().trigger()
    assert dock.isVisible()


def test_that_a_dock_floats_and_comes_back(window: MainWindow) -> None:
    named(window, "Float Curves").click()  # type: ignore[attr-defined]
    assert window.docks[3].isFloating()
    window.actions_by_name["reset_layout"].trigger()
    assert not window.docks[3].isFloating()


def test_that_the_left_docks_have_the_full_height(window: MainWindow) -> None:
    contestants, curves = window.docks[1], window.docks[3]
    bottom = contestants.mapTo(window, QPoint(0, contestants.height())).y()
    assert bottom >= curves.mapTo(window, QPoint(0, curves.height())).y() - 2
    assert curves.mapTo(window, QPoint(0, 0)).x() > 200


def test_that_closing_while_training_asks_the_worker_to_end(desk: Desk, window: MainWindow) -> None:
    desk.run_until(40)
    window.close()
    assert desk.control.close.call_count == 1


@pytest.mark.parametrize("theme", ["dark", "light"])
def test_that_all_examples_are_seen_without_scrolling(desk: Desk, qtbot: QtBot, theme: str) -> None:
    window = open_window(desk, qtbot, theme)
    rows = window.findChildren(Example)
    assert rows
    for row in rows:
        qtbot.waitUntil(lambda row=row: row.visibleRegion().boundingRect() == row.rect())
    window.close()


def test_that_the_chosen_example_looks_more_chosen_than_the_focused_one(
    desk: Desk, window: MainWindow, qtbot: QtBot
) -> None:
    rows = window.findChildren(Example)
    desk.session.select_example(1)
    focus(qtbot, rows[0])

    def marked(row: Example) -> int:
        """Pixels that differ from the bare panel, along the left and the upper edge."""
        picture, panel = row.grab().toImage(), window.theme.palette.panel
        edge = [(x, y) for x in range(5) for y in range(row.height())]
        edge += [(x, 0) for x in range(5, row.width())]
        return sum(picture.pixelColor(x, y).name() != panel for x, y in edge)

    assert marked(rows[1]) > 2 * marked(rows[0]) > 2 * marked(rows[2])
