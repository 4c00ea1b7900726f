"""A piece of a contestant's line, as it is drawn everywhere in the window."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QPointF, Qt
from PySide6.QtGui import QColor, QPainter, QPen
from PySide6.QtWidgets import QSizePolicy, QWidget

from sandbox.gui.look.fitting import fit
from sandbox.gui.look.palette import DARK, LineStyle, Palette
from sandbox.gui.look.typeface import scale

if TYPE_CHECKING:
    from PySide6.QtGui import QPaintEvent


class Swatch(QWidget):
    """A short piece of the contestant's line, with its dash and its marker."""

    def __init__(self) -> None:
        super().__init__()
        self._style: LineStyle | None = None
        self._palette = DARK
        fit(self, width=32, height=16)
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)

    def set_look(self, style: LineStyle, palette: Palette) -> None:
        """Draw this style in these colours."""
        self._style, self._palette = style, palette
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        """The line through the middle, the marker on it."""
        if self._style is None:
            return
        color = QColor(self._style.color(self._palette))
        painter = QPainter(self)
        painter.scale(scale(), scale())
        painter.setPen(QPen(color, 2, self._style.dash))
        painter.drawLine(0, 8, 32, 8)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(color)
        _draw_marker(painter, self._style.marker)
        painter.end()


def _draw_marker(painter: QPainter, marker: str) -> None:
    if marker == "o":
        painter.drawEllipse(QPointF(16, 8), 4, 4)
    elif marker == "s":
        painter.drawRect(12, 4, 8, 8)
    elif marker == "t":
        painter.drawPolygon([QPointF(11, 4), QPointF(21, 4), QPointF(16, 12)])
    else:
        painter.drawPolygon([QPointF(16, 3), QPointF(21, 8), QPointF(16, 13), QPointF(11, 8)])
