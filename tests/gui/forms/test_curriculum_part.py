"""The curriculum beside the gap: its choice, its fields, and the picture of what is trained on."""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING

import numpy as np
import pytest
from PySide6.QtWidgets import QComboBox, QWidget

from sandbox.drawing.styles import DARK, LIGHT, line_styles
from sandbox.gui.forms.gap import curricula
from sandbox.gui.forms.gaps_picture import Gaps, GapsPicture, Stand, binned
from sandbox.gui.widgets.fields import NumberField
from sandbox.gui.widgets.info import TERMS
from sandbox.tasks.registry import with_task
from tests.gui.controls import named, refusals, type_into

if TYPE_CHECKING:
    from pytestqt.qtbot import QtBot

    from sandbox.gui.window.main_window import MainWindow
    from tests.gui.conftest import Desk


def choose(window: MainWindow, name: str) -> None:
    box = named(window, "Curriculum")
    assert isinstance(box, QComboBox)
    box.setCurrentIndex(box.findData(name))
    box.activated.emit(box.currentIndex())


def picture(window: MainWindow) -> GapsPicture:
    return window.findChild(GapsPicture)


def test_that_a_fixed_gap_takes_no_room(window: MainWindow) -> None:
    assert not picture(window).isVisible()
    assert curricula() == {
        "fixed": "fixed",
        "range": "range, up to",
        "power_law": "power law, up to",
        "growing": "growing, up to",
    }
    assert TERMS["curriculum"].text


def test_that_a_length_which_is_only_the_longest_is_not_called_fixed(
    desk: Desk, window: MainWindow
) -> None:
    box = named(window, "Curriculum")
    assert isinstance(box, QComboBox)
    assert box.currentText() == "fixed"
    desk.session.pick_task("parity")
    assert box.currentText() == "up to"


@pytest.mark.parametrize(
    ("name", "fields"),
    [
        ("range", {"gap_from"}),
        ("power_law", {"gap_from", "gap_power"}),
        ("growing", {"gap_from", "grow_by", "grow_at"}),
    ],
)
def test_that_each_curriculum_brings_its_own_fields(
    desk: Desk, window: MainWindow, name: str, fields: set[str]
) -> None:
    choose(window, name)
    assert desk.session.experiment.curriculum == name
    assert picture(window).isVisible()
    labels = {
        "gap_from": "shortest gap",
        "gap_power": "power of the gap",
        "grow_by": "gap grows by",
        "grow_at": "gap grows at accuracy",
    }
    for field, label in labels.items():
        found = [w for w in window.findChildren(QWidget) if w.accessibleName() == label]
        assert any(w.isVisible() for w in found) == (field in fields)
    field = named(window, "shortest gap")
    assert isinstance(field, NumberField)
    entry = field.lineEdit()
    assert entry.fontMetrics().horizontalAdvance(entry.text()) + 4 <= entry.width()
    choose(window, "fixed")
    assert not picture(window).isVisible()


def test_that_what_is_trained_on_is_drawn_as_likely_as_it_is(
    desk: Desk, window: MainWindow, qtbot: QtBot
) -> None:
    choose(window, "power_law")
    type_into(qtbot, named(window, "shortest gap"), "3")
    type_into(qtbot, named(window, "power of the gap"), "2")
    shown = picture(window).shown
    assert shown is not None
    assert shown.gaps == tuple(range(3, 51))
    wanted = [gap**-2.0 for gap in range(3, 51)]
    np.testing.assert_allclose(shown.likely, np.array(wanted) / sum(wanted))
    assert "from 3 to 50" in picture(window).accessibleDescription()


def test_that_a_growing_gap_shows_where_each_contestant_is(
    desk: Desk, window: MainWindow, qtbot: QtBot
) -> None:
    choose(window, "growing")
    type_into(qtbot, named(window, "shortest gap"), "4")
    type_into(qtbot, named(window, "gap grows by"), "2")
    assert picture(window).shown is not None
    assert picture(window).shown.gaps == (4, 8, 16, 32, 50)
    desk.session.shown.recording.gap_of["lstm"] = 16
    desk.session.beat.emit()
    said = picture(window).accessibleDescription()
    assert said == "The gap grows from 4 to 50 in 5 stages: RNN at 4, LSTM at 16."


def test_that_a_shortest_gap_beyond_the_gap_is_refused_under_it(
    desk: Desk, window: MainWindow, qtbot: QtBot
) -> None:
    choose(window, "range")
    type_into(qtbot, named(window, "shortest gap"), "60")
    assert len(refusals(window)) == 1
    assert "0 to 50" in refusals(window)[0]
    assert desk.session.experiment.gap_from is None
    type_into(qtbot, named(window, "shortest gap"), "20")
    type_into(qtbot, named(window, "gap, as a number"), "10")
    assert len(refusals(window)) == 1
    assert desk.session.experiment.params["gap"] == 50


def test_that_another_task_begins_with_its_own_gaps(desk: Desk) -> None:
    experiment = desk.session.experiment.changed(curriculum="range", gap_from=40)
    other = with_task(experiment, "recall")
    assert (other.curriculum, other.gap_from) == ("range", None)
    assert with_task(experiment, "water").curriculum == "fixed"  # it has no gap


def test_that_a_task_without_a_gap_offers_no_curriculum(desk: Desk, window: MainWindow) -> None:
    choose(window, "range")
    desk.session.edit(with_task(desk.session.experiment, "water"))
    assert not named(window, "Curriculum").isVisible()
    assert not picture(window).isVisible()


@pytest.mark.parametrize("count", [1, 5, 99, 100, 101, 1000])
def test_that_bars_for_several_gaps_are_their_means(count: int) -> None:
    values = np.random.default_rng(count).random(count)
    bars = binned(values, 100)
    assert len(bars) <= 100
    size = -(-count // 100)
    wanted = [np.mean(values[first : first + size]) for first in range(0, count, size)]
    np.testing.assert_allclose(bars, wanted)


def test_that_the_picture_follows_what_it_shows_and_the_theme(qtbot: QtBot) -> None:
    made = GapsPicture()
    qtbot.addWidget(made)
    made.resize(290, 84)
    styles = line_styles({"rnn": "rnn", "lstm": "lstm"})
    stands = (Stand("RNN", styles["rnn"], 1), Stand("LSTM", styles["lstm"], 1))
    grabbed = []
    for gaps in (
        Gaps((1, 2), (0.5, 0.5)),
        Gaps((1, 2), (0.9, 0.1)),
        Gaps((1, 2, 4), (), stands),
        Gaps((1, 2, 4), (), (stands[0], Stand("LSTM", styles["lstm"], 4))),
    ):
        made.show_gaps(gaps)
        grabbed.append(made.grab().toImage())
    made.set_palette(LIGHT)
    grabbed.append(made.grab().toImage())
    made.set_palette(DARK)
    assert all(one != other for one, other in pairwise(grabbed))
    assert made.grab().toImage() == grabbed[3]
