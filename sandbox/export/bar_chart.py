"""A bar chart of ratios as a picture for print: groups of bars on a logarithmic axis from 1.

Drawn without a window.  A bar upwards is a ratio above 1, a bar downwards one below it.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from itertools import chain

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QFont, QImage, QPainter, QPen

from sandbox.export.figures import ink
from sandbox.export.figures.raster import encoded
from sandbox.export.figures.typeface import application

WIDTH, HEIGHT = 1600, 900  # pixels
PLOT = QRectF(110, 210, 1440, 540)
INK, QUIET, HAIRLINE = QColor(ink.INK), QColor(ink.QUIET), QColor(ink.HAIRLINE)
COLOURS = ("#0072b2", "#d55e00", "#009e73", "#cc79a7")  # Okabe & Ito 2008
LIGHT = 0.35  # opacity of the part that is beyond `solid`
TICKS = tuple(mantissa * 10.0**power for power in range(-3, 5) for mantissa in (1, 2, 5))
LABELS_PX = 64  # room above the highest bar
DIFFERS = 0.1  # from which relative difference on `solid` has a label of its own


@dataclass(frozen=True)
class Bar:
    """A ratio, and how much of it is drawn in full colour."""

    name: str
    value: float
    solid: float


@dataclass(frozen=True)
class BarChart:
    """What is drawn.  groups: name -> bars.  legend: what the full and the light colour are."""

    title: str
    notes: tuple[str, ...]
    axis: str
    bars_are: str
    groups: dict[str, tuple[Bar, ...]]
    legend: tuple[str, str]


def png(chart: BarChart) -> bytes:
    """The picture, WIDTH × HEIGHT, as a PNG file's bytes."""
    with application():
        image = QImage(WIDTH, HEIGHT, QImage.Format.Format_RGB32)
        image.fill(Qt.GlobalColor.white)
        painter = QPainter(image)
        try:
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            _Drawing(painter, chart).draw()
        finally:
            painter.end()
        return encoded(image)


class _Drawing:
    def __init__(self, painter: QPainter, chart: BarChart) -> None:
        self._painter, self._chart = painter, chart
        values = [v for bar in chain(*chart.groups.values()) for v in (bar.value, bar.solid)]
        self._low = min(0.9, *(value / 1.1 for value in values))
        self._high = max(2.0, *(value * 1.1 for value in values))

    def draw(self) -> None:
        self._words()
        self._grid()
        places = len(self._chart.groups) + sum(map(len, self._chart.groups.values()))
        step = PLOT.width() / max(places, 1)
        left = PLOT.left() + step / 2
        for number, (name, bars) in enumerate(self._chart.groups.items()):
            colour = QColor(COLOURS[number % len(COLOURS)])
            for place, bar in enumerate(bars):
                self._bar(bar, left + place * step, step, colour)
            width = step * len(bars)
            self._text(QRectF(left, PLOT.bottom() + 34, width, 30), name, 22, colour, bold=True)
            left += width + step

    def _words(self) -> None:
        left, at = Qt.AlignmentFlag.AlignLeft, 36.0
        self._text(QRectF(40, at, WIDTH - 80, 44), self._chart.title, 32, INK, left, bold=True)
        for note in self._chart.notes:
            at += 36 if at > 36 else 48
            self._text(QRectF(40, at, WIDTH - 80, 28), note, 19, QUIET, left)
        self._text(QRectF(40, PLOT.top() - 40, 600, 28), self._chart.axis, 19, INK, left)
        below = QRectF(PLOT.left(), PLOT.bottom() + 68, PLOT.width(), 28)
        self._text(below, self._chart.bars_are, 19, INK)
        self._legend()

    def _legend(self) -> None:
        x, y = PLOT.left(), HEIGHT - 46.0
        for words, opacity in zip(self._chart.legend, (1.0, LIGHT), strict=True):
            self._fill(QRectF(x, y + 5, 18, 18), QUIET, opacity)
            box = QRectF(x + 28, y, 640, 28)
            self._text(box, words, 19, QUIET, Qt.AlignmentFlag.AlignLeft)
            x += 690

    def _grid(self) -> None:
        for tick in (tick for tick in TICKS if self._low <= tick <= self._high):
            y = self._y(tick)
            self._painter.setPen(QPen(INK if tick == 1 else HAIRLINE, 1.5 if tick == 1 else 1.0))
            self._painter.drawLine(QPointF(PLOT.left(), y), QPointF(PLOT.right(), y))
            box = QRectF(PLOT.left() - 80, y - 14, 68, 28)
            self._text(box, f"{tick:g}", 18, QUIET, Qt.AlignmentFlag.AlignRight)

    def _bar(self, bar: Bar, left: float, step: float, colour: QColor) -> None:
        one, value, solid = self._y(1), self._y(bar.value), self._y(bar.solid)
        box = QRectF(left + step * 0.12, 0, step * 0.76, 0)
        for start, end, opacity in ((solid, value, LIGHT), (one, solid, 1.0)):
            box.setTop(min(start, end))
            box.setBottom(max(start, end))
            self._fill(box, QColor(Qt.GlobalColor.white), 1.0)
            self._fill(box, colour, opacity)
        two = abs(bar.solid / bar.value - 1) > DIFFERS
        top = min(value, solid, one) - (50 if two else 30)
        room = QRectF(left + step * 0.05, top, step * 0.9, 48 if two else 28)
        self._fill(room, QColor(Qt.GlobalColor.white), 1.0)  # no line of the grid through figures
        self._text(QRectF(left, top, step, 28), _times(bar.value), 20, INK, bold=True)
        if two:
            self._text(QRectF(left, top + 24, step, 24), _times(bar.solid), 17, QUIET)
        self._text(QRectF(left, PLOT.bottom() + 6, step, 24), bar.name, 16, QUIET)

    def _y(self, ratio: float) -> float:
        whole = math.log(self._high / self._low)
        height = PLOT.height() - LABELS_PX
        return PLOT.bottom() - math.log(ratio / self._low) / whole * height

    def _fill(self, box: QRectF, colour: QColor, opacity: float) -> None:
        faded = QColor(colour)
        faded.setAlphaF(opacity)
        self._painter.fillRect(box, faded)

    def _text(
        self,
        box: QRectF,
        text: str,
        pixels: int,
        colour: QColor,
        align: Qt.AlignmentFlag = Qt.AlignmentFlag.AlignHCenter,
        bold: bool = False,
    ) -> None:
        font = QFont()
        font.setStyleHint(QFont.StyleHint.SansSerif)
        font.setPixelSize(pixels)
        font.setBold(bold)
        self._painter.setFont(font)
        self._painter.setPen(colour)
        self._painter.drawText(box, align | Qt.AlignmentFlag.AlignVCenter, text)


def _times(ratio: float) -> str:
    return f"{ratio:.1f}×" if ratio >= 10 else f"{ratio:.2f}×"
