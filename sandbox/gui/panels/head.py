"""The head of a contestant's column: who it is, how well it does, what it says."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from PySide6.QtCore import QRect, Qt

from sandbox.gui.panels.ink import line_sample, verdict, write
from sandbox.gui.panels.typeface import LARGE_PX, SMALL_PX, TEXT_PX, metrics, width_of
from sandbox.gui.panels.wording import Says, accuracy_name, loss_text, percent, says

if TYPE_CHECKING:
    from PySide6.QtGui import QPainter

    from sandbox.gui.palette import Palette
    from sandbox.gui.panels.content import ColumnContent
    from sandbox.gui.views import NetHead
    from sandbox.tasks.base import Task

_TITLE = 36  # behind the line sample
_SPACE = 16
_RIGHT = Qt.AlignmentFlag.AlignRight


def paint_head(painter: QPainter, rect: QRect, content: ColumnContent, rows_drawn: int) -> None:
    """Title, figures and status in the first line; the answer in the second.

    rows_drawn: of the units, how many have a row of pixels of their own.
    """
    _paint_numbers(painter, rect, content)
    left = _paint_answer(painter, rect, content) + _SPACE
    text = units_text(content.units, rows_drawn)
    if content.units and left + width_of(text, SMALL_PX) <= rect.right():
        write(painter, rect.right(), rect.top() + 39, text, content.palette.quiet, align=_RIGHT)


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
    names = (f"loss, solved below {task.criterion.threshold:g}", "loss")
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
    return wide + (14 + _SPACE + width_of(status, TEXT_PX) if status else 0)


def _paint_numbers(painter: QPainter, rect: QRect, content: ColumnContent) -> None:
    head, palette = content.head, content.palette
    baseline = rect.top() + 22
    line_sample(painter, rect.left(), baseline - 5, head.style, palette)
    color = head.style.color(palette)
    x = write(painter, rect.left() + _TITLE, baseline, head.title, color, 15, bold=True)
    figures = figures_of(head, content.sequence.task)
    widest = max(width_of(text, LARGE_PX, bold=True) for text in ("100%", figures.large))
    x += _SPACE + widest
    write(painter, x, baseline, figures.large, palette.text, LARGE_PX, bold=True, align=_RIGHT)
    name, small, status = chosen_words(figures, rect.right() - x)
    if name:
        x = write(painter, x + 6, baseline, name, palette.quiet)
    if small:
        x = write(painter, x + 12, baseline, figures.small_name, palette.quiet)
        x = write(painter, x + 4, baseline, figures.small, palette.text, TEXT_PX)
    _paint_status(painter, rect, x, baseline, status, content)


def _paint_status(
    painter: QPainter,
    rect: QRect,
    left: float,
    baseline: float,
    status: str,
    content: ColumnContent,
) -> None:
    """The status at the right end."""
    tone = content.head.tone
    sign = 14 if status and tone != "quiet" else 0
    room = max(rect.right() - left - sign - _SPACE // 2, 0)
    text = metrics(TEXT_PX).elidedText(status, Qt.TextElideMode.ElideRight, room)
    color = {"right": content.palette.right, "wrong": content.palette.wrong}.get(
        tone, content.palette.quiet
    )
    start = rect.right() - width_of(text)
    write(painter, start, baseline, text, color, TEXT_PX)
    if sign:
        verdict(painter, start - sign, baseline, tone == "right", color)


def _paint_answer(painter: QPainter, rect: QRect, content: ColumnContent) -> float:
    palette, baseline = content.palette, rect.top() + 39
    if content.trace is None:
        return rect.left()
    answer = says(content.sequence, content.trace)
    x = write(painter, rect.left() + _TITLE, baseline, "says:", palette.quiet, TEXT_PX)
    x = write(painter, x + 6, baseline, answer.answer, palette.text, TEXT_PX, bold=True)
    color, text = verdict_color(answer, palette), answer.verdict
    if answer.sure:
        verdict(painter, x + 12, baseline, answer.right, color)
    x += 26 if answer.sure else 12
    if x + width_of(text, TEXT_PX) > rect.right():
        text = re.split("[,;]", text)[0]
    return write(painter, x, baseline, text, color, TEXT_PX)


def verdict_color(answer: Says, palette: Palette) -> str:
    """Right and wrong in their colours; a guess is neither."""
    if not answer.sure:
        return palette.quiet
    return palette.right if answer.right else palette.wrong
