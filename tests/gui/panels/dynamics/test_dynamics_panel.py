"""The dynamics panel: what is drawn, pointed at and said."""

from __future__ import annotations

from dataclasses import replace
from functools import cache
from typing import TYPE_CHECKING

import numpy as np
import pytest
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtGui import QColor, QImage

from sandbox.drawing.dynamics_shown import DynamicsShown, group_colour
from sandbox.drawing.styles import DARK, LIGHT
from sandbox.experiment import Experiment
from sandbox.gui.panels.dynamics.dynamics_geometry import (
    LEAST_HEIGHT,
    LEAST_WIDE_HEIGHT,
    LEAST_WIDTH,
    WIDE,
    arrange_dynamics,
)
from sandbox.gui.panels.dynamics.dynamics_paint import states_chart
from sandbox.gui.panels.dynamics.dynamics_panel import DynamicsPanel
from sandbox.gui.panels.dynamics.dynamics_view import FINDING, DynamicsView, content_of
from sandbox.insight.dynamics import Dynamics, dynamics
from sandbox.insight.trajectories import FOLLOWED
from sandbox.run.inspector import Answer, Inquiry, Inspector
from sandbox.run.messages import Frame
from sandbox.tasks.registry import complete, task_of
from sandbox.tasks.shown import ShownSequence
from tests.gui.canned_frames import heads
from tests.insight.nets import drawn_at_random, one_memory, recall_task, two_stable_points

if TYPE_CHECKING:
    from collections.abc import Callable

    from pytestqt.qtbot import QtBot

    from sandbox.gui.panels.dynamics.dynamics_column import DynamicsColumn
    from sandbox.insight.subject import Subject

TASK = recall_task()


@cache
def subjects() -> dict[str, Subject]:
    return {"rnn": two_stable_points(TASK), "lstm": one_memory(TASK)}


@cache
def found_of(key: str) -> Dynamics:
    found = dynamics(subjects()[key], followed=200)
    assert found is not None
    return found


@cache
def whole_view() -> DynamicsView:
    sequences = subjects()["lstm"].fresh(3, 9)
    traces = {key: subject.net.trace(sequences) for key, subject in subjects().items()}
    shown = {key: DynamicsShown(found_of(key), 40) for key in traces}
    sequence = ShownSequence(TASK, sequences, 0)
    return DynamicsView(sequence, heads(), Frame("run", 40, sequences, traces), shown)


@pytest.fixture
def panel(qtbot: QtBot) -> DynamicsPanel:
    made = DynamicsPanel()
    qtbot.addWidget(made)
    made.resize(1000, 520)
    with qtbot.waitExposed(made):
        made.show()
    made.show_view(whole_view())
    return made


def place(column: DynamicsColumn, place: np.ndarray) -> QPoint:
    """The pixel of a place in the plot of states."""
    content, geometry = column.content, column.places
    assert content is not None
    assert content.shown is not None
    assert geometry is not None
    x, y = states_chart(geometry, content.shown).place(place).tolist()
    return QPointF(x, y).toPoint()


def shot(column: DynamicsColumn) -> QImage:
    return column.grab().toImage()


def colours(image: QImage, at: QPoint, radius: int = 4) -> set[str]:
    around = range(-radius, radius + 1)
    return {image.pixelColor(at + QPoint(x, y)).name() for x in around for y in around}


def test_that_every_net_has_a_column_with_its_verdict(panel: DynamicsPanel) -> None:
    for key in ("rnn", "lstm"):
        column = panel.column(key)
        assert column.places is not None
        assert " ".join(column.places.verdict) == found_of(key).verdict.text
    assert "RNN: A stable point for each answer" in panel.accessibleDescription()
    assert "LSTM: A line attractor" in panel.accessibleDescription()


def test_that_the_marked_step_is_a_dot_in_its_answer_s_colour(panel: DynamicsPanel) -> None:
    column, view = panel.column("lstm"), whole_view()
    content = column.content
    assert content is not None
    assert content.way is not None
    color = QColor(group_colour(found_of("lstm").groups.names, content.group, DARK)).name()
    at = place(column, content.way[4])
    panel.mark(4)
    assert shot(column).pixelColor(at).name() == color
    panel.mark(-1)
    panel.mark(view.sequence.length + 5)
    assert column._mark == -1


def test_that_stable_points_are_filled_and_saddles_open(panel: DynamicsPanel) -> None:
    column = panel.column("rnn")
    shown = whole_view().shown["rnn"]
    bare = replace(shown, found=replace(shown.found, ways=None))
    panel.show_view(replace(whole_view(), frame=None, shown={"rnn": bare}))
    for point, at in zip(shown.found.points, bare.points, strict=True):
        middle = shot(column).pixelColor(place(column, at)).name()
        assert middle == (DARK.ground if point.unstable else DARK.text)


def test_that_the_point_under_the_pointer_is_told(panel: DynamicsPanel, qtbot: QtBot) -> None:
    column = panel.column("rnn")
    shown = whole_view().shown["rnn"]
    number = next(n for n, point in enumerate(shown.found.points) if point.unstable)
    qtbot.mouseMove(column, place(column, shown.points[number]))
    qtbot.waitUntil(lambda: column.point is shown.found.points[number])
    tip = column._tip(place(column, shown.points[number]))
    assert "saddle with 1 unstable direction" in tip
    assert "eigenvalue 2.00" in tip
    assert "grows e-fold in 1.4 symbols" in tip
    before = shot(column)
    column._show_point(-1)
    assert shot(column) != before


def test_that_the_step_under_the_pointer_is_marked(panel: DynamicsPanel, qtbot: QtBot) -> None:
    shown = whole_view().shown["lstm"]
    observed = replace(shown.found.observed, points=())  # which would be nearer
    bare = replace(shown, found=replace(shown.found, observed=observed))
    panel.show_view(replace(whole_view(), shown={"lstm": bare}))
    column = panel.column("lstm")
    content = column.content
    assert content is not None
    assert content.way is not None
    with qtbot.waitSignal(panel.step_hovered) as told:
        qtbot.mouseMove(column, place(column, content.way[0]))
    assert told.args == [panel.marked]
    np.testing.assert_allclose(content.way[panel.marked], content.way[0], atol=0.2)
    with qtbot.waitSignal(panel.picked) as clicked:
        qtbot.mouseClick(
            column, Qt.MouseButton.LeftButton, pos=place(column, content.way[panel.marked])
        )
    assert clicked.args is not None
    assert (clicked.args[0].step, clicked.args[0].key) == (panel.marked, "lstm")


def test_that_keys_go_through_the_steps(panel: DynamicsPanel, qtbot: QtBot) -> None:
    marked = []
    for key in (Qt.Key.Key_Home, Qt.Key.Key_Right, Qt.Key.Key_End, Qt.Key.Key_Escape):
        qtbot.keyClick(panel, key)
        marked.append(panel.marked)
    assert marked == [0, 1, whole_view().sequence.length - 1, -1]


def test_that_other_components_can_be_chosen(panel: DynamicsPanel) -> None:
    buttons = panel.head.planes.buttons()
    assert [button.text() for button in buttons] == ["1 · 2", "1 · 3", "2 · 3"]
    buttons[2].click()
    content = panel.column("lstm").content
    assert content is not None
    assert content.shown is not None
    assert content.shown.plane == (1, 2)
    assert "component 3" in content.shown.axes[1]


def test_that_fresh_sequences_are_a_cloud_at_the_marked_step(panel: DynamicsPanel) -> None:
    found = dynamics(drawn_at_random(TASK), followed=200)
    assert found is not None
    shown = DynamicsShown(found, 0)
    panel.show_view(replace(whole_view(), frame=None, shown={"lstm": shown}))
    column = panel.column("lstm")
    panel.mark(2)
    without = shot(column)
    panel.head.cloud.click()
    cloud = shot(column)
    assert cloud != without
    places, groups = shown.cloud(2)
    alone = int(np.linalg.norm(places - places.mean(axis=0), axis=1).argmax())
    wanted = QColor(group_colour(found.groups.names, int(groups[alone]), DARK)).name()
    assert wanted in colours(cloud, place(column, places[alone]))
    panel.mark(5)
    assert shot(column) != cloud


def test_that_a_net_without_dynamics_says_why(panel: DynamicsPanel, qtbot: QtBot) -> None:
    view = replace(whole_view(), shown={}, waiting={"lstm": "There is not enough memory."})
    panel.show_view(view)
    panel.mark(3)
    expected = f"RNN: {FINDING} LSTM: There is not enough memory."
    qtbot.waitUntil(lambda: panel.accessibleDescription() == expected)
    assert panel.column("lstm").point is None
    assert panel.column("lstm")._tip(QPoint(5, 5)) == ""
    panel.grab()


def test_that_a_trace_of_another_net_has_no_way(panel: DynamicsPanel) -> None:
    view = whole_view()
    assert view.frame is not None
    swapped = {"rnn": view.frame.traces["lstm"], "lstm": view.frame.traces["rnn"]}
    other = replace(view, frame=replace(view.frame, traces=swapped))
    assert content_of(other, "lstm", DARK).way is None
    panel.show_view(other)
    panel.grab()


def test_that_the_inspector_can_look_into_a_net(qtbot: QtBot) -> None:
    nets = [{"cell": "rnn", "hidden": 4}]
    given = Experiment(task="recall", params={"gap": 3, "symbols": 2}, contestants=nets)
    experiment = complete(given)
    task = task_of(experiment)
    from sandbox.engine.trainer import Trainer

    trainer = Trainer(experiment)
    weights = trainer.weights()["rnn"]
    trainer.close()
    answers: list[Answer] = []

    def look(subject: Subject, stop: Callable[[], bool]) -> Dynamics | None:
        return dynamics(subject, 0, FOLLOWED, stop)

    inspector = Inspector(answers.append)
    inspector.start()
    inspector.ask(Inquiry("dynamics", "run", 0, "rnn", experiment, task, weights, look))
    qtbot.waitUntil(lambda: bool(answers), timeout=60_000)
    inspector.close()
    inspector.join()
    assert answers[0].error == ""
    assert isinstance(answers[0].found, Dynamics)
    assert answers[0].found.ways is not None


@pytest.mark.parametrize(
    ("width", "height"),
    [
        *((width, height) for width in (LEAST_WIDTH, WIDE - 1) for height in (LEAST_HEIGHT, 700)),
        *((width, height) for width in (WIDE, 900) for height in (LEAST_WIDE_HEIGHT, 700)),
    ],
)
def test_that_parts_of_a_column_do_not_overlap(width: int, height: int, qapp: object) -> None:
    geometry = arrange_dynamics(width, height, found_of("lstm").verdict.text)
    parts = [geometry.states, geometry.spectrum, geometry.readout, geometry.words]
    for n, one in enumerate(parts):
        assert one.left() >= 0
        assert one.right() <= width
        assert one.bottom() <= height + 0.5
        assert one.height() > 10
        assert one.width() > 40
        assert not any(one.intersects(other) for other in parts[n + 1 :])


def test_that_it_is_drawn_in_other_colours(panel: DynamicsPanel) -> None:
    panel.set_palette(LIGHT)
    assert shot(panel.column("rnn")).pixelColor(2, 2).name() == LIGHT.ground
