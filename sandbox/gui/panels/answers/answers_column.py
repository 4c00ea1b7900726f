"""One contestant's answers, painted on the time axis of its column above."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QPoint, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QHelpEvent, QMouseEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QToolTip, QWidget

from sandbox.drawing.words import step_name
from sandbox.gui.look.marks import line_sample, tint, verdict, write
from sandbox.gui.look.typeface import SMALL_PX, TEXT_PX, metrics, width_of
from sandbox.gui.panels.answers.answers_chances import paint_chances
from sandbox.gui.panels.answers.answers_lanes import paint_lanes
from sandbox.gui.panels.answers.answers_places import LEAST_HEIGHT, Places, place
from sandbox.gui.panels.answers.answers_values import paint_values
from sandbox.gui.panels.answers.answers_words import Told, continuation, likeliest, told, told_at
from sandbox.gui.panels.nets.geometry import LEAST_WIDTH, MARGIN
from sandbox.gui.panels.nets.word_axis import role_color, segments
from sandbox.tasks.base import Role

if TYPE_CHECKING:
    from sandbox.gui.panels.answers.answers_content import AnswersContent

_TITLE, _SPACE, _SIGN = 34, 8, 14
ITSELF = "goes on by itself:"


class AnswersColumn(QWidget):
    """Paints an `AnswersContent`; tells which step is hovered."""

    hovered = Signal(int)  # step or -1

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setMouseTracking(True)
        self.setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent)
        self._content: AnswersContent | None = None

    def show_content(self, content: AnswersContent) -> None:
        """Draws this from now on."""
        self._content = content
        self.update()

    @property
    def content(self) -> AnswersContent | None:
        """What it draws."""
        return self._content

    @property
    def places(self) -> Places | None:
        """Where its parts stand now."""
        content = self._content
        if content is None:
            return None
        has_words = bool(_continued(content))
        known = content.sequence.length
        return place(self.width(), self.height(), known, content.further, has_words)

    def minimumSizeHint(self) -> QSize:
        """As wide as the column above it needs to be."""
        return QSize(LEAST_WIDTH, LEAST_HEIGHT)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Head, right and wrong, the answers, and the marked step."""
        content, places = self._content, self.places
        if content is None or places is None:
            return
        painter = QPainter(self)
        painter.fillRect(self.rect(), QColor(content.palette.ground))
        x = _paint_title(painter, places, content)
        if content.trace is None:
            write(painter, x, 14, content.waiting or "No answer yet.", content.palette.quiet)
        else:
            _paint_told(painter, x, places, content)
            paint_lanes(painter, places, content)
            (paint_values if content.is_values else paint_chances)(painter, places, content)
            _paint_edges(painter, places, content)
            _paint_words(painter, places, content)
        if content.marked:
            _paint_mark(painter, places, content)
        painter.end()

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Tells the step under the pointer."""
        self.hovered.emit(self._step_at(event.position().x()))

    def leaveEvent(self, event: QEvent) -> None:
        """Nothing is under the pointer any more."""
        self.hovered.emit(-1)

    def event(self, event: QEvent) -> bool:
        """Tool tips: the likeliest answers at the step under the pointer."""
        if event.type() == QEvent.Type.ToolTip and isinstance(event, QHelpEvent):
            QToolTip.showText(event.globalPos(), self._tip(event.pos()), self)
            return True
        return super().event(event)

    def _step_at(self, x: float) -> int:
        content, places = self._content, self.places
        if content is None or places is None:
            return -1
        step = places.timeline.step_at(x)
        return step if step < content.sequence.length else -1

    def _tip(self, position: QPoint) -> str:
        content, step = self._content, self._step_at(position.x())
        if content is None or content.trace is None or step < 0:
            return ""
        said = told_at(content.sequence, content.trace, step)
        words = f"{step_name(content.sequence, step)}: {said.answer}, {said.verdict}"
        if content.is_values:
            return words
        return f"{words}\n{likeliest(content.task, content.given[step])}"


def _continued(content: AnswersContent) -> str:
    if content.ahead is None or content.trace is None:
        return ""
    return continuation(content.task, content.ahead)


def _paint_title(painter: QPainter, places: Places, content: AnswersContent) -> float:
    """Line sample and name; where what it says begins."""
    head, palette = content.head, content.palette
    line_sample(painter, MARGIN, 10, head.style, palette)
    measure = metrics(TEXT_PX, bold=True)
    room = max(places.timeline.left - MARGIN - _TITLE - _SPACE, 40)
    title = measure.elidedText(head.title, Qt.TextElideMode.ElideRight, room)
    left, color = MARGIN + _TITLE, head.style.color(palette)
    write(painter, left, 14, title, color, TEXT_PX, bold=True)
    return max(left + width_of(title, bold=True) + _SPACE, places.timeline.left)


def _paint_told(painter: QPainter, x: float, places: Places, content: AnswersContent) -> None:
    """The answer at the step that is told; the step's name and the rest as there is room."""
    palette, said, right = content.palette, told(content), places.head.right()
    sign = _SIGN if said.asked and said.sure else 0
    room = right - x - sign - width_of(said.answer, bold=True) - _SPACE
    named = (text for text in _where(content, said) if width_of(text, SMALL_PX) <= room)
    where = next(named, "")
    if where:
        x = write(painter, x, 14, where, palette.quiet) + 6
    color, room = palette.text if said.asked else palette.quiet, max(round(right - x - sign), 0)
    answer = metrics(bold=True).elidedText(said.answer, Qt.TextElideMode.ElideRight, room)
    x = write(painter, x, 14, answer, color, TEXT_PX, bold=True) + _SPACE
    _paint_verdict(painter, x, right, said, content)


def _where(content: AnswersContent, said: Told) -> tuple[str, ...]:
    """The step's name, the longest first."""
    verb = "" if said.asked else " would say"
    number, label = f"step {content.step + 1}", content.sequence.labels[content.step]
    whole = step_name(content.sequence, content.step)
    return f"{whole}:{verb}", f"{number} {label}:{verb}", f"{number}:{verb}", f"{number}:"


def _paint_verdict(
    painter: QPainter, x: float, right: float, said: Told, content: AnswersContent
) -> None:
    palette, color = content.palette, content.palette.quiet
    if said.asked and said.sure:
        color = palette.right if said.right else palette.wrong
        verdict(painter, x, 14, said.right, color)
        x += _SIGN
    if x + width_of(said.verdict, SMALL_PX) <= right:
        write(painter, x, 14, said.verdict, color)


def _paint_edges(painter: QPainter, places: Places, content: AnswersContent) -> None:
    """Where cue and question begin and end, as in the column above."""
    top, bottom = places.lanes.top(), places.body.bottom()
    for segment in segments(content.sequence.roles):
        if segment.role not in (Role.CUE, Role.QUERY):
            continue
        color = tint(role_color(segment.role, content.palette), 110)
        x, end = (places.timeline.edge(step) for step in (segment.start, segment.stop))
        for edge in {round(x), round(end) - 1} if end - x >= 3 else {round(x)}:
            painter.fillRect(QRectF(edge, top, 1, bottom - top), color)


def _paint_mark(painter: QPainter, places: Places, content: AnswersContent) -> None:
    """The marked step's line, as in every other panel."""
    x, palette = round(places.timeline.centre(content.step)), content.palette
    top, height = places.lanes.top(), places.body.bottom() - places.lanes.top()
    painter.fillRect(x - 1, top, 3, height, tint(palette.ground, 150))
    painter.fillRect(x, top, 1, height, QColor(palette.text))


def _paint_words(painter: QPainter, places: Places, content: AnswersContent) -> None:
    """How it goes on by itself, in words."""
    words, palette = _continued(content), content.palette
    if not words:
        return
    baseline = places.words.top() + 12
    x = write(painter, MARGIN, baseline, ITSELF, palette.quiet) + 6
    room = max(round(places.words.right() - x), 0)
    text = metrics(SMALL_PX).elidedText(words, Qt.TextElideMode.ElideRight, room)
    write(painter, x, baseline, text, content.head.style.color(palette))
