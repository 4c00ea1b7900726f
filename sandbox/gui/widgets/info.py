"""The small (i) beside a word, and the paragraph that it opens: the text is in resources."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QPoint, Qt
from PySide6.QtWidgets import QApplication, QFrame, QToolButton, QVBoxLayout, QWidget

from sandbox.gui.look.marks import icon
from sandbox.gui.look.typeface import fit
from sandbox.gui.widgets.parts import fill, label, named
from sandbox.setup import places

if TYPE_CHECKING:
    from collections.abc import Mapping

    from PySide6.QtGui import QKeyEvent

PARAGRAPH_PX = 340


@dataclass(frozen=True)
class Term:
    """A word and its paragraph; `question` is how a person would ask for it."""

    question: str
    text: str


def _read() -> dict[str, Term]:
    """Every term by its key; the file has "# key", the question and the paragraph for each."""
    _, *sections = (Path(places.resources()) / "explanations.md").read_text("utf-8").split("\n# ")
    terms = {}
    for section in sections:
        key, question, text = section.split("\n", 2)
        terms[key] = Term(question, " ".join(text.split()))
    return terms


TERMS: Mapping[str, Term] = _read()


class InfoButton(QToolButton):
    """Opens the paragraph about one word, below itself."""

    def __init__(self, term: str | Term) -> None:
        super().__init__()
        self.setProperty("role", "info")
        fit(self, width=20, height=20, icon=16)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.set_term(TERMS[term] if isinstance(term, str) else term)
        self._draw()
        self.clicked.connect(self.open_paragraph)

    def set_term(self, term: Term) -> None:
        """Explain another word from now on."""
        self._term = term
        named(self, term.question, term.question)

    def make_small(self) -> None:
        """Make it as high as a caption in small type."""
        fit(self, width=16, height=16, icon=14)

    def changeEvent(self, event: QEvent) -> None:
        """Follow the theme's quiet colour and the type size."""
        super().changeEvent(event)
        if event.type() in (QEvent.Type.PaletteChange, QEvent.Type.StyleChange):
            self._draw()

    def _draw(self) -> None:
        self.setIcon(icon("info", QApplication.palette().placeholderText().color().name()))

    def open_paragraph(self) -> Paragraph:
        """Show the paragraph until a click elsewhere, Escape or Enter."""
        paragraph = Paragraph(self._term, self.window())
        paragraph.show_under(self)
        return paragraph


class Sheet(QFrame):
    """Something to read that floats until a click elsewhere, Escape or Enter."""

    def __init__(self, name: str, parent: QWidget) -> None:
        super().__init__(parent, Qt.WindowType.Popup)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setObjectName("paragraph")
        self.setAccessibleName(name)

    def show_under(self, widget: QWidget) -> None:
        """Open below the widget, or wherever the screen has room."""
        self.adjustSize()
        corner = widget.mapToGlobal(QPoint(0, widget.height() + 4))
        room = widget.screen().availableGeometry()
        corner.setX(max(room.left(), min(corner.x(), room.right() - self.width())))
        if corner.y() + self.height() > room.bottom():
            corner.setY(widget.mapToGlobal(QPoint(0, -4)).y() - self.height())
        self.move(corner)
        self.show()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Close on Enter and Escape."""
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Escape):
            self.close()
        else:
            super().keyPressEvent(event)


class Paragraph(Sheet):
    """A floating paragraph about one word."""

    def __init__(self, term: Term, parent: QWidget) -> None:
        super().__init__(term.question, parent)
        self.setAccessibleDescription(term.text)
        lines = label(term.question, "heading", wrap=True), label(term.text, wrap=True)
        for line in lines:
            fit(line, width=PARAGRAPH_PX)
        fill(QVBoxLayout(self), *lines, spacing=8, margins=(16, 12, 16, 16))
