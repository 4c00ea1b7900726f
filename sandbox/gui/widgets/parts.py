"""Small parts of forms and dialogs, and a short way to lay them out."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeVar

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QPainter
from PySide6.QtWidgets import (
    QBoxLayout,
    QFrame,
    QLabel,
    QLayout,
    QPushButton,
    QTableView,
    QToolButton,
    QWidget,
)

from sandbox.gui.look.typeface import fit, px

if TYPE_CHECKING:
    from PySide6.QtGui import QPaintEvent

BRIEF_PX = 60
Box = TypeVar("Box", bound=QBoxLayout)
Named = TypeVar("Named", bound=QWidget)


def fill(
    box: Box,
    *items: QWidget | QLayout | int | None,
    spacing: int | None = None,
    margins: tuple[int, int, int, int] = (0, 0, 0, 0),
    wide: QWidget | None = None,
) -> Box:
    """Add items to a row or column, and return it.

    A number is so many pixels of space, None takes what room is left, and so does the item `wide`.
    """
    box.setContentsMargins(*margins)
    if spacing is not None:
        box.setSpacing(spacing)
    for item in items:
        if isinstance(item, QWidget):
            box.addWidget(item)
        elif isinstance(item, QLayout):
            box.addLayout(item)
        elif item is None:
            box.addStretch(1)
        else:
            box.addSpacing(item)
    if wide is not None:
        box.setStretchFactor(wide, 1)
    return box


def named(widget: Named, name: str, tip: str) -> Named:
    """Give a widget its accessible name and its tool tip, and return it."""
    widget.setAccessibleName(name)
    widget.setToolTip(tip)
    return widget


def label(words: str = "", role: str = "text", wrap: bool = False) -> QLabel:
    """A label in the style of its role."""
    made = QLabel(words, wordWrap=wrap)
    made.setProperty("role", role)
    return made


def paragraph(words: str, role: str = "text", width: int = 0) -> QLabel:
    """A label that wraps and whose text can be selected."""
    made = label(words, role, wrap=True)
    made.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
    if width:
        fit(made, least_width=width)
    return made


def push_button(words: str, tip: str) -> QPushButton:
    """A button whose accessible name is its label."""
    return named(QPushButton(words), words, tip)


def tool_button(name: str, tip: str) -> QToolButton:
    """A button with a small icon, which its owner draws in the colours of the palette."""
    button = named(QToolButton(), name, tip)
    fit(button, icon=14)
    return button


def rule() -> QFrame:
    """A hairline."""
    line = QFrame()
    line.setObjectName("rule")
    line.setFixedHeight(1)
    return line


def set_plain(table: QTableView) -> None:
    """Show whole rows of a table, without a grid; cells and heads end in an ellipsis if long."""
    table.setFrameShape(QFrame.Shape.NoFrame)
    table.setShowGrid(False)
    table.setWordWrap(False)
    table.setCornerButtonEnabled(False)
    table.setTabKeyNavigation(False)
    table.setEditTriggers(QTableView.EditTrigger.NoEditTriggers)
    table.setSelectionBehavior(QTableView.SelectionBehavior.SelectRows)
    table.verticalHeader().hide()
    table.horizontalHeader().setHighlightSections(False)
    table.horizontalHeader().setTextElideMode(Qt.TextElideMode.ElideRight)


class BriefLabel(QLabel):
    """Words, or shorter ones where there is little room; the tool tip says all of them."""

    def __init__(self, words: str = "", role: str = "plot") -> None:
        super().__init__(words)
        self.setProperty("role", role)
        self._shorter = words

    def say(self, words: str, shorter: str = "") -> None:
        """Say this from now on."""
        self.setText(words)
        self.setToolTip(words)
        self._shorter = shorter or words

    def sizeHint(self) -> QSize:
        """A line, also without words, so that nothing below moves."""
        return QSize(super().sizeHint().width(), self.fontMetrics().height())

    def minimumSizeHint(self) -> QSize:
        """A few pixels: it is elided."""
        return QSize(px(BRIEF_PX), self.fontMetrics().height())

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint as much as fits."""
        painter, measure = QPainter(self), self.fontMetrics()
        fits = measure.horizontalAdvance(self.text()) <= self.width()
        words = self.text() if fits else self._shorter
        words = measure.elidedText(words, Qt.TextElideMode.ElideRight, self.width())
        painter.setPen(self.palette().color(self.foregroundRole()))
        painter.drawText(self.rect(), Qt.AlignmentFlag.AlignVCenter, words)
        painter.end()
