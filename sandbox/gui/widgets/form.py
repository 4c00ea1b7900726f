"""A form made from a pydantic model: one row for each field, with label, limits and (i)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QGridLayout, QHBoxLayout, QLabel, QVBoxLayout, QWidget

from sandbox.about import about
from sandbox.gui.look.typeface import fit
from sandbox.gui.widgets.controls import (
    BiasControl,
    ChoiceControl,
    Control,
    choices_in,
    control_for,
)
from sandbox.gui.widgets.fields import NumberField, Refusal, limits_in_words
from sandbox.gui.widgets.info import TERMS, InfoButton
from sandbox.gui.widgets.parts import fill, label
from sandbox.tasks.user_tasks_faults import OwnTaskError
from sandbox.validation import ExperimentError, schema_of

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from pydantic import BaseModel

CONTROL_PX, WIDE_PX = 116, 168


class Form(QWidget):
    """Rows for some fields of a model; shows values, and emits what the user enters.

    `whose` begins the accessible names where a window has several such forms; `made` has controls
    to use in place of those that fit a field's schema.
    """

    edited = Signal(str, object)  # field, value
    NARROW = False  # whether captions and limits are said as briefly as possible
    CAPTIONS: Mapping[str, str] = {}  # of fields that are called otherwise here

    def __init__(
        self,
        model: type[BaseModel],
        names: Sequence[str],
        whose: str = "",
        made: Mapping[str, Control] | None = None,
    ) -> None:
        super().__init__()
        self._model, self._made = model, made or {}
        self._controls: dict[str, Control] = {}
        self._refusals: dict[str, Refusal] = {}
        self._notes: dict[str, QLabel] = {}
        self._parts: dict[str, tuple[QWidget, ...]] = {}  # all but the refusals
        self._grid = QGridLayout(self)
        self._grid.setContentsMargins(0, 0, 0, 0)
        self._grid.setHorizontalSpacing(8)
        self._grid.setVerticalSpacing(4)
        schemas = schema_of(model)["properties"]
        for name in names:
            self._add_field(name, schemas[name], whose)

    def show_values(self, values: Mapping[str, Any]) -> None:
        """Show the values in force, and clear refusals."""
        for name, control in self._controls.items():
            control.show_value(values[name])
            self._refusals[name].say()

    def refuse(self, name: str, error: ExperimentError) -> None:
        """Say under a field, by its label, why its value was refused."""
        label = about(self._model, name).label
        own = isinstance(error, OwnTaskError)  # names a line of a file, not a field
        told = error if own else ExperimentError(label, error.given, error.accepted)
        self.say(name, str(told))

    def say(self, name: str, sentence: str) -> None:
        """Show a sentence under a field until its value is shown again."""
        self._refusals[name].say(sentence)

    @property
    def names(self) -> tuple[str, ...]:
        """The names of its fields, in order."""
        return tuple(self._controls)

    def control(self, name: str) -> Control:
        """The control of a field."""
        return self._controls[name]

    def hide_without_effect(self, values: Mapping[str, Any]) -> None:
        """Hide the fields that have no effect where the model's fields have these values."""
        for name, parts in self._parts.items():
            for part in parts:
                part.setVisible(about(self._model, name).has_effect(values))

    def note(self, name: str, words: str) -> None:
        """Replace the text that gives a field's limits; KeyError where it has none."""
        self._notes[name].setText(words)

    def _add_field(self, name: str, schema: Mapping[str, Any], whose: str) -> None:
        told = about(self._model, name)
        tip = f"{schema.get('description', told.label)}."
        control = self._made.get(name) or control_for(
            name, f"{whose} {told.label}".strip(), tip, schema, told
        )
        control.committed.connect(self.edited)
        note = "" if choices_in(schema) else limits_in_words(schema, self.NARROW)
        text = self.CAPTIONS.get(name, (self.NARROW and told.caption) or told.label)
        position = len(self._controls)
        self._controls[name], self._refusals[name] = control, Refusal()
        entry = control.findChild(NumberField)
        if entry is not None:
            entry.settled.connect(self._refusals[name].say)
        self._place(position, name, self._words(name, text, control), note)

    def _place(self, position: int, name: str, words: QWidget, note: str) -> None:
        """Label and limits at the left, the control at the right, a refusal under both."""
        caption = QWidget()
        noted = [self._noted(name, note)] if note else []
        fill(QVBoxLayout(caption), words, *noted, spacing=0, margins=(0, 2, 0, 2))
        control = self._controls[name]
        fit(control, width=WIDE_PX if name in self._made else CONTROL_PX)
        self._parts[name] = caption, control
        self._grid.setColumnStretch(0, 1)
        self._grid.addWidget(caption, 2 * position, 0)
        top_right = Qt.AlignmentFlag.AlignTop | Qt.AlignmentFlag.AlignRight
        self._grid.addWidget(control, 2 * position, 1, top_right)
        self._grid.addWidget(self._refusals[name], 2 * position + 1, 0, 1, 2)

    def _noted(self, name: str, note: str) -> QLabel:
        """The label with a field's limits."""
        self._notes[name] = label(note, "note")
        return self._notes[name]

    def _words(self, name: str, text: str, control: Control) -> QWidget:
        """The label, with its (i) where the term has a paragraph."""
        words, line = QWidget(), QLabel(text)
        line.setBuddy(control.entry)
        infos = [InfoButton(name)] if name in TERMS else []
        fill(QHBoxLayout(words), line, *infos, None, spacing=4)
        return words


class CompactForm(Form):
    """A form with the limits beside the label instead of under it."""

    def _place(self, position: int, name: str, words: QWidget, note: str) -> None:
        row = words.layout()
        if note and isinstance(row, QHBoxLayout):
            row.insertWidget(1, self._noted(name, note))
        super()._place(position, name, words, "")


class FormAcross(Form):
    """Controls side by side, each between its label and its limits; biases below them."""

    NARROW = True
    NUMBER_PX, CHOICE_PX = 50, 94
    MOST, REFUSALS, BELOW = 4, 3, 8  # columns; the rows where refusals and the biases begin

    def _place(self, position: int, name: str, words: QWidget, note: str) -> None:
        top, control = Qt.AlignmentFlag.AlignTop, self._controls[name]
        for entry in control.findChildren(QWidget):
            entry.setProperty("compact", True)
        for line in words.findChildren(QLabel):
            line.setProperty("role", "caption")
        for info in words.findChildren(InfoButton):
            info.make_small()
        if layout := words.layout():
            layout.setSpacing(2)
        self._grid.setHorizontalSpacing(4)
        self._grid.setVerticalSpacing(0)
        self._grid.setColumnStretch(self.MOST, 1)
        if isinstance(control, BiasControl):
            self._place_below(name, words, note)
            return
        choice = isinstance(control, ChoiceControl)
        fit(control, width=self.CHOICE_PX if choice else self.NUMBER_PX)
        self._grid.addWidget(words, 0, position)
        self._grid.addWidget(control, 1, position, top)
        self._grid.addWidget(self._noted(name, note), 2, position, top)
        self._parts[name] = words, control, self._notes[name]
        place = self.REFUSALS + position
        self._grid.addWidget(self._refusals[name], place, 0, 1, self.MOST + 1)

    def _place_below(self, name: str, words: QWidget, note: str) -> None:
        """Label and choices on a line of their own, with their meaning below."""
        control = self._controls[name]
        line = fill(QHBoxLayout(), words, control, None, spacing=4, margins=(0, 4, 0, 0))
        across = (1, self.MOST + 1)
        self._grid.addLayout(line, self.BELOW, 0, *across)
        self._grid.addWidget(self._noted(name, note), self.BELOW + 1, 0, *across)
        self._grid.addWidget(self._refusals[name], self.BELOW + 2, 0, *across)
