"""The centre of the window: every contestant's gates, states and gradient on one sequence."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, Qt, Slot
from PySide6.QtWidgets import QVBoxLayout, QWidget

from sandbox.gui.look.typeface import px
from sandbox.gui.panels.nets.column_geometry import MARGIN, least_height
from sandbox.gui.panels.nets.net_column import NetColumn
from sandbox.gui.panels.nets.nets_scales import FEWEST_ROWS, NetsScales
from sandbox.gui.panels.nets.nets_summary import Row, step_numbers, summary
from sandbox.gui.panels.shared.panel import Columns, StepPanel, small_switch
from sandbox.gui.panels.shared.views import NetsView
from sandbox.gui.widgets.parts import fill

if TYPE_CHECKING:
    from collections.abc import Mapping

    from PySide6.QtGui import QKeyEvent

    from sandbox.drawing.styles import Palette
    from sandbox.gui.session.pin import Pin

LOWEST = 96  # pixels left to the columns in a low window with other panels
STATE_ROOM = 200  # pixels that the run's state takes up in the status bar


class NetsPanel(StepPanel[NetsView]):
    """One column per contestant; a marked step is one line through all of them.

    A click in a heatmap pins its step and unit.

    Page Up and Page Down show columns that are out of sight.
    """

    def __init__(self) -> None:
        super().__init__("nets_panel", "What the nets do with the sequence")
        self._scales = NetsScales()
        self.under = ""  # the key of the contestant under the pointer
        self._row: Row | None = None
        self._lent = 0
        self._build()
        self.set_palette(self._palette)

    def _build(self) -> None:
        self._columns = Columns(self._new_column)
        self.area = self._columns.area
        fill(QVBoxLayout(self), self.area, margins=(1, 1, 1, 1))
        tip = "Show the gradient as a share of its size at the question (which is then 1)"
        self.relative_button = small_switch(
            "gradient_relative", "relative", "Gradient relative to the question", tip
        )
        self.relative_button.setParent(self.area.widget())
        self.relative_button.toggled.connect(self.set_relative)
        self.relative_button.hide()
        tip = "Show how the gradient changes over training; play the film to fill what was missed"
        self.history_button = small_switch(
            "gradient_history", "training", "Gradient over training", tip
        )
        self.history_button.setParent(self.area.widget())
        self.history_button.toggled.connect(self.set_over_training)
        self.history_button.hide()

    def _new_column(self, parent: QWidget) -> NetColumn:
        column = NetColumn(parent)
        column.hovered.connect(self._hovered)
        column.clicked.connect(self._clicked)
        column.layer_chosen.connect(self.show_layer)
        column.installEventFilter(self)
        return column

    # -- what is shown ------------------------------------------------------------------

    def set_palette(self, palette: Palette) -> None:
        """Draw everything in these colours, and in the type size now in force."""
        self.lend(self._lent)
        self._columns.relayout()
        super().set_palette(palette)

    @Slot(bool)
    def set_relative(self, relative: bool) -> None:
        """Whether the gradient is divided by its value at the question."""
        if relative != self._scales.relative:
            self._scales.set_relative(relative)
            self.relative_button.setChecked(relative)
            self._redraw()

    @Slot(bool)
    def set_over_training(self, over: bool) -> None:
        """Whether the gradient is drawn over training, position by training step."""
        if over != self._scales.over_training:
            self._scales.over_training = over
            self.history_button.setChecked(over)
            self._redraw()

    @Slot(bool)
    def set_equations(self, shown: bool) -> None:
        """Whether equations stand above heatmaps wherever these stay high enough to be read."""
        if shown == self._scales.folded:
            self._scales.folded = not shown
            self._redraw()

    def show_comments(self, comments: Mapping[str, str]) -> None:
        """Say these sentences above the pictures of their contestants."""
        if comments != self._scales.comments:
            self._scales.comments = comments
            self._redraw()

    def readout(self, step: int) -> str:
        """The numbers of a step in words: of the unit pointed at, or means over units."""
        view = self._view
        if view is None or not 0 <= step < view.sequence.length:
            return ""
        self._scales.set_view(view)
        curves = sorted(self._scales.curves, key=lambda curve: curve.key != self.under)
        room = self.window().width() - px(STATE_ROOM)
        return step_numbers(view, self._scales.traces, curves, step, self._row, room)

    @property
    def needed(self) -> int:
        """The height in which the columns of most cells can be read whole."""
        bar = self.area.horizontalScrollBar()
        return least_height(FEWEST_ROWS + 2) + 2 + (bar.height() if bar.isVisible() else 0)

    def lend(self, height: int) -> None:
        """Give up that much of the least height for another panel; what does not fit scrolls."""
        self._lent = height
        self.area.setMinimumHeight(max(least_height(FEWEST_ROWS + 2) - height, LOWEST))

    @property
    def axis_top(self) -> int:
        """Where the words of the time axis begin; the panel's height if there are none."""
        first = self._first
        if first is None or first.places is None:
            return self.height()
        return first.mapTo(self, first.places.words.topLeft()).y()

    def column(self, key: str) -> NetColumn:
        """The column of a contestant."""
        return self._columns[key]

    @property
    def layers(self) -> dict[str, int]:
        """Lower layers that are shown, by contestant; 1 is the bottom one."""
        return self._scales.layers

    @Slot(str, int)
    def show_layer(self, key: str, layer: int) -> None:
        """Show this layer of a contestant; 1 is the bottom one."""
        self._scales.choose_layer(key, layer)
        self._redraw()
        self.step_hovered.emit(self.marked)  # the numbers under the pointer are another layer's now

    # -- drawing ------------------------------------------------------------------------

    def _draw(self, view: NetsView) -> None:
        self._scales.set_view(view)
        self._scales.adapt()
        if self._columns.arrange(tuple(view.heads)):
            self.relative_button.setVisible(bool(view.heads))
            self.history_button.setVisible(bool(view.heads))
        for key, column in self._columns.items():
            column.setAccessibleName(f"{view.heads[key].title}: gates, states and gradient")
            column.show_content(self._scales.content_of(key, self._palette))
        self._show_mark()
        self._place_button()

    def _show_mark(self) -> None:
        pin = self.pin
        for key, column in self._columns.items():
            unit = pin.unit if pin is not None and key == pin.key else -1
            column.mark(self.marked if self.marked < self._length() else -1, unit)

    def _length(self) -> int:
        return self._view.sequence.length if self._view is not None else 0

    @property
    def _first(self) -> NetColumn | None:
        return next(iter(self._columns.values()), None)

    def _place_button(self) -> None:
        """Place the buttons in the first column, left of its words."""
        places = self._first.places if self._first is not None else None
        if places is None:
            return
        width, height = self.relative_button.sizeHint().width(), px(20)
        bottom = places.roles.top() + places.roles.height() - 2
        self.relative_button.setGeometry(MARGIN, bottom - height, width, height)
        self.relative_button.raise_()
        beside = self.history_button.sizeHint().width()
        room = places.timeline.left - px(40) - (MARGIN + width + 4)
        self.history_button.setGeometry(MARGIN + width + 4, bottom - height, beside, height)
        self.history_button.setVisible(bool(self._columns) and beside <= room)
        self.history_button.raise_()

    def eventFilter(self, watched: object, event: QEvent) -> bool:
        """Keep the button in its place when the first column changes its size."""
        if not vars(self):  # Qt still asks an object that Python is destroying
            return False
        if event.type() == QEvent.Type.Resize and watched is self._first:
            self._place_button()
        return False

    # -- pointing -----------------------------------------------------------------------

    @Slot(str, int, str, int)
    def _clicked(self, key: str, step: int, picture: str, unit: int) -> None:
        self._pick(step, key, unit)

    @Slot(str, int, str, int)
    def _hovered(self, key: str, step: int, picture: str, unit: int) -> None:
        if self.pin is not None:
            return
        before = self._row
        self._row = Row(key, unit) if picture and unit >= 0 else None
        self.under = key if step >= 0 else ""
        if (step, self._row) != (self.marked, before):
            self.mark(step)
            self.step_hovered.emit(step)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Move the mark, or the columns where they are wider; other keys are the window's."""
        pages = {Qt.Key.Key_PageUp: -1, Qt.Key.Key_PageDown: 1}
        if Qt.Key(event.key()) in pages and self._first is not None:
            bar = self.area.horizontalScrollBar()
            bar.setValue(bar.value() + pages[Qt.Key(event.key())] * (self._first.width() + 1))
            return
        super().keyPressEvent(event)

    @Slot(int)
    def _point(self, step: int) -> None:
        """By a key: no contestant is pointed at, unless one is pinned."""
        if self.pin is None:
            self._row, self.under = None, ""
        super()._point(step)

    def show_pin(self, pin: Pin | None) -> None:
        """Mark what is pinned, and read out its unit."""
        if pin is not None:
            self._row = Row(pin.key, pin.unit) if pin.unit >= 0 else None
            self.under = pin.key
        super().show_pin(pin)

    def _in_words(self, view: NetsView) -> str:
        self._scales.set_view(view)
        return summary(view, self._scales.traces, self._scales.curves)
