"""Two dialogs for the sequence on screen: all of it as text, and the length of its gap."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtWidgets import QHBoxLayout, QPlainTextEdit

from sandbox.gui.widgets.dialogs import Dialog
from sandbox.gui.widgets.fields import NumberField
from sandbox.gui.widgets.parts import fill, label, named, paragraph
from sandbox.tasks.own_sequence import LONGEST_GAP

if TYPE_CHECKING:
    from collections.abc import Callable

    from PySide6.QtWidgets import QWidget

WIDE = 460


class TextDialog(Dialog):
    """The sequence as text; what cannot be read is said under it."""

    def __init__(self, text: str, show: Callable[[str], str], parent: QWidget | None) -> None:
        """show: shows the sequence, or returns why it cannot."""
        super().__init__("Your own sequence", parent)
        self.setObjectName("own_text_dialog")
        self._show = show
        self.column.addWidget(paragraph("Edit as text", "heading"))
        self.box = named(QPlainTextEdit(text), "Sequence", "The whole sequence; words as it has.")
        self.box.setTabChangesFocus(True)
        self.column.addWidget(self.box, 1)
        self.refusal = label("", "refusal", wrap=True)
        self.column.addWidget(self.refusal)
        self.show_button = self.add_button("Show", "Show this sequence in every panel.", self.take)
        self.show_button.setDefault(True)
        self.finish()
        self.resize(WIDE + 100, 280)

    def take(self) -> None:
        """Show what was typed, or say what is wrong with it."""
        refused = self._show(self.box.toPlainText())
        self.refusal.setText(refused)
        if not refused:
            self.close()


class GapDialog(Dialog):
    """How many steps lie between the cue and what follows; the panels follow at once."""

    def __init__(
        self, gap: int, usual: str, stretch: Callable[[int], str], parent: QWidget | None
    ) -> None:
        """usual: what was trained on, in a sentence.  stretch: returns why it cannot be."""
        super().__init__("The gap", parent)
        self.setObjectName("gap_dialog")
        self._stretch = stretch
        self.column.addWidget(paragraph("Stretch the gap", "heading"))
        told = f"Filler steps after the cue, up to {LONGEST_GAP:,}. {usual}"
        self.column.addWidget(paragraph(told.strip(), width=WIDE - 100))
        self.field = NumberField(low=0, high=LONGEST_GAP)
        named(self.field, "Gap", "Filler steps after the cue. The panels follow at once.")
        self.field.show_value(gap)
        self.field.committed.connect(self._take)
        self.refusal = label("", "refusal", wrap=True)
        self.column.addLayout(fill(QHBoxLayout(), self.field, label("steps"), None, spacing=8))
        self.column.addWidget(self.refusal)
        self.finish()
        self.field.setFocus()
        self.field.selectAll()

    def _take(self, gap: object) -> None:
        if not isinstance(gap, int):
            self.refusal.setText(f"A gap is a whole number from 0 to {LONGEST_GAP:,}.")
            return
        refused = self._stretch(gap)
        self.refusal.setText(refused)
        if not refused:
            self.field.show_value(gap)
