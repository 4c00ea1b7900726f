"""A contestant's title, and the field that takes its place while it is renamed."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QLabel, QLineEdit, QSizePolicy

from sandbox.gui.look.fitting import fit

if TYPE_CHECKING:
    from PySide6.QtGui import QFocusEvent, QKeyEvent, QMouseEvent

LEAST_PX = 120


class NameLabel(QLabel):
    """The title; a double click asks to rename."""

    asked = Signal()

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        """Ask to rename."""
        self.asked.emit()


class NameField(QLineEdit):
    """Takes the title's place while a name is typed; Escape cancels."""

    committed = Signal(str)
    left = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.setObjectName("name_field")
        self.setAcceptDrops(False)  # a file is the window's, wherever it is dropped
        fit(self, least_width=LEAST_PX)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setToolTip("Use a-z, 0-9 and _, starting with a letter. Escape keeps the old name.")
        self.hide()

    def start(self, name: str) -> None:
        """Show the field with the present name selected."""
        self.setText(name)
        self.show()
        self.setFocus(Qt.FocusReason.OtherFocusReason)
        self.selectAll()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Commit the name on Enter, and cancel on Escape."""
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.committed.emit(self.text().strip())
        elif event.key() == Qt.Key.Key_Escape:
            self.left.emit()
        else:
            super().keyPressEvent(event)

    def focusOutEvent(self, event: QFocusEvent) -> None:
        """Cancel when the focus leaves, except for a menu or another window."""
        super().focusOutEvent(event)
        if event.reason() not in (
            Qt.FocusReason.PopupFocusReason,
            Qt.FocusReason.ActiveWindowFocusReason,
        ):
            self.left.emit()
