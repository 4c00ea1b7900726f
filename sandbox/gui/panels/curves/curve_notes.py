"""What one plot of curves shows, worked out before anything is painted."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

import numpy as np

from sandbox.drawing.curve_axes import Level, accuracy_levels, loss_levels
from sandbox.drawing.styles import DARK, LineStyle, Palette

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from numpy.typing import NDArray

    from sandbox.drawing.thinning import Values as Drawn
    from sandbox.gui.panels.curves.curve_detail import Details
    from sandbox.gui.panels.curves.plot_axes import TrainingAxisScale
    from sandbox.gui.panels.shared.views import CurvesView

    Values = NDArray[np.float64]

Measure = Literal["loss", "accuracy"]
Kind = Literal["own", "generalisation", "other"]
COLUMNS: Mapping[Measure, int] = {"loss": 1, "accuracy": 2}  # of what was measured on the way
PATH_POINTS = 100  # of a curve, enough to know what a label would cover


@dataclass(frozen=True)
class DrawnCurve:
    """A curve on the training axis: x and (smoothed) values, each (n,), n at least 1.

    kind: "own" is a contestant's of this run; "generalisation" is its generalisation curve, with
    hollow markers; "other" is another run's.  key: the run ("" for this one) and the contestant.
    low, high: what was measured at each x, of own curves.
    """

    kind: Kind
    key: tuple[str, str]
    title: str
    style: LineStyle
    x: Values
    values: Values
    low: Drawn | None = None
    high: Drawn | None = None
    diverged: bool = False

    def is_drawn_like(self, other: DrawnCurve) -> bool:
        """Whether both have the same points; own curves may grow in place, so they never do."""
        return self.kind != "own" and all(
            one is another or np.array_equal(one, another, equal_nan=True)
            for one, another in ((self.x, other.x), (self.values, other.values))
        )

    def end(self, until: float) -> CurveEnd:
        """Where it is named: at its end, or where it leaves the plot at `until`."""
        last = max(int(np.searchsorted(self.x, until, "right")) - 1, 0)
        x, value = float(self.x[last]), float(self.values[last])
        return CurveEnd(x, value, self.title, self.style, self.kind)

    @property
    def path(self) -> Points:
        """Some of its points, as many as labels need to keep clear of it."""
        if self.kind == "generalisation":  # a line through a few points
            x = np.linspace(self.x[0], self.x[-1], PATH_POINTS // 2)
            return Points(self.style, x, np.interp(x, self.x, self.values))
        pitch = max(len(self.x) // PATH_POINTS, 1)
        return Points(self.style, self.x[::pitch], self.values[::pitch])


@dataclass(frozen=True)
class CurveEnd:
    """Where a curve ends, or leaves the plot, and its name; x is on the training axis."""

    x: float
    value: float
    title: str
    style: LineStyle
    kind: Kind


@dataclass(frozen=True)
class Moment:
    """Something that happened at x on the training axis; tone: right, wrong or quiet."""

    x: float
    label: str
    color: str
    tone: str


@dataclass(frozen=True)
class Points:
    """Points (n,) over x (n,) of one contestant; hollow: of its generalisation curve."""

    style: LineStyle
    x: Values
    values: Values
    hollow: bool = False


@dataclass(frozen=True)
class Notes:
    """Everything written onto one plot.

    paths: the curves, which labels keep clear of.  remark: a sentence about what is not drawn.
    """

    levels: tuple[Level, ...] = ()
    ends: tuple[CurveEnd, ...] = ()
    moments: tuple[Moment, ...] = ()
    markers: tuple[Points, ...] = ()
    paths: tuple[Points, ...] = ()
    palette: Palette = DARK
    remark: str = ""


def curves_of(
    view: CurvesView, measure: Measure, scale: TrainingAxisScale, details: Details
) -> list[DrawnCurve]:
    """All curves of one plot.  scale: from steps to the axis."""
    curves = [
        DrawnCurve(
            "own",
            ("", key),
            curve.title,
            curve.style,
            *details.points(view, key, measure, scale),
            diverged=curve.diverged_at is not None,
        )
        for key, curve in view.curves.items()
        if len(curve.steps)
    ]
    beyond, column = view.task.split_title(view.task.generalisation or ""), COLUMNS[measure]
    for key, curve in view.curves.items():
        if view.generalisation and len(rows := curve.beyond):
            title, x = f"{curve.title}, {beyond}", scale(rows[:, 0])
            kind: Kind = "generalisation"
            curves.append(DrawnCurve(kind, ("", key), title, curve.style, x, rows[:, column]))
    for overlay in view.drawn_overlays:
        for name, other in overlay.curves.items():
            title = f"{other.title} · {overlay.label}"
            x, values = other.seconds if scale.by_time else other.steps, getattr(other, measure)
            curves.append(DrawnCurve("other", (overlay.run, name), title, other.style, x, values))
    return curves


def notes_of(
    view: CurvesView,
    measure: Measure,
    curves: Sequence[DrawnCurve],
    scale: TrainingAxisScale,
    until: float,
    palette: Palette,
) -> Notes:
    """The notes of one plot.

    scale: from steps to the axis.  until: the axis' end, where longer curves are named.
    """
    markers = [
        Points(curve.style, curve.x, curve.values, hollow=True)
        for curve in curves
        if curve.kind == "generalisation"
    ]
    for curve in view.curves.values():
        if curve.evaluations:
            tests = curve.tests
            markers.append(Points(curve.style, scale(tests[:, 0]), tests[:, COLUMNS[measure]]))
    return Notes(
        loss_levels(view.task) if measure == "loss" else accuracy_levels(view.task),
        tuple(curve.end(until) for curve in curves),
        _moments(view, scale, palette),
        tuple(markers),
        tuple(curve.path for curve in curves),
        palette,
        view.remark if measure == "loss" else "",
    )


def _moments(view: CurvesView, scale: TrainingAxisScale, palette: Palette) -> tuple[Moment, ...]:
    found = [(step, text, palette.quiet, "quiet") for step, text in view.changes]
    for curve in view.curves.values():
        if (step := curve.solved_at) is not None:
            color = curve.style.color(palette)
            found.append((step, f"{curve.title} solved {step:,}", color, "right"))
        if (step := curve.diverged_at) is not None:
            found.append((step, f"{curve.title} diverged {step:,}", palette.wrong, "wrong"))
    if (step := view.looking) is not None:
        found.append((step, f"shown: {step:,}", palette.text, "quiet"))
    return tuple(Moment(scale.place(step), *more) for step, *more in found)
