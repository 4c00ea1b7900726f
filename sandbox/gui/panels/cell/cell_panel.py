"""The Cell view: every net's cell drawn, with the numbers of one unit at one step."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QSize, Qt, QTimer, Signal
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from sandbox.gui.look.typeface import fit, px
from sandbox.gui.panels.cell.cell_column import CellColumn
from sandbox.gui.panels.cell.cell_content import CellContent, CellView
from sandbox.gui.panels.nets.column_geometry import MARGIN
from sandbox.gui.panels.shared.panel import Columns, StepPanel, small_button, small_switch
from sandbox.gui.widgets.info import InfoButton
from sandbox.gui.widgets.parts import fill, label

if TYPE_CHECKING:
    from PySide6.QtGui import QHideEvent, QKeyEvent

    from sandbox.drawing.styles import Palette

TITLE = "The cell, one unit at a step"
HEAD_PX, STEP_MS = 24, 600
FORWARD, BACK = "▲", "▼"


class CellPanel(StepPanel[CellView]):
    """A column per contestant; Up and Down choose the unit, Left and Right the step."""

    unit_chosen = Signal(int)

    def __init__(self) -> None:
        super().__init__("cell_panel", TITLE)
        self.unit, self._lit = 0, ""
        self._columns = Columns(self._new_column)
        self._timer = QTimer(self, interval=STEP_MS)
        self._timer.timeout.connect(self._play_on)
        tip = "Go through the sequence, a step at a time. The same button stops it."
        self.play = small_switch("cell_play", "play through", "Play through the sequence", tip)
        self.play.toggled.connect(self._set_playing)
        self._build()
        self.set_palette(self._palette)

    def _build(self) -> None:
        up = small_button("cell_next", f"unit {FORWARD}", "Next unit", "Show the next unit (Up)")
        down = small_button("cell_before", f"unit {BACK}", "Unit before", "The one before (Down)")
        up.clicked.connect(lambda: self._choose(self.unit + 1))
        down.clicked.connect(lambda: self._choose(self.unit - 1))
        info = InfoButton("cell_view")
        info.make_small()
        head = QWidget()
        fit(head, height=HEAD_PX)
        keys = label("Left, Right: step. Up, Down: unit.", "caption")
        parts = (label(TITLE.upper(), "title"), info, keys, None, down, up, self.play)
        fill(QHBoxLayout(head), *parts, spacing=8, margins=(MARGIN, 2, 8, 0))
        area = self._columns.area
        fill(QVBoxLayout(self), head, area, spacing=0, margins=(1, 0, 1, 1), wide=area)

    def minimumSizeHint(self) -> QSize:
        """Low enough for a low window: what does not fit scrolls."""
        return QSize(0, px(HEAD_PX + 140))

    def _new_column(self, parent: QWidget) -> CellColumn:
        column = CellColumn(parent)
        column.line_hovered.connect(self._light)
        column.step_hovered.connect(self._hover)
        column.step_clicked.connect(self._pick)
        return column

    def column(self, key: str) -> CellColumn:
        """The column of a contestant."""
        return self._columns[key]

    @property
    def shown_contents(self) -> dict[str, CellContent]:
        """What is drawn of every net whose numbers are known, while the panel is seen."""
        found = {key: column.content for key, column in self._columns.items()}
        return {key: each for key, each in found.items() if each is not None and each.is_there}

    def set_palette(self, palette: Palette) -> None:
        """Draw everything in these colours, and in the type size now in force."""
        self._columns.relayout()
        super().set_palette(palette)

    def show_unit(self, unit: int) -> None:
        """Show this unit of every net."""
        if unit != self.unit:
            self.unit = unit
            self._redraw()

    # -- drawing ------------------------------------------------------------------------

    def _draw(self, view: CellView) -> None:
        if self._columns.arrange(tuple(view.heads)):
            self._columns.relayout()
        for key, column in self._columns.items():
            column.setAccessibleName(f"{view.heads[key].title}: its cell")
            column.show_content(self._content_of(view, key))
            column.mark(self.marked)

    def _content_of(self, view: CellView, key: str) -> CellContent:
        step = self.marked if 0 <= self.marked < view.sequence.length else view.sequence.asked_at
        return CellContent(
            key,
            view.heads[key],
            view.sequence,
            view.traces.get(key),
            view.weights.get(key),
            step,
            self.unit,
            view.waiting,
            self._palette,
            self._lit,
        )

    def _show_mark(self) -> None:
        self._redraw()

    def _light(self, line: str) -> None:
        if line != self._lit:
            self._lit = line
            self._redraw()

    def _length(self) -> int:
        return self._view.sequence.length if self._view is not None else 0

    # -- going through the sequence -----------------------------------------------------

    def _set_playing(self, playing: bool) -> None:
        if not playing:
            self._timer.stop()
            return
        if self.marked < 0 or self.marked >= self._length() - 1:
            self._point(0)
        self._timer.start()

    def _play_on(self) -> None:
        if self.marked >= self._length() - 1:
            self.play.setChecked(False)
        else:
            self._point(self.marked + 1)

    def hideEvent(self, event: QHideEvent) -> None:
        """Stop playing what nobody sees."""
        super().hideEvent(event)
        self.play.setChecked(False)

    def _choose(self, unit: int) -> None:
        traces = self._view.traces if self._view is not None else {}
        sizes = [each.arrays["hidden"].shape[2] for each in traces.values()]
        if 0 <= unit < max(sizes, default=1):
            self.unit_chosen.emit(unit)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Up and Down choose the unit; the rest is the mark's or the window's."""
        units = {Qt.Key.Key_Up: 1, Qt.Key.Key_Down: -1}
        if Qt.Key(event.key()) in units:
            self._choose(self.unit + units[Qt.Key(event.key())])
        else:
            super().keyPressEvent(event)

    def _in_words(self, view: CellView) -> str:
        said = []
        for key, head in view.heads.items():
            content = self._content_of(view, key)
            if content.is_there:
                rows = "; ".join(f"{name} = {text}" for name, text in content.rows)
                where = f"unit {content.unit + 1} at step {content.step + 1}"
                said.append(f"{head.title}, {where}: {rows}")
        return ". ".join(said)
