"""One contestant's column: head, heatmaps, gradient and words, painted on one time axis."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QPoint, QPointF, QRect, QRectF, QSize, QSizeF, Qt, Signal
from PySide6.QtGui import QColor, QMouseEvent, QPainter, QPaintEvent, QPixmap

from sandbox.cells.known import cell_named
from sandbox.drawing.ranges import CELL_STATE
from sandbox.drawing.wording import told_loss
from sandbox.gui.look.typeface import px, scale
from sandbox.gui.panels.nets.column_buttons import HeadButtons
from sandbox.gui.panels.nets.column_geometry import (
    EXPLANATION,
    LEAST_PICTURE,
    LEAST_WIDTH,
    MARGIN,
    ROOMY_GAP,
    SCROLL_BAR,
    Geometry,
    arrange,
    least_height,
)
from sandbox.gui.panels.nets.column_head import paint_head
from sandbox.gui.panels.nets.column_paint import (
    GRADIENT_MEANINGS,
    paint_gradient_axis,
    paint_gradient_history,
    paint_gradients,
    paint_history_axis,
    paint_legend,
    paint_marked_unit,
    paint_picture,
    paint_waiting,
)
from sandbox.gui.panels.nets.column_words import above, paint_above, strip_height
from sandbox.gui.panels.nets.equations_sheet import EquationsSheet
from sandbox.gui.panels.nets.nets_scales import FEWEST_ROWS
from sandbox.gui.panels.nets.time_axis import (
    paint_axis,
    paint_bands,
    paint_edges,
    paint_marked_step,
)
from sandbox.gui.panels.shared.panel import PaintedColumn

if TYPE_CHECKING:
    from PySide6.QtCore import SignalInstance
    from PySide6.QtGui import QResizeEvent
    from PySide6.QtWidgets import QWidget

    from sandbox.cells.cell import Picture
    from sandbox.gui.panels.nets.column_words import Above
    from sandbox.gui.panels.nets.nets_scales import ColumnContent

CELL_SATURATES = (
    "Beyond ±3 the colour stays the same: the net reads its tanh, which hardly changes there."
)


class NetColumn(PaintedColumn["ColumnContent"]):
    """Paints a `ColumnContent`, and reports the step, picture and unit under the pointer."""

    hovered = Signal(str, int, str, int)  # key, step or -1, picture's name or "", unit or -1
    clicked = Signal(str, int, str, int)
    layer_chosen = Signal(str, int)  # key, layer; 1 is the bottom one

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self._stale = True
        self._still_key: tuple[object, ...] = ()
        self._still, self._canvas = QPixmap(), QPixmap()
        self._mark, self._unit = -1, -1
        self.buttons = HeadButtons(self)
        self.buttons.chooser.activated.connect(self._choose_layer)
        self.buttons.equations.clicked.connect(self.open_equations)
        self.paint_count = 0

    def show_content(self, content: ColumnContent) -> None:
        """Draw this from now on."""
        if self.content is None or self.content.rows != content.rows:
            self.updateGeometry()
        super().show_content(content)
        self._stale = True
        self.buttons.show_layer(content.layer, content.layers, content.head.title)
        self._place_buttons()

    def mark(self, step: int, unit: int = -1) -> None:
        """Draw one vertical line at a step, and a sign beside a unit's rows; -1: none."""
        if (step, unit) != (self._mark, self._unit):
            self._mark, self._unit = step, unit
            self.update()

    @property
    def places(self) -> Geometry | None:
        """The current places of its parts."""
        content = self.content
        if content is None:
            return None
        width, size = self.even_width - 2 * MARGIN, (self.even_width, self.height())
        whole = arrange(*size, content.sequence.length, content.rows, content.units)
        explained = 0
        if len(content.pictures) == 1:
            most = min(px(EXPLANATION), whole.body.height() - ROOMY_GAP - LEAST_PICTURE)
            explained = above(content.said[content.key], width, most).height
        all_said, high = content.said.values(), whole.body.height()
        strip = strip_height(all_said, width, high, content.rows, content.folded)
        return replace(whole.lowered(strip), explained=explained)

    def _above(self, content: ColumnContent, geometry: Geometry) -> Above:
        free = geometry.free(len(content.pictures))
        return above(content.said[content.key], free.width(), free.height())

    def minimumSizeHint(self) -> QSize:
        """The least in which everything that it draws can be read."""
        rows = self.content.rows if self.content is not None else FEWEST_ROWS
        return QSize(px(LEAST_WIDTH), least_height(rows) - px(SCROLL_BAR))

    def resizeEvent(self, event: QResizeEvent) -> None:
        """The buttons stay at the right end of the head's last line."""
        self._place_buttons()

    def open_equations(self) -> EquationsSheet:
        """Show the cell's equations, each with its meaning, until a click elsewhere."""
        assert self.content is not None
        sheet = EquationsSheet(cell_named(self.content.head.cell), self.window())
        sheet.show_under(self.buttons.equations)
        return sheet

    def _place_buttons(self) -> None:
        geometry, content = self.places, self.content
        if geometry is not None and content is not None:
            folded = content.trace is not None and not self._above(content, geometry).equations
            self.buttons.place(geometry, folded)

    # -- painting -----------------------------------------------------------------------

    def paintEvent(self, event: QPaintEvent) -> None:
        """The canvas, and the mark over it."""
        content, geometry = self.content, self.places
        if content is None or geometry is None:
            return
        if self._stale or self._canvas.deviceIndependentSize() != self.size():
            self._draw(content, geometry)
        painter = QPainter(self)
        painter.drawPixmap(0, 0, self._canvas)
        if 0 <= self._mark < content.sequence.length:
            top = geometry.picture(0, len(content.pictures)).top()
            palette, sequence = content.palette, content.sequence
            paint_marked_step(painter, geometry, top, sequence, palette, self._mark)
        unit = self._unit
        if 0 <= unit < content.units:
            for _, rect in _pictures(content, geometry):
                paint_marked_unit(painter, rect, content.units, unit, unit, content.palette)
        painter.end()

    def _draw(self, content: ColumnContent, geometry: Geometry) -> None:
        """Bring the canvas up to date: all of it, or only what changes with every frame."""
        self.paint_count += 1
        self._stale = False
        key = (geometry, self.width(), self.devicePixelRatioF(), scale(), *_still(content))
        if key != self._still_key:
            self._still_key, self._still = key, self._paint_still(content, geometry)
            self._canvas = QPixmap(self._still)
        painter = QPainter(self._canvas)
        painter.fillRect(0, 0, self.width(), geometry.head.height(), QColor(content.palette.ground))
        taken = self.buttons.width
        high = geometry.picture(0, len(content.pictures)).height() * self.devicePixelRatioF()
        paint_head(painter, geometry, content, min(round(high), content.units), taken)
        if content.trace is not None:
            self._paint_trace(painter, content, geometry)
        painter.end()

    def _paint_trace(self, painter: QPainter, content: ColumnContent, geometry: Geometry) -> None:
        for picture, rect in _pictures(content, geometry):
            paint_picture(painter, rect, picture, content, geometry.timeline)
            paint_edges(painter, rect, content.sequence, geometry.timeline, content.palette)
        strip, ratio = geometry.gradient, self.devicePixelRatioF()
        source = QRectF(QPointF(strip.topLeft()) * ratio, QSizeF(strip.size()) * ratio)
        painter.drawPixmap(QRectF(strip), self._still, source)
        painter.setClipRect(strip)
        paint = paint_gradients if content.history is None else paint_gradient_history
        paint(painter, strip, content, geometry.timeline)
        if content.history is not None:
            paint_edges(painter, strip, content.sequence, geometry.timeline, content.palette)

    def _paint_still(self, content: ColumnContent, geometry: Geometry) -> QPixmap:
        """What stays from frame to frame, painted once: names, scales, words."""
        ratio = self.devicePixelRatioF()
        pixmap = QPixmap(self.size() * ratio)
        pixmap.setDevicePixelRatio(ratio)
        pixmap.fill(content.palette.ground)
        painter = QPainter(pixmap)
        paint_axis(painter, geometry, content.sequence, content.palette)
        if content.trace is None:
            paint_waiting(painter, geometry.body, content)
        else:
            for picture, rect in _pictures(content, geometry):
                paint_legend(painter, rect, picture, content)
            axis = paint_gradient_axis if content.history is None else paint_history_axis
            axis(painter, geometry.gradient, content)
            paint_bands(painter, geometry, content)
            free = geometry.free(len(content.pictures))
            paint_above(painter, free, self._above(content, geometry), content.palette)
        painter.end()
        return pixmap

    def _choose_layer(self, index: int) -> None:
        if self.content is not None:
            self.layer_chosen.emit(self.content.key, self.content.layers - index)

    # -- pointing -----------------------------------------------------------------------

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Report what is under the pointer."""
        self._report(self.hovered, event)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Report what was clicked."""
        if event.button() == Qt.MouseButton.LeftButton:
            self._report(self.clicked, event)

    def _report(self, signal: SignalInstance, event: QMouseEvent) -> None:
        x, y = event.position().x(), event.position().y()
        geometry, content = self.places, self.content
        if geometry is None or content is None:
            return
        step = geometry.timeline.step_at(x) if y >= geometry.top else -1
        name, unit = "", -1
        for picture, rect in _pictures(content, geometry):
            if step >= 0 and content.units and rect.top() <= y < rect.top() + rect.height():
                name, unit = picture.name, int((y - rect.top()) * content.units / rect.height())
        signal.emit(content.key, step, name, unit)

    def leaveEvent(self, event: QEvent) -> None:
        """Report that nothing is under the pointer."""
        self.hovered.emit("", -1, "", -1)

    def _tip(self, position: QPoint) -> str:
        content, geometry = self.content, self.places
        if content is None or geometry is None:
            return ""
        beside = position.x() < geometry.timeline.left
        if position.y() < geometry.top:
            head, cell = content.head, cell_named(content.head.cell)
            task = content.sequence.task
            status = f"{head.title}: {head.status}\n" if head.status else ""
            if head.loss is not None and task.in_units(head.loss):
                limit = task.criterion.threshold
                status += f"mean loss {told_loss(task, head.loss)}"
                status += f"; solved below {limit:.3g}, {task.in_units(limit)}\n"
            return f"{status}{cell.title}\n{cell.equations}\n{cell.source}"
        if not beside and position.x() < geometry.timeline.right:
            return ""
        if beside and position.y() >= geometry.gradient.top():
            return f"gradient of the loss: {GRADIENT_MEANINGS[content.relative][0]}"
        for picture, rect in _pictures(content, geometry):
            if rect.top() <= position.y() < rect.bottom():
                words = f"{picture.title}: {picture.meaning}. {content.units} rows, one per unit."
                squashed = cell_named(content.head.cell).squashed
                saturates = picture.name == CELL_STATE and CELL_STATE in squashed
                return f"{words} {CELL_SATURATES}" if saturates else words
        return ""


def _pictures(content: ColumnContent, geometry: Geometry) -> list[tuple[Picture, QRect]]:
    count = len(content.pictures)
    return [(each, geometry.picture(n, count)) for n, each in enumerate(content.pictures)]


def _still(content: ColumnContent) -> tuple[object, ...]:
    """Everything that the still part of a column depends on, besides its geometry."""
    return (
        content.palette,
        content.head.cell,
        content.trace is None,
        content.waiting if content.trace is None else "",
        content.said[content.key].comment,
        content.sequence.labels,
        content.sequence.roles.tobytes(),
        content.relative,
        content.history is None,
        content.decades,
        content.floor,
        tuple(content.limits.items()),
    )
