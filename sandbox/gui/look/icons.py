"""Icons: own SVG files, drawn in the colour that a palette gives them."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path

from PySide6.QtCore import QByteArray, QRectF, Qt
from PySide6.QtGui import QGuiApplication, QIcon, QImage, QPainter, QPixmap
from PySide6.QtSvg import QSvgRenderer

from sandbox.gui.look.typeface import px
from sandbox.setup import places

_SIZES = (14, 16, 20)  # in use, at a type size of 100%


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
    sizes = {px(size) for size in _SIZES}
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
