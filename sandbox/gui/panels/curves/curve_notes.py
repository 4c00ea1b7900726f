"""What one plot of curves shows, worked out before anything is painted."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

import numpy as np
from PySide6.QtCore import QObject, QTimer, Signal

from sandbox.drawing.curve_axes import Level, accuracy_levels, loss_levels
from sandbox.drawing.smoothing import Smoothing
from sandbox.drawing.styles import DARK, LineStyle, Palette
from sandbox.gui.session.curvebuffer import Band

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from numpy.typing import NDArray

    from sandbox.drawing.smoothing import Values as Drawn
    from sandbox.gui.panels.shared.views import CurvesView, TrainingAxisScale
    from sandbox.gui.session.curvebuffer import Detail, Floats

    Values = NDArray[np.float64]

Measure = Literal["loss", "accuracy"]
Kind = Literal["own", "generalisation", "other", "simple"]
COLUMNS: Mapping[Measure, int] = {"loss": 1, "accuracy": 2}  # of what was measured on the way
PATH_POINTS = 80  # of a curve, enough to know what a label would cover
SETTLE_MS = 200  # how long a zoom must rest before its steps are asked for


@dataclass(frozen=True)
class DrawnCurve:
    """A curve on the training axis: x and (smoothed) values, each (n,), n at least 1.

    kind: "own" is a contestant's of this run; "generalisation" is its generalisation curve, with
    hollow markers; "other" is another run's; "simple" is a forecast without a net.  key: the run
    ("" for this one) and the contestant.
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
        starts = np.arange(0, len(self.x), max(len(self.x) // PATH_POINTS, 1))
        x, values = self.x[starts], self.values[starts]
        if self.low is None or self.high is None:
            return Points(self.style, x, values)
        ends = np.fmin.reduceat(self.low, starts), np.fmax.reduceat(self.high, starts)
        return Points(self.style, np.tile(x, 3), np.concatenate([values, *ends]))


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
    """Something that happened at x on the training axis; tone: right, wrong or quiet.

    short: what is written where the whole label would lie over curves.
    """

    x: float
    label: str
    short: str
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
        _moments(view, measure, scale, palette),
        tuple(markers),
        tuple(curve.path for curve in curves),
        palette,
        view.remark if measure == "loss" else "",
    )


def _moments(
    view: CurvesView, measure: Measure, scale: TrainingAxisScale, palette: Palette
) -> tuple[Moment, ...]:
    found = [(step, text, text, palette.quiet, "quiet") for step, text in view.changes]
    for curve in view.curves.values():
        if (step := curve.solved_at) is not None:
            text, color = f"{curve.title} solved {step:,}", curve.style.color(palette)
            found.append((step, text, f"{step:,}", color, "right"))
        if (step := curve.diverged_at) is not None:
            text = f"{curve.title} diverged {step:,}"
            found.append((step, text, f"{step:,}", palette.wrong, "wrong"))
    if measure == "loss":
        found += _comments(view, palette)
    if (step := view.looking) is not None:
        text = f"shown: {step:,}"
        found.append((step, text, text, palette.text, "quiet"))
    return tuple(Moment(scale.place(step), *more) for step, *more in found)


def _comments(view: CurvesView, palette: Palette) -> Iterator[tuple[int, str, str, str, str]]:
    """What is said of places of the curves, as far as their nets are there."""
    for key, step, words in view.comments:
        if key in view.curves:
            curve = view.curves[key]
            yield step, f"{curve.title} {words}", words, curve.style.color(palette), "quiet"


# -- every step where a zoom is finer than the bins -------------------------------------


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
        steps = max((curve.steps for curve in view.curves.values()), key=len, default=np.empty(0))
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

    def points(
        self, view: CurvesView, key: str, measure: str, scale: TrainingAxisScale
    ) -> tuple[Values, Values, Floats, Floats]:
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


def _spliced(
    ends: Values, band: Band, steps: NDArray[np.int64], values: Floats
) -> tuple[Values, Band]:
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
