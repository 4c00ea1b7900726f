"""Paints a claim's sketch in the window's colours."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QPainter, QPaintEvent, QPen, QPolygonF
from PySide6.QtWidgets import QSizePolicy, QWidget

from sandbox.drawing.styles import BASELINE, DARK, Palette
from sandbox.gui.look.marks import hairline, tint, write
from sandbox.gui.look.typeface import SMALL_PX

if TYPE_CHECKING:
    from sandbox.gui.gallery.sketches import Role, Sketch, Stroke

HIGH_PX, EDGE_PX, NAME_PX, DOT_PX = 168, 18, 120, 3.0
HIGH_UP = 0.9
SLOTS: dict[Role, int] = {"rnn": 0, "lstm": 1, "gru": 2, "other": 3}


class SketchPicture(QWidget):
    """One sketch: what its axes are, then its lines with their names at their ends."""

    def __init__(self) -> None:
        super().__init__()
        self.setAccessibleName("Sketch of the claim")
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self._colors = DARK
        self._sketch: Sketch | None = None

    def sizeHint(self) -> QSize:
        """As wide as there is room."""
        return QSize(320, HIGH_PX)

    def show_sketch(self, sketch: Sketch | None) -> None:
        """Draw this one; nothing where there is none."""
        self._sketch = sketch
        self.setVisible(sketch is not None)
        self.setAccessibleDescription(sketch.words if sketch is not None else "")
        self.setToolTip(f"A sketch, not a measurement. {sketch.words}" if sketch else "")
        self.update()

    def set_palette(self, palette: Palette) -> None:
        """Draw in these colours."""
        self._colors = palette
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Axes, dotted levels, bars, dots and lines."""
        if self._sketch is None:
            return
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.fillRect(self.rect(), QColor(self._colors.ground))
        plot = QRectF(self.rect()).adjusted(12, EDGE_PX + 2, -NAME_PX, -EDGE_PX)
        self._axes(painter, plot, self._sketch)
        for height, name in self._sketch.levels:
            self._level(painter, plot, height, name)
        self._bars(painter, plot, self._sketch)
        for stroke in self._sketch.strokes:
            self._stroke(painter, plot, stroke)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor(self._colors.contestants[1]))
        for x, y in self._sketch.dots:
            painter.drawEllipse(_at(plot, x, y), DOT_PX, DOT_PX)
        painter.end()

    def _axes(self, painter: QPainter, plot: QRectF, sketch: Sketch) -> None:
        painter.setPen(hairline(self._colors.quiet))
        painter.drawPolyline(QPolygonF([plot.topLeft(), plot.bottomLeft(), plot.bottomRight()]))
        quiet, below = self._colors.quiet, plot.bottom() + EDGE_PX - 5
        write(painter, plot.left(), plot.top() - 6, sketch.y, quiet, SMALL_PX)
        right = Qt.AlignmentFlag.AlignRight
        write(painter, plot.right(), below, sketch.x, quiet, SMALL_PX, align=right)

    def _level(self, painter: QPainter, plot: QRectF, height: float, name: str) -> None:
        y = round(_at(plot, 0, height).y())
        painter.setPen(hairline(self._colors.quiet, BASELINE.dash))
        painter.drawLine(QPointF(plot.left(), y), QPointF(plot.right(), y))
        if height > HIGH_UP:  # where the curves end; they begin elsewhere
            write(painter, plot.left() + 8, y + 15, name, self._colors.quiet, SMALL_PX)
        else:
            right = Qt.AlignmentFlag.AlignRight
            write(painter, plot.right(), y + 15, name, self._colors.quiet, SMALL_PX, align=right)

    def _bars(self, painter: QPainter, plot: QRectF, sketch: Sketch) -> None:
        """Each with the tick of its formula across its top."""
        for place, (name, height) in enumerate(sketch.bars):
            pitch = plot.width() / len(sketch.bars)
            left, top = plot.left() + (place + 0.3) * pitch, _at(plot, 0, height).y()
            bar = QRectF(left, top, 0.4 * pitch, plot.bottom() - top)
            painter.fillRect(bar, tint(self._colors.contestants[1], 150))
            painter.setPen(QPen(QColor(self._colors.text), 2))
            painter.drawLine(QPointF(left - 8, top), QPointF(bar.right() + 8, top))
            middle = Qt.AlignmentFlag.AlignHCenter
            write(painter, bar.center().x(), top - 5, name, self._colors.quiet, align=middle)

    def _stroke(self, painter: QPainter, plot: QRectF, stroke: Stroke) -> None:
        slot = SLOTS.get(stroke.role)
        color = self._colors.quiet if slot is None else self._colors.contestants[slot]
        dash = Qt.PenStyle.DashLine if stroke.dashed else Qt.PenStyle.SolidLine
        painter.setPen(QPen(QColor(color), 1 if slot is None else 2, dash))
        painter.setBrush(Qt.BrushStyle.NoBrush)
        points = [_at(plot, x, y) for x, y in stroke.points]
        painter.drawPolyline(QPolygonF(points))
        write(painter, points[-1].x() + 6, points[-1].y() + 4, stroke.name, color, bold=True)


def _at(plot: QRectF, x: float, y: float) -> QPointF:
    """A point of the sketch, both 0..1, in pixels."""
    return QPointF(plot.left() + x * plot.width(), plot.bottom() - y * plot.height())
