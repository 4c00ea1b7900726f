"""What is held in the nets and what that does, in one line beside the tabs."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QHBoxLayout, QSizePolicy, QWidget

from sandbox.gui.look.marks import write
from sandbox.gui.look.typeface import SMALL_PX, baseline, elided
from sandbox.gui.panels.shared.panel import small_switch
from sandbox.gui.widgets.parts import fill

SWITCH_TIP = "Hold a gate or a state at a value, or cut units, and see what becomes of the answer"


class ElidedLine(QWidget):
    """One line of small type at the right, with an ellipsis where there is no room."""

    def __init__(self) -> None:
        super().__init__()
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
        self.text = ""

    def show_text(self, text: str) -> None:
        """Show this."""
        self.text = text
        self.setAccessibleName(text)
        self.setToolTip(text)
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        """The text."""
        painter, color = QPainter(self), self.palette().windowText().color()
        text = elided(self.text, self.width(), SMALL_PX)
        y = baseline(0, self.height())
        write(painter, self.width(), y, text, color, align=Qt.AlignmentFlag.AlignRight)
        painter.end()


class HeldLine(QWidget):
    """The line, and the switch that shows the form."""

    def __init__(self) -> None:
        super().__init__()
        self.line = ElidedLine()
        self.switch = small_switch("surgery_switch", "hold or cut…", "Surgery", SWITCH_TIP)
        fill(QHBoxLayout(self), self.line, self.switch, spacing=10, wide=self.line)
