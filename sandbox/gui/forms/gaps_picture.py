"""A small picture of the gaps trained on: how likely each is, or the stages of a growing one."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from PySide6.QtCore import QPointF, QRectF
from PySide6.QtGui import QColor, QPainter, QPolygonF

from sandbox.gui.forms.small_picture import SmallPicture
from sandbox.gui.look.marks import marker, pen, tint

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from sandbox.drawing.styles import LineStyle

    Floats = NDArray[np.float64]

HIGH_PX, BAR_PX = 84, 3
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


class GapsPicture(SmallPicture):
    """Bars of P(gap) over the gap, or stages as stairs with a marker for every net."""

    def __init__(self) -> None:
        super().__init__("Gaps that are trained on", HIGH_PX)
        self.shown: Gaps | None = None

    def show_gaps(self, gaps: Gaps) -> None:
        """Draw these gaps."""
        if gaps != self.shown:
            self.shown = gaps
            self._describe(gaps.in_words())

    def _paint(self, painter: QPainter, plot: QRectF) -> None:
        if self.shown is None:
            return
        if self.shown.likely:
            self._bars(painter, plot, self.shown)
        else:
            self._stairs(painter, plot, self.shown)

    def _bars(self, painter: QPainter, plot: QRectF, shown: Gaps) -> None:
        """One bar for each gap; where they are too narrow, one for the mean of several."""
        painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)
        likely = binned(np.array(shown.likely), max(int(plot.width()) // BAR_PX, 1))
        wide, top = plot.width() / len(likely), float(likely.max())
        space = 1.0 if wide >= BAR_PX + 1 else 0.0
        for place, share in enumerate((likely / top).tolist()):
            left = plot.left() + place * wide
            high = share * plot.height()
            bar = QRectF(left, plot.bottom() - high, wide - space, high)
            painter.fillRect(bar, tint(self._colors.text, FILL))
        above = f"how often each gap is trained on: at most {top:.2g}"
        self._write(painter, plot, above, f"gap {shown.gaps[0]:,}", f"{shown.gaps[-1]:,}")

    def _stairs(self, painter: QPainter, plot: QRectF, shown: Gaps) -> None:
        """The stages from left to right, as high as their gaps."""
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
        stages = f"{len(shown.gaps)} stages, up to {shown.gaps[-1]:,}"
        self._write(painter, plot, f"gap now: {now}", f"gap {shown.gaps[0]:,}", stages)


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
