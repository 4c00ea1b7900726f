"""Every step of part of a long curve, read from the store when a zoom is finer than the bins."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
from PySide6.QtCore import QObject, QTimer, Signal

from sandbox.drawing.smoothing import Smoothing
from sandbox.gui.session.curvebuffer import Band

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from sandbox.gui.panels.curves.plot_axes import TrainingAxisScale
    from sandbox.gui.panels.shared.views import CurvesView
    from sandbox.gui.session.curvebuffer import Detail, Floats

    Points = tuple[NDArray[np.float64], NDArray[np.float64], Floats, Floats]

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

    def points(self, view: CurvesView, key: str, measure: str, scale: TrainingAxisScale) -> Points:
        """A contestant's curve, with every step where it is known.

        x on the training axis, smoothed, lowest and highest value there, each (n,).
        """
        if self.known is not None and self.known.run != view.run:
            self.known = None
        curve, known = view.curves[key], self.known
        ends, band = curve.steps, curve.bands[measure]
        if known is not None and view.bin > 1 and key in known.curves:
            steps, columns = known.curves[key]
            ends, band = _spliced(ends, band, steps, columns[0 if measure == "loss" else 1])
        return scale(ends), band.smooth, band.low, band.high

    def _ask(self) -> None:
        self._asked = self._next
        self.wanted.emit(*self._asked)


_NONE = np.empty(0)


def _spliced(
    ends: NDArray[np.float64], band: Band, steps: NDArray[np.int64], values: Floats
) -> tuple[NDArray[np.float64], Band]:
    """The bins that end at `ends`, with those within `steps` replaced by single values."""
    if not len(steps):
        return ends, band
    before = int(np.searchsorted(ends, steps[0] - 1, "right"))
    after = int(np.searchsorted(ends, steps[-1], "right"))
    if after <= before:
        return ends, band
    count = int(np.searchsorted(steps, ends[after - 1], "right"))
    smooth = Smoothing(band.smooth[before - 1] if before else np.nan).extend(values[:count])

    def joined(bins: NDArray[np.floating], single: NDArray[Any]) -> NDArray[Any]:
        return np.concatenate([bins[:before], single, bins[after:]])

    low, high = joined(band.low, values[:count]), joined(band.high, values[:count])
    return joined(ends, steps[:count]), Band(low, high, joined(band.smooth, smooth))
