"""Below the columns: what each contestant would answer at every step, and further on."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from PySide6.QtCore import QEvent, QSize, Qt, Signal, Slot
from PySide6.QtGui import QAction, QGuiApplication
from PySide6.QtWidgets import QFrame, QHBoxLayout, QScrollArea, QVBoxLayout, QWidget

from sandbox.drawing.styles import DARK, Palette
from sandbox.engine.free_running import can_continue, steps_ahead
from sandbox.gui.panels.answers.answers_column import AnswersColumn
from sandbox.gui.panels.answers.answers_content import (
    AnswersContent,
    AnswersView,
    answering,
    further_answers,
)
from sandbox.gui.panels.answers.answers_head import HEIGHT, TITLE, AnswersHead
from sandbox.gui.panels.answers.answers_places import LEAST_HEIGHT
from sandbox.gui.panels.answers.answers_values import ValueRange
from sandbox.gui.panels.answers.answers_words import summary, table
from sandbox.gui.panels.shared.column_strip import Columns
from sandbox.gui.widgets.describe import Description

if TYPE_CHECKING:
    from PySide6.QtGui import QHideEvent, QShowEvent
    from PySide6.QtWidgets import QMenu

    from sandbox.engine.trace import Trace

LEAST_PX = HEIGHT + LEAST_HEIGHT + 2
MEANT_PX = 176


class AnswersPanel(QWidget):
    """A column a contestant, under its column of pictures and on the same time axis."""

    step_hovered = Signal(int)  # -1: none
    ahead_wanted = Signal()  # `wanted` may be another number now
    hide_wanted = Signal()

    def __init__(self, above: QScrollArea, parent: QWidget | None = None) -> None:
        """above: the columns of pictures, whose places and widths these follow."""
        super().__init__(parent)
        self.setObjectName("answers_panel")
        self.setAccessibleName(TITLE)
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self._palette, self._above = DARK, above
        self._view: AnswersView | None = None
        self._traces: dict[str, Trace] = {}
        self._mark, self._run, self._stale = -1, "", False
        self._goes_on = False  # whether the task's answers can be fed back
        self._range = ValueRange()
        self._description = Description(self, self._in_words)
        self._build()
        self.set_palette(self._palette)

    def _build(self) -> None:
        self.head = AnswersHead()
        self.head.changed.connect(self._show_anew)
        self.head.hide_wanted.connect(self.hide_wanted)
        self._content = QWidget()
        self._content.setObjectName("answers_columns")
        row = QHBoxLayout(self._content)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(1)
        self._columns = Columns(row, self._new_column, "answers_column")
        self._scroll = QScrollArea(widgetResizable=True)
        self._scroll.setObjectName("answers_scroll")
        self._scroll.setFrameShape(QFrame.Shape.NoFrame)
        self._scroll.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        off = Qt.ScrollBarPolicy.ScrollBarAlwaysOff
        self._scroll.setHorizontalScrollBarPolicy(off)
        self._scroll.setVerticalScrollBarPolicy(off)
        self._scroll.setWidget(self._content)
        self._layout = QVBoxLayout(self)
        self._layout.setContentsMargins(1, 0, 1, 1)
        self._layout.setSpacing(0)
        self._layout.addWidget(self.head)
        self._layout.addWidget(self._scroll, 1)
        self._above.horizontalScrollBar().valueChanged.connect(self._follow_across)
        self._beside = self._above.viewport()  # kept: Python's own of it has to stay the same
        self._beside.installEventFilter(self)

    def minimumSizeHint(self) -> QSize:
        """The least in which three answers can be read."""
        return QSize(200, LEAST_PX)

    def sizeHint(self) -> QSize:
        """Room for some eight answers."""
        return QSize(600, MEANT_PX)

    # -- what is shown ------------------------------------------------------------------

    @property
    def wanted(self) -> int:
        """How many steps ahead frames are to look for it: 0 while it is hidden."""
        return self._further if self.isVisible() else 0

    @property
    def _further(self) -> int:
        sequence = self._view.nets.sequence if self._view is not None else None
        if sequence is None or not self.head.ahead.isChecked() or not self._goes_on:
            return 0
        return steps_ahead(sequence.sequences.roles.shape[1])

    def show_view(self, view: AnswersView) -> None:
        """Draws this; a hidden panel keeps it until it is shown."""
        before, self._view = self._view, view
        if before is None or before.nets.sequence is not view.nets.sequence:
            sequence = view.nets.sequence
            self._goes_on = can_continue(sequence.task, sequence.sequences)
            self.head.ahead.setVisible(self._goes_on)
            self.ahead_wanted.emit()
        if self.isVisible():
            self._draw()
        else:
            self._stale = True

    def set_palette(self, palette: Palette) -> None:
        """Repaints everything in these colours."""
        self._palette = palette
        self.head.set_palette(palette)
        self.setStyleSheet(
            f"#answers_panel {{ background: {palette.ground}; }}"
            f"#answers_columns {{ background: {palette.hairline}; }}"
            f"#answers_scroll {{ background: {palette.ground}; }}"
        )
        self._draw_again()

    @Slot(int)
    def mark(self, step: int) -> None:
        """Tells a step in full; -1: the last question.  Tells nobody."""
        if step != self._mark:
            self._mark = step
            self._draw_again()

    def column(self, key: str) -> AnswersColumn:
        """The column of a contestant."""
        return self._columns[key]

    def as_text(self) -> str:
        """Everything that is shown as a tab-separated table; "" before there is a frame."""
        if self._view is None:
            return ""
        every = self.head.every.isChecked()
        return table(self._seen(self._view), answering(self._view), every)

    def add_to(self, menu: QMenu) -> None:
        """What can be copied here as text, before the pictures."""
        action = QAction("Copy answers as &table", menu)
        action.setToolTip("Copy every answer with its probability, for a spreadsheet.")
        action.setEnabled(bool(self._traces))
        action.triggered.connect(self.copy_table)
        menu.insertAction(menu.actions()[0], action)

    def copy_table(self) -> None:
        """The table on the clipboard."""
        QGuiApplication.clipboard().setText(self.as_text())

    # -- drawing ------------------------------------------------------------------------

    def _seen(self, view: AnswersView) -> AnswersView:
        """Without what is ahead where that is switched off."""
        return view if self._further else AnswersView(view.nets, {})

    def _show_anew(self) -> None:
        self.ahead_wanted.emit()
        self._draw_again()

    def _draw_again(self) -> None:
        if self.isVisible():
            self._draw()
        else:
            self._stale = True

    def _draw(self) -> None:
        self._stale = False
        if self._view is None:
            return
        view = self._seen(self._view)
        self._traces = answering(view)
        self._columns.arrange(tuple(view.nets.heads))
        self._adapt(view)
        for key, column in self._columns.items():
            column.setAccessibleName(f"{view.nets.heads[key].title}: answers")
            column.show_content(self._content_of(view, key))
        self._description.changed()

    def _adapt(self, view: AnswersView) -> None:
        """The axis of values: anew for another run."""
        sequence, run = view.nets.sequence, view.nets.frame.run if view.nets.frame else ""
        if run != self._run:
            self._run, self._range = run, ValueRange()
        if sequence.task.loss != "squared_error":
            return
        steps, index = sequence.length, sequence.index
        scored = sequence.sequences.scored
        drawn = scored[index, :steps] | self.head.every.isChecked()
        given = [trace.answers[:steps, index][drawn] for trace in self._traces.values()]
        further = (further_answers(view, key) for key in self._traces)
        given += [each for each in further if each is not None]
        self._range.update(np.ravel(sequence.sequences.targets[scored]), given)

    def _content_of(self, view: AnswersView, key: str) -> AnswersContent:
        nets = view.nets
        marked = 0 <= self._mark < nets.sequence.length
        task = nets.sequence.task
        return AnswersContent(
            key=key,
            head=nets.heads[key],
            sequence=nets.sequence,
            trace=self._traces.get(key),
            step=self._mark if marked else nets.sequence.asked_at,
            marked=marked,
            ahead=further_answers(view, key),
            further=self._further if task.loss == "squared_error" else 0,
            every=self.head.every.isChecked(),
            low=self._range.low,
            high=self._range.high,
            waiting=nets.waiting,
            palette=self._palette,
        )

    def _new_column(self) -> AnswersColumn:
        column = AnswersColumn(self._content)
        column.hovered.connect(self._point)
        return column

    @Slot(int)
    def _point(self, step: int) -> None:
        if step != self._mark:
            self.mark(step)
            self.step_hovered.emit(step)

    # -- the columns above --------------------------------------------------------------

    @Slot(int)
    def _follow_across(self, value: int) -> None:
        self._scroll.horizontalScrollBar().setValue(value)

    def eventFilter(self, watched: object, event: QEvent) -> bool:
        """As wide as the columns above: a scroll bar beside them takes some of their width."""
        if event.type() == QEvent.Type.Resize and watched is self._beside:
            taken = max(self._above.width() - self._beside.width(), 0)
            self._layout.setContentsMargins(1, 0, 1 + taken, 1)
        return False

    def showEvent(self, event: QShowEvent) -> None:
        """Catches up with what came while hidden."""
        super().showEvent(event)
        if self._stale:
            self._draw()
        self._follow_across(self._above.horizontalScrollBar().value())
        self.ahead_wanted.emit()

    def hideEvent(self, event: QHideEvent) -> None:
        """Nothing need be computed for it any more."""
        super().hideEvent(event)
        self.ahead_wanted.emit()

    def _in_words(self) -> str:
        if self._view is None:
            return "Nothing to show yet."
        sequence = self._view.nets.sequence
        step = self._mark if 0 <= self._mark < sequence.length else sequence.asked_at
        return summary(self._seen(self._view), self._traces, step)
