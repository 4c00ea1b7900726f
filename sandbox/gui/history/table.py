"""The table of runs: selection, scroll position, keys and notes."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import (
    QByteArray,
    QEvent,
    QItemSelection,
    QItemSelectionModel,
    QModelIndex,
    QPersistentModelIndex,
    Qt,
    Signal,
)
from PySide6.QtWidgets import QAbstractItemView, QFrame, QHeaderView, QTableView, QWidget

from sandbox.gui.history.cell_painter import ROW_PX, CellPainter
from sandbox.gui.history.history_columns import HEADS, HIDDEN_AT_FIRST, Column
from sandbox.gui.history.model import HAND_MADE
from sandbox.gui.look.fitting import fit
from sandbox.gui.look.typeface import px, scale

if TYPE_CHECKING:
    from PySide6.QtGui import QResizeEvent

    from sandbox.drawing.styles import Palette
    from sandbox.gui.history.listing import Row
    from sandbox.gui.history.model import RunsModel

STRETCHED = Column.RESULT
ROWS = QItemSelectionModel.SelectionFlag.Rows
NOTHING = QItemSelectionModel.SelectionFlag.NoUpdate
NO_HINT = CellPainter.EndEditHint.NoHint


class RunsTable(QTableView):
    """Keeps the selected, the current and the first visible run when the model is reset."""

    chosen = Signal()  # the selection has changed
    opened = Signal(str)
    star_clicked = Signal(str)
    show_clicked = Signal(str)
    edited = Signal()  # a note was saved or given up

    def __init__(self, model: RunsModel, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._runs = model
        self._before: tuple[list[str], str, int, str] = ([], "", 0, "")
        self._resetting, self._scale = False, scale()
        self.setObjectName("runs_table")
        self.setAccessibleName("Runs")
        self.setAccessibleDescription(
            "One run per line. Enter opens it, Space draws its curves, S stars it, F2 edits its "
            "note, Delete deletes it, and the menu key lists everything else."
        )
        self._set_manners()
        self.setModel(model)
        self.painter = CellPainter(model, self)
        self.painter.closeEditor.connect(self._tell_edited, Qt.ConnectionType.QueuedConnection)
        self.setItemDelegate(self.painter)
        self._set_heads()
        model.modelAboutToBeReset.connect(self._keep_place)
        model.modelReset.connect(self._find_place)
        self.selectionModel().selectionChanged.connect(self._tell_chosen)
        self.clicked.connect(self._click)
        self.doubleClicked.connect(self._double_click)

    def chosen_runs(self) -> list[Row]:
        """The selected runs, from the top."""
        selection = self.selectionModel().selection()
        ranges = [selection.at(number) for number in range(selection.size())]
        spans = [(each.top(), each.bottom()) for each in ranges]
        places = {place for first, last in spans for place in range(first, last + 1)}
        return [self._runs.rows[place] for place in sorted(places)]

    def current_run(self) -> Row | None:
        """The run with the keyboard cursor."""
        index = self.currentIndex()
        return self._runs.row_at(index) if index.isValid() else None

    def choose(self, run: str) -> bool:
        """Select one run and scroll to it; False if it is not listed."""
        place = self._runs.place_of(run)
        if place is None:
            return False
        self._select([place])
        index = self._runs.index(place, Column.WHEN)
        self.selectionModel().setCurrentIndex(index, NOTHING)
        self.scrollTo(index)
        return True

    @property
    def editing(self) -> bool:
        """Whether a note is being written."""
        return self.painter.editor is not None

    def edit_note(self) -> None:
        """Edit the note of the current run in its cell."""
        current = self.currentIndex()
        if current.isValid():
            index = self._runs.index(current.row(), Column.NOTE)
            self.setColumnHidden(Column.NOTE, False)
            self.selectionModel().setCurrentIndex(index, NOTHING)
            self.scrollTo(index)
            self.edit(index)

    def finish_note(self) -> None:
        """Save the note that is being written."""
        if self.painter.editor is not None:
            editor = self.painter.editor
            self.commitData(editor)
            self.closeEditor(editor, NO_HINT)

    def sort_by(self, column: Column) -> None:
        """Sort by a column; a second time reverses the order."""
        header = self.horizontalHeader()
        falling = HEADS[column].falling
        if header.sortIndicatorSection() == column:
            falling = header.sortIndicatorOrder() is Qt.SortOrder.AscendingOrder
        self.finish_note()
        order = Qt.SortOrder.DescendingOrder if falling else Qt.SortOrder.AscendingOrder
        self.sortByColumn(column, order)

    def set_palette(self, palette: Palette) -> None:
        """Paint in these colours."""
        self.painter.set_palette(palette)
        self.verticalHeader().setDefaultSectionSize(px(ROW_PX))
        self._scale_columns()
        self.viewport().update()

    def _scale_columns(self) -> None:
        """Keep the columns' widths in step with the type size."""
        grown, self._scale = scale() / self._scale, scale()
        if grown != 1:
            for column in Column:
                self.setColumnWidth(column, round(self.columnWidth(column) * grown))
            self.fit()

    def heads(self) -> str:
        """Widths, order and visibility of the columns, as text."""
        state = self.horizontalHeader().saveState()
        return bytes(state.toBase64().data()).decode()

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
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setShowGrid(False)
        self.setWordWrap(False)
        self.setCornerButtonEnabled(False)
        self.setTabKeyNavigation(False)
        self.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.setSelectionMode(QAbstractItemView.SelectionMode.ExtendedSelection)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setHorizontalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
        rows = self.verticalHeader()
        rows.setDefaultSectionSize(px(ROW_PX))
        rows.setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        rows.hide()

    def _set_heads(self) -> None:
        header = self.horizontalHeader()
        # A head is drawn as selected if its whole column is; that would ask every row.
        header.setSelectionModel(QItemSelectionModel(self._runs, header))
        header.setHighlightSections(False)
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
        header.sectionPressed.connect(self._before_sorting)
        header.sortIndicatorChanged.connect(self._after_sorting)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Give the results the width that is left."""
        super().resizeEvent(event)
        self.fit()

    def selectionCommand(
        self, index: QModelIndex | QPersistentModelIndex, event: QEvent | None = None
    ) -> QItemSelectionModel.SelectionFlag:
        """A click on a star or a box does not select."""
        mouse = event is not None and event.type() in _MOUSE
        if mouse and index.isValid() and index.column() in HAND_MADE:
            return NOTHING
        return super().selectionCommand(index, event)

    def keyboardSearch(self, search: str) -> None:
        """Letters are shortcuts here, not a search."""

    # What happens -----------------------------------------------------------------------

    def _click(self, index: QModelIndex) -> None:
        run = self._runs.row_at(index).run
        if index.column() == Column.STAR:
            self.star_clicked.emit(run)
        elif index.column() == Column.SHOW:
            self.show_clicked.emit(run)

    def _double_click(self, index: QModelIndex) -> None:
        if index.column() == Column.NOTE:
            self.edit_note()
        elif index.column() not in HAND_MADE:
            self.opened.emit(self._runs.row_at(index).run)

    def _tell_chosen(self) -> None:
        if not self._resetting:
            self.chosen.emit()

    def _tell_edited(self) -> None:
        self.edited.emit()

    def _before_sorting(self) -> None:
        self.finish_note()

    def _after_sorting(self) -> None:
        """Keep the selection in sight, or go to the top if there is none."""
        if self.chosen_runs():
            self.scrollTo(self.currentIndex())
        else:
            self.scrollToTop()

    def _keep_place(self) -> None:
        """Note the selection, the current run and the first visible one."""
        self._resetting = True
        current, top = self.current_run(), self.verticalScrollBar().value()
        rows = self._runs.rows
        self._before = (
            [row.run for row in self.chosen_runs()],
            "" if current is None else current.run,
            self.currentIndex().row(),
            rows[top].run if 0 < top < len(rows) else "",
        )

    def _find_place(self) -> None:
        runs, current, line, top = self._before
        places = [place for run in runs if (place := self._runs.place_of(run)) is not None]
        self._select(places)
        place = self._runs.place_of(current)
        if place is None and current and self._runs.rows:  # deleted: take the run in its place
            place = min(max(line, 0), len(self._runs.rows) - 1)
            self._select(places or [place])
        if place is not None:
            index = self._runs.index(place, Column.WHEN)
            self.selectionModel().setCurrentIndex(index, NOTHING)
        first = self._runs.place_of(top)
        if first is not None:
            self.verticalScrollBar().setValue(first)
        self._resetting = False
        self.chosen.emit()

    def _select(self, places: list[int]) -> None:
        selection = QItemSelection()
        for first, last in _spans(sorted(places)):
            top, bottom = self._runs.index(first, 0), self._runs.index(last, len(Column) - 1)
            selection.select(top, bottom)
        flag = QItemSelectionModel.SelectionFlag.ClearAndSelect
        self.selectionModel().select(selection, flag | ROWS)


_MOUSE = (
    QEvent.Type.MouseButtonPress,
    QEvent.Type.MouseButtonRelease,
    QEvent.Type.MouseMove,
    QEvent.Type.MouseButtonDblClick,
)


def _spans(places: list[int]) -> list[tuple[int, int]]:
    """Stretches of neighbouring lines, as (first, last)."""
    spans: list[tuple[int, int]] = []
    for place in places:
        if spans and place == spans[-1][1] + 1:
            spans[-1] = spans[-1][0], place
        else:
            spans.append((place, place))
    return spans
