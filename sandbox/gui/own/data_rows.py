"""Rows as they stand in the file, at the left, and what was taken from each, at the right."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QPersistentModelIndex, Qt
from PySide6.QtGui import QColor, QFont, QFontDatabase, QFontMetricsF
from PySide6.QtWidgets import QHeaderView, QSplitter, QTableView, QWidget

from sandbox.gui.look.typeface import SMALL_PX, TEXT_PX, fit, font, px, width_of
from sandbox.gui.own.data_curves import colours_of
from sandbox.gui.widgets.parts import named, set_plain
from sandbox.reading.beside import NAMES, UNITS, UNREAD, VALUES, Beside

if TYPE_CHECKING:
    from sandbox.reading.beside import FileRow

NUMBER, TEXT, FIRST = 0, 1, 2  # columns; the first one with values
ROW_PX, LEAST_PX, WIDEST_PX = 20, 70, 260
MARGINS, WIDEST = 18, 1 << 16  # pixels beside the words of a cell; of a column
GAP = "⋮"
SAID = {NAMES: "names the columns", UNITS: "gives the units"}
Index = QModelIndex | QPersistentModelIndex


class RowsModel(QAbstractTableModel):
    """Row numbers, lines, and the values taken from them."""

    def __init__(self, view: QWidget) -> None:
        super().__init__(view)
        self._view = view
        self.beside = Beside((), ())

    def show(self, beside: Beside) -> None:
        """Show other rows."""
        self.beginResetModel()
        self.beside = beside
        self.endResetModel()

    def rowCount(self, parent: Index | None = None) -> int:
        """One row for each row of the file, or for several that are not shown."""
        return len(self.beside.rows)

    def columnCount(self, parent: Index | None = None) -> int:
        """Number, line, and one or more for what was taken."""
        return FIRST + max(len(self.beside.names), 1)

    def headerData(
        self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole
    ) -> Any:
        """The names of the columns, each over where its cells stand."""
        if orientation != Qt.Orientation.Horizontal:
            return None
        if role == Qt.ItemDataRole.TextAlignmentRole:
            return self._side(section)
        words = ("line", "as it stands in the file", *(self.beside.names or ("",)))
        shown = role in (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.ToolTipRole)
        return words[section] if shown else None

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """A cell's words, colour, face and place."""
        row, column = self.beside.rows[index.row()], index.column()
        if role in (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.ToolTipRole):
            words = GAP * (column == TEXT) if row is None else _words(row, column)
            return words or None
        if role == Qt.ItemDataRole.ForegroundRole:
            return self._colour(row, column)
        if role == Qt.ItemDataRole.FontRole:
            return _face(row, column)
        if role == Qt.ItemDataRole.TextAlignmentRole:
            said = column >= FIRST and (row is None or row.kind != VALUES)
            return self._side(TEXT if said else column)
        return None

    def _side(self, column: int) -> Qt.AlignmentFlag:
        """Where the words of a column stand: numbers at the right."""
        right = column == NUMBER or (column >= FIRST and not self.beside.series)
        side = Qt.AlignmentFlag.AlignRight if right else Qt.AlignmentFlag.AlignLeft
        return side | Qt.AlignmentFlag.AlignVCenter

    def _colour(self, row: FileRow | None, column: int) -> QColor | None:
        palette = colours_of(self._view)
        if row is None or column == NUMBER:
            return QColor(palette.quiet)
        if row.kind in SAID:
            return QColor(palette.contestants[1])
        if row.kind not in (VALUES, UNREAD):
            return QColor(palette.quiet)
        return QColor(palette.wrong) if _words(row, column) == "missing" else None


class RowsBeside(QSplitter):
    """Two tables with the same rows, which scroll and select together."""

    def __init__(self) -> None:
        super().__init__(Qt.Orientation.Horizontal)
        self.model = RowsModel(self)
        self.lines, self.taken = QTableView(), QTableView()
        tips = "Grey rows are left out; the first and last rows, and odd ones in between."
        named(self.lines, "Rows as they stand in the file", tips)
        named(self.taken, "Values taken from each row", "The numbers that were read.")
        for view in (self.lines, self.taken):
            self._set_up(view)
            self.addWidget(view)
        self.taken.setSelectionModel(self.lines.selectionModel())
        bars = self.lines.verticalScrollBar(), self.taken.verticalScrollBar()
        for one, other in (bars, bars[::-1]):
            one.valueChanged.connect(other.setValue)
        self.lines.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.show_rows(self.model.beside)
        self.setChildrenCollapsible(False)
        self.setStretchFactor(0, 1)
        self.setStretchFactor(1, 1)

    def _set_up(self, view: QTableView) -> None:
        view.setObjectName("data_table")
        view.setModel(self.model)
        set_plain(view)
        view.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOn)
        view.setHorizontalScrollMode(QTableView.ScrollMode.ScrollPerPixel)
        view.setVerticalScrollMode(QTableView.ScrollMode.ScrollPerItem)
        view.verticalHeader().setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        view.verticalHeader().setDefaultSectionSize(px(ROW_PX))
        view.verticalHeader().setMinimumSectionSize(px(ROW_PX))
        fit(view, type=SMALL_PX)

    def show_rows(self, beside: Beside) -> None:
        """Show rows beside their values, as far down as before if that is possible."""
        top = self.lines.verticalScrollBar().value()
        self.model.show(beside)
        for view, of_lines in ((self.lines, True), (self.taken, False)):
            for column in range(self.model.columnCount()):
                view.setColumnHidden(column, (column < FIRST) is not of_lines)
        self._fit_widths()
        self._span()
        self.lines.verticalScrollBar().setValue(top)

    def show_column(self, name: str) -> None:
        """Bring a column of values into sight."""
        if name in self.model.beside.names:
            place = self.model.beside.names.index(name)
            if place < 2:  # what is said of rows that are left out begins at the left
                self.taken.horizontalScrollBar().setValue(0)
                return
            row = max(self.taken.rowAt(0), 0)
            self.taken.scrollTo(self.model.index(row, FIRST + place))

    def _fit_widths(self) -> None:
        """Make room for the words; asking the views for it took longer than reading a table."""
        rows = [row for row in self.model.beside.rows if row is not None]
        numbers = max((width_of(_words(row, NUMBER), SMALL_PX) for row in rows), default=0)
        longest = max((_words(row, TEXT) for row in rows), key=len, default="")
        text = QFontMetricsF(_fixed(px(SMALL_PX + 1), bold=True)).horizontalAdvance(longest)
        for column, room in ((NUMBER, numbers), (TEXT, text)):
            self._set_width(self.lines, column, room)
        count = self.model.columnCount()
        told = [row for row in rows if row.cells or count == FIRST + 1]  # others reach over all
        for column in range(FIRST, count):
            room = max((width_of(_words(row, column)) for row in told), default=0)
            self._set_width(self.taken, column, room, px(LEAST_PX), px(WIDEST_PX))

    def _set_width(
        self, view: QTableView, column: int, words: float, least: int = 0, most: int = WIDEST
    ) -> None:
        head = view.horizontalHeader().sectionSizeHint(column)
        view.setColumnWidth(column, min(max(round(words) + MARGINS, head, least), most))

    def _span(self) -> None:
        """Let what is said about a row that gave no values reach over all columns."""
        self.taken.clearSpans()
        wide = self.model.columnCount() - FIRST
        for at, row in enumerate(self.model.beside.rows):
            if wide > 1 and (row is None or not row.cells):
                self.taken.setSpan(at, FIRST, 1, wide)


def _words(row: FileRow, column: int) -> str:
    if column == NUMBER:
        return f"{row.number:,}" if row.number else ""
    if column == TEXT:
        return row.text.replace("\t", "→")
    if row.cells:
        return row.cells[column - FIRST] if column - FIRST < len(row.cells) else ""
    return SAID.get(row.kind, row.kind and f"left out: {row.kind}") if column == FIRST else ""


def _face(row: FileRow | None, column: int) -> QFont | None:
    if column != TEXT:
        return font(TEXT_PX if column >= FIRST else SMALL_PX)
    return _fixed(px(SMALL_PX + 1), bold=row is not None and row.kind in SAID)


@lru_cache(maxsize=4)
def _fixed(pixels: int, *, bold: bool) -> QFont:
    """The face in which lines of a file stand."""
    face = QFontDatabase.systemFont(QFontDatabase.SystemFont.FixedFont)
    face.setPixelSize(pixels)
    face.setBold(bold)
    return face
