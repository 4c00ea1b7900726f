"""Axes in print: ticks whose labels do not touch, and names of levels that cover little."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np
from matplotlib.ticker import (
    FixedLocator,
    FuncFormatter,
    MaxNLocator,
    NullLocator,
    PercentFormatter,
)

from sandbox.drawing.placing import Box, Placing, beside_line
from sandbox.drawing.ranges import decade_ticks
from sandbox.drawing.styles import PRINT
from sandbox.drawing.wording import power_of_ten
from sandbox.export.figures.paper import LEADING, SMALL, TEXT, together, width_of, wrap

if TYPE_CHECKING:
    from collections.abc import Mapping

    from matplotlib.axes import Axes
    from matplotlib.axis import Axis
    from numpy.typing import NDArray

    from sandbox.drawing.styles import Palette

_STEPS = [1, 2, 2.5, 5, 10]
_MOST_TICKS = 8
_MOST_COVERED = 12  # points of curve length that a name may cover


def across_ticks(axes: Axes, width: float, whole: bool) -> None:
    """Ticks of a horizontal axis `width` points wide.  whole: at whole numbers only."""
    words = width_of(f"{max(map(abs, axes.get_xlim())):,.3g}", TEXT) + 5
    most = min(max(int(width / words), 1), _MOST_TICKS)
    axes.xaxis.set_major_locator(MaxNLocator(most, steps=_STEPS, integer=whole))
    axes.xaxis.set_major_formatter(FuncFormatter(_plain))


def up_ticks(axes: Axes, height: float, share: bool = False) -> None:
    """Ticks of a vertical axis `height` points high.  share: in percent."""
    axes.grid(axis="y")
    if axes.get_yscale() == "log":
        log_ticks(axes.yaxis, height)
    elif share:
        axes.yaxis.set_major_formatter(PercentFormatter(1, decimals=0))


def log_ticks(axis: Axis, length: float, pitch: float = 1.5 * TEXT) -> None:
    """Ticks at powers of ten, at least `pitch` points apart; also 2 and 5 in a single decade."""
    low, high = (round(math.log10(end)) for end in axis.get_view_interval())
    exponents = decade_ticks(low, high, length, pitch)
    mantissas = (1, 2, 5) if high - low <= 1 else (1,)
    axis.set_major_locator(FixedLocator([m * 10.0**n for n in exponents for m in mantissas]))
    axis.set_minor_locator(NullLocator())
    axis.set_major_formatter(FuncFormatter(_power))


def _plain(value: float, _: int | None) -> str:
    return f"{value:,.10g}".replace("-", "−")


def _power(value: float, _: int | None) -> str:
    exponent = math.log10(value)
    whole = math.isclose(exponent, round(exponent), abs_tol=1e-9)
    return power_of_ten(round(exponent)) if whole else f"{value:g}"


def name_levels(
    axes: Axes, size: tuple[float, float], levels: Mapping[str, float], palette: Palette = PRINT
) -> list[str]:
    """Write every level's name at its line; returns the names without room.

    size: of the axes in points.  Names avoid the strong and the generalisation curves.
    """
    width, height = size
    to_share = axes.transData - axes.transAxes
    curves = [
        _dense(to_share.transform(np.column_stack(line.get_data(orig=False))) * size)
        for line in axes.lines
        if line.get_gid() in ("strong", "generalisation")
    ]
    points = np.vstack([np.empty((0, 2)), *curves]) * (1, -1) + (0, height)  # y downwards
    placing = Placing(Box(0, 0, width, height), points)
    unnamed = []
    for name, value in levels.items():
        y = height * (1 - to_share.transform((axes.get_xlim()[1], value))[1])
        what, colon, figure = name.partition(": ")  # the number is not broken across lines
        rows = wrap(what + colon + together(figure), width * 0.94 - 4, SMALL)
        wide = max(width_of(row, SMALL) for row in rows) + 3
        boxes = beside_line(placing.frame, y, wide, len(rows) * SMALL * LEADING)
        if (chosen := placing.place(boxes, most=_MOST_COVERED)) < 0:
            unnamed.append(name)
            continue
        box = boxes[chosen]
        axes.text(
            (box.left + 1.5) / width,
            1 - (box.top + box.height / 2) / height,
            "\n".join(rows),
            transform=axes.transAxes,
            fontsize=SMALL,
            color=palette.quiet,
            linespacing=LEADING - 0.15,
            va="center",
            zorder=1.9,  # curves are drawn over it
            bbox={"facecolor": palette.ground, "alpha": 0.8, "lw": 0, "pad": 0.4},
        )
    return unnamed


def _dense(points: NDArray[np.float64]) -> NDArray[np.float64]:
    """A line (n, 2) resampled to points about one apart, (m, 2)."""
    points = points[np.isfinite(points).all(axis=1)]
    if len(points) < 2:
        return points
    lengths = np.hypot(*np.diff(points, axis=0).T)
    along = np.concatenate([[0.0], np.cumsum(lengths)])
    places = np.linspace(0.0, along[-1], min(int(along[-1]) + 2, 5_000))
    return np.column_stack([np.interp(places, along, column) for column in points.T])
