"""Paints the cells of the history: star, tick, swatches and results in their colours."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QPointF, QRect, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QFontMetrics, QPainter, QPen, QPolygonF
from PySide6.QtWidgets import QLineEdit, QStyle, QStyledItemDelegate, QStyleOptionViewItem, QWidget

from sandbox.drawing.styles import DARK, Palette, line_styles
from sandbox.gui.history import history_wording
from sandbox.gui.history.history_columns import Column
from sandbox.gui.look.marks import pen
from sandbox.gui.look.theme import selected_ground
from sandbox.gui.look.typeface import font, px, scale

if TYPE_CHECKING:
    from sandbox.gui.history.listing import Row
    from sandbox.gui.history.model import Index, RunsModel

ROW_PX = 30
PAD_PX, EDGE_PX = 8, 3
SWATCH_PX, SPACE_PX, APART_PX = 16, 5, 10
BOX_PX = 16
# A star of radius 1 around (0, 0), its first point up.
_STAR = [
    QPointF(0.0, -1.0),
    QPointF(0.2245, -0.309),
    QPointF(0.9511, -0.309),
    QPointF(0.3633, 0.118),
    QPointF(0.5878, 0.809),
    QPointF(0.0, 0.382),
    QPointF(-0.5878, 0.809),
    QPointF(-0.3633, 0.118),
    QPointF(-0.9511, -0.309),
    QPointF(-0.2245, -0.309),
]


class CellPainter(QStyledItemDelegate):
    """Paints every cell of the table, and makes the field for a note."""

    def __init__(self, model: RunsModel, view: QWidget) -> None:
        super().__init__(view)
        self._model, self._view, self._palette = model, view, DARK
        self.editor: QLineEdit | None = None

    def set_palette(self, palette: Palette) -> None:
        """Draw in these colours."""
        self._palette = palette

    # Notes ----------------------------------------------------------------------------

    def createEditor(self, parent: QWidget, option: QStyleOptionViewItem, index: Index) -> QWidget:
        """A field for the note."""
        self.editor = QLineEdit(parent)
        self.editor.setObjectName("note_field")
        self.editor.setAccessibleName(f"Note of {self._model.row_at(index).run}")
        self.editor.setPlaceholderText("note")
        self.editor.setFrame(False)
        self.editor.setText(self._model.row_at(index).info.note)
        self.editor.destroyed.connect(self._forget_editor)
        return self.editor

    def setEditorData(self, editor: QWidget, index: Index) -> None:
        """Keep what is being typed, whatever the table changes to meanwhile."""

    def destroyEditor(self, editor: QWidget, index: Index) -> None:
        """Forget the field: the note is saved or given up."""
        self._forget_editor()
        super().destroyEditor(editor, index)

    def _forget_editor(self) -> None:
        self.editor = None

    # Painting -------------------------------------------------------------------------

    def sizeHint(self, option: QStyleOptionViewItem, index: Index) -> QSize:
        """One line."""
        return QSize(px(60), px(ROW_PX))

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        """Paint the ground, then what the column shows."""
        row, column = self._model.row_at(index), Column(index.column())
        rect: QRect = option.rect
        state: QStyle.StateFlag = option.state
        if state & QStyle.StateFlag.State_Selected:
            painter.fillRect(rect, QColor(selected_ground(self._palette)))
            if column is Column.STAR:
                edge = QRect(rect.topLeft(), QSize(EDGE_PX, rect.height()))
                painter.fillRect(edge, QColor(self._palette.contestants[1]))
        painter.save()
        if column is Column.STAR:
            self._paint_star(painter, rect, row.info.star)
        elif column is Column.SHOW:
            self._paint_box(painter, rect, row)
        elif column is Column.CONTESTANTS:
            self._paint_contestants(painter, rect, row)
        elif column is Column.RESULT:
            self._paint_result(painter, rect, row)
        else:
            self._paint_text(painter, rect, index, column)
        painter.restore()
        if state & QStyle.StateFlag.State_HasFocus and self._view.hasFocus():
            painter.setPen(QPen(QColor(self._palette.contestants[1]), 1))
            painter.drawRect(rect.adjusted(0, 0, -1, -1))

    def _paint_text(self, painter: QPainter, rect: QRect, index: Index, column: Column) -> None:
        quiet = column in (Column.SETTINGS, Column.PARENT, Column.SIZE)
        painter.setPen(QColor(self._palette.quiet if quiet else self._palette.text))
        painter.setFont(font())
        inner = rect.adjusted(PAD_PX, 0, -PAD_PX, 0)
        text = str(index.data(Qt.ItemDataRole.DisplayRole))
        side = Qt.AlignmentFlag(index.data(Qt.ItemDataRole.TextAlignmentRole))
        measure = QFontMetrics(painter.font())
        shown = measure.elidedText(text, Qt.TextElideMode.ElideRight, inner.width())
        painter.drawText(inner, side, shown)

    def _paint_star(self, painter: QPainter, rect: QRect, starred: bool) -> None:
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.translate(QRectF(rect).center() + QPointF(0, 0.5))
        painter.scale(7.0 * scale(), 7.0 * scale())
        cue, quiet = QColor(self._palette.cue), QColor(self._palette.quiet)
        painter.setPen(QPen(cue if starred else quiet, 1.2 / 7.0))
        painter.setBrush(cue if starred else Qt.BrushStyle.NoBrush)
        painter.drawPolygon(QPolygonF(_STAR))

    def _paint_box(self, painter: QPainter, rect: QRect, row: Row) -> None:
        """Paint a box with a tick if the run is drawn, or a dot for the current run."""
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        centre = QRectF(rect).center()
        if row.run == self._model.live.here:
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(QColor(self._palette.quiet))
            painter.drawEllipse(centre, 3.5, 3.5)
            return
        painter.translate(centre)
        painter.scale(scale(), scale())
        box = QRectF(-BOX_PX / 2, -BOX_PX / 2, BOX_PX, BOX_PX)
        ticked = row.run in self._model.shown
        painter.setPen(QPen(QColor(self._palette.text if ticked else self._palette.quiet), 1))
        painter.setBrush(QColor(self._palette.ground))
        painter.drawRoundedRect(box, 4, 4)
        if ticked:
            painter.setPen(QPen(QColor(self._palette.text), 2))
            x, y = box.x(), box.y()
            tick = [QPointF(x + 3.5, y + 8), QPointF(x + 7, y + 11.5), QPointF(x + 12.5, y + 4.5)]
            painter.drawPolyline(tick)

    def _paint_contestants(self, painter: QPainter, rect: QRect, row: Row) -> None:
        """Paint each contestant with a piece of its line, as many as fit, and how many more."""
        styles = line_styles(
            {entrant.name: entrant.cell for entrant in row.entrants}, row.info.looks
        )
        painter.setFont(font())
        measure = QFontMetrics(painter.font())
        x, right, middle = rect.x() + PAD_PX, rect.right() - PAD_PX, rect.center().y() + 1
        for number, entrant in enumerate(row.entrants):
            count = f" ×{len(entrant.results)}" if len(entrant.results) > 1 else ""
            words = f"{entrant.title}{count}"
            left = len(row.entrants) - number - 1
            more = measure.horizontalAdvance(f"+{left}") + PAD_PX if left else 0
            room = right - x - SWATCH_PX - SPACE_PX - more
            if number and measure.horizontalAdvance(words) > room:
                painter.setPen(QColor(self._palette.quiet))
                painter.drawText(x, rect.y(), right - x, rect.height(), _LEFT, f"+{left + 1}")
                return
            style = styles[entrant.name]
            painter.setPen(pen(style.color(self._palette), 2, style.dash))
            painter.drawLine(x, middle, x + SWATCH_PX, middle)
            painter.setPen(QColor(self._palette.text))
            x += SWATCH_PX + SPACE_PX
            words = measure.elidedText(words, Qt.TextElideMode.ElideRight, max(room, 0))
            painter.drawText(x, rect.y(), right - x, rect.height(), _LEFT, words)
            x += measure.horizontalAdvance(words) + APART_PX
        if not row.entrants:
            painter.setPen(QColor(self._palette.quiet))
            painter.drawText(rect.adjusted(PAD_PX, 0, -PAD_PX, 0), _LEFT, history_wording.NOTHING)

    def _paint_result(self, painter: QPainter, rect: QRect, row: Row) -> None:
        """Paint the pieces of the result, each in its colour, with an ellipsis for the rest."""
        painter.setFont(font())
        measure = QFontMetrics(painter.font())
        x, right = rect.x() + PAD_PX, rect.right() - PAD_PX
        least = measure.horizontalAdvance(f"{history_wording.BETWEEN}mm…")

        def write(words: str, tone: history_wording.Tone) -> int:
            room = max(right - x, 0)
            shown = measure.elidedText(words, Qt.TextElideMode.ElideRight, room)
            painter.setPen(QColor(getattr(self._palette, tone)))
            painter.drawText(x, rect.y(), room, rect.height(), _LEFT, shown)
            return x + measure.horizontalAdvance(words)

        for number, piece in enumerate(history_wording.result(row, self._model.live.state(row))):
            if number and x + least > right:
                write(" …" if x < right else "", "quiet")
                return
            if number:
                x = write(history_wording.BETWEEN, "quiet")
            x = write(piece.words, piece.tone)


_LEFT = Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft
