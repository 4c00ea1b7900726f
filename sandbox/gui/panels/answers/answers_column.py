"""One contestant's answers, painted on the time axis of its column above."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import numpy as np
from PySide6.QtCore import QEvent, QPoint, QRect, QSize, Qt, Signal
from PySide6.QtGui import QColor, QMouseEvent, QPainter, QPaintEvent

from sandbox.drawing.wording import step_name
from sandbox.gui.look.colourmaps import draw_pixels, pixel
from sandbox.gui.look.marks import SAMPLE, line_sample, verdict, write
from sandbox.gui.look.typeface import SMALL_PX, TEXT_PX, baseline, elided, px, width_of
from sandbox.gui.panels.answers.answers_content import Places, least_answers_height, place
from sandbox.gui.panels.answers.answers_paint import paint_chances, paint_values
from sandbox.gui.panels.answers.answers_words import likeliest
from sandbox.gui.panels.nets.column_geometry import LEAST_WIDTH, MARGIN
from sandbox.gui.panels.nets.column_head import verdict_color
from sandbox.gui.panels.nets.time_axis import paint_edges, paint_mark
from sandbox.gui.panels.shared.panel import PaintedColumn

if TYPE_CHECKING:
    from sandbox.drawing.timeline import Timeline
    from sandbox.gui.panels.answers.answers_content import AnswersContent, Bools

_SPACE, _SIGN = 8, 14
LANE_SIGN = 11  # pixels that a check or a cross needs
ITSELF = "continues:"


class AnswersColumn(PaintedColumn["AnswersContent"]):
    """Paints an `AnswersContent`, and reports the step under the pointer."""

    hovered = Signal(int)  # step or -1
    clicked = Signal(int)

    @property
    def places(self) -> Places | None:
        """The current places of its parts."""
        content = self.content
        return None if content is None else place(self.even_width, self.height(), content)

    def minimumSizeHint(self) -> QSize:
        """As wide as the column above it needs to be."""
        return QSize(px(LEAST_WIDTH), least_answers_height())

    def paintEvent(self, event: QPaintEvent) -> None:
        """Head, right and wrong, the answers, and the marked step."""
        content, places = self.content, self.places
        if content is None or places is None:
            return
        painter, palette = QPainter(self), content.palette
        painter.fillRect(self.rect(), QColor(palette.ground))
        x, y = _paint_title(painter, places, content)
        top, bottom = places.lanes.top(), places.body.bottom()
        if content.trace is None:
            words = elided(content.waiting or "No answer yet.", self.width() - x, SMALL_PX)
            write(painter, x, y, words, palette.quiet)
        else:
            _paint_answer(painter, x, y, places, content)
            _paint_lanes(painter, places, content)
            (paint_values if content.is_values else paint_chances)(painter, places, content)
            across = QRect(places.body.left(), top, places.body.width(), bottom - top)
            paint_edges(painter, across, content.sequence, places.timeline, palette)
            _paint_words(painter, places, content)
        if content.marked:
            paint_mark(painter, top, bottom, places.timeline, content.step, palette)
        painter.end()

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Report the step under the pointer."""
        self.hovered.emit(self._step_at(event.position().x()))

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Report a click on a step."""
        if event.button() == Qt.MouseButton.LeftButton:
            self.clicked.emit(self._step_at(event.position().x()))

    def leaveEvent(self, event: QEvent) -> None:
        """Report that nothing is under the pointer."""
        self.hovered.emit(-1)

    def _step_at(self, x: float) -> int:
        content, places = self.content, self.places
        if content is None or places is None:
            return -1
        step = places.timeline.step_at(x)
        return step if step < content.sequence.length else -1

    def _tip(self, position: QPoint) -> str:
        content, step = self.content, self._step_at(position.x())
        if content is None or content.trace is None or step < 0:
            return ""
        said = content.said(step)
        words = f"{step_name(content.sequence, step)}: {said.answer}, {said.verdict}"
        if content.is_values:
            return words
        return f"{words}\n{likeliest(content.task, content.given[step])}"


def _paint_title(painter: QPainter, places: Places, content: AnswersContent) -> tuple[float, int]:
    """Paint line sample and name; returns where the answer begins, and its baseline."""
    head, palette, y = content.head, content.palette, baseline(0, places.head.height(), TEXT_PX)
    line_sample(painter, MARGIN, places.head.height() / 2, head.style, palette)
    left, color = MARGIN + px(SAMPLE + 6), head.style.color(palette)
    title = elided(head.title, max(places.timeline.left - left - _SPACE, px(40)), bold=True)
    write(painter, left, y, title, color, TEXT_PX, bold=True)
    return max(left + width_of(title, bold=True) + _SPACE, places.timeline.left), y


def _paint_answer(
    painter: QPainter, x: float, y: int, places: Places, content: AnswersContent
) -> None:
    """The answer at the step in focus; its longest name and the verdict for which there is room."""
    palette, right = content.palette, places.head.right()
    label, said = content.sequence.labels[content.step], content.said(content.step)
    sign = px(_SIGN) if said.asked and said.sure else 0
    verdicts = said.verdict, re.split("[,;:(]", said.verdict)[0].rstrip()
    room = right - x - sign - width_of(said.answer, bold=True) - _SPACE
    room -= width_of(verdicts[1], SMALL_PX) + 6  # said even where the step's name gets shorter
    verb, number = "" if said.asked else " would say", f"step {content.step + 1}"
    whole = step_name(content.sequence, content.step)
    names = f"{whole}:{verb}", f"{number} {label}:{verb}", f"{number}:{verb}", f"{number}:"
    where = next((name for name in names if width_of(name, SMALL_PX) <= room), "")
    if where:
        x = write(painter, x, y, where, palette.quiet) + 6
    color = palette.text if said.asked else palette.quiet
    answer = elided(said.answer, right - x - sign, bold=True)
    x = write(painter, x, y, answer, color, TEXT_PX, bold=True) + _SPACE
    color = verdict_color(said, palette) if said.asked else palette.quiet
    if sign:
        verdict(painter, x, y, said.right, color)
    for words in verdicts:
        if x + sign + width_of(words, SMALL_PX) <= right:
            write(painter, x + sign, y, words, color)
            break


def _paint_words(painter: QPainter, places: Places, content: AnswersContent) -> None:
    """How it continues on its own, in words."""
    palette, strip = content.palette, places.words
    if content.continued:
        y = baseline(strip.top(), strip.height())
        x = write(painter, MARGIN, y, ITSELF, palette.quiet) + 6
        text = elided(content.continued, strip.right() - x, SMALL_PX)
        write(painter, x, y, text, content.head.style.color(palette))


# -- right and wrong over time ----------------------------------------------------------


def _paint_lanes(painter: QPainter, places: Places, content: AnswersContent) -> None:
    """How many are right, and which: a check or a cross for each question, a quiet one for a guess.

    If there are too many for that, two lanes: wrong ones above, right ones below.
    """
    palette, lanes, timeline = content.palette, places.lanes, places.timeline
    y = baseline(lanes.top(), lanes.height())
    count = f"{content.right.sum():,} of {content.scored.sum():,} right"
    write(painter, MARGIN, y, count, palette.quiet)
    if content.scored.sum() <= 1 or timeline.width / max(timeline.steps, 1) >= px(LANE_SIGN):
        for step in np.flatnonzero(content.scored).tolist():
            right = bool(content.right[step])
            color = palette.right if right else palette.wrong
            color = palette.quiet if content.guessed[step] else color
            verdict(painter, timeline.centre(step) - px(4), y, right, color)
        return
    ratio = painter.device().devicePixelRatio()
    half = max(round((lanes.height() / 2 - 2) * ratio), 1)
    for flags, color, top in (
        (content.scored & ~content.right, palette.wrong, lanes.top() + 1),
        (content.right, palette.right, lanes.top() + lanes.height() // 2),
    ):
        sure, there = (in_pixels(f, timeline, ratio) for f in (flags & ~content.guessed, flags))
        quiet = np.where(there, pixel(palette.quiet), pixel(palette.ground))
        row = np.where(sure, pixel(color), quiet).astype(np.uint32)
        draw_pixels(painter, lanes.left(), top, np.repeat(row[None], half, axis=0), ratio)


def in_pixels(flags: Bools, timeline: Timeline, ratio: float) -> Bools:
    """Which device pixels of the axis hold a step that is set; flags: (T,)."""
    pixels = max(round(timeline.width * ratio), 1)
    known = np.zeros(timeline.steps, np.bool_)
    known[: len(flags)] = flags
    there = known[timeline.columns(ratio)]
    there[np.flatnonzero(known) * pixels // timeline.steps] = True  # where steps share a pixel
    return there
