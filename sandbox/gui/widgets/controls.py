"""Controls for the kinds of fields in a pydantic model, all used in the same way."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any, NamedTuple

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import (
    QBoxLayout,
    QCheckBox,
    QComboBox,
    QHBoxLayout,
    QLineEdit,
    QPushButton,
    QSizePolicy,
    QToolButton,
    QWidget,
)

from sandbox.gui.look.typeface import fit
from sandbox.gui.widgets.fields import NumberField, TextField, limits_of
from sandbox.gui.widgets.parts import fill, named
from sandbox.reading.data import name_of

if TYPE_CHECKING:
    from collections.abc import Mapping

    from PySide6.QtGui import QKeyEvent, QWheelEvent

    from sandbox.about import About

OTHER = "other"
BIASES = (0.0, 1.0, 3.0, 5.0)
BIAS_PX = 58  # of the field in which a value is typed


class Clip(NamedTuple):
    """How the gradient is clipped, and the limit: None for no clipping.

    limit: may be text that is no number, which whoever checks it refuses.
    """

    by: str
    limit: Any


class Control(QWidget):
    """Shows the value of one field; emits `committed` when the user enters another one."""

    committed = Signal(str, object)  # field, value
    DIRECTION = QBoxLayout.Direction.LeftToRight

    def __init__(self, field: str, label: str, tip: str) -> None:
        super().__init__()
        self._field_name, self._label, self._tip = field, label, tip
        self._row = fill(QBoxLayout(self.DIRECTION, self), spacing=4)
        self._entries: list[QWidget] = []

    @property
    def entry(self) -> QWidget:
        """The widget that takes the keyboard focus."""
        return self._entries[0]

    def show_value(self, value: Any) -> None:
        """Show the value in force."""
        raise NotImplementedError

    def _commit(self, value: object) -> None:
        self.committed.emit(self._field_name, value)

    def _add(self, widget: QWidget, label: str = "") -> None:
        self._row.addWidget(named(widget, label or self._label, self._tip))
        widget.setAccessibleDescription(self._tip)
        self._entries.append(widget)


class FieldControl(Control):
    """A number or a line of text."""

    def __init__(self, field: str, label: str, tip: str, typed: NumberField | TextField) -> None:
        super().__init__(field, label, tip)
        self._field = typed
        self._field.committed.connect(self._commit)
        self._add(self._field)

    def show_value(self, value: Any) -> None:
        """Show the value in force; a text from its beginning, and whole in the tip."""
        self._field.show_value(value)
        if isinstance(self._field, TextField):
            self._field.setToolTip(f"{value}\n{self._tip}" if value else self._tip)
            if not self._field.hasFocus():
                self._field.setCursorPosition(0)


class ChoiceControl(Control):
    """One of a few choices, or none where the schema allows it."""

    def __init__(
        self, field: str, label: str, tip: str, schema: Mapping[str, Any], told: About
    ) -> None:
        super().__init__(field, label, tip)
        self._choices = choices_in(schema)
        self._box = QuietComboBox()
        self._box.addItems([told.say(choice) for choice in self._choices])
        self._box.activated.connect(self._choose)
        self._add(self._box)

    def show_value(self, value: Any) -> None:
        """Show the value in force."""
        self._box.setCurrentIndex(self._choices.index(value))

    def _choose(self, index: int) -> None:
        self._commit(self._choices[index])


class FlagControl(Control):
    """True or false."""

    def __init__(self, field: str, label: str, tip: str) -> None:
        super().__init__(field, label, tip)
        self._box = QCheckBox()
        self._box.clicked.connect(self._commit)
        self._add(self._box)
        self._row.addStretch(1)

    def show_value(self, value: Any) -> None:
        """Show the value in force."""
        self._box.setChecked(bool(value))


class BiasControl(Control):
    """chrono, 0, 1, 3, 5, or another value, typed in place of the last choice.

    A row of buttons: Tab stops at the one in force, Up and Down move to its neighbours.
    """

    def __init__(self, field: str, label: str, tip: str, schema: Mapping[str, Any]) -> None:
        super().__init__(field, label, tip)
        self._buttons = {
            words: Segment(words, f"{label} {words}", what) for words, what in _bias_tips().items()
        }
        for button in self._buttons.values():
            button.clicked.connect(self._choose)
            button.stepped.connect(self._step)
        self._buttons["chrono"].setProperty("first", True)
        self.setAccessibleName(label)
        self._number = 0.0  # the last number in force: what typing begins with
        self._field = _number_field(schema)
        fit(self._field, width=BIAS_PX)
        self._field.committed.connect(self._commit)
        self._row.addLayout(fill(QHBoxLayout(), *self._buttons.values(), spacing=0))
        self._add(self._field, f"{label}, value")
        self._field.hide()
        self._mark("chrono")

    @property
    def entry(self) -> QWidget:
        """The choice in force, or the field where a value is typed."""
        checked = (button for button in self._buttons.values() if button.isChecked())
        return next(checked, self._buttons["chrono"]) if self._field.isHidden() else self._field

    def show_value(self, value: Any) -> None:
        """Show the value in force."""
        if value != "chrono":
            self._number = value
        if value == "chrono" or (value in BIASES and self._field.isHidden()):
            self._type(False)
            self._mark(value if value == "chrono" else f"{value:g}")
        else:
            self._type(True)
            self._field.show_value(value)

    def _mark(self, words: str) -> None:
        """Mark the choice in force; "" for none of them."""
        for each, button in self._buttons.items():
            button.setChecked(each == words)
            tabbed = each == (words or "chrono")
            policy = Qt.FocusPolicy.StrongFocus if tabbed else Qt.FocusPolicy.ClickFocus
            button.setFocusPolicy(policy)

    def _choose(self) -> None:
        button = self.sender()
        assert isinstance(button, Segment)
        button.setChecked(True)  # a second click does not clear the choice
        words = button.text()
        self._type(words == OTHER)
        if words != OTHER:
            self._commit(words if words == "chrono" else float(words))
            return
        self._field.show_value(self._number)
        self._field.setFocus(Qt.FocusReason.OtherFocusReason)
        self._field.selectAll()

    def _step(self, by: int) -> None:
        shown = [button for button in self._buttons.values() if not button.isHidden()]
        place = next(i for i, button in enumerate(shown) if button is self.sender()) + by
        if 0 <= place < len(shown):
            shown[place].setFocus(Qt.FocusReason.OtherFocusReason)
            shown[place].click()

    def _type(self, typed: bool) -> None:
        """Show the field in place of the last choice, or that choice."""
        self._field.setVisible(typed)
        self._buttons[OTHER].setHidden(typed)
        if typed:
            self._mark("")


class Segment(QToolButton):
    """One of the choices in a row."""

    stepped = Signal(int)  # -1: to the choice before, 1: to the one after

    def __init__(self, words: str, name: str, tip: str) -> None:
        super().__init__()
        named(self, name, tip).setText(words)
        self.setCheckable(True)
        self.setProperty("role", "segment")
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Choose a neighbour with Up and Down; leave every other key to the window."""
        if event.key() in (Qt.Key.Key_Up, Qt.Key.Key_Down):
            self.stepped.emit(-1 if event.key() == Qt.Key.Key_Up else 1)
        else:
            super().keyPressEvent(event)


def _bias_tips() -> dict[str, str]:
    tips = {"chrono": "A bias of its own for each unit: some forget soon, some late."}
    for bias in BIASES:
        share = 1 / (1 + math.exp(-bias))
        tips[f"{bias:g}"] = f"{bias:g} for every unit: sigmoid({bias:g}) = {share:.2g} at first."
    return {**tips, OTHER: "Another value."}


class ClipControl(Control):
    """By norm, by value or not at all, and the limit, together as one value: a `Clip`.

    ways: how clipping can be done, by name, in words.   none: in words, that it is not done.
    """

    def __init__(self, label: str, tip: str, ways: Mapping[str, str], none: str) -> None:
        super().__init__("clip", label, tip)
        self._how, self._ways = QuietComboBox(), list(ways)
        self._how.addItems([*ways.values(), none])
        self._how.activated.connect(self._choose)
        self._limit = NumberField(False, 0.0)
        self._shown = Clip("norm", 1.0)
        self._limit.committed.connect(lambda limit: self._commit(self._shown._replace(limit=limit)))
        self._add(self._how, f"{label}, how")
        self._add(self._limit)
        self._row.setStretch(1, 1)

    def show_value(self, value: Any) -> None:
        """Show the value in force."""
        clip = Clip(*value)
        self._shown = clip
        none = len(self._ways)
        self._how.setCurrentIndex(none if clip.limit is None else self._ways.index(clip.by))
        self._limit.setVisible(clip.limit is not None)
        if clip.limit is not None:
            self._limit.show_value(clip.limit)

    def _choose(self, index: int) -> None:
        if index == len(self._ways):
            self._commit(self._shown._replace(limit=None))
            return
        before = self._shown.limit or self._limit.shown_value()
        self._commit(Clip(self._ways[index], 1.0 if before is None else before))


class DataControl(Control):
    """Shows a file's name, and emits `asked` when the user wants to choose another file."""

    asked = Signal()
    DIRECTION = QBoxLayout.Direction.TopToBottom

    def __init__(self, field: str, label: str, tip: str) -> None:
        super().__init__(field, label, tip)
        self._name, self._button = QLineEdit(), QPushButton("Choose…")
        self._name.setReadOnly(True)
        self._name.setAcceptDrops(False)
        self._button.clicked.connect(self.asked)
        self._add(self._name)
        self._add(self._button, f"Choose {label}")
        self._button.setToolTip("Open a text or a table of your own.")

    def show_value(self, value: Any) -> None:
        """Show the file in force."""
        name = name_of(str(value)) or "the sample"
        self._name.setText(name)
        self._name.setCursorPosition(0)
        self._name.setToolTip(f"{name}. {self._tip}")

    @property
    def entry(self) -> QWidget:
        """The button."""
        return self._button


class QuietComboBox(QComboBox):
    """A combo box that the wheel changes only while it has the focus, so that lists scroll."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)

    def wheelEvent(self, event: QWheelEvent) -> None:
        """Leave the wheel to the list around it unless focused."""
        if self.hasFocus():
            super().wheelEvent(event)
        else:
            event.ignore()


def choices_in(schema: Mapping[str, Any]) -> list[str | None]:
    """The choices of a field, None first where it is allowed; [] for other kinds of fields."""
    variants = schema.get("anyOf", [schema])
    words: list[str | None] = [str(word) for each in variants for word in each.get("enum", ())]
    none_allowed = bool(words) and any(each.get("type") == "null" for each in variants)
    return [None, *words] if none_allowed else words


def control_for(
    field: str, label: str, tip: str, schema: Mapping[str, Any], told: About
) -> Control:
    """The control that fits a field's JSON schema."""
    if told.shown_as == "data":
        return DataControl(field, label, tip)
    if any(choice.get("const") == "chrono" for choice in schema.get("anyOf", ())):
        return BiasControl(field, label, tip, schema)
    if choices_in(schema):
        return ChoiceControl(field, label, tip, schema, told)
    if schema.get("type") == "string":
        return FieldControl(field, label, tip, TextField())
    if schema.get("type") == "boolean":
        return FlagControl(field, label, tip)
    return FieldControl(field, label, tip, _number_field(schema, told.none))


def _number_field(schema: Mapping[str, Any], none: str = "none") -> NumberField:
    """A field with the limits of a JSON schema, which takes none where the schema allows it."""
    choices = schema.get("anyOf", [schema])
    number = next(choice for choice in choices if choice.get("type") in ("integer", "number"))
    none_allowed = any(choice.get("type") == "null" for choice in choices)
    return NumberField(number["type"] == "integer", *limits_of(number), none_allowed, none)
