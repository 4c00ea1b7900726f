"""Clicks on a plot, as opposed to drags and double clicks."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QObject, QPointF, Qt, QTimer, Signal
from PySide6.QtGui import QMouseEvent
from PySide6.QtWidgets import QApplication

if TYPE_CHECKING:
    from PySide6.QtWidgets import QWidget


class Clicks(QObject):
    """Watches the left mouse button over a widget; every event still reaches the widget.

    `clicked` comes after the double-click interval, when it cannot become a double click.
    """

    clicked = Signal(QPointF)  # in the widget's pixels
    double_clicked = Signal()

    def __init__(self, widget: QWidget) -> None:
        super().__init__(widget)
        self._pressed: QPointF | None = None
        self._at = QPointF()
        self._sure = QTimer(self, singleShot=True)
        self._sure.timeout.connect(self._tell)
        widget.installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Note where the button is pressed and released."""
        if not vars(self):  # Qt still asks an object that Python is destroying
            return False
        if isinstance(event, QMouseEvent) and event.button() == Qt.MouseButton.LeftButton:
            if event.type() == QEvent.Type.MouseButtonDblClick:
                self._sure.stop()
                self._pressed = None
                self.double_clicked.emit()
            elif event.type() == QEvent.Type.MouseButtonPress:
                self._pressed = event.position()
            elif event.type() == QEvent.Type.MouseButtonRelease:
                self._release(event.position())
        return False

    def _release(self, at: QPointF) -> None:
        pressed, self._pressed = self._pressed, None
        if pressed is None:
            return
        if (at - pressed).manhattanLength() < QApplication.startDragDistance():
            self._at = at
            self._sure.start(QApplication.doubleClickInterval())

    def _tell(self) -> None:
        self.clicked.emit(self._at)
