"""One net's column of the Cell view."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QPoint, QPointF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QMouseEvent, QPainter, QPaintEvent

from sandbox.drawing.wording import step_name
from sandbox.gui.look.marks import write_lines
from sandbox.gui.look.typeface import px, wrap
from sandbox.gui.panels.cell.cell_content import (
    LEAST_CELL_WIDTH,
    CellContent,
    CellPlaces,
    least_cell_height,
    place_cell,
)
from sandbox.gui.panels.cell.cell_paint import (
    paint_cell_head,
    paint_drawing,
    paint_equations,
    paint_strip,
)
from sandbox.gui.panels.nets.column_geometry import MARGIN
from sandbox.gui.panels.shared.panel import PaintedColumn
from sandbox.insight.cell_moment import number

if TYPE_CHECKING:
    from PySide6.QtWidgets import QWidget


NEAR = 6.0  # pixels around a part that count as it


class CellColumn(PaintedColumn[CellContent]):
    """Paints a `CellContent`, and reports the line under the pointer and steps of the strip."""

    line_hovered = Signal(str)  # "" for none
    step_hovered = Signal(int)  # -1 for none
    step_clicked = Signal(int)

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self._mark = -1

    def mark(self, step: int) -> None:
        """Draw a line at a step of the strip; -1: none."""
        if step != self._mark:
            self._mark = step
            self.update()

    @property
    def places(self) -> CellPlaces | None:
        """The current places of its parts."""
        content = self.content
        return None if content is None else place_cell(self.even_width, self.height(), content)

    def minimumSizeHint(self) -> QSize:
        """The least in which it can be read."""
        wide = max(self.even_width, px(LEAST_CELL_WIDTH))
        return QSize(px(LEAST_CELL_WIDTH), least_cell_height(self.content, wide))

    def paintEvent(self, event: QPaintEvent) -> None:
        """Head, drawing, equations and strip; or why there are no numbers."""
        content, places = self.content, self.places
        if content is None or places is None:
            return
        painter = QPainter(self)
        painter.fillRect(self.rect(), QColor(content.palette.ground))
        paint_cell_head(painter, places, content)
        if content.is_there:
            paint_drawing(painter, places, content)
            paint_equations(painter, places, content)
            paint_strip(painter, places, content, self._mark)
        else:
            words = content.waiting or "Preparing the numbers …"
            if content.trace is not None and content.unit >= content.units:
                words = f"This net has {content.units} units only."
            lines = wrap(words, places.head.width(), 3)
            write_lines(painter, MARGIN, places.drawn.top(), lines, content.palette.quiet)
        painter.end()

    # -- pointing -----------------------------------------------------------------------

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Report the line and the step under the pointer."""
        at = event.position()
        self.line_hovered.emit(self._line_at(at))
        step = self._step_at(at)
        if step >= 0:
            self.step_hovered.emit(step)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Report a click into the strip."""
        if event.button() == Qt.MouseButton.LeftButton:
            self.step_clicked.emit(self._step_at(event.position()))

    def leaveEvent(self, event: QEvent) -> None:
        """Report that nothing is under the pointer."""
        self.line_hovered.emit("")
        self.step_hovered.emit(-1)

    def _step_at(self, at: QPointF) -> int:
        places = self.places
        if places is None or at.y() < places.strip.top():
            return -1
        return places.timeline.step_at(at.x())

    def _part_at(self, at: QPointF) -> int:
        """The part under a point, by its place, or -1."""
        places, content = self.places, self.content
        if places is None or content is None or not content.is_there:
            return -1
        left, top = places.origin
        x, y = (at.x() - left) / places.scale, (at.y() - top) / places.scale
        for n, part in enumerate(places.drawing.parts):
            far = abs(x - part.x) - part.width / 2, abs(y - part.y) - part.height / 2
            if max(far) <= NEAR:
                return n
        return -1

    def _line_at(self, at: QPointF) -> str:
        places, content, part = self.places, self.content, self._part_at(at)
        if places is None or content is None or not content.is_there:
            return ""
        if part >= 0:
            return places.drawing.parts[part].line
        inside = (n for n, rect in enumerate(places.rows) if rect.contains(at.toPoint()))
        row = next(inside, -1)
        return content.rows[row][0] if row >= 0 else ""

    def _tip(self, position: QPoint) -> str:
        content, places = self.content, self.places
        if content is None or places is None or not content.is_there:
            return ""
        at = QPointF(position)
        step = self._step_at(at)
        if step >= 0:
            value = number(float(content.over_time()[step]))
            return f"{step_name(content.sequence, step)}: {value}"
        line = self._line_at(at)
        meaning = dict(content.cell.step.meanings).get(line, "")
        told = next((f"{name} = {text}" for name, text in content.rows if name == line), line)
        return f"{told}\n{meaning}".strip()
