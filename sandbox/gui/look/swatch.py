"""A piece of a contestant's line, as it is drawn everywhere in the window."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtGui import QPainter
from PySide6.QtWidgets import QWidget

from sandbox.drawing.styles import DARK, LineStyle, Palette
from sandbox.gui.look.fitting import fit
from sandbox.gui.look.marks import SAMPLE, line_sample
from sandbox.gui.look.typeface import px

if TYPE_CHECKING:
    from PySide6.QtGui import QPaintEvent


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
