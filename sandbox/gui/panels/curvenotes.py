"""What is written onto the curves of a view: resolved from it, before anything is painted."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from sandbox.gui.panels.annotations import CurveEnd, Level, Moment, Notes, Points
from sandbox.gui.panels.wording import percent

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray

    from sandbox.gui.palette import Palette
    from sandbox.gui.views import CurveData, CurvesView
    from sandbox.tasks.base import Task

    Smooth = Mapping[str, NDArray[np.float64]]

PATH_POINTS = 100  # of a curve, enough to know what a label would cover


def loss_notes(view: CurvesView, smooth: Smooth, palette: Palette) -> Notes:
    """Baselines with their names; smooth: each contestant's smoothed loss."""
    levels = [Level(line.loss, line.label) for line in view.task.baselines]
    return _notes(view, smooth, 1, levels + _criterion(view.task, "loss"), palette)


def accuracy_notes(view: CurvesView, smooth: Smooth, palette: Palette) -> Notes:
    """Baselines that have an accuracy; smooth: each contestant's smoothed accuracy."""
    levels = [
        Level(line.accuracy, f"{line.label.partition(':')[0]}: {percent(line.accuracy)}")
        for line in view.task.baselines
        if line.accuracy is not None
    ]
    return _notes(view, smooth, 2, levels + _criterion(view.task, "accuracy"), palette)


def _notes(
    view: CurvesView, smooth: Smooth, column: int, levels: list[Level], palette: Palette
) -> Notes:
    ends = tuple(
        CurveEnd(float(curve.steps[-1]), float(smooth[key][-1]), curve.title, curve.style)
        for key, curve in view.curves.items()
        if len(curve.steps)
    )
    paths = tuple(
        _path(curve, smooth[key]) for key, curve in view.curves.items() if len(curve.steps)
    )
    evaluations = tuple(
        _points(curve, column) for curve in view.curves.values() if curve.evaluations
    )
    return Notes(tuple(levels), ends, _moments(view, palette), evaluations, paths, palette)


def _path(curve: CurveData, smooth: NDArray[np.float64]) -> Points:
    pitch = max(len(smooth) // PATH_POINTS, 1)
    return Points(curve.style, curve.steps[::pitch], smooth[::pitch])


def _points(curve: CurveData, column: int) -> Points:
    table = np.array(curve.evaluations, np.float64)
    return Points(curve.style, table[:, 0], table[:, column])


def _moments(view: CurvesView, palette: Palette) -> tuple[Moment, ...]:
    moments = [Moment(step, text, None, "quiet") for step, text in view.changes]
    for curve in view.curves.values():
        if curve.solved_at is not None:
            text = f"{curve.title} solved {curve.solved_at:,}"
            moments.append(Moment(curve.solved_at, text, curve.style.color(palette), "right"))
        if curve.diverged_at is not None:
            text = f"{curve.title} diverged {curve.diverged_at:,}"
            moments.append(Moment(curve.diverged_at, text, palette.wrong, "wrong"))
    if view.looking is not None:
        moments.append(Moment(view.looking, f"shown: {view.looking:,}", palette.text, "quiet"))
    return tuple(moments)


def _criterion(task: Task, metric: str) -> list[Level]:
    if task.criterion.metric != metric:
        return []
    threshold = task.criterion.threshold
    if metric == "accuracy":
        return [Level(threshold, f"solved from {percent(threshold)} on", criterion=True)]
    return [Level(threshold, f"solved below {threshold:g}", criterion=True)]
