"""Axes of the curves: where training steps stand on them, how they are named and numbered."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import pyqtgraph as pg
from PySide6.QtCore import QRectF, Qt

from sandbox.drawing.ranges import decade_ticks, round_up
from sandbox.drawing.wording import power_of_ten
from sandbox.gui.look.marks import tint
from sandbox.gui.look.typeface import SMALL_PX, font, px, scale, width_of
from sandbox.gui.session.clock import UNTIMED, Clock

if TYPE_CHECKING:
    from numpy.typing import NDArray
    from PySide6.QtGui import QPainter

    from sandbox.drawing.styles import Palette

    Specs = tuple[Any, list[Any], list[tuple[QRectF, Any, str]]]

LEFT_WIDTH, BOTTOM_HEIGHT = 44, 20  # at a type size of 100%
MOST_DIGITS = 4  # behind the point, that the width has room for
FEWEST_STEPS, FEWEST_SECONDS = 100.0, 1.0
_NAMES = {False: ("training step", "step"), True: ("seconds of training", "seconds")}
_PLURALS = {"training step": "training steps", "step": "steps"}
_NAMES_SHARE = 1 / 3  # of an axis, that its name may take
_CLEAR = 8.0  # pixels between an axis' name and its figures


@dataclass(frozen=True)
class TrainingAxisScale:
    """Where one run's steps stand: at their number, or at their time by the run's clock."""

    by_time: bool = False
    clock: Clock = UNTIMED

    def __call__(self, steps: NDArray[np.float64]) -> NDArray[np.float64]:
        """Steps (n,) on the axis, (n,)."""
        return self.clock.seconds(steps) if self.by_time else steps

    def place(self, step: float) -> float:
        """One step on the axis."""
        return float(self(np.array([step]))[0])

    def step(self, x: float) -> int:
        """The step that is nearest to a place on the axis."""
        return round(self.clock.step(x) if self.by_time else x)

    def end(self, needed: float) -> float:
        """The end of the axis: a round number, at least `needed`."""
        return max(round_up(needed), FEWEST_SECONDS if self.by_time else FEWEST_STEPS)


class ValueAxis(pg.AxisItem):
    """Losses, or powers of ten where the axis is logarithmic."""

    def tickStrings(self, values: list[float], scale: float, spacing: float) -> list[str]:
        """Plain numbers, with as many digits as their spacing needs."""
        if self.logMode:
            return self.logTickStrings(values, scale, spacing)
        digits = max(0, math.ceil(-math.log10(spacing) - 1e-9)) if spacing > 0 else 0
        form = f".{digits}f" if digits <= MOST_DIGITS else ".0e"
        return [f"{value:{form}}" for value in values]

    def logTickStrings(self, values: list[float], scale: float, spacing: float) -> list[str]:
        """Whole decades only."""
        return [power_of_ten(round(v)) if abs(v - round(v)) < 1e-6 else "" for v in values]

    def logTickValues(
        self, low: float, high: float, size: float, std: list[tuple[float, list[float]]]
    ) -> list[tuple[float | None, list[float]]]:
        """Whole decades only, as many as can be read."""
        exponents = decade_ticks(math.ceil(low), math.floor(high), size, px(SMALL_PX + 3))
        return [(1.0, [float(exponent) for exponent in exponents])]


class ShareAxis(pg.AxisItem):
    """0% to 100%."""

    def tickStrings(self, values: list[float], scale: float, spacing: float) -> list[str]:
        """Whole percent."""
        return [f"{value:.0%}" for value in values]


class TrainingAxis(pg.AxisItem):
    """Training steps, or seconds of training; its name is at its end, after the last number."""

    def __init__(self, orientation: str) -> None:
        super().__init__(orientation)
        self.by_time = False

    @property
    def name(self) -> str:
        """What is counted; one word if there is little room."""
        long, short = _NAMES[self.by_time]
        return long if width_of(long, SMALL_PX) < _NAMES_SHARE * self.size().width() else short

    def show_by_time(self, by_time: bool) -> None:
        """Count seconds, or steps."""
        self.by_time = by_time
        self.picture = None
        self.update()

    def tickStrings(self, values: list[float], scale: float, spacing: float) -> list[str]:
        """Whole steps, or seconds with as many digits as they need; none before the first."""
        if self.by_time:
            digits = max(0, -math.floor(math.log10(spacing) + 1e-9)) if spacing > 0 else 0
            return [f"{value:,.{digits}f}" if value >= 0 else "" for value in values]
        return [f"{value:,.0f}" if value >= 0 and value == round(value) else "" for value in values]

    def generateDrawSpecs(self, painter: QPainter) -> Specs | None:
        """The name at the right end, after the last figure; those it would touch are left out."""
        specs: Specs | None = super().generateDrawSpecs(painter)
        if specs is None:
            return None
        axis, ticks, texts = specs
        name = f"{self.range[1]:,.10g} {_PLURALS.get(self.name, self.name)}"
        wide = width_of(name, SMALL_PX)
        bounds = self.boundingRect()
        top = max([rect.top() for rect, _, _ in texts], default=bounds.top() + 4)
        box = QRectF(self.size().width() - wide, top, wide, bounds.height())
        clear = box.adjusted(-_CLEAR, 0, _CLEAR * 2, 0)
        kept = [text for text in texts if not clear.intersects(text[0])]
        flags = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignTop | Qt.TextFlag.TextDontClip
        return axis, ticks, [*kept, (box, flags, name)]


def style_axis(axis: pg.AxisItem, palette: Palette) -> None:
    """A hairline with quiet figures; width and ticks stay as they are whatever is shown."""
    axis.enableAutoSIPrefix(False)
    axis.setStyle(
        tickFont=font(SMALL_PX),
        tickLength=-3,
        tickTextOffset=5,
        autoExpandTextSpace=False,
        autoReduceTextSpace=False,
        hideOverlappingLabels=False,
    )
    axis.setTickDensity(1 / scale())
    if axis.orientation == "left":
        axis.setWidth(px(LEFT_WIDTH))
    else:
        axis.setHeight(px(BOTTOM_HEIGHT))
    axis.setPen(pg.mkPen(tint(palette.hairline, 255)))
    axis.setTextPen(pg.mkPen(palette.quiet))
