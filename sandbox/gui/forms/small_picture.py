"""A small picture in a form, with a line of text above it and the ends of its axis below."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QPainter
from PySide6.QtWidgets import QSizePolicy, QWidget

from sandbox.drawing.styles import DARK, Palette
from sandbox.gui.look.marks import pen, write
from sandbox.gui.look.typeface import SMALL_PX, metrics, px

if TYPE_CHECKING:
    from PySide6.QtGui import QPaintEvent

LABEL_PX = 14


class SmallPicture(QWidget):
    """Subclasses paint into a rectangle over the axis."""

    def __init__(self, name: str, high_px: int) -> None:
        super().__init__()
        self.setAccessibleName(name)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self._colors, self._high_px = DARK, high_px

    def sizeHint(self) -> QSize:
        """Wide enough to be read; it grows with the form."""
        return QSize(px(160), px(self._high_px))

    def set_palette(self, palette: Palette) -> None:
        """Draw in these colours."""
        self._colors = palette
        self.updateGeometry()
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw the axis and what is shown."""
        painter = QPainter(self)
        label = px(LABEL_PX)
        plot = QRectF(1, label + 4, self.width() - 2, self.height() - 2 * label - 6)
        painter.setPen(pen(self._colors.hairline))
        painter.drawLine(plot.bottomLeft(), plot.bottomRight())
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        self._paint(painter, plot)
        painter.end()

    def _paint(self, painter: QPainter, plot: QRectF) -> None:
        raise NotImplementedError

    def _describe(self, words: str) -> None:
        """Say in a sentence what is drawn, and draw it."""
        self.setAccessibleDescription(words)
        self.setToolTip(words)
        self.update()

    def _write(self, painter: QPainter, plot: QRectF, above: str, first: str, last: str) -> None:
        """Write the line above, and the ends of the axis."""
        quiet, right = self._colors.quiet, Qt.AlignmentFlag.AlignRight
        fits = metrics(SMALL_PX).elidedText(above, Qt.TextElideMode.ElideRight, plot.width())
        below = plot.bottom() + px(LABEL_PX) - 2
        write(painter, plot.left(), plot.top() - 6, fits, quiet, SMALL_PX)
        write(painter, plot.left(), below, first, quiet, SMALL_PX)
        write(painter, plot.right(), below, last, quiet, SMALL_PX, align=right)
