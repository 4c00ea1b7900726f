"""A sequence of real numbers: one strip per channel, with bars up and down from zero."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from PySide6.QtCore import QRectF

from sandbox.drawing.timeline import Timeline
from sandbox.drawing.wording import decimal
from sandbox.gui.look.marks import tint, write
from sandbox.gui.look.typeface import SMALL_PX, baseline, px, width_of
from sandbox.tasks.base import Channels, Role

if TYPE_CHECKING:
    from PySide6.QtGui import QPainter

    from sandbox.drawing.styles import Palette
    from sandbox.gui.panels.shared.views import SequenceView

_GAP = 4.0


def channel_timeline(left: float, width: float, view: SequenceView) -> Timeline:
    """The time axis, right of the channels' names."""
    assert isinstance(view.task.inputs, Channels)
    names = max(width_of(name, SMALL_PX) for name in view.task.inputs.names) + 12
    return Timeline(left + names, max(width - names, 1), view.length)


def paint_channels(
    painter: QPainter, area: QRectF, view: SequenceView, palette: Palette, mark: int
) -> None:
    """Each channel's bars; steps of the cue in its colour, the marked step over everything."""
    inputs = view.task.inputs
    assert isinstance(inputs, Channels)
    values = np.asarray(view.sequences.inputs[view.index, : view.length], np.float64)
    timeline = channel_timeline(area.left(), area.width(), view)
    height = (area.height() - _GAP * (inputs.size - 1)) / inputs.size
    for channel, name in enumerate(inputs.names):
        top = area.top() + channel * (height + _GAP)
        strip = QRectF(timeline.left, top, timeline.width, height)
        write(painter, area.left(), baseline(top, height), name, palette.quiet)
        shares = (values[:, channel] - inputs.low) / (inputs.high - inputs.low)
        _paint_strip(painter, strip, shares, zero_share(inputs), view, palette)
    if 0 <= mark < view.length:
        x = timeline.centre(mark)
        painter.fillRect(QRectF(round(x), area.top(), 1, area.height()), palette.text)
        _write_values(painter, x, area, values[mark], palette)


def zero_share(inputs: Channels) -> float:
    """Where bars begin, 0 the bottom and 1 the top: at zero, or at the end nearest to it."""
    return min(max(-inputs.low / (inputs.high - inputs.low), 0.0), 1.0)


def _paint_strip(
    painter: QPainter,
    strip: QRectF,
    shares: np.ndarray,
    zero: float,
    view: SequenceView,
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
