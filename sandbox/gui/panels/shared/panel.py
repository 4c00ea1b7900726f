"""What all panels share: drawing while visible, words for screen readers, keys, columns."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Generic, TypeVar

from PySide6.QtCore import QEvent, QPoint, Qt, QTimer, Signal, Slot
from PySide6.QtGui import QHelpEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QScrollArea, QToolButton, QToolTip, QWidget

from sandbox.drawing.styles import DARK, Palette
from sandbox.gui.session.pin import Pin
from sandbox.gui.widgets.parts import fill, named

if TYPE_CHECKING:
    from collections.abc import Callable

    from PySide6.QtGui import QKeyEvent, QShowEvent

REFRESH_MS = 250  # between two descriptions for screen readers

V = TypeVar("V")
W = TypeVar("W", bound=QWidget)


class Panel(QWidget, Generic[V]):
    """Shows a view: at once, or when it becomes visible.

    A subclass has `_draw(view)` and `_in_words(view)`, and extends `set_palette` where it holds
    widgets with a look of their own.
    """

    def __init__(self, name: str, accessible_name: str) -> None:
        super().__init__()
        self.setObjectName(name)
        self.setAccessibleName(accessible_name)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self._palette = DARK
        self._view: V | None = None
        self._stale = False
        self._described_late = False  # whether words are waiting for the end of the rest
        self._rest = QTimer(self, singleShot=True, interval=REFRESH_MS)
        self._rest.timeout.connect(self._describe_if_late)

    def show_view(self, view: V) -> None:
        """Draw this; a hidden panel keeps it until it is shown."""
        self._view = view
        self._redraw()

    def set_palette(self, palette: Palette) -> None:
        """Draw everything in these colours, and in the type size now in force."""
        self._palette = palette
        self._redraw()

    def _redraw(self) -> None:
        """Draw the view again, now or when visible; `_draw` alone draws."""
        self._stale = not self.isVisible()
        if self._view is not None:
            if not self._stale:
                self._draw(self._view)
            self._describe()

    def _describe(self) -> None:
        """Keep the accessible description current, at most four times a second."""
        self._described_late = self._rest.isActive()
        if self._described_late or self._view is None:
            return
        words = self._in_words(self._view)
        if words != self.accessibleDescription():
            self.setAccessibleDescription(words)
        self._rest.start()

    def _describe_if_late(self) -> None:
        if self._described_late:
            self._describe()

    def _draw(self, view: V) -> None:
        raise NotImplementedError

    def _in_words(self, view: V) -> str:
        """What the panel shows, for a screen reader."""
        raise NotImplementedError

    def showEvent(self, event: QShowEvent) -> None:
        """Catch up with what came while hidden."""
        super().showEvent(event)
        if self._stale:
            self._redraw()


class StepPanel(Panel[V]):
    """A panel along a sequence, with a marked step, which a click pins.

    A pinned mark does not follow the pointer.  Left and Right move the mark, Home and End go to
    the ends, Escape takes it away.
    """

    step_hovered = Signal(int)  # -1: none
    picked = Signal(object)  # Pin: what was clicked

    def __init__(self, name: str, accessible_name: str) -> None:
        super().__init__(name, accessible_name)
        self.marked = -1  # none
        self.pin: Pin | None = None

    @Slot(int)
    def mark(self, step: int) -> None:
        """Mark a step, or none (-1), without a signal."""
        if step != self.marked:
            self.marked = step
            self._show_mark()

    def show_pin(self, pin: Pin | None) -> None:
        """Mark what is pinned until there is no pin."""
        if pin != self.pin:
            self.pin = pin
            self.marked = pin.step if pin is not None else self.marked
            self._show_mark()

    def _show_mark(self) -> None:
        self.update()

    def _length(self) -> int:
        """How many steps there are."""
        raise NotImplementedError

    @Slot(int)
    def _hover(self, step: int) -> None:
        """Mark what is under the pointer, unless something is pinned."""
        if self.pin is None:
            self._point(step)

    @Slot(int)
    def _pick(self, step: int, key: str = "", unit: int = -1) -> None:
        """Tell of a click on a step."""
        if step >= 0:
            self.picked.emit(Pin(step, key, unit))

    @Slot(int)
    def _point(self, step: int) -> None:
        """Mark a step and emit `step_hovered`."""
        if step != self.marked:
            self.mark(step)
            self.step_hovered.emit(step)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Move the mark; other keys, and Escape with nothing marked, are the window's."""
        last, here = self._length() - 1, self.marked
        moves = {
            Qt.Key.Key_Left: last if here < 0 else max(here - 1, 0),
            Qt.Key.Key_Right: min(here + 1, last),
            Qt.Key.Key_Home: 0,
            Qt.Key.Key_End: last,
            Qt.Key.Key_Escape: -1,
        }
        unmarked = here < 0 and event.key() == Qt.Key.Key_Escape
        if last < 0 or unmarked or Qt.Key(event.key()) not in moves:
            super().keyPressEvent(event)
        else:
            self._point(moves[Qt.Key(event.key())])


class PaintedColumn(QWidget, Generic[V]):
    """Paints its content whole, and has a tool tip for each place: `_tip(position)`."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.content: V | None = None
        self.setMouseTracking(True)
        self.setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent)

    def show_content(self, content: V) -> None:
        """Draw this from now on."""
        self.content = content
        self.update()

    @property
    def even_width(self) -> int:
        """Its share of the row in whole pixels: some columns are a pixel wider than others."""
        whole: Any = self.parentWidget()
        row = whole.layout()
        return int((whole.width() - (row.count() - 1) * row.spacing()) // max(row.count(), 1))

    def event(self, event: QEvent) -> bool:
        """Show the tool tip of the place under the pointer."""
        if event.type() == QEvent.Type.ToolTip and isinstance(event, QHelpEvent):
            QToolTip.showText(event.globalPos(), self._tip(event.pos()), self)
            return True
        return super().event(event)

    def _tip(self, position: QPoint) -> str:
        raise NotImplementedError


class Columns(dict[str, W]):
    """The columns of a panel in a row, by contestant's key; widgets are kept and reused.

    make: another one, of this parent.  area: what they scroll in.
    """

    def __init__(self, make: Callable[[QWidget], W]) -> None:
        super().__init__()
        self._make = make
        self._spare: list[W] = []
        self._content = QWidget()
        self._content.setProperty("role", "columns")
        self._row = fill(QHBoxLayout(self._content), spacing=1)
        self.area = QScrollArea(widgetResizable=True)
        self.area.setProperty("role", "columns")
        self.area.setFrameShape(QFrame.Shape.NoFrame)
        self.area.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.area.setWidget(self._content)

    def arrange(self, keys: tuple[str, ...]) -> bool:
        """Show columns for these contestants; returns whether they changed."""
        if keys == tuple(self):
            return False
        self._spare += self.values()
        self.clear()
        self.update(
            {key: self._spare.pop(0) if self._spare else self._make(self._content) for key in keys}
        )
        for column in self._spare:
            self._row.removeWidget(column)
            column.hide()
        for position, column in enumerate(self.values()):
            self._row.insertWidget(position, column, 1)
            column.show()
        return True

    def relayout(self) -> None:
        """Ask every column for its size again."""
        for column in self.values():
            column.updateGeometry()


def small_button(name: str, words: str, accessible_name: str, tip: str) -> QToolButton:
    """A button among pictures."""
    button = named(QToolButton(), accessible_name, tip)
    button.setObjectName(name)
    button.setText(words)
    button.setProperty("role", "small")
    return button


def small_switch(
    name: str, words: str, accessible_name: str, tip: str, checked: bool = False
) -> QToolButton:
    """A small button that stays pressed."""
    switch = small_button(name, words, accessible_name, tip)
    switch.setCheckable(True)
    switch.setChecked(checked)
    return switch
