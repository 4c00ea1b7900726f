"""Small marks that several panels paint: line samples, check and cross, text, tints."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPen, QPolygonF

from sandbox.gui.look.typeface import SMALL_PX, font, metrics, width_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sandbox.gui.look.palette import LineStyle, Palette


_CORNERS = {  # of pyqtgraph's markers "t" (a triangle on its tip) and "d" (a diamond)
    "t": ((-4.5, -4.0), (4.5, -4.0), (0.0, 4.0)),
    "d": ((-4.5, 0.0), (0.0, -5.0), (4.5, 0.0), (0.0, 5.0)),
}


def tint(color: str, alpha: int) -> QColor:
    """A colour, partly transparent (alpha 0..255)."""
    tinted = QColor(color)
    tinted.setAlpha(alpha)
    return tinted


def hairline(color: str | QColor, style: Qt.PenStyle = Qt.PenStyle.SolidLine) -> QPen:
    """A one-pixel pen at any scale."""
    pen = QPen(QColor(color), 1, style)
    pen.setCosmetic(True)
    return pen


def write(
    painter: QPainter,
    x: float,
    baseline: float,
    text: str,
    color: str | QColor,
    pixels: int = SMALL_PX,
    *,
    bold: bool = False,
    align: Qt.AlignmentFlag = Qt.AlignmentFlag.AlignLeft,
) -> float:
    """One line of text with its left end, right end or middle at x; its right end's x."""
    width = width_of(text, pixels, bold=bold)
    if align == Qt.AlignmentFlag.AlignRight:
        x -= width
    elif align == Qt.AlignmentFlag.AlignHCenter:
        x -= width / 2
    painter.setFont(font(pixels, bold=bold))
    painter.setPen(QColor(color))
    painter.drawText(QPointF(x, baseline), text)
    return x + width


def write_lines(
    painter: QPainter,
    x: float,
    top: float,
    lines: Sequence[str],
    color: str,
    pixels: int = SMALL_PX,
) -> float:
    """Lines under one another; where the next would begin."""
    measure = metrics(pixels)
    for line in lines:
        write(painter, x, round(top + measure.ascent()), line, color, pixels)
        top += measure.height()
    return top


def line_sample(painter: QPainter, x: float, y: float, style: LineStyle, palette: Palette) -> None:
    """A contestant's dash with its marker, 28 px wide, its middle at y."""
    color = QColor(style.color(palette))
    painter.setPen(QPen(color, 2, style.dash, Qt.PenCapStyle.FlatCap))
    painter.drawLine(QPointF(x, y), QPointF(x + 28, y))
    marker(painter, x + 14, y, style, color)


def marker(
    painter: QPainter,
    x: float,
    y: float,
    style: LineStyle,
    color: QColor,
    inside: QColor | None = None,
) -> None:
    """A contestant's marker: round, square, triangle or diamond; hollow where `inside` is given."""
    painter.setPen(Qt.PenStyle.NoPen if inside is None else hairline(color))
    painter.setBrush(color if inside is None else inside)
    if style.marker == "o":
        painter.drawEllipse(QPointF(x, y), 4, 4)
    elif style.marker == "s":
        painter.drawRect(QRectF(x - 3.5, y - 3.5, 7, 7))
    else:
        corners = _CORNERS.get(style.marker, _CORNERS["d"])
        painter.drawPolygon(QPolygonF([QPointF(x + dx, y + dy) for dx, dy in corners]))
    painter.setBrush(Qt.BrushStyle.NoBrush)


def verdict(painter: QPainter, x: float, baseline: float, right: bool, color: str) -> None:
    """A check where right, a cross where wrong, 9 px wide: the verdict is not colour alone."""
    painter.setPen(QPen(QColor(color), 2))
    y = baseline - 4
    if right:
        check = [QPointF(x, y), QPointF(x + 3, y + 3), QPointF(x + 9, y - 4)]
        painter.drawPolyline(QPolygonF(check))
    else:
        painter.drawLine(QPointF(x, y - 4), QPointF(x + 8, y + 4))
        painter.drawLine(QPointF(x, y + 4), QPointF(x + 8, y - 4))
