"""Equations in rows: whole where there is room, one beside another, never on one another."""

from __future__ import annotations

from itertools import combinations
from typing import TYPE_CHECKING

import pytest

from sandbox.cells.known import CELLS
from sandbox.cells.wiring import wiring
from sandbox.gui.look.typeface import SMALL_PX, width_of
from sandbox.gui.panels.cell.equation_rows import AFTER_NAME, fewest_rows, rows_of, said
from sandbox.insight.cell_moment import Moment

if TYPE_CHECKING:
    from pytestqt.qtbot import QtBot

HALF_A_CENTRE = 450  # pixels of a window of 1280×720


def moment(cell: str, value: float = 0.51) -> Moment:
    return Moment(CELLS[cell], (value,) * len(wiring(CELLS[cell]).operations))


@pytest.mark.parametrize("most", [1, 3, 30])
@pytest.mark.parametrize("cell", list(CELLS))
def test_that_no_line_stands_on_another(qtbot: QtBot, cell: str, most: int) -> None:
    rows = rows_of(CELLS[cell], HALF_A_CENTRE, most)
    assert len(rows) == len(CELLS[cell].step.lines)
    for one, other in combinations(rows, 2):
        apart = one.left + one.width <= other.left or other.left + other.width <= one.left
        assert one.row != other.row or apart
    assert all(0 <= row.left and row.left + row.width <= HALF_A_CENTRE + 0.01 for row in rows)
    assert {row.row for row in rows} == set(range(max(row.row for row in rows) + 1))


@pytest.mark.parametrize("cell", ["rnn", "lstm", "gru", "lstm_peephole", "mgu"])
def test_that_all_is_whole_where_there_are_rows_enough(qtbot: QtBot, cell: str) -> None:
    lines = said(moment(cell))
    for row, line in zip(rows_of(CELLS[cell], HALF_A_CENTRE, 30), lines, strict=True):
        text = line.whole.replace(", held at ", " = ").replace("held at ", "")
        wide = width_of(line.name, SMALL_PX, bold=True) + AFTER_NAME + width_of(text, SMALL_PX)
        assert wide + 2 <= row.width, line


def test_that_an_lstm_is_whole_in_three_rows() -> None:
    assert fewest_rows(CELLS["lstm"], HALF_A_CENTRE) <= 3
    assert max(row.row for row in rows_of(CELLS["lstm"], HALF_A_CENTRE, 3)) == 2


def test_that_a_gate_says_what_it_does_where_its_equation_has_no_room() -> None:
    for line in said(moment("lstm")):
        if line.name in ("input", "forget", "output"):
            assert line.short.endswith("51%")
            assert "σ" not in line.short
            assert "σ" in line.whole
        else:
            assert line.short == line.whole
