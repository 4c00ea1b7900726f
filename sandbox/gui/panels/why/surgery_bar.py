"""Holds a gate or state of a net, or cuts units: a form in one line, and what is held."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLineEdit, QScrollArea, QVBoxLayout, QWidget

from sandbox.cells.surgery import LESION, Hold, SurgeryError, counted_ranges
from sandbox.gui.look.typeface import fit
from sandbox.gui.panels.nets.column_geometry import MARGIN
from sandbox.gui.panels.shared.panel import small_button
from sandbox.gui.panels.why.net_chooser import NetChooser, small_choice
from sandbox.gui.widgets.fields import Refusal
from sandbox.gui.widgets.info import InfoButton
from sandbox.gui.widgets.parts import fill, label, named

if TYPE_CHECKING:
    from collections.abc import Mapping

    from sandbox.cells.surgery import Surgery
    from sandbox.gui.panels.shared.views import NetHead

ALL = "all"


class SurgeryBar(QWidget):
    """A form for one hold, and a chip for each that is in force.

    People count units and steps from 1.
    """

    held = Signal(str, object)  # key, Hold
    released = Signal(str, int)  # key, which of its holds
    cleared = Signal()
    trained_on = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.setObjectName("surgery_bar")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.setAccessibleName("Surgery")
        self._heads: dict[str, NetHead] = {}
        self._layers: dict[str, int] = {}
        self.net = NetChooser("Net", "The net in which something is held")
        self.layer = small_choice("Layer", "Which layer; all of them unless you choose one")
        tip = "A gate or a state, or all states of some units: a lesion"
        self.line = small_choice("What is held", tip)
        self.value, self.units, self.steps = QLineEdit("0"), QLineEdit(ALL), QLineEdit(ALL)
        self.refusal = Refusal()
        self._build()
        self.hide()

    def _build(self) -> None:
        self._name_fields()
        hold = small_button("surgery_hold", "Hold", "Hold it", "Hold it in the pictures")
        hold.clicked.connect(self._hold)
        for field in (self.value, self.units, self.steps):
            field.returnPressed.connect(self._hold)
        self.clear_button = small_button(
            "surgery_clear", "Release all", "Release all", "Let go of everything that is held"
        )
        self.clear_button.clicked.connect(self.cleared)
        tip = "Fork here, hold this in training too, and train on"
        self.fork_button = small_button("surgery_fork", "Train on with it", "Train on with it", tip)
        self.fork_button.clicked.connect(self.trained_on)
        info = InfoButton("surgery")
        info.make_small()
        form = QWidget()
        parts = [label("Hold", "caption"), self.net, self.layer, self.line, label("at", "caption")]
        parts += [self.value, label("units", "caption"), self.units, label("steps", "caption")]
        fill(QHBoxLayout(form), *parts, self.steps, hold, info, None, spacing=6)
        self._chips = QWidget()
        self._chip_row = fill(QHBoxLayout(self._chips), spacing=6)
        self._below = _scrolled(self._chips)
        row = QWidget()
        buttons = (self._below, self.clear_button, self.fork_button)
        fill(QHBoxLayout(row), *buttons, spacing=6, wide=self._below)
        self._row = row
        whole = (form, self.refusal, row)
        fill(QVBoxLayout(self), *whole, spacing=3, margins=(MARGIN, 4, 8, 4))

    def _name_fields(self) -> None:
        named(self.value, "Value", "The value that it is held at, such as 0 or 1")
        named(self.units, "Units", "Which units, counted from 1: all, or 3, 7-9")
        named(self.steps, "Steps", "At which steps, counted from 1: all, or 10-20")
        for field, width in ((self.value, 44), (self.units, 76), (self.steps, 76)):
            field.setObjectName("text_field")
            fit(field, width=width)
        self.net.activated.connect(self._show_lines)
        self.line.activated.connect(self._show_value)

    # -- what is shown ------------------------------------------------------------------

    def show_nets(self, heads: Mapping[str, NetHead], layers: Mapping[str, int]) -> None:
        """Offer these nets."""
        others = dict(layers) != self._layers
        self._heads, self._layers = dict(heads), dict(layers)
        if self.net.show_nets(heads) or others:
            self._show_lines()

    def show_pin(self, key: str, unit: int) -> None:
        """Propose the unit that is pinned."""
        if unit >= 0 and key in self._heads:
            self.net.choose(key)
            self._show_lines()
            self.units.setText(f"{unit + 1}")

    def show_held(self, held: Mapping[str, Surgery]) -> None:
        """A chip for each hold, which releases it."""
        while (item := self._chip_row.takeAt(0)) is not None:
            if (widget := item.widget()) is not None:
                widget.deleteLater()
        for key, holds in held.items():
            title = self._heads[key].title if key in self._heads else key
            for n, hold in enumerate(holds):
                words = f"{title}: {hold.words}"
                chip = small_button("surgery_chip", f"{words}  ×", f"Release {words}", "Release")
                chip.clicked.connect(lambda _=False, key=key, n=n: self.released.emit(key, n))
                self._chip_row.addWidget(chip)
        self._chip_row.addStretch(1)
        self._row.setVisible(bool(held))

    def _show_lines(self) -> None:
        key, before = self.net.key, self.line.currentText()
        if not key:
            return
        cell = self.net.cell
        self.line.clear()
        self.line.addItems([*cell.holdable(), LESION])
        place = self.line.findText(before)
        default = self.line.findText("forget")
        self.line.setCurrentIndex(max(place if place >= 0 else default, 0))
        layers = self._layers.get(key, 1)
        self.layer.clear()
        self.layer.addItems(["all layers", *(f"layer {n + 1}" for n in range(layers))])
        self.layer.setVisible(layers > 1)
        self._show_value()

    def _show_value(self) -> None:
        self.value.setEnabled(self.line.currentText() != LESION)

    # -- holding ------------------------------------------------------------------------

    def _hold(self) -> None:
        """Emit what the form says, or say what is wrong with it."""
        try:
            hold = self._read()
        except SurgeryError as error:
            self.refuse(str(error))
            return
        self.refuse("")
        self.held.emit(self.net.key, hold)

    def refuse(self, sentence: str) -> None:
        """Say what is wrong; "" for nothing."""
        self.refusal.say(sentence)

    def _read(self) -> Hold:
        line = self.line.currentText()
        value = 0.0 if line == LESION else _number(self.value.text())
        units, steps = (counted_ranges(_given(each)) for each in (self.units, self.steps))
        return Hold(line, value, units, steps, max(self.layer.currentIndex(), 0))


def _given(field: QLineEdit) -> str:
    text = field.text().strip()
    return "" if text.lower() == ALL else text


def _number(text: str) -> float:
    try:
        value = float(text.strip().replace(",", "."))
    except ValueError:
        value = float("nan")
    if not abs(value) <= 1e6:
        raise SurgeryError(text, "a number, such as 0 or 1")
    return value


def _scrolled(content: QWidget) -> QScrollArea:
    area = QScrollArea(widgetResizable=True)
    area.setFrameShape(QFrame.Shape.NoFrame)
    area.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
    area.setFocusPolicy(Qt.FocusPolicy.NoFocus)
    area.setWidget(content)
    fit(area, height=26)
    return area
