"""One control for each kind of field in a pydantic model, all used in the same way."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QBoxLayout, QCheckBox, QComboBox, QWidget

from sandbox.gui.fields import NumberField, limits_of
from sandbox.run.differences import VALUES as WORDS  # for choices that are no words

if TYPE_CHECKING:
    from collections.abc import Mapping

    from PySide6.QtGui import QWheelEvent

OTHER = "other…"
BIASES = (0.0, 1.0, 3.0, 5.0)
NONE = "none"


class Control(QWidget):
    """Shows a value, and says with `committed` which one a person wants instead."""

    committed = Signal(str, object)  # field, value
    DIRECTION = QBoxLayout.Direction.LeftToRight

    def __init__(self, field: str, label: str, tip: str) -> None:
        super().__init__()
        self._field_name, self._label, self._tip = field, label, tip
        self._row = QBoxLayout(self.DIRECTION, self)
        self._row.setContentsMargins(0, 0, 0, 0)
        self._row.setSpacing(4)

    def show_value(self, value: Any) -> None:
        """Show the value that is in force."""
        raise NotImplementedError

    def entry(self) -> QWidget:
        """The widget that takes the keyboard focus."""
        raise NotImplementedError

    def number_field(self) -> NumberField | None:
        """The field in it that a number can be typed into."""
        return self.findChild(NumberField)

    def _commit(self, value: object) -> None:
        self.committed.emit(self._field_name, value)

    def _add(self, widget: QWidget, label: str = "") -> None:
        widget.setAccessibleName(label or self._label)
        widget.setAccessibleDescription(self._tip)
        widget.setToolTip(self._tip)
        self._row.addWidget(widget)


class NumberControl(Control):
    """A number, or none where the schema allows it."""

    def __init__(
        self, field: str, label: str, tip: str, schema: Mapping[str, Any], none: str = NONE
    ) -> None:
        super().__init__(field, label, tip)
        choices = schema.get("anyOf", [schema])
        number = next(c for c in choices if c.get("type") in ("integer", "number"))
        low, high = limits_of(number)
        none_allowed = any(choice.get("type") == "null" for choice in choices)
        self._field = NumberField(number["type"] == "integer", low, high, none_allowed, none)
        self._field.committed.connect(self._commit)
        self._add(self._field)

    def show_value(self, value: Any) -> None:
        """Show the value that is in force."""
        self._field.show_value(value)

    def entry(self) -> QWidget:
        """The number field."""
        return self._field


class ChoiceControl(Control):
    """One of a few words, or none where the schema allows it."""

    def __init__(
        self, field: str, label: str, tip: str, schema: Mapping[str, Any], none: str = NONE
    ) -> None:
        super().__init__(field, label, tip)
        self._choices = choices_in(schema)
        self._box = QuietComboBox()
        words = [none if choice is None else choice for choice in self._choices]
        self._box.addItems([WORDS.get(word, word) for word in words])
        self._box.activated.connect(self._choose)
        self._add(self._box)

    def show_value(self, value: Any) -> None:
        """Show the value that is in force."""
        self._box.setCurrentIndex(self._choices.index(value))

    def entry(self) -> QWidget:
        """The combo box."""
        return self._box

    def _choose(self, index: int) -> None:
        self._commit(self._choices[index])


class FlagControl(Control):
    """True or false."""

    def __init__(self, field: str, label: str, tip: str, schema: Mapping[str, Any]) -> None:
        super().__init__(field, label, tip)
        self._box = QCheckBox()
        self._box.clicked.connect(self._commit)
        self._add(self._box)
        self._row.addStretch(1)

    def show_value(self, value: Any) -> None:
        """Show the value that is in force."""
        self._box.setChecked(bool(value))

    def entry(self) -> QWidget:
        """The check box."""
        return self._box


class BiasControl(Control):
    """chrono, 0, 1, 3, 5, or a value of one's own, typed below."""

    DIRECTION = QBoxLayout.Direction.TopToBottom

    def __init__(self, field: str, label: str, tip: str, schema: Mapping[str, Any]) -> None:
        super().__init__(field, label, tip)
        self._box = QuietComboBox()
        self._box.addItems(["chrono", *(f"{bias:g}" for bias in BIASES), OTHER])
        self._box.activated.connect(self._choose)
        number = next(choice for choice in schema["anyOf"] if choice.get("type") == "number")
        self._field = NumberField(False, *limits_of(number))
        self._field.committed.connect(self._commit)
        self._add(self._box)
        self._add(self._field, f"{label}, value")
        self._field.hide()

    def show_value(self, value: Any) -> None:
        """Show the value that is in force."""
        listed = value == "chrono" or (value in BIASES and self._field.isHidden())
        self._field.setVisible(not listed)
        if listed:
            self._box.setCurrentText(value if value == "chrono" else f"{value:g}")
        else:
            self._box.setCurrentText(OTHER)
            self._field.show_value(value)

    def entry(self) -> QWidget:
        """The combo box."""
        return self._box

    def _choose(self, index: int) -> None:
        if index == self._box.count() - 1:
            self._field.setVisible(True)
            self._field.show_value(self._field.shown_value() or 0.0)
            self._field.setFocus(Qt.FocusReason.OtherFocusReason)
            return
        self._field.hide()
        self._commit(BIASES[index - 1] if index else "chrono")


class QuietComboBox(QComboBox):
    """A combo box that the wheel changes only while it has the focus: lists are scrolled past."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)

    def wheelEvent(self, event: QWheelEvent) -> None:
        """Leave the wheel to what is around unless focused."""
        if self.hasFocus():
            super().wheelEvent(event)
        else:
            event.ignore()


def choices_in(schema: Mapping[str, Any]) -> list[str | None]:
    """What a field with a few words takes, None first where it is allowed; [] for others."""
    variants = schema.get("anyOf", [schema])
    words: list[str | None] = [str(word) for each in variants for word in each.get("enum", ())]
    none_allowed = bool(words) and any(each.get("type") == "null" for each in variants)
    return [None, *words] if none_allowed else words


def control_for(
    field: str, label: str, tip: str, schema: Mapping[str, Any], none: str = NONE
) -> Control:
    """The control that fits a field's JSON schema; `none` is how it calls no value."""
    if any(choice.get("const") == "chrono" for choice in schema.get("anyOf", ())):
        return BiasControl(field, label, tip, schema)
    if choices_in(schema):
        return ChoiceControl(field, label, tip, schema, none)
    if schema.get("type") == "boolean":
        return FlagControl(field, label, tip, schema)
    return NumberControl(field, label, tip, schema, none)
