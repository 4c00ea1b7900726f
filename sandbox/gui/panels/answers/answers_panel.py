"""Below the columns: what each contestant would answer at every step, and further on."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
from PySide6.QtCore import QEvent, QSize, Qt, Signal, Slot
from PySide6.QtGui import QAction, QGuiApplication
from PySide6.QtWidgets import QHBoxLayout, QScrollArea, QVBoxLayout, QWidget

from sandbox.drawing.ranges import PatientRange
from sandbox.drawing.wording import as_read
from sandbox.engine.free_running import can_continue, steps_ahead
from sandbox.gui.look.marks import icon
from sandbox.gui.look.typeface import fit, px
from sandbox.gui.panels.answers.answers_column import AnswersColumn
from sandbox.gui.panels.answers.answers_content import (
    AnswersContent,
    AnswersView,
    least_answers_height,
)
from sandbox.gui.panels.answers.answers_paint import needed_range
from sandbox.gui.panels.answers.answers_words import summary, table
from sandbox.gui.panels.nets.column_geometry import MARGIN
from sandbox.gui.panels.nets.nets_scales import shown_traces
from sandbox.gui.panels.shared.panel import Columns, StepPanel, small_button, small_switch
from sandbox.gui.widgets.info import InfoButton
from sandbox.gui.widgets.parts import fill, label

if TYPE_CHECKING:
    from PySide6.QtGui import QHideEvent, QShowEvent
    from PySide6.QtWidgets import QMenu

    from sandbox.drawing.styles import Palette
    from sandbox.engine.trace import Trace

HEAD_PX, MEANT_PX = 22, 176
TITLE = "What each net would answer"


class AnswersHead(QWidget):
    """A title and its (i), two switches, and the button that hides the panel."""

    def __init__(self) -> None:
        super().__init__()
        fit(self, height=HEAD_PX)
        title = label(TITLE.upper(), "title")
        self._info = InfoButton("answers")
        self._info.make_small()
        tip = "Also show what the nets would say at steps where nothing is asked"
        self.every = small_switch(
            "answers_every", "every step", "Answers at every step", tip, checked=True
        )
        tip = "Continue after the last step, each net reading its own answers"
        self.ahead = small_switch(
            "answers_ahead", "fed its answers", "Several steps ahead", tip, checked=True
        )
        self.errors = small_button("answers_errors", "errors ahead…", "Errors by steps ahead", "")
        tip = "Hide this panel. The View menu shows it again."
        self.hide_button = small_button("answers_hide", "", "Hide what each net would answer", tip)
        self.hide_button.setProperty("role", "")  # a bare icon
        fit(self.hide_button, width=20, height=20, icon=14)
        self.hide_button.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        parts = (title, self._info, self.every, self.ahead, self.errors, None, self.hide_button)
        fill(QHBoxLayout(self), *parts, spacing=8, margins=(MARGIN, 2, 8, 0))

    def set_palette(self, palette: Palette) -> None:
        """Draw in these colours."""
        self.hide_button.setIcon(icon("remove", palette.quiet))


class AnswersPanel(StepPanel[AnswersView]):
    """One column per contestant, under its column of heatmaps and on the same time axis."""

    ahead_wanted = Signal()  # `wanted` may be another number now
    hide_wanted = Signal()

    def __init__(self, above: QScrollArea) -> None:
        """above: the columns of nets, whose places and widths these follow."""
        super().__init__("answers_panel", TITLE)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self._above = above
        self._traces: dict[str, Trace] = {}
        self._run = ""
        self._goes_on = False  # whether the task's answers can be fed back
        self._range = PatientRange(0.0, 1.0)
        self._build()
        self.set_palette(self._palette)

    def _build(self) -> None:
        self.head = AnswersHead()
        for switch in (self.head.every, self.head.ahead):
            switch.toggled.connect(self._switched)
        self.head.hide_button.clicked.connect(self.hide_wanted)
        self._columns = Columns(self._new_column)
        self._scroll = self._columns.area
        self._scroll.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self._scroll.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self._layout = fill(
            QVBoxLayout(self), self.head, self._scroll, spacing=0, margins=(1, 0, 1, 1)
        )
        self._above.horizontalScrollBar().valueChanged.connect(self._follow_across)
        self._beside = self._above.viewport()  # kept, so that its Python wrapper stays the same
        self._beside.installEventFilter(self)

    def _new_column(self, parent: QWidget) -> AnswersColumn:
        column = AnswersColumn(parent)
        column.hovered.connect(self._hover)
        column.clicked.connect(self._pick)
        return column

    def minimumSizeHint(self) -> QSize:
        """The least in which three answers can be read."""
        return QSize(200, px(HEAD_PX) + least_answers_height() + 2)

    def sizeHint(self) -> QSize:
        """Room for some eight answers."""
        return QSize(600, px(MEANT_PX))

    # -- what is shown ------------------------------------------------------------------

    @property
    def wanted(self) -> int:
        """How many steps ahead frames have answers: 0 while the panel is hidden."""
        return self._further if self.isVisible() else 0

    @property
    def _further(self) -> int:
        if self._view is None or not self.head.ahead.isChecked() or not self._goes_on:
            return 0
        return steps_ahead(self._view.nets.sequence.sequences.roles.shape[1])

    def show_view(self, view: AnswersView) -> None:
        """Draw this; a hidden panel keeps it until it is shown."""
        before, self._view = self._view, replace(view, goes_on=self.head.ahead.isChecked())
        if before is None or before.nets.sequence is not view.nets.sequence:
            sequence = view.nets.sequence
            self._goes_on = can_continue(sequence.task, sequence.sequences)
            self.head.ahead.setVisible(self._goes_on)
            self.ahead_wanted.emit()
        self._redraw()

    def set_palette(self, palette: Palette) -> None:
        """Draw everything in these colours, and in the type size now in force."""
        self.head.set_palette(palette)
        self._columns.relayout()
        self.updateGeometry()
        super().set_palette(palette)

    def column(self, key: str) -> AnswersColumn:
        """The column of a contestant."""
        return self._columns[key]

    def as_text(self) -> str:
        """Everything that is shown as a tab-separated table; "" before there is a frame."""
        if self._view is None:
            return ""
        return table(self._view, shown_traces(self._view.nets), self.head.every.isChecked())

    def add_to(self, menu: QMenu) -> None:
        """Put what can be copied here as text before the pictures in a menu."""
        action = QAction("Copy answers as &table", menu)
        action.setToolTip("Copy every answer with its probability, for a spreadsheet.")
        action.setEnabled(bool(self._traces))
        action.triggered.connect(lambda: QGuiApplication.clipboard().setText(self.as_text()))
        menu.insertAction(menu.actions()[0], action)

    # -- drawing ------------------------------------------------------------------------

    def _switched(self) -> None:
        self.ahead_wanted.emit()
        if self._view is not None:
            self.show_view(self._view)

    def _show_mark(self) -> None:
        self._redraw()

    def _length(self) -> int:
        return self._view.nets.sequence.length if self._view is not None else 0

    def _draw(self, view: AnswersView) -> None:
        self._traces = shown_traces(view.nets)
        self._columns.arrange(tuple(view.nets.heads))
        self._adapt(view)
        for key, column in self._columns.items():
            column.setAccessibleName(f"{view.nets.heads[key].title}: answers")
            column.show_content(self._content_of(view, key))

    def _adapt(self, view: AnswersView) -> None:
        """Fit the axis of values to what is shown; start again for another run."""
        sequence, run = view.nets.sequence, view.nets.frame.run if view.nets.frame else ""
        if run != self._run:
            self._run, self._range = run, PatientRange(0.0, 1.0)
        if sequence.task.loss != "squared_error":
            return
        steps, index = sequence.length, sequence.index
        scored = sequence.sequences.scored
        drawn = scored[index, :steps] | self.head.every.isChecked()
        given = [trace.answers[:steps, index][drawn] for trace in self._traces.values()]
        further = (view.further(key) for key in self._traces)
        given += [each for each in further if each is not None]
        right = np.ravel(sequence.sequences.targets[scored])
        task = sequence.task
        self._range.update(*needed_range(as_read(task, right), [as_read(task, v) for v in given]))

    def _content_of(self, view: AnswersView, key: str) -> AnswersContent:
        nets, step = view.nets, self._focus(view)
        return AnswersContent(
            head=nets.heads[key],
            sequence=nets.sequence,
            trace=self._traces.get(key),
            step=step,
            marked=step == self.marked,
            ahead=view.further(key),
            further=self._further if nets.sequence.task.loss == "squared_error" else 0,
            every=self.head.every.isChecked(),
            low=self._range.low,
            high=self._range.high,
            waiting=nets.waiting,
            palette=self._palette,
        )

    def _focus(self, view: AnswersView) -> int:
        """The step in focus: the marked one, else the last question."""
        sequence = view.nets.sequence
        return self.marked if 0 <= self.marked < sequence.length else sequence.asked_at

    # -- the columns above --------------------------------------------------------------

    @Slot(int)
    def _follow_across(self, value: int) -> None:
        self._scroll.horizontalScrollBar().setValue(value)

    def eventFilter(self, watched: object, event: QEvent) -> bool:
        """Stay as wide as the columns above, which a scroll bar makes narrower."""
        if not vars(self):  # Qt still asks an object that Python is destroying
            return False
        if event.type() == QEvent.Type.Resize and watched is self._beside:
            taken = max(self._above.width() - self._beside.width(), 0)
            self._layout.setContentsMargins(1, 0, 1 + taken, 1)
        return False

    def showEvent(self, event: QShowEvent) -> None:
        """Catch up with what came while hidden."""
        super().showEvent(event)
        self._follow_across(self._above.horizontalScrollBar().value())
        self.ahead_wanted.emit()

    def hideEvent(self, event: QHideEvent) -> None:
        """Tell that nothing has to be computed for it now."""
        super().hideEvent(event)
        self.ahead_wanted.emit()

    def _in_words(self, view: AnswersView) -> str:
        return summary(view, shown_traces(view.nets), self._focus(view))
