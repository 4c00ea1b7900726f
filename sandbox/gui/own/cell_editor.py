"""The editor of a cell of one's own: its text, checked while one types, and what it amounts to."""

from __future__ import annotations

from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QSize, Qt, QTimer, Signal
from PySide6.QtGui import QFontDatabase, QTextCharFormat, QTextCursor, QTextFormat
from PySide6.QtWidgets import QFormLayout, QHBoxLayout, QLabel, QPlainTextEdit, QTextEdit

from sandbox.cells.cell import layer_size, layout
from sandbox.cells.cell_file import ENDING
from sandbox.cells.known import CELLS, checked
from sandbox.cells.nodes import EquationError
from sandbox.gui.look.typeface import px
from sandbox.gui.widgets.controls import QuietComboBox
from sandbox.gui.widgets.dialogs import Dialog, choose_file
from sandbox.gui.widgets.fields import Refusal
from sandbox.gui.widgets.info import InfoButton
from sandbox.gui.widgets.parts import fill, label, named, paragraph, push_button
from sandbox.store.base import RunError
from sandbox.store.cell_files import copy_of, example, text_in, write
from sandbox.validation import ExperimentError

if TYPE_CHECKING:
    from PySide6.QtCore import QMimeData
    from PySide6.QtGui import QColor
    from PySide6.QtWidgets import QWidget

    from sandbox.cells.cell import Cell

WIDE, HIGH = 860, 600
SETTLE_MS = 150  # after a key, before the text is checked
FILTER = f"Cells (*{ENDING});;All files (*)"
SAVE_FILTER = f"Cells (*{ENDING})"
NEW, CHANGED = "A cell of one's own", "The cell of {}"
HOW = (
    "One equation a line. Trained weights belong to the line they stand in; what follows # is a "
    "line's meaning on screen."
)


class CellEditor(Dialog):
    """A text and whether it is a cell; the place of what is wrong is marked.

    used: the text, once the person wants it; `refuse` then says why it cannot be used, `accept`
    closes the editor.  drafted: the text, a moment after each change.
    """

    used = Signal(str)
    drafted = Signal(str)

    def __init__(self, text: str, of: str, sizes: tuple[int, int], parent: QWidget | None) -> None:
        """`of`: the title of the contestant whose cell it is, or "".  sizes: inputs and units."""
        super().__init__(CHANGED.format(of) if of else NEW, parent)
        self.setObjectName("cell_editor")
        self._changes = bool(of)
        self._sizes, self._wrong = sizes, self.palette().link().color()
        self._where: EquationError | None = None  # what is wrong with the text
        self.text = CellText(text)
        self.text.file_dropped.connect(self.open_file)
        self.text.textChanged.connect(self._wait)
        self.text.cursorPositionChanged.connect(self._show_place)
        self._place = label(role="note")
        self._place.setAccessibleName("Line and column of the cursor")
        self.refusal, self._facts = Refusal(), Facts()
        self.refusal.setTextFormat(Qt.TextFormat.PlainText)
        self._settle = QTimer(self, singleShot=True, interval=SETTLE_MS)
        self._settle.timeout.connect(self.check)
        self._lay_out()
        self.check()
        self._show_place()
        self.text.setFocus()

    def set_wrong(self, color: QColor) -> None:
        """Mark what is wrong in this colour."""
        self._wrong = color
        self.check()

    def check(self) -> Cell | None:
        """Say what the text is, or what is wrong with it and where; the cell, if it is one."""
        self._settle.stop()
        self.drafted.emit(self.text.toPlainText())
        try:
            cell = checked(self.text.toPlainText())
        except EquationError as error:
            self._tell(error)
            return None
        self.text.mark(0, 0, self._wrong)
        self._where = None
        self.refusal.say()
        self.show_button.hide()
        self._facts.show_cell(cell, *self._sizes)
        self.use_button.setEnabled(True)
        return cell

    def done(self, result: int) -> None:
        """Close; what was typed last is told of first."""
        if self._settle.isActive():
            self.check()
        super().done(result)

    def use(self) -> None:
        """Ask for the text to be used, if it is a cell."""
        if self.check() is not None:
            self.used.emit(self.text.toPlainText())

    def refuse(self, error: ExperimentError) -> None:
        """Say why a cell cannot be used."""
        self.refusal.say(str(error))

    def replace(self, text: str) -> None:
        """Put another text in place of this one; Ctrl+Z brings this one back."""
        self.text.replace(text)
        self.check()
        self.text.setFocus()

    def ask_what_to_open(self) -> None:
        """Choose a file, then show its text."""
        choose_file(self, "Open cell", FILTER, self.open_file)

    def open_file(self, path: str) -> None:
        """Show the text of a file, cell or not; say why if it is none."""
        try:
            text = text_in(path)
        except ExperimentError as error:
            self.refuse(error)
        else:
            self.replace(text)

    def ask_where_to_save(self) -> None:
        """Choose a file, then write the text."""
        cell = self.check()
        name = cell.title if cell else "my cell"
        at = "".join(c if c.isalnum() else "_" for c in name.lower()) + ENDING
        choose_file(self, "Save cell", SAVE_FILTER, self.save, at, save=True)

    def save(self, path: str) -> None:
        """Write the text, also one that is no cell yet."""
        try:
            write(Path(path), self.text.toPlainText())
        except RunError as error:
            self.refusal.say(str(error))
        else:
            self._place.setText(f"saved to {Path(path).name}")

    def _tell(self, error: EquationError) -> None:
        told = f"Line {error.line}, column {error.column}: {error.expected}"
        self.refusal.say(told if told.endswith((".", "?")) else f"{told}.")
        self.text.mark(error.line, error.column, self._wrong)
        self._where = error
        self.show_button.show()
        self._facts.clear()
        self.use_button.setEnabled(False)

    def _go_there(self) -> None:
        if self._where is not None:
            self.text.go_to(self._where.line, self._where.column)

    def _wait(self) -> None:
        self.use_button.setEnabled(False)
        self._settle.start()

    def _show_place(self) -> None:
        cursor = self.text.textCursor()
        line, column = cursor.blockNumber() + 1, cursor.positionInBlock() + 1
        self._place.setText(f"line {line}, column {column}")

    def _begin_with(self, index: int) -> None:
        """Show the text that was chosen in the list."""
        name = self.start.itemData(index)
        self.replace(copy_of(CELLS[name]) if name else example())

    def _lay_out(self) -> None:
        self.start = named(QuietComboBox(), "Start from", "Begin with another text; Ctrl+Z undoes.")
        self.start.addItem("the example with comments", "")
        for cell in CELLS.values():
            self.start.addItem(f"a copy of {cell.title}", cell.name)
        self.start.setCurrentIndex(-1)
        self.start.setPlaceholderText("choose…")
        self.start.activated.connect(self._begin_with)
        self.open_button = push_button("Open…", "Show the text of a cell file.")
        self.open_button.clicked.connect(self.ask_what_to_open)
        self.save_button = push_button("Save…", "Write this text to a cell file.")
        self.save_button.clicked.connect(self.ask_where_to_save)
        words = label("Start from", "quiet")
        words.setBuddy(self.start)
        info = InfoButton("own_cell")
        row = (words, self.start, self.open_button, self.save_button, info, None, self._place)
        self.column.addWidget(paragraph(HOW, "quiet"))
        self.column.addLayout(fill(QHBoxLayout(), *row, spacing=8))
        self.column.addWidget(self.text, 1)
        self.show_button = push_button("Go there", "Put the cursor where the text is wrong.")
        self.show_button.clicked.connect(self._go_there)
        self.column.addLayout(
            fill(QHBoxLayout(), self.refusal, self.show_button, spacing=8, wide=self.refusal)
        )
        self.column.addLayout(self._facts)
        tip = (
            "Give the contestant this cell."
            if self._changes
            else "Add a contestant with this cell."
        )
        self.use_button = self.add_button("Use it", tip, self.use)
        named(self.close_button, "Close", "Close the editor; the text is kept as a draft.")
        above = (self.start, self.open_button, self.save_button, info)
        below = (self.show_button, self.use_button, self.close_button)
        for button in (self.open_button, self.save_button, *below):
            button.setAutoDefault(False)
        self.finish()
        for one, other in pairwise((*above, self.text, *below)):
            self.setTabOrder(one, other)
        self.resize(self._fitting())

    def _fitting(self) -> QSize:
        """Its first size: no larger than the screen."""
        room = self.screen().availableSize()
        return QSize(min(px(WIDE), room.width() - 40), min(px(HIGH), room.height() - 60))


class CellText(QPlainTextEdit):
    """The text; Tab leaves it, and a file that is dropped on it is opened rather than written."""

    file_dropped = Signal(str)

    def __init__(self, text: str) -> None:
        super().__init__(text)
        named(self, "The cell's text", "")
        self.setObjectName("cell_text")
        self.setFont(QFontDatabase.systemFont(QFontDatabase.SystemFont.FixedFont))
        self.setLineWrapMode(QPlainTextEdit.LineWrapMode.NoWrap)
        self.setTabChangesFocus(True)

    def replace(self, text: str) -> None:
        """Put another text in place of this one, which can be undone."""
        cursor = QTextCursor(self.document())
        cursor.select(QTextCursor.SelectionType.Document)
        cursor.insertText(text)
        self.moveCursor(QTextCursor.MoveOperation.Start)

    def go_to(self, line: int, column: int) -> None:
        """Put the cursor at a place."""
        block = self.document().findBlockByNumber(line - 1)
        cursor = QTextCursor(block)
        cursor.setPosition(block.position() + min(column - 1, block.length() - 1))
        self.setTextCursor(cursor)
        self.setFocus()

    def mark(self, line: int, column: int, color: QColor) -> None:
        """Underline what stands at a place, to the end of its word; line 0 marks nothing."""
        block = self.document().findBlockByNumber(line - 1) if line else None
        if block is None or not block.isValid():
            self.setExtraSelections([])
            return
        whole, there = QTextEdit.ExtraSelection(), QTextEdit.ExtraSelection()
        faint = self.palette().alternateBase().color()
        faint.setRgb(color.red(), color.green(), color.blue(), 40)
        whole.format.setBackground(faint)
        whole.format.setProperty(QTextFormat.Property.FullWidthSelection, True)
        whole.cursor = QTextCursor(block)
        there.cursor = self._piece(QTextCursor(block), block.text(), column)
        there.format.setUnderlineStyle(QTextCharFormat.UnderlineStyle.WaveUnderline)
        there.format.setUnderlineColor(color)
        there.format.setForeground(color)
        self.setExtraSelections([whole, there])

    @staticmethod
    def _piece(cursor: QTextCursor, text: str, column: int) -> QTextCursor:
        """The word or the sign at a column; the last one where the line ends before."""
        start = min(column - 1, max(len(text) - 1, 0))
        stop = start + 1
        while stop < len(text) and (text[start] + text[stop]).replace("_", "a").isalnum():
            stop += 1
        cursor.setPosition(cursor.position() + start)
        keep = QTextCursor.MoveMode.KeepAnchor
        cursor.movePosition(QTextCursor.MoveOperation.Right, keep, min(stop, len(text)) - start)
        return cursor

    def canInsertFromMimeData(self, source: QMimeData) -> bool:
        """Take files as well as text."""
        return source.hasUrls() or super().canInsertFromMimeData(source)

    def insertFromMimeData(self, source: QMimeData) -> None:
        """Open a file; insert text."""
        files = [url.toLocalFile() for url in source.urls() if url.isLocalFile()]
        if files:
            self.file_dropped.emit(files[0])
        else:
            super().insertFromMimeData(source)


def _vectors(cell: Cell) -> str:
    """The names that no line has, and what became of them."""
    names = ", ".join(cell.extras)
    return f"{names} (trained numbers, one a unit: no line is called so)" if names else "none"


class Facts(QFormLayout):
    """What a cell has: gates, states, vectors and the number of its parameters."""

    NAMES = ("Gates", "States", "Vectors", "Parameters")

    def __init__(self) -> None:
        super().__init__()
        self.setHorizontalSpacing(16)
        self.setVerticalSpacing(2)
        self.values: dict[str, QLabel] = {}
        for name in self.NAMES:
            self.values[name] = value = paragraph("", "text")
            value.setTextFormat(Qt.TextFormat.PlainText)
            self.addRow(label(name, "quiet"), value)

    def clear(self) -> None:
        """Show nothing; the lines keep their room."""
        for name in self.NAMES:
            self._say(name, "–")

    def show_cell(self, cell: Cell, inputs: int, hidden: int) -> None:
        """Show what a cell has; its size with so many inputs and hidden units, too."""
        self._say("Gates", ", ".join(cell.gates))
        self._say("States", ", ".join(cell.states))
        self._say("Vectors", _vectors(cell))
        size = layout(cell, inputs, hidden, 0).size
        formula = f"{layer_size(cell, 'I')} in a layer"
        self._say("Parameters", f"{formula}: {size:,} with I = {inputs:,} and H = {hidden:,}")

    def _say(self, name: str, words: str) -> None:
        self.values[name].setText(words)
        self.values[name].setAccessibleName(f"{name}: {words}")
