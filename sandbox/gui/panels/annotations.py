"""What is written onto a plot of curves: names, baselines, threshold, solved and diverged."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np
import pyqtgraph as pg
from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QPainter

from sandbox.gui.palette import DARK, LineStyle, Palette
from sandbox.gui.panels.ink import hairline, marker, tint, verdict, write
from sandbox.gui.panels.typeface import SMALL_PX, width_of

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray
    from PySide6.QtWidgets import QStyleOptionGraphicsItem, QWidget

_LINE_HEIGHT = 14.0
MARKER_PITCH = 16.0
LEFTMOST = 10  # of name_places: from here on a name stands over a curve's beginning: never for long
_COVER = 170  # how much a label's ground hides what is under it


@dataclass(frozen=True)
class Level:
    """A horizontal dotted line with its name, in data units of the plot."""

    value: float
    label: str


@dataclass(frozen=True)
class CurveEnd:
    """Where a contestant's smoothed curve ends, with its name."""

    step: float
    value: float
    title: str
    style: LineStyle


@dataclass(frozen=True)
class Moment:
    """A step at which something happened; tone: right, wrong or quiet."""

    step: float
    label: str
    color: str | None
    tone: str


@dataclass(frozen=True)
class Points:
    """Evaluations of one contestant: steps (n,) and values (n,)."""

    style: LineStyle
    steps: NDArray[np.float64]
    values: NDArray[np.float64]


@dataclass
class Notes:
    """Everything written onto one plot."""

    levels: tuple[Level, ...] = ()
    ends: tuple[CurveEnd, ...] = ()
    moments: tuple[Moment, ...] = ()
    evaluations: tuple[Points, ...] = ()
    palette: Palette = field(default=DARK)


class Annotations(pg.GraphicsObject):
    """Paints `Notes` in the pixels of a view box; `transform` maps values to its y axis."""

    def __init__(self, box: pg.ViewBox, transform: Callable[[float], float]) -> None:
        super().__init__()
        self._box, self._transform = box, transform
        self.notes = Notes()
        self._chosen: dict[str, int] = {}  # where each level's name stood last
        self.setParentItem(box)
        self.setZValue(1000)
        self.setAcceptedMouseButtons(Qt.MouseButton.NoButton)
        box.sigResized.connect(self._resized)
        box.sigRangeChanged.connect(self._moved)

    def set_notes(self, notes: Notes) -> None:
        """Writes these from now on."""
        self.notes = notes
        self.update()

    def _resized(self, *_: object) -> None:
        self.prepareGeometryChange()
        self.update()

    def _moved(self, *_: object) -> None:
        self.update()

    def boundingRect(self) -> QRectF:
        """The whole plot."""
        return QRectF(self._box.rect())

    def paint(
        self, painter: QPainter, option: QStyleOptionGraphicsItem, widget: QWidget | None = None
    ) -> None:
        """Lines under words; labels keep clear of one another where they can."""
        rect = self.boundingRect()
        painter.setClipRect(rect)
        for level in self.notes.levels:
            self._paint_line(painter, rect, level)
        for points in self.notes.evaluations:
            self._paint_points(painter, rect, points)
        taken = self._paint_ends(painter, rect)
        taken += self._paint_moments(painter, rect, taken)
        for level in self.notes.levels:
            taken.append(self._name_level(painter, rect, level, taken))

    def place(self, step: float, value: float) -> QPointF:
        """A point of the data in the box's pixels."""
        view = self._box.viewRect()
        rect = self.boundingRect()
        x = (step - view.left()) / view.width() * rect.width()
        y = (view.bottom() - self._transform(value)) / view.height() * rect.height()
        return QPointF(x, y)

    def _paint_line(self, painter: QPainter, rect: QRectF, level: Level) -> None:
        y = round(self.place(0, level.value).y())
        painter.setPen(hairline(self.notes.palette.quiet, Qt.PenStyle.DotLine))
        painter.drawLine(QPointF(rect.left(), y), QPointF(rect.right(), y))

    def _name_level(
        self, painter: QPainter, rect: QRectF, level: Level, taken: list[QRectF]
    ) -> QRectF:
        """The name beside its line: where nothing else is written, else where it is least bad."""
        palette, y = self.notes.palette, round(self.place(0, level.value).y())
        wide = width_of(level.label, SMALL_PX) + 4
        boxes = name_places(rect, y, wide)
        inside = [place for place, box in enumerate(boxes) if rect.contains(box)] or [0]
        free = [
            place for place in inside if not any(boxes[place].intersects(other) for other in taken)
        ]
        last = self._chosen.get(level.label, -1)
        stays = last in free and last < LEFTMOST
        chosen = last if stays else (free or inside)[0]
        self._chosen[level.label] = chosen
        box = boxes[chosen]
        painter.fillRect(box, tint(palette.ground, _COVER))
        write(painter, box.left() + 2, round(box.top() + 10), level.label, palette.quiet)
        return box

    def _paint_moments(self, painter: QPainter, rect: QRectF, taken: list[QRectF]) -> list[QRectF]:
        palette = self.notes.palette
        boxes: list[QRectF] = []
        for moment in self.notes.moments:
            x = round(self.place(moment.step, 1.0).x())
            color = moment.color or palette.quiet
            painter.fillRect(QRectF(x, rect.top(), 1, rect.height()), tint(color, 150))
            wide = width_of(moment.label, SMALL_PX) + 22
            left = x + 5 if x + wide < rect.right() else x - wide
            box = QRectF(left - 2, round(rect.top() + rect.height() * 0.42) - 10, wide, 13)
            while any(box.intersects(other) for other in taken + boxes):
                box.translate(0, 1)
            boxes.append(box)
            baseline = box.top() + 10
            painter.fillRect(box, tint(palette.ground, _COVER))
            if moment.tone in ("right", "wrong"):
                verdict(painter, left, baseline, moment.tone == "right", color)
                left += 14
            write(painter, left, baseline, moment.label, color)
        return boxes

    def _paint_points(self, painter: QPainter, rect: QRectF, points: Points) -> None:
        color = QColor(points.style.color(self.notes.palette))
        for number in self._apart(points.steps):
            place = self.place(float(points.steps[number]), float(points.values[number]))
            if rect.contains(place):
                marker(painter, place.x(), place.y(), points.style, color)

    def _apart(self, steps: NDArray[np.float64]) -> list[int]:
        """The last point of every MARKER_PITCH pixels in view, so that markers do not pile up."""
        view = self._box.viewRect()
        pitch = MARKER_PITCH * view.width() / max(self._box.width(), 1.0)
        first, stop = np.searchsorted(steps, (view.left(), view.right())).tolist()
        if stop <= first:
            return []
        cells = (steps[first:stop] / pitch).astype(np.int64)
        last = np.append(np.flatnonzero(np.diff(cells)), len(cells) - 1)
        return [first + place for place in last.tolist()]

    def _paint_ends(self, painter: QPainter, rect: QRectF) -> list[QRectF]:
        palette, last = self.notes.palette, rect.top() - 8.0
        boxes: list[QRectF] = []
        placed = [(self.place(end.step, end.value), end) for end in self.notes.ends]
        for place, end in sorted(placed, key=lambda pair: pair[0].y()):
            y = min(max(place.y(), rect.top() + 8, last + _LINE_HEIGHT), rect.bottom() - 5)
            last = y
            wide = width_of(end.title, SMALL_PX, bold=True)
            x = min(place.x() + 7, rect.right() - wide - 4)
            boxes.append(QRectF(x - 2, y - 7, wide + 4, 13))
            painter.fillRect(boxes[-1], tint(palette.ground, _COVER))
            write(painter, x, round(y + 4), end.title, end.style.color(palette), bold=True)
        return boxes


def name_places(rect: QRectF, y: float, wide: float) -> list[QRectF]:
    """Where a line's name may stand, the best first: right, middle; near, then a little off.

    The last ones are at the left, over the curves' beginnings.
    """
    near = (y - _LINE_HEIGHT - 1, y + 2)
    off = tuple(y - 1 - lines * _LINE_HEIGHT for lines in (2, 3, 4))
    right, middle, left = rect.right() - wide - 4, rect.center().x() - wide / 2, rect.left() + 4
    spots = [(x, top) for tops in (near, off) for x in (right, middle) for top in tops]
    spots += [(left, top) for top in near]
    return [QRectF(x, top, wide, 13) for x, top in spots]
