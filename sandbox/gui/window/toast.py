"""A short notice over the stage: something was saved, copied or finished."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QObject, Qt, QTimer
from PySide6.QtWidgets import QLabel, QWidget

if TYPE_CHECKING:
    from collections.abc import Callable

    from sandbox.drawing.styles import Palette
    from sandbox.gui.session.session import Session

SHOWN_MS = 3500
MARGIN_PX = 24


class Toast(QLabel):
    """Words at the foot of a widget, for some seconds; the mouse reaches what is below.

    foot: the height in it below which something is to stay visible.
    """

    def __init__(self, session: Session, over: QWidget, foot: Callable[[], int]) -> None:
        super().__init__(over)
        self._over, self._foot = over, foot
        self.setObjectName("toast")
        self.setAccessibleName("Notice")
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.setWordWrap(True)
        self._timer = QTimer(self, singleShot=True, interval=SHOWN_MS)
        self._timer.timeout.connect(self.hide)
        session.acknowledged.connect(self.show_words)
        session.ended.connect(self.show_words)
        session.run_opened.connect(self.hide)
        over.installEventFilter(self)
        self.hide()

    def show_words(self, words: str) -> None:
        """Show these in place of any others."""
        self.setText(words[:1].upper() + words[1:])
        self._place()
        self.show()
        self.raise_()
        self._timer.start()

    def set_palette(self, palette: Palette) -> None:
        """Draw in these colours: those of the ground and the text, swapped."""
        self.setStyleSheet(
            f"#toast {{ background: {palette.text}; color: {palette.ground}; font-weight: 600;"
            "border-radius: 6px; padding: 10px 16px; }"
        )
        self._place()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Keep its place when the widget below changes its size."""
        if not vars(self):  # Qt still asks an object that Python is destroying
            return False
        if event.type() == QEvent.Type.Resize:
            self._place()
        return False

    def _place(self) -> None:
        room = self._over.size()
        most = max(room.width() - 2 * MARGIN_PX, 1)
        self.setWordWrap(False)
        width = min(self.sizeHint().width(), most)
        self.setWordWrap(True)
        height = self.heightForWidth(width)
        foot = max(min(self._foot(), room.height() - MARGIN_PX), height)
        self.setGeometry((room.width() - width) // 2, foot - height, width, height)
