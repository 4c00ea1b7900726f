"""Paints the parts of a column of the dynamics panel."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QImage, QPolygonF

from sandbox.drawing.dynamics_shown import group_colour
from sandbox.gui.look.marks import line_sample, pen, polyline, tint, write, write_lines
from sandbox.gui.look.typeface import (
    HEAD_PX,
    SMALL_PX,
    TEXT_PX,
    elided,
    metrics,
    px,
    scale,
    width_of,
    wrap,
)
from sandbox.gui.panels.dynamics.dynamics_geometry import NAME, Chart
from sandbox.tasks.base import Role

if TYPE_CHECKING:
    from numpy.typing import NDArray
    from PySide6.QtGui import QPainter

    from sandbox.drawing.dynamics_shown import DynamicsShown
    from sandbox.drawing.styles import Palette
    from sandbox.gui.panels.dynamics.dynamics_geometry import DynamicsGeometry
    from sandbox.gui.panels.dynamics.dynamics_view import DynamicsContent
    from sandbox.insight.fixed_points import FixedPoint

    Places = NDArray[np.float64]

TITLE = 36  # behind the line sample
FAINT = 110  # of 255
FIXED_PX, SLOW_PX, ARM = 5.5, 3.2, 0.38  # half a cross; half the width of its arms, as a share
KINDS = (
    (True, 0, "fixed, stable or neutral"),
    (True, 1, "fixed, saddle"),
    (False, 0, "slow"),
    (False, 1, "slow, saddle"),
)
_RIGHT = Qt.AlignmentFlag.AlignRight


def states_chart(geometry: DynamicsGeometry, shown: DynamicsShown) -> Chart:
    """The plot of states."""
    return Chart(geometry.states, shown.frame)


def spectrum_chart(geometry: DynamicsGeometry, shown: DynamicsShown) -> Chart:
    """The plot of eigenvalues."""
    end = shown.spectrum
    return Chart(geometry.spectrum, (-end, end, -end, end))


# -- what stays until something else is found -------------------------------------------


def paint_head(painter: QPainter, rect: QRectF, content: DynamicsContent) -> None:
    """The contestant's line and name; at the right the training step of what was found."""
    palette, head, y = content.palette, content.head, px(20)
    line_sample(painter, rect.left(), y - px(5), head.style, palette)
    shown, step = content.shown, ""
    if shown is not None:
        step = f"step {shown.step:,}" if shown.step else "untrained"
        layer = shown.found.layer
        step = f"layer {layer} · {step}" if layer > 1 else step
    room = rect.width() - px(TITLE) - width_of(step, SMALL_PX) - px(8)
    title = elided(head.title, room, HEAD_PX, bold=True)
    color = head.style.color(palette)
    write(painter, rect.left() + px(TITLE), y, title, color, HEAD_PX, bold=True)
    write(painter, rect.right(), y, step, palette.quiet, align=_RIGHT)


def paint_states(painter: QPainter, geometry: DynamicsGeometry, content: DynamicsContent) -> None:
    """The frame with the names of its axes, and the ways of some sequences of every answer."""
    shown, palette = content.shown, content.palette
    assert shown is not None
    rect, chart = geometry.states, states_chart(geometry, shown)
    painter.setPen(pen(palette.hairline))
    painter.drawRect(rect)
    across, up = shown.axes
    up, across = (elided(name, rect.width(), SMALL_PX) for name in (f"↑ {up}", f"{across} →"))
    write(painter, rect.left(), rect.top() - px(4), up, palette.quiet)
    write(painter, rect.right(), rect.bottom() + px(12), across, palette.quiet, align=_RIGHT)
    ways, groups = shown.found.ways, shown.found.groups.names
    if ways is None:
        return
    painter.save()
    painter.setClipRect(rect)
    for n, row in enumerate(shown.few.tolist()):
        color = tint(group_colour(groups, int(ways.groups[row]), palette), FAINT)
        places = chart.place(shown.ways[n])
        painter.setPen(pen(color))
        polyline(painter, places[:, 0], places[:, 1])
    for n, row in enumerate(shown.few.tolist()):
        places = chart.place(shown.ways[n])
        cues = np.flatnonzero(ways.roles[row] == Role.CUE)
        _dots(painter, places[cues], palette.cue, 1.8)
        _dots(painter, places[[ways.asked[row]]], palette.text, 1.8)
    painter.restore()


def paint_points(painter: QPainter, geometry: DynamicsGeometry, content: DynamicsContent) -> None:
    """Fixed and slow points as crosses: stable ones filled, saddles open."""
    shown = content.shown
    assert shown is not None
    painter.save()
    painter.setClipRect(geometry.states)
    places = states_chart(geometry, shown).place(shown.points)
    for n in reversed(range(len(places))):  # those that move least on top
        point = shown.found.points[n]
        x, y = places[n].tolist()
        paint_cross(painter, x, y, point.fixed, bool(point.unstable), content.palette)
    painter.restore()


def paint_spectrum(
    painter: QPainter,
    geometry: DynamicsGeometry,
    content: DynamicsContent,
    chosen: FixedPoint | None = None,
) -> None:
    """Eigenvalues of all points, or of a chosen one, around the unit circle."""
    shown, palette = content.shown, content.palette
    assert shown is not None
    rect, chart = geometry.spectrum, spectrum_chart(geometry, shown)
    name = "eigenvalues of this point" if chosen else "eigenvalues"
    name = name if width_of(name, SMALL_PX) <= rect.width() else "eigenvalues"
    painter.fillRect(rect.adjusted(0, -px(NAME), 1, 1), QColor(palette.ground))
    write(painter, rect.left(), rect.top() - px(4), name, palette.quiet)
    painter.setPen(pen(palette.hairline))
    painter.drawRect(rect)
    centre, radius = chart.place(np.zeros(2)), chart.scale
    painter.drawLine(QPointF(rect.left(), centre[1]), QPointF(rect.right(), centre[1]))
    painter.drawLine(QPointF(centre[0], rect.top()), QPointF(centre[0], rect.bottom()))
    painter.setPen(pen(palette.edge))
    painter.drawEllipse(QPointF(*centre), radius, radius)
    write(painter, centre[0] + radius + 2, centre[1] + px(12), "1", palette.quiet)
    painter.save()
    painter.setClipRect(rect)
    points = shown.found.points if chosen is None else (chosen,)
    for point in points:
        values = point.eigenvalues
        dots = chart.place(np.stack([values.real, values.imag], axis=1))
        color = QColor(palette.text) if chosen else tint(palette.text, 70)
        _dots(painter, dots, color, 2.4 if chosen else 1.4)
    painter.restore()


def paint_key(painter: QPainter, geometry: DynamicsGeometry, content: DynamicsContent) -> None:
    """What the crosses mean, of the kinds that were found, as far as there is room."""
    shown, palette, line = content.shown, content.palette, metrics(SMALL_PX).height()
    assert shown is not None
    there = {(point.fixed, bool(point.unstable)) for point in shown.found.points}
    y = geometry.key.top() + line
    for fixed, saddle, words in KINDS:
        if (fixed, bool(saddle)) not in there or y > geometry.key.bottom():
            continue
        if width_of(words, SMALL_PX) + px(18) > geometry.key.width():
            words = words.replace(", stable or neutral", "")
        left = geometry.key.left()
        paint_cross(painter, left + px(7), y - px(4), fixed, bool(saddle), palette)
        write(painter, left + px(18), y, words, palette.quiet)
        y += line + 2


def paint_words(painter: QPainter, geometry: DynamicsGeometry, content: DynamicsContent) -> None:
    """The verdict, and under it the constant input."""
    shown, palette, rect = content.shown, content.palette, geometry.words
    assert shown is not None
    bottom = write_lines(painter, rect.left(), rect.top(), geometry.verdict, palette.text, TEXT_PX)
    said = elided(f"Constant input: {shown.found.input}", rect.width(), SMALL_PX)
    write_lines(painter, rect.left(), bottom, [said], palette.quiet)


def paint_nothing(painter: QPainter, rect: QRectF, content: DynamicsContent) -> None:
    """Why nothing is shown yet."""
    lines = wrap(content.waiting, rect.width() - px(16), 6, TEXT_PX)
    top = rect.center().y() - len(lines) * metrics(TEXT_PX).height() / 2
    for n, text in enumerate(lines):
        y = top + (n + 0.8) * metrics(TEXT_PX).height()
        middle = Qt.AlignmentFlag.AlignHCenter
        write(painter, rect.center().x(), y, text, content.palette.quiet, TEXT_PX, align=middle)


# -- what changes with every frame and mark ---------------------------------------------


def paint_cloud(
    painter: QPainter, geometry: DynamicsGeometry, content: DynamicsContent, step: int
) -> None:
    """All fresh sequences at one step, or at their question (-1), as dots of a few pixels.

    They are set in an image: thousands of round dots would take Qt 20 ms.
    """
    shown, rect = content.shown, geometry.states
    assert shown is not None
    ratio = painter.device().devicePixelRatio()
    places, groups = shown.cloud(step)
    placed = (states_chart(geometry, shown).place(places) - (rect.left(), rect.top())) * ratio
    wide, high = round(rect.width() * ratio), round(rect.height() * ratio)
    pixels = np.zeros((high, wide), np.uint32)
    names, radius = shown.found.groups.names, 1.4 * scale() * ratio
    groups_and_none = (*range(len(names)), -1)
    colors = [QColor(group_colour(names, n, content.palette)).rgb() for n in groups_and_none]
    around = np.arange(-int(radius), int(radius) + 1)
    for dx, dy in ((dx, dy) for dx in around for dy in around if dx * dx + dy * dy <= radius**2):
        x, y = np.rint(placed[:, 0]) + dx, np.rint(placed[:, 1]) + dy
        inside = (x >= 0) & (x < wide) & (y >= 0) & (y < high)
        cells = y[inside].astype(np.intp), x[inside].astype(np.intp)
        pixels[cells] = np.array(colors, np.uint32)[groups[inside]]
    image = QImage(pixels.data, wide, high, 4 * wide, QImage.Format.Format_ARGB32)
    painter.drawImage(rect, image)


def paint_way(painter: QPainter, geometry: DynamicsGeometry, content: DynamicsContent) -> None:
    """The shown sentence's way, over that of others."""
    if content.shown is None or content.way is None:
        return
    places = states_chart(geometry, content.shown).place(content.way)
    painter.save()
    painter.setClipRect(geometry.states)
    for width, color in ((3.2, content.palette.ground), (1.6, _color(content))):
        painter.setPen(pen(color, width * scale()))
        polyline(painter, places[:, 0], places[:, 1])
    painter.restore()


def paint_steps(
    painter: QPainter, geometry: DynamicsGeometry, content: DynamicsContent, step: int
) -> None:
    """Cue and question of the shown sentence with their names, and a dot at the marked step."""
    if content.shown is None or content.way is None:
        return
    palette, asked = content.palette, content.sequence.asked_at
    places = states_chart(geometry, content.shown).place(content.way)
    cues = np.flatnonzero(content.sequence.roles == Role.CUE)
    _dots(painter, places[cues], palette.cue, 3.5)
    _dots(painter, places[[asked]], palette.text, 3.5)
    if len(cues):
        _name(painter, geometry, places[cues[0]], "cue", palette.cue, palette)
    _name(painter, geometry, places[asked], "question", palette.text, palette)
    if 0 <= step < len(places):
        _dots(painter, places[[step]], palette.ground, 7.0)
        _dots(painter, places[[step]], _color(content), 5.0)


def paint_readout(
    painter: QPainter, geometry: DynamicsGeometry, content: DynamicsContent, words: str
) -> None:
    """What is under the pointer, or else what was found, in two lines."""
    rect, color = geometry.readout, content.palette.text if words else content.palette.quiet
    assert content.shown is not None
    counts = f"{content.shown.counts[:1].upper()}{content.shown.counts[1:]}."
    if content.with_cloud:
        counts = f"{counts} Dots are fresh sequences at the question."
    lines = wrap(words or counts, rect.width(), 2, SMALL_PX)
    write_lines(painter, rect.left(), rect.top(), lines, color)


def paint_cross(
    painter: QPainter, x: float, y: float, fixed: bool, saddle: bool, palette: Palette
) -> None:
    """A cross: large for a fixed point, filled unless it is a saddle."""
    size = (FIXED_PX if fixed else SLOW_PX) * scale()
    arm = ARM * size
    out, inner = size, arm
    corners = [
        (-out, -out + arm), (-out + arm, -out), (0, -inner), (out - arm, -out),
        (out, -out + arm), (inner, 0), (out, out - arm), (out - arm, out),
        (0, inner), (-out + arm, out), (-out, out - arm), (-inner, 0),
    ]  # fmt: skip
    shape = QPolygonF([QPointF(x + dx, y + dy) for dx, dy in corners])
    painter.setPen(pen(palette.text if saddle else palette.ground))
    painter.setBrush(QColor(palette.ground if saddle else palette.text))
    painter.drawPolygon(shape)
    painter.setBrush(Qt.BrushStyle.NoBrush)


def paint_ring(painter: QPainter, x: float, y: float, palette: Palette) -> None:
    """Around the point under the pointer."""
    painter.setPen(pen(palette.text, 1.5 * scale()))
    painter.drawEllipse(QPointF(x, y), 9 * scale(), 9 * scale())


def _color(content: DynamicsContent) -> str:
    """The colour of the shown sentence's answer."""
    assert content.shown is not None
    return group_colour(content.shown.found.groups.names, content.group, content.palette)


def _dots(painter: QPainter, places: Places, color: str | QColor, radius: float) -> None:
    """Round dots; radius at a type size of 100%."""
    made = pen(color, 2 * radius * scale())
    made.setCapStyle(Qt.PenCapStyle.RoundCap)
    painter.setPen(made)
    finite = places[np.isfinite(places).all(axis=1)].tolist()
    painter.drawPoints(QPolygonF([QPointF(x, y) for x, y in finite]))


def _name(
    painter: QPainter,
    geometry: DynamicsGeometry,
    place: Places,
    words: str,
    color: str,
    palette: Palette,
) -> None:
    """A name beside a place, on ground, inside the plot."""
    x, y = place.tolist()
    wide, high = width_of(words, SMALL_PX), metrics(SMALL_PX).height()
    left = x + px(7) if x + px(9) + wide < geometry.states.right() else x - px(7) - wide
    top = min(max(y - high / 2, geometry.states.top() + 1), geometry.states.bottom() - high - 1)
    painter.fillRect(QRectF(left - 2, top, wide + 4, high), tint(palette.ground, 190))
    write(painter, left, top + metrics(SMALL_PX).ascent(), words, color)
