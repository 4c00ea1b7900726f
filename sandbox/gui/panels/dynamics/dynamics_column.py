"""One contestant's column of the dynamics panel."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QPoint, QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QMouseEvent, QPainter, QPaintEvent, QPixmap

from sandbox.drawing.wording import step_name
from sandbox.gui.look.typeface import px, scale
from sandbox.gui.panels.dynamics.dynamics_geometry import (
    LEAST_HEIGHT,
    LEAST_WIDE_HEIGHT,
    LEAST_WIDTH,
    WIDE,
    DynamicsGeometry,
    arrange_dynamics,
)
from sandbox.gui.panels.dynamics.dynamics_paint import (
    paint_cloud,
    paint_head,
    paint_key,
    paint_nothing,
    paint_points,
    paint_readout,
    paint_ring,
    paint_spectrum,
    paint_states,
    paint_steps,
    paint_way,
    paint_words,
    states_chart,
)
from sandbox.gui.panels.shared.panel import PaintedColumn

if TYPE_CHECKING:
    from PySide6.QtWidgets import QWidget

    from sandbox.gui.panels.dynamics.dynamics_view import DynamicsContent
    from sandbox.insight.fixed_points import FixedPoint

NEAR = 9  # pixels from the pointer, at a type size of 100%


class DynamicsColumn(PaintedColumn["DynamicsContent"]):
    """Paints a `DynamicsContent`; reports the step of the sentence under the pointer."""

    hovered = Signal(int)  # the step, -1 for none
    clicked = Signal(int, str)  # the step, the contestant's key

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self._still, self._over = QPixmap(), QPixmap()  # under and over the sentence
        self._still_key: tuple[object, ...] = ()
        self._mark, self._point = -1, -1

    def mark(self, step: int) -> None:
        """Draw a dot at this step of the sentence; -1: none."""
        if step != self._mark:
            self._mark = step
            self.update()

    @property
    def places(self) -> DynamicsGeometry | None:
        """Where its parts are."""
        if self.content is None:
            return None
        shown = self.content.shown
        verdict = "" if shown is None else shown.found.verdict.text
        return arrange_dynamics(self.even_width, self.height(), verdict)

    @property
    def point(self) -> FixedPoint | None:
        """The fixed or slow point under the pointer."""
        shown = None if self.content is None else self.content.shown
        there = shown is not None and 0 <= self._point < len(shown.found.points)
        return shown.found.points[self._point] if shown is not None and there else None

    def minimumSizeHint(self) -> QSize:
        """The least in which everything can be read."""
        wide = self.even_width >= px(WIDE)
        return QSize(px(LEAST_WIDTH), px(LEAST_WIDE_HEIGHT if wide else LEAST_HEIGHT))

    # -- painting -----------------------------------------------------------------------

    def paintEvent(self, event: QPaintEvent) -> None:
        """What stays, then the cloud, points, the sentence and what is under the pointer."""
        content, geometry = self.content, self.places
        if content is None or geometry is None:
            return
        size = self.size(), self.devicePixelRatioF(), scale()
        key = (content.shown, content.palette, content.waiting, content.head.title, *size)
        if key != self._still_key:
            self._still, self._over = self._paint_still(content, geometry), self._layer("#00000000")
            self._still_key = key
            if content.shown is not None:
                self._paint_over(content, geometry)
        painter = QPainter(self)
        painter.drawPixmap(0, 0, self._still)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        if content.shown is not None:
            self._paint_moving(painter, content, geometry)
        painter.end()

    def _layer(self, color: str) -> QPixmap:
        ratio = self.devicePixelRatioF()
        pixmap = QPixmap(self.size() * ratio)
        pixmap.setDevicePixelRatio(ratio)
        pixmap.fill(color)
        return pixmap

    def _paint_over(self, content: DynamicsContent, geometry: DynamicsGeometry) -> None:
        painter = QPainter(self._over)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        paint_points(painter, geometry, content)
        painter.end()

    def _paint_still(self, content: DynamicsContent, geometry: DynamicsGeometry) -> QPixmap:
        pixmap = self._layer(content.palette.ground)
        painter = QPainter(pixmap)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        paint_head(painter, geometry.head, content)
        if content.shown is None:
            paint_nothing(painter, QRectF(self.rect()), content)
        else:
            paint_states(painter, geometry, content)
            paint_spectrum(painter, geometry, content)
            paint_key(painter, geometry, content)
            paint_words(painter, geometry, content)
        painter.end()
        return pixmap

    def _paint_moving(
        self, painter: QPainter, content: DynamicsContent, geometry: DynamicsGeometry
    ) -> None:
        if content.with_cloud:
            paint_cloud(painter, geometry, content, self._mark)
        paint_way(painter, geometry, content)
        painter.drawPixmap(0, 0, self._over)
        paint_steps(painter, geometry, content, self._mark)
        words, shown, point = "", content.shown, self.point
        if point is not None and shown is not None:
            words = shown.words(point)
            x, y = states_chart(geometry, shown).place(shown.points[self._point])
            paint_ring(painter, x, y, content.palette)
            paint_spectrum(painter, geometry, content, point)
        elif 0 <= self._mark < content.sequence.length:
            words = step_name(content.sequence, self._mark)
        paint_readout(painter, geometry, content, words)

    # -- pointing -----------------------------------------------------------------------

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Report the step of the sentence under the pointer, unless a point is nearer."""
        self._look(event.position())

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Report a click on a step."""
        content = self.content
        if event.button() == Qt.MouseButton.LeftButton and content is not None:
            self.clicked.emit(self._step_at(event.position()), content.key)

    def leaveEvent(self, event: QEvent) -> None:
        """Nothing is under the pointer."""
        self._show_point(-1)
        self.hovered.emit(-1)

    def _look(self, at: QPointF) -> None:
        self._show_point(self._point_at(at))
        self.hovered.emit(-1 if self._point >= 0 else self._step_at(at))

    def _show_point(self, number: int) -> None:
        if number != self._point:
            self._point = number
            self.update()

    def _point_at(self, at: QPointF) -> int:
        content, geometry = self.content, self.places
        if content is None or content.shown is None or geometry is None:
            return -1
        return states_chart(geometry, content.shown).nearest(content.shown.points, at, px(NEAR))

    def _step_at(self, at: QPointF) -> int:
        content, geometry = self.content, self.places
        if content is None or content.shown is None or content.way is None or geometry is None:
            return -1
        return states_chart(geometry, content.shown).nearest(content.way, at, px(NEAR))

    def _tip(self, position: QPoint) -> str:
        content, geometry = self.content, self.places
        if content is None or content.shown is None or geometry is None:
            return ""
        shown, at = content.shown, QPointF(position)
        if geometry.words.contains(at):
            return f"{shown.found.verdict.text}\nConstant input: {shown.found.input}"
        number = self._point_at(at)
        if number >= 0:
            return shown.words(shown.found.points[number]).replace(" · ", "\n")
        step = self._step_at(at)
        return step_name(content.sequence, step) if step >= 0 else ""
