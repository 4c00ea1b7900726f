"""The card of one contestant: name, look and main settings, and more when unfolded."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import (
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QPushButton,
    QSizePolicy,
    QVBoxLayout,
    QWidget,
)

from sandbox.about import about, fields_of
from sandbox.cells.known import cell_named, is_own
from sandbox.drawing.styles import DARK, LineStyle, Palette
from sandbox.gui.look.marks import Swatch, icon
from sandbox.gui.look.typeface import fit
from sandbox.gui.widgets.controls import BIASES, BiasControl
from sandbox.gui.widgets.fields import GONE_FOR_A_MOMENT, Refusal
from sandbox.gui.widgets.form import Form, FormAcross
from sandbox.gui.widgets.info import TERMS, InfoButton, Term
from sandbox.gui.widgets.parts import fill, named, rule, tool_button
from sandbox.validation import ExperimentError

if TYPE_CHECKING:
    from PySide6.QtGui import QFocusEvent, QKeyEvent, QMouseEvent

    from sandbox.cells.cell import Cell
    from sandbox.contestants import AnyContestant


NAME_PX = 120


class Card(QWidget):
    """Shows the fields of one contestant, and emits what the user enters."""

    edited = Signal(str, str, object)  # contestant, field, value
    removed = Signal(str)
    cell_wanted = Signal(str)  # the contestant whose own cell is to be edited

    def __init__(self, contestant: AnyContestant, title: str) -> None:
        super().__init__()
        self.name, self.cell = contestant.name, contestant.cell
        self._kind = kind = type(contestant)
        self._form = FormAcross(kind, fields_of(kind, "net"), whose=title)
        self._chrono = Form(kind, fields_of(kind, "chrono"), whose=title)
        self._own = Form(kind, fields_of(kind, "own"), whose=title)
        self._forms = (self._form, self._chrono, self._own)
        for form in self._forms:
            form.edited.connect(self._edit)
        self._swatch, self._title = Swatch(), NameLabel(title)
        self._title.setProperty("role", "heading")
        self._title.setToolTip("Double-click to rename.")
        self._title.asked.connect(self.start_renaming)
        self._name, self._refusal = NameField(), Refusal()
        self._name.setAccessibleName(f"Name of {title}")
        self._name.committed.connect(self._rename)
        self._name.left.connect(self._stop_renaming)
        self._info = InfoButton(term_of(cell_named(self.cell)))
        self._make_buttons(title)
        self._lay_out()
        values = contestant.model_dump()
        folded = (*self._chrono.names, *self._own.names)
        self.more.setChecked(any(values[name] is not None for name in folded))

    def _make_buttons(self, title: str) -> None:
        self.more = tool_button(
            f"More settings of {title}", "More settings of this contestant, and its name."
        )
        self.more.setCheckable(True)
        self.more.toggled.connect(self._show_fold)
        self._remove = tool_button(f"Remove {title}", f"Remove {title} from the run.")
        self._remove.clicked.connect(lambda: self.removed.emit(self.name))
        tip = "Change its name; this starts a new run."
        self._rename_button = named(QPushButton("Rename…"), f"Rename {title}", tip)
        self._rename_button.clicked.connect(self.start_renaming)
        tip = "Change its equations; this starts a new run."
        self.cell_button = named(QPushButton("Edit its cell…"), f"Edit the cell of {title}", tip)
        self.cell_button.clicked.connect(lambda: self.cell_wanted.emit(self.name))
        self.cell_button.setVisible(is_own(self.cell))
        self._colors = DARK

    def show_contestant(self, contestant: AnyContestant, alone: bool, longest: int) -> None:
        """Show its values; if it is alone, it cannot be removed.

        longest: the task's longest dependency, in steps.
        """
        values = contestant.model_dump()
        for form in self._forms:
            form.show_values(values)
        for name in self._form.names:
            control = self._form.control(name)
            if isinstance(control, BiasControl):
                used = about(self._kind, name).has_effect(values)
                words = bias_in_words(values[name], values.get("chrono_max"), longest)
                control.setEnabled(used)
                self._form.note(name, words if used else f"as {values['recurrent_init']} has it")
        chrono = self._chrono.names
        self._chrono.setEnabled(all(about(self._kind, n).has_effect(values) for n in chrono))
        self._remove.setEnabled(not alone)

    def refuse(self, field: str, error: ExperimentError) -> None:
        """Say under a field why its value was refused; the name keeps what was typed."""
        if field == "name":
            self._refusal.say(str(ExperimentError("name", error.given, error.accepted)))
        else:
            next(form for form in self._forms if field in form.names).refuse(field, error)

    def set_look(self, style: LineStyle, palette: Palette) -> None:
        """Draw a sample of its line in these colours."""
        self._colors = palette
        self._swatch.set_look(style, palette)
        self._remove.setIcon(icon("remove", palette.quiet, palette.hairline))
        self._show_fold()

    def start_renaming(self) -> None:
        """Show a field for the name in place of the title."""
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
        self._refusal.say()
        self._title.show()
        self._info.show()

    def _show_fold(self) -> None:
        unfolded = self.more.isChecked()
        self._further.setVisible(unfolded)
        self.more.setIcon(icon("fold" if unfolded else "unfold", self._colors.quiet))

    def _edit(self, field: str, value: object) -> None:
        self.edited.emit(self.name, field, value)

    def _lay_out(self) -> None:
        names = (self._swatch, self._title, self._name, self._info)
        head = fill(QHBoxLayout(), *names, None, self.more, self._remove, spacing=8)
        self._further = QWidget(visible=False)
        folded = (self._chrono, self._own, self.cell_button, self._rename_button)
        fill(QVBoxLayout(self._further), *folded, margins=(0, 4, 0, 0))
        rows = (head, self._refusal, self._form, self._further, 2, rule())
        fill(QVBoxLayout(self), *rows, spacing=4)


class NameLabel(QLabel):
    """The title; a double click asks to rename."""

    asked = Signal()

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        """Ask to rename."""
        self.asked.emit()


class NameField(QLineEdit):
    """Takes the title's place while a name is typed; Escape cancels."""

    committed = Signal(str)
    left = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.setObjectName("name_field")
        self.setAcceptDrops(False)  # a file is the window's, wherever it is dropped
        fit(self, least_width=NAME_PX)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setToolTip("Use a-z, 0-9 and _, starting with a letter. Escape keeps the old name.")
        self.hide()

    def start(self, name: str) -> None:
        """Show the field with the present name selected."""
        self.setText(name)
        self.show()
        self.setFocus(Qt.FocusReason.OtherFocusReason)
        self.selectAll()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Commit the name on Enter, and cancel on Escape."""
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.committed.emit(self.text().strip())
        elif event.key() == Qt.Key.Key_Escape:
            self.left.emit()
        else:
            super().keyPressEvent(event)

    def focusOutEvent(self, event: QFocusEvent) -> None:
        """Cancel when the focus leaves, except for a menu or another window."""
        super().focusOutEvent(event)
        if event.reason() not in GONE_FOR_A_MOMENT:
            self.left.emit()


def term_of(cell: Cell) -> Term:
    """The paragraph about a cell; its equations if nobody has written one."""
    told = f"{cell.about}. " if cell.about else ""
    equations = "; ".join(cell.equations.splitlines())
    return TERMS.get(cell.name) or Term(f"What is {cell.title}?", f"{told}{equations}.")


def bias_in_words(bias: float | str, chrono_max: int | None, longest: int) -> str:
    """A bias before training: "chrono, T_max 53: the task's …", "sigmoid(1) = 0.73 at first".

    longest: the task's longest dependency, in steps.
    """
    if not isinstance(bias, str):
        listed = "" if bias in BIASES else "-20 to 20; "
        return f"{listed}sigmoid({bias:g}) = {1 / (1 + math.exp(-bias)):.2g} at first"
    if chrono_max is not None:
        return f"chrono, T_max {chrono_max:,}"
    return f"chrono, T_max {longest:,}: the task's longest dependency"
