"""What is written onto the curves of a view: resolved from it, before anything is painted."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from sandbox.drawing.words import percent
from sandbox.gui.panels.curves.annotations import CurveEnd, Level, Moment, Notes, Points
from sandbox.tasks.shown import counted

if TYPE_CHECKING:
    from collections.abc import Mapping
    from typing import Literal

    from numpy.typing import NDArray

    from sandbox.drawing.styles import LineStyle, Palette
    from sandbox.gui.panels.curves.curveplot import Line
    from sandbox.gui.panels.curves.training_axis import Along
    from sandbox.gui.panels.shared.views import CurvesView
    from sandbox.tasks.base import Task

    Lines = Mapping[str, Line]
    Values = NDArray[np.float64]
    Measure = Literal["loss", "accuracy"]

PATH_POINTS = 100  # of a curve, enough to know what a label would cover


def loss_notes(
    view: CurvesView, lines: Lines, along: Along, until: float, palette: Palette
) -> Notes:
    """Baselines with their names; lines: each contestant's loss.

    along: steps to the axis.  until: the axis' end: longer curves are named there.
    """
    levels = [Level(line.loss, line.label) for line in view.task.baselines]
    levels += _criterion(view.task, "loss")
    return _notes(view, lines, "loss", levels, along, until, palette)


def accuracy_notes(
    view: CurvesView, lines: Lines, along: Along, until: float, palette: Palette
) -> Notes:
    """Baselines that have an accuracy; lines: each contestant's accuracy; see `loss_notes`."""
    levels = [
        Level(line.accuracy, f"{line.label.partition(':')[0]}: {percent(line.accuracy)}")
        for line in view.task.baselines
        if line.accuracy is not None
    ]
    levels += _criterion(view.task, "accuracy")
    return _notes(view, lines, "accuracy", levels, along, until, palette)


def _notes(
    view: CurvesView,
    lines: Lines,
    measure: Measure,
    levels: list[Level],
    along: Along,
    until: float,
    palette: Palette,
) -> Notes:
    column = 1 if measure == "loss" else 2
    begun = [(line, view.curves[key]) for key, line in lines.items() if len(line.x)]
    ends = [_end(line.x, line.smooth, until, c.title, c.style) for line, c in begun]
    paths = [_path(curve.style, line.x, line.smooth) for line, curve in begun]
    tested = [curve for curve in view.curves.values() if curve.evaluations]
    others, their_paths = _others(view, measure, along, until)
    beyond = _beyond(view, column, along)
    their_paths += tuple(_filled(points) for _, points in beyond)
    named = [_end(p.steps, p.values, until, name, p.style, hollow=True) for name, p in beyond]
    return Notes(
        tuple(levels),
        tuple(ends),
        _moments(view, along, palette),
        (
            *(points for _, points in beyond),
            *(Points(c.style, along(c.tests[:, 0]), c.tests[:, column]) for c in tested),
        ),
        (*paths, *their_paths),
        palette,
        (*named, *others),
    )


def _beyond(view: CurvesView, column: int, along: Along) -> list[tuple[str, Points]]:
    """Name and points of every curve of generalisation that is drawn."""
    if not view.generalisation:
        return []
    return [
        (
            f"{curve.title}, {view.task.generalisation}",
            Points(curve.style, along(curve.beyond[:, 0]), curve.beyond[:, column], hollow=True),
        )
        for curve in view.curves.values()
        if len(curve.beyond)
    ]


def _others(
    view: CurvesView, measure: Measure, along: Along, until: float
) -> tuple[tuple[CurveEnd, ...], tuple[Points, ...]]:
    """Where other runs' curves end, named by contestant and run; and their paths."""
    ends, paths = [], []
    for overlay in view.overlays:
        for curve in overlay.curves.values():
            x, values = curve.seconds if along.by_time else curve.steps, getattr(curve, measure)
            name = f"{curve.title} · {overlay.label}"
            ends.append(_end(x, values, until, name, curve.style))
            paths.append(_path(curve.style, x, values, PATH_POINTS // 2))
    return tuple(ends), tuple(paths)


def _end(
    x: Values, values: Values, until: float, name: str, style: LineStyle, hollow: bool = False
) -> CurveEnd:
    """Where a curve is named: at its end, or where it leaves the plot."""
    last = max(int(np.searchsorted(x, until, "right")) - 1, 0)
    return CurveEnd(float(x[last]), float(values[last]), name, style, hollow)


def _path(style: LineStyle, x: Values, values: Values, most: int = PATH_POINTS) -> Points:
    pitch = max(len(x) // most, 1)
    return Points(style, x[::pitch], values[::pitch])


def _filled(points: Points) -> Points:
    """The line through a few points, as many as labels need to keep clear of it."""
    steps = np.linspace(points.steps[0], points.steps[-1], PATH_POINTS // 2)
    return Points(points.style, steps, np.interp(steps, points.steps, points.values))


def _moments(view: CurvesView, along: Along, palette: Palette) -> tuple[Moment, ...]:
    moments = [Moment(along.place(step), text, None, "quiet") for step, text in view.changes]
    for curve in view.curves.values():
        if curve.solved_at is not None:
            text, place = f"{curve.title} solved {curve.solved_at:,}", along.place(curve.solved_at)
            moments.append(Moment(place, text, curve.style.color(palette), "right"))
        if curve.diverged_at is not None:
            text = f"{curve.title} diverged {curve.diverged_at:,}"
            moments.append(Moment(along.place(curve.diverged_at), text, palette.wrong, "wrong"))
    if view.looking is not None:
        text = f"shown: {view.looking:,}"
        moments.append(Moment(along.place(view.looking), text, palette.text, "quiet"))
    return tuple(moments)


def _criterion(task: Task, metric: str) -> list[Level]:
    if task.criterion.metric != metric:
        return []
    threshold = task.criterion.threshold
    if metric == "accuracy":
        return [
            Level(
                threshold,
                f"solved from {percent(threshold)}{counted(task) or ' on'}",
                criterion=True,
            )
        ]
    return [Level(threshold, f"solved below {threshold:.3g}", criterion=True)]
