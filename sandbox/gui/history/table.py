"""The table of runs: selection, scroll position, keys and notes."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import (
    QByteArray,
    QEvent,
    QItemSelectionModel,
    QModelIndex,
    QPersistentModelIndex,
    Qt,
    Signal,
)
from PySide6.QtGui import QMouseEvent
from PySide6.QtWidgets import QAbstractItemView, QHeaderView, QLineEdit, QTableView

from sandbox.gui.history.cell_painter import NOTE_FIELD, CellPainter
from sandbox.gui.history.history_columns import HEADS, HIDDEN_AT_FIRST, Column
from sandbox.gui.history.model import HAND_MADE
from sandbox.gui.look.typeface import fit, px, scale
from sandbox.gui.widgets.parts import set_plain

if TYPE_CHECKING:
    from PySide6.QtGui import QResizeEvent

    from sandbox.drawing.styles import Palette
    from sandbox.gui.history.listing import Row
    from sandbox.gui.history.model import RunsModel

ROW_PX = 30
STRETCHED = Column.RESULT
NOTHING = QItemSelectionModel.SelectionFlag.NoUpdate
SELECT = QItemSelectionModel.SelectionFlag.ClearAndSelect | QItemSelectionModel.SelectionFlag.Rows


class RunsTable(QTableView):
    """Keeps the first visible run in its place when the rows change; Qt keeps the selection."""

    chosen = Signal()  # the selection has changed

    def __init__(self, model: RunsModel) -> None:
        super().__init__()
        self.runs = model
        self._line, self._top = -1, ""  # of the current run, and the run at the top
        self._scale = scale()
        self.setObjectName("runs_table")
        self.setAccessibleName("Runs")
        self.setAccessibleDescription(
            "One run per line. Enter opens it, Space draws its curves, S stars it, F2 edits its "
            "note, Delete deletes it, and the menu key lists everything else."
        )
        self._set_manners()
        self.setModel(model)
        self.painter = CellPainter(model, self)
        self.setItemDelegate(self.painter)
        self._set_heads()
        model.layoutAboutToBeChanged.connect(self._keep_place)
        model.layoutChanged.connect(self._find_place)
        self.selectionModel().selectionChanged.connect(lambda: self.chosen.emit())

    def chosen_runs(self) -> list[Row]:
        """The selected runs, from the top."""
        selection = self.selectionModel().selection()
        spans = [selection.at(number) for number in range(selection.size())]
        places = {place for span in spans for place in range(span.top(), span.bottom() + 1)}
        return [self.runs.rows[place] for place in sorted(places)]

    def current_run(self) -> Row | None:
        """The run with the keyboard cursor."""
        index = self.currentIndex()
        return self.runs.row_at(index) if index.isValid() else None

    def choose(self, run: str) -> bool:
        """Select one run and scroll to it; False if it is not listed."""
        place = self.runs.places.get(run)
        if place is not None:
            self._go_to(place, SELECT)
            self.scrollTo(self.currentIndex())
        return place is not None

    def edit_note(self) -> None:
        """Edit the note of the current run in its cell."""
        current = self.currentIndex()
        if current.isValid():
            index = self.runs.index(current.row(), Column.NOTE)
            self.setColumnHidden(Column.NOTE, False)
            self.selectionModel().setCurrentIndex(index, NOTHING)
            self.scrollTo(index)
            self.edit(index)

    def finish_note(self) -> None:
        """Save the note that is being written."""
        field = self.findChild(QLineEdit, NOTE_FIELD)
        if field is not None and not field.isHidden():  # hidden if its run is gone
            self.commitData(field)
            self.closeEditor(field, CellPainter.EndEditHint.NoHint)

    def sort_by(self, column: Column) -> None:
        """Sort by a column; a second time reverses the order."""
        header = self.horizontalHeader()
        falling = HEADS[column].falling
        if header.sortIndicatorSection() == column:
            falling = header.sortIndicatorOrder() is Qt.SortOrder.AscendingOrder
        order = Qt.SortOrder.DescendingOrder if falling else Qt.SortOrder.AscendingOrder
        self.sortByColumn(column, order)

    def set_palette(self, palette: Palette) -> None:
        """Paint in these colours, with columns as wide as the type size asks for."""
        self.painter.colors = palette
        self.verticalHeader().setDefaultSectionSize(px(ROW_PX))
        grown, self._scale = scale() / self._scale, scale()
        if grown != 1:
            for column in Column:
                self.setColumnWidth(column, round(self.columnWidth(column) * grown))
            self.fit()
        self.viewport().update()

    def heads(self) -> str:
        """Widths, order and visibility of the columns, as text."""
        return self.horizontalHeader().saveState().toBase64().toStdString()

    def set_heads(self, heads: str) -> None:
        """Restore what `heads` returned, sorted by the newest; "" changes nothing."""
        if heads:
            self.horizontalHeader().restoreState(QByteArray.fromBase64(heads.encode()))
            self.sortByColumn(Column.WHEN, Qt.SortOrder.DescendingOrder)
            self.fit()

    def fit(self) -> None:
        """Give the results the width that is left."""
        header = self.horizontalHeader()
        others = sum(header.sectionSize(column) for column in Column if column != STRETCHED)
        room = self.viewport().width() - others
        header.resizeSection(STRETCHED, max(HEADS[STRETCHED].width, room))

    # Manners --------------------------------------------------------------------------

    def _set_manners(self) -> None:
        set_plain(self)
        self.setSelectionMode(QAbstractItemView.SelectionMode.ExtendedSelection)
        self.setHorizontalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
        rows = self.verticalHeader()
        rows.setDefaultSectionSize(px(ROW_PX))
        rows.setSectionResizeMode(QHeaderView.ResizeMode.Fixed)

    def _set_heads(self) -> None:
        header = self.horizontalHeader()
        # A head is drawn as selected if its whole column is; that would ask every row.
        header.setSelectionModel(QItemSelectionModel(self.runs, header))
        header.setMinimumSectionSize(28)
        header.setSectionsMovable(True)
        header.setFirstSectionMovable(False)
        fit(header, height=28)
        header.setAccessibleName("Columns")
        for column, head in HEADS.items():
            self.setColumnWidth(column, px(head.width))
            self.setColumnHidden(column, column in HIDDEN_AT_FIRST)
        header.setSortIndicator(Column.WHEN, Qt.SortOrder.DescendingOrder)
        self.setSortingEnabled(True)
        header.sortIndicatorChanged.connect(self._after_sorting)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Give the results the width that is left."""
        super().resizeEvent(event)
        self.fit()

    def selectionCommand(
        self, index: QModelIndex | QPersistentModelIndex, event: QEvent | None = None
    ) -> QItemSelectionModel.SelectionFlag:
        """A click on a star or a box does not select."""
        if isinstance(event, QMouseEvent) and index.isValid() and index.column() in HAND_MADE:
            return NOTHING
        return super().selectionCommand(index, event)

    def keyboardSearch(self, search: str) -> None:
        """Letters are shortcuts here, not a search."""

    # What happens -----------------------------------------------------------------------

    def _after_sorting(self) -> None:
        """Keep the selection in sight, or go to the top if there is none."""
        if self.chosen_runs():
            self.scrollTo(self.currentIndex())
        else:
            self.scrollToTop()

    def _keep_place(self) -> None:
        top, rows = self.verticalScrollBar().value(), self.runs.rows
        self._line = self.currentIndex().row()
        self._top = rows[top].run if 0 < top < len(rows) else ""

    def _find_place(self) -> None:
        if self._line >= 0 and self.runs.rows and not self.currentIndex().isValid():
            place = min(self._line, len(self.runs.rows) - 1)  # the current run is gone
            self._go_to(place, NOTHING if self.chosen_runs() else SELECT)
        top = self.runs.places.get(self._top)
        if top is not None:
            self.updateGeometries()
            self.verticalScrollBar().setValue(top)
        self.chosen.emit()

    def _go_to(self, place: int, command: QItemSelectionModel.SelectionFlag) -> None:
        self.selectionModel().setCurrentIndex(self.runs.index(place, Column.WHEN), command)
