"""Input fields for numbers and text, and the line that says why a value was refused."""

from __future__ import annotations

import math
import re
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import Property, QEvent, Qt, QTimer, Signal
from PySide6.QtGui import QFocusEvent, QKeyEvent, QKeySequence, QValidator, QWheelEvent
from PySide6.QtWidgets import QAbstractSpinBox, QLabel, QLineEdit

if TYPE_CHECKING:
    from collections.abc import Mapping

Number = int | float

_NONE_WORDS = ("", "none", "off", "-")
_WHOLE = re.compile(r"[+-]?\d+", re.ASCII)
_GROUPED = re.compile(r"[+-]?\d{1,3}(,\d{3})+", re.ASCII)
_POINTED_GROUPS = re.compile(r"[+-]?[1-9]\d{0,2}(\.\d{3})+", re.ASCII)
_REAL = re.compile(r"[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?", re.ASCII | re.IGNORECASE)
GONE_FOR_A_MOMENT = (Qt.FocusReason.PopupFocusReason, Qt.FocusReason.ActiveWindowFocusReason)


class NumberField(QAbstractSpinBox):
    """A number that can be typed or stepped; None is shown as `none_word` where it is allowed.

    `committed` carries what was typed, unchecked.  Whoever checks it calls `show_value`, or
    leaves the old value in place; the field then keeps the focus, with its text selected.  Space
    belongs to the window, since no number has one; what was typed before it counts.
    """

    committed = Signal(object)  # int, float, None, or the text that is no number
    settled = Signal()  # left, or committed, with the value in force: a refusal is over

    # on the class too: Qt still asks a field that Python is destroying
    _value: Number | None = None
    _whole, _refused, _none_word = True, False, "none"

    def __init__(
        self,
        whole: bool = True,
        low: float = -math.inf,
        high: float = math.inf,
        none_allowed: bool = False,
        none_word: str = "none",
    ) -> None:
        super().__init__()
        self._whole, self._low, self._high = whole, low, high
        self._none_allowed, self._none_word = none_allowed, none_word
        self._coming_back = QTimer(self, singleShot=True)
        self._coming_back.timeout.connect(self._take_focus_back)
        self.setButtonSymbols(QAbstractSpinBox.ButtonSymbols.UpDownArrows)
        self.setKeyboardTracking(False)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.lineEdit().setAcceptDrops(False)  # a file is the window's, wherever it is dropped
        self.editingFinished.connect(self.commit)

    def shown_value(self) -> Number | None:
        """The value in force."""
        return self._value

    value = Property(object, shown_value)

    def set_limits(self, low: float, high: float) -> None:
        """Set where the arrows stop."""
        self._low, self._high = low, high

    def show_value(self, value: Number | None) -> None:
        """Show the value in force."""
        self._value = value
        if self.lineEdit().text() != self._spelled():
            self.lineEdit().setText(self._spelled())

    @property
    def refused(self) -> bool:
        """Whether what was typed last was refused."""
        return self._refused

    def keeps_undo(self, redo: bool) -> bool:
        """Whether undo or redo applies to what is being typed here."""
        typed = self.lineEdit().text() != self._spelled()
        return typed or (redo and self.lineEdit().isRedoAvailable())

    def commit(self) -> None:
        """Emit what was typed, if it is another value."""
        text = self.lineEdit().text()
        given: Number | str | None = self._value
        if text != self._spelled():
            given = read(text, self._whole, self._none_allowed)
        if given == self._value:
            self._refused = False
            self.show_value(self._value)
            self.settled.emit()
            return
        self.committed.emit(given)
        self._refused = given != self._value
        self.show_value(self._value)
        if self._refused:
            self.selectAll()

    def validate(self, text: str, position: int) -> tuple[QValidator.State, str, int]:
        """Accept any text: it is checked when it is committed."""
        return QValidator.State.Acceptable, text, position

    def stepBy(self, steps: int) -> None:
        """Step up or down; a real number goes through 1, 2, 3, 5 of its decade."""
        stepped = self._value
        for _ in range(abs(steps)):
            stepped = self._next(stepped, 1 if steps > 0 else -1)
        if stepped != self._value:
            self.committed.emit(stepped)
            self.selectAll()

    def stepEnabled(self) -> QAbstractSpinBox.StepEnabledFlag:
        """Allow down above the lower limit, and up below the upper."""
        kinds = QAbstractSpinBox.StepEnabledFlag
        flags = kinds.StepNone
        for direction, flag in ((1, kinds.StepUpEnabled), (-1, kinds.StepDownEnabled)):
            if self._next(self._value, direction) != self._value:
                flags |= flag
        return flags

    def event(self, event: QEvent) -> bool:
        """Leave Space, and undo where nothing was typed, to the window."""
        if event.type() == QEvent.Type.ShortcutOverride and isinstance(event, QKeyEvent):
            if event.key() == Qt.Key.Key_Space or self._leaves_undo(event):
                event.ignore()
                return False
        return super().event(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Show the old value again on Escape."""
        if event.key() == Qt.Key.Key_Escape:
            self.show_value(self._value)
            self.selectAll()
        else:
            super().keyPressEvent(event)

    def focusOutEvent(self, event: QFocusEvent) -> None:
        """Commit what was typed; if it is refused, take the focus back, once."""
        typed = self.lineEdit().text() != self._spelled()
        super().focusOutEvent(event)
        if typed and self._refused:
            self._coming_back.start()
        elif event.reason() not in GONE_FOR_A_MOMENT:
            self._refused = False
            self.settled.emit()

    def _take_focus_back(self) -> None:
        self.setFocus(Qt.FocusReason.OtherFocusReason)
        self.selectAll()

    def wheelEvent(self, event: QWheelEvent) -> None:
        """Change the value only while focused, so that lists scroll."""
        if self.hasFocus():
            super().wheelEvent(event)
        else:
            event.ignore()

    def _leaves_undo(self, event: QKeyEvent) -> bool:
        keys = QKeySequence.StandardKey
        redo = event.matches(keys.Redo)
        return (redo or event.matches(keys.Undo)) and not self.keeps_undo(redo)

    def _spelled(self) -> str:
        """The value as it is shown: 3,000, 0.003, none."""
        if self._value is None:
            return self._none_word
        whole = self._whole and isinstance(self._value, int)
        return f"{self._value:,}" if whole else f"{self._value:.6g}"

    def _next(self, value: Number | None, direction: int) -> Number | None:
        if value is None:
            return None
        stepped = value + direction if self._whole else _along_decade(value, direction)
        return stepped if self._low <= stepped <= self._high else value


def _along_decade(value: float, direction: int) -> float:
    if value <= 0:
        return value
    decade = math.floor(math.log10(value) + 1e-9)
    ladder = [float(f"{m}e{decade + shift}") for shift in (-1, 0, 1) for m in (1, 2, 3, 5)]
    if direction > 0:
        return min(rung for rung in ladder if rung > value * (1 + 1e-9))
    return max(rung for rung in ladder if rung < value * (1 - 1e-9))


class TextField(QLineEdit):
    """A line of text that counts when Enter is pressed or the field is left."""

    committed = Signal(str)

    def __init__(self) -> None:
        super().__init__()
        self.setObjectName("text_field")
        self.setAcceptDrops(False)  # a file is the window's, wherever it is dropped
        self._value = ""
        self.editingFinished.connect(self.commit)

    def show_value(self, value: str) -> None:
        """Show the text in force."""
        self._value = value
        if self.text() != value:
            self.setText(value)

    def commit(self) -> None:
        """Emit what was typed, if it is another text."""
        typed = self.text().strip()
        if typed == self._value:
            self.setText(self._value)
        else:
            self.committed.emit(typed)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Show the old text again on Escape."""
        if event.key() == Qt.Key.Key_Escape:
            self.show_value(self._value)
            self.selectAll()
        else:
            super().keyPressEvent(event)


class Refusal(QLabel):
    """One sentence in red under a field; hidden when there is nothing to say."""

    def __init__(self) -> None:
        super().__init__()
        self.setObjectName("refusal")
        self.setProperty("role", "refusal")
        self.setWordWrap(True)
        self.setAccessibleName("What was wrong")
        self.hide()

    def say(self, sentence: str = "") -> None:
        """Show the sentence; "" hides it."""
        self.setText(sentence)
        self.setVisible(bool(sentence))


def limits_of(schema: Mapping[str, Any]) -> tuple[float, float]:
    """The lower and upper limit in a field's JSON schema; infinite where it has none."""
    low = schema.get("minimum", schema.get("exclusiveMinimum", -math.inf))
    return float(low), float(schema.get("maximum", math.inf))


def limits_in_words(schema: Mapping[str, Any], narrow: bool = False) -> str:
    """A control's limits: "2 to 12", "above 0, up to 10"; where it is narrow "> 0, ≤ 10"."""
    if "anyOf" in schema:
        each = [limits_in_words(choice, narrow) for choice in schema["anyOf"]]
        return ", or ".join(word for word in each if word)
    if schema.get("type") == "null":
        return "none"
    unit, low, high = (schema.get(key, "") for key in ("unit", "minimum", "maximum"))
    if "exclusiveMinimum" in schema:
        above, up_to = (">", "≤") if narrow else ("above", "up to")
        words = f"{above} {schema['exclusiveMinimum']:g}"
        words += f", {up_to} {high:g}" if high else ""
    elif low == "":
        words = ""
    else:
        words = f"{low:,} to {high:,}" if high else f"{low:,} or more"
    return f"{words} {unit}".strip()


def read(text: str, whole: bool, none_allowed: bool = False) -> Number | str | None:
    """The number in a text, None for "none" where that is allowed, or the text if it is neither.

    A comma is a decimal point to half of the world and separates thousands to the other half.  A
    whole number may have groups of three, as it is shown: "3,000".  A real one has none, so its
    only comma is a decimal point: "0,003".  What could be both is returned as text, to be refused.
    """
    plain = text.strip().replace("\N{MINUS SIGN}", "-")
    if none_allowed and plain.lower() in _NONE_WORDS:
        return None
    if whole:
        plain = plain.replace(",", "") if _GROUPED.fullmatch(plain) else plain
        if _POINTED_GROUPS.fullmatch(plain):  # 3.000 is three thousand to some, three to others
            return text
    elif plain.count(",") == 1 and "." not in plain:
        plain = plain.replace(",", ".")
    if _WHOLE.fullmatch(plain):
        return int(plain) if len(plain) < 20 else text
    return float(plain) if _REAL.fullmatch(plain) else text
