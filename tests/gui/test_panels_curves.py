from __future__ import annotations

from dataclasses import replace
from itertools import combinations
from typing import TYPE_CHECKING

import numpy as np
import pytest
from PySide6.QtCore import QPoint, QRectF, Qt
from PySide6.QtTest import QTest

from sandbox.gui.palette import DARK, LIGHT, line_styles
from sandbox.gui.panels.curves import CurvesPanel, nice_steps
from sandbox.gui.panels.smoothing import MEMORY, Smoothed
from sandbox.gui.panels.thinning import peaks, samples, visible
from sandbox.gui.views import CurvesView
from sandbox.tasks.base import Baseline
from tests.gui.canned_frames import SumTask, WordTask, curve, curves_view

if TYPE_CHECKING:
    from collections.abc import Iterable

    from pytestqt.qtbot import QtBot

    from sandbox.tasks.base import Task


@pytest.fixture
def panel(qtbot: QtBot) -> CurvesPanel:
    """Shown, as large as in a window of 1280×720."""
    made = CurvesPanel()
    qtbot.addWidget(made)
    made.resize(980, 150)
    made.show()
    qtbot.waitExposed(made)
    return made


def test_that_both_plots_share_their_steps(panel: CurvesPanel) -> None:
    panel.show_view(curves_view(200))
    panel.loss_plot.box.setXRange(20, 80, padding=0)
    assert panel.accuracy_plot.box.viewRange()[0] == pytest.approx([20, 80])


def test_that_the_step_axis_grows_in_steps() -> None:
    ends = [nice_steps(float(count)) for count in range(0, 5000, 7)]
    assert ends == sorted(ends)
    assert len(set(ends)) < 20
    assert all(end >= count for end, count in zip(ends, range(0, 5000, 7), strict=True))


def test_that_every_baseline_and_the_criterion_are_named(panel: CurvesPanel) -> None:
    panel.show_view(curves_view())
    assert [level.label for level in panel.loss_plot.notes.notes.levels] == [
        "knows everything but the country: ln 3"
    ]
    named = {level.label: level.value for level in panel.accuracy_plot.notes.notes.levels}
    assert named["knows everything but the country: 33%"] == pytest.approx(1 / 3)
    assert named["solved from 99% on"] == 0.99


def test_that_names_stand_at_the_curves_ends(panel: CurvesPanel) -> None:
    panel.show_view(curves_view(200))
    ends = panel.loss_plot.notes.notes.ends
    assert [(end.title, end.step) for end in ends] == [("RNN", 200.0), ("LSTM", 200.0)]
    place = panel.loss_plot.notes.place(200, ends[0].value)
    assert place.x() < panel.loss_plot.box.width() - 20


def test_that_solved_and_diverged_are_marked_with_their_steps(panel: CurvesPanel) -> None:
    view = curves_view(200, solved_at=120)
    lost = curve(40, "rnn", diverged_at=40)
    panel.show_view(replace(view, curves={**view.curves, "rnn": lost}, changes=((60, "lr 0.01"),)))
    said = {(note.label, note.step) for note in panel.accuracy_plot.notes.notes.moments}
    assert said == {("LSTM solved 120", 120), ("RNN diverged 40", 40), ("lr 0.01", 60)}
    assert not panel.grab().isNull()


def test_that_a_zoom_by_hand_is_kept_until_home(panel: CurvesPanel, qtbot: QtBot) -> None:
    panel.show_view(curves_view(200))
    panel.loss_plot.box.setXRange(10, 50, padding=0)
    panel.loss_plot.box.sigRangeChangedManually.emit([True, False])
    panel.show_view(curves_view(2000))
    assert panel.loss_plot.box.viewRange()[0] == pytest.approx([10, 50])
    qtbot.keyClick(panel, Qt.Key.Key_Home)
    assert panel.loss_plot.box.viewRange()[0] == pytest.approx([0, 2500])


def test_that_a_double_click_shows_all_steps_again(panel: CurvesPanel) -> None:
    panel.show_view(curves_view(200))
    panel.loss_plot.box.setXRange(10, 50, padding=0)
    panel.loss_plot.box.sigRangeChangedManually.emit([True, False])
    QTest.mouseDClick(panel.plots.viewport(), Qt.MouseButton.LeftButton, pos=QPoint(200, 60))
    assert panel.loss_plot.box.viewRange()[0] == pytest.approx([0, 250])


def test_that_the_axes_keep_their_width(panel: CurvesPanel) -> None:
    def widths() -> tuple[float, float]:
        plots = (panel.loss_plot, panel.accuracy_plot)
        return tuple(plot.plot.getAxis("left").width() for plot in plots)  # type: ignore[return-value]

    panel.show_view(curves_view(10))
    before = widths()
    view = curves_view(10)
    panel.show_view(
        replace(view, curves={"lstm": curve(5000, loss=np.full(5000, 1e4, np.float32))})
    )
    assert widths() == before


def test_that_the_log_axis_takes_zeros_and_what_is_no_number(panel: CurvesPanel) -> None:
    loss = np.array([2.0, 0.0, np.nan, np.inf, 1e-9], np.float32)
    panel.set_log_loss(True)
    panel.show_view(replace(curves_view(), curves={"lstm": curve(5, loss=loss)}))
    assert not panel.grab().isNull()
    panel.set_log_loss(False)
    assert not panel.grab().isNull()


def test_that_nothing_yet_is_said_so(panel: CurvesPanel) -> None:
    panel.show_view(curves_view(0))
    assert panel.accessibleDescription() == "No step has been trained yet."


def test_that_the_description_speaks_of_the_numbers(panel: CurvesPanel) -> None:
    panel.show_view(curves_view(200, solved_at=120))
    said = panel.accessibleDescription()
    for words in ("LSTM: step 200", "accuracy 9", "solved at step 120", "ln 3"):
        assert words in said


def test_that_a_regressions_share_is_named_by_its_meaning(panel: CurvesPanel) -> None:
    panel.show_view(curves_view(task=SumTask(12)))
    assert panel.accuracy_title.text() == "share of answers within 0.04"
    named = [level.label for level in panel.loss_plot.notes.notes.levels]
    assert named == ["remembers neither: 1/6", "solved below 0.01"]


def test_that_a_hidden_panel_does_not_draw_and_catches_up(qtbot: QtBot) -> None:
    panel = CurvesPanel()
    qtbot.addWidget(panel)
    panel.show_view(curves_view(200))
    assert not panel.loss_plot.notes.notes.ends
    panel.show()
    assert panel.loss_plot.notes.notes.ends


def test_that_a_change_of_palette_reaches_ground_and_axes(panel: CurvesPanel) -> None:
    panel.show_view(curves_view())
    panel.set_palette(LIGHT)
    image = panel.plots.grab().toImage()
    assert image.pixelColor(image.width() - 2, 2).name() == LIGHT.ground
    axis = panel.loss_plot.plot.getAxis("left")
    assert axis.textPen().color().name() == LIGHT.quiet
    assert panel.loss_plot.notes.notes.palette is LIGHT
    panel.set_palette(DARK)
    assert axis.textPen().color().name() == DARK.quiet


def test_that_clear_takes_the_curves_away(panel: CurvesPanel) -> None:
    panel.show_view(curves_view())
    panel.clear()
    assert panel.loss_plot.plot.listDataItems() == []
    panel.show_view(curves_view())
    assert len(panel.loss_plot.plot.listDataItems()) == 4


def test_that_smoothing_bit_by_bit_is_smoothing_at_once() -> None:
    values = np.random.default_rng(0).normal(size=1000)
    wanted = [values[0]]
    for value in values[1:]:
        wanted.append(wanted[-1] + (value - wanted[-1]) / MEMORY)
    smoothed = Smoothed()
    for count in (1, 2, 300, 301, 1000):
        got = smoothed.extend(values[:count])
        np.testing.assert_allclose(got, wanted[:count], rtol=1e-9, atol=1e-12)


def test_that_smoothing_starts_again_with_a_new_run() -> None:
    smoothed = Smoothed()
    smoothed.extend(np.full(50, 9.0))
    assert smoothed.extend(np.full(20, 1.0)) == pytest.approx(np.ones(20))
    assert smoothed.extend(np.full(30, 2.0)) == pytest.approx(np.full(30, 2.0))


def test_that_smoothing_holds_what_is_no_number() -> None:
    values = np.array([1.0, 1.0, np.nan, np.inf, 1.0])
    assert Smoothed().extend(values) == pytest.approx(np.ones(5))


def test_that_thinning_keeps_every_peak_and_the_last_value() -> None:
    steps = np.arange(1.0, 10_001.0)
    values = np.zeros(10_000)
    values[[77, 5_000, 9_999]] = 5.0, -3.0, 2.0
    x, y = peaks(steps, values, slice(0, 10_000), 300)
    assert len(x) == len(y) <= 700
    assert {5.0, -3.0, 2.0} <= set(y)
    x, y = samples(steps, values, slice(0, 10_000), 300)
    assert (x[-1], y[-1]) == (10_000.0, 2.0)


def test_that_only_what_is_in_view_is_thinned() -> None:
    steps = np.arange(1.0, 1001.0)
    part = visible(steps, 100.0, 200.0)
    x, _ = peaks(steps, steps, part, 500)
    assert x[0] <= 100
    assert 200 <= x[-1] <= 202


def crowded(titles: list[str], task: Task, value: float = 0.15) -> CurvesView:
    """Contestants whose curves end at the same place, changes and solved ones among them."""
    styles = line_styles({title: "rnn" for title in titles})
    level = np.full(300, value, np.float32)
    curves = {
        title: replace(
            curve(300, loss=level, accuracy=level, title=title, style=styles[title]),
            solved_at=175 if n == 0 else None,
        )
        for n, title in enumerate(titles)
    }
    return CurvesView(task, curves, ((170, "learning rate 0.01"), (180, "clip 2")))


def written(panel: CurvesPanel, which: str) -> dict[str, QRectF]:
    """The labels of a plot and where they stand, after a painting."""
    panel.plots.grab()
    return {each.label: each.box for each in getattr(panel, which).notes.written}


def assert_apart(boxes: Iterable[QRectF]) -> None:
    for one, other in combinations(boxes, 2):
        assert not one.intersects(other)


@pytest.mark.parametrize("count", [2, 4, 8])
@pytest.mark.parametrize("width", [560, 980])
@pytest.mark.parametrize("which", ["loss_plot", "accuracy_plot"])
def test_that_no_label_stands_on_another_and_all_contestants_are_named(
    panel: CurvesPanel, count: int, width: int, which: str
) -> None:
    titles = [f"RNN{chr(65 + n)}" for n in range(count)]
    task = SumTask(12)
    task.baselines = tuple(
        Baseline(f"remembers {name} of the numbers", loss, 0.15)
        for name, loss in (("none", 1 / 6), ("one", 1 / 12))
    )
    panel.resize(width, 150)
    panel.show_view(crowded(titles, task))
    labels = written(panel, which)
    assert set(titles) <= set(labels)
    assert len(labels) == len(getattr(panel, which).notes.written)
    assert_apart(labels.values())


def test_that_the_less_important_label_is_left_out_where_there_is_no_room(
    panel: CurvesPanel,
) -> None:
    panel.resize(420, 110)
    panel.show_view(crowded(["RNN", "LSTM"], WordTask(12)))
    labels = written(panel, "accuracy_plot")
    assert {"RNN", "LSTM", "RNN solved 175"} <= set(labels)
    assert_apart(labels.values())


def test_that_a_lines_name_stands_beside_its_line(panel: CurvesPanel) -> None:
    panel.resize(980, 220)
    panel.show_view(crowded(["RNN", "LSTM"], SumTask(12), value=0.1))
    notes = panel.loss_plot.notes
    labels = written(panel, "loss_plot")
    for label, value in (("solved below 0.01", 0.01), ("remembers neither: 1/6", 1 / 6)):
        assert abs(labels[label].center().y() - notes.place(0, value).y()) < 16
