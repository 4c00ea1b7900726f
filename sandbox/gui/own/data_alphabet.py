"""The table of the tokens that a net will know of a text, most frequent first."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QPersistentModelIndex, Qt
from PySide6.QtGui import QColor
from PySide6.QtWidgets import QTableView, QWidget

from sandbox.gui.look.typeface import px
from sandbox.gui.own.data_curves import colours_of
from sandbox.gui.widgets.parts import named, set_plain
from sandbox.reading.text_questions import share_in_words

if TYPE_CHECKING:
    from sandbox.tasks.alphabet import Alphabet, Row

HEADINGS = {
    "token": "As the panels show it; what cannot be seen has a sign or its code point.",
    "count": "How often it comes in the whole text.",
    "share": "Its share of all tokens of the text.",
    "what it is": "The code point and its name in Unicode, if it is not an ASCII letter or sign.",
}
TOKEN, COUNT, SHARE, NAME = range(4)
WIDTHS_PX = {TOKEN: 84, COUNT: 88, SHARE: 74}
ROW_PX, WORD_PX = 20, 170
Index = QModelIndex | QPersistentModelIndex


class AlphabetModel(QAbstractTableModel):
    """A row for each token; the last one for the rare ones together."""

    def __init__(self, view: QWidget) -> None:
        super().__init__(view)
        self._view = view
        self.alphabet: Alphabet | None = None

    def show(self, alphabet: Alphabet | None) -> None:
        """Show other tokens, or none."""
        self.beginResetModel()
        self.alphabet = alphabet
        self.endResetModel()

    def rowCount(self, parent: Index | None = None) -> int:
        """A row for each token that is told apart, and one for all others."""
        return 0 if self.alphabet is None else len(self.alphabet)

    def columnCount(self, parent: Index | None = None) -> int:
        """Token, count, share and name."""
        return len(HEADINGS)

    def headerData(
        self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole
    ) -> Any:
        """The headings, each with what it means."""
        if orientation != Qt.Orientation.Horizontal:
            return None
        if role == Qt.ItemDataRole.DisplayRole:
            return list(HEADINGS)[section]
        if role == Qt.ItemDataRole.ToolTipRole:
            return list(HEADINGS.values())[section]
        return _side(section) if role == Qt.ItemDataRole.TextAlignmentRole else None

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """A cell's words, colour and place."""
        assert self.alphabet is not None
        if role in (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.ToolTipRole):
            return _words(self.alphabet.row(index.row()), index.column())
        if role == Qt.ItemDataRole.TextAlignmentRole:
            return _side(index.column())
        if role == Qt.ItemDataRole.ForegroundRole and index.column() == NAME:
            return QColor(colours_of(self._view).quiet)
        return None


class AlphabetTable(QTableView):
    """Shows the model; it asks only for the rows that are on screen."""

    def __init__(self) -> None:
        super().__init__()
        self.setObjectName("data_table")
        set_plain(self)
        self.tokens = AlphabetModel(self)
        self.setModel(self.tokens)
        tip = "What the nets will read and answer, the most frequent first."
        named(self, "Tokens of the text", tip)
        self.setHorizontalScrollMode(QTableView.ScrollMode.ScrollPerPixel)
        for column, wide in WIDTHS_PX.items():
            self.setColumnWidth(column, px(wide))
        self.horizontalHeader().setStretchLastSection(True)
        self.verticalHeader().setDefaultSectionSize(px(ROW_PX))

    def show_alphabet(self, alphabet: Alphabet | None) -> None:
        """Show these tokens from the top, or none."""
        self.tokens.show(alphabet)
        words = alphabet is not None and alphabet.level == "words"
        self.setColumnWidth(TOKEN, px(WORD_PX if words else WIDTHS_PX[TOKEN]))


def _words(row: Row, column: int) -> str:
    return (row.shown, f"{row.times:,}", share_in_words(row.share), row.name)[column]


def _side(column: int) -> Qt.AlignmentFlag:
    right = column in (COUNT, SHARE)
    side = Qt.AlignmentFlag.AlignRight if right else Qt.AlignmentFlag.AlignLeft
    return side | Qt.AlignmentFlag.AlignVCenter
