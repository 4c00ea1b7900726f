"""Axes of the curves: steps with thousands separated, shares in percent, fixed widths."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pyqtgraph as pg

from sandbox.gui.panels.ink import tint
from sandbox.gui.panels.typeface import SMALL_PX, font
from sandbox.gui.panels.wording import power_of_ten

if TYPE_CHECKING:
    from sandbox.gui.palette import Palette

LEFT_WIDTH = 44
BOTTOM_HEIGHT = 20


class ValueAxis(pg.AxisItem):
    """Losses, or powers of ten where the axis is logarithmic."""

    def tickStrings(self, values: list[float], scale: float, spacing: float) -> list[str]:
        """Plain numbers, as many digits as their spacing needs."""
        if self.logMode:
            return self.logTickStrings(values, scale, spacing)
        digits = 0 if spacing >= 1 else 1 if spacing >= 0.1 else 2
        return [f"{value:.{digits}f}" for value in values]

    def logTickStrings(self, values: list[float], scale: float, spacing: float) -> list[str]:
        """Whole decades only."""
        return [power_of_ten(round(v)) if abs(v - round(v)) < 1e-6 else "" for v in values]

    def logTickValues(
        self, low: float, high: float, size: float, std: list[tuple[float, list[float]]]
    ) -> list[tuple[float | None, list[float]]]:
        """Whole decades only."""
        return [(1.0, [float(v) for v in range(int(low - 1), int(high) + 2) if low <= v <= high])]


class ShareAxis(pg.AxisItem):
    """0% to 100%."""

    def tickStrings(self, values: list[float], scale: float, spacing: float) -> list[str]:
        """Whole percent."""
        return [f"{value:.0%}" for value in values]


class StepAxis(pg.AxisItem):
    """Training steps."""

    def tickStrings(self, values: list[float], scale: float, spacing: float) -> list[str]:
        """Whole steps; none before the first."""
        return [f"{value:,.0f}" if value >= 0 and value == round(value) else "" for value in values]


def fix_axis(axis: pg.AxisItem) -> None:
    """Width, type and ticks that stay as they are whatever is shown."""
    axis.enableAutoSIPrefix(False)
    axis.setStyle(
        tickFont=font(SMALL_PX),
        tickLength=-3,
        tickTextOffset=5,
        autoExpandTextSpace=False,
        autoReduceTextSpace=False,
        hideOverlappingLabels=False,
    )
    if axis.orientation == "left":
        axis.setWidth(LEFT_WIDTH)
    else:
        axis.setHeight(BOTTOM_HEIGHT)


def colour_axis(axis: pg.AxisItem, palette: Palette) -> None:
    """A hairline with quiet figures."""
    axis.setPen(pg.mkPen(tint(palette.hairline, 255)))
    axis.setTextPen(pg.mkPen(palette.quiet))
