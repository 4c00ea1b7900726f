"""Equations as they are written: broken, side by side, with subscripts and shared lines."""

from __future__ import annotations

import pytest
from PySide6.QtGui import QPainter

from sandbox.cells.known import CELLS
from sandbox.gui.look import formulas
from sandbox.gui.look.formulas import (
    OWN_WEIGHTS,
    formula_in_html,
    formula_lines,
    formula_rows,
    formula_width,
    shared,
)
from sandbox.gui.look.typeface import SMALL_PX, TEXT_PX, width_of

NARROW = 288  # the narrowest column without its margins

pytestmark = pytest.mark.usefixtures("qapp")


@pytest.mark.parametrize("size", [SMALL_PX, TEXT_PX])
@pytest.mark.parametrize("cell", list(CELLS))
def test_that_equations_are_broken_to_fit_a_narrow_column(cell: str, size: int) -> None:
    lines = formula_lines(CELLS[cell].equations, NARROW, size)
    assert all(indent + formula_width(text, size) <= NARROW for indent, text in lines)
    whole = " ".join(text for _, text in lines)
    assert whole.split() == CELLS[cell].equations.split()


def test_that_steps_before_and_names_of_gates_are_subscripts(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    written: list[tuple[str, bool]] = []
    monkeypatch.setattr(
        formulas,
        "write",
        lambda painter, x, y, text, color, size: written.append((text, y > 20)) or x,
    )
    line = "log_input = x W_input + hidden[t-1] W_input - p_i"
    formulas.write_formula(QPainter(), 0, 20, line, "#fff")
    assert written == [
        *(("log", False), ("input", True), (" = x W", False), ("input", True)),
        *((" + hidden", False), ("t−1", True), (" W", False), ("input", True)),
        *((" - p", False), ("i", True)),
    ]
    html = "log<sub>input</sub> = hidden<sub>t−1</sub> W"
    assert formula_in_html("log_input = hidden[t-1] W") == html


def test_that_gates_of_the_same_form_share_a_line_that_says_whose_weights_they_are() -> None:
    assert shared(CELLS["lstm"].equations) == [
        ("input, forget, output = sigmoid(x W + hidden[t-1] W + b)", OWN_WEIGHTS),
        ("candidate = tanh(x W + hidden[t-1] W + b)", ""),
        ("cell = forget * cell[t-1] + input * candidate", ""),
        ("hidden = output * tanh(cell)", ""),
    ]
    assert shared("a = x\nb = x") == [("a, b = x", "")]  # no weights that could differ


@pytest.mark.parametrize("cell", list(CELLS))
def test_that_every_line_of_a_cell_is_in_what_is_shared(cell: str) -> None:
    said = [line.partition("=") for line, _ in shared(CELLS[cell].equations)]
    spread = {
        f"{name.strip()} = {value.strip()}" for names, _, value in said for name in names.split(",")
    }
    assert spread == set(CELLS[cell].equations.splitlines())


@pytest.mark.parametrize("width", [NARROW, 450, 900])
@pytest.mark.parametrize("cell", list(CELLS))
def test_that_formulas_stand_side_by_side_without_touching(cell: str, width: int) -> None:
    rows = formula_rows(CELLS[cell].equations, width, SMALL_PX)
    for row in rows:
        ends = [
            piece.x + (width_of if piece.remark else formula_width)(piece.text, SMALL_PX)
            for piece in row
        ]
        assert ends[-1] <= width
        assert all(end + 6 <= piece.x for end, piece in zip(ends, row[1:], strict=False))
    said = " ".join(piece.text for row in rows for piece in row if not piece.remark)
    assert said.split() == " ".join(line for line, _ in shared(CELLS[cell].equations)).split()
    assert len(rows) <= len(formula_rows(CELLS[cell].equations, NARROW, SMALL_PX))
