"""Edits in the sentence panel: in place, by its menu and keys, and by drawing in its strips."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QObject, QPoint, QPointF, Qt
from PySide6.QtGui import QContextMenuEvent, QKeyEvent, QMouseEvent
from PySide6.QtWidgets import QMenu, QToolTip

from sandbox.gui.panels.sentence.channel_strips import channel_at, value_at
from sandbox.gui.panels.sentence.sequence_dialogs import GapDialog, TextDialog
from sandbox.gui.panels.sentence.word_field import WordField
from sandbox.gui.session.drag import NO_DRAG
from sandbox.tasks.base import Channels, Tokens
from sandbox.tasks.own_sequence import EditError, gap_of

if TYPE_CHECKING:
    from collections.abc import Callable

    from sandbox.gui.panels.sentence.sentence_panel import SentencePanel
    from sandbox.gui.session.own_probe import OwnProbe

DRAWING = "Drawing: press and move in the strips to set values. Escape ends it."


class SentenceEditor(QObject):
    """Turns what is done to a sentence panel into edits of the probe.  A single click only pins."""

    def __init__(self, panel: SentencePanel, probe: OwnProbe) -> None:
        super().__init__(panel)
        self._panel, self._probe = panel, probe
        self.field, self.step = WordField(panel), -1  # the step that is being edited
        self.drawing = False
        self._last: tuple[int, int, float] | None = None  # step, channel and value drawn last
        self._drags = NO_DRAG  # counted downwards: sliders count theirs upwards
        self.field.taken.connect(self._take)
        self.field.moved_on.connect(self._take_and_go_on)
        self.field.left.connect(self.finish)
        panel.back_button.clicked.connect(probe.leave)
        panel.installEventFilter(self)

    # -- in place -----------------------------------------------------------------------

    def begin(self, step: int) -> None:
        """Edit the word at a step, in its place; as text where it is left out of the line."""
        view, place = self._panel.view, self._panel.place_of(step)
        if view is None:
            return
        if place is None:
            self.edit_text()
            return
        self.step = step
        inputs = view.task.inputs
        words = inputs.words if isinstance(inputs, Tokens) else ()
        self.field.begin(view.task.typed(view.sequences, view.index)[step], place, words)

    def finish(self) -> None:
        """Leave the word as it is."""
        if self.step < 0:
            return
        self.step = -1
        if self.field.hasFocus():
            self._panel.setFocus(Qt.FocusReason.OtherFocusReason)
        self.field.finish()

    def _take(self, word: str) -> bool:
        """Put the typed word there; returns whether it was."""
        view, step = self._panel.view, self.step
        if view is None or step < 0:
            return False
        before = view.task.typed(view.sequences, view.index)[step]
        refused = self._probe.set_word(step, word) if word != before else ""
        if refused:
            self.field.refuse(refused)
        else:
            self.finish()
        return not refused

    def _take_and_go_on(self, word: str, by: int) -> None:
        onward = self.step + by
        if self._take(word) and self._panel.place_of(onward) is not None:
            self.begin(onward)

    # -- by menu and keys ---------------------------------------------------------------

    def menu_at(self, step: int) -> QMenu:
        """What can be done with the sequence, and with a step of it (-1: none)."""
        menu, view = QMenu(self._panel), self._panel.view
        menu.setObjectName("sentence_menu")
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        on_step: tuple[tuple[str, Callable[[], object]], ...] = (
            ("&Edit here\tEnter", partial(self.begin, step)),
            ("&Insert before\tIns", partial(self.insert, step)),
            ("&Delete\tDel", partial(self._try, partial(self._probe.delete, step), step)),
            ("&Move the cue here", partial(self._try, partial(self._probe.move_cue, step), step)),
        )
        for words, act in on_step:
            menu.addAction(words, act).setEnabled(step >= 0)
        menu.addSeparator()
        menu.addAction("Edit as &text…", self.edit_text)
        menu.addAction("&Stretch the gap…", self.stretch)
        if view is not None and isinstance(view.task.inputs, Channels):
            draw = menu.addAction("D&raw…", partial(self.draw, not self.drawing))
            draw.setCheckable(True)
            draw.setChecked(self.drawing)
        menu.addSeparator()
        own = view is not None and view.is_own
        menu.addAction("&Back to the example", self._probe.leave).setEnabled(own)
        return menu

    def insert(self, step: int) -> None:
        """Put a filler step before this one, and edit it."""
        if self._try(partial(self._probe.insert, step), step):
            self.begin(step)

    def edit_text(self) -> None:
        """Edit the whole sequence in a dialog."""
        TextDialog(self._probe.text, self._probe.type_text, self._panel.window()).open()

    def stretch(self) -> None:
        """Choose the length of the gap in a dialog."""
        view = self._panel.view
        try:
            gap = len(gap_of(self._probe.now))
        except EditError as error:
            self._tell(error.why, -1)
            return
        trained = view.task.params.gap if view is not None and view.task.gap_field == "gap" else 0
        usual = f"The nets are trained on gaps up to {trained:,}." if trained else ""
        GapDialog(gap, usual, self._probe.stretch, self._panel.window()).open()

    def draw(self, on: bool) -> None:
        """Begin or end drawing with the mouse."""
        self.drawing, self._last = on, None
        self._panel.show_hint(DRAWING if on else "")
        self._panel.setCursor(Qt.CursorShape.CrossCursor if on else Qt.CursorShape.ArrowCursor)

    def _try(self, edit: Callable[[], str], step: int) -> bool:
        refused = edit()
        if refused:
            self._tell(refused, step)
        return not refused

    def _tell(self, sentence: str, step: int) -> None:
        """Say what was refused, beside the step."""
        place = self._panel.place_of(step)
        point = place.bottomLeft() if place is not None else QPointF(12, self._panel.height())
        QToolTip.showText(self._panel.mapToGlobal(point.toPoint()), sentence, self._panel)
        self._probe.tell(sentence)

    # -- events of the panel ------------------------------------------------------------

    def eventFilter(self, watched: object, event: QEvent) -> bool:
        """Double clicks, keys and the menu begin edits; drawing takes the mouse."""
        if not vars(self):  # Qt still asks an object that Python is destroying
            return False
        if isinstance(event, QKeyEvent) and event.type() == QEvent.Type.KeyPress:
            return self._press_key(Qt.Key(event.key()))
        if isinstance(event, QContextMenuEvent):
            self._open_menu(event)
            return True
        if not isinstance(event, QMouseEvent):
            return False
        if self.drawing:
            return self._draw_with(event)
        left = event.button() == Qt.MouseButton.LeftButton
        if left and event.type() == QEvent.Type.MouseButtonDblClick and self._is_on_line(event):
            self.begin(self._panel.step_at(event.position()))
        return False  # the second click takes back what the first one pinned

    def _is_on_line(self, event: QMouseEvent) -> bool:
        return event.position().y() >= self._panel.area.top()

    def _press_key(self, key: Qt.Key) -> bool:
        step = self._panel.marked
        if key == Qt.Key.Key_Escape and self.drawing:
            self.draw(False)
        elif step < 0:
            return False
        elif key in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.begin(step)
        elif key == Qt.Key.Key_Insert:
            self.insert(step)
        elif key == Qt.Key.Key_Delete:
            self._try(partial(self._probe.delete, step), step)
        else:
            return False
        return True

    def _open_menu(self, event: QContextMenuEvent) -> None:
        panel, position = self._panel, event.pos()
        step = panel.step_at(QPointF(position))
        if event.reason() == QContextMenuEvent.Reason.Keyboard:
            step = panel.marked
            place = panel.place_of(step)
            position = place.bottomLeft().toPoint() if place is not None else QPoint(12, 20)
        self.menu_at(step).popup(panel.mapToGlobal(position))

    # -- drawing ------------------------------------------------------------------------

    def _draw_with(self, event: QMouseEvent) -> bool:
        if event.type() == QEvent.Type.MouseButtonRelease:
            self._last = None
        elif event.type() == QEvent.Type.MouseButtonPress:
            self._drags, self._last = self._drags - 1, None
            self._draw_to(event.position())
        elif event.buttons() & Qt.MouseButton.LeftButton:
            self._draw_to(event.position())
        else:
            return False
        return True

    def _draw_to(self, position: QPointF) -> None:
        """Set the value under the pointer, and those on the way from the last one."""
        panel, view = self._panel, self._panel.view
        if view is None:
            return
        step, area = panel.step_at(position), panel.area
        channel = self._last[1] if self._last is not None else channel_at(area, view, position)
        if step < 0:
            return
        here = step, channel, value_at(area, view, channel, position.y())
        values = way(self._last or here, here)
        self._last = here
        self._try(partial(self._probe.set_values, values, self._drags), step)


def way(start: tuple[int, int, float], end: tuple[int, int, float]) -> list[tuple[int, int, float]]:
    """Step, channel and value of every step on a straight line to the end, without the start."""
    (first, _, low), (last, channel, high) = start, end
    count, onward = abs(last - first), 1 if last > first else -1
    between = [
        (first + onward * n, channel, low + (high - low) * n / count) for n in range(1, count)
    ]
    return [*between, end]
