"""A column of numbers as one small line."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from PySide6.QtCore import QPointF, QSize
from PySide6.QtGui import QPainter, QPaintEvent, QPen, QPolygonF
from PySide6.QtWidgets import QWidget

if TYPE_CHECKING:
    from numpy.typing import NDArray

POINTS = 120  # bins, each drawn from its lowest to its highest value
WIDE, HIGH, EDGE = 180, 26, 3


class Sparkline(QWidget):
    """Draws values (n,) from left to right, without NaN."""

    def __init__(self, values: NDArray[np.float64], name: str) -> None:
        super().__init__()
        self.extremes = extremes_of(values)
        self._chosen = False
        self.setAccessibleName(f"Curve of {name}")
        self.setToolTip(f"{name} from the first row to the last.")

    def set_chosen(self, chosen: bool) -> None:
        """Draw in the colours of a selected row, or in the usual ones."""
        self._chosen = chosen
        self.update()

    def sizeHint(self) -> QSize:
        """The size of a table row."""
        return QSize(WIDE, HIGH)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw a stroke up or down through every bin."""
        low, high = self.extremes
        if not len(low):
            return
        bottom, span = low.min(), max(high.max() - low.min(), 1e-300)
        wide, tall = self.width() - 2 * EDGE, self.height() - 2 * EDGE
        points = []
        for at, (least, most) in enumerate(zip(low, high, strict=True)):
            x = EDGE + (at + 0.5) * wide / len(low)
            for value in (least, most) if at % 2 else (most, least):
                points.append(QPointF(x, EDGE + tall * (1 - (value - bottom) / span)))
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        own = self.palette()
        painter.setPen(QPen((own.highlightedText() if self._chosen else own.text()).color(), 1))
        painter.drawPolyline(QPolygonF(points))
        painter.end()


def extremes_of(
    values: NDArray[np.float64],
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Lowest and highest value of each bin: two arrays (m,), m <= POINTS; NaN is left out."""
    told = values[~np.isnan(values)]
    if not len(told):
        return told, told
    starts = np.linspace(0, len(told), min(POINTS, len(told)), endpoint=False).astype(int)
    return np.minimum.reduceat(told, starts), np.maximum.reduceat(told, starts)
