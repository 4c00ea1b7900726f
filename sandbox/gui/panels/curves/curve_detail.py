"""Every step of part of a long curve, read from the store when a zoom is finer than the bins."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from PySide6.QtCore import QObject, QTimer, Signal

from sandbox.drawing.smoothing import Smoothing
from sandbox.gui.panels.curves.curve_notes import Line

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from sandbox.gui.panels.curves.plot_axes import TrainingAxisScale
    from sandbox.gui.panels.shared.views import CurvesView
    from sandbox.gui.session.curvebuffer import Band, Detail, Floats

SETTLE_MS = 200  # how long a zoom must rest before its steps are asked for


class Details(QObject):
    """Asks for the steps in view where bins are too coarse for it, once the view rests."""

    wanted = Signal(str, int, int)  # run, first and last step

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        self.known: Detail | None = None
        self._asked: tuple[str, int, int] = ("", 0, 0)
        self._next = self._asked
        self._rest = QTimer(self, singleShot=True, interval=SETTLE_MS)
        self._rest.timeout.connect(self._ask)

    def set_detail(self, detail: Detail) -> None:
        """Take what was asked for; a late answer to an older question is dropped."""
        if (detail.run, detail.first, detail.last) == self._asked:
            self.known = detail

    def look(self, view: CurvesView, shown: tuple[float, float], pixels: int, moved: bool) -> None:
        """Ask for the steps in view, (lowest, highest), if bins are too coarse for these pixels.

        moved: whether the view moved, so that it is left to settle first; else the curves grew.
        """
        steps = max((curve.steps for curve in view.curves.values()), key=len, default=_NONE)
        first, stop = np.searchsorted(steps, shown).tolist()
        if view.bin == 1 or stop <= first or stop - first >= pixels:
            self._rest.stop()
            return
        low, high = int(steps[first]) - view.bin, int(steps[min(stop, len(steps) - 1)])
        run, asked_first, asked_last = self._asked
        if run == view.run and asked_first <= low and high <= asked_last:
            return
        around = high - low  # so that a small move asks for nothing
        begin = max(int(np.searchsorted(steps, low - around)) - 1, 0)
        begins = min(int(steps[begin]) + 1, low) if begin else low
        self._next = (view.run, begins, min(high + around, int(steps[-1])))
        if moved or not self._rest.isActive():
            self._rest.start()

    def line(self, view: CurvesView, key: str, measure: str, scale: TrainingAxisScale) -> Line:
        """A contestant's curve, with every step where it is known."""
        if self.known is not None and self.known.run != view.run:
            self.known = None
        curve, known = view.curves[key], self.known
        band = curve.bands[measure]
        if known is None or view.bin == 1 or key not in known.curves:
            return Line(scale(curve.steps), band.low, band.high, band.smooth)
        steps, columns = known.curves[key]
        values = columns[0 if measure == "loss" else 1]
        return _spliced(curve.steps, band, steps, values, scale)

    def _ask(self) -> None:
        self._asked = self._next
        self.wanted.emit(*self._asked)


_NONE = np.empty(0)


def _spliced(
    ends: NDArray[np.float64],
    band: Band,
    steps: NDArray[np.int64],
    values: Floats,
    scale: TrainingAxisScale,
) -> Line:
    """The bins that end at `ends`, with those within `steps` replaced by single values."""
    if not len(steps):
        return Line(scale(ends), band.low, band.high, band.smooth)
    before = int(np.searchsorted(ends, steps[0] - 1, "right"))
    after = int(np.searchsorted(ends, steps[-1], "right"))
    if after <= before:
        return Line(scale(ends), band.low, band.high, band.smooth)
    count = int(np.searchsorted(steps, ends[after - 1], "right"))
    smooth = Smoothing(band.smooth[before - 1] if before else np.nan).extend(values[:count])
    x, low, high, strong = (
        np.concatenate([bins[:before], each, bins[after:]])
        for bins, each in (
            (ends, steps[:count]),
            (band.low, values[:count]),
            (band.high, values[:count]),
            (band.smooth, smooth),
        )
    )
    return Line(scale(x), low, high, strong)
