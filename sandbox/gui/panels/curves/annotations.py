"""Everything written on a plot of curves: levels, markers, moments, and names in a margin."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np
import pyqtgraph as pg
from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QPainter

from sandbox.drawing.placing import Box, EndLabels, Placing, beside_line, beside_moment
from sandbox.drawing.styles import BASELINE
from sandbox.gui.look.marks import marker, pen, tint, verdict, write
from sandbox.gui.look.typeface import SMALL_PX, baseline, elided, px, width_of, wrap
from sandbox.gui.panels.curves.curve_notes import CurveEnd, Notes

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray
    from PySide6.QtWidgets import QStyleOptionGraphicsItem, QWidget

    from sandbox.drawing.curve_axes import Level
    from sandbox.gui.panels.curves.curve_notes import Moment, Points

    Pixels = NDArray[np.float64]

MARKER_PITCH = 16.0
PITCH, LEAST_PITCH = 14, 12  # of lines of labels, at a type size of 100%
ABOVE = "↑"  # behind the name of a curve that ends above the plot
_MOST_COVERED = 3  # points of curves, by a label that can be shorter
_WEIGHT_OF_END = 100  # in points: where a curve is now matters more than where it was
_COVER = 215  # how much a label's ground hides what is under it
_LEADER = 10  # pixels from the plot to a name, where the line to it runs
_LEADER_ALPHA = 130
_SIGN = 14  # a check, a cross or a marker before a name
_MOST_SHARE = 0.42  # of a plot, that names may take
_ALWAYS = ("own", "simple")  # kinds of curves that are named however many there are
_BARE = ("other", "simple")  # kinds whose names have no marker


class Annotations(pg.GraphicsObject):
    """Paints `Notes` in the pixels of a view box; `transform` maps values to its y axis."""

    def __init__(
        self, box: pg.ViewBox, transform: Callable[[NDArray[np.float64]], NDArray[np.float64]]
    ) -> None:
        super().__init__()
        self._box, self._transform = box, transform
        self.notes = Notes()
        self._chosen: dict[str, int] = {}  # where each label stood last
        self.written: dict[str, QRectF] = {}  # what the last painting named, and where
        self.setParentItem(box)
        self.setZValue(1000)
        self.setAcceptedMouseButtons(Qt.MouseButton.NoButton)
        box.sigResized.connect(self._changed)
        box.sigRangeChanged.connect(self._changed)

    def set_notes(self, notes: Notes) -> None:
        """Write these from now on."""
        self.notes = notes
        self.update()

    def _changed(self, *_: object) -> None:
        self.prepareGeometryChange()
        self.update()

    def boundingRect(self) -> QRectF:
        """The whole plot."""
        return QRectF(self._box.rect())

    def place(self, x: float, value: float) -> QPointF:
        """A point of the data in the box's pixels."""
        return QPointF(*self._places(np.array([x]), np.array([value]))[0].tolist())

    def _places(self, x: NDArray[np.float64], values: NDArray[np.float64]) -> Pixels:
        """Points of the data in the box's pixels, (n, 2)."""
        view, rect = self._box.viewRect(), self.boundingRect()
        across = (x - view.left()) * (rect.width() / view.width())
        down = (view.bottom() - self._transform(values)) * (rect.height() / view.height())
        return np.stack([across, down], axis=1)

    def paint(
        self, painter: QPainter, option: QStyleOptionGraphicsItem, widget: QWidget | None = None
    ) -> None:
        """Lines under words; labels keep clear of one another."""
        notes, rect = self.notes, self.boundingRect()
        painter.setClipRect(rect)
        painter.setPen(pen(notes.palette.quiet, 1, BASELINE.dash))
        heights = [round(self.place(0.0, level.value).y()) for level in notes.levels]
        for y in heights:
            painter.drawLine(QPointF(rect.left(), y), QPointF(rect.right(), y))
        for points in notes.markers:
            self._paint_points(painter, rect, points)
        across = [round(self.place(moment.x, 1.0).x()) for moment in notes.moments]
        for moment, x in zip(notes.moments, across, strict=True):
            painter.fillRect(QRectF(x, rect.top(), 1, rect.height()), tint(moment.color, 150))
        for end, spot in zip(notes.ends, self.end_spots(), strict=True):
            self._lead_to_edge(painter, rect, end, spot)
        self._paint_labels(painter, rect, heights, across)

    def end_spots(self) -> list[QPointF]:
        """Where the curves end, in the box's pixels."""
        ends = np.array([(end.x, end.value) for end in self.notes.ends]).reshape(-1, 2)
        return [QPointF(*spot) for spot in self._places(*ends.T).tolist()]

    def _paint_points(self, painter: QPainter, rect: QRectF, points: Points) -> None:
        color = QColor(points.style.color(self.notes.palette))
        inside = QColor(self.notes.palette.ground) if points.hollow else None
        apart = self._apart(points.x)
        for x, y in self._places(points.x[apart], points.values[apart]).tolist():
            if rect.contains(QPointF(x, y)):
                marker(painter, x, y, points.style, color, inside)

    def _apart(self, x: NDArray[np.float64]) -> list[int]:
        """Indices of the last point in every MARKER_PITCH pixels, so that markers keep apart."""
        view = self._box.viewRect()
        pitch = MARKER_PITCH * view.width() / max(self._box.width(), 1.0)
        first, stop = np.searchsorted(x, (view.left(), view.right())).tolist()
        if stop <= first:
            return []
        cells = (x[first:stop] / pitch).astype(np.int64)
        last = np.append(np.flatnonzero(np.diff(cells)), len(cells) - 1)
        return [first + place for place in last.tolist()]

    def _lead_to_edge(self, painter: QPainter, rect: QRectF, end: CurveEnd, spot: QPointF) -> None:
        """A faint line from a curve's end to the plot's edge, beyond which its name stands."""
        if rect.contains(spot) and rect.right() - spot.x() > 2:
            painter.setPen(pen(tint(end.style.color(self.notes.palette), 90), 1, BASELINE.dash))
            painter.drawLine(spot, QPointF(rect.right(), spot.y()))

    # -- labels inside the plot ---------------------------------------------------------

    def _paint_labels(
        self, painter: QPainter, rect: QRectF, heights: list[int], across: list[int]
    ) -> None:
        """What is not drawn; solved and diverged; baselines and the criterion; changes."""
        notes, high = self.notes, px(PITCH) - 1
        self.written = {}
        x = np.concatenate([np.empty(0), *(path.x for path in notes.paths)])
        values = np.concatenate([np.empty(0), *(path.values for path in notes.paths)])
        ends = np.array([(spot.x(), spot.y()) for spot in self.end_spots()]).reshape(-1, 2)
        points = np.concatenate([self._places(x, values), ends.repeat(_WEIGHT_OF_END, axis=0)])
        room = Placing(Box(0.0, 0.0, rect.width(), rect.height()), points)
        lines = wrap(notes.remark, rect.width() - 12, 3, SMALL_PX) if notes.remark else []
        for n, line in enumerate(lines):
            box = Box(4.0, 2.0 + n * px(PITCH), width_of(line, SMALL_PX) + 4, high)
            self._label(painter, room, line, [box], notes.palette.text)
        moments = list(zip(notes.moments, across, strict=True))
        for moment, at in moments:
            if moment.tone != "quiet":
                self._name_moment(painter, room, moment, at)
        levels = zip(notes.levels, heights, strict=True)
        for level, y in sorted(levels, key=lambda each: each[0].criterion):
            self._name_level(painter, room, level, y, high)
        for moment, at in moments:
            if moment.tone == "quiet":
                self._name_moment(painter, room, moment, at)

    def _name_level(
        self, painter: QPainter, room: Placing, level: Level, y: int, high: float
    ) -> None:
        """The longest name that covers little, beside its line."""
        for label in level.labels:
            boxes = beside_line(room.frame, y, width_of(label, SMALL_PX) + 4, high)
            most = _MOST_COVERED if label != level.labels[-1] else math.inf
            if self._label(painter, room, label, boxes, self.notes.palette.quiet, most=most):
                return

    def _name_moment(self, painter: QPainter, room: Placing, moment: Moment, x: int) -> None:
        """What happened, beside its step, where nothing else is written; else nowhere.

        Where the whole label would lie over curves it is shortened, at last to its sign.
        """
        if not room.frame.left <= x <= room.frame.right:
            return
        sign = px(_SIGN) if moment.tone != "quiet" else 0
        texts = (moment.label, moment.short, "") if sign else (moment.label,)
        for text in texts:
            wide = width_of(text, SMALL_PX) + 4 + sign
            boxes = beside_moment(room.frame, x, wide, px(PITCH) - 1)
            most = _MOST_COVERED if text != texts[-1] else math.inf
            box = self._label(painter, room, text, boxes, moment.color, sign, most)
            if box is not None:
                if sign:
                    y = baseline(box.top, box.height)
                    verdict(painter, box.left + 2, y, moment.tone == "right", moment.color)
                return

    def _label(
        self,
        painter: QPainter,
        room: Placing,
        label: str,
        boxes: list[Box],
        color: str,
        indent: float = 0.0,
        most: float = math.inf,
    ) -> Box | None:
        """Write a label into the best of some boxes; None where none is free.

        most: how many points of curves it may cover.
        """
        chosen = self._chosen[label] = room.place(boxes, self._chosen.get(label, -1), most)
        if chosen < 0:
            return None
        box = boxes[chosen]
        painter.fillRect(QRectF(*box), tint(self.notes.palette.ground, _COVER))
        write(painter, box.left + 2 + indent, baseline(box.top, box.height), label, color)
        self.written[label] = QRectF(*box)
        return box


class EndNames(pg.GraphicsWidget):
    """The curves' names in a margin right of the plot, each joined to its curve's end.

    All contestants and simple forecasts are named, in as many columns as that takes;
    generalisation curves and other runs as far as there is room.
    """

    def __init__(self, inside: Annotations, box: pg.ViewBox) -> None:
        super().__init__()
        self._inside, self._box = inside, box
        self._columns: list[list[tuple[int, CurveEnd]]] = []
        self._widths: list[float] = []
        self._labels: list[EndLabels] = []
        self._left_out, self._pitch = 0, px(PITCH)
        self.written: dict[str, QRectF] = {}
        self.setAcceptedMouseButtons(Qt.MouseButton.NoButton)
        self.setFlag(self.GraphicsItemFlag.ItemClipsToShape)
        box.sigResized.connect(self.lay_out)
        box.sigRangeChanged.connect(lambda *_: self.update())

    def lay_out(self, *_: object) -> None:
        """Choose the names, their columns, and the width of the margin."""
        ends = list(enumerate(self._inside.notes.ends))  # own ones first
        own = sum(end.kind in _ALWAYS for _, end in ends)
        self._pitch = px(LEAST_PITCH if own > self._box.height() // px(PITCH) else PITCH)
        rows = max(int(self._box.height() // self._pitch), 1)
        room = max(math.ceil(own / rows), 1) * rows
        self._left_out = len(ends) - (room - 1) if own < room < len(ends) else 0
        named = ends[: room - 1 if self._left_out else room]
        starts = range(0, max(len(named), 1), rows)
        self._columns = [named[start : start + rows] for start in starts]
        self._labels += [EndLabels() for _ in range(len(self._columns) - len(self._labels))]
        most = _MOST_SHARE * (self._box.width() + self.size().width()) / len(self._columns)
        widest = (max((_width(end) for _, end in each), default=0.0) for each in self._columns)
        self._widths = [float(round(min(width, most))) for width in widest]
        wide = sum(self._widths) + px(_LEADER) if named else 0
        if self._left_out:
            wide = max(wide, px(_LEADER + _SIGN + 4) + width_of(self._more, SMALL_PX))
        if wide != self.minimumWidth():
            self.setMinimumWidth(wide)
            self.setMaximumWidth(wide)
            self.parentItem().layout.activate()
        self.update()

    @property
    def _more(self) -> str:
        return f"and {self._left_out} more curve{'s' * (self._left_out > 1)}"

    def paint(
        self, painter: QPainter, option: QStyleOptionGraphicsItem, widget: QWidget | None = None
    ) -> None:
        """Lines under names."""
        self.written = {}
        left, high = float(px(_LEADER)), self._box.height()
        if self._left_out:
            high -= self._pitch
            y = baseline(high, self._pitch)
            write(painter, left + px(_SIGN), y, self._more, self._inside.notes.palette.quiet)
            self.written[self._more] = QRectF(left, high, px(80), self._pitch - 1)
        spots = self._inside.end_spots()
        for column, labels, wide in zip(self._columns, self._labels, self._widths, strict=False):
            heights: dict[int, float] = {}
            for n, _ in column:
                end_y = spots[n].y() if math.isfinite(spots[n].y()) else 0.0
                if spots[n].x() >= 0:
                    heights[n] = min(max(end_y, 0.0), high)
            for n, middle in labels.place(heights, 0.0, high, self._pitch).items():
                end = self._inside.notes.ends[n]
                self._paint_name(painter, left, wide, heights[n], middle, end)
            left += wide

    def _paint_name(
        self, painter: QPainter, left: float, wide: float, y: float, middle: float, end: CurveEnd
    ) -> None:
        palette, bold = self._inside.notes.palette, end.kind == "own"
        color = end.style.color(palette)
        if left == px(_LEADER):  # in a further column it would cross the names of the first
            painter.setPen(pen(tint(color, _LEADER_ALPHA)))
            painter.drawLine(QPointF(0, y), QPointF(left - 2, middle))
        sign = 0 if end.kind in _BARE else px(_SIGN)
        if sign:
            inside = None if bold else QColor(palette.ground)
            marker(painter, left + px(5), middle, end.style, QColor(color), inside)
        title = f"{end.title} {ABOVE}" if y <= 0.0 else end.title
        text = elided(title, wide - sign, SMALL_PX, bold=bold)
        box = QRectF(left, middle - self._pitch / 2, wide, self._pitch - 1)
        write(painter, left + sign, baseline(box.top(), self._pitch), text, color, bold=bold)
        self.written[text] = box


def _width(end: CurveEnd) -> float:
    """The room that a name takes, with its marker and a sign that it is above the plot."""
    sign = 0 if end.kind in _BARE else px(_SIGN)
    return width_of(end.title, SMALL_PX, bold=end.kind == "own") + sign + px(18)
