"""A swap of one's own: a net, lines, units and a step, and what the answer becomes."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QLineEdit, QWidget

from sandbox.cells.surgery import SurgeryError, counted_ranges
from sandbox.drawing.answer_text import answer_words
from sandbox.gui.look.typeface import fit
from sandbox.gui.panels.nets.column_geometry import MARGIN
from sandbox.gui.panels.shared.panel import small_button
from sandbox.gui.panels.why.net_chooser import NetChooser, small_choice
from sandbox.gui.widgets.parts import fill, label, named
from sandbox.insight.swap_try import Chosen

if TYPE_CHECKING:
    from collections.abc import Mapping

    from sandbox.gui.panels.shared.views import NetHead
    from sandbox.insight.swap_try import Tried
    from sandbox.tasks.base import Task

STATES, ALL = "all states", "all"


class SwapForm(QWidget):
    """Emits the swap that is wanted, and tells its result in a line."""

    wanted = Signal(str, object)  # key, Chosen

    def __init__(self) -> None:
        super().__init__()
        self.setObjectName("swap_form")
        self.setAccessibleName("A swap of your own")
        self._sizes: dict[str, int] = {}
        self.length = 1
        self.net = NetChooser("Net of the swap", "The net in which something is swapped")
        self.line = small_choice("What is swapped", "All states, or one state or gate")
        self.units, self.step = QLineEdit(ALL), QLineEdit("1")
        self.result = label("", "text")
        named(self.units, "Units of the swap", "Which units, counted from 1: all, or 3, 7-9")
        named(
            self.step, "Step of the swap", "At which step, counted from 1; it is run on from there"
        )
        for field, width in ((self.units, 96), (self.step, 44)):
            field.setObjectName("text_field")
            fit(field, width=width)
            field.returnPressed.connect(self.ask)
        self.net.activated.connect(self._show_lines)
        self.line.activated.connect(lambda _: self.ask())
        button = small_button("swap_now", "Swap", "Swap it", "Take this from the other sequence")
        button.clicked.connect(self.ask)
        parts = [label("swap", "caption"), self.net, self.line, label("of units", "caption")]
        parts += [self.units, label("at step", "caption"), self.step]
        fill(
            QHBoxLayout(self),
            *parts,
            button,
            self.result,
            None,
            spacing=6,
            margins=(MARGIN, 2, 8, 2),
        )
        self.hide()

    def show_nets(
        self, heads: Mapping[str, NetHead], length: int, sizes: Mapping[str, int]
    ) -> None:
        """Offer these nets, which have so many units, on a sequence of so many steps."""
        self.length, self._sizes = length, dict(sizes)
        if self.net.show_nets(heads):
            self._show_lines()

    def show_pin(self, key: str, unit: int, step: int) -> None:
        """Propose what is pinned."""
        if unit >= 0 and key in self._sizes:
            self.net.choose(key)
            self.units.setText(f"{unit + 1}")
        self.step.setText(f"{step + 1}")
        if self.isVisible():
            self.ask()

    def ask(self) -> None:
        """Emit what the form says, or say what is wrong with it."""
        key = self.net.key
        if not key:
            return
        try:
            chosen = self._read()
        except SurgeryError as error:
            self.result.setText(str(error))
        else:
            self.wanted.emit(key, chosen)

    def show_result(self, key: str, tried: Tried | None, task: Task) -> None:
        """Tell what became of the answer."""
        if key != self.net.key:
            return
        if tried is None:
            self.result.setText("There is no other sequence to take it from.")
            return
        before, after, other = (
            answer_words(task, each)[0] for each in (tried.before, tried.after, tried.other)
        )
        if task.loss == "cross_entropy":
            first, now, second = (
                int(each.argmax()) for each in (tried.before, tried.after, tried.other)
            )
            kind = "it flips" if first != second and now == second else "it stays"
            kind = "it becomes another" if now not in (first, second) else kind
        else:
            kind = f"moved by {tried.moved:.0%}"
        said = f"{before} → {after}: {kind} (there {other})"
        self.result.setText(said)

    def _show_lines(self) -> None:
        self.line.clear()
        if self.net.key:
            self.line.addItems([STATES, *self.net.cell.holdable()])

    def _read(self) -> Chosen:
        line, text = self.line.currentText(), self.units.text().strip()
        ranges = counted_ranges("" if text.lower() == ALL else text)
        units = tuple(n for first, last in ranges for n in range(first, last + 1))
        size = self._sizes.get(self.net.key, 0)
        if units and units[-1] >= size:
            raise SurgeryError(text, f"units from 1 to {size}")
        step = self.step.text().strip()
        if not step.isdecimal() or not 1 <= int(step) <= self.length:
            raise SurgeryError(step, f"a step from 1 to {self.length}")
        lines = () if line == STATES else (line,)
        return Chosen(lines, units, int(step) - 1)
