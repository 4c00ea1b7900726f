"""A dock with a quiet title: its name, a button that floats it and one that hides it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QSize, Qt
from PySide6.QtWidgets import (
    QDockWidget,
    QFrame,
    QHBoxLayout,
    QLabel,
    QScrollArea,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from sandbox.gui.look.icons import icon

if TYPE_CHECKING:
    from sandbox.drawing.styles import Palette

TITLE_PX = 28


class Dock(QDockWidget):
    """One part of the window that can be moved, floated and hidden."""

    def __init__(self, name: str, title: str, content: QWidget, scrolls: bool = True) -> None:
        super().__init__(title)
        self.setObjectName(f"dock_{name}")
        self.setAccessibleName(title)
        self._title = DockTitle(self, title)
        self.setTitleBarWidget(self._title)
        self.setWidget(scrolled(content) if scrolls else content)
        self.toggleViewAction().setStatusTip(f"Show or hide the part called {title}.")

    def set_palette(self, palette: Palette) -> None:
        """Draw the title's buttons in the palette's colours."""
        self._title.set_palette(palette)


class DockTitle(QWidget):
    """Name and buttons; it is dragged to move the dock."""

    def __init__(self, dock: QDockWidget, title: str) -> None:
        super().__init__()
        self._dock = dock
        self.setFixedHeight(TITLE_PX)
        name = QLabel(title.upper())
        name.setProperty("role", "title")
        self._float = self._button(f"Float {title}", "Take this part out of the window, or back.")
        self._hide = self._button(f"Hide {title}", "Hide this part; the View menu shows it again.")
        self._float.clicked.connect(self._toggle_floating)
        self._hide.clicked.connect(dock.close)
        row = QHBoxLayout(self)
        row.setContentsMargins(12, 4, 8, 0)
        row.setSpacing(0)
        row.addWidget(name, 1)
        row.addWidget(self._float)
        row.addWidget(self._hide)

    def set_palette(self, palette: Palette) -> None:
        """Draw the buttons in the palette's quiet colour."""
        self._float.setIcon(icon("float", palette.quiet))
        self._hide.setIcon(icon("remove", palette.quiet))

    def _toggle_floating(self) -> None:
        self._dock.setFloating(not self._dock.isFloating())

    def _button(self, name: str, tip: str) -> QToolButton:
        button = QToolButton()
        button.setAccessibleName(name)
        button.setToolTip(tip)
        button.setIconSize(QSize(14, 14))
        button.setFixedSize(22, 22)
        button.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        return button


def scrolled(content: QWidget) -> QScrollArea:
    """The content in a frame that scrolls down where there is little room."""
    area = QScrollArea()
    area.setFrameShape(QFrame.Shape.NoFrame)
    area.setWidgetResizable(True)
    area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
    area.setFocusPolicy(Qt.FocusPolicy.NoFocus)
    area.setWidget(content)
    return area


def column(spacing: int = 8) -> tuple[QWidget, QVBoxLayout]:
    """A column of a dock, with the margins that all of them have."""
    widget = QWidget()
    widget.setObjectName("column")
    layout = QVBoxLayout(widget)
    layout.setContentsMargins(12, 4, 12, 12)
    layout.setSpacing(spacing)
    return widget, layout


def rule() -> QFrame:
    """A hairline."""
    line = QFrame()
    line.setObjectName("rule")
    line.setFixedHeight(1)
    return line
