"""One contestant: its name in its colour, its units and its start, and more where asked for."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QPushButton, QToolButton, QVBoxLayout, QWidget

from sandbox.drawing.styles import DARK, LineStyle, Palette
from sandbox.experiment import CONTESTANTS
from sandbox.gui.look.fitting import fit
from sandbox.gui.look.icons import icon
from sandbox.gui.look.swatch import Swatch
from sandbox.gui.widgets.controls import BIASES as LISTED
from sandbox.gui.widgets.dock import rule
from sandbox.gui.widgets.fields import Refusal
from sandbox.gui.widgets.form import Form, FormAcross
from sandbox.gui.widgets.info import InfoButton
from sandbox.gui.widgets.name_field import NameField, NameLabel
from sandbox.validation import ExperimentError

if TYPE_CHECKING:
    from sandbox.experiment import AnyContestant

OWN = ("lr", "clip", "optimizer")  # the run's, unless a contestant has its own
CHRONO = ("chrono_max",)  # of a contestant that can begin with chrono
CALLED_NONE, CALLED_NO_MAX = "the run's", "the task's"
BIASES = ("forget_bias", "update_bias")


def fields_of(cell: str) -> list[str]:
    """The fields that its card shows at first, in order: those that no run has, biases last."""
    fields = CONTESTANTS[cell].model_fields
    first = [name for name in ("hidden", "layers") if name in fields]
    last = [name for name in BIASES if name in fields]
    folded = ("name", "cell", *OWN, *CHRONO)
    return [*first, *(n for n in fields if n not in (*folded, *first, *last)), *last]


class Card(QWidget):
    """Shows one contestant's fields, and says how a person wants them."""

    edited = Signal(str, str, object)  # contestant, field, value
    removed = Signal(str)

    def __init__(self, contestant: AnyContestant, title: str) -> None:
        super().__init__()
        self.name, self.cell = contestant.name, contestant.cell
        kind = CONTESTANTS[self.cell]
        self._form = FormAcross(kind, fields_of(self.cell), whose=title)
        self._own = Form(kind, OWN, whose=title, none=CALLED_NONE)
        chrono = [name for name in CHRONO if name in kind.model_fields]
        self._chrono = Form(kind, chrono, whose=title, none=CALLED_NO_MAX)
        for form in (self._form, self._own, self._chrono):
            form.edited.connect(self._edit)
        self._swatch, self._title = Swatch(), NameLabel(title)
        self._title.setProperty("role", "heading")
        self._title.setToolTip("Double-click to rename.")
        self._title.asked.connect(self.start_renaming)
        self._name, self._refusal = NameField(), Refusal()
        self._name.setAccessibleName(f"Name of {title}")
        self._name.committed.connect(self._rename)
        self._name.left.connect(self._stop_renaming)
        self._info = InfoButton(self.cell)
        self._make_buttons(title)
        self._lay_out()
        values = contestant.model_dump()
        folded = [values.get(field) for field in (*OWN, *CHRONO)]
        self.more.setChecked(any(value is not None for value in folded))

    def _make_buttons(self, title: str) -> None:
        self.more = _tool_button(
            f"More of {title}", "Its own T_max, learning rate, clip, optimiser and name."
        )
        self.more.setCheckable(True)
        self.more.toggled.connect(self._unfold)
        self._remove = _tool_button(f"Remove {title}", f"Remove {title} from the run.")
        self._remove.clicked.connect(self._be_removed)
        self._rename_button = QPushButton("Rename…")
        self._rename_button.setAccessibleName(f"Rename {title}")
        self._rename_button.setToolTip("Give it another name; this starts a new run.")
        self._rename_button.clicked.connect(self.start_renaming)
        self._colors = DARK

    def show_contestant(self, contestant: AnyContestant, alone: bool, longest: int) -> None:
        """Show its values; the last one cannot be removed.

        longest: the task's longest dependency, in steps.
        """
        values = contestant.model_dump()
        for form in (self._form, self._own, self._chrono):
            form.show_values(values)
        for name in BIASES:
            if name in values:
                words = bias_in_words(values[name], values["chrono_max"], longest)
                self._form.note(name, words)
                self._chrono.setEnabled(values[name] == "chrono")
        self._remove.setEnabled(not alone)

    def refuse(self, field: str, error: ExperimentError) -> None:
        """Say under a field why its value was not taken; the name keeps what was typed."""
        if field == "name":
            self._refusal.say(str(ExperimentError("name", error.given, error.accepted)))
        else:
            form = self._own if field in OWN else self._chrono if field in CHRONO else self._form
            form.refuse(field, error)

    def set_look(self, style: LineStyle, palette: Palette) -> None:
        """Its line as everywhere in the window, in these colours."""
        self._colors = palette
        self._swatch.set_look(style, palette)
        self._form.set_palette(palette)
        self._own.set_palette(palette)
        self._chrono.set_palette(palette)
        self._info.set_palette(palette)
        self._remove.setIcon(icon("remove", palette.quiet, palette.hairline))
        self._show_fold()

    def start_renaming(self) -> None:
        """Type a name in the title's place."""
        self._title.hide()
        self._info.hide()
        self._name.start(self.name)

    def _rename(self, name: str) -> None:
        if name == self.name:
            self._stop_renaming()
            self.more.setFocus()
            return
        self.edited.emit(self.name, "name", name)

    def _stop_renaming(self) -> None:
        self._name.hide()
        self._refusal.forget()
        self._title.show()
        self._info.show()

    def _unfold(self, open_: bool) -> None:
        self._further.setVisible(open_)
        self._show_fold()

    def _show_fold(self) -> None:
        which = "fold" if self.more.isChecked() else "unfold"
        self.more.setIcon(icon(which, self._colors.quiet))

    def _edit(self, field: str, value: object) -> None:
        self.edited.emit(self.name, field, value)

    def _be_removed(self) -> None:
        self.removed.emit(self.name)

    def _lay_out(self) -> None:
        head = QHBoxLayout()
        head.setSpacing(8)
        head.addWidget(self._swatch)
        head.addWidget(self._title)
        head.addWidget(self._name)
        head.addWidget(self._info)
        head.addStretch(1)
        head.addWidget(self.more)
        head.addWidget(self._remove)
        self._further = QWidget()
        further = QVBoxLayout(self._further)
        further.setContentsMargins(0, 4, 0, 0)
        further.addWidget(self._chrono)
        further.addWidget(self._own)
        further.addWidget(self._rename_button)
        self._further.hide()
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(4)
        column.addLayout(head)
        for widget in (self._refusal, self._form, self._further):
            column.addWidget(widget)
        column.addSpacing(2)
        column.addWidget(rule())


def bias_in_words(bias: float | str, chrono_max: int | None, longest: int) -> str:
    """What a bias is at first: "T_max 53, the task's longest memory", "sigmoid(1) = 0.73 at first".

    longest: the task's longest dependency, in steps.
    """
    if not isinstance(bias, str):
        listed = "" if bias in LISTED else "-20 to 20; "
        return f"{listed}sigmoid({bias:g}) = {1 / (1 + math.exp(-bias)):.2g} at first"
    if chrono_max is not None:
        return f"chrono, T_max {chrono_max:,}, its own"
    return f"chrono, T_max {longest:,}: the task's longest memory"


def _tool_button(name: str, tip: str) -> QToolButton:
    button = QToolButton()
    fit(button, icon=14)
    button.setAccessibleName(name)
    button.setToolTip(tip)
    return button
