"""The gap: a large slider, its number, and its limits in words."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QSignalBlocker, Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QSlider, QVBoxLayout, QWidget

from sandbox.about import about
from sandbox.experiment import Experiment
from sandbox.gui.look.typeface import fit
from sandbox.gui.widgets.controls import QuietComboBox, choices_in
from sandbox.gui.widgets.fields import NumberField, Refusal
from sandbox.gui.widgets.info import InfoButton
from sandbox.gui.widgets.parts import fill, label, named
from sandbox.validation import schema_of

if TYPE_CHECKING:
    from collections.abc import Mapping

PAGE, FIELD_PX = 10, 76
CURRICULUM_TIP = (
    "Fixed: train on this gap only. Range: on all gaps up to it, equally often. Power law: short "
    "gaps more often. Growing: the gap grows up to it as a contestant learns. Evaluations always "
    "use this gap."
)


class Gap(QWidget):
    """Sets how long a memory has to last, and the curriculum up to there."""

    dragged = Signal(int)
    curriculum_chosen = Signal(str, object)  # field of the experiment, value
    let_go = Signal()  # the mouse released the slider
    typed = Signal(object)

    def __init__(self) -> None:
        super().__init__()
        self._name, self._info = label("gap", "heading"), InfoButton("gap")
        self._slider, self._field = QSlider(Qt.Orientation.Horizontal), NumberField()
        self._low, self._high, self._fixed = (label(role="note") for _ in range(3))
        self._refusal = Refusal()
        self._curriculum = named(QuietComboBox(), "Curriculum", CURRICULUM_TIP)
        self._curriculum.setProperty("compact", True)
        self._why = InfoButton("curriculum")
        self._why.make_small()
        self._curriculum.activated.connect(self._choose_curriculum)
        for name, words in curricula().items():
            self._curriculum.addItem(words, name)
        fit(self._field, width=FIELD_PX)
        fit(self._slider, least_height=28)
        self._slider.setPageStep(PAGE)
        self._slider.valueChanged.connect(self.dragged)
        self._slider.sliderReleased.connect(self.let_go)
        self._field.committed.connect(self.typed)
        self._field.settled.connect(self._refusal.say)
        self._lay_out()

    def show_field(
        self, title: str, schema: Mapping[str, Any] | None, fixed: str, mixed: bool = False
    ) -> None:
        """Show a task's field as the gap; None if the gap is fixed, as `fixed` then says.

        mixed: the field is the longest length of a batch, not that of every sequence.
        """
        self._refusal.say()
        self._name.setText(title)
        self._fixed.setText(fixed)
        plain = self._curriculum.findData(Experiment.model_fields["curriculum"].default)
        self._curriculum.setItemText(plain, "up to" if mixed else "fixed")
        self._fixed.setVisible(schema is None)
        of_a_slider = (self._slider, self._field, self._low, self._high)
        for widget in (*of_a_slider, self._curriculum, self._why):
            widget.setVisible(schema is not None)
        if schema is not None:
            self._take_schema(title, schema)

    def show_value(self, value: int) -> None:
        """Show the value in force, and clear a refusal."""
        self._refusal.say()
        self._field.show_value(value)
        with QSignalBlocker(self._slider):
            self._slider.setValue(value)

    def show_curriculum(self, name: str) -> None:
        """Show the curriculum in force."""
        self._curriculum.setCurrentIndex(self._curriculum.findData(name))

    def refuse(self, sentence: str) -> None:
        """Say why a number was refused."""
        self._refusal.say(sentence)

    def _choose_curriculum(self, index: int) -> None:
        self.curriculum_chosen.emit("curriculum", self._curriculum.itemData(index))

    def _take_schema(self, title: str, schema: Mapping[str, Any]) -> None:
        low, high = int(schema["minimum"]), int(schema["maximum"])
        with QSignalBlocker(self._slider):
            self._slider.setRange(low, high)
        self._field.set_limits(low, high)
        self._low.setText(f"{low:,}")
        self._high.setText(f"{high:,} {schema.get('unit', '')}".strip())
        tip = f"{schema.get('description', title)}: {low:,} to {high:,}."
        for widget, name in ((self._slider, title), (self._field, f"{title}, as a number")):
            named(widget, name, tip).setAccessibleDescription(tip)

    def _lay_out(self) -> None:
        right = (self._curriculum, self._why, self._field)
        head = fill(QHBoxLayout(), self._name, self._info, None, *right, spacing=4)
        limits = fill(QHBoxLayout(), self._low, self._slider, self._high, spacing=8)
        fill(QVBoxLayout(self), head, limits, self._fixed, self._refusal, spacing=0)


def curricula() -> dict[str, str]:
    """The curricula, worded to stand before the gap: "fixed", "range, up to", …"""
    told, default = about(Experiment, "curriculum"), Experiment.model_fields["curriculum"].default
    schema = schema_of(Experiment)["properties"]["curriculum"]
    choices = [choice for choice in choices_in(schema) if choice is not None]
    return {c: told.say(c) + ("" if c == default else ", up to") for c in choices}
