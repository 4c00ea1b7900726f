"""Paints the cells of the history: boxes, contestants with their lines, results in colours."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QRect, QSize, Qt
from PySide6.QtGui import QColor, QPainter, QPalette, QPen
from PySide6.QtWidgets import (
    QCheckBox,
    QLineEdit,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionButton,
    QStyleOptionViewItem,
    QWidget,
)

from sandbox.drawing.styles import DARK, line_styles
from sandbox.gui.history import history_wording
from sandbox.gui.history.history_columns import Column
from sandbox.gui.look.marks import pen
from sandbox.gui.look.typeface import elided, font, px, width_of

if TYPE_CHECKING:
    from sandbox.gui.history.listing import Row
    from sandbox.gui.history.model import Index, RunsModel

PAD_PX, EDGE_PX = 8, 3
SWATCH_PX, SPACE_PX, APART_PX = 16, 5, 10
BOX_PX = 18  # with its border
STAR_PX = 17
QUIET = (Column.STAR, Column.SHOW, Column.SETTINGS, Column.PARENT, Column.SIZE)
IN_PARTS = (Column.CONTESTANTS, Column.RESULT)
NOTE_FIELD = "note_field"


class CellPainter(QStyledItemDelegate):
    """Colours the cells, paints those that are more than text, and makes the field for a note."""

    def __init__(self, model: RunsModel, view: QWidget) -> None:
        super().__init__(view)
        self._model, self.colors = model, DARK
        self._box = QCheckBox(view)  # gives its style sheet to the boxes
        self._box.hide()

    # Notes ----------------------------------------------------------------------------

    def createEditor(self, parent: QWidget, option: QStyleOptionViewItem, index: Index) -> QWidget:
        """A field for the note."""
        row, field = self._model.row_at(index), QLineEdit(parent)
        field.setObjectName(NOTE_FIELD)
        field.setAccessibleName(f"Note of {row.run}")
        field.setPlaceholderText("note")
        field.setFrame(False)
        field.setText(row.info.note)
        return field

    def setEditorData(self, editor: QWidget, index: Index) -> None:
        """Keep what is being typed, whatever the table changes to meanwhile."""

    # Painting -------------------------------------------------------------------------

    def initStyleOption(self, option: QStyleOptionViewItem, index: Index) -> None:
        """Set the colour of the text; `paint` writes what has several colours."""
        super().initStyleOption(option, index)
        column = Column(index.column())
        color = QColor(self.colors.quiet if column in QUIET else self.colors.text)
        if column is Column.STAR:
            option.font = font(STAR_PX)
            if self._model.row_at(index).info.star:
                color = QColor(self.colors.cue)
        for role in (QPalette.ColorRole.Text, QPalette.ColorRole.HighlightedText):
            option.palette.setColor(role, color)
        if column in IN_PARTS:
            option.text = ""

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        """Paint ground and text, then what the column has beside them."""
        super().paint(painter, option, index)
        row, column = self._model.row_at(index), Column(index.column())
        rect, state, blue = option.rect, option.state, QColor(self.colors.contestants[1])
        painter.save()
        painter.setFont(font())
        if column is Column.STAR and state & QStyle.StateFlag.State_Selected:
            painter.fillRect(QRect(rect.topLeft(), QSize(EDGE_PX, rect.height())), blue)
        elif column is Column.SHOW and row.run != self._model.live.here:
            self._paint_box(painter, rect, row.run in self._model.shown)
        elif column is Column.CONTESTANTS:
            self._paint_contestants(painter, rect.adjusted(PAD_PX, 0, -PAD_PX, 0), row)
        elif column is Column.RESULT:
            self._paint_result(painter, rect.adjusted(PAD_PX, 0, -PAD_PX, 0), row)
        if state & QStyle.StateFlag.State_HasFocus:
            painter.setPen(QPen(blue, 1))
            painter.drawRect(rect.adjusted(0, 0, -1, -1))
        painter.restore()

    def _paint_box(self, painter: QPainter, rect: QRect, ticked: bool) -> None:
        """Paint a box, with a tick if the run is drawn."""
        box = QStyleOptionButton()
        box.rect = QRect(0, 0, px(BOX_PX), px(BOX_PX))
        box.rect.moveCenter(rect.center())
        flags = QStyle.StateFlag
        box.state = flags.State_Enabled | (flags.State_On if ticked else flags.State_Off)
        indicator = QStyle.PrimitiveElement.PE_IndicatorCheckBox
        self._box.style().drawPrimitive(indicator, box, painter, self._box)

    def _paint_contestants(self, painter: QPainter, rect: QRect, row: Row) -> None:
        """Paint each contestant with a piece of its line, as many as fit, and how many more."""
        cells = {entrant.name: entrant.cell for entrant in row.entrants}
        styles, middle = line_styles(cells, row.info.looks), rect.center().y() + 1
        for number, entrant in enumerate(row.entrants):
            more = len(row.entrants) - number - 1
            room = rect.width() - SWATCH_PX - SPACE_PX
            if more:
                room -= APART_PX + round(width_of(f"+{more}"))
            if number and width_of(entrant.words) > room:
                self._write(painter, rect, f"+{more + 1}", self.colors.quiet)
                return
            style = styles[entrant.name]
            painter.setPen(pen(style.color(self.colors), 2, style.dash))
            painter.drawLine(rect.x(), middle, rect.x() + SWATCH_PX, middle)
            rect.setLeft(rect.x() + SWATCH_PX + SPACE_PX)
            words = elided(entrant.words, room)
            rect.setLeft(self._write(painter, rect, words, self.colors.text) + APART_PX)
        if not row.entrants:
            self._write(painter, rect, history_wording.NOTHING, self.colors.quiet)

    def _paint_result(self, painter: QPainter, rect: QRect, row: Row) -> None:
        """Paint the pieces of the result, each in its colour, as far as there is room."""
        pieces = history_wording.result(row, self._model.live.state(row))
        left = elided("".join(piece.words for piece in pieces), rect.width())
        for words, tone in pieces:
            shown, left = left[: len(words)], left[len(words) :]
            rect.setLeft(self._write(painter, rect, shown, getattr(self.colors, tone)))

    def _write(self, painter: QPainter, rect: QRect, words: str, color: str) -> int:
        """Write words at the left; returns where they end."""
        painter.setPen(QColor(color))
        painter.drawText(rect, Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft, words)
        return rect.x() + round(width_of(words))
