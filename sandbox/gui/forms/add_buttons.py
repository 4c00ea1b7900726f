"""The buttons that add a contestant: one for each common cell, and a menu of the others."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QMenu, QPushButton, QVBoxLayout, QWidget

from sandbox.cells.known import CELLS, OWN
from sandbox.contestants import MAX_CONTESTANTS
from sandbox.gui.widgets.info import InfoButton
from sandbox.gui.widgets.parts import fill, label, named

if TYPE_CHECKING:
    from sandbox.cells.cell import Cell

COMMON_CELLS = ("rnn", "lstm", "gru")


class AddButtons(QWidget):
    """RNN, LSTM, GRU and More…; emits `chosen` with the cell to add."""

    chosen = Signal(str)  # cell; "own" for one that is yet to be written

    def __init__(self) -> None:
        super().__init__()
        self.menu = menu_of_others()
        self.menu.setParent(self, self.menu.windowFlags())
        self.menu.triggered.connect(lambda action: self.chosen.emit(action.data()))
        self._buttons = [self._button(CELLS[name]) for name in COMMON_CELLS]
        tip = "Add a variant of the RNN, the LSTM or the GRU, or a cell of your own."
        self._more = named(QPushButton("More…"), "Add another cell", tip)
        self._more.setMenu(self.menu)
        self._buttons.append(self._more)
        for button in self._buttons:
            button.setProperty("role", "add")
        self._full = label(f"{MAX_CONTESTANTS} contestants at most", "note")
        row = fill(QHBoxLayout(), *self._buttons, InfoButton("contestants"), None, spacing=6)
        fill(QVBoxLayout(self), row, self._full, spacing=4, margins=(12, 4, 12, 6))

    def set_full(self, full: bool) -> None:
        """Disable the buttons and say so if no more contestants can be added."""
        self._full.setVisible(full)
        for button in self._buttons:
            button.setDisabled(full)

    def _button(self, cell: Cell) -> QPushButton:
        one = f"Add {'an' if cell.title[0] in 'RL' else 'a'} {cell.title}"
        button = QPushButton(f"+ {cell.title}")
        named(button, f"Add {cell.title}", f"{one}.\n{cell.equations}")
        button.setObjectName(f"add_{cell.name}")
        button.setStatusTip(f"{one} to the run, up to {MAX_CONTESTANTS} contestants.")
        button.clicked.connect(self._choose)
        return button

    def _choose(self) -> None:
        self.chosen.emit(self.sender().objectName().removeprefix("add_"))


def menu_of_others() -> QMenu:
    """The cells without a button of their own, under a heading for each family."""
    menu, heading = QMenu(), ""
    menu.setToolTipsVisible(True)
    for cell in (cell for name, cell in CELLS.items() if name not in COMMON_CELLS):
        if family(cell) != heading:
            heading = family(cell)
            title = menu.addAction(heading)
            title.setEnabled(False)
        action = menu.addAction(cell.title)
        action.setData(cell.name)
        action.setToolTip(f"{cell.equations}\n{cell.source}")
        words = cell.about or "; ".join(cell.equations.splitlines())
        action.setStatusTip(f"{words} ({cell.source})")
    menu.addSeparator()
    own = menu.addAction("A cell of one's own…")
    own.setData(OWN)
    own.setToolTip("Write a cell as equations.")
    own.setStatusTip("Write a cell as equations; they are checked while you type.")
    return menu


def family(cell: Cell) -> str:
    """The heading of a cell in the menu."""
    if not cell.recurrent and len(cell.gates) > 1:
        return "Minimal: gates see the input only"
    common = cell.name.partition("_")[0]
    return f"{CELLS[common].title} variants" if common in COMMON_CELLS else "Other cells"
