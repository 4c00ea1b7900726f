"""Errors by steps ahead on screen: what is drawn, pointed at and said."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest
from PySide6.QtCore import QPointF, Qt

from sandbox.drawing.errors_shown import ErrorsShown, NetShown
from sandbox.drawing.styles import LIGHT, line_styles
from sandbox.engine.errors_ahead import ErrorsAhead
from sandbox.gui.look.typeface import px
from sandbox.gui.panels.curves.annotations import PITCH
from sandbox.gui.panels.errors.errors_panel import ErrorsPanel, ErrorsView

if TYPE_CHECKING:
    from pytestqt.qtbot import QtBot

STYLES = line_styles({"rnn": "rnn", "lstm": "lstm"})


def errors(rnn: list[float], lstm: list[float], step: int = 40) -> ErrorsShown:
    simple = {"the last value": np.full(len(rnn), 2.0)}
    found = ErrorsAhead({"rnn": np.array(rnn), "lstm": np.array(lstm)}, simple, "MW", 200)
    return ErrorsShown(found, step, {key: NetShown(key.upper(), STYLES[key]) for key in STYLES})


@pytest.fixture
def panel(qtbot: QtBot) -> ErrorsPanel:
    made = ErrorsPanel()
    qtbot.addWidget(made)
    made.resize(700, 320)
    made.show_view(ErrorsView(errors([1.0, np.nan, 1e9], [0.5, 1.0, 1.5])))
    with qtbot.waitExposed(made):
        made.show()
    return made


def drawn(panel: ErrorsPanel) -> list[np.ndarray]:
    """The values of every line that is drawn, as Qt gets them."""
    items = [item for _, items in panel.plot._drawn.values() for item in items]
    return [item.getData()[1] for item in items if item.getData()[1] is not None]


def test_that_nothing_is_drawn_that_is_not_finite(panel: ErrorsPanel) -> None:
    given = [values for values in drawn(panel) if len(values)]
    assert len(given) == 3
    assert all(np.isfinite(values).all() for values in given)
    assert panel.plot.box.viewRange()[1] == [0.0, pytest.approx(8.0)]  # not 1e9


def test_that_nets_and_simple_forecasts_are_named_in_the_margin(panel: ErrorsPanel) -> None:
    panel.grab()
    assert list(panel.plot.names.written) == ["RNN ↑", "LSTM", "the last value"]
    assert panel.title.text() == "RMS error, MW"


def test_that_simple_forecasts_are_named_however_many_nets_there_are(panel: ErrorsPanel) -> None:
    rows = int(panel.plot.box.height() // px(PITCH))
    nets = {f"rnn#{n}": np.array([1.0, 1.5]) for n in range(rows)}
    found = ErrorsAhead(nets, {"the last value": np.full(2, 2.0)}, "MW", 200)
    called = {key: NetShown(key, STYLES["rnn"]) for key in nets}
    panel.show_view(ErrorsView(ErrorsShown(found, 40, called)))
    panel.grab()
    assert {*nets, "the last value"} <= set(panel.plot.names.written)


def test_that_the_step_under_the_pointer_is_read_out(panel: ErrorsPanel, qtbot: QtBot) -> None:
    box = panel.plot.box
    for ahead in (1, 2, 3):
        with qtbot.waitSignal(panel.read_out) as told:
            panel._hover_place(box.mapViewToScene(QPointF(ahead + 0.2, 1.0)))
        assert panel.marked == ahead - 1
        assert told.args[0].startswith(f"{ahead} step")
    assert "LSTM 1.50 MW" in told.args[0]
    panel._hover_place(QPointF(-10.0, -10.0))
    assert panel.marked == -1


def test_that_keys_go_through_the_steps(panel: ErrorsPanel, qtbot: QtBot) -> None:
    marked = []
    for key in (Qt.Key.Key_Home, Qt.Key.Key_Right, Qt.Key.Key_End, Qt.Key.Key_Left):
        qtbot.keyClick(panel, key)
        marked.append(panel.marked)
    assert marked == [0, 1, 2, 1]
    qtbot.keyClick(panel, Qt.Key.Key_Escape)
    assert panel.marked == -1


def test_that_a_mark_beyond_the_last_step_goes(panel: ErrorsPanel) -> None:
    panel.mark(2)
    panel.show_view(ErrorsView(errors([1.0], [1.0])))
    assert panel.marked == -1


def test_that_a_screen_reader_is_told(panel: ErrorsPanel, qtbot: QtBot) -> None:
    assert "after 40 training steps" in panel.accessibleDescription()
    assert "LSTM is better than every simple forecast" in panel.accessibleDescription()
    panel.show_view(ErrorsView(None, "Measuring …"))
    qtbot.waitUntil(lambda: panel.accessibleDescription() == "Measuring …")
    assert drawn(panel) == []


def test_that_it_is_drawn_in_other_colours(panel: ErrorsPanel) -> None:
    panel.set_palette(LIGHT)
    shot = panel.grab().toImage()
    assert shot.pixelColor(shot.width() // 2, shot.height() // 3).name() == LIGHT.ground
