"""Colour maps of the heatmaps: which one for which values, as tables of 32-bit pixels."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING

import numpy as np
import pyqtgraph as pg
from numpy.typing import NDArray
from PySide6.QtCore import QPointF
from PySide6.QtGui import QImage

from sandbox.drawing.ranges import COLOURS, colour_index

if TYPE_CHECKING:
    from PySide6.QtGui import QPainter

    from sandbox.cells.cell import PictureKind
    from sandbox.drawing.styles import Palette

Pixels = NDArray[np.uint32]

GATE_MAP = "viridis"
# Blue below zero and red above it, which colour-blind eyes can tell apart, on dark and on white.
SIGNED_MAPS = {"dark": "CET-D4", "light": "CET-D9"}


def colour_table(kind: PictureKind, palette: Palette) -> Pixels:
    """0xffrrggbb for values from low to high, then for NaN, (COLOURS + 1,)."""
    name = GATE_MAP if kind == "gate" else SIGNED_MAPS[palette.name]
    return _table(name, palette.wrong)


def pixels_of(values: NDArray[np.floating], low: float, high: float, table: Pixels) -> Pixels:
    """The colour of each value, in the shape of `values`; see `colour_index`."""
    return table[colour_index(values, low, high)]


def pixel(color: str) -> int:
    """#rrggbb as 0xffrrggbb."""
    return 0xFF000000 | int(color.lstrip("#"), 16)


def colour_bar(table: Pixels, height: float, width: float, ratio: float) -> Pixels:
    """The colours of a table from high down to low, in device pixels."""
    shades = np.linspace(COLOURS - 1, 0, max(round(height * ratio), 2)).astype(np.intp)
    return np.repeat(table[shades][:, None], round(width * ratio), axis=1)


def draw_pixels(painter: QPainter, x: float, y: float, pixels: Pixels, ratio: float) -> None:
    """Pixels (height, width) one to one on the device, their corner at (x, y)."""
    pixels = np.ascontiguousarray(pixels)
    height, width = pixels.shape
    image = QImage(pixels.data, width, height, width * 4, QImage.Format.Format_RGB32)
    image.setDevicePixelRatio(ratio)
    painter.drawImage(QPointF(x, y), image)


@lru_cache(maxsize=8)
def _table(name: str, wrong: str) -> Pixels:
    rgb = pg.colormap.get(name).getLookupTable(nPts=COLOURS, alpha=False).astype(np.uint32)
    table = np.empty(COLOURS + 1, np.uint32)
    table[:COLOURS] = 0xFF000000 | rgb[:, 0] << 16 | rgb[:, 1] << 8 | rgb[:, 2]
    table[COLOURS] = pixel(wrong)
    table.setflags(write=False)
    return table
