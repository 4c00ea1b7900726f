"""Sequences of real numbers as a strip of bars a channel."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from PySide6.QtCore import QPointF, QRectF

from sandbox.drawing.placing import spread
from sandbox.drawing.timeline import Timeline
from sandbox.drawing.wording import decimal
from sandbox.gui.look.marks import tint, write
from sandbox.gui.look.typeface import SMALL_PX, baseline, px, width_of
from sandbox.tasks.base import Channels, Role

if TYPE_CHECKING:
    from PySide6.QtGui import QPainter

    from sandbox.drawing.styles import Palette
    from sandbox.tasks.shown import ShownSequence

_GAP = 4.0  # between channels
FEW, NAME_PITCH = 3, 11  # channels that have room; pixels between names


def channel_timeline(left: float, width: float, view: ShownSequence) -> Timeline:
    """The time axis, right of the channels' names."""
    assert isinstance(view.task.inputs, Channels)
    names = max(width_of(name, SMALL_PX) for name in view.task.inputs.names) + 12
    return Timeline(left + names, max(width - names, 1), view.length)


def strips_of(area: QRectF, view: ShownSequence) -> list[QRectF]:
    """Where each channel is drawn."""
    inputs = view.task.inputs
    assert isinstance(inputs, Channels)
    timeline = channel_timeline(area.left(), area.width(), view)
    gap = _gap(inputs)
    height = (area.height() - gap * (inputs.size - 1)) / inputs.size
    tops = (area.top() + channel * (height + gap) for channel in range(inputs.size))
    return [QRectF(timeline.left, top, timeline.width, height) for top in tops]


def value_at(area: QRectF, view: ShownSequence, channel: int, y: float) -> float:
    """The value that a channel's bar has at this height; its ends are those of the strip."""
    inputs, strip = view.task.inputs, strips_of(area, view)[channel]
    assert isinstance(inputs, Channels)
    share = min(max((strip.bottom() - y) / strip.height(), 0.0), 1.0)
    return inputs.low + share * (inputs.high - inputs.low)


def channel_at(area: QRectF, view: ShownSequence, position: QPointF) -> int:
    """The channel whose strip is nearest to a point."""
    middles = [strip.center().y() for strip in strips_of(area, view)]
    return min(range(len(middles)), key=lambda channel: abs(middles[channel] - position.y()))


def _gap(inputs: Channels) -> float:
    return _GAP if inputs.size <= FEW else 1.0


def paint_channels(
    painter: QPainter, area: QRectF, view: ShownSequence, palette: Palette, mark: int
) -> None:
    """A strip of bars a channel; the cue in its colour, the marked step over everything."""
    inputs = view.task.inputs
    assert isinstance(inputs, Channels)
    values = np.asarray(view.sequences.inputs[view.index, : view.length], np.float64)
    timeline = channel_timeline(area.left(), area.width(), view)
    strips = strips_of(area, view)
    _write_names(painter, area, inputs.names, strips[0].height() + _gap(inputs), palette)
    for channel, strip in enumerate(strips):
        shares = (values[:, channel] - inputs.low) / (inputs.high - inputs.low)
        _paint_strip(painter, strip, shares, zero_share(inputs), view, palette)
    if 0 <= mark < view.length:
        x = timeline.centre(mark)
        painter.fillRect(QRectF(round(x), area.top(), 1, area.height()), palette.text)
        if inputs.size <= FEW:  # of more, the line above tells them with their names
            _write_values(painter, x, area, values[mark], palette)


def _write_names(
    painter: QPainter, area: QRectF, names: tuple[str, ...], pitch: float, palette: Palette
) -> None:
    """Names beside channels that are `pitch` apart, moved until none lies over another."""
    least = px(NAME_PITCH)
    for name, middle in names_placed(names, area.height(), pitch, least):
        y = baseline(area.top() + middle - least / 2, least)
        write(painter, area.left(), y, name, palette.quiet)


def names_placed(
    names: tuple[str, ...], height: float, pitch: float, least: float
) -> list[tuple[str, float]]:
    """As many names as have room, at least so far apart, and the middle of each from the top.

    One stands for the sine and the cosine of the same; the first and the last are always there.
    """
    told = [
        (name.removesuffix(" sin"), (at + 1.0) * pitch)
        if _is_pair(names[at : at + 2])
        else (name, (at + 0.5) * pitch)
        for at, name in enumerate(names)
        if not _is_pair(names[max(at - 1, 0) : at + 1])
    ]
    many = max(min(int(height / least), len(told)), 1)
    kept = [told[round(at)] for at in np.linspace(0, len(told) - 1, many)]
    middles = spread(
        [middle for _, middle in kept], least / 2, height - least / 2, least, keep=True
    )
    return [(name, middle) for (name, _), middle in zip(kept, middles, strict=True)]


def _is_pair(names: tuple[str, ...]) -> bool:
    """Whether these are the sine and the cosine of the same."""
    return len(names) == 2 and f"{names[0].removesuffix(' sin')} cos" == names[1]


def zero_share(inputs: Channels) -> float:
    """Where bars begin, 0 the bottom and 1 the top: at zero, or at the end nearest to it."""
    return min(max(-inputs.low / (inputs.high - inputs.low), 0.0), 1.0)


def _paint_strip(
    painter: QPainter,
    strip: QRectF,
    shares: np.ndarray,
    zero: float,
    view: ShownSequence,
    palette: Palette,
) -> None:
    """shares: of the strip's height, (T,)."""
    painter.fillRect(strip, tint(palette.quiet, 20))
    base = strip.bottom() - zero * strip.height()
    width = strip.width() / view.length
    for step, share in enumerate(np.clip(shares, 0, 1).tolist()):
        cue = view.roles[step] == Role.CUE
        x, tall = strip.left() + step * width, (share - zero) * strip.height()
        if cue:
            band = QRectF(x, strip.top(), max(width, 2), strip.height())
            painter.fillRect(band, tint(palette.cue, 60))
        bar = QRectF(x, base - tall, max(width - 1, 1), tall).normalized()
        painter.fillRect(bar, palette.cue if cue else tint(palette.quiet, 170))
    if 0 < zero < 1:
        painter.fillRect(QRectF(strip.left(), round(base), strip.width(), 1), palette.quiet)


def _write_values(
    painter: QPainter, x: float, area: QRectF, values: np.ndarray, palette: Palette
) -> None:
    """The values of the marked step (I,) on a chip beside its line."""
    text = " · ".join(map(decimal, values))
    width, height = width_of(text, SMALL_PX, bold=True) + 8, px(15)
    left = min(max(x + 4, area.left()), area.right() - width)
    painter.fillRect(QRectF(left, area.top(), width, height), palette.text)
    y = baseline(area.top(), height)
    write(painter, left + 4, y, text, palette.ground, bold=True)
