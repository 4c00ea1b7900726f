"""The Why panel: places, marks, pins, tips and findings."""

from __future__ import annotations

from itertools import combinations
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any, cast

import numpy as np
import pytest
from PySide6.QtCore import QPoint

from sandbox.drawing.styles import DARK, line_styles
from sandbox.gui.panels.shared.views import NetHead
from sandbox.gui.panels.why.why_content import WhyContent, WhyView, place_why
from sandbox.gui.panels.why.why_panel import WhyPanel
from sandbox.gui.session.pin import Pin
from sandbox.insight.carriers import Carriers
from sandbox.insight.contrast import Pair
from sandbox.insight.findings import Finding
from sandbox.insight.linear_readout import Told
from sandbox.insight.swaps import SwapMap
from sandbox.insight.why import Why
from sandbox.tasks.preview import example_sequences
from sandbox.tasks.shown import ShownSequence
from tests.insight.nets import recall_task

if TYPE_CHECKING:
    from pytestqt.qtbot import QtBot

UNITS = 5
TASK = recall_task(gap=6)
SEQUENCE = ShownSequence(TASK, example_sequences(TASK, 0, 2), 0)


def why(largest: float = 0.5) -> Why:
    """Unit u moves the answer by u / 4 of `largest` at every step; lesions the other way round."""
    steps, share = SEQUENCE.length, np.arange(UNITS) / (UNITS - 1)
    effects = {name: np.tile(share * largest, (steps, 1)) for name in ("hidden", "cell")}
    pair = Pair(SEQUENCE.sequences, True, SEQUENCE.asked_at)
    told = {name: Told(np.full(UNITS, 0.6), 0.9, 0.5, 0.05) for name in ("hidden", "cell")}
    carriers = Carriers(
        step=3,
        layer=1,
        pairs=12,
        swap=share * largest,
        lesion=share[::-1] * 0.25,
        told=told,
        unhurt=1.0,
        set=None,
    )
    insight = cast("Any", SimpleNamespace(carriers=carriers))
    return Why(insight, SwapMap(pair, effects, np.array([[1.0, 0.0], [0.0, 1.0]])))


def head() -> NetHead:
    return NetHead("LSTM", "lstm", line_styles({"lstm": "lstm"}, {"lstm": 1})["lstm"], 1.0, 0.1, "")


def content(found: Why | None, order: str = "number") -> WhyContent:
    return WhyContent("lstm", head(), SEQUENCE, found, 40, order, "", DARK)


@pytest.fixture
def panel(qtbot: QtBot) -> WhyPanel:
    made = WhyPanel()
    qtbot.addWidget(made)
    made.resize(900, 420)
    made.show_view(WhyView(SEQUENCE, {"lstm": head()}, {"lstm": why()}, {"lstm": 40}))
    with qtbot.waitExposed(made):
        made.show()
    return made


@pytest.mark.parametrize("width", [380, 470, 900])
@pytest.mark.parametrize("height", [160, 240, 600])
def test_that_no_two_parts_of_a_column_overlap(width: int, height: int) -> None:
    places = place_why(width, height, content(why()))
    parts = [places.head, *places.maps, *(bar for bars in places.bars for bar in bars)]
    for one, other in combinations([*parts, places.words, places.roles], 2):
        assert not one.intersects(other)
    assert all(part.left() >= 0 and part.right() < width for part in parts)


def test_that_colours_and_bars_end_at_round_numbers_that_hold_all() -> None:
    for largest in (0.004, 0.07, 0.33, 1.4):
        found = content(why(largest))
        assert found.limit >= min(largest, 1.0)
        assert found.full("swap") >= min(largest, 1.0)
    assert content(why(0.07)).full("tells") == 1.0


def test_that_sorted_units_stand_where_their_values_do() -> None:
    for order, first in (("swap", 4), ("lesion", 0), ("number", 0)):
        found = content(why(), order)
        assert found.units[0] == first
        assert found.values("swap", "cell").tolist() == [u / 4 * 0.5 for u in found.units]
        assert np.array_equal(found.effects("cell")[0], found.values("swap", "cell"))


def test_that_a_click_pins_the_step_and_the_unit_under_it(panel: WhyPanel, qtbot: QtBot) -> None:
    column = panel._columns["lstm"]
    places = column.places
    assert places is not None
    rect = places.maps[0]
    spot = QPoint(round(places.timeline.centre(2)), rect.top() + rect.height() * 3 // UNITS + 2)
    state, step, unit = column._at(spot)
    assert (state, step, unit) == ("hidden", 2, 3)
    with qtbot.waitSignal(panel.picked) as told:
        column.clicked.emit("lstm", step, unit)
    assert told.args == [Pin(2, "lstm", 3)]
    assert "unit 4" in column._tip(spot)
    assert "37.5%" in column._tip(spot)


def test_that_bars_say_what_they_measure(panel: WhyPanel) -> None:
    column = panel._columns["lstm"]
    places = column.places
    assert places is not None
    tips = [column._tip(bar.center()) for bar in places.bars[0]]
    assert "halfway" in tips[0]
    assert "held at zero" in tips[1]
    assert "chance" in tips[2]


def test_that_a_net_without_an_answer_says_so(panel: WhyPanel, qtbot: QtBot) -> None:
    panel.show_view(WhyView(SEQUENCE, {"lstm": head()}, {}, {}))
    assert not panel.other.isVisible()
    panel.grab()
    alike = why()
    assert alike.swaps is not None
    nothing = {name: np.full_like(e, np.nan) for name, e in alike.swaps.effects.items()}
    same = Why(alike.insight, SwapMap(alike.swaps.pair, nothing, alike.swaps.answers))
    panel.show_view(WhyView(SEQUENCE, {"lstm": head()}, {"lstm": same}, {"lstm": 40}))
    panel.grab()
    qtbot.waitUntil(lambda: "nothing to swap" in panel.accessibleDescription())


def test_that_findings_link_to_their_places(panel: WhyPanel, qtbot: QtBot) -> None:
    found = [Finding("loss", "lstm", "It is < 1 & rising.", panel="loss")] * 3
    panel.findings.show_findings(found)
    assert panel.findings.isVisible()
    line = panel.findings._lines[0]
    assert "It is &lt; 1 &amp; rising." in line.text()
    with qtbot.waitSignal(panel.findings.wanted) as told:
        line.linkActivated.emit("see")
    assert told.args == [found[0]]
    panel.findings.show_most(2)
    assert [each.isVisible() for each in panel.findings._lines] == [True, True, False]
    panel.findings.show_findings([])
    assert not panel.findings.isVisible()
