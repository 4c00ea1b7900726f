"""The second curve of each net: how it does where it is not trained."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
import pytest
from PySide6.QtGui import QColor, QImage, QPainter

from sandbox.drawing.curve_axes import LOSS_UNITS, accuracy_meanings
from sandbox.drawing.styles import DARK, line_styles
from sandbox.gui.look.marks import marker
from sandbox.gui.panels.curves.annotations import ABOVE
from sandbox.gui.panels.curves.curves_panel import CurvesPanel
from sandbox.gui.window import scene
from sandbox.run.messages import Generalisation
from tests.gui.canned_frames import SumTask, WordTask, curve, curves_view

if TYPE_CHECKING:
    from pytestqt.qtbot import QtBot

    from sandbox.gui.panels.shared.views import CurvesView
    from sandbox.gui.window.main_window import MainWindow
    from tests.gui.conftest import Desk


class LongerTask(WordTask):
    generalisation = "longer gap"


class LegalTask(LongerTask):
    loss = "legal_symbols"
    whole_sequences = True


FOUND = ((1, 1.1, 0.3), (10, 1.0, 0.35), (100, 0.8, 0.5), (200, 0.5, 0.75))


@pytest.fixture
def panel(qtbot: QtBot) -> CurvesPanel:
    made = CurvesPanel()
    qtbot.addWidget(made)
    made.resize(980, 150)
    made.show()
    qtbot.waitExposed(made)
    return made


def view(found: tuple[tuple[int, float, float], ...] = FOUND, **more: object) -> CurvesView:
    return curves_view(200, LongerTask(12), generalisation=found, **more)


def titles(panel: CurvesPanel) -> list[str]:
    return [
        end.title for end in panel.accuracy_plot.notes.notes.ends if end.kind == "generalisation"
    ]


def test_that_it_is_a_dashed_curve_with_hollow_markers_and_a_name(panel: CurvesPanel) -> None:
    panel.show_view(view())
    for column, plot in ((1, panel.loss_plot), (2, panel.accuracy_plot)):
        under, (item,) = plot._drawn["generalisation", "", "lstm"]
        np.testing.assert_array_equal(under.x, [1, 10, 100, 200])
        np.testing.assert_allclose(under.values, [each[column] for each in FOUND])
        pen = item.opts["pen"]
        style = line_styles({"rnn": "rnn", "lstm": "lstm"})["lstm"]
        assert pen.color().name() == style.color(DARK)
        assert pen.dashPattern() not in ([], None)
        hollow = [points for points in plot.notes.notes.markers if points.hollow]
        assert [points.x.tolist() for points in hollow] == [[1, 10, 100, 200]]
    assert titles(panel) == ["LSTM, longer gap"]
    panel.grab()
    assert "LSTM, longer gap" in panel.accuracy_plot.names.written


def test_that_the_switch_hides_it_everywhere(panel: CurvesPanel, qtbot: QtBot) -> None:
    panel.show_view(view())
    assert "longer gap at step 200 loss 0.50, accuracy 75%" in panel.accessibleDescription()
    panel.beyond_button.click()
    assert titles(panel) == []
    assert {kind for kind, *_ in panel.loss_plot._drawn} == {"own"}
    assert not any(points.hollow for points in panel.loss_plot.notes.notes.markers)
    qtbot.waitUntil(lambda: "longer gap at" not in panel.accessibleDescription())
    panel.show_view(view())
    assert titles(panel) == []
    panel.beyond_button.click()
    assert titles(panel) == ["LSTM, longer gap"]


def test_that_there_is_no_switch_where_nothing_is_generalised(panel: CurvesPanel) -> None:
    panel.show_view(view())
    assert panel.beyond_button.isVisible()
    assert "longer gap" in panel.beyond_button.toolTip()
    panel.show_view(curves_view(200))
    assert not panel.beyond_button.isVisible()


def test_that_a_loss_far_above_does_not_flatten_the_others(panel: CurvesPanel) -> None:
    panel.show_view(view(((1, 2.0, 0.3), (200, 90.0, 0.1))))
    top = panel.loss_plot.box.viewRange()[1][1]
    assert 2.0 < top <= 2 * 1.5 * 2.0
    panel.grab()
    assert f"LSTM, longer gap {ABOVE}" in panel.loss_plot.names.written
    panel.show_view(view(((1, 2.0, 0.3), (200, float("nan"), 0.1))))
    assert np.isfinite(panel.loss_plot.box.viewRange()[1]).all()


def test_that_unchanged_points_are_not_drawn_anew(panel: CurvesPanel, qtbot: QtBot) -> None:
    panel.show_view(view())
    _, (item,) = panel.loss_plot._drawn["generalisation", "", "lstm"]
    drawn: list[object] = []
    item.sigPlotChanged.connect(drawn.append)
    panel.show_view(view())
    assert drawn == []
    panel.show_view(view((*FOUND, (201, 0.4, 0.8))))
    assert len(drawn) == 1


def test_that_labels_keep_clear_of_it(panel: CurvesPanel) -> None:
    panel.show_view(view())
    paths = panel.loss_plot.notes.notes.paths
    beyond = paths[-1]
    np.testing.assert_allclose(np.interp([1, 200], beyond.x, beyond.values), [1.1, 0.5])


def test_that_a_hollow_marker_shows_the_ground() -> None:
    style = line_styles({"lstm": "lstm"})["lstm"]
    color, ground = QColor(style.color(DARK)), QColor(DARK.ground)

    def middle(inside: QColor | None) -> str:
        image = QImage(20, 20, QImage.Format.Format_RGB32)
        image.fill(QColor("#777777"))
        painter = QPainter(image)
        marker(painter, 10, 10, style, color, inside)
        painter.end()
        return image.pixelColor(10, 10).name()

    assert (middle(None), middle(ground)) == (color.name(), ground.name())


def test_that_what_the_worker_tells_is_shown(desk: Desk, window: MainWindow) -> None:
    desk.points(1, 40)
    run, split = desk.session.run, desk.session.task.generalisation
    assert split is not None
    for step, loss in ((1, 1.8), (40, 1.5)):
        desk.mailbox.post(Generalisation(run, step, "rnn", split, loss, 0.25))
    desk.session.tick()
    curves = scene.curves_view(desk.session).curves
    assert curves["rnn"].generalisation == ((1, 1.8, 0.25), (40, 1.5, 0.25))
    assert curves["lstm"].generalisation == ()


def test_that_the_menu_and_the_switch_are_one(window: MainWindow) -> None:
    action, button = window.actions_by_name["generalisation"], window.stage.curves.beyond_button
    assert action.isChecked()
    action.trigger()
    assert not button.isChecked()
    button.click()
    assert action.isChecked()


# What loss and accuracy are called ----------------------------------------------------


def test_that_legal_symbols_have_words_of_their_own(panel: CurvesPanel) -> None:
    panel.show_view(replace(curves_view(200), task=LegalTask(12)))
    assert panel.loss_title.text() == "loss: binary cross-entropy per symbol, nats"
    assert panel.accuracy_title.text().startswith(
        "accuracy: share of steps with all legal symbols ranked first"
    )
    assert "whole sequences" in panel.accuracy_title.text()
    assert panel.accuracy_title.toolTip() == panel.accuracy_title.text()
    panel.resize(500, 150)  # the title gives way, the switch stays whole
    assert panel.beyond_button.geometry().right() <= panel.width()
    assert not panel.grab().isNull()


@pytest.mark.parametrize("task", [WordTask(12), SumTask(12), LegalTask(12)])
def test_that_whole_sequences_are_said_where_they_are_counted(task: WordTask) -> None:
    for words in accuracy_meanings(task):
        assert ("whole sequences" in words) == task.whole_sequences
    assert task.loss in LOSS_UNITS


def test_that_a_curve_without_it_is_as_it_was() -> None:
    assert curve(5).beyond.shape == (0, 3)
