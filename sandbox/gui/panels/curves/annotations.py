"""What is written onto a plot of curves: names, baselines, threshold, solved and diverged."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np
import pyqtgraph as pg
from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QPainter

from sandbox.drawing.placing import Box, Placing, beside_line, beside_moment, spread
from sandbox.drawing.styles import BASELINE, DARK, LineStyle, Palette
from sandbox.gui.look.marks import hairline, marker, tint, verdict, write
from sandbox.gui.look.typeface import SMALL_PX, width_of

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from numpy.typing import NDArray
    from PySide6.QtWidgets import QStyleOptionGraphicsItem, QWidget

    Pixels = NDArray[np.float64]

MARKER_PITCH = 16.0
BOX_HEIGHT = 13.0
LINE_HEIGHT = 14.0
_ROWS = sorted(range(-6, 7), key=abs)
_COVER = 215  # how much a label's ground hides what is under it
_JOINED = 150  # how strong the line from a curve's end to its name is
_NEAR = 8.0  # pixels: a name this near to its curve's end needs no line
ABOVE = "↑"  # behind the name of a curve that ends above the plot
_SIGN = 14.0  # a check, a cross or a marker before a name


@dataclass(frozen=True)
class Level:
    """A horizontal dotted line with its name, in data units of the plot."""

    value: float
    label: str
    criterion: bool = False


@dataclass(frozen=True)
class CurveEnd:
    """Where a smoothed curve ends, with its name; step: its place on the training axis.

    hollow: it is one of generalisation, whose markers are.
    """

    step: float
    value: float
    title: str
    style: LineStyle
    hollow: bool = False


@dataclass(frozen=True)
class Moment:
    """A step at which something happened; tone: right, wrong or quiet."""

    step: float
    label: str
    color: str | None
    tone: str


@dataclass(frozen=True)
class Points:
    """Evaluations of one contestant: steps (n,) and values (n,); hollow: of generalisation."""

    style: LineStyle
    steps: NDArray[np.float64]
    values: NDArray[np.float64]
    hollow: bool = False


@dataclass(frozen=True)
class Written:
    """A label where it was painted."""

    label: str
    box: QRectF


@dataclass
class Notes:
    """Everything written onto one plot."""

    levels: tuple[Level, ...] = ()
    ends: tuple[CurveEnd, ...] = ()
    moments: tuple[Moment, ...] = ()
    evaluations: tuple[Points, ...] = ()
    paths: tuple[Points, ...] = ()  # the smoothed curves, which labels keep clear of
    palette: Palette = field(default=DARK)
    others: tuple[CurveEnd, ...] = ()  # of other runs' curves, and of generalisation


class Annotations(pg.GraphicsObject):
    """Paints `Notes` in the pixels of a view box; `transform` maps values to its y axis."""

    def __init__(
        self, box: pg.ViewBox, transform: Callable[[NDArray[np.float64]], NDArray[np.float64]]
    ) -> None:
        super().__init__()
        self._box, self._transform = box, transform
        self.notes = Notes()
        self._chosen: dict[str, int] = {}  # where each label stood last
        self.written: list[Written] = []  # what the last painting named, and where
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
        """Lines under words; labels keep clear of one another."""
        rect = self.boundingRect()
        painter.setClipRect(rect)
        for level in self.notes.levels:
            self._paint_line(painter, rect, level)
        for points in self.notes.evaluations:
            self._paint_points(painter, rect, points)
        for moment in self.notes.moments:
            x = round(self.place(moment.step, 1.0).x())
            color = moment.color or self.notes.palette.quiet
            painter.fillRect(QRectF(x, rect.top(), 1, rect.height()), tint(color, 150))
        self._paint_labels(painter, rect)

    def _paint_labels(self, painter: QPainter, rect: QRectF) -> None:
        """Every contestant's name; then what is free: other runs, solved, baselines, changes."""
        self.written = []
        room = Placing(Box(0.0, 0.0, rect.width(), rect.height()), self._curve_points())
        boxes = self._boxes_of_ends(room)
        self._name_others(painter, room)
        self._name_ends(painter, boxes)
        told = [moment for moment in self.notes.moments if moment.tone != "quiet"]
        for moment in told:
            self._name_moment(painter, room, moment)
        for level in sorted(self.notes.levels, key=lambda level: level.criterion):
            self._name_level(painter, room, level)
        for moment in self.notes.moments:
            if moment not in told:
                self._name_moment(painter, room, moment)

    def place(self, step: float, value: float) -> QPointF:
        """A point of the data in the box's pixels."""
        view = self._box.viewRect()
        rect = self.boundingRect()
        x = (step - view.left()) / view.width() * rect.width()
        y = (
            (view.bottom() - float(self._transform(np.array(value))))
            / view.height()
            * rect.height()
        )
        return QPointF(x, y)

    def _paint_line(self, painter: QPainter, rect: QRectF, level: Level) -> None:
        y = round(self.place(0, level.value).y())
        painter.setPen(hairline(self.notes.palette.quiet, BASELINE.dash))
        painter.drawLine(QPointF(rect.left(), y), QPointF(rect.right(), y))

    def _curve_points(self) -> Pixels:
        """The smoothed curves in pixels, (n, 2)."""
        if not self.notes.paths:
            return np.empty((0, 2))
        steps = np.concatenate([path.steps for path in self.notes.paths])
        values = np.concatenate([path.values for path in self.notes.paths])
        return self._places(steps, values)

    def _places(self, steps: NDArray[np.float64], values: NDArray[np.float64]) -> Pixels:
        """Points of the data in the box's pixels, (n, 2)."""
        view, rect = self._box.viewRect(), self.boundingRect()
        x = (steps - view.left()) * (rect.width() / view.width())
        y = (view.bottom() - self._transform(values)) * (rect.height() / view.height())
        return np.stack([x, y], axis=1)

    def _name_level(self, painter: QPainter, room: Placing, level: Level) -> None:
        """The name beside its line, where nothing else is written; else nowhere."""
        y = round(self.place(0, level.value).y())
        boxes = beside_line(room.frame, y, width_of(level.label, SMALL_PX) + 4, BOX_HEIGHT)
        box = self._choose(room, level.label, boxes)
        if box is not None:
            self._write(painter, box, level.label, self.notes.palette.quiet)

    def _name_moment(self, painter: QPainter, room: Placing, moment: Moment) -> None:
        """What happened, beside its step, where nothing else is written; else nowhere."""
        signed = moment.tone in ("right", "wrong")
        sign = _SIGN if signed else 0.0
        x = round(self.place(moment.step, 1.0).x())
        if not room.frame.left <= x <= room.frame.right:
            return
        boxes = beside_moment(
            room.frame, x, width_of(moment.label, SMALL_PX) + 4 + sign, BOX_HEIGHT
        )
        box = self._choose(room, moment.label, boxes)
        if box is None:
            return
        color = moment.color or self.notes.palette.quiet
        self._write(painter, box, moment.label, color, sign)
        if signed:
            verdict(painter, box.left + 2, round(box.top + 10), moment.tone == "right", color)

    def _choose(self, room: Placing, label: str, boxes: list[Box]) -> Box | None:
        chosen = room.place(boxes, self._chosen.get(label, -1))
        self._chosen[label] = chosen
        return boxes[chosen] if chosen >= 0 else None

    def _write(
        self,
        painter: QPainter,
        box: Box,
        label: str,
        color: str,
        indent: float = 0.0,
        bold: bool = False,
    ) -> None:
        painter.fillRect(QRectF(*box), tint(self.notes.palette.ground, _COVER))
        x, baseline = box.left + 2 + indent, round(box.top + 10)
        write(painter, x, baseline, label, color, bold=bold)
        self.written.append(Written(label, QRectF(*box)))

    def _paint_points(self, painter: QPainter, rect: QRectF, points: Points) -> None:
        color = QColor(points.style.color(self.notes.palette))
        inside = self._ground if points.hollow else None
        apart = self._apart(points.steps)
        for x, y in self._places(points.steps[apart], points.values[apart]).tolist():
            if rect.contains(QPointF(x, y)):
                marker(painter, x, y, points.style, color, inside)

    @property
    def _ground(self) -> QColor:
        return QColor(self.notes.palette.ground)

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

    def _boxes_of_ends(self, room: Placing) -> list[Box]:
        """Room for all contestants' names, stacked where curves meet."""
        ends = self.notes.ends
        spots = [self.place(end.step, end.value) for end in ends]
        widths = [width_of(end.title, SMALL_PX, bold=True) + 4 + _SIGN for end in ends]
        boxes = stacked(room.frame, [(spot.x(), spot.y()) for spot in spots], widths)
        room.taken += boxes
        return boxes

    def _name_ends(self, painter: QPainter, boxes: list[Box]) -> None:
        """All contestants' names, each with its marker."""
        for end, box in zip(self.notes.ends, boxes, strict=True):
            color = end.style.color(self.notes.palette)
            self._write(painter, box, end.title, color, _SIGN, bold=True)
            marker(painter, box.left + 7, (box.top + box.height / 2), end.style, QColor(color))

    def _name_others(self, painter: QPainter, room: Placing) -> None:
        """Further names near their curves' ends, each joined to its end where it is apart."""
        named = []
        for end in sorted(self.notes.others, key=lambda end: (not end.hollow, -end.value)):
            spot, title = self._end_in_view(end, QRectF(*room.frame))
            sign = _SIGN if end.hollow else 0.0
            wide = width_of(title, SMALL_PX) + 4 + sign
            box = self._choose(room, end.title, near_end(room.frame, spot.x(), spot.y(), wide))
            if box is not None and QRectF(*room.frame).contains(spot):
                named.append((end, title, spot, box))
        for end, _, spot, box in named:
            self._join(painter, spot, box, end.style.color(self.notes.palette))
        for end, title, _, box in named:
            color = end.style.color(self.notes.palette)
            self._write(painter, box, title, color, _SIGN if end.hollow else 0.0)
            if end.hollow:
                place = box.left + 7, (box.top + box.height / 2)
                marker(painter, *place, end.style, QColor(color), self._ground)

    def _end_in_view(self, end: CurveEnd, rect: QRectF) -> tuple[QPointF, str]:
        """Where a further curve ends, and its name; one of generalisation may be far above."""
        spot = self.place(end.step, end.value)
        if end.hollow and spot.y() < rect.top():
            return QPointF(spot.x(), rect.top()), f"{end.title} {ABOVE}"
        return spot, end.title

    def _join(self, painter: QPainter, spot: QPointF, box: Box, color: str) -> None:
        """A line from a curve's end to its name, where that does not stand beside it."""
        side = box.left if spot.x() < (box.left + box.width / 2) else box.right
        edge = QPointF(min(max(spot.x(), box.left), box.right), (box.top + box.height / 2))
        if abs(edge.y() - spot.y()) > BOX_HEIGHT or abs(side - spot.x()) > _NEAR:
            painter.setPen(hairline(tint(color, _JOINED)))
            painter.drawLine(spot, edge)


def near_end(rect: Box, x: float, y: float, wide: float) -> list[Box]:
    """About the end (x, y) of a curve, the nearest rows first: right of it, over it, left of it."""
    lefts = (x + 4, min(x + 4, rect.right - wide - 2), x - wide - 4, x - 1.5 * wide - 8)
    tops = [y - BOX_HEIGHT / 2 + row * LINE_HEIGHT for row in _ROWS]
    return [Box(round(left), round(top), wide, BOX_HEIGHT) for top in tops for left in lefts]


def stacked(rect: Box, places: Sequence[tuple[float, float]], widths: Sequence[float]) -> list[Box]:
    """A box for every curve's end (x, y), in a second column where one is too short."""
    order = sorted(range(len(places)), key=lambda n: places[n][1])
    most = max(int(rect.height // LINE_HEIGHT), 1)
    boxes, right = [rect] * len(places), rect.right - 4
    for column in (order[first : first + most] for first in range(0, len(order), most)):
        wanted = [places[n][1] - 6.5 for n in column]
        tops = spread(wanted, rect.top, rect.bottom - BOX_HEIGHT, LINE_HEIGHT)
        left = min([right - widths[n] for n in column] + [max(places[n][0] for n in column) + 5])
        for n, top in zip(column, tops, strict=True):
            boxes[n] = Box(left, top, widths[n], BOX_HEIGHT)
        right = left - 4
    return boxes
