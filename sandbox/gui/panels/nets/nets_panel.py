"""The centre of the window: every contestant's gates, states and gradient on one sequence."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QSize, Qt, Signal, Slot
from PySide6.QtWidgets import QFrame, QHBoxLayout, QScrollArea, QToolButton, QVBoxLayout, QWidget

from sandbox.drawing.styles import DARK, Palette
from sandbox.gui.look.typeface import SMALL_PX, width_of
from sandbox.gui.panels.nets.column import NetColumn
from sandbox.gui.panels.nets.content import FEWEST_ROWS
from sandbox.gui.panels.nets.geometry import MARGIN, least_height
from sandbox.gui.panels.nets.nets_scales import Shown
from sandbox.gui.panels.nets.nets_summary import Row, step_numbers, summary
from sandbox.gui.panels.shared.column_strip import Columns
from sandbox.gui.widgets.describe import Description

if TYPE_CHECKING:
    from PySide6.QtGui import QKeyEvent, QShowEvent

    from sandbox.gui.panels.nets.content import GradientCurve
    from sandbox.gui.panels.shared.views import NetsView


LOWEST = 96  # pixels of the columns, where a low window has other panels too
STATE_ROOM = 200  # pixels that the run's state takes in the status bar


class NetsPanel(QWidget):
    """One column a contestant; a marked step is one line through all of them.

    Left and Right move the mark, Home and End go to the ends, Escape takes it away; Page Up and
    Page Down show columns that are out of sight.
    """

    step_hovered = Signal(int)  # -1: none

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("nets_panel")
        self.setAccessibleName("What the nets do with the sequence")
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self._palette = DARK
        self._view: NetsView | None = None
        self._shown = Shown()
        self._mark, self._under = -1, ""  # the step marked, the contestant under the pointer
        self._row: Row | None = None
        self._stale = False
        self._description = Description(self, self._in_words)
        self._build()
        self._restyle()

    def _build(self) -> None:
        self._content = QWidget()
        self._content.setObjectName("nets_columns")
        row = QHBoxLayout(self._content)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(1)
        self._columns = Columns(row, self._new_column, "net_column")
        self._scroll = QScrollArea(widgetResizable=True)
        self._scroll.setObjectName("nets_scroll")
        self._scroll.setFrameShape(QFrame.Shape.NoFrame)
        self._scroll.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self._scroll.setWidget(self._content)
        self._scroll.setMinimumHeight(least_height(FEWEST_ROWS + 2))
        layout = QVBoxLayout(self)
        layout.setContentsMargins(1, 1, 1, 1)
        layout.addWidget(self._scroll)
        self.relative_button = QToolButton(self._content)
        self.relative_button.setObjectName("gradient_relative")
        self.relative_button.setText("relative")
        self.relative_button.setCheckable(True)
        self.relative_button.setAccessibleName("Gradient relative to the question")
        self.relative_button.setToolTip(
            "Show the gradient as a share of its size at the question (which is then 1)"
        )
        self.relative_button.toggled.connect(self.set_relative)
        self.relative_button.hide()

    # -- what is shown ------------------------------------------------------------------

    def show_view(self, view: NetsView) -> None:
        """Draws this; a hidden panel keeps it until it is shown."""
        self._view = view
        if self.isVisible():
            self._draw()
        else:
            self._stale = True
        self._description.changed()

    def clear(self) -> None:
        """Shows nothing."""
        self._view = None
        self._shown.clear()
        self._mark, self._row = -1, None
        self._arrange_columns(())
        self._description.changed()

    def set_palette(self, palette: Palette) -> None:
        """Repaints everything in these colours."""
        self._palette = palette
        self._restyle()
        if self._view is not None:
            self.show_view(self._view)

    @Slot(bool)
    def set_relative(self, relative: bool) -> None:
        """Whether the gradient is divided by its value at the question."""
        if relative == self._shown.relative:
            return
        self._shown.set_relative(relative)
        self.relative_button.setChecked(relative)
        if self._view is not None:
            self.show_view(self._view)

    @Slot(int)
    def mark(self, step: int) -> None:
        """Marks a step in every column; -1: none.  Tells nobody."""
        self._mark = step if step >= 0 else -1
        for column in self._columns.values():
            column.mark(self._mark)

    @property
    def marked(self) -> int:
        """The marked step, or -1."""
        return self._mark

    def readout(self, step: int) -> str:
        """The numbers of a step in words: means over units, or of the unit pointed at."""
        view = self._view
        if view is None or not 0 <= step < view.sequence.length:
            return ""
        self._shown.take(view)
        curves = tuple(sorted(self._shown.curves, key=self._is_elsewhere))
        return step_numbers(view, self._shown.traces, curves, step, self._row, self._fits_bar)

    def _is_elsewhere(self, curve: GradientCurve) -> bool:
        return curve.key != self._under

    def _fits_bar(self, text: str) -> bool:
        """Whether the window's status bar, which says the run's state too, has room for it."""
        return width_of(text) <= self.window().width() - STATE_ROOM

    @property
    def needed(self) -> int:
        """The height in which the columns of most cells can be read whole."""
        bar = self._scroll.horizontalScrollBar()
        return least_height(FEWEST_ROWS + 2) + 2 + (bar.height() if bar.isVisible() else 0)

    def lend(self, height: int) -> None:
        """So many pixels of its least height are another panel's; what does not fit scrolls."""
        self._scroll.setMinimumHeight(max(least_height(FEWEST_ROWS + 2) - height, LOWEST))

    @property
    def area(self) -> QScrollArea:
        """What the columns scroll in."""
        return self._scroll

    def column(self, key: str) -> NetColumn:
        """The column of a contestant."""
        return self._columns[key]

    # -- drawing ------------------------------------------------------------------------

    def _draw(self) -> None:
        view, self._stale = self._view, False
        if view is None:
            return
        self._shown.take(view)
        self._shown.adapt(view)
        self._arrange_columns(tuple(view.heads))
        for key, column in self._columns.items():
            column.setAccessibleName(f"{view.heads[key].title}: gates, states and gradient")
            column.show_content(self._shown.content_of(view, key, self._palette))
            column.mark(self._mark if self._mark < view.sequence.length else -1)
        self._place_button()

    def _arrange_columns(self, keys: tuple[str, ...]) -> None:
        if self._columns.arrange(keys):
            self.relative_button.setVisible(bool(keys))
            self.relative_button.raise_()

    def _new_column(self) -> NetColumn:
        column = NetColumn(self._content)
        column.hovered.connect(self._hovered)
        column.layer_chosen.connect(self._choose_layer)
        column.installEventFilter(self)
        return column

    def _place_button(self) -> None:
        first = next(iter(self._columns.values()), None)
        geometry = first.places if first is not None else None
        if geometry is None:
            return
        size = QSize(min(self.relative_button.sizeHint().width(), 72), 20)
        bottom = geometry.roles.top() + geometry.roles.height() - 2
        self.relative_button.resize(size)
        self.relative_button.move(MARGIN, bottom - size.height())
        self.relative_button.raise_()

    def _restyle(self) -> None:
        palette = self._palette
        self.setStyleSheet(
            f"#nets_panel {{ background: {palette.ground}; }}"
            f"#nets_panel:focus {{ background: {palette.quiet}; }}"
            f"#nets_columns {{ background: {palette.hairline}; }}"
            f"#nets_scroll {{ background: {palette.ground}; }}"
            f"#layer_chooser {{ min-height: 14px; padding: 1px 4px; font-size: {SMALL_PX}px; }}"
            f"#gradient_relative {{ color: {palette.quiet}; background: {palette.panel};"
            f" border: 1px solid {palette.edge}; border-radius: 4px; padding: 0 4px;"
            f" font-size: {SMALL_PX}px; }}"
            f"#gradient_relative:checked {{ color: {palette.ground}; background: {palette.text}; }}"
            f"#gradient_relative:focus {{ border-color: {palette.text}; }}"
        )

    @Slot(int)
    def _choose_layer(self, layer: int) -> None:
        sender = self.sender()
        key = next((key for key, column in self._columns.items() if column is sender), "")
        self.show_layer(key, layer)

    @property
    def under(self) -> str:
        """The key of the contestant under the pointer, "" where there is none."""
        return self._under

    @property
    def layers(self) -> dict[str, int]:
        """The layer that is shown of each contestant where it is not the top one; 1 is below."""
        return self._shown.layers

    def show_layer(self, key: str, layer: int) -> None:
        """Which layer of a contestant the pictures show; 1 is the bottom one."""
        self._shown.choose_layer(key, layer)
        if self._view is not None:
            self.show_view(self._view)
        self.step_hovered.emit(self._mark)  # the numbers under the pointer are another layer's now

    # -- pointing -----------------------------------------------------------------------

    @Slot(int, str, int)
    def _hovered(self, step: int, picture: str, unit: int) -> None:
        sender = self.sender()
        key = next((key for key, column in self._columns.items() if column is sender), "")
        row = Row(key, unit) if picture and unit >= 0 else None
        self._under = key if step >= 0 else ""
        changed, self._row = (step, row) != (self._mark, self._row), row
        if changed:
            self._point(step)

    def _point(self, step: int) -> None:
        self.mark(step)
        self.step_hovered.emit(step)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Moves the mark, or the columns where they are wider; other keys are the window's."""
        pages = {Qt.Key.Key_PageUp: -1, Qt.Key.Key_PageDown: 1}
        if Qt.Key(event.key()) in pages:
            bar, first = (
                self._scroll.horizontalScrollBar(),
                next(iter(self._columns.values()), None),
            )
            if first is not None:
                bar.setValue(bar.value() + pages[Qt.Key(event.key())] * (first.width() + 1))
            return
        last = self._view.sequence.length - 1 if self._view is not None else -1
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
        self._row, self._under = None, ""
        self._point(moves[Qt.Key(event.key())])

    def showEvent(self, event: QShowEvent) -> None:
        """Catches up with what came while hidden."""
        super().showEvent(event)
        if self._stale:
            self._draw()

    def eventFilter(self, watched: object, event: QEvent) -> bool:
        """Keeps the button in its place when the first column changes its size."""
        if event.type() == QEvent.Type.Resize and watched is next(
            iter(self._columns.values()), None
        ):
            self._place_button()
        return False

    def _in_words(self) -> str:
        if self._view is None:
            return "Nothing to show yet."
        self._shown.take(self._view)
        return summary(self._view, self._shown.traces, self._shown.curves)
