"""The sequence on screen, as a ribbon of words or as channels, with cue and query marked."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QPointF, QRectF, QSize, Qt, Signal, Slot
from PySide6.QtGui import (
    QColor,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QResizeEvent,
    QShowEvent,
)
from PySide6.QtWidgets import QSizePolicy, QWidget

from sandbox.drawing.styles import DARK, Palette
from sandbox.drawing.timeline import ROLE_NAMES
from sandbox.drawing.words import step_name, unit_of_length
from sandbox.gui.look.marks import hairline, tint, write
from sandbox.gui.look.typeface import SMALL_PX, metrics, width_of
from sandbox.gui.panels.sentence.channels import channel_step_at, paint_channels
from sandbox.gui.panels.sentence.ribbon import Piece, Ribbon, lay_out
from sandbox.gui.widgets.describe import Description
from sandbox.tasks.base import Channels, Role

if TYPE_CHECKING:
    from sandbox.gui.panels.shared.views import SequenceView

MARGIN, HEADER, LINE, LINES = 12, 18, 19, 3
HEIGHT = HEADER + LINE * LINES + 5
TEXT_SIZES = (16, 14, 13)  # the largest at which everything fits
_SPACE = 6.0


class SentencePanel(QWidget):
    """Three lines at most, always as high; hovering a word marks its step everywhere."""

    step_hovered = Signal(int)  # -1: none

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("sentence_panel")
        self.setAccessibleName("The sequence that the nets read")
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setMouseTracking(True)
        self.setFixedHeight(HEIGHT)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self._palette = DARK
        self._view: SequenceView | None = None
        self._ribbon = Ribbon((), 1)
        self._size = TEXT_SIZES[-1]
        self._mark = -1
        self._stale = False
        self._description = Description(self, self._in_words)

    def show_view(self, view: SequenceView) -> None:
        """Draws this; a hidden panel keeps it until it is shown."""
        if view is self._view:
            return
        self._view = view
        self._stale = True
        if self.isVisible():
            self._lay_out()
        self._description.changed()

    def clear(self) -> None:
        """Shows nothing."""
        self._view, self._ribbon, self._mark = None, Ribbon((), 1), -1
        self._description.changed()
        self.update()

    def set_palette(self, palette: Palette) -> None:
        """Repaints everything in these colours."""
        self._palette = palette
        self.update()

    @Slot(int)
    def mark(self, step: int) -> None:
        """Marks a step's word; -1: none.  Tells nobody."""
        if step != self._mark:
            self._mark = step
            self.update()

    @property
    def marked(self) -> int:
        """The marked step, or -1."""
        return self._mark

    def sizeHint(self) -> QSize:
        """Its height never depends on what it shows."""
        return QSize(600, HEIGHT)

    def word_rect(self, step: int) -> QRectF:
        """Where a step's word, or the ellipsis that stands for it, is."""
        piece = self._ribbon.piece_of(step)
        return self._rect(piece) if piece is not None else QRectF()

    # -- layout and painting ------------------------------------------------------------

    def _lay_out(self) -> None:
        view, self._stale = self._view, False
        if view is None:
            return
        bold = [role in (Role.CUE, Role.QUERY) for role in view.roles.tolist()]
        for size in TEXT_SIZES:
            self._size = size
            self._ribbon = lay_out(
                view.labels,
                bold,
                self.width() - 2 * MARGIN,
                LINES,
                _SPACE,
                self._measure,
                unit_of_length(view.task),
            )
            if self._ribbon.hidden == (0, 0) and self._ribbon.lines <= (1 if size > 13 else LINES):
                break
        self.update()

    def _measure(self, text: str, bold: bool) -> float:
        return width_of(text, self._size, bold=bold)

    def _rect(self, piece: Piece) -> QRectF:
        top = HEADER + 2 + (LINES - self._ribbon.lines) * LINE / 2 + piece.line * LINE
        return QRectF(MARGIN + piece.x - 3, top, piece.width + 6, LINE)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Header, then words or channels."""
        painter = QPainter(self)
        painter.fillRect(self.rect(), QColor(self._palette.ground))
        if self.hasFocus():
            painter.setPen(hairline(self._palette.quiet))
            painter.drawRect(self.rect().adjusted(0, 0, -1, -1))
        if self._view is not None:
            self._paint_header(painter, self._view)
            if self._is_drawn(self._view):
                area = QRectF(MARGIN, HEADER + 2, self.width() - 2 * MARGIN, HEIGHT - HEADER - 4)
                paint_channels(painter, area, self._view, self._palette, self._mark)
            else:
                for piece in self._ribbon.pieces:
                    self._paint_piece(painter, piece, self._view)
        painter.end()

    @staticmethod
    def _is_drawn(view: SequenceView) -> bool:
        return isinstance(view.task.inputs, Channels)

    def _paint_header(self, painter: QPainter, view: SequenceView) -> None:
        palette, baseline = self._palette, 14
        right = self.width() - MARGIN
        align = Qt.AlignmentFlag.AlignRight
        question = view.task.question(view.sequences, view.index)
        write(painter, right, baseline, question, palette.text, 13, bold=True, align=align)
        left = right - width_of(question, 13, bold=True) - 6
        marked = 0 <= self._mark < view.length
        text = step_name(view, self._mark) if marked else header(view)
        intro = "the question and the right answer:"
        if (
            MARGIN + width_of(text, SMALL_PX, bold=marked) + MARGIN + width_of(intro, SMALL_PX)
            <= left
        ):
            write(painter, left, baseline, intro, palette.quiet, align=align)
        room = max(round(left) - 2 * MARGIN, 0)
        text = metrics(SMALL_PX, bold=marked).elidedText(text, Qt.TextElideMode.ElideRight, room)
        color = palette.text if marked else palette.quiet
        write(painter, MARGIN, baseline, text, color, bold=marked)

    def _paint_piece(self, painter: QPainter, piece: Piece, view: SequenceView) -> None:
        palette, rect = self._palette, self._rect(piece)
        baseline = round(rect.top() + 14)
        marked = self._ribbon.piece_of(self._mark) is piece if self._mark >= 0 else False
        role = Role(int(view.roles[piece.step])) if piece.step >= 0 else Role.FILLER
        color = {Role.CUE: palette.cue, Role.FILLER: palette.quiet}.get(role, palette.text)
        if marked:
            painter.fillRect(rect, palette.text)
            color = palette.ground
        elif role in (Role.CUE, Role.QUERY):
            painter.fillRect(rect, tint(color, 44))
            painter.fillRect(QRectF(rect.left(), rect.bottom() - 2, rect.width(), 2), color)
        write(painter, rect.left() + 3, baseline, piece.text, color, self._size, bold=piece.bold)

    # -- pointing -----------------------------------------------------------------------

    def step_at(self, position: QPointF) -> int:
        """The step under a point, or -1."""
        if self._view is None:
            return -1
        if self._is_drawn(self._view):
            return channel_step_at(position.x(), MARGIN, self.width() - 2 * MARGIN, self._view)
        hits = (piece.step for piece in self._ribbon.pieces if self._rect(piece).contains(position))
        return next(hits, -1)

    def _point(self, step: int) -> None:
        if step != self._mark:
            self.mark(step)
            self.step_hovered.emit(step)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Marks the word under the pointer."""
        self._point(self.step_at(event.position()))

    def leaveEvent(self, event: QEvent) -> None:
        """Nothing is under the pointer any more."""
        self._point(-1)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Left, Right, Home, End move the mark; Escape takes it away."""
        last = self._view.length - 1 if self._view is not None else -1
        here = self._mark
        moves = {
            Qt.Key.Key_Left: last if here < 0 else max(here - 1, 0),
            Qt.Key.Key_Right: min(here + 1, last),
            Qt.Key.Key_Home: 0,
            Qt.Key.Key_End: last,
            Qt.Key.Key_Escape: -1,
        }
        if last < 0 or Qt.Key(event.key()) not in moves:
            super().keyPressEvent(event)
            return
        self._point(moves[Qt.Key(event.key())])

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Wraps anew."""
        super().resizeEvent(event)
        self._lay_out()

    def showEvent(self, event: QShowEvent) -> None:
        """Catches up with what came while hidden."""
        super().showEvent(event)
        if self._stale:
            self._lay_out()

    def _in_words(self) -> str:
        view = self._view
        if view is None:
            return "Nothing to show yet."
        cues = (t for t, role in enumerate(view.roles.tolist()) if role == Role.CUE)
        named = [step_name(view, step) for step in cues]
        asked = view.task.question(view.sequences, view.index)
        text = " ".join(label for label in view.labels if label)
        return f"{header(view)}. Cue: {', '.join(named) or 'none'}. Asked: {asked}. In full: {text}"


def header(view: SequenceView) -> str:
    """What is read, and how far the cue is from the question."""
    cues = [step for step, role in enumerate(view.roles.tolist()) if role == Role.CUE]
    unit = unit_of_length(view.task)
    manner = f"one {unit.removesuffix('s')} a step: " if unit != "steps" else "one after another: "
    text = f"What every net reads, {manner}{view.length} {unit}"
    if not cues:
        return text
    which = "the first" if cues[-1] - cues[0] >= len(cues) else "the"  # they are not in one piece
    far = view.asked_at - cues[0]
    return f"{text}, {which} {ROLE_NAMES[Role.CUE]} {far} before the question"
