"""The gradient strip: how much each step still matters for learning, on a logarithmic axis."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from PySide6.QtCore import QPointF, QRect, Qt
from PySide6.QtGui import QColor, QPainter, QPolygonF

from sandbox.drawing.words import power_of_ten
from sandbox.gui.look.marks import pen, tint, write
from sandbox.gui.look.typeface import SMALL_PX, metrics, width_of
from sandbox.gui.panels.nets.heatmap import paint_name

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from sandbox.drawing.timeline import Timeline
    from sandbox.gui.panels.nets.content import ColumnContent, GradientCurve

FLOOR = 8  # pixels under the lowest decade, where zeros and what is below it are drawn
_TICK_ROOM = 36
_TICK_HEIGHT = 14
_LABEL_HEIGHT = 13
_FURTHEST = 4 * _LABEL_HEIGHT  # from its curve that a name may stand
MEANINGS = {
    False: (
        "how much each step still matters for learning; log scale",
        "size at each step, log scale",
    ),
    True: ("share of its value at the question; log", "share of the question's; log"),
}


def paint_frame(painter: QPainter, rect: QRect, content: ColumnContent) -> None:
    """What does not change with every frame: axis, name and meaning."""
    painter.fillRect(rect, tint(content.palette.quiet, 14))
    _paint_axis(painter, rect, content)
    paint_name(painter, rect, "gradient", MEANINGS[content.relative], content, _TICK_ROOM)


def paint_curves(
    painter: QPainter, rect: QRect, content: ColumnContent, timeline: Timeline
) -> None:
    """The others' curves faintly, this contestant's on top, names at the curves."""
    own = [curve for curve in content.curves if curve.key == content.key]
    for curve in [curve for curve in content.curves if curve.key != content.key] + own:
        _paint_curve(painter, rect, curve, content, timeline)
    _paint_names(painter, rect, content, timeline)


def heights(
    norms: NDArray[np.float64], decades: tuple[int, int], top: float, bottom: float
) -> NDArray[np.float64]:
    """The y of each value: NaN stays NaN, infinite is the top, 0 and what is below the floor."""
    low, high = decades
    with np.errstate(divide="ignore", invalid="ignore"):
        shares = (high - np.log10(norms)) / (high - low)
    y = top + np.clip(shares, 0.0, 1.0) * (bottom - FLOOR - top)
    return np.where(shares > 1.0 + 1e-9, bottom - 2.0, y)


def _plot_edges(rect: QRect) -> tuple[float, float]:
    return rect.top() + 4.0, rect.top() + rect.height() - 1.0


def _paint_axis(painter: QPainter, rect: QRect, content: ColumnContent) -> None:
    top, bottom = _plot_edges(rect)
    low, high = content.decades
    every = _decades_between_ticks(low, high, bottom - FLOOR - top)
    for exponent in (each for each in range(low, high + 1) if each % every == 0):
        y = round(float(heights(np.array([10.0**exponent]), content.decades, top, bottom)[0]))
        painter.fillRect(rect.left(), y, rect.width(), 1, QColor(content.palette.hairline))
        if not (content.floor and y + 12 > bottom):
            _tick(painter, rect, y, power_of_ten(exponent), content)
    if content.floor:
        _tick(painter, rect, bottom - 3, content.floor, content)


def _tick(painter: QPainter, rect: QRect, y: float, text: str, content: ColumnContent) -> None:
    align = Qt.AlignmentFlag.AlignRight
    write(painter, rect.left() - 6, y + 4, text, content.palette.quiet, align=align)


def _decades_between_ticks(low: int, high: int, height: float) -> int:
    """A round number of decades, so that the labels keep clear of one another."""
    least = (high - low) * _TICK_HEIGHT / max(height, 1.0)
    return next((every for every in (1, 2, 3, 4, 5, 6, 8, 10) if every >= least), 20)


def _paint_curve(
    painter: QPainter,
    rect: QRect,
    curve: GradientCurve,
    content: ColumnContent,
    timeline: Timeline,
) -> None:
    own = curve.key == content.key
    color = tint(curve.style.color(content.palette), 255 if own else 130)
    painter.setPen(pen(color, 2 if own else 1, curve.style.dash))
    painter.setRenderHint(QPainter.RenderHint.Antialiasing, own and timeline.steps <= 200)
    y = heights(curve.norms, content.decades, *_plot_edges(rect))
    for run in _runs(timeline.centres(), y):
        painter.drawPolyline(QPolygonF(run)) if len(run) > 1 else painter.drawPoint(run[0])
    painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)


def _runs(x: NDArray[np.float64], y: NDArray[np.float64]) -> list[list[QPointF]]:
    """The points between gaps: what is no number is left out."""
    gaps = np.flatnonzero(np.isnan(y))
    pieces = np.split(np.stack([x, y], axis=1), gaps)
    kept = (piece[~np.isnan(piece[:, 1])].tolist() for piece in pieces)
    return [[QPointF(*point) for point in piece] for piece in kept if piece]


def _paint_names(
    painter: QPainter, rect: QRect, content: ColumnContent, timeline: Timeline
) -> None:
    """Each curve's name at its left end, where the curves are furthest apart."""
    top, bottom = _plot_edges(rect)
    names = []
    for curve in content.curves:
        y = heights(curve.norms[:1], content.decades, top, bottom)[0]
        wrong = not np.all(np.isfinite(curve.norms))
        names.append((float(y) if np.isfinite(y) else bottom, curve, wrong))
    for baseline, curve, wrong in names_apart(names, top, bottom, content.key):
        text = _named(curve, wrong)
        color = content.palette.wrong if wrong else curve.style.color(content.palette)
        bold = curve.key == content.key
        x = rect.left() + 4
        measure = metrics(SMALL_PX, bold=bold)
        text = measure.elidedText(text, Qt.TextElideMode.ElideRight, rect.width() - 8)
        box = QRect(x - 2, round(baseline) - 10, round(width_of(text, SMALL_PX, bold=bold)) + 4, 13)
        painter.fillRect(box, tint(content.palette.ground, 190))
        write(painter, x, round(baseline), text, color, bold=bold)


def _named(curve: GradientCurve, wrong: bool) -> str:
    """Its title, and why no curve is seen where none is."""
    if wrong:
        return f"{curve.title}: not a finite number"
    return curve.title if curve.norms.any() else f"{curve.title}: none, its loss is 0"


def names_apart(
    names: list[tuple[float, GradientCurve, bool]], top: float, bottom: float, own: str
) -> list[tuple[float, GradientCurve, bool]]:
    """Names with baselines that keep clear of one another.

    Where room is short, the own name is kept, and of the others those that stay near their curves.
    """
    room = max(int((bottom - 2 - top) // _LABEL_HEIGHT), 1)
    by_need = sorted(names, key=lambda name: name[1].key != own)[:room]
    by_need.sort(key=lambda name: name[0])
    baselines: list[float] = []
    for y, _, _ in by_need:
        baseline = y + _LABEL_HEIGHT if y < top + _LABEL_HEIGHT + 2 else y - 4
        baselines.append(max([baseline, *(b + _LABEL_HEIGHT for b in baselines[-1:])]))
    last = bottom - 2
    for number in reversed(range(len(baselines))):  # what fell out at the bottom goes up again
        baselines[number] = last = min(baselines[number], last)
        last -= _LABEL_HEIGHT
    return [
        (baseline, curve, wrong)
        for baseline, (y, curve, wrong) in zip(baselines, by_need, strict=True)
        if curve.key == own or wrong or abs(baseline - y) <= _FURTHEST
    ]
