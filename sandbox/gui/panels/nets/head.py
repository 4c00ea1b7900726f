"""The head of a contestant's column: who it is, how well it does, what it says."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from PySide6.QtCore import QRect, Qt

from sandbox.drawing.answer_text import AnswerText, answer_at
from sandbox.drawing.curve_axes import accuracy_name
from sandbox.drawing.words import loss_text, percent
from sandbox.gui.look.marks import line_sample, verdict, write
from sandbox.gui.look.typeface import LARGE_PX, SMALL_PX, TEXT_PX, metrics, width_of
from sandbox.gui.panels.nets.geometry import HEAD

if TYPE_CHECKING:
    from PySide6.QtGui import QPainter

    from sandbox.drawing.styles import Palette
    from sandbox.gui.panels.nets.content import ColumnContent
    from sandbox.gui.panels.shared.views import NetHead
    from sandbox.tasks.base import Task

_TITLE = 36  # behind the line sample
_SPACE, _SIGN = 16, 14
_RIGHT = Qt.AlignmentFlag.AlignRight


def paint_head(
    painter: QPainter, rect: QRect, content: ColumnContent, rows_drawn: int, taken: int = 0
) -> None:
    """Title, figures and status in the first line, the answer in the second, units at its end.

    In a tall head, which narrow columns have, status and units are in a third line.
    rows_drawn: of the units, how many have a row of pixels of their own.  taken: pixels at the
    last line's end that are not free.
    """
    tall, right = rect.height() > HEAD, rect.right() - taken
    figures = figures_of(content.head, content.sequence.task)
    title_end = _paint_title(painter, rect, content, figures)
    line = rect if tall else rect.adjusted(0, 0, -taken, 0)
    left = _paint_answer(painter, line, content)
    if tall:
        first = replace(figures, statuses=("", ""))
        _paint_numbers(painter, rect, title_end, first, content)
        left = _paint_status_line(painter, rect, right, figures, content)
    else:
        _paint_numbers(painter, rect, title_end, figures, content)
    text, baseline = units_text(content.units, rows_drawn), rect.top() + (56 if tall else 39)
    if content.units and left + _SPACE + width_of(text, SMALL_PX) <= right:
        write(painter, right, baseline, text, content.palette.quiet, align=_RIGHT)


def _paint_status_line(
    painter: QPainter, rect: QRect, right: float, figures: Figures, content: ColumnContent
) -> float:
    """The status in the third line of a tall head; where it ends."""
    left = rect.left() + _TITLE
    status = _fitting(figures.statuses, right - left - _SIGN)
    _paint_status(painter, left, right, rect.top() + 56, status, content)
    return left + _status_width(status, content)


def units_text(units: int, rows_drawn: int) -> str:
    """How many units there are, and whether all of them can be seen."""
    if rows_drawn < units:
        return f"{rows_drawn} of {units} units drawn"
    return f"{units} unit{'s' if units > 1 else ''}"


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


def figures_of(head: NetHead, task: Task) -> Figures:
    """What a head says in figures."""
    share, loss = percent(head.accuracy), loss_text(head.loss)
    statuses = (head.status, head.status.replace(" at step ", " "))
    if task.criterion.metric == "accuracy":
        return Figures(share, (accuracy_name(task),), "loss", loss, statuses)
    names = (f"loss, solved below {task.criterion.threshold:.3g}", "loss")
    return Figures(loss, names, accuracy_name(task), share, statuses)


def chosen_words(figures: Figures, room: float) -> tuple[str, bool, str]:
    """The name of the large figure, whether the small one is written, and the status.

    What does not fit is left out: the name, then the small figure, then "at step"; a number
    never is.
    """
    full, short = figures.statuses
    trials = [(name, True, full) for name in (*figures.names, "")]
    if len(figures.names) > 1:  # a loss without its name could be anything
        trials[-1] = (figures.names[-1], False, full)
    trials += [("", False, full), ("", False, short)]
    return next((trial for trial in trials if _wide(figures, *trial) <= room), trials[-1])


def _wide(figures: Figures, name: str, small: bool, status: str) -> float:
    wide = 6 + width_of(name, SMALL_PX) if name else 0.0
    if small:
        wide += 16 + width_of(figures.small_name, SMALL_PX) + width_of(figures.small)
    return wide + (_SIGN + _SPACE + width_of(status, TEXT_PX) if status else 0)


def _fitting(statuses: tuple[str, ...], room: float) -> str:
    """The longest status that fits; the shortest where none does."""
    return next((text for text in statuses if width_of(text) <= room), statuses[-1])


def _paint_title(painter: QPainter, rect: QRect, content: ColumnContent, figures: Figures) -> float:
    """Line sample, name and the large figure, whose right end is returned."""
    head, palette, baseline = content.head, content.palette, rect.top() + 22
    line_sample(painter, rect.left(), baseline - 5, head.style, palette)
    widest = max(width_of(text, LARGE_PX, bold=True) for text in ("100%", figures.large))
    left, color = rect.left() + _TITLE, head.style.color(palette)
    measure, room = metrics(15, bold=True), rect.right() - left - _SPACE - widest
    title = measure.elidedText(head.title, Qt.TextElideMode.ElideRight, room)
    x = write(painter, left, baseline, title, color, 15, bold=True) + _SPACE + widest
    write(painter, x, baseline, figures.large, palette.text, LARGE_PX, bold=True, align=_RIGHT)
    return x


def _paint_numbers(
    painter: QPainter, rect: QRect, x: float, figures: Figures, content: ColumnContent
) -> None:
    """From x on the large figure's name, the small figure, and the status at the right end."""
    palette, baseline = content.palette, rect.top() + 22
    name, small, status = chosen_words(figures, rect.right() - x)
    if name:
        x = write(painter, x + 6, baseline, name, palette.quiet)
    if small:
        x = write(painter, x + 12, baseline, figures.small_name, palette.quiet)
        x = write(painter, x + 4, baseline, figures.small, palette.text, TEXT_PX)
    start = max(rect.right() - _status_width(status, content), x + _SPACE // 2)
    _paint_status(painter, start, rect.right(), baseline, status, content)


def _status_width(status: str, content: ColumnContent) -> float:
    sign = _SIGN if status and content.head.tone != "quiet" else 0
    return sign + width_of(status, TEXT_PX)


def _paint_status(
    painter: QPainter,
    left: float,
    right: float,
    baseline: float,
    status: str,
    content: ColumnContent,
) -> None:
    """The status from `left` on, with its sign; elided where it would pass `right`."""
    tone = content.head.tone
    sign = _SIGN if status and tone != "quiet" else 0
    text, room = status, right - left - sign
    if width_of(status, TEXT_PX) > room + 1:
        text = metrics(TEXT_PX).elidedText(status, Qt.TextElideMode.ElideRight, max(room, 0))
    color = {"right": content.palette.right, "wrong": content.palette.wrong}.get(
        tone, content.palette.quiet
    )
    write(painter, left + sign, baseline, text, color, TEXT_PX)
    if sign:
        verdict(painter, left, baseline, tone == "right", color)


def _paint_answer(painter: QPainter, rect: QRect, content: ColumnContent) -> float:
    palette, baseline = content.palette, rect.top() + 39
    if content.trace is None:
        return rect.left()
    answer = answer_at(content.sequence, content.trace.answers)
    x = write(painter, rect.left() + _TITLE, baseline, "says:", palette.quiet, TEXT_PX)
    x = write(painter, x + 6, baseline, answer.answer, palette.text, TEXT_PX, bold=True)
    color, text = verdict_color(answer, palette), answer.verdict
    if answer.sure:
        verdict(painter, x + 12, baseline, answer.right, color)
    x += 26 if answer.sure else 12
    if x + width_of(text, TEXT_PX) > rect.right():
        text = re.split("[,;]", text)[0]
    return write(painter, x, baseline, text, color, TEXT_PX)


def verdict_color(answer: AnswerText, palette: Palette) -> str:
    """Right and wrong in their colours; a guess is neither."""
    if not answer.sure:
        return palette.quiet
    return palette.right if answer.right else palette.wrong
