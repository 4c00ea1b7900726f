"""The picture of a claim, in print style: curves over seeds with their 95% band, or rows."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np

from sandbox.claims.intervals import of_mean
from sandbox.export.figures import axes
from sandbox.export.figures.axes import Scale
from sandbox.export.figures.drawing import Box, Patch
from sandbox.export.figures.ink import (
    COLOURS,
    FRAME,
    INK,
    NAME,
    QUIET,
    STRONG,
    TEXT,
    THIN,
    WRONG,
    styles,
)
from sandbox.export.figures.page import MARGIN, Entry, Page, page
from sandbox.export.figures.placing import Placing
from sandbox.export.figures.plots import nice_end
from sandbox.export.figures.thinning import between
from sandbox.export.figures.typeface import application, width_of

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray

    from sandbox.claims.campaign import Finding
    from sandbox.claims.measure.claim import Curve, Picture, Row
    from sandbox.export.figures.figure import Figure
    from sandbox.export.figures.ink import Style

WIDTH_MM = 170
GUTTER, RIGHT_EDGE, HEIGHT = 27.0, 10.0, 190.0  # points
ROW = 13.0  # points
BAND, OF_A_SEED = 0.18, 0.35  # opacity
LEVEL_DASH = (3.0, 2.0)
_ROOM = 1.12  # above the highest value
_LEAST = 1e-300


def figure_of(finding: Finding) -> Figure:
    """The claim's picture; fonts need Qt, but no screen."""
    preset, picture = finding.preset, finding.outcome.picture
    with application():
        paper = page(WIDTH_MM)
        paper.heading(f"{preset.number}. {preset.title}", preset.protocol)
        notes = _draw_curves(paper, picture) if picture.curves else _draw_rows(paper, picture)
        verdict = {True: "pass", False: "FAIL", None: "no verdict: quick form"}
        notes.append(
            f"Passes when: {preset.passes_when}. Measured: {verdict[finding.outcome.passed]}."
        )
        paper.notes(notes)
        return paper.finished(preset.title, f"claim {preset.name}; made by Sequence Sandbox")


def _draw_curves(paper: Page, picture: Picture) -> list[str]:
    looks = styles({curve.name: curve.cell for curve in picture.curves})
    paper.legend([Entry(looks[curve.name], curve.name) for curve in picture.curves])
    frame = Box(MARGIN + GUTTER, paper.y + NAME * 1.5, paper.room - GUTTER - RIGHT_EDGE, HEIGHT)
    paper.drawing.words(frame.left, paper.y + NAME * 0.9, picture.axis, NAME)
    last = max(curve.steps[-1] for curve in picture.curves)
    x = Scale(0.0, float(max(last, 1)), frame.left, frame.right)
    y = Scale(*_ends(picture), frame.bottom, frame.top, picture.log)
    axes.draw_up(paper.drawing, frame, y, axes.up_ticks(y))
    for value in picture.levels.values():
        ends = [(frame.left, y.place(value)), (frame.right, y.place(value))]
        paper.drawing.line(ends, QUIET, 0.7, LEVEL_DASH)
    strong = [_draw_curve(paper, curve, looks[curve.name], x, y) for curve in picture.curves]
    unnamed = _name_levels(paper, Placing(frame, strong), y, picture.levels)
    paper.drawing.frame(frame, INK, FRAME)
    paper.y = axes.draw_across(
        paper.drawing, frame, x, axes.across_ticks(x, whole=True), picture.across
    )
    seeds = len(picture.curves[0].values)
    what = "Strong: mean over seeds. Band: its 95% t interval. Thin: each seed."
    return [*unnamed, f"{seeds} seeds. {what}" if seeds > 1 else "One seed."]


def _draw_curve(paper: Page, curve: Curve, style: Style, x: Scale, y: Scale) -> NDArray[np.float64]:
    """Band, seeds and mean; the mean's points on paper."""
    values = np.array(curve.values, np.float64)
    across = x.at(np.array(curve.steps))
    mean, low, high = _band(values, y.log)
    if len(values) > 1:
        there, back = np.column_stack([across, y.at(low)]), np.column_stack([across, y.at(high)])
        inside = np.clip(np.vstack([there, back[::-1]]), [-math.inf, y.end], [math.inf, y.start])
        paper.drawing.items.append(Patch(inside, style.colour, BAND))
        for row in values:
            seen = between(np.column_stack([across, y.at(row)]), y.end, y.start)
            paper.drawing.line(seen, style.colour, THIN, (), OF_A_SEED)
    points = between(np.column_stack([across, y.at(mean)]), y.end, y.start)
    paper.drawing.line(points, style.colour, STRONG, style.dash)
    return points


def _band(
    values: NDArray[np.float64], log: bool
) -> tuple[NDArray[np.float64], NDArray[np.float64], NDArray[np.float64]]:
    """Mean and ends of its interval at every step, (n,) each; of logarithms on such an axis."""
    shown = np.log(np.maximum(values, _LEAST)) if log else values
    ends = np.array([of_mean(column.tolist()) for column in shown.T])
    made = shown.mean(axis=0), ends[:, 0], ends[:, 1]
    return (np.exp(made[0]), np.exp(made[1]), np.exp(made[2])) if log else made


def _ends(picture: Picture) -> tuple[float, float]:
    """Ends of the axis: from zero, or by powers of ten."""
    parts = [np.ravel(curve.values) for curve in picture.curves]
    values = np.concatenate([*parts, np.array(list(picture.levels.values()))])
    values = values[np.isfinite(values)]
    if picture.log:
        positive = values[values > 0]
        low, high = float(positive.min()), float(positive.max())
        return 10.0 ** math.floor(math.log10(low)), 10.0 ** math.ceil(math.log10(high) + 1e-9)
    high = float(values.max())
    calm = max(picture.levels.values(), default=high) * 2  # a moment's leap does not stretch it
    high = nice_end(min(high, calm) * (1.0 if high <= 1 and calm >= 1 else _ROOM))
    return -0.02 * high, high * 1.02


def _name_levels(paper: Page, placing: Placing, y: Scale, levels: Mapping[str, float]) -> list[str]:
    """Names at their lines; a note of those for which there is no room."""
    unnamed = [
        f"{name}: {value:.4g}"
        for name, value in levels.items()
        if not placing.beside_line(paper.drawing, y.place(value), f"{name}: {value:.4g}")
    ]
    return [f"Dashed: {'; '.join(unnamed)}."] if unnamed else []


def _draw_rows(paper: Page, picture: Picture) -> list[str]:
    names = max(width_of(row.name, TEXT) for row in picture.rows)
    left = MARGIN + names + 8
    height = ROW * len(picture.rows)
    frame = Box(left, paper.y + 4, paper.room - names - 8 - RIGHT_EDGE, height)
    x = Scale(*_row_ends(picture), frame.left, frame.right, picture.log)
    for value in picture.levels.values():
        ends = [(x.place(value), frame.top), (x.place(value), frame.bottom)]
        paper.drawing.line(ends, WRONG, 0.7, LEVEL_DASH)
    for place, row in enumerate(picture.rows):
        _draw_row(paper, row, frame.top + ROW * (place + 0.5), left, x)
    paper.drawing.frame(frame, INK, FRAME)
    ticks = axes.decade_ticks(x, 40.0) if picture.log else axes.across_ticks(x, whole=False)
    paper.y = axes.draw_across(paper.drawing, frame, x, ticks, picture.axis)
    return [f"Dashed: the limits, {' and '.join(picture.levels)}."]


def _draw_row(paper: Page, row: Row, y: float, left: float, x: Scale) -> None:
    paper.drawing.words(left - 5, y + TEXT * 0.36, row.name, TEXT, anchor="end")
    low, high = (x.place(end) for end in row.interval)
    paper.drawing.line([(low, y), (high, y)], COLOURS[1], STRONG)
    for end in (low, high):
        paper.drawing.line([(end, y - 2), (end, y + 2)], COLOURS[1], STRONG)
    place = x.place(row.value)
    paper.drawing.fill(Box(place - 2, y - 2, 4, 4), COLOURS[1])


def _row_ends(picture: Picture) -> tuple[float, float]:
    """Ends of the axis, with the limits on it."""
    values = [end for row in picture.rows for end in (*row.interval, row.value)]
    values += list(picture.levels.values())
    if picture.log:
        positive = [value for value in values if value > 0] or [1e-12]
        return 10.0 ** math.floor(math.log10(min(positive))), max(positive) * 3
    reach = max(map(abs, values)) * _ROOM
    return -reach, reach
