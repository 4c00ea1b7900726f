"""A column of a table, large: missing and left-out places marked, the held-out part shaded."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QVBoxLayout, QWidget

from sandbox.gui.look.typeface import SMALL_PX, elided, fit, font, metrics, px, width_of
from sandbox.gui.own.data_curves import colours_of, draw_curve, extremes_of
from sandbox.gui.own.data_marks import NO_MARKS, marks_of
from sandbox.gui.widgets.parts import BriefLabel, fill, named
from sandbox.reading.frames import filled
from sandbox.reading.words import time_in_words
from sandbox.tasks.forecast_column import HELD_OUT

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from sandbox.drawing.styles import Palette
    from sandbox.gui.own.data_marks import Marks
    from sandbox.gui.own.data_roles import ColumnRoles
    from sandbox.reading.number_columns import Column
    from sandbox.reading.table import Table

WIDE, HIGH, LEAST_PX = 300, 130, 84
TICK, EDGE = 5, 4
MOST_MARKS = 2000
KINDS = ("missing", "taken as missing", "rows left out")
SPLIT_TIP = (
    "Mean and deviation of the first part scale the values; the shaded part is never trained on."
)
UNREAD_TIP = "The keys F, R and K in the list of columns give it something to do."


@dataclass(frozen=True)
class Split:
    """Where the held-out part begins (a row, from 0), and what is known of the part before.

    mean, deviation: of the column that is looked at.
    """

    first: int
    trained: int
    held_out: int
    mean: float
    deviation: float


def split_of(read: NDArray[np.float64], missing: str, at: int = 0) -> Split | None:
    """The split of the columns that are read (k, n), with NaN, as the task makes it.

    at: the column whose statistics are told.  None if there is too little.  As long as missing
    values are refused, it is shown as if their rows were skipped.
    """
    told, rows = filled(read, missing) or filled(read, "skip") or (read, np.array([], np.intp))
    trained = len(rows) - len(rows) // HELD_OUT
    part = told[at, :trained]
    if trained == len(rows) or np.isnan(part).all():
        return None
    mean, deviation = float(np.nanmean(part)), float(np.nanstd(part))
    return Split(int(rows[trained]), trained, len(rows) - trained, mean, deviation)


class ColumnPlot(QWidget):
    """The column that is looked at, with a line above that says what is trained on."""

    def __init__(self) -> None:
        super().__init__()
        self.said, self.split, self.curve = BriefLabel(), BriefLabel(role="note"), Plot()
        margins = (10, 2, 0, 0)
        parts = self.said, self.split, self.curve
        fill(QVBoxLayout(self), *parts, spacing=1, margins=margins, wide=self.curve)

    def show_column(
        self, table: Table, name: str, missing: str, roles: ColumnRoles, *, even: bool = False
    ) -> None:
        """Show the column of this name, and how `missing` values will be treated.

        roles: what the columns of the table are for.  even: whether its rows were brought to an
        even step.
        """
        column = next(each for each in table.columns if each.name == name)
        read = roles.read
        values = {each.name: each.values for each in table.columns}
        at = read.index(name) if name in read else 0
        split = split_of(np.array([values[each] for each in read]), missing, at)
        marks = marks_of(table, column, even=even)
        name = f"{column.name}{f' in {column.unit}' if column.unit else ''}"
        words, shorter = _split_in_words(split, read=column.name in read)
        self.said.say(f"{name}, {roles.of(column.name).words}")
        self.split.say(words, shorter)
        self.split.setToolTip(f"{words}. {SPLIT_TIP if column.name in read else UNREAD_TIP}")
        self.curve.show_values(table, column, marks, split)
        self.curve.setAccessibleDescription(f"{name}; {words}; {self.curve.legend}.")

    def clear(self) -> None:
        """Show nothing."""
        self.said.say("")
        self.split.say("")
        self.curve.clear()


class Plot(QWidget):
    """Draws values (n,) from left to right, NaN as gaps."""

    def __init__(self) -> None:
        super().__init__()
        named(self, "Plot of the chosen column", "From the first row to the last.")
        fit(self, least_height=LEAST_PX)
        self._values: NDArray[np.float64] = np.array([])
        self.marks = NO_MARKS
        self.split: Split | None = None
        self._ends = ("", "")

    def clear(self) -> None:
        """Show an empty ground."""
        self._values, self.marks, self.split = np.array([]), NO_MARKS, None
        self.setToolTip("")
        self.setAccessibleDescription("")
        self.update()

    def sizeHint(self) -> QSize:
        """Room for a curve and its axes."""
        return QSize(px(WIDE), px(HIGH))

    def show_values(self, table: Table, column: Column, marks: Marks, split: Split | None) -> None:
        """Show these values, with marks and the held-out part."""
        self._values, self.marks, self.split = column.values, marks, split
        times, count = table.times, len(column.values)
        self._ends = ("row 1", f"row {count:,}")
        if times is not None and len(times.values):
            self._ends = (
                time_in_words(times.values[0], times) or self._ends[0],
                time_in_words(times.values[-1], times) or self._ends[1],
            )
        self.setToolTip(f"From the first row to the last. {self.legend}.")
        self.update()

    @property
    def _held_out(self) -> str:
        return f"last {self.split.held_out:,} held out" if self.split else ""

    @property
    def legend(self) -> str:
        """How many places are marked, in words."""
        many = (len(self.marks.missing), len(self.marks.fillings), len(self.marks.left_out))
        told = [f"{n:,} {kind}" for n, kind in zip(many, KINDS, strict=True) if n]
        return ", ".join(told) or "no value is missing"

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw ground, held-out part, curve, marks and axes."""
        painter, palette = QPainter(self), colours_of(self)
        painter.fillRect(self.rect(), QColor(palette.ground))
        told = self._values[~np.isnan(self._values)]
        if len(told):
            low, high = f"{told.min():.4g}", f"{told.max():.4g}"
            left = EDGE + max(width_of(low, SMALL_PX), width_of(high, SMALL_PX)) + EDGE
            line = metrics(SMALL_PX).height()
            area = QRectF(left, line + EDGE, self.width() - left - EDGE, 0)
            area.setBottom(self.height() - line - EDGE - TICK)
            painter.setFont(font(SMALL_PX))
            self._draw_held_out(painter, palette, area)
            bins = extremes_of(self._values, max(int(area.width()), 2))
            bins = bins._replace(lacking=np.zeros_like(bins.lacking))
            draw_curve(painter, bins, area, palette)
            self._draw_marks(painter, palette, area)
            self._draw_words(painter, palette, area, (low, high))
        painter.end()

    def _x(self, area: QRectF, row: float) -> float:
        return area.left() + area.width() * row / max(len(self._values), 1)

    def _draw_held_out(self, painter: QPainter, palette: Palette, area: QRectF) -> None:
        if self.split is None:
            return
        x = self._x(area, self.split.first)
        shade = QColor(palette.contestants[1])
        shade.setAlphaF(0.14)
        painter.fillRect(QRectF(x, area.top(), area.right() - x, area.height()), shade)
        painter.setPen(QColor(palette.contestants[1]))
        x = area.right() - width_of(self._held_out, SMALL_PX)
        painter.drawText(QPointF(x, area.top() - EDGE), self._held_out)

    def _draw_marks(self, painter: QPainter, palette: Palette, area: QRectF) -> None:
        """Strokes below the axis where values are missing, crosses where they were taken so."""
        foot = area.bottom()
        painter.setPen(QPen(QColor(palette.edge), 1))
        painter.drawLine(QPointF(area.left(), foot + 1), QPointF(area.right(), foot + 1))
        painter.setPen(QPen(QColor(palette.wrong), 1.5))
        for row in _some(self.marks.missing):
            x = self._x(area, row + 0.5)
            painter.drawLine(QPointF(x, foot + 1), QPointF(x, foot + TICK - 1))
        painter.setPen(QPen(QColor(palette.cue), 1.5))
        for row in _some(self.marks.fillings):
            x, y = self._x(area, row + 0.5), foot + 1
            painter.drawLine(QPointF(x - 3, y - 3), QPointF(x + 3, y + 3))
            painter.drawLine(QPointF(x - 3, y + 3), QPointF(x + 3, y - 3))
        painter.setPen(QPen(QColor(palette.quiet), 1, Qt.PenStyle.DotLine))
        for row in _some(self.marks.left_out):
            x = self._x(area, row)
            painter.drawLine(QPointF(x, area.top()), QPointF(x, foot + 1))

    def _draw_words(
        self, painter: QPainter, palette: Palette, area: QRectF, ends: tuple[str, str]
    ) -> None:
        low, high = ends
        rise = metrics(SMALL_PX).ascent()
        painter.setPen(QColor(palette.quiet))
        right = area.left() - EDGE
        painter.drawText(QPointF(right - width_of(high, SMALL_PX), area.top() + rise / 2), high)
        painter.drawText(QPointF(right - width_of(low, SMALL_PX), area.bottom()), low)
        y = area.bottom() + TICK + rise
        first, last = self._ends
        if width_of(first, SMALL_PX) + width_of(last, SMALL_PX) + EDGE < area.width():
            painter.drawText(QPointF(area.left(), y), first)
        painter.drawText(QPointF(area.right() - width_of(last, SMALL_PX), y), last)
        room = area.width() - width_of(self._held_out, SMALL_PX) - 2 * EDGE
        legend = elided(self.legend, room, SMALL_PX)
        painter.drawText(QPointF(area.left(), area.top() - EDGE), legend)


def _split_in_words(split: Split | None, *, read: bool) -> tuple[str, str]:
    """What is trained on and by what it is scaled, and the same more briefly."""
    if split is None:
        return ("too few values to learn from",) * 2
    first, mean, deviation = split.trained, split.mean, split.deviation
    if not read:
        return f"training: first {first:,} rows, not this column", "not trained on"
    return (
        f"training: first {first:,}, mean {mean:.4g}, deviation {deviation:.4g}",
        f"first {first:,}: {mean:.4g} ± {deviation:.4g}",
    )


def _some(rows: NDArray[np.intp]) -> list[int]:
    """All rows, or as many as can be told apart."""
    step = max(len(rows) // MOST_MARKS, 1)
    found: list[int] = rows[::step].tolist()
    return found
