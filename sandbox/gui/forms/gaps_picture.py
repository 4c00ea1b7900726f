"""A small picture of the gaps trained on: how likely each is, or the stages of a growing one."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QPainter, QPaintEvent, QPolygonF
from PySide6.QtWidgets import QSizePolicy, QWidget

from sandbox.drawing.styles import DARK, Palette
from sandbox.gui.look.marks import marker, pen, tint, write
from sandbox.gui.look.typeface import SMALL_PX, metrics, px

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from sandbox.drawing.styles import LineStyle

    Floats = NDArray[np.float64]

HIGH_PX, LABEL_PX, BAR_PX = 84, 14, 3
FILL = 150  # how strong a bar is, of 255


@dataclass(frozen=True)
class Stand:
    """The gap that a net is trained on now."""

    title: str
    style: LineStyle
    gap: int


@dataclass(frozen=True)
class Gaps:
    """The gaps that are trained on.

    gaps: ascending, (n,).   likely: the probability of each, (n,); empty where they are the
    stages of a growing gap.   stands: the stage of each net.
    """

    gaps: tuple[int, ...]
    likely: tuple[float, ...] = ()
    stands: tuple[Stand, ...] = ()

    def in_words(self) -> str:
        """The picture in one sentence."""
        first, last = f"{self.gaps[0]:,}", f"{self.gaps[-1]:,}"
        if self.likely:
            half = self.gaps[int(np.searchsorted(np.cumsum(self.likely), 0.5))]
            return f"Trained on gaps from {first} to {last}, half of them up to {half:,}."
        now = ", ".join(f"{stand.title} at {stand.gap:,}" for stand in self.stands)
        stages = f"{len(self.gaps)} stages" if len(self.gaps) > 1 else "one stage"
        return f"The gap grows from {first} to {last} in {stages}: {now}."


class GapsPicture(QWidget):
    """Bars of P(gap) over the gap, or stages as stairs with a marker for every net."""

    def __init__(self) -> None:
        super().__init__()
        self.setAccessibleName("Gaps that are trained on")
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self._colors = DARK
        self.shown: Gaps | None = None

    def sizeHint(self) -> QSize:
        """Wide enough to be read; it grows with the form."""
        return QSize(px(160), px(HIGH_PX))

    def show_gaps(self, gaps: Gaps) -> None:
        """Draw these gaps."""
        if gaps != self.shown:
            self.shown = gaps
            self.setAccessibleDescription(gaps.in_words())
            self.setToolTip(gaps.in_words())
            self.update()

    def set_palette(self, palette: Palette) -> None:
        """Draw in these colours."""
        self._colors = palette
        self.updateGeometry()
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw the title above, the lowest and highest gap below, and the picture between."""
        if self.shown is None:
            return
        painter = QPainter(self)
        label = px(LABEL_PX)
        plot = QRectF(1, label + 4, self.width() - 2, self.height() - 2 * label - 6)
        painter.setPen(pen(self._colors.hairline))
        painter.drawLine(plot.bottomLeft(), plot.bottomRight())
        if self.shown.likely:
            self._bars(painter, plot, self.shown)
        else:
            self._stairs(painter, plot, self.shown)
        painter.end()

    def _bars(self, painter: QPainter, plot: QRectF, shown: Gaps) -> None:
        """One bar for each gap; where they are too narrow, one for the mean of several."""
        likely = binned(np.array(shown.likely), max(int(plot.width()) // BAR_PX, 1))
        wide, top = plot.width() / len(likely), float(likely.max())
        space = 1.0 if wide >= BAR_PX + 1 else 0.0
        for place, share in enumerate((likely / top).tolist()):
            left = plot.left() + place * wide
            high = share * plot.height()
            bar = QRectF(left, plot.bottom() - high, wide - space, high)
            painter.fillRect(bar, tint(self._colors.text, FILL))
        first, last = f"gap {shown.gaps[0]:,}", f"{shown.gaps[-1]:,}"
        self._write(painter, plot, f"how often each gap is trained on: at most {top:.2g}")
        self._write_ends(painter, plot, first, last)

    def _stairs(self, painter: QPainter, plot: QRectF, shown: Gaps) -> None:
        """The stages from left to right, as high as their gaps."""
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        wide, top = plot.width() / len(shown.gaps), max(shown.gaps[-1], 1)
        tops = [plot.bottom() - gap / top * (plot.height() - 5) for gap in shown.gaps]
        corners = []
        for place, y in enumerate(tops):
            left = plot.left() + place * wide
            corners += [QPointF(left, y), QPointF(left + wide, y)]
        painter.setPen(pen(self._colors.quiet))
        painter.drawPolyline(QPolygonF(corners))
        for stand, across in zip(shown.stands, _shares(shown.stands), strict=True):
            place = int(np.searchsorted(shown.gaps, stand.gap, "right")) - 1
            x = plot.left() + (max(place, 0) + across) * wide
            color = QColor(stand.style.color(self._colors))
            marker(painter, x, tops[max(place, 0)], stand.style, color)
        now = ", ".join(f"{stand.title}: {stand.gap:,}" for stand in shown.stands)
        self._write(painter, plot, f"gap now: {now}")
        stages = f"{len(shown.gaps)} stages, up to {shown.gaps[-1]:,}"
        self._write_ends(painter, plot, f"gap {shown.gaps[0]:,}", stages)

    def _write(self, painter: QPainter, plot: QRectF, words: str) -> None:
        fit = metrics(SMALL_PX).elidedText(words, Qt.TextElideMode.ElideRight, plot.width())
        write(painter, plot.left(), plot.top() - 6, fit, self._colors.quiet, SMALL_PX)

    def _write_ends(self, painter: QPainter, plot: QRectF, first: str, last: str) -> None:
        below, right = plot.bottom() + px(LABEL_PX) - 2, Qt.AlignmentFlag.AlignRight
        write(painter, plot.left(), below, first, self._colors.quiet, SMALL_PX)
        write(painter, plot.right(), below, last, self._colors.quiet, SMALL_PX, align=right)


def binned(values: Floats, most: int) -> Floats:
    """The means of at most `most` equal groups of neighbouring values; (n,) to (m,)."""
    size = -(-len(values) // most)
    starts = np.arange(0, len(values), size)
    counts = np.diff([*starts, len(values)])
    return np.asarray(np.add.reduceat(values, starts) / counts, np.float64)


def _shares(stands: tuple[Stand, ...]) -> list[float]:
    """Where each net's marker stands along its stage, 0 to 1, so that none covers another."""
    shares: list[float] = []
    for number, stand in enumerate(stands):
        together = [n for n, other in enumerate(stands) if other.gap == stand.gap]
        shares.append((together.index(number) + 0.5) / len(together))
    return shares
