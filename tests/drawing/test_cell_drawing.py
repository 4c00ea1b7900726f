"""The drawing of every cell: all of its wires, nothing on anything else, and as books have it."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

import pytest
from hypothesis import HealthCheck, given, reject, settings

from sandbox.cells.cell_file import cell_of
from sandbox.cells.equations import EquationError
from sandbox.cells.known import CELLS
from sandbox.drawing.cell_drawing import cell_drawing
from tests.cells.random_equations import cells, written
from tests.drawing.overlaps import assert_nothing_overlaps
from tests.engine.test_derivatives import texts

if TYPE_CHECKING:
    from sandbox.cells.cell import Cell
    from sandbox.drawing.cell_drawing import CellDrawing, DrawnPart

HALF_A_CENTRE = (450, 330)  # of a window of 1280×720, at a type size of 100%
WIDE = {"slstm": 0.7}  # cells that are drawn smaller there, and their scale at least
drawn = settings(deadline=None, suppress_health_check=list(HealthCheck), max_examples=25)


def part(drawing: CellDrawing, **wanted: str) -> DrawnPart:
    """The only part with these."""
    (found,) = [
        each
        for each in drawing.parts
        if all(getattr(each, name) == value for name, value in wanted.items())
    ]
    return found


def is_constant(drawing: CellDrawing, place: int) -> bool:
    starts = [wire.start for wire in drawing.graph.wires if wire.end == place]
    kind = drawing.graph.operations[place].kind
    if kind in ("before", "input", "affine"):
        return False
    return all(is_constant(drawing, start) for start in starts)


def assert_every_wire_is_there(drawing: CellDrawing) -> None:
    """Once: drawn, or inside the part that has both of its ends."""
    found = Counter(wire for drawn in drawing.wires for wire in drawn.wires)
    for each in drawing.parts:
        inside = set(each.operations)
        found.update(w for w in drawing.graph.wires if w.start in inside and w.end in inside)
    for wire in drawing.graph.wires:
        copied = is_constant(drawing, wire.end)  # a constant is written where it is used
        assert copied or found[wire] == 1, wire
    for drawn in drawing.wires:
        start, end = drawing.parts[drawn.start], drawing.parts[drawn.end]
        assert drawn.points[0] == (start.x, start.y)
        assert drawn.points[-1] == (end.x, end.y)
        for wire in drawn.wires:
            assert wire.end in end.operations
            assert wire.start in drawn.values
            assert start.kind == "join" or wire.start == start.operations[-1]
            affine = drawing.graph.operations[wire.end].kind == "affine"
            assert affine == drawn.all_units
    ends = {each.line: n for n, each in enumerate(drawing.parts) if each.kind == "state out"}
    assert [each.kind for each in drawing.parts].count("output") == 1
    for state, place in drawing.graph.memory:
        (last,) = [wire for wire in drawing.wires if wire.end == ends[state]]
        assert last.values == (place,)
        assert drawing.parts[last.start].operations[-1] == place


def assert_drawn_well(cell: Cell) -> None:
    for numbers in (True, False):
        drawing = cell_drawing(cell, numbers)
        assert_every_wire_is_there(drawing)
        assert_nothing_overlaps(drawing)
        assert_nothing_overlaps(drawing.stretched(drawing.width * 1.3, drawing.height * 2))
        lowest = max(drawing.parts, key=lambda each: each.y)
        assert lowest.kind == "input"
        assert_hidden_leaves_on_the_right(drawing)


def assert_hidden_leaves_on_the_right(drawing: CellDrawing) -> None:
    end, up = part(drawing, kind="state out", line="hidden"), part(drawing, kind="output")
    assert end.x == max(each.x for each in drawing.parts)
    assert up.y == min(each.y for each in drawing.parts)
    for wire in drawing.wires:
        if drawing.parts[wire.end] is end:
            assert wire.points[-2][0] < wire.points[-1][0]
        if drawing.parts[wire.end] is up:
            assert wire.points[-2][1] > wire.points[-1][1]


@pytest.mark.parametrize("cell", list(CELLS))
def test_that_every_cell_is_drawn_whole_with_nothing_on_anything_else(cell: str) -> None:
    assert_drawn_well(CELLS[cell])
    drawing, scale = cell_drawing(CELLS[cell], False), WIDE.get(cell, 1.0)
    assert drawing.width * scale <= HALF_A_CENTRE[0]
    assert drawing.height <= HALF_A_CENTRE[1]
    assert cell in WIDE or cell_drawing(CELLS[cell]).width <= HALF_A_CENTRE[0]


@drawn
@given(text=texts())
def test_that_cells_of_many_gates_are_drawn_whole(text: str) -> None:
    assert_text_is_drawn_well(text)


@drawn
@given(lines=cells())
def test_that_cells_of_any_operations_are_drawn_whole(lines: list) -> None:
    assert_text_is_drawn_well("\n".join(f"{name} = {written(node)}" for name, node in lines))


def assert_text_is_drawn_well(text: str) -> None:
    try:
        cell = cell_of("drawn", f"title: drawn\n\n{text}\n")
    except EquationError:
        reject()
    assert_drawn_well(cell)


def test_that_the_cell_state_of_an_lstm_runs_straight_through_the_top() -> None:
    drawing = cell_drawing(CELLS["lstm"])
    names = {each.name: each for each in drawing.parts if each.kind == "gate"}
    start = part(drawing, kind="state in", line="cell")
    end = part(drawing, kind="state out", line="cell")
    on_line = [each for each in drawing.parts if each.y == start.y]
    on_line.sort(key=lambda each: each.x)
    assert [each.label for each in on_line] == ["cell[t−1]", "×", "+", "cell"]
    assert end is on_line[-1]
    assert all(
        each.y > start.y for each in drawing.parts if each not in (*on_line, on_top(drawing))
    )
    assert [each.label for each in names.values()].count("σ") == 3
    assert len({each.y for each in names.values()}) == 1
    assert names["forget"].x == on_line[1].x
    assert names["candidate"].x == on_line[2].x
    order = sorted(names, key=lambda name: names[name].x)
    assert order == ["forget", "input", "candidate", "output"]


def on_top(drawing: CellDrawing) -> DrawnPart:
    return part(drawing, kind="output")


def test_that_boxes_take_x_and_the_hidden_state_from_one_line() -> None:
    drawing = cell_drawing(CELLS["lstm"])
    joint = next(n for n, each in enumerate(drawing.parts) if each.kind == "join")
    taps = [wire for wire in drawing.wires if wire.start == joint]
    assert {drawing.parts[wire.end].name for wire in taps} == {
        "forget", "input", "candidate", "output",
    }  # fmt: skip
    level = drawing.parts[joint].y
    assert all(wire.points[1][1] == level for wire in taps)
    assert all(wire.points[-2] == (drawing.parts[wire.end].x, level) for wire in taps)
    assert sum(start == joint for start, _ in drawing.joints) == 3  # the last one is a corner
    before = part(drawing, kind="state in", line="hidden")
    assert before.y == level
    assert before.x == min(each.x for each in drawing.parts)
    assert part(drawing, kind="input").x == drawing.parts[joint].x


def test_that_a_gru_mixes_old_and_new_on_the_line_of_its_hidden_state() -> None:
    drawing = cell_drawing(CELLS["gru"])
    line = part(drawing, kind="state in").y
    on_line = sorted((each for each in drawing.parts if each.y == line), key=lambda each: each.x)
    assert [each.label for each in on_line] == ["hidden[t−1]", "×", "+", "hidden"]
    update, rest = part(drawing, name="update"), part(drawing, label="1−")
    assert update.x == on_line[1].x
    assert rest.y == next(e.y for e in drawing.parts if e.kind == "times" and e.x == on_line[2].x)
    assert part(drawing, name="candidate").x == on_line[2].x


def test_that_an_rnn_has_one_box_and_no_line_of_its_own() -> None:
    drawing = cell_drawing(CELLS["rnn"])
    assert [each.label for each in drawing.parts if each.kind == "gate"] == ["tanh"]
    assert {each.kind for each in drawing.parts} == {
        "input", "join", "state in", "gate", "state out", "output",
    }  # fmt: skip


def test_that_a_constant_is_written_beside_the_operation_that_uses_it() -> None:
    labels = [each.label for each in cell_drawing(CELLS["leaky_rnn"]).parts]
    assert "×0.2" in labels
    assert "×u" in [each.label for each in cell_drawing(CELLS["indrnn"]).parts]


def test_that_more_room_moves_parts_apart_and_leaves_their_size() -> None:
    drawing = cell_drawing(CELLS["lstm"])
    wide = drawing.stretched(800, 500)
    assert (wide.width, wide.height) == (800, 500)
    for one, other in zip(drawing.parts, wide.parts, strict=True):
        assert (one.width, one.height) == (other.width, other.height)
    assert max(each.x for each in wide.parts) > max(each.x for each in drawing.parts) + 300
    assert drawing.stretched(10, 10) == drawing
