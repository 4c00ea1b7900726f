from __future__ import annotations

from dataclasses import replace
from itertools import combinations
from typing import TYPE_CHECKING

import numpy as np
import pytest
from PySide6.QtCore import QPoint, QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QImage, QPainter
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from sandbox.drawing.smoothing import Smoothing
from sandbox.drawing.styles import DARK, LIGHT, Palette, line_styles
from sandbox.experiment import Experiment
from sandbox.gui.look import typeface
from sandbox.gui.look.theme import Theme
from sandbox.gui.panels.curves.curve_plot import dimmed
from sandbox.gui.panels.curves.curves_panel import CurvesPanel
from sandbox.gui.panels.shared.views import CurvesView, TrainingAxisScale
from sandbox.gui.session.clock import Clock
from sandbox.gui.session.curvebuffer import CurveBuffer, Detail
from sandbox.gui.session.overlays import Overlay, overlay_of
from sandbox.run.messages import Curve
from sandbox.store.base import ExperimentTimeline
from sandbox.tasks.base import Baseline, Units
from tests.gui.canned_frames import SumTask, WordTask, curve, curves_view
from tests.gui.controls import focus

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
    scale = TrainingAxisScale()
    ends = [scale.end(float(count)) for count in range(0, 5000, 7)]
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
    assert named["solved at 99%"] == 0.99


def test_that_names_stand_at_the_curves_ends(panel: CurvesPanel) -> None:
    panel.show_view(curves_view(200))
    ends = panel.loss_plot.notes.notes.ends
    assert [(end.title, end.x) for end in ends] == [("RNN", 200.0), ("LSTM", 200.0)]


def test_that_solved_and_diverged_are_marked_with_their_steps(panel: CurvesPanel) -> None:
    view = curves_view(200, solved_at=120)
    lost = curve(40, "rnn", diverged_at=40)
    panel.show_view(replace(view, curves={**view.curves, "rnn": lost}, changes=((60, "lr 0.01"),)))
    said = {(note.label, note.x) for note in panel.accuracy_plot.notes.notes.moments}
    assert said == {("LSTM solved 120", 120), ("RNN diverged 40", 40), ("lr 0.01", 60)}
    assert not panel.grab().isNull()


def test_that_a_zoom_by_hand_is_kept_until_home(panel: CurvesPanel, qtbot: QtBot) -> None:
    panel.show_view(curves_view(200))
    panel.loss_plot.box.setXRange(10, 50, padding=0)
    panel.loss_plot.box.sigRangeChangedManually.emit([True, False])
    panel.show_view(curves_view(2000))
    assert panel.loss_plot.box.viewRange()[0] == pytest.approx([10, 50])
    qtbot.keyClick(panel, Qt.Key.Key_Home)
    assert panel.loss_plot.box.viewRange()[0] == pytest.approx([0, 2000])


def test_that_a_double_click_shows_all_steps_again(panel: CurvesPanel) -> None:
    panel.show_view(curves_view(200))
    panel.loss_plot.box.setXRange(10, 50, padding=0)
    panel.loss_plot.box.sigRangeChangedManually.emit([True, False])
    QTest.mouseDClick(panel.plots.viewport(), Qt.MouseButton.LeftButton, pos=QPoint(200, 60))
    assert panel.loss_plot.box.viewRange()[0] == pytest.approx([0, 200])


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
    assert panel.accuracy_title.text() == "accuracy: share of answers within 0.04"
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
    plot = getattr(panel, which)
    margin = plot.box.width()
    beside = {label: box.translated(margin, 0) for label, box in plot.names.written.items()}
    return plot.notes.written | beside


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
    assert_apart(labels.values())
    plot = getattr(panel, which)
    assert all(labels[title].left() >= plot.box.width() for title in titles)
    assert all(labels[title].bottom() <= plot.box.height() + 1 for title in titles)


def test_that_no_solved_label_of_eight_nets_lies_over_a_curve(panel: CurvesPanel) -> None:
    panel.resize(1100, 190)
    rng = np.random.default_rng(0)
    titles = [f"LSTM {n}" for n in range(8)]
    styles = line_styles({title: "lstm" for title in titles})
    curves = {}
    for n, title in enumerate(titles):
        share = 1 / (1 + np.exp(-(np.arange(600) - 80 * n) / 30)) + 0.05 * rng.random(600)
        values = np.clip(share, 0, 1).astype(np.float32)
        made = curve(600, loss=2 - 2 * values, accuracy=values, title=title, style=styles[title])
        curves[title] = replace(made, solved_at=60 + 80 * n if n < 6 else None)
    panel.show_view(CurvesView(WordTask(12), curves))
    for which in ("loss_plot", "accuracy_plot"):
        labels, notes = written(panel, which), getattr(panel, which).notes
        solved = {label: box for label, box in labels.items() if " solved " in label}
        shorter = {label for label in labels if label.isdecimal()}
        assert solved or shorter
        for label, box in solved.items():
            for path in notes.notes.paths:
                spots = [notes.place(*each) for each in zip(path.x, path.values, strict=True)]
                assert sum(box.contains(spot) for spot in spots) <= 3, label


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


def test_that_no_name_covers_a_curve_and_names_hold_still_while_training(
    panel: CurvesPanel,
) -> None:
    rng = np.random.default_rng(0)
    titles = [f"LSTM {n}" for n in range(8)]
    styles = line_styles({title: "lstm" for title in titles})
    noise = {title: 0.5 + 0.02 * n + 0.05 * rng.random(400) for n, title in enumerate(titles)}
    seen = []
    for count in range(300, 400, 5):
        curves = {
            title: curve(
                count,
                loss=values[:count].astype(np.float32),
                accuracy=values[:count].astype(np.float32),
                title=title,
                style=styles[title],
            )
            for title, values in noise.items()
        }
        panel.show_view(CurvesView(WordTask(12), curves, run="run 1"))
        boxes = written(panel, "accuracy_plot")
        seen.append({title: boxes[title].topLeft().toTuple() for title in titles})
        assert all(boxes[title].left() >= panel.accuracy_plot.box.width() for title in titles)
    assert all(places == seen[0] for places in seen)


def test_that_no_label_covers_the_end_of_a_curve(panel: CurvesPanel) -> None:
    panel.resize(980, 150)
    (baseline,) = WordTask(12).baselines
    styles = line_styles({"RNN": "rnn", "LSTM": "lstm"})
    made = {}
    for title, beside in (("RNN", -0.06), ("LSTM", 0.06)):  # one above the baseline, one below
        share = np.full(190, baseline.accuracy + beside, np.float32)
        made[title] = curve(190, loss=share, accuracy=share, title=title, style=styles[title])
    panel.show_view(CurvesView(WordTask(12), made))
    panel.plots.grab()
    boxes, ends = panel.accuracy_plot.notes.written, panel.accuracy_plot.notes.end_spots()
    assert len(boxes) == 2
    assert not any(box.contains(end) for box in boxes.values() for end in ends)


def test_that_names_have_room_at_twice_the_type_size(panel: CurvesPanel) -> None:
    panel.resize(980, 300)
    panel.show_view(crowded([f"RNN{n}" for n in range(4)], WordTask(12)))
    before = written(panel, "accuracy_plot")
    typeface.set_scale(2.0)
    try:
        panel.set_palette(DARK)
        QApplication.processEvents()
        after = written(panel, "accuracy_plot")
        assert_apart(after.values())
        for n in range(4):
            assert after[f"RNN{n}"].height() >= 1.9 * before[f"RNN{n}"].height()
        axis = panel.accuracy_plot.plot.getAxis("left")
        assert axis.style["tickFont"].pixelSize() == 22
    finally:
        typeface.set_scale(1.0)


# Zooming ---------------------------------------------------------------------------------


def test_that_a_zoom_is_said_to_be_one_and_a_button_ends_it(
    panel: CurvesPanel, qtbot: QtBot
) -> None:
    panel.show_view(curves_view(200))
    assert not panel.all_button.isVisible()
    zoom(panel, 10, 50)
    assert panel.all_button.isVisible()
    qtbot.mouseClick(panel.all_button, Qt.MouseButton.LeftButton)
    assert panel.loss_plot.box.viewRange()[0] == pytest.approx([0, 200])
    assert not panel.all_button.isVisible()


@pytest.mark.parametrize("name", ["log_button", "all_button"])
def test_that_the_focused_button_over_the_curves_has_a_border(
    panel: CurvesPanel, qtbot: QtBot, name: str
) -> None:
    theme = Theme("dark")  # its style sheet
    button = getattr(panel, name)
    button.show()
    panel.activateWindow()
    focus(qtbot, button)
    image = button.grab().toImage()
    assert image.pixelColor(image.width() // 2, 0).name() == theme.palette.text


def test_that_another_run_is_shown_whole_after_a_zoom(panel: CurvesPanel) -> None:
    panel.show_view(replace(curves_view(200), run="run 1"))
    zoom(panel, 10, 50)
    panel.show_view(replace(curves_view(210), run="run 1"))
    assert panel.loss_plot.box.viewRange()[0] == pytest.approx([10, 50])
    panel.show_view(replace(curves_view(150), run="run 2"))
    assert panel.loss_plot.box.viewRange()[0] == pytest.approx([0, 150])
    assert not panel.all_button.isVisible()


# Other runs ------------------------------------------------------------------------------


def overlay(
    run: str = "run 2", count: int = 300, seconds: float = 1.0, level: float = 0.3
) -> Overlay:
    """An RNN and an LSTM of another run, at one level, timed at its end."""
    values = np.full(count, level, np.float32)
    steps = np.arange(1, count + 1)
    curves = {key: (steps, (values, values, values)) for key in ("rnn", "lstm")}
    times = np.array([[count, seconds]])
    experiment = Experiment(task=WordTask.name)
    return overlay_of(run, f"14:03 {run}", ExperimentTimeline(experiment), curves, times)


def test_that_other_runs_are_drawn_and_taken_away(panel: CurvesPanel) -> None:
    view = curves_view(200)
    panel.show_view(view)
    assert len(panel.loss_plot.plot.listDataItems()) == 4
    panel.show_view(replace(view, overlays=(overlay(),)))
    items = panel.loss_plot.plot.listDataItems()
    assert len(items) == 6
    assert [list(item.getData()[0][[0, -1]]) for item in items[4:]] == [[1.0, 300.0]] * 2
    panel.show_view(view)
    assert len(panel.loss_plot.plot.listDataItems()) == 4


def test_that_the_axes_have_room_for_other_runs(panel: CurvesPanel) -> None:
    longer = overlay(count=9_000, level=7.0)
    panel.show_view(replace(curves_view(200), overlays=(longer,)))
    assert panel.loss_plot.box.viewRange()[0][1] >= 9_000
    assert panel.loss_plot.box.viewRange()[1][1] > 7.0


def test_that_other_runs_are_named_by_contestant_and_run(panel: CurvesPanel) -> None:
    panel.resize(980, 260)
    shown = (overlay("run 2"), overlay("run 3", 250, level=0.6))
    panel.show_view(replace(curves_view(200), overlays=shown))
    for which in ("loss_plot", "accuracy_plot"):
        labels = written(panel, which)
        names = {
            f"{title} · 14:03 {run}" for title in ("RNN", "LSTM") for run in ("run 2", "run 3")
        }
        assert {"RNN", "LSTM"} | names <= set(labels)
        assert_apart(labels.values())
    assert "Other runs: 14:03 run 2; 14:03 run 3." in panel.accessibleDescription()


class CopyNamed(WordTask):
    name = "copy"


def test_that_a_run_of_another_task_is_not_drawn_on_this_ones_axes(panel: CurvesPanel) -> None:
    view = curves_view(200)
    other = replace(
        overlay(count=9_000, level=9.0), timeline=ExperimentTimeline(Experiment(task="copy"))
    )
    panel.show_view(replace(view, overlays=(other,)))
    assert len(panel.loss_plot.plot.listDataItems()) == 4
    assert len(panel.accuracy_plot.plot.listDataItems()) == 4
    assert panel.loss_plot.box.viewRange()[1][1] < 9.0
    assert panel.loss_plot.box.viewRange()[0][1] < 9_000
    assert any("different task" in label for label in written(panel, "loss_plot"))
    assert not any(other.label in label for label in written(panel, "accuracy_plot"))
    assert "different task" in panel.accessibleDescription()
    panel.show_view(replace(view, task=CopyNamed(12), overlays=(other,)))
    assert len(panel.loss_plot.plot.listDataItems()) == 6
    assert panel.loss_plot.notes.notes.remark == ""


def test_that_it_is_counted_how_many_names_had_no_room(panel: CurvesPanel) -> None:
    shown = tuple(overlay(f"run {n}") for n in range(3))
    for height in range(90, 300, 14):
        panel.resize(700, height)
        panel.show_view(replace(curves_view(200), overlays=shown))
        labels = written(panel, "loss_plot")
        named = [label for label in labels if " · " in label]
        count = next((int(each.split()[1]) for each in labels if each.startswith("and ")), 0)
        assert {"RNN", "LSTM"} <= set(labels)
        assert len(named) + count == 6 or not (named or count)
        assert_apart(labels.values())


@pytest.mark.parametrize("size", [(620, 120), (980, 150), (1560, 260)])
def test_that_no_label_stands_on_another_however_many_runs_there_are(
    panel: CurvesPanel, size: tuple[int, int]
) -> None:
    panel.resize(*size)
    shown = tuple(overlay(f"run {n}", 200 + 20 * n, level=0.1 + 0.01 * n) for n in range(8))
    panel.show_view(replace(crowded(["RNN", "LSTM"], WordTask(12)), overlays=shown))
    for which in ("loss_plot", "accuracy_plot"):
        labels = written(panel, which)
        assert {"RNN", "LSTM"} <= set(labels)
        others = [label for label in labels if " · " in label]
        assert others
        (left_out,) = (label for label in labels if label.startswith("and "))
        assert left_out == f"and {16 - len(others)} more curves"  # of what there are more
        assert_apart(labels.values())


@pytest.mark.parametrize("palette", [DARK, LIGHT])
def test_that_dimmed_curves_can_still_be_seen(palette: Palette) -> None:
    ground = luminance(QColor(palette.ground))
    for color in palette.contestants:
        full, dim = luminance(QColor(color)), luminance(dimmed(color, palette))
        assert contrast(dim, ground) >= 3.0
        assert contrast(dim, ground) < 0.75 * contrast(full, ground)


def luminance(color: QColor) -> float:
    """Relative luminance as WCAG 2 has it."""
    parts = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in color.getRgbF()]
    return 0.2126 * parts[0] + 0.7152 * parts[1] + 0.0722 * parts[2]


def contrast(one: float, other: float) -> float:
    return (max(one, other) + 0.05) / (min(one, other) + 0.05)


# By time ---------------------------------------------------------------------------------


def timed(count: int, seconds: float) -> CurvesView:
    """Steps that took the same time each; solved, changed and looked at, at the same step."""
    view = curves_view(count, solved_at=count // 2, evaluations=((count // 2, 1.0, 0.5),))
    clock = Clock(np.array([[0.0, 0.0], [count, seconds]]))
    return replace(view, clock=clock, changes=((count // 2, "lr 0.01"),), looking=count // 2)


def test_that_curves_and_all_their_marks_go_over_to_seconds_and_back(panel: CurvesPanel) -> None:
    panel.show_view(replace(timed(200, 4.0), overlays=(overlay(seconds=6.0),)))
    by_step = [item.getData()[0][-1] for item in panel.loss_plot.plot.listDataItems()]
    panel.set_by_time(True)
    by_time = [item.getData()[0][-1] for item in panel.loss_plot.plot.listDataItems()]
    assert by_step == [200.0] * 4 + [300.0] * 2
    assert by_time == pytest.approx([4.0] * 4 + [6.0] * 2)
    notes = panel.accuracy_plot.notes.notes
    assert {moment.x for moment in notes.moments} == {2.0}
    assert [points.x.tolist() for points in notes.markers] == [[2.0]]
    assert {end.x for end in notes.ends} == {4.0, 6.0}
    assert panel.loss_plot.box.viewRange()[0] == pytest.approx([0.0, 6.0])
    panel.set_by_time(False)
    assert panel.loss_plot.box.viewRange()[0] == pytest.approx([0.0, 300.0])


def texts_of_axis(panel: CurvesPanel) -> list[tuple[QRectF, int, str]]:
    """What is written along the training axis: where, how and what."""
    panel.plots.grab()
    axis = panel.accuracy_plot.plot.getAxis("bottom")
    image = QImage(10, 10, QImage.Format.Format_ARGB32)
    painter = QPainter(image)
    painter.setFont(axis.style["tickFont"])
    specs = axis.generateDrawSpecs(painter)
    painter.end()
    assert specs is not None
    texts: list[tuple[QRectF, int, str]] = specs[2]
    return texts


@pytest.mark.parametrize(
    ("by_time", "name", "short"),
    [(False, "training step", "step"), (True, "seconds of training", "seconds")],
)
@pytest.mark.parametrize("width", [420, 980])
def test_that_the_axis_is_named_and_no_figure_touches_its_name(
    panel: CurvesPanel, by_time: bool, name: str, short: str, width: int
) -> None:
    panel.resize(width, 150)
    panel.set_by_time(by_time)
    panel.show_view(timed(3000, 3.0))
    texts = texts_of_axis(panel)
    said = texts[-1][2]  # the last figure and the name together
    assert (name if width == 980 else short) in said
    assert said.startswith("3 " if by_time else "3,000 ")
    assert len(texts) >= 2  # where the axis begins and ends, at least
    assert_apart(rect for rect, _, text in texts if text)


@pytest.mark.parametrize(
    ("by_time", "end", "said"),
    [
        (False, 1098.22639736, "1,098 training steps"),
        (True, 1.22639736, "1.23 seconds of training"),
        (True, 1234.567, "1,235 seconds of training"),
    ],
)
def test_that_a_zoomed_axis_ends_at_a_plain_number(
    panel: CurvesPanel, by_time: bool, end: float, said: str
) -> None:
    panel.set_by_time(by_time)
    panel.show_view(timed(3000, 3.0))
    panel.accuracy_plot.plot.getAxis("bottom").setRange(0.1, end)
    assert texts_of_axis(panel)[-1][2] == said


def test_that_the_switch_says_what_is_drawn(panel: CurvesPanel) -> None:
    panel.time_button.click()
    assert panel.loss_plot.plot.getAxis("bottom").by_time
    panel.set_by_time(False)
    assert not panel.time_button.isChecked()


# Clicks ----------------------------------------------------------------------------------


def spot(panel: CurvesPanel, x: float) -> QPoint:
    """A place on the axis in the pixels of the accuracy plot."""
    scene = panel.accuracy_plot.box.mapViewToScene(QPointF(x, 0.5))
    return panel.plots.mapFromScene(scene)


@pytest.mark.parametrize("by_time", [False, True])
def test_that_a_click_asks_for_its_step(panel: CurvesPanel, qtbot: QtBot, by_time: bool) -> None:
    panel.set_by_time(by_time)
    panel.show_view(timed(1000, 10.0))
    panel.plots.grab()
    with qtbot.waitSignal(panel.step_clicked, timeout=3000) as told:
        place = spot(panel, 7.0 if by_time else 700.0)
        qtbot.mouseClick(panel.plots.viewport(), Qt.MouseButton.LeftButton, pos=place)
    assert told.args is not None
    assert abs(told.args[0] - 700) <= 5


def test_that_a_click_beyond_the_last_step_asks_for_the_last(
    panel: CurvesPanel, qtbot: QtBot
) -> None:
    panel.show_view(timed(1001, 10.0))
    panel.plots.grab()
    with qtbot.waitSignal(panel.step_clicked, timeout=3000) as told:
        place = spot(panel, 1100.0)
        qtbot.mouseClick(panel.plots.viewport(), Qt.MouseButton.LeftButton, pos=place)
    assert told.args == [1001]


def test_that_neither_a_drag_nor_a_double_click_asks_for_a_step(
    panel: CurvesPanel, qtbot: QtBot
) -> None:
    panel.show_view(timed(1000, 10.0))
    panel.plots.grab()
    steps: list[int] = []
    panel.step_clicked.connect(steps.append)
    ground, left = panel.plots.viewport(), Qt.MouseButton.LeftButton
    QTest.mousePress(ground, left, pos=spot(panel, 300.0))
    QTest.mouseRelease(ground, left, pos=spot(panel, 600.0))
    QTest.mouseClick(ground, left, pos=spot(panel, 300.0))
    QTest.mouseDClick(ground, left, pos=spot(panel, 300.0))
    qtbot.wait(QApplication.doubleClickInterval() + 100)
    assert steps == []


def test_that_a_zoom_names_curves_where_they_leave_it_and_only_what_is_in_it(
    panel: CurvesPanel,
) -> None:
    panel.show_view(replace(timed(1000, 10.0), overlays=(overlay(),)))
    zoom(panel, 100, 250)
    for end in panel.loss_plot.notes.notes.ends:
        assert 249 <= end.x <= 250
        assert 0 <= panel.loss_plot.notes.place(end.x, end.value).y() <= 150
    labels = written(panel, "loss_plot")
    assert {"RNN", "LSTM", "RNN · 14:03 run 2", "LSTM · 14:03 run 2"} <= set(labels)
    assert not {label for label in labels if "solved" in label or "shown" in label}
    panel.show_all()
    assert {end.x for end in panel.loss_plot.notes.notes.ends} == {1000.0, 300.0}
    assert "shown: 500" in written(panel, "loss_plot")


# Long curves -----------------------------------------------------------------------------


def long_view(count: int = 40_000) -> tuple[CurvesView, np.ndarray]:
    """One contestant in bins of several steps, and its losses one by one."""
    values = np.random.default_rng(0).random(count).astype(np.float32)
    buffer = CurveBuffer()
    buffer.extend(1, Curve(values, values, values))
    merged = replace(
        curve(1),
        steps=buffer.steps,
        loss=buffer.loss,
        accuracy=buffer.accuracy,
        grad_norm=buffer.grad_norm,
        bands=buffer.bands,
    )
    return CurvesView(WordTask(12), {"lstm": merged}, run="run 1", bin=buffer.bin), values


def zoom(panel: CurvesPanel, low: float, high: float) -> None:
    panel.loss_plot.box.setXRange(low, high, padding=0)
    panel.loss_plot.box.sigRangeChangedManually.emit([True, False])


def test_that_a_zoom_beyond_the_bins_is_answered_with_every_step(
    panel: CurvesPanel, qtbot: QtBot
) -> None:
    view, values = long_view()
    panel.show_view(view)
    with qtbot.waitSignal(panel.detail_wanted) as asked:
        zoom(panel, 20_000, 20_100)
    assert asked.args is not None
    run, first, last = asked.args
    assert run == "run 1"
    assert first <= 20_000 < 20_100 <= last
    part = values[first - 1 : last]
    panel.show_detail(
        Detail(run, first, last, {"lstm": (np.arange(first, last + 1), (part, part, part))})
    )
    raw, smooth = panel.loss_plot.plot.listDataItems()
    assert set(values[20_000:20_099].tolist()) <= set(raw.getData()[1].tolist())
    x, y = smooth.getData()
    exact = Smoothing().extend(values)[x.astype(int) - 1]
    np.testing.assert_allclose(y, exact, rtol=1e-6)
    assert (np.diff(x) > 0).all()


def test_that_nothing_is_asked_for_where_the_bins_are_enough(
    panel: CurvesPanel, qtbot: QtBot
) -> None:
    asked: list[int] = []
    panel.detail_wanted.connect(lambda run, first, last: asked.append(first))
    panel.show_view(long_view()[0])
    zoom(panel, 5_000, 25_000)
    panel.show_view(curves_view(3000))
    zoom(panel, 100, 120)
    qtbot.wait(400)
    assert asked == []


def test_that_a_late_answer_to_another_question_is_dropped(
    panel: CurvesPanel, qtbot: QtBot
) -> None:
    view, values = long_view()
    panel.show_view(view)
    with qtbot.waitSignal(panel.detail_wanted):
        zoom(panel, 20_000, 20_100)
    before = panel.loss_plot.plot.listDataItems()[0].getData()[0].tolist()
    part = values[:100]
    steps = np.arange(1, 101)
    panel.show_detail(Detail("run 1", 1, 100, {"lstm": (steps, (part, part, part))}))
    assert panel.loss_plot.plot.listDataItems()[0].getData()[0].tolist() == before


def test_that_a_zoom_at_the_growing_end_is_asked_for_again_and_the_beginning_only_once(
    panel: CurvesPanel, qtbot: QtBot
) -> None:
    asked: list[tuple[int, int]] = []
    panel.detail_wanted.connect(lambda run, first, last: asked.append((first, last)))
    panel.show_view(long_view(40_000)[0])
    zoom(panel, 0, 100)
    qtbot.waitUntil(lambda: len(asked) == 1)
    panel.show_view(long_view(41_000)[0])
    zoom(panel, 40_500, 41_500)
    qtbot.waitUntil(lambda: len(asked) == 2)
    panel.show_view(long_view(41_200)[0])
    qtbot.waitUntil(lambda: len(asked) == 3)
    assert asked[0][0] <= 0 < 100 < asked[0][1]
    assert [last for _, last in asked[1:]] == [41_000, 41_200]


def test_that_losses_are_told_in_units_in_tip_labels_and_words(panel: CurvesPanel) -> None:
    plain, task = SumTask(12), SumTask(12)
    task.units = Units(0.0, 10.0, "cm")
    task.in_units = lambda loss: f"RMS error {10 * loss**0.5:.3g} cm"  # type: ignore[method-assign]
    panel.show_view(curves_view(200, plain))
    assert "RMS" not in panel.toolTip() + panel.accessibleDescription()
    assert not any("RMS" in label for label in panel.loss_plot.notes.written)
    panel.resize(1600, 400)
    panel.show_view(curves_view(200, task))
    panel.grab()
    loss = float(curves_view(200, task).curves["lstm"].bands["loss"].smooth[-1])
    assert f"RMS error {10 * loss**0.5:.3g} cm." in panel.toolTip()
    assert "solved below 0.01 (RMS error 1 cm)" in panel.loss_plot.notes.written
    assert "solved below 0.01 (RMS error 1 cm)" in panel.loss_title.toolTip()
    assert panel.accuracy_title.text() == "accuracy: share of answers within 0.4 cm"
