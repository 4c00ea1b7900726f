"""One contestant's column: head, heatmaps, gradient and words, painted on one time axis."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QPoint, QPointF, QRect, QRectF, QSize, QSizeF, Qt, Signal
from PySide6.QtGui import (
    QColor,
    QHelpEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QPixmap,
    QResizeEvent,
)
from PySide6.QtWidgets import QToolTip, QWidget

from sandbox.drawing.ranges import CELL_STATE
from sandbox.engine.cells import CELLS, Picture
from sandbox.gui.panels.nets import geometry as places
from sandbox.gui.panels.nets.content import FEWEST_ROWS
from sandbox.gui.panels.nets.equations_text import about, paint_free
from sandbox.gui.panels.nets.geometry import Geometry, arrange
from sandbox.gui.panels.nets.gradient_strip import MEANINGS, paint_curves, paint_frame
from sandbox.gui.panels.nets.head import paint_head
from sandbox.gui.panels.nets.heatmap import paint_legend, paint_picture, paint_waiting
from sandbox.gui.panels.nets.layer_chooser import LayerChooser
from sandbox.gui.panels.nets.word_axis import paint_axis, paint_bands, paint_edges, paint_mark

if TYPE_CHECKING:
    from sandbox.gui.panels.nets.content import ColumnContent

CELL_SATURATES = "Beyond ±3 the colour stays: the net reads tanh of it, which hardly changes there."


class NetColumn(QWidget):
    """Paints a `ColumnContent`; tells which step, and which row of which picture, is hovered."""

    hovered = Signal(int, str, int)  # step or -1, picture's name or "", unit or -1
    layer_chosen = Signal(int)  # 1 is the bottom one

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setMouseTracking(True)
        self.setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent)
        self._content: ColumnContent | None = None
        self._stale = True
        self._still_key: tuple[object, ...] = ()
        self._still, self._canvas = QPixmap(), QPixmap()
        self._mark = -1
        self._chooser = LayerChooser(self)
        self._chooser.chosen.connect(self.layer_chosen)
        self.paint_count = 0

    def show_content(self, content: ColumnContent | None) -> None:
        """Draws this from now on."""
        rows = self._content.rows if self._content is not None else 0
        self._content = content
        self._stale = True
        if content is not None:
            self._chooser.show_layer(content.layer, content.layers, content.head.title)
            self._place_chooser()
            if content.rows != rows:
                self.updateGeometry()
        self.update()

    def mark(self, step: int) -> None:
        """One vertical line at a step; -1: none."""
        if step != self._mark:
            self._mark = step
            self.update()

    @property
    def places(self) -> Geometry | None:
        """Where its parts stand now."""
        if self._content is None:
            return None
        length = self._content.sequence.length
        rows, units = self._content.rows, self._content.units
        return arrange(self.width(), self.height(), length, rows, units)

    def picture_rect(self, name: str) -> QRect:
        """Where the heatmap of that name is; empty where the cell has none."""
        geometry, content = self.places, self._content
        if geometry is None or content is None:
            return QRect()
        names = [picture.name for picture in content.pictures]
        return geometry.picture(names.index(name), len(names)) if name in names else QRect()

    def minimumSizeHint(self) -> QSize:
        """The least in which everything that it draws can be read."""
        rows = self._content.rows if self._content is not None else FEWEST_ROWS
        return QSize(places.LEAST_WIDTH, places.least_height(rows))

    def resizeEvent(self, event: QResizeEvent) -> None:
        """The chooser stays at the right end of the head's last line."""
        self._place_chooser()

    def _place_chooser(self) -> None:
        geometry = self.places
        if geometry is not None:
            head = geometry.head
            self._chooser.move(head.right() - self._chooser.width(), head.bottom() - 20)

    def paintEvent(self, event: QPaintEvent) -> None:
        """The kept picture, and the mark over it."""
        content, geometry = self._content, self.places
        if content is None or geometry is None:
            return
        if self._stale or self._canvas.deviceIndependentSize() != self.size():
            self._draw(content, geometry)
        painter = QPainter(self)
        painter.drawPixmap(0, 0, self._canvas)
        if 0 <= self._mark < content.sequence.length:
            paint_mark(painter, geometry, content, self._mark)
        painter.end()

    def _draw(self, content: ColumnContent, geometry: Geometry) -> None:
        """Brings the canvas up to date: all of it, or only what changes with every frame."""
        self.paint_count += 1
        self._stale = False
        key = (geometry, self.devicePixelRatioF(), *_still(content))
        if key != self._still_key:
            self._still_key, self._still = key, self._paint_still(content, geometry)
            self._canvas = QPixmap(self._still)
        painter = QPainter(self._canvas)
        painter.fillRect(0, 0, self.width(), geometry.head.height(), QColor(content.palette.ground))
        taken = self._chooser.width() + 8 if content.layers > 1 else 0
        paint_head(painter, geometry.head, content, self._rows_drawn(content, geometry), taken)
        if content.trace is not None:
            self._paint_trace(painter, content, geometry)
        painter.end()

    def _paint_trace(self, painter: QPainter, content: ColumnContent, geometry: Geometry) -> None:
        for picture, rect in _places(content, geometry):
            paint_picture(painter, rect, picture, content, geometry.timeline)
            paint_edges(painter, rect, content, geometry.timeline)
        strip, ratio = geometry.gradient, self.devicePixelRatioF()
        source = QRectF(QPointF(strip.topLeft()) * ratio, QSizeF(strip.size()) * ratio)
        painter.drawPixmap(QRectF(strip), self._still, source)
        painter.setClipRect(strip)
        paint_curves(painter, strip, content, geometry.timeline)

    def _rows_drawn(self, content: ColumnContent, geometry: Geometry) -> int:
        height = geometry.picture(0, len(content.pictures)).height()
        return min(round(height * self.devicePixelRatioF()), content.units)

    def _paint_still(self, content: ColumnContent, geometry: Geometry) -> QPixmap:
        """What stays from frame to frame, painted once: names, scales, words."""
        ratio = self.devicePixelRatioF()
        pixmap = QPixmap(self.size() * ratio)
        pixmap.setDevicePixelRatio(ratio)
        pixmap.fill(content.palette.ground)
        painter = QPainter(pixmap)
        paint_axis(painter, geometry, content)
        if content.trace is None:
            paint_waiting(painter, geometry.body, content)
        else:
            self._paint_scales(painter, content, geometry)
        painter.end()
        return pixmap

    def _paint_scales(self, painter: QPainter, content: ColumnContent, geometry: Geometry) -> None:
        pictures = _places(content, geometry)
        for picture, rect in pictures:
            paint_legend(painter, rect, picture, content)
        paint_frame(painter, geometry.gradient, content)
        paint_bands(painter, geometry, content)
        cell = CELLS[content.head.cell]
        paint_free(painter, geometry.free(len(pictures)), cell, content)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Tells what is under the pointer."""
        x, y = event.position().x(), event.position().y()
        geometry, content = self.places, self._content
        if geometry is None or content is None:
            return
        below_head = y >= geometry.body.top()
        step = geometry.timeline.step_at(x) if below_head else -1
        self.hovered.emit(step, *self._row_at(y) if step >= 0 else ("", -1))

    def leaveEvent(self, event: QEvent) -> None:
        """Nothing is under the pointer any more."""
        self.hovered.emit(-1, "", -1)

    def _row_at(self, y: float) -> tuple[str, int]:
        content = self._content
        if content is None or not content.units:
            return "", -1
        for picture in content.pictures:
            rect = self.picture_rect(picture.name)
            if rect.top() <= y < rect.top() + rect.height():
                return picture.name, int((y - rect.top()) * content.units / rect.height())
        return "", -1

    def event(self, event: QEvent) -> bool:
        """Tool tips: the whole meaning of the picture beside the pointer."""
        if event.type() == QEvent.Type.ToolTip and isinstance(event, QHelpEvent):
            QToolTip.showText(event.globalPos(), self._tip(event.pos()), self)
            return True
        return super().event(event)

    def _tip(self, position: QPoint) -> str:
        content, geometry = self._content, self.places
        if content is None or geometry is None:
            return ""
        beside = position.x() < geometry.timeline.left
        if position.y() < geometry.body.top():
            return about(CELLS[content.head.cell])
        if not beside and position.x() < geometry.timeline.right:
            return ""
        if beside and position.y() >= geometry.gradient.top():
            return f"gradient of the loss: {MEANINGS[content.relative][0]}"
        for picture in content.pictures:
            rect = self.picture_rect(picture.name)
            if rect.top() <= position.y() < rect.bottom():
                words = f"{picture.title}: {picture.meaning}. {content.units} rows, one a unit."
                return f"{words} {CELL_SATURATES}" if picture.name == CELL_STATE else words
        return ""


def _places(content: ColumnContent, geometry: Geometry) -> list[tuple[Picture, QRect]]:
    count = len(content.pictures)
    return [(each, geometry.picture(n, count)) for n, each in enumerate(content.pictures)]


def _still(content: ColumnContent) -> tuple[object, ...]:
    """Everything that the still part of a column depends on, besides its place."""
    return (
        content.palette,
        content.head.cell,
        content.trace is None,
        content.waiting if content.trace is None else "",
        content.sequence.labels,
        content.sequence.roles.tobytes(),
        content.relative,
        content.decades,
        content.floor,
        tuple(content.limits.items()),
    )
