"""A figure as pixels: 144 dots an inch at scale 1, words as outlines, cells exact."""

from __future__ import annotations

import math
from functools import singledispatch
from typing import TYPE_CHECKING

import numpy as np
from PySide6.QtCore import QBuffer, QIODevice, QPointF, Qt
from PySide6.QtGui import QColor, QImage, QPainter, QPainterPath, QPen, QPolygonF

import sandbox
from sandbox.export.figures.drawing import Cells, Disc, Patch, Stroke, Words
from sandbox.export.figures.ink import PAPER, POINT_MM
from sandbox.export.figures.typeface import application, outline, width_of

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from sandbox.export.figures.figure import Figure

DOTS = 2  # pixels a point at scale 1: 144 an inch


def png(figure: Figure, scale: int) -> bytes:
    """The file's bytes, with title and description as its text."""
    return encoded(image(figure, scale))


def image(figure: Figure, scale: int) -> QImage:
    """The figure's pixels, on white."""
    factor = DOTS * scale
    width = round(figure.width_mm / POINT_MM * factor)
    made = QImage(width, math.ceil(figure.height * factor), QImage.Format.Format_RGB32)
    made.fill(QColor(PAPER))
    dots = round(factor / POINT_MM * 1000)
    made.setDotsPerMeterX(dots)
    made.setDotsPerMeterY(dots)
    made.setText("Title", figure.title)
    made.setText("Description", figure.description)
    made.setText("Software", f"Sequence Sandbox {sandbox.__version__}")
    with application():
        _paint(figure, made, factor)
    return made


def picture(colours: NDArray[np.uint8]) -> QImage:
    """Colours (rows, columns, 3) as an image of its own."""
    rows, columns = colours.shape[:2]
    data = np.ascontiguousarray(colours)
    borrowed = QImage(data.data, columns, rows, columns * 3, QImage.Format.Format_RGB888)
    return borrowed.copy()


def encoded(made: QImage) -> bytes:
    """The image as a PNG file's bytes."""
    buffer = QBuffer()
    buffer.open(QIODevice.OpenModeFlag.WriteOnly)
    if not made.save(buffer, "PNG"):  # type: ignore[call-overload]
        raise RuntimeError("Qt could not write a PNG")
    return bytes(buffer.data().data())


def _paint(figure: Figure, made: QImage, factor: float) -> None:
    painter = QPainter(made)
    try:
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.scale(factor, factor)
        for item in figure.items:
            _draw(item, painter, factor)
    finally:
        painter.end()


@singledispatch
def _draw(item: object, painter: QPainter, factor: float) -> None:
    raise TypeError(f"no way to paint a {type(item).__name__}")


@_draw.register
def _(item: Stroke, painter: QPainter, factor: float) -> None:
    colour = QColor(item.colour)
    colour.setAlphaF(item.opacity)
    pen = QPen(colour, item.width)
    pen.setCapStyle(Qt.PenCapStyle.FlatCap if item.dash else Qt.PenCapStyle.RoundCap)
    pen.setJoinStyle(Qt.PenJoinStyle.RoundJoin)
    if item.dash:
        pen.setDashPattern([length / item.width for length in item.dash])
    painter.setPen(pen)
    painter.setBrush(Qt.BrushStyle.NoBrush)
    painter.drawPath(_path(item.points))


def _path(points: NDArray[np.float64]) -> QPainterPath:
    path, going, alone = QPainterPath(), False, False
    for x, y in points.tolist():
        known = not (math.isnan(x) or math.isnan(y))
        if known and going:
            path.lineTo(x, y)
        elif known:
            path.moveTo(x, y)
        elif alone:
            path.lineTo(path.currentPosition())
        alone, going = known and not going, known
    if alone:
        path.lineTo(path.currentPosition())
    return path


@_draw.register
def _(item: Patch, painter: QPainter, factor: float) -> None:
    colour = QColor(item.colour)
    colour.setAlphaF(item.opacity)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(colour)
    painter.drawPolygon(QPolygonF([QPointF(x, y) for x, y in item.points.tolist()]))


@_draw.register
def _(item: Disc, painter: QPainter, factor: float) -> None:
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(QColor(item.colour))
    painter.drawEllipse(QPointF(item.x, item.y), item.radius, item.radius)


@_draw.register
def _(item: Words, painter: QPainter, factor: float) -> None:
    path, unit = outline(item.text, item.bold)
    wide = width_of(item.text, item.size, item.bold)
    shift = {"start": 0.0, "middle": wide / 2, "end": wide}[item.anchor]
    painter.save()
    painter.translate(item.x, item.baseline)
    painter.rotate(item.angle)
    painter.translate(-shift, 0)
    painter.scale(item.size * unit, item.size * unit)
    painter.fillPath(path, QColor(item.colour))
    painter.restore()


@_draw.register
def _(item: Cells, painter: QPainter, factor: float) -> None:
    left, top = round(item.box.left * factor), round(item.box.top * factor)
    right, bottom = round(item.box.right * factor), round(item.box.bottom * factor)
    rows, columns = item.colours.shape[:2]
    across = shown(columns, max(right - left, 1), item.always)
    down = shown(rows, max(bottom - top, 1), ())
    painter.save()
    painter.resetTransform()
    painter.drawImage(left, top, picture(item.colours[down][:, across]))
    painter.restore()


def shown(count: int, pixels: int, always: tuple[int, ...]) -> NDArray[np.intp]:
    """Which of `count` cells each pixel shows: a real one, never a mean; `always` among them."""
    places = ((np.arange(pixels) + 0.5) * count / pixels).astype(np.intp)
    if count > pixels:
        for cell in always:
            places[cell * pixels // count] = cell
    return places
