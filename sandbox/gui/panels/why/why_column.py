"""One net's column of the Why view: maps of swaps, and three measures of every unit."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from PySide6.QtCore import QEvent, QPoint, QRect, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QMouseEvent, QPainter, QPaintEvent

from sandbox.cells.known import cell_named
from sandbox.drawing.timeline import marked_steps, rows
from sandbox.drawing.wording import step_name
from sandbox.gui.look.colourmaps import colour_table, draw_pixels, pixels_of
from sandbox.gui.look.marks import line_sample, tint, write, write_lines
from sandbox.gui.look.typeface import HEAD_PX, SMALL_PX, elided, px, wrap
from sandbox.gui.panels.nets.column_geometry import MARGIN
from sandbox.gui.panels.nets.column_paint import paint_marked_unit
from sandbox.gui.panels.nets.time_axis import paint_axis, paint_edges, paint_marked_step
from sandbox.gui.panels.shared.panel import PaintedColumn
from sandbox.gui.panels.why.why_content import (
    GUTTER,
    HEAD,
    LEAST_MAP,
    LEAST_WHY_WIDTH,
    MEASURES,
    ROW,
    WhyContent,
    WhyPlaces,
    place_why,
)

if TYPE_CHECKING:
    from PySide6.QtCore import SignalInstance
    from PySide6.QtWidgets import QWidget

_MIDDLE, _RIGHT = Qt.AlignmentFlag.AlignHCenter, Qt.AlignmentFlag.AlignRight
NAMES = {"swap": "swap", "lesion": "lesion", "tells": "readout"}
ALIKE = "This net answers both sentences alike, so a swap has nothing to move."
NO_PAIR = "No other sequence has another answer in the same places, so nothing can be swapped."
MEANINGS = {
    "swap": (
        "how far the answer moves towards the other sentence's when this unit is taken from "
        "there, halfway between cue and question; mean over pairs"
    ),
    "lesion": "how many answers are lost when this unit is held at zero",
    "tells": "how well a linear readout tells the answer from this unit; the line is chance",
}


class WhyColumn(PaintedColumn["WhyContent"]):
    """Paints a `WhyContent`, and reports the step and unit under the pointer."""

    hovered = Signal(str, int, int)  # key, step, unit; -1 for none
    clicked = Signal(str, int, int)

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self._mark, self._unit = -1, -1

    def mark(self, step: int, unit: int) -> None:
        """Draw a line at a step, and one beside a unit; -1: none."""
        if (step, unit) != (self._mark, self._unit):
            self._mark, self._unit = step, unit
            self.update()

    @property
    def places(self) -> WhyPlaces | None:
        """The current places of its parts."""
        content = self.content
        return None if content is None else place_why(self.even_width, self.height(), content)

    def minimumSizeHint(self) -> QSize:
        """The least in which two maps can be read."""
        return QSize(px(LEAST_WHY_WIDTH), px(HEAD + ROW + 2 * LEAST_MAP + 44))

    def paintEvent(self, event: QPaintEvent) -> None:
        """Head, maps, bars, axis and marks."""
        content, places = self.content, self.places
        if content is None or places is None:
            return
        painter, palette = QPainter(self), content.palette
        painter.fillRect(self.rect(), QColor(palette.ground))
        _paint_head(painter, places, content)
        words = _instead(content)
        if words:
            body = QRect(MARGIN, places.head.bottom(), places.head.width(), px(60))
            write_lines(painter, MARGIN, body.top(), wrap(words, body.width(), 3), palette.quiet)
        else:
            self._paint_maps(painter, places, content)
        painter.end()

    def _paint_maps(self, painter: QPainter, places: WhyPlaces, content: WhyContent) -> None:
        palette, sequence = content.palette, content.sequence
        for n, state in enumerate(content.states):
            paint_map(painter, places.maps[n], content, state, places)
            paint_edges(painter, places.maps[n], sequence, places.timeline, palette)
            for measure, rect in zip(MEASURES, places.bars[n], strict=True):
                paint_bars(painter, rect, content, measure, state, n == 0)
        paint_axis(painter, places, sequence, palette)
        top = places.maps[0].top()
        if 0 <= self._mark < sequence.length:
            paint_marked_step(painter, places, top, sequence, palette, self._mark)
        row = np.flatnonzero(content.units == self._unit)
        for rect in places.maps if len(row) else ():
            paint_marked_unit(painter, rect, len(content.units), int(row[0]), self._unit, palette)

    # -- pointing -----------------------------------------------------------------------

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Report what is under the pointer."""
        self._report(self.hovered, event)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Report what was clicked."""
        if event.button() == Qt.MouseButton.LeftButton:
            self._report(self.clicked, event)

    def leaveEvent(self, event: QEvent) -> None:
        """Report that nothing is under the pointer."""
        self.hovered.emit("", -1, -1)

    def _report(self, signal: SignalInstance, event: QMouseEvent) -> None:
        if self.content is not None:
            _, step, unit = self._at(event.position().toPoint())
            signal.emit(self.content.key, step, unit)

    def _at(self, position: QPoint) -> tuple[str, int, int]:
        """The state, step and unit there; "" and -1 for none."""
        content, places = self.content, self.places
        if content is None or places is None or not content.states:
            return "", -1, -1
        step = places.timeline.step_at(position.x())
        for state, rect in zip(content.states, places.maps, strict=False):
            if rect.top() <= position.y() <= rect.bottom():
                row = (position.y() - rect.top()) * len(content.units) // max(rect.height(), 1)
                return state, step, int(content.units[min(row, len(content.units) - 1)])
        return "", step, -1

    def _tip(self, position: QPoint) -> str:
        content, places = self.content, self.places
        state, step, unit = self._at(position)
        if content is None or places is None or not state:
            return ""
        row = content.states.index(state)
        for measure, rect in zip(MEASURES, places.bars[row], strict=True):
            if rect.contains(position):
                return f"{_told(content, measure, state, unit)}: {MEANINGS[measure]}."
        if step < 0:
            return ""
        place = int(np.flatnonzero(content.units == unit)[0])
        effect = content.effects(state)[step, place]
        where = step_name(content.sequence, step)
        return (
            f"{state} of unit {unit + 1}, {where}: taken from the other sentence it moves the "
            f"answer {effect:.1%} of the way there."
        )


def _told(content: WhyContent, measure: str, state: str, unit: int) -> str:
    place = int(np.flatnonzero(content.units == unit)[0])
    return f"unit {unit + 1}: {content.values(measure, state)[place]:.1%}"


def _instead(content: WhyContent) -> str:
    """Why there are no maps, in a sentence; "" if there are."""
    if content.why is None:
        return content.waiting or "Looking into the net …"
    if content.why.swaps is None:
        return NO_PAIR
    return "" if content.why.swaps.told_apart else ALIKE


def _paint_head(painter: QPainter, places: WhyPlaces, content: WhyContent) -> None:
    """The net's name, the step of its weights, and how many units carry the cue."""
    head, palette, found = content.head, content.palette, content.carriers
    y, right = px(20), places.head.right()
    line_sample(painter, MARGIN, y - px(5), head.style, palette)
    title = head.style.color(palette)
    x = write(painter, MARGIN + px(36), y, head.title, title, HEAD_PX, bold=True) + px(10)
    if found is None:
        return
    when = f"at step {content.step:,}" if content.step else "untrained"
    x = write(painter, x, y, when, palette.quiet) + px(12)
    words = elided(carried_in_words(content), right - x, SMALL_PX)
    write(painter, right, y, words, palette.text, align=_RIGHT)


def carried_in_words(content: WhyContent) -> str:
    """How many units it takes to flip answers, in words; "" where nothing can be swapped."""
    found = content.carriers
    if found is None or _instead(content):
        return ""
    if found.set is None:
        return "no swap flips its answers"
    many, all_units = len(found.set.units), len(found.lesion)
    return f"its {many} strongest of {all_units} units flip {found.set.flips:.0%} of answers"


def paint_map(
    painter: QPainter, rect: QRect, content: WhyContent, state: str, places: WhyPlaces
) -> None:
    """Rows are units, columns are steps: how far each swap moves the answer, up to the limit."""
    ratio, palette = painter.device().devicePixelRatio(), content.palette
    limit = content.limit
    colours = pixels_of(content.effects(state), -limit, limit, colour_table("cell", palette))
    columns = places.timeline.columns(ratio, marked_steps(content.sequence.roles))
    wide = np.take(colours.T, columns, axis=1)
    shown = np.take(wide, rows(len(wide), rect.height(), ratio), axis=0)
    draw_pixels(painter, rect.left(), rect.top(), shown, ratio)
    y = rect.top() + px(11)
    name = cell_named(content.head.cell).title_of(state)
    write(painter, MARGIN, y, name, palette.text, bold=True)
    words = f"full red: moves the answer {limit:.0%} of the way; a row a unit"
    lines = wrap(words, px(GUTTER) - 8, 6, SMALL_PX)
    if rect.height() > px(13 * (len(lines) + 1)):
        write_lines(painter, MARGIN, y + px(4), lines, palette.quiet)
    elif rect.height() > px(28):
        write(painter, MARGIN, y + px(13), f"red: {limit:.0%}", palette.quiet)


def paint_bars(
    painter: QPainter, rect: QRect, content: WhyContent, measure: str, state: str, named: bool
) -> None:
    """A bar a unit, full at 1, with the name above; of readouts, chance as a line."""
    palette, found = content.palette, content.carriers
    assert found is not None
    painter.fillRect(rect, tint(palette.quiet, 20))
    full = content.full(measure)
    values = np.clip(content.values(measure, state) / full, 0, 1)
    pitch = rect.height() / max(len(values), 1)
    color = content.head.style.color(palette)
    for row, value in enumerate(values.tolist()):
        top = rect.top() + row * pitch
        bar = QRectF(rect.left(), top, value * rect.width(), max(pitch - 0.5, 1))
        painter.fillRect(bar, QColor(color))
    if measure == "tells" and state in found.told:
        x = rect.left() + round(found.told[state].chance * rect.width())
        painter.fillRect(x, rect.top(), 1, rect.height(), QColor(palette.text))
    if named:
        x, y = rect.center().x(), rect.top() - px(4)
        write(painter, x, y - px(12), NAMES[measure], palette.text, align=_MIDDLE)
        write(painter, x, y, f"to {full:.0%}", palette.quiet, align=_MIDDLE)
