"""The picture of a claim: curves over seeds with their 95% band, or rows with their intervals."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np

from sandbox.cells.known import called
from sandbox.claims.intervals import of_mean
from sandbox.drawing.ranges import round_up
from sandbox.drawing.styles import BASELINE, line_styles
from sandbox.export.figures.axes_on_paper import across_ticks, log_ticks, name_levels, up_ticks
from sandbox.export.figures.paper import (
    MARGIN,
    NAME,
    STRONG,
    TEXT,
    THIN,
    Page,
    line_look,
    page,
    print_style,
    width_of,
)

if TYPE_CHECKING:
    from collections.abc import Iterable

    from numpy.typing import NDArray

    from sandbox.claims.pictures import Curve, Picture
    from sandbox.claims.presets import Preset
    from sandbox.drawing.styles import Palette
    from sandbox.export.figures.paper import Figure, Keywords

WIDTH_MM = 170
GUTTER, RIGHT_EDGE, HEIGHT = 27.0, 10.0, 190.0  # points
ROW = 13.0  # points
BAND, OF_A_SEED = 0.18, 0.35  # opacity
_ROOM = 1.12  # above the highest value
_LEAST = 1e-300
_VERDICTS = {True: "pass", False: "FAIL", None: "no verdict: quick form"}


def claim_figure(preset: Preset, passed: bool | None, picture: Picture) -> Figure:
    """The claim's picture for the report, with its protocol and verdict."""
    with print_style():
        paper = page(WIDTH_MM)
        paper.heading(f"{preset.number}. {preset.title}", preset.protocol)
        notes = draw_picture(paper, picture)
        paper.notes([*notes, f"Passes when: {preset.passes_when}. Measured: {_VERDICTS[passed]}."])
        return paper.finished(preset.title, f"claim {preset.name}; made by Sequence Sandbox")


def bare_figure(picture: Picture, width_mm: float, height: float, palette: Palette) -> Figure:
    """The picture alone, in a window's colours.  height: of its plot, in points."""
    with print_style(palette):
        paper = Page(width_mm, palette=palette)
        paper.notes(draw_picture(paper, picture, height))
        return paper.finished(picture.axis, "measured by Sequence Sandbox")


def draw_picture(paper: Page, picture: Picture, height: float = HEIGHT) -> list[str]:
    """Draw a picture from the page's y on; returns what its notes must say."""
    return _draw_curves(paper, picture, height) if picture.curves else _draw_rows(paper, picture)


def _draw_curves(paper: Page, picture: Picture, height: float) -> list[str]:
    looks = line_styles({curve.name: curve.cell for curve in picture.curves})
    paper.legend([(looks[each.name], called(each.name, each.cell)) for each in picture.curves])
    paper.words(MARGIN + GUTTER, paper.y + NAME * 0.9, picture.axis, NAME)
    paper.y += NAME * 1.5
    width = paper.room - GUTTER - RIGHT_EDGE
    axes = paper.axes(MARGIN + GUTTER, width, height)
    axes.set_yscale("log" if picture.log else "linear")
    bands = [_band(curve, picture.log) for curve in picture.curves]
    axes.set_xlim(0, max(curve.steps[-1] for curve in picture.curves) or 1)
    axes.set_ylim(*_ends([mean for mean, _, _ in bands], picture))
    across_ticks(axes, width, whole=True)
    up_ticks(axes, height)
    axes.set_xlabel(picture.across)
    for value in picture.levels.values():
        axes.axhline(value, color=paper.palette.quiet, lw=0.9, ls=(0, BASELINE.dash))
    for curve, (mean, low, high) in zip(picture.curves, bands, strict=True):
        look = line_look(looks[curve.name], paper.palette)
        if len(curve.values) > 1:
            axes.fill_between(curve.steps, low, high, color=look["color"], alpha=BAND, lw=0)
            for row in np.array(curve.values, np.float64):
                axes.plot(curve.steps, row, color=look["color"], lw=THIN, alpha=OF_A_SEED)
        axes.plot(curve.steps, mean, **look, lw=STRONG, gid="strong")
    names = {f"{name}: {value:.4g}": value for name, value in picture.levels.items()}
    unnamed = name_levels(axes, (width, height), names, paper.palette)
    paper.y += height + TEXT + NAME + 6
    seeds = len(picture.curves[0].values)
    what = "Strong: mean over seeds. Band: its 95% t interval. Thin: each seed."
    notes = [f"{BASELINE.word.capitalize()}: {'; '.join(unnamed)}."] if unnamed else []
    return [*notes, f"{seeds} seeds. {what}" if seeds > 1 else "One seed."]


def _band(curve: Curve, log: bool) -> NDArray[np.float64]:
    """Mean over the seeds and the ends of its interval, (3, n); of logarithms if `log`."""
    values = np.array(curve.values, np.float64)  # NaN where they are not finite
    shown = np.log(np.maximum(values, _LEAST)) if log else values
    ends = [of_mean(c.tolist()) if np.isfinite(c).all() else (math.nan,) * 2 for c in shown.T]
    band = np.vstack([shown.mean(axis=0), np.array(ends).T])
    return np.exp(band) if log else band


def _ends(means: Iterable[NDArray[np.float64]], picture: Picture) -> tuple[float, float]:
    """Ends of the axis: from zero up, or powers of ten."""
    values = np.concatenate([*means, np.array(list(picture.levels.values()))])
    values = values[np.isfinite(values)]
    if picture.log:
        low, high = np.log10([values[values > 0].min(), values.max()])
        return 10.0 ** np.floor(low + 1e-9), 10.0 ** np.ceil(high + 1e-9)
    high = float(values.max())
    high = 1.0 if 0.9 < high <= 1 else round_up(high * _ROOM)  # a share ends at 1
    return -0.02 * high, high * 1.02


def _draw_rows(paper: Page, picture: Picture) -> list[str]:
    names = max(width_of(row.name, TEXT) for row in picture.rows)
    left, height = MARGIN + names + 8, ROW * len(picture.rows)
    width = paper.room - names - 8 - RIGHT_EDGE
    paper.y += 4
    axes = paper.axes(left, width, height)
    axes.set_xscale("log" if picture.log else "linear")
    for value in picture.levels.values():
        axes.axvline(value, color=paper.palette.wrong, lw=0.9, ls=(0, BASELINE.dash))
    values = [row.value for row in picture.rows]
    low, high = np.array([row.interval for row in picture.rows]).T
    colour = line_styles({"": "lstm"})[""].color(paper.palette)
    reach = np.array([values - low, high - values])
    look: Keywords = {"color": colour, "elinewidth": STRONG, "capsize": 2, "capthick": STRONG}
    axes.errorbar(values, range(len(values)), xerr=np.maximum(reach, 0), fmt="s", **look)
    axes.set_yticks(range(len(values)), [row.name for row in picture.rows])
    axes.set_ylim(len(values) - 0.5, -0.5)
    axes.tick_params(axis="y", length=0, pad=5)
    axes.set_xlim(*_row_ends(picture))
    if picture.log:
        log_ticks(axes.xaxis, width, pitch=40.0)
    else:
        across_ticks(axes, width, whole=False)
    axes.set_xlabel(picture.axis)
    paper.y += height + TEXT + NAME + 6
    return [f"{BASELINE.word.capitalize()}: the limits, {' and '.join(picture.levels)}."]


def _row_ends(picture: Picture) -> tuple[float, float]:
    """Ends of the axis, with the limits on it."""
    values = [end for row in picture.rows for end in (*row.interval, row.value)]
    values += list(picture.levels.values())
    if picture.log:
        positive = [value for value in values if value > 0] or [1e-12]
        return 10.0 ** np.floor(np.log10(min(positive))), max(positive) * 3
    reach = max(map(abs, values)) * _ROOM
    return -reach, reach
