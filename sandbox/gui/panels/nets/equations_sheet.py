"""A cell's equations on a sheet of their own, each with what it means."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QGridLayout, QVBoxLayout

from sandbox.cells.lexer import lines_of, without_comment
from sandbox.gui.look.formulas import formula_in_html
from sandbox.gui.widgets.info import Sheet
from sandbox.gui.widgets.parts import fill, label

if TYPE_CHECKING:
    from PySide6.QtWidgets import QWidget

    from sandbox.cells.cell import Cell

NOTATION = (
    "Every W and b belongs to the line it stands in: gates and candidate have weights of their "
    "own. A product of two values is taken unit by unit."
)
MEANING_PX = 260


class EquationsSheet(Sheet):
    """Floats over the window until a click elsewhere, Escape or Enter."""

    def __init__(self, cell: Cell, parent: QWidget) -> None:
        super().__init__(f"Equations of {cell.title}", parent)
        grid = QGridLayout()
        grid.setHorizontalSpacing(20)
        grid.setVerticalSpacing(6)
        said = list(_lines(cell))
        for row, (formula, meaning) in enumerate(said):
            line = label(formula_in_html(formula))
            line.setTextFormat(Qt.TextFormat.RichText)
            grid.addWidget(line, row, 0, Qt.AlignmentFlag.AlignTop)
            words = label(meaning, "quiet", wrap=True)
            words.setMinimumWidth(MEANING_PX if meaning else 0)
            grid.addWidget(words, row, 1, Qt.AlignmentFlag.AlignTop)
        heading, notation = label(cell.title, "heading"), label(NOTATION, "caption", wrap=True)
        self.setAccessibleDescription(cell.equations)
        parts = (heading, grid, notation)
        fill(QVBoxLayout(self), *parts, spacing=8, margins=(16, 12, 16, 16))


def _lines(cell: Cell) -> list[tuple[str, str]]:
    """Every equation and its meaning, as the cell's file has them."""
    both = (without_comment(line) for line in lines_of(cell.step.text))
    return [(" ".join(code.split()), meaning) for code, meaning in both if code.strip()]
