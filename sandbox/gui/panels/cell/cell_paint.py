"""Paints the drawing of a cell with its numbers, its equations, and a strip over the sequence."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np
from PySide6.QtCore import QPointF, QRect, QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPolygonF

from sandbox.drawing.cell_drawing import nets
from sandbox.drawing.timeline import marked_bands
from sandbox.gui.look.colourmaps import colour_table, pixels_of
from sandbox.gui.look.marks import line_sample, pen, polyline, tint, write
from sandbox.gui.look.typeface import HEAD_PX, SMALL_PX, baseline, elided, px, width_of
from sandbox.gui.look.typeface import scale as type_scale
from sandbox.gui.panels.cell.equation_rows import AFTER_NAME
from sandbox.gui.panels.nets.time_axis import paint_mark, role_color
from sandbox.insight.cell_moment import brief, number

if TYPE_CHECKING:
    from sandbox.drawing.cell_drawing import DrawnPart, DrawnWire
    from sandbox.drawing.styles import Palette
    from sandbox.gui.panels.cell.cell_content import CellContent, CellPlaces

FULL = 1.5  # a value this large has a wire of full width and colour
THIN, THICK = 1.0, 4.0
LEAST_COLOUR = 0.5  # of a wire that carries next to nothing: it has to be seen
_MIDDLE, _RIGHT = Qt.AlignmentFlag.AlignHCenter, Qt.AlignmentFlag.AlignRight
_LEFT = Qt.AlignmentFlag.AlignLeft


def paint_cell_head(painter: QPainter, places: CellPlaces, content: CellContent) -> None:
    """The net's name, and whose numbers these are."""
    head, palette, y, left = content.head, content.palette, px(19), places.head.left()
    line_sample(painter, left, y - px(5), head.style, palette)
    color = head.style.color(palette)
    x = write(painter, left + px(36), y, head.title, color, HEAD_PX, bold=True) + px(12)
    if not content.is_there:
        return
    label = content.sequence.labels[content.step] or ""
    where = f"unit {content.unit + 1} of {content.units} at step {content.step + 1}"
    words = f'{where}, "{label}"' if label else where
    words = elided(words, places.head.right() - x, SMALL_PX)
    write(painter, places.head.right(), y, words, palette.text, align=_RIGHT)


def paint_drawing(painter: QPainter, places: CellPlaces, content: CellContent) -> None:
    """Wires by value, then parts, then names and numbers."""
    drawing, scale = places.drawing, places.scale
    painter.save()
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.translate(*places.origin)
    painter.scale(scale, scale)
    values = content.moment.values
    for wires in nets(drawing.wires):
        looks = [wire_look(wire_value(wire, values), content.palette) for wire in wires]
        for ground in (QColor(content.palette.ground), None):
            for wire, (width, color) in zip(wires, looks, strict=True):
                _paint_wire(painter, wire, width if ground is None else width + 3, ground or color)
    for _, (x, y) in drawing.joints:
        painter.setBrush(QColor(content.palette.text))
        painter.setPen(Qt.PenStyle.NoPen)
        painter.drawEllipse(QPointF(x, y), 2.5, 2.5)
    for part in drawing.parts:
        _paint_part(painter, part, content)
    _paint_labels(painter, places, content)
    painter.restore()


def wire_value(wire: DrawnWire, values: tuple[float, ...]) -> float:
    """The value on a wire; NaN where it carries all units, or x."""
    return math.nan if wire.all_units else values[wire.values[0]]


def _paint_wire(painter: QPainter, wire: DrawnWire, width: float, color: QColor) -> None:
    stroke = pen(color, width)
    stroke.setCosmetic(False)
    stroke.setJoinStyle(Qt.PenJoinStyle.RoundJoin)
    painter.setPen(stroke)
    painter.drawPolyline(QPolygonF([QPointF(*point) for point in wire.points]))


def wire_look(value: float, palette: Palette) -> tuple[float, QColor]:
    """The width and the colour of a wire: as in the heatmaps, stronger for a larger value."""
    if not math.isfinite(value):
        return THIN + 0.5, QColor(palette.quiet)
    share = min(abs(value) / FULL, 1.0)
    table = colour_table("cell", palette)
    # The middle of the heatmaps' colours is the ground, on which a wire could not be seen.
    strength = math.copysign(LEAST_COLOUR + (1 - LEAST_COLOUR) * share, value) if value else 0.0
    pixel = int(pixels_of(np.array([strength]), -1, 1, table)[0])
    color = QColor.fromRgb(pixel) if value else QColor(palette.quiet)
    return THIN + (THICK - THIN) * share, color


def _paint_part(painter: QPainter, part: DrawnPart, content: CellContent) -> None:
    palette, box = content.palette, part.box
    lit = bool(content.lit) and content.lit in (part.line, part.name)
    edge = palette.cue if lit else palette.text
    fill = QColor(tint(palette.cue, 70)) if lit else QColor(palette.panel)
    rect = QRectF(box.left, box.top, box.width, box.height)
    painter.setPen(pen(edge, 1.5 if lit else 1))
    if part.kind in ("input", "join", "state in", "state out", "output"):
        painter.setBrush(QColor(edge))
        painter.setPen(Qt.PenStyle.NoPen)
        painter.drawEllipse(rect.center(), 3.0, 3.0)
        return
    painter.setBrush(QColor(palette.ground))
    shapes = painter.drawEllipse if part.kind in ("times", "plus") else painter.drawRect
    shapes(rect)
    painter.setBrush(fill)
    shapes(rect)
    _write_in(painter, rect.center().x(), rect.center().y() + 4, part.label, edge, _MIDDLE)


def _paint_labels(painter: QPainter, places: CellPlaces, content: CellContent) -> None:
    palette, drawing = content.palette, places.drawing
    for label in drawing.labels:
        part, box = drawing.parts[label.part], drawing.box(label)
        text, color = label.text, palette.text
        if label.kind == "number":
            value = content.moment.values[part.operations[-1]]
            text, color = (brief(value) if math.isfinite(value) else ""), palette.text
        elif part.kind == "input":
            word = content.sequence.labels[content.step] or "its channels"
            text, color = f"x {word}", palette.quiet
        elif content.lit and content.lit == part.line:
            color = palette.cue
        elif not part.name:
            color = palette.quiet
        right = label.align == "right"
        x, y = box.right if right else box.left, box.bottom - 3
        text = elided(text, label.width * type_scale() + 1, SMALL_PX)
        _write_in(painter, x, y, text, color, _RIGHT if right else _LEFT)


def _write_in(
    painter: QPainter,
    x: float,
    y: float,
    text: str,
    color: str,
    align: Qt.AlignmentFlag,
) -> None:
    """Write into a drawing, whose lengths are those at a type size of 100%."""
    painter.save()
    painter.translate(x, y)
    painter.scale(1 / type_scale(), 1 / type_scale())
    write(painter, 0, 0, text, color, align=align)
    painter.restore()


def paint_equations(painter: QPainter, places: CellPlaces, content: CellContent) -> None:
    """Each line's equation with the numbers put in; the lit one on a ground of its own."""
    palette = content.palette
    for line, rect in zip(content.said, places.rows, strict=True):
        lit = line.name == content.lit
        if lit:
            painter.fillRect(rect, tint(palette.cue, 70))
        y = baseline(rect.top(), rect.height())
        x = write(painter, rect.left() + 2, y, line.name, palette.text, bold=True) + AFTER_NAME
        room = rect.left() + rect.width() - x
        words = line.whole if width_of(line.whole, SMALL_PX) <= room else line.short
        words = elided(words, room, SMALL_PX)
        write(painter, x, y, words, palette.text if lit else palette.quiet)


def paint_strip(painter: QPainter, places: CellPlaces, content: CellContent, step: int) -> None:
    """The unit's state over the sequence, with cue, question and the marked step."""
    palette, rect, timeline = content.palette, places.strip, places.timeline
    painter.fillRect(rect, tint(palette.quiet, 18))
    for band in marked_bands(content.sequence.roles):
        x, right = timeline.edge(band.start), timeline.edge(band.stop)
        color = tint(role_color(band.role, palette), 70)
        painter.fillRect(QRectF(x, rect.top(), max(right - x, 1), rect.height()), color)
    values = content.over_time()
    finite = values[np.isfinite(values)]
    most = max(float(np.abs(finite).max()) if len(finite) else 0.0, 0.1)
    middle, half = rect.center().y(), rect.height() / 2 - 3
    painter.fillRect(QRect(rect.left(), middle, rect.width(), 1), QColor(palette.hairline))
    painter.setRenderHint(QPainter.RenderHint.Antialiasing, timeline.steps <= 400)
    painter.setPen(pen(content.head.style.color(palette), 1.5))
    polyline(painter, timeline.centres(), middle - values / most * half)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)
    state = content.cell.title_of(content.state)
    name = f"{state} of unit {content.unit + 1}, ±{number(most)}"
    box = QRectF(rect.left(), rect.top(), width_of(name, SMALL_PX) + 8, px(13))
    painter.fillRect(box, tint(palette.ground, 170))
    write(painter, rect.left() + 4, rect.top() + px(10), name, palette.quiet)
    if step >= 0:
        paint_mark(painter, rect.top(), rect.bottom() + 1, timeline, step, palette)
