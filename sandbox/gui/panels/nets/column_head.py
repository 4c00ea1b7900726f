"""The head of a contestant's column: its name, its figures and its answer."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt

from sandbox.drawing.answer_text import AnswerText, answer_at
from sandbox.drawing.curve_axes import accuracy_name
from sandbox.drawing.wording import loss_text, percent
from sandbox.gui.look.marks import line_sample, verdict, write
from sandbox.gui.look.typeface import HEAD_PX, LARGE_PX, SMALL_PX, TEXT_PX, elided, px, width_of

if TYPE_CHECKING:
    from PySide6.QtGui import QPainter

    from sandbox.drawing.styles import Palette
    from sandbox.gui.panels.nets.column_geometry import Geometry
    from sandbox.gui.panels.nets.nets_scales import ColumnContent
    from sandbox.gui.panels.shared.views import NetHead
    from sandbox.tasks.base import Task

_LINES = (22, 39, 56)  # baselines
_TITLE = 36  # behind the line sample
_SPACE, _SIGN = 16, 14
_RIGHT = Qt.AlignmentFlag.AlignRight


@dataclass(frozen=True)
class Figures:
    """The figures in a head: the criterion's metric large with its name, the other one small.

    names: of the large figure, the longest first; where even the last is too long, none.
    """

    large: str
    names: tuple[str, ...]
    small_name: str
    small: str
    statuses: tuple[str, ...]


def paint_head(
    painter: QPainter, geometry: Geometry, content: ColumnContent, rows_drawn: int, taken: int = 0
) -> None:
    """Title, figures and status in the first line, the answer in the second, units at its end.

    In a tall head, which narrow columns have, status and units are in a third line.
    rows_drawn: of the units, how many have a row of pixels of their own.  taken: pixels at the
    last line's end that are not free.
    """
    left, right, tall = geometry.head.left(), geometry.head.right(), geometry.tall_head
    palette, figures = content.palette, figures_of(content.head, content.sequence.task)
    x = _paint_title(painter, left, right, figures, content)
    name, small, status = chosen_words(figures, right - x, with_status=not tall)
    first = px(_LINES[0])
    if name:
        x = write(painter, x + 6, first, name, palette.quiet)
    if small:
        x = write(painter, x + px(12), first, figures.small_name, palette.quiet)
        x = write(painter, x + 4, first, figures.small, palette.text, TEXT_PX)
    sign = px(_SIGN) if status and content.head.tone != "quiet" else 0
    start = max(right - sign - width_of(status), x + px(_SPACE) / 2)
    _paint_status(painter, start, right, first, status, content)
    free, last = right - taken, px(_LINES[2 if tall else 1])
    x = _paint_answer(painter, left, right if tall else free, content)
    if tall:
        room = free - left - px(_TITLE + _SIGN)
        fitting = (text for text in figures.statuses if width_of(text) <= room)
        status = next(fitting, figures.statuses[-1])
        x = _paint_status(painter, left + px(_TITLE), free, last, status, content)
    text = f"{content.units} unit{'s' if content.units > 1 else ''}"
    if rows_drawn < content.units:
        text = f"room for {rows_drawn} of {text}"
    if content.units and x + px(_SPACE) + width_of(text, SMALL_PX) <= free:
        write(painter, free, last, text, palette.quiet, align=_RIGHT)


def figures_of(head: NetHead, task: Task) -> Figures:
    """The figures of a head."""
    share, loss = percent(head.accuracy), loss_text(head.loss)
    without = head.status.replace(" at step ", " ")
    brief = without.partition(" (")[0]
    statuses = (head.status, without, brief, re.split(":| in ", without)[0])
    if task.criterion.metric == "accuracy":
        return Figures(share, (accuracy_name(task),), "loss", loss, statuses)
    return Figures(loss, _loss_names(head, task), accuracy_name(task), share, statuses)


def _loss_names(head: NetHead, task: Task) -> tuple[str, ...]:
    """What stands behind a loss, the longest first: also what it means in the task's units."""
    limit = task.criterion.threshold
    units = "" if head.loss is None else task.in_units(head.loss)
    if not units:
        return f"mean loss, solved below {limit:.3g}", "loss"
    told = f"mean loss ({units}), solved below {limit:.3g} ({task.in_units(limit)})"
    return told, f"loss ({units})", f"loss ({units.removeprefix('RMS error ')})", "loss"


def chosen_words(figures: Figures, room: float, with_status: bool = True) -> tuple[str, bool, str]:
    """The name of the large figure, whether the small one is written, and the status.

    What does not fit is left out: "at step", the criterion, the small figure or else the reason,
    then both, then the name.
    """
    statuses = figures.statuses if with_status else ("",)
    choices = [(status, True) for status in statuses[:-1]]
    choices += [(statuses[-2:][0], False), (statuses[-1], True), (statuses[-1], False)]
    trials = [(name, small, status) for status, small in choices for name in figures.names]
    trials.append(("", False, statuses[-1]))
    return next((trial for trial in trials if _wide(figures, *trial) <= room), trials[-1])


def _wide(figures: Figures, name: str, small: bool, status: str) -> float:
    wide = 6 + width_of(name, SMALL_PX) if name else 0.0
    if small:
        wide += px(16) + width_of(figures.small_name, SMALL_PX) + width_of(figures.small)
    return wide + (px(_SIGN + _SPACE) + width_of(status) if status else 0)


def _paint_title(
    painter: QPainter, left: float, right: float, figures: Figures, content: ColumnContent
) -> float:
    """Paint line sample, name and the large figure; returns its right end."""
    head, palette, y = content.head, content.palette, px(_LINES[0])
    line_sample(painter, left, y - px(5), head.style, palette)
    widest = max(width_of(text, LARGE_PX, bold=True) for text in ("100%", figures.large))
    left, color = left + px(_TITLE), head.style.color(palette)
    title = elided(head.title, right - left - px(_SPACE) - widest, HEAD_PX, bold=True)
    x = write(painter, left, y, title, color, HEAD_PX, bold=True) + px(_SPACE) + widest
    write(painter, x, y, figures.large, palette.text, LARGE_PX, bold=True, align=_RIGHT)
    return x


def _paint_status(
    painter: QPainter, left: float, right: float, y: float, status: str, content: ColumnContent
) -> float:
    """Paint the status and its sign between `left` and `right`, elided; returns its end."""
    tone, palette = content.head.tone, content.palette
    sign = px(_SIGN) if status and tone != "quiet" else 0
    color = {"right": palette.right, "wrong": palette.wrong}.get(tone, palette.quiet)
    room = right - left - sign
    text = elided(status, room) if width_of(status) > room + 1 else status
    if sign:
        verdict(painter, left, y, tone == "right", color)
    return write(painter, left + sign, y, text, color, TEXT_PX)


def _paint_before(
    painter: QPainter, left: float, right: float, before: AnswerText, content: ColumnContent
) -> float:
    """Paint the answer without what is held; returns where the next words begin."""
    y, palette = px(_LINES[1]), content.palette
    words = elided(f"said {before.answer}, and now", (right - left) / 2, SMALL_PX)
    return write(painter, left + px(_TITLE), y, words, palette.quiet) + 6


def _paint_answer(painter: QPainter, left: float, right: float, content: ColumnContent) -> float:
    """Paint the answer at the question and whether it is right; returns where it ends."""
    palette, y = content.palette, px(_LINES[1])
    if content.trace is None:
        return left
    sequence, head = content.sequence, content.head
    answer = answer_at(sequence, content.trace.answers, untrained=head.untrained)
    if content.untouched is not None:
        before = answer_at(sequence, content.untouched.answers, untrained=head.untrained)
        if before.answer != answer.answer:
            left = _paint_before(painter, left, right, before, content) - px(_TITLE)
    x = write(painter, left + px(_TITLE), y, "says:", palette.quiet, TEXT_PX)
    x = write(painter, x + 6, y, answer.answer, palette.text, TEXT_PX, bold=True) + px(12)
    color, text = verdict_color(answer, palette), answer.verdict
    if answer.sure:
        verdict(painter, x, y, answer.right, color)
        x += px(_SIGN)
    if x + width_of(text) > right:
        text = re.split("[,;:(]", text)[0].rstrip()
    return write(painter, x, y, text, color, TEXT_PX)


def verdict_color(answer: AnswerText, palette: Palette) -> str:
    """Right and wrong in their colours; a guess is neither."""
    if not answer.sure:
        return palette.quiet
    return palette.right if answer.right else palette.wrong
