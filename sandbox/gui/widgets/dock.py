"""A dock with a quiet title, and the scrolled column that fills it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QObject, QSize, Qt
from PySide6.QtWidgets import (
    QDockWidget,
    QFrame,
    QHBoxLayout,
    QLayout,
    QMainWindow,
    QScrollArea,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from sandbox.gui.look.marks import icon
from sandbox.gui.look.typeface import fit
from sandbox.gui.widgets.parts import fill, label, tool_button

if TYPE_CHECKING:
    from sandbox.drawing.styles import Palette

TITLE_PX = 26


class Dock(QDockWidget):
    """One part of the window that can be moved, floated and hidden.

    Its title has the name, a button that floats the dock and one that hides it; dragging it moves
    the dock.
    """

    def __init__(
        self, name: str, content: QWidget, window: QMainWindow, scrolls: bool = True
    ) -> None:
        # In the window from the first: moving a full dock into it would style all again.
        title = name.title()
        super().__init__(title, window)
        self.setObjectName(f"dock_{name}")
        self.setAccessibleName(title)
        self._float = _button(f"Float {title}", "Move this dock out of the window, or back.")
        self._hide = _button(f"Hide {title}", "Hide this dock. The View menu shows it again.")
        self._float.clicked.connect(lambda: self.setFloating(not self.isFloating()))
        self._hide.clicked.connect(self.close)
        self._title, self._no_title = QWidget(), QWidget(self)
        fit(self._title, height=TITLE_PX)
        parts = (label(title.upper(), "title"), None, self._float, self._hide)
        fill(QHBoxLayout(self._title), *parts, spacing=0, margins=(12, 2, 8, 0))
        self._no_title.setFixedHeight(0)
        self.setTitleBarWidget(self._title)
        self.setWidget(Scrolled(content) if scrolls else content)
        self.toggleViewAction().setStatusTip(f"Show or hide {title}.")

    def set_palette(self, palette: Palette) -> None:
        """Draw the title's buttons in the palette's quiet colour."""
        self._float.setIcon(icon("float", palette.quiet))
        self._hide.setIcon(icon("remove", palette.quiet))

    def show_title(self, shown: bool) -> None:
        """Show the line with the dock's name, or leave its room to the content."""
        self.setTitleBarWidget(self._title if shown else self._no_title)
        self._title.setVisible(shown)


class Scrolled(QScrollArea):
    """Scrolls a widget up and down, never sideways; never narrower than the widget."""

    def __init__(self, content: QWidget) -> None:
        super().__init__()
        self._content = content
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setWidgetResizable(True)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        across = self.horizontalScrollBar()  # else the focus would move it by its right margin
        across.rangeChanged.connect(lambda: across.setRange(0, 0))
        self.setWidget(content)

    def sizeHint(self) -> QSize:
        """The size at which nothing scrolls."""
        hint, width = self._content.sizeHint(), self.viewport().width()
        if self._content.hasHeightForWidth():
            hint.setHeight(self._content.heightForWidth(width))
        return hint

    def minimumSizeHint(self) -> QSize:
        """As wide as the content; a scroll bar may take its right margin."""
        hint = super().minimumSizeHint()
        hint.setWidth(self._content.minimumSizeHint().width())
        return hint

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Pass the content's layout requests on to the layout around it."""
        # `self._content` may be gone: Qt still asks a widget that Python is destroying
        if watched is self.widget() and event.type() == QEvent.Type.LayoutRequest:
            self.updateGeometry()
        return super().eventFilter(watched, event)


def column(
    *items: QWidget | QLayout | None,
    spacing: int = 8,
    margins: tuple[int, int, int, int] = (12, 4, 12, 12),
) -> QWidget:
    """The content of a dock: items below one another, with the margins of `fill`."""
    widget = QWidget()
    widget.setObjectName("column")
    fill(QVBoxLayout(widget), *items, spacing=spacing, margins=margins)
    return widget


def _button(name: str, tip: str) -> QToolButton:
    button = tool_button(name, tip)
    fit(button, width=22, height=22, icon=14)
    button.setFocusPolicy(Qt.FocusPolicy.NoFocus)
    return button
