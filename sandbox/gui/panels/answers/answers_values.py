"""Values over time: what a net predicts over what is right, and what it goes on with by itself."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np
from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPen, QPolygonF

from sandbox.gui.look.marks import marker, pen, tint, write
from sandbox.gui.look.typeface import SMALL_PX, width_of
from sandbox.gui.panels.answers.answers_words import number
from sandbox.gui.panels.nets.adaptive_ranges import PATIENCE
from sandbox.gui.panels.nets.geometry import MARGIN

if TYPE_CHECKING:
    from collections.abc import Iterable

    from sandbox.gui.panels.answers.answers_content import AnswersContent, Floats
    from sandbox.gui.panels.answers.answers_places import Places

BEYOND = 1.0  # of the right values' span, which predictions are followed beyond them
MARKED = 9  # pixels a step from which on each question has a mark of its own
ITSELF = "fed on itself"
RING = 5.5  # pixels, the radius of what is right: a net's own mark can be seen in it
SAMPLE = 18  # pixels of a line, before its name


class ValueRange:
    """The ends of the axis: they grow at once and shrink slowly."""

    def __init__(self) -> None:
        self.low, self.high = 0.0, 1.0
        self._fresh, self._calm = True, 0

    def update(self, right: Floats, given: Iterable[Floats]) -> tuple[float, float]:
        """Take in what is right and what is given; what lies far out is not followed."""
        needed = needed_range(right, given)
        wider = min(self.low, needed[0]), max(self.high, needed[1])
        self._calm = self._calm + 1 if needed != (self.low, self.high) == wider else 0
        if self._fresh or self._calm > PATIENCE:
            wider, self._fresh, self._calm = needed, False, 0
        self.low, self.high = wider
        return wider


def needed_range(right: Floats, given: Iterable[Floats]) -> tuple[float, float]:
    """Round ends that hold what is right, and what is given as far as it is not far out."""
    known = right[np.isfinite(right)]
    low, high = (float(known.min()), float(known.max())) if len(known) else (0.0, 1.0)
    span = max(high - low, abs(high) / 2, 1e-6)
    floor, ceiling = low - BEYOND * span, high + BEYOND * span
    for values in given:
        finite = values[np.isfinite(values)]
        if len(finite):
            low = min(low, max(float(finite.min()), floor))
            high = max(high, min(float(finite.max()), ceiling))
    unit = 10.0 ** math.floor(math.log10(max(high - low, span))) / 2
    return math.floor(low / unit + 1e-9) * unit, math.ceil(high / unit - 1e-9) * unit


def paint_values(painter: QPainter, places: Places, content: AnswersContent) -> None:
    """Axis, what is right, the net's own line, and how it goes on."""
    painter.fillRect(places.body, tint(content.palette.quiet, 14))
    _paint_axis(painter, places, content)
    _paint_figures(painter, places, content)
    if content.further:
        _paint_border(painter, places, content)
    painter.save()
    painter.setClipRect(places.body.adjusted(0, 0, 8, 0))  # so much more for a mark at the end
    painter.setRenderHint(QPainter.RenderHint.Antialiasing, places.timeline.steps <= 300)
    for output in range(len(content.task.outputs)):
        _paint_right(painter, places, content, output)
        _paint_given(painter, places, content, output)
        if content.further and content.ahead is not None:
            _paint_ahead(painter, places, content, content.ahead[:, output])
    painter.restore()


def _y(values: Floats, places: Places, content: AnswersContent) -> Floats:
    """Heights of values; those beyond an end stay at it, what is no number is NaN."""
    body = places.body
    shares = (content.high - values.astype(np.float64)) / (content.high - content.low)
    return body.top() + 2 + np.clip(shares, 0, 1) * (body.height() - 5)


def _paint_axis(painter: QPainter, places: Places, content: AnswersContent) -> None:
    body, palette = places.body, content.palette
    ends = np.array([content.high, content.low])
    heights = _y(ends, places, content).tolist()
    for value, y, down in zip(ends.tolist(), heights, (8, 0), strict=True):
        painter.fillRect(QRectF(body.left(), round(y), body.width(), 1), palette.hairline)
        align = Qt.AlignmentFlag.AlignRight
        write(painter, body.left() - 6, round(y) + down, f"{value:g}", palette.quiet, align=align)


def _paint_figures(painter: QPainter, places: Places, content: AnswersContent) -> None:
    """Beside the axis: which line is which, with its value at the step that is told."""
    palette, top = content.palette, places.body.top()
    given = ", ".join(number(value) for value in content.given[content.step].tolist())
    right = "–"
    if content.asked:
        right = ", ".join(number(value) for value in np.ravel(content.targets[content.step]))
    for position, (name, value, color, line) in enumerate(
        (
            ("right", right, palette.text, QPen(QColor(palette.text), 1)),
            ("says", given, content.head.style.color(palette), _pen(content)),
        )
    ):
        baseline = top + 12 + position * 15
        if baseline > places.body.bottom() + 2:
            return
        painter.setPen(line)
        painter.drawLine(QPointF(MARGIN, baseline - 4), QPointF(MARGIN + SAMPLE, baseline - 4))
        x = write(painter, MARGIN + SAMPLE + 6, baseline, name, palette.quiet)
        if x + 6 + width_of(value, SMALL_PX, bold=True) <= places.body.left() - 30:
            write(painter, x + 6, baseline, value, color, bold=True)


def _pen(content: AnswersContent, alpha: int = 255) -> QPen:
    color = tint(content.head.style.color(content.palette), alpha)
    return pen(color, 2, content.head.style.dash)


def _paint_right(painter: QPainter, places: Places, content: AnswersContent, output: int) -> None:
    """Lines where questions follow one another, a mark for one that stands alone."""
    x, color = places.timeline.centres()[: len(content.scored)], content.palette.text
    aims = np.where(content.scored, content.targets[:, output], np.nan)
    y = _y(aims, places, content)
    painter.setPen(QPen(QColor(color), 1))
    if content.scored.sum() == 1:  # so that it can be seen how near the net is on the way
        height = float(y[content.scored][0])
        painter.setPen(QPen(tint(color, 130), 1, Qt.PenStyle.DotLine))
        painter.drawLine(QPointF(places.body.left(), height), QPointF(float(x[-1]), height))
    _paint_line(painter, x, y)
    painter.setPen(QPen(QColor(color), 1.5))
    painter.setBrush(Qt.BrushStyle.NoBrush)
    for spot in _spots(x[content.scored], y[content.scored], places):
        painter.drawEllipse(spot, RING, RING)


def _paint_given(painter: QPainter, places: Places, content: AnswersContent, output: int) -> None:
    """Strong where something is asked, faint elsewhere."""
    x = places.timeline.centres()[: len(content.scored)]
    y, style = _y(content.given[:, output], places, content), content.head.style
    if content.every and not content.scored.all():
        painter.setPen(_pen(content, 110))
        _paint_line(painter, x, y)
    asked = np.where(content.scored, y, np.nan)
    painter.setPen(_pen(content))
    _paint_line(painter, x, asked)
    color = QColor(style.color(content.palette))
    for spot in _spots(x[content.scored], y[content.scored], places):
        marker(painter, spot.x(), spot.y(), style, color)


def _spots(x: Floats, y: Floats, places: Places) -> list[QPointF]:
    """Where marks stand: one a question, where there is room for them."""
    wide = places.timeline.width / max(places.timeline.steps, 1)
    if len(x) > 1 and wide < MARKED:
        return []
    known = np.isfinite(y)
    return [QPointF(*spot) for spot in np.stack([x[known], y[known]], axis=1).tolist()]


def _paint_ahead(
    painter: QPainter, places: Places, content: AnswersContent, answers: Floats
) -> None:
    """From the last known answer on."""
    first = content.sequence.length - 1
    x = places.timeline.centres()[first : first + len(answers)]
    painter.setPen(_pen(content))
    _paint_line(painter, x, _y(answers[: len(x)], places, content))


def _paint_border(painter: QPainter, places: Places, content: AnswersContent) -> None:
    """Where the sequence ends, and what is beyond."""
    body, palette = places.body, content.palette
    x = round(places.timeline.edge(content.sequence.length))
    right = places.timeline.right
    painter.fillRect(QRectF(x, body.top(), right - x, body.height()), tint(palette.cue, 22))
    painter.fillRect(QRectF(x, body.top(), 1, body.height()), QColor(palette.quiet))
    known = content.ahead is not None
    text = f"{ITSELF}, {content.further} steps" if known else f"{ITSELF}: not computed yet"
    for words in (text, ITSELF):
        if width_of(words, SMALL_PX) + 8 <= right - x:
            write(painter, x + 4, body.top() + 11, words, palette.quiet)
            return


def _paint_line(painter: QPainter, x: Floats, y: Floats) -> None:
    """The points between gaps: what is no number is left out."""
    for piece in np.split(np.stack([x, y], axis=1), np.flatnonzero(np.isnan(y))):
        points = [QPointF(*point) for point in piece[~np.isnan(piece[:, 1])].tolist()]
        if len(points) > 1:
            painter.drawPolyline(QPolygonF(points))
