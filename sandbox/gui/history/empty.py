"""What stands where the table would, when there is nothing in it."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QLabel, QPushButton, QVBoxLayout, QWidget

READING = ("Reading the runs …", "")
NO_RUNS = ("No runs yet", "Every run that takes a step is kept, and is listed here.")
NO_MATCH = "Nothing matches"
WORDS_PX = 460


class EmptyPage(QWidget):
    """A heading, a sentence, and a button that changes it."""

    pressed = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.setObjectName("empty_page")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.heading, self.sentence = QLabel(), QLabel()
        self.heading.setProperty("role", "large")
        self.sentence.setProperty("role", "quiet")
        self.sentence.setWordWrap(True)
        self.sentence.setFixedWidth(WORDS_PX)
        self.sentence.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self.button = QPushButton()
        self.button.clicked.connect(self.pressed)
        column = QVBoxLayout(self)
        column.setSpacing(8)
        column.addStretch(1)
        for widget in (self.heading, self.sentence, self.button):
            column.addWidget(widget, 0, Qt.AlignmentFlag.AlignHCenter)
        column.addStretch(1)
        for label in (self.heading, self.sentence):
            label.setAlignment(Qt.AlignmentFlag.AlignHCenter)
        self.say(*READING)

    @property
    def words(self) -> str:
        """Heading and sentence."""
        return f"{self.heading.text()}. {self.sentence.text()}".strip()

    def say(self, heading: str, sentence: str, button: str = "") -> None:
        """Say this, with that button; "" for none."""
        self.heading.setText(heading)
        self.sentence.setText(sentence)
        self.sentence.setVisible(bool(sentence))
        self.button.setText(button)
        self.button.setAccessibleName(button)
        self.button.setToolTip(f"{button}." if button else "")
        self.button.setVisible(bool(button))
