"""Icons: own SVG files, drawn in the colour that a palette gives them."""

from __future__ import annotations

from functools import lru_cache

from PySide6.QtCore import QByteArray, QRectF, Qt
from PySide6.QtGui import QGuiApplication, QIcon, QImage, QPainter, QPixmap
from PySide6.QtSvg import QSvgRenderer

from sandbox.gui.look.window_folders import icon_file

_SIZES = (16, 20)  # as they are used


@lru_cache(maxsize=256)
def icon(name: str, color: str, disabled: str = "") -> QIcon:
    """The icon of that name in `color` (#rrggbb), and in `disabled` where it cannot be used."""
    made = QIcon()
    for size in _pixels():
        made.addPixmap(pixmap(name, color, size))
        if disabled:
            made.addPixmap(pixmap(name, disabled, size), QIcon.Mode.Disabled)
    return made


def _pixels() -> list[int]:
    """The sizes in pixels of the sharpest screen, and the plain ones."""
    app = QGuiApplication.instance()
    scale = app.devicePixelRatio() if isinstance(app, QGuiApplication) else 1.0
    return sorted({*_SIZES, *(round(size * scale) for size in _SIZES)})


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
    """The program's own icon; an empty one where its file is missing."""
    path = icon_file("sequence-sandbox")
    return QIcon(str(path)) if path.exists() else QIcon()
