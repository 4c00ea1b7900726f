"""Learning rate, schedule and clip in the training form, and the curve of the rate."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np
import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtWidgets import QComboBox, QScrollArea

from sandbox.about import fields_of
from sandbox.drawing.styles import DARK, LIGHT
from sandbox.experiment import Experiment
from sandbox.gui.forms.rate_picture import POINTS, RatePicture, _lines, in_words
from sandbox.gui.forms.training_dock import GROUPS, note_on_live_fields
from sandbox.gui.widgets.focus import enclosing
from sandbox.gui.widgets.info import TERMS
from tests.gui.controls import focus, named, refusals, type_into

if TYPE_CHECKING:
    from pytestqt.qtbot import QtBot

    from sandbox.gui.window.main_window import MainWindow
    from tests.gui.conftest import Desk


@pytest.fixture
def training(window: MainWindow) -> MainWindow:
    window.docks[2].raise_()
    return window


def choose(window: MainWindow, name: str, words: str) -> None:
    box = named(window, name)
    assert isinstance(box, QComboBox)
    box.setCurrentText(words)
    box.activated.emit(box.currentIndex())


def test_that_the_form_does_not_move_sideways_under_a_click(
    training: MainWindow, qtbot: QtBot
) -> None:
    field = named(training, "learning rate")
    area = enclosing(field, QScrollArea)
    qtbot.waitUntil(lambda: area.verticalScrollBar().isVisible())
    before = field.mapTo(training, QPoint(0, 0)).x()
    qtbot.mouseClick(field, Qt.MouseButton.LeftButton)
    focus(qtbot, field)
    assert field.mapTo(training, QPoint(0, 0)).x() == before


# Clip ---------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("how", "by", "limit"), [("by value", "value", 1.0), ("none", "norm", None)]
)
def test_that_clipping_is_by_norm_by_value_or_not_at_all(
    desk: Desk, training: MainWindow, how: str, by: str, limit: float | None
) -> None:
    choose(training, "clip, how", how)
    experiment = desk.session.experiment
    assert (experiment.clip_by, experiment.clip) == (by, limit)
    assert named(training, "clip").isVisible() == (limit is not None)


def test_that_the_limit_is_remembered_while_nothing_is_clipped(
    desk: Desk, training: MainWindow, qtbot: QtBot
) -> None:
    type_into(qtbot, named(training, "clip"), "0.25")
    assert desk.session.experiment.clip == 0.25
    choose(training, "clip, how", "none")
    assert desk.session.experiment.clip is None
    choose(training, "clip, how", "by value")
    assert (desk.session.experiment.clip_by, desk.session.experiment.clip) == ("value", 0.25)


def test_that_a_limit_of_zero_is_refused_under_it(
    desk: Desk, training: MainWindow, qtbot: QtBot
) -> None:
    type_into(qtbot, named(training, "clip"), "0")
    assert len(refusals(training)) == 1
    assert refusals(training)[0].startswith("clip: 0 was given; it takes a number above 0")
    assert desk.session.experiment.clip == 1.0
    assert named(training, "clip").text() == "1"  # type: ignore[attr-defined]


def test_that_every_control_of_training_is_explained() -> None:
    for name in (name for group in GROUPS for name in fields_of(Experiment, group)):
        assert TERMS[name].question.endswith("?")
        assert 120 < len(TERMS[name].text) < 700


def test_that_the_note_names_the_fields_that_can_change_while_training() -> None:
    note = note_on_live_fields()
    assert note.startswith("Learning rate, clip and steps can change")


# Schedule and its curve ---------------------------------------------------------------


def test_that_schedule_and_warm_up_are_set(desk: Desk, training: MainWindow, qtbot: QtBot) -> None:
    choose(training, "learning-rate schedule", "cosine")
    type_into(qtbot, named(training, "warm-up"), "100")
    experiment = desk.session.experiment
    assert (experiment.schedule, experiment.warmup) == ("cosine", 100)
    said = named(training, "Learning rate over the run").accessibleDescription()
    assert "half a cosine" in said
    assert "first 100 steps" in said


@pytest.mark.parametrize("schedule", ["constant", "linear", "cosine", "exponential"])
def test_that_the_curve_is_the_rate_that_is_trained_with(schedule: str) -> None:
    experiment = Experiment(schedule=schedule, warmup=40, lr=0.5, steps=1000)
    ((style, steps, rates),) = _lines(experiment)
    assert style is None
    assert (steps[0], steps[-1]) == (1, 1000)
    assert 40 in steps
    falling = {
        "constant": lambda share: 1.0,
        "linear": lambda share: 1 - share,
        "cosine": lambda share: (1 + math.cos(math.pi * share)) / 2,
        "exponential": lambda share: math.exp(share * math.log(0.01)),
    }[schedule]
    wanted = [0.5 * falling((k - 1) / 1000) * min(k / 40, 1) for k in steps.tolist()]
    np.testing.assert_allclose(rates, wanted, rtol=1e-9)


def test_that_a_rate_of_ones_own_has_a_line_in_its_contestants_style() -> None:
    experiment = Experiment().with_contestant("lstm", lr=0.01)
    (_, _, whole), (style, _, own) = _lines(experiment)
    assert style is not None
    assert style.slot == 1
    assert (whole[0], own[0]) == (experiment.lr, 0.01)
    assert "LSTM at 0.01" in in_words(experiment)
    both = experiment.with_contestant("rnn", lr=0.1)
    assert [line[0] is None for line in _lines(both)] == [False, False]


def test_that_a_long_run_is_drawn_from_a_few_points() -> None:
    ((_, steps, _),) = _lines(Experiment(steps=10_000_000, schedule="linear"))
    assert len(steps) <= POINTS + 1


def test_that_a_hidden_curve_works_nothing_out(qtbot: QtBot) -> None:
    picture = RatePicture()
    qtbot.addWidget(picture)
    picture.show_experiment(Experiment(schedule="linear"))
    assert picture._lines is None
    picture.resize(280, 62)
    pictures = []
    for palette in (DARK, LIGHT):
        picture.set_palette(palette)
        pictures.append(picture.grab().toImage())
    assert picture._lines is not None
    assert pictures[0] != pictures[1]
    picture.show_step(1500)
    assert picture.grab().toImage() != pictures[1]
