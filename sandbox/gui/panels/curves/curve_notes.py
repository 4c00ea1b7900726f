"""The labels of a view of curves, worked out before anything is painted."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal

import numpy as np

from sandbox.drawing.curve_axes import Level, accuracy_levels, loss_levels
from sandbox.drawing.styles import DARK, LineStyle, Palette

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray

    from sandbox.drawing.thinning import Values as Drawn
    from sandbox.gui.panels.curves.plot_axes import TrainingAxisScale
    from sandbox.gui.panels.shared.views import CurveData, CurvesView

    Values = NDArray[np.float64]

Measure = Literal["loss", "accuracy"]
COLUMNS: Mapping[Measure, int] = {"loss": 1, "accuracy": 2}  # of what was measured on the way
PATH_POINTS = 100  # of a curve, enough to know what a label would cover


@dataclass(frozen=True)
class Line:
    """A curve on the training axis: x (n,), and lowest, highest and smoothed value (n,) there."""

    x: NDArray[np.float64]
    low: Drawn
    high: Drawn
    smooth: NDArray[np.float64]


@dataclass(frozen=True)
class CurveEnd:
    """Where a curve ends, or leaves the plot, and its name.

    x: on the training axis.  kind: "own" is a contestant's of this run; "generalisation" is
    its generalisation curve, with hollow markers; "other" is another run's.
    """

    x: float
    value: float
    title: str
    style: LineStyle
    kind: Literal["own", "generalisation", "other"] = "own"


@dataclass(frozen=True)
class Moment:
    """Something that happened at x on the training axis; tone: right, wrong or quiet."""

    x: float
    label: str
    color: str | None
    tone: str


@dataclass(frozen=True)
class Points:
    """Points (n,) over x (n,) of one contestant; hollow: of its generalisation curve."""

    style: LineStyle
    x: Values
    values: Values
    hollow: bool = False


@dataclass
class Notes:
    """Everything written onto one plot.

    paths: the curves, which labels keep clear of.  remark: a sentence about what is not drawn.
    """

    levels: tuple[Level, ...] = ()
    ends: tuple[CurveEnd, ...] = ()
    moments: tuple[Moment, ...] = ()
    markers: tuple[Points, ...] = ()
    paths: tuple[Points, ...] = ()
    palette: Palette = field(default=DARK)
    remark: str = ""


def notes_of(
    view: CurvesView,
    measure: Measure,
    lines: Mapping[str, Line],
    scale: TrainingAxisScale,
    until: float,
    palette: Palette,
) -> Notes:
    """The notes of one plot.

    lines: each contestant's curve.  scale: from steps to the axis.  until: the axis' end, where
    longer curves are named.
    """
    begun = [(line, view.curves[key]) for key, line in lines.items() if len(line.x)]
    ends = [_end(line.x, line.smooth, until, c.title, c.style) for line, c in begun]
    paths = [_path(curve.style, line.x, line.smooth) for line, curve in begun]
    markers = []
    beyond = view.task.split_title(view.task.generalisation or "")
    for curve, points in _generalisation(view, measure, scale):
        name = f"{curve.title}, {beyond}"
        kind: Literal["generalisation"] = "generalisation"
        ends.append(_end(points.x, points.values, until, name, curve.style, kind))
        paths.append(_filled(points))
        markers.append(points)
    for curve in view.curves.values():
        if curve.evaluations:
            tests = curve.tests
            markers.append(Points(curve.style, scale(tests[:, 0]), tests[:, COLUMNS[measure]]))
    for overlay in view.drawn_overlays:
        for other in overlay.curves.values():
            x, values = other.seconds if scale.by_time else other.steps, getattr(other, measure)
            name = f"{other.title} · {overlay.label}"
            ends.append(_end(x, values, until, name, other.style, "other"))
            paths.append(_path(other.style, x, values))
    levels = loss_levels(view.task) if measure == "loss" else accuracy_levels(view.task)
    return Notes(
        levels,
        tuple(ends),
        _moments(view, scale, palette),
        tuple(markers),
        tuple(paths),
        palette,
        view.remark if measure == "loss" else "",
    )


def _generalisation(
    view: CurvesView, measure: Measure, scale: TrainingAxisScale
) -> list[tuple[CurveData, Points]]:
    """Every contestant whose generalisation curve is drawn, and its points."""
    return [
        (curve, Points(curve.style, scale(rows[:, 0]), rows[:, COLUMNS[measure]], hollow=True))
        for curve in view.curves.values()
        for rows in (curve.beyond,)
        if view.generalisation and len(rows)
    ]


def _end(
    x: Values,
    values: Values,
    until: float,
    name: str,
    style: LineStyle,
    kind: Literal["own", "generalisation", "other"] = "own",
) -> CurveEnd:
    """Where a curve is named: at its end, or where it leaves the plot."""
    last = max(int(np.searchsorted(x, until, "right")) - 1, 0)
    return CurveEnd(float(x[last]), float(values[last]), name, style, kind)


def _path(style: LineStyle, x: Values, values: Values) -> Points:
    pitch = max(len(x) // PATH_POINTS, 1)
    return Points(style, x[::pitch], values[::pitch])


def _filled(points: Points) -> Points:
    """The line through a few points, as many as labels need to keep clear of it."""
    x = np.linspace(points.x[0], points.x[-1], PATH_POINTS // 2)
    return Points(points.style, x, np.interp(x, points.x, points.values))


def _moments(view: CurvesView, scale: TrainingAxisScale, palette: Palette) -> tuple[Moment, ...]:
    moments = [Moment(scale.place(step), text, None, "quiet") for step, text in view.changes]
    for curve in view.curves.values():
        if curve.solved_at is not None:
            text, x = f"{curve.title} solved {curve.solved_at:,}", scale.place(curve.solved_at)
            moments.append(Moment(x, text, curve.style.color(palette), "right"))
        if curve.diverged_at is not None:
            text = f"{curve.title} diverged {curve.diverged_at:,}"
            moments.append(Moment(scale.place(curve.diverged_at), text, palette.wrong, "wrong"))
    if view.looking is not None:
        text = f"shown: {view.looking:,}"
        moments.append(Moment(scale.place(view.looking), text, palette.text, "quiet"))
    return tuple(moments)
