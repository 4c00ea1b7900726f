"""What is in doubt about a table, each as a sentence with buttons that settle it."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QPushButton, QScrollArea, QVBoxLayout, QWidget

from sandbox.gui.look.typeface import fit
from sandbox.gui.widgets.parts import fill, label, named, paragraph, push_button

if TYPE_CHECKING:
    from collections.abc import Sequence

    from PySide6.QtWidgets import QLabel

    from sandbox.reading.doubts import Question

LIST_PX = 96
ACCEPT, ASK = "Take it as it is read", "Ask again"
ACCEPT_TIP = "Settle all that is in doubt as the file is read now."
ASK_TIP = "Ask again about all that is in doubt."
TITLE, NOTHING = "IN DOUBT", "Nothing is in doubt."
BUTTON_PX = 28


class Questions(QWidget):
    """A list of fixed height: questions with their mends, then what was done without asking."""

    mended = Signal(object)  # fields of the recipe and their values, as pairs
    accepted = Signal(bool)

    def __init__(self) -> None:
        super().__init__()
        self._title = label(TITLE, "title")
        self.accept_button = push_button(ACCEPT, ACCEPT_TIP)
        fit(self.accept_button, height=BUTTON_PX, width=170)
        self._accepted = False
        self._shown: object = None  # what the rows say, if they are of a table
        self.accept_button.clicked.connect(lambda: self.accepted.emit(not self._accepted))
        self._area = named(QScrollArea(), "What is in doubt", "Each can be settled by a button.")
        self._area.setWidgetResizable(True)
        self._area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        fit(self._area, height=LIST_PX)
        head = fill(QHBoxLayout(), self._title, None, self.accept_button, spacing=8)
        fill(QVBoxLayout(self), head, self._area, spacing=2)
        self.clear()

    def clear(self) -> None:
        """Show nothing, as long as no table is read."""
        self._title.setText(TITLE)
        self._show_rows([])
        self.accept_button.setEnabled(False)

    @property
    def buttons(self) -> list[QPushButton]:
        """The mends, top first."""
        return self._area.findChildren(QPushButton)

    def show_questions(
        self, questions: Sequence[Question], notes: Sequence[str], column: str, *, accepted: bool
    ) -> None:
        """Show these: those about the chosen column first, those about none last."""
        shown = (*questions, *notes), column, accepted
        if shown == self._shown:
            return
        focused = self._has_focus()
        top = self._area.verticalScrollBar().value()
        self._accepted = accepted
        first = sorted(questions, key=lambda each: (not each.columns, column not in each.columns))
        rows = [self._row(question, accepted) for question in first]
        rows += [] if rows else [label(NOTHING, "quiet")]
        rows += [paragraph(f"{note[:1].upper()}{note[1:]}.", "quiet") for note in notes]
        self._show_rows(rows)
        self._area.verticalScrollBar().setValue(top)
        many = len(questions)
        settled = "TAKEN AS IT IS READ" if accepted else f"{many:,} {TITLE}"
        self._title.setText(settled if many else TITLE)
        self.accept_button.setText(ASK if accepted else ACCEPT)
        named(self.accept_button, self.accept_button.text(), ASK_TIP if accepted else ACCEPT_TIP)
        self.accept_button.setEnabled(bool(many) or accepted)
        self._shown = shown
        if focused:
            self._focus_next()

    def _show_rows(self, rows: Sequence[QWidget]) -> None:
        held = QWidget()
        held.setObjectName("column")
        fill(QVBoxLayout(held), *rows, None, spacing=4, margins=(0, 0, 8, 0))
        self._area.setWidget(held)
        self._shown = None

    def _has_focus(self) -> bool:
        focused = self.window().focusWidget()
        return focused is not None and self.isAncestorOf(focused)

    def _focus_next(self) -> None:
        """Give the focus, which a button had that is gone, to the first one that is there."""
        there = [*self.buttons, self.accept_button]
        target = next((button for button in there if button.isEnabled()), None)
        (target or self._area).setFocus(Qt.FocusReason.OtherFocusReason)

    def _row(self, question: Question, accepted: bool) -> QWidget:
        """A sentence, and a button for each mend beside it."""
        row = QWidget()
        words: QLabel = paragraph(question.text, "quiet" if accepted else "text")
        buttons = [self._button(question, *mend) for mend in question.mends]
        box = fill(QHBoxLayout(row), words, *buttons, spacing=6, wide=words)
        for button in buttons:
            box.setAlignment(button, Qt.AlignmentFlag.AlignTop)
        return row

    def _button(
        self, question: Question, words: str, choices: tuple[tuple[str, object], ...]
    ) -> QPushButton:
        button = push_button(words, f"{question.text} {words}.")
        button.setAccessibleDescription(question.text)
        fit(button, height=BUTTON_PX)
        button.clicked.connect(partial(self.mended.emit, choices))
        return button
