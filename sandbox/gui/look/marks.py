"""What several widgets show: text, samples of lines, markers, checks and crosses; icons."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from PySide6.QtCore import QByteArray, QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QGuiApplication, QIcon, QImage, QPainter, QPen, QPixmap, QPolygonF
from PySide6.QtSvg import QSvgRenderer
from PySide6.QtWidgets import QWidget

from sandbox.drawing.styles import DARK
from sandbox.gui.look.typeface import SMALL_PX, fit, font, metrics, px, scale, width_of
from sandbox.setup import places

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray
    from PySide6.QtGui import QPaintEvent

    from sandbox.drawing.styles import Dash, LineStyle, Marker, Palette

SAMPLE = 28  # pixels of a contestant's line, before its name
_CORNERS: dict[Marker, tuple[tuple[float, float], ...]] = {
    "square": ((-3.5, -3.5), (3.5, -3.5), (3.5, 3.5), (-3.5, 3.5)),
    "down": ((-4.5, -4.0), (4.5, -4.0), (0.0, 4.0)),
    "diamond": ((-4.5, 0.0), (0.0, -5.0), (4.5, 0.0), (0.0, 5.0)),
    "up": ((-4.5, 4.0), (4.5, 4.0), (0.0, -4.0)),
    "left": ((4.0, -4.5), (4.0, 4.5), (-4.0, 0.0)),
    "right": ((-4.0, -4.5), (-4.0, 4.5), (4.0, 0.0)),
    "pentagon": ((0.0, -4.5), (4.3, -1.4), (2.6, 3.6), (-2.6, 3.6), (-4.3, -1.4)),
}
_ICON_SIZES = (14, 16, 20)  # in use, at a type size of 100%


def tint(color: str, alpha: int) -> QColor:
    """A colour, partly transparent (alpha 0..255)."""
    tinted = QColor(color)
    tinted.setAlpha(alpha)
    return tinted


def mixed(color: str, ground: str, share: float) -> QColor:
    """So much of a colour, the rest ground."""
    parts = zip(QColor(color).getRgb()[:3], QColor(ground).getRgb()[:3], strict=True)  # type: ignore[index]
    return QColor(*(round(share * one + (1 - share) * other) for one, other in parts))


def pen(color: str | QColor, width: float = 1, dash: Dash = ()) -> QPen:
    """A pen of that many pixels at any zoom; dash: lengths in widths of the line."""
    made = QPen(QColor(color), width)
    made.setCosmetic(True)
    made.setCapStyle(Qt.PenCapStyle.FlatCap)
    if dash:
        made.setDashPattern(dash)
    return made


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
    """Write one line of text with its left end, right end or middle at x; returns its right end."""
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
    """Write lines below one another; returns where the next would begin."""
    measure = metrics(pixels)
    for line in lines:
        write(painter, x, round(top + measure.ascent()), line, color, pixels)
        top += measure.height()
    return top


def line_sample(painter: QPainter, x: float, y: float, style: LineStyle, palette: Palette) -> None:
    """A contestant's dash with its marker, SAMPLE pixels wide, its middle at y."""
    color = QColor(style.color(palette))
    painter.setPen(pen(color, 2 * scale(), style.dash))
    painter.drawLine(QPointF(x, y), QPointF(x + px(SAMPLE), y))
    marker(painter, x + px(SAMPLE / 2), y, style, color)


def marker(
    painter: QPainter,
    x: float,
    y: float,
    style: LineStyle,
    color: QColor,
    inside: QColor | None = None,
) -> None:
    """A contestant's marker; hollow where `inside` is given."""
    painter.setPen(Qt.PenStyle.NoPen if inside is None else pen(color))
    painter.setBrush(color if inside is None else inside)
    size = scale()
    if style.marker == "circle":
        painter.drawEllipse(QPointF(x, y), 4 * size, 4 * size)
    else:
        corners = ((x + size * dx, y + size * dy) for dx, dy in _CORNERS[style.marker])
        painter.drawPolygon(QPolygonF([QPointF(*corner) for corner in corners]))
    painter.setBrush(Qt.BrushStyle.NoBrush)


def verdict(painter: QPainter, x: float, baseline: float, right: bool, color: str) -> None:
    """A check where right, a cross where wrong, 9 pixels wide: never colour alone."""
    size = scale()
    painter.setPen(pen(color, 2 * size))
    y = baseline - 4 * size
    if right:
        check = [(x, y), (x + 3 * size, y + 3 * size), (x + 9 * size, y - 4 * size)]
        painter.drawPolyline(QPolygonF([QPointF(*point) for point in check]))
    else:
        tall = 4 * size
        painter.drawLine(QPointF(x, y - tall), QPointF(x + 2 * tall, y + tall))
        painter.drawLine(QPointF(x, y + tall), QPointF(x + 2 * tall, y - tall))


def polyline(painter: QPainter, x: NDArray[np.floating], y: NDArray[np.floating]) -> None:
    """A line through points (n,) with a gap where y is NaN; a point alone is a dot."""
    for piece in np.split(np.stack([x, y], axis=1), np.flatnonzero(np.isnan(y))):
        points = [QPointF(*point) for point in piece[~np.isnan(piece[:, 1])].tolist()]
        if len(points) > 1:
            painter.drawPolyline(QPolygonF(points))
        elif points:
            painter.drawPoint(points[0])


class Swatch(QWidget):
    """A short piece of the contestant's line, with its dash and its marker."""

    def __init__(self) -> None:
        super().__init__()
        self._style: LineStyle | None = None
        self._palette = DARK
        fit(self, width=SAMPLE + 4, height=16)

    def set_look(self, style: LineStyle, palette: Palette) -> None:
        """Draw this style in these colours."""
        self._style, self._palette = style, palette
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        """The line through the middle, the marker on it."""
        if self._style is None:
            return
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        line_sample(painter, px(2), self.height() / 2, self._style, self._palette)
        painter.end()


# -- icons: own SVG files in the colour that a palette gives them -----------------------


def icon_file(name: str) -> Path:
    """The SVG file of an icon."""
    return Path(places.resources()) / "icons" / f"{name}.svg"


def icon(name: str, color: str, disabled: str = "") -> QIcon:
    """The icon of that name in `color` (#rrggbb), and in `disabled` while it cannot be used."""
    return _icon(name, color, disabled, _pixels())


@lru_cache(maxsize=256)
def _icon(name: str, color: str, disabled: str, sizes: tuple[int, ...]) -> QIcon:
    made = QIcon()
    for size in sizes:
        made.addPixmap(pixmap(name, color, size))
        if disabled:
            made.addPixmap(pixmap(name, disabled, size), QIcon.Mode.Disabled)
    return made


def _pixels() -> tuple[int, ...]:
    """The sizes in pixels on a plain screen and on the sharpest one."""
    app = QGuiApplication.instance()
    sharpness = app.devicePixelRatio() if isinstance(app, QGuiApplication) else 1.0
    sizes = {px(size) for size in _ICON_SIZES}
    return tuple(sorted({*sizes, *(round(size * sharpness) for size in sizes)}))


def pixmap(name: str, color: str, size: int) -> QPixmap:
    """The icon of that name as size x size pixels."""
    svg = icon_file(name).read_bytes()
    renderer = QSvgRenderer(QByteArray(svg.replace(b"currentColor", color.encode())))
    image = QImage(size, size, QImage.Format.Format_ARGB32_Premultiplied)
    image.fill(Qt.GlobalColor.transparent)
    painter = QPainter(image)
    renderer.render(painter, QRectF(0, 0, size, size))
    painter.end()
    return QPixmap.fromImage(image)


@lru_cache(maxsize=1)
def app_icon() -> QIcon:
    """The program's own icon, or an empty one if its file is missing."""
    path = icon_file("sequence-sandbox")
    return QIcon(str(path)) if path.exists() else QIcon()
