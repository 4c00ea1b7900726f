"""The Cell view: places, what lights up, units and steps."""

from __future__ import annotations

import math
from itertools import combinations
from typing import TYPE_CHECKING

import pytest
from PySide6.QtCore import QPointF, Qt
from PySide6.QtGui import QImage, QPainter
from PySide6.QtTest import QTest

from sandbox.cells.known import CELLS
from sandbox.drawing.cell_drawing import cell_drawing
from sandbox.drawing.placing import Box
from sandbox.drawing.styles import DARK, line_styles
from sandbox.gui.look import typeface
from sandbox.gui.look.typeface import SMALL_PX, width_of
from sandbox.gui.panels.cell import cell_paint, cell_panel
from sandbox.gui.panels.cell.cell_content import (
    CellContent,
    CellView,
    least_cell_height,
    place_cell,
)
from sandbox.gui.panels.cell.cell_paint import THICK, paint_drawing, wire_look, wire_value
from sandbox.gui.panels.cell.cell_panel import CellPanel
from sandbox.gui.panels.shared.views import NetHead
from sandbox.gui.session.pin import Pin
from sandbox.insight.cell_moment import Moment
from sandbox.tasks.preview import example_sequences
from sandbox.tasks.shown import ShownSequence
from tests.insight.nets import drawn_at_random, recall_task

if TYPE_CHECKING:
    from pytestqt.qtbot import QtBot

TASK = recall_task(gap=6)
SEQUENCE = ShownSequence(TASK, example_sequences(TASK, 0, 2), 0)


def head(cell: str) -> NetHead:
    return NetHead(cell, cell, line_styles({cell: cell}, {cell: 1})[cell], 1.0, 0.1, "")


def view(*cells: str) -> CellView:
    subjects = {cell: drawn_at_random(TASK, cell) for cell in cells}
    traces = {cell: each.net.trace(SEQUENCE.sequences) for cell, each in subjects.items()}
    weights = {cell: each.weights for cell, each in subjects.items()}
    return CellView(SEQUENCE, {cell: head(cell) for cell in cells}, traces, weights)


@pytest.fixture
def panel(qtbot: QtBot) -> CellPanel:
    made = CellPanel()
    qtbot.addWidget(made)
    made.resize(950, 400)
    made.show_view(view("rnn", "lstm"))
    with qtbot.waitExposed(made):
        made.show()
    return made


def content(cell: str) -> CellContent:
    shown = view(cell)
    return CellContent(
        cell, head(cell), SEQUENCE, shown.traces[cell], shown.weights[cell], 2, 1, "", DARK
    )


@pytest.mark.parametrize("cell", list(CELLS))
def test_that_nothing_overlaps_and_the_drawing_fits(qtbot: QtBot, cell: str) -> None:
    for width, height in ((470, 300), (470, 420), (800, 700)):
        shown = content(cell)
        places = place_cell(width, max(height, least_cell_height(shown, width)), shown)
        for one, other in combinations([places.head, places.drawn, *places.rows, places.strip], 2):
            assert not one.intersects(other)
        assert places.drawing.width * places.scale <= places.drawn.width() + 1
        assert places.drawing.height * places.scale <= places.drawn.height() + 1


def test_that_the_least_height_keeps_the_drawing_readable(qtbot: QtBot) -> None:
    for cell in CELLS:
        shown = content(cell)
        places = place_cell(1000, least_cell_height(shown, 1000), shown)
        assert places.scale >= 0.75


def test_that_a_part_lights_its_equation_and_an_equation_its_parts(panel: CellPanel) -> None:
    column = panel.column("lstm")
    places = column.places
    assert places is not None
    part = next(each for each in places.drawing.parts if each.name == "forget")
    left, top = places.origin
    at = QPointF(left + part.x * places.scale, top + part.y * places.scale)
    assert column._line_at(at) == "forget"
    assert "forget = σ(" in column._tip(at.toPoint())
    assert column.content is not None
    row = [name for name, _ in column.content.rows].index("cell")
    assert column._line_at(QPointF(places.rows[row].center())) == "cell"
    column.line_hovered.emit("forget")
    assert column.content.lit == "forget"
    trace = column.content.trace
    assert trace is not None
    strip = trace.arrays["forget"][: SEQUENCE.length, 0, column.content.unit]
    assert column.content.over_time() == pytest.approx(strip)
    column.line_hovered.emit("")
    assert column.content.state == "cell"


def test_that_a_click_in_the_strip_pins_its_step(panel: CellPanel, qtbot: QtBot) -> None:
    column = panel.column("lstm")
    places = column.places
    assert places is not None
    at = QPointF(places.timeline.centre(4), places.strip.center().y())
    with qtbot.waitSignal(panel.picked) as told:
        column.step_clicked.emit(column._step_at(at))
    assert told.args == [Pin(4)]


def test_that_up_and_down_choose_the_unit_within_the_net(panel: CellPanel, qtbot: QtBot) -> None:
    told: list[int] = []
    panel.unit_chosen.connect(told.append)
    QTest.keyClick(panel, Qt.Key.Key_Down)
    QTest.keyClick(panel, Qt.Key.Key_Up)
    panel.show_unit(5)
    QTest.keyClick(panel, Qt.Key.Key_Up)
    assert told == [1]
    column = panel.column("lstm")
    assert column.content is not None
    assert column.content.unit == 5


def test_that_it_plays_through_the_sequence_and_stops(
    panel: CellPanel, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert cell_panel.STEP_MS >= 400  # a pace that an eye can follow
    panel._timer.setInterval(1)
    told: list[int] = []
    panel.step_hovered.connect(told.append)
    panel.play.click()
    qtbot.waitUntil(lambda: not panel.play.isChecked())
    assert told == list(range(SEQUENCE.length))
    panel.mark(2)
    panel.play.click()
    panel.hide()
    assert not panel.play.isChecked()
    assert not panel._timer.isActive()


def test_that_a_wire_is_thicker_for_a_larger_value() -> None:
    widths = [wire_look(value, DARK)[0] for value in (0.0, 0.2, -0.8, 5.0)]
    assert widths == sorted(widths)
    assert widths[-1] == THICK
    assert wire_look(0.5, DARK)[1] != wire_look(-0.5, DARK)[1]


def test_that_a_net_with_fewer_units_says_so(panel: CellPanel) -> None:
    panel.show_unit(40)
    column = panel.column("lstm")
    assert column.content is not None
    assert not column.content.is_there
    panel.grab()


@pytest.mark.parametrize("size", [1.0, 1.5, 2.0])
@pytest.mark.parametrize("cell", list(CELLS))
def test_that_words_stay_where_the_drawing_has_room_for_them(
    qtbot: QtBot, monkeypatch: pytest.MonkeyPatch, cell: str, size: float
) -> None:
    """So that none lies on another, on a part or on a wire: the drawing's own test has the rest."""
    monkeypatch.setattr(typeface, "_scale", size)
    shown = content(cell)
    values = tuple(-123.456 if n % 2 else -0.314 for n in range(len(shown.moment.values)))
    shown.__dict__["moment"] = Moment(shown.cell, values)  # wide ones
    places = place_cell(round(700 * size), round(600 * size), shown)
    written = []

    def note(_: QPainter, x: float, y: float, text: str, color: str, align: object) -> None:
        wide = width_of(text, SMALL_PX) / size
        share = {Qt.AlignmentFlag.AlignRight: 1, Qt.AlignmentFlag.AlignHCenter: 0.5}.get(align, 0)
        written.append((text, Box(x - share * wide, y - 9, wide, 11)))

    monkeypatch.setattr(cell_paint, "_write_in", note)
    image = QImage(places.drawn.size(), QImage.Format.Format_RGB32)
    painter = QPainter(image)
    paint_drawing(painter, places, shown)
    painter.end()
    drawing = places.drawing
    rooms = [*(part.box for part in drawing.parts), *map(drawing.box, drawing.labels)]
    for text, box in written:
        assert any(
            room.left <= box.left + 2 and box.right <= room.right + 2 and
            room.top <= box.top + 2 and box.bottom <= room.bottom + 2
            for room in rooms
        ), (text, box)  # fmt: skip
    numbers = [text for text, _ in written if text in ("−123", "−0.31")]
    assert len(numbers) == sum(label.kind == "number" for label in drawing.labels)


def test_that_a_wire_into_a_matrix_tells_no_number_of_one_unit() -> None:
    shown = content("gru")
    drawing, values = cell_drawing(CELLS["gru"]), shown.moment.values
    for wire in drawing.wires:
        found = wire_value(wire, values)
        assert math.isnan(found) if wire.all_units else found == values[wire.values[0]]
