"""The head of a contestant's column: who it is, how well it does, what it says."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QRect, Qt

from sandbox.gui.panels.ink import line_sample, verdict, write
from sandbox.gui.panels.typeface import LARGE_PX, SMALL_PX, TEXT_PX, metrics, width_of
from sandbox.gui.panels.wording import accuracy_name, loss_text, percent, says

if TYPE_CHECKING:
    from PySide6.QtGui import QPainter

    from sandbox.gui.panels.content import ColumnContent

_TITLE = 36  # behind the line sample
_SPACE = 16
_RIGHT = Qt.AlignmentFlag.AlignRight


def paint_head(painter: QPainter, rect: QRect, content: ColumnContent, rows_drawn: int) -> None:
    """Title, accuracy, loss and status in the first line; the answer in the second.

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


def _paint_numbers(painter: QPainter, rect: QRect, content: ColumnContent) -> None:
    head, palette = content.head, content.palette
    baseline = rect.top() + 22
    line_sample(painter, rect.left(), baseline - 5, head.style, palette)
    x = write(
        painter,
        rect.left() + _TITLE,
        baseline,
        head.title,
        head.style.color(palette),
        15,
        bold=True,
    )
    x += _SPACE + width_of("100%", LARGE_PX, bold=True)
    text = percent(head.accuracy)
    write(painter, x, baseline, text, palette.text, LARGE_PX, bold=True, align=_RIGHT)
    name = accuracy_name(content.sequence.task)
    if (
        x + 6 + width_of(name, SMALL_PX) + 2 * _SPACE + 14 + width_of(head.status, TEXT_PX)
        <= rect.right()
    ):
        x = write(painter, x + 6, baseline, name, palette.quiet)
    status_left = _paint_status(painter, rect, x, baseline, content)
    loss = loss_text(head.loss)
    if x + 12 + width_of("loss", SMALL_PX) + 4 + width_of(loss) <= status_left:
        x = write(painter, x + 12, baseline, "loss", palette.quiet)
        write(painter, x + 4, baseline, loss, palette.text, TEXT_PX)


def _paint_status(
    painter: QPainter, rect: QRect, left: float, baseline: float, content: ColumnContent
) -> float:
    """The status at the right end; its left end's x.  It goes before the loss."""
    status, tone = content.head.status, content.head.tone
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
    return start - sign


def _paint_answer(painter: QPainter, rect: QRect, content: ColumnContent) -> float:
    palette, baseline = content.palette, rect.top() + 39
    if content.trace is None:
        return rect.left()
    answer = says(content.sequence, content.trace)
    x = write(painter, rect.left() + _TITLE, baseline, "says:", palette.quiet, TEXT_PX)
    x = write(painter, x + 6, baseline, answer.answer, palette.text, TEXT_PX, bold=True)
    color = palette.right if answer.right else palette.wrong
    verdict(painter, x + 12, baseline, answer.right, color)
    text = answer.verdict
    if x + 26 + width_of(text, TEXT_PX) > rect.right():
        text = text.partition(",")[0]
    return write(painter, x + 26, baseline, text, color, TEXT_PX)
