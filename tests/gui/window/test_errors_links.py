"""Errors by steps ahead from the window: where they open, what they follow, what is kept."""

from __future__ import annotations

import csv
from typing import TYPE_CHECKING

import numpy as np
import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QLabel

from sandbox.engine.errors_ahead import ErrorsAhead, steps_to_forecast
from sandbox.experiment import Experiment
from sandbox.gui.figures.figure_dialog import FigureDialog
from sandbox.gui.widgets.dialogs import Sentence
from sandbox.run.messages import MeasuredAhead, Phase
from sandbox.tasks.registry import complete
from tests.gui.live import live, tiny

if TYPE_CHECKING:
    from pathlib import Path

    from pytestqt.qtbot import QtBot

    from sandbox.gui.panels.errors.errors_window import ErrorsWindow
    from sandbox.gui.window.main_window import MainWindow
    from tests.gui.conftest import Desk

GAP = 15


@pytest.fixture
def experiment() -> Experiment:
    return complete(Experiment(task="forecast", params={"gap": GAP}))


@pytest.fixture
def errors(window: MainWindow, qtbot: QtBot) -> ErrorsWindow:
    window.actions_by_name["errors_ahead"].trigger()
    made = window.errors_links.errors
    assert made is not None
    qtbot.waitUntil(made.isVisible)
    return made


def measured(desk: Desk, step: int = 0, steps: int = GAP, run: str | None = None, **more) -> None:  # type: ignore[no-untyped-def]
    """The worker sends errors, and the session takes the mail."""
    nets = {key: np.linspace(1.0, 2.0, steps) for key in desk.session.shown.cells}
    found = ErrorsAhead(nets, {"the last value": np.full(steps, 1.5)}, "MW", 200)
    run = desk.session.run if run is None else run
    desk.mailbox.post(MeasuredAhead(run, step, steps, more.get("found", found)))
    desk.session.tick()


def asked(desk: Desk) -> list[int]:
    return [call.args[0] for call in desk.control.measure_ahead.call_args_list]


def test_that_nothing_is_measured_until_it_is_opened_nor_once_it_is_closed(
    window: MainWindow, desk: Desk, qtbot: QtBot
) -> None:
    assert asked(desk) == []
    qtbot.keyClick(window, Qt.Key.Key_E)
    made = window.errors_links.errors
    assert made is not None
    qtbot.waitUntil(lambda: asked(desk) == [GAP])
    assert not made.isModal()
    window.actions_by_name["errors_ahead"].trigger()
    assert window.errors_links.errors is made
    qtbot.keyClick(made, Qt.Key.Key_Escape)
    qtbot.waitUntil(lambda: asked(desk) == [GAP, 0])
    assert window.errors_links.errors is None


def test_that_the_answers_head_opens_it(window: MainWindow, desk: Desk) -> None:
    window.actions_by_name["answers"].setChecked(True)
    button = window.stage.answers.head.errors
    assert button.isVisible()
    button.click()
    assert window.errors_links.errors is not None


def test_that_a_minimized_window_has_nothing_measured(
    errors: ErrorsWindow, desk: Desk, qtbot: QtBot
) -> None:
    errors.showMinimized()
    qtbot.waitUntil(lambda: asked(desk) == [GAP, 0])
    errors.showNormal()
    qtbot.waitUntil(lambda: asked(desk) == [GAP, 0, GAP])


def test_that_errors_of_another_run_are_dropped(errors: ErrorsWindow, desk: Desk) -> None:
    assert errors.panel.accessibleDescription() == "Measuring …"
    measured(desk, run="another")
    assert errors._shown is None
    measured(desk, 0)
    assert errors._shown is not None
    assert [net.standing for net in errors._shown.nets.values()] == ["untrained", "untrained"]
    desk.session.restart()
    assert errors._shown is None
    assert not errors.save_button.isEnabled()


def test_that_what_is_pointed_at_is_read_out(errors: ErrorsWindow, desk: Desk) -> None:
    assert errors._read_out.text() == ""
    measured(desk, 40)
    assert errors._read_out.text() == "Point at the plot to read its errors."
    errors.panel._point(0)
    assert (
        errors._read_out.text() == "1 step ahead: RNN 1.00 MW, LSTM 1.00 MW, the last value 1.50 MW"
    )
    errors.panel._point(-1)
    assert errors._read_out.text().startswith("Point at")


def test_that_training_and_looking_back_are_followed(errors: ErrorsWindow, desk: Desk) -> None:
    desk.points(1, 40)
    desk.event(30, "diverged", "it went", "rnn")
    measured(desk, 40)
    assert "after 40 training steps" in errors._about.text()
    assert errors._shown is not None
    assert [net.standing for net in errors._shown.nets.values()] == ["diverged at step 30", ""]
    measured(desk, 20)  # looking back, before it diverged
    assert "after 20 training steps" in errors._about.text()
    assert [net.standing for net in errors._shown.nets.values()] == ["", ""]


def test_that_a_person_chooses_how_many_steps_ahead(errors: ErrorsWindow, desk: Desk) -> None:
    field = errors.steps_field
    assert field.shown_value() == steps_to_forecast(desk.session.task) == GAP
    for typed, why in (("0", "0 is not"), ("101", "101 is not"), ("many", "many is not")):
        field.lineEdit().setText(typed)
        field.commit()
        assert why in errors.refusal.text()
        assert errors.steps == GAP
    field.lineEdit().setText("30")
    field.commit()
    assert errors.refusal.isHidden()
    assert asked(desk)[-1] == 30
    desk.session.edit(
        desk.session.experiment.changed(params={**desk.session.experiment.params, "gap": 20})
    )
    assert errors.steps == 30  # it was chosen, and stays


def test_that_the_plot_stays_where_it_is(errors: ErrorsWindow, desk: Desk, qtbot: QtBot) -> None:
    qtbot.waitUntil(lambda: errors.panel.y() > 0)
    place = errors.panel.geometry()
    measured(desk, 40)
    errors.steps_field.lineEdit().setText("5000")
    errors.steps_field.commit()
    qtbot.waitUntil(errors.refusal.isVisible)
    errors.column.activate()
    assert errors.panel.geometry() == place


def test_that_another_gap_forecasts_another_season(errors: ErrorsWindow, desk: Desk) -> None:
    params = {**desk.session.experiment.params, "gap": 40}
    desk.session.edit(desk.session.experiment.changed(params=params))
    assert (errors.steps, asked(desk)[-1]) == (40, 40)


def test_that_a_task_without_forecasts_says_why(
    errors: ErrorsWindow, window: MainWindow, desk: Desk
) -> None:
    action, button = window.actions_by_name["errors_ahead"], window.stage.answers.head.errors
    assert action.isEnabled()
    errors.steps_field.lineEdit().setText("0")
    errors.steps_field.commit()
    desk.session.pick_task("recall")
    assert not action.isEnabled()
    assert "nothing to forecast" in action.toolTip()
    assert button.isHidden()
    assert "nothing to forecast" in errors._about.text()
    assert errors.refusal.isHidden()
    desk.session.pick_task("forecast")
    assert action.isEnabled()
    assert "nothing to forecast" not in action.toolTip()
    assert not button.isHidden()


def test_that_too_few_held_out_values_are_said(errors: ErrorsWindow, desk: Desk) -> None:
    measured(desk, found=None)
    assert errors._about.text().startswith(f"Too few values are held out to forecast {GAP} steps")
    measured(desk, steps=1, found=None)
    assert errors._about.text().startswith("Too few values are held out for a forecast")
    desk.tell(Phase.FAILED, error="Traceback")
    assert errors._about.text() == "The run was stopped by an error."


def test_that_the_table_is_kept(
    errors: ErrorsWindow, window: MainWindow, desk: Desk, tmp_path: Path
) -> None:
    measured(desk, 40, steps=3)
    path = tmp_path / "errors.csv"
    errors.save_wanted.emit(str(path))
    with path.open(newline="") as file:
        heads, *rows = csv.reader(file)
    assert heads == ["steps ahead", "RNN (MW)", "LSTM (MW)", "the last value (MW)"]
    assert rows == [["1", "1", "1", "1.5"], ["2", "1.5", "1.5", "1.5"], ["3", "2", "2", "1.5"]]
    errors.copy_button.click()
    assert QGuiApplication.clipboard().text().splitlines()[1] == "1\t1\t1\t1.5"
    window.errors_links.save(str(tmp_path / "nowhere" / "errors.csv"))
    (refusal,) = errors.findChildren(Sentence)
    words = [label.text() for label in refusal.findChildren(QLabel)]
    assert any("cannot be written" in text for text in words)
    refusal.close()


def test_that_it_is_a_figure_for_print(
    errors: ErrorsWindow, window: MainWindow, desk: Desk, qtbot: QtBot
) -> None:
    assert "errors" not in window.figure_links.source().names
    measured(desk, 40)
    assert "errors" in window.figure_links.source().names
    errors.figure_button.click()
    (dialog,) = errors.findChildren(FigureDialog)
    assert dialog.which.currentData() == "errors"
    qtbot.waitUntil(lambda: dialog.figure is not None, timeout=60_000)
    assert dialog.figure is not None
    assert "errors by steps ahead" in dialog.figure.title.lower()
    dialog.close()


def test_that_real_errors_come_and_follow(tmp_path: Path, qtbot: QtBot) -> None:
    experiment = tiny(task="forecast", params={"series": "csv", "gap": 5, "forecasts": 10})
    with live(tmp_path / "store", qtbot, experiment) as made:
        made.window.actions_by_name["errors_ahead"].trigger()
        shown = made.session.shown
        qtbot.waitUntil(lambda: shown.measured is not None, timeout=60_000)
        for step, go in (
            (0, lambda: None),
            (30, lambda: made.train_to(30)),
            (10, lambda: made.session.look_back(10)),
        ):
            go()
            qtbot.waitUntil(
                lambda at=step: shown.measured is not None and shown.measured.step == at,
                timeout=60_000,
            )
            found = shown.measured
            assert found is not None
            assert found.found is not None
            assert found.steps == 12
            assert np.isfinite(found.found.nets["lstm"]).all()
