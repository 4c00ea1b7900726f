"""Dialogs: a sentence, a report that can be copied, the sheet of keys, the words, about."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtGui import QFontDatabase, QGuiApplication, QIcon
from PySide6.QtWidgets import (
    QDialog,
    QDialogButtonBox,
    QGridLayout,
    QHBoxLayout,
    QLabel,
    QPlainTextEdit,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

import sandbox
from sandbox.gui.look.fitting import fit
from sandbox.gui.look.icons import app_icon
from sandbox.gui.widgets.actions import ACTIONS, shown_keys
from sandbox.gui.widgets.dock import Scrolled, column, rule
from sandbox.gui.widgets.explanations import TERMS

if TYPE_CHECKING:
    from collections.abc import Callable

WIDE, HIGH = 560, 520
MENUS_OF_KEYS = ("Run", "View", "Edit", "File", "Help")
OTHER_KEYS = (
    ("Tab", "Go to the next control; Shift+Tab to the one before."),
    ("Enter", "Press the focused button, open the focused list, or take over a typed number."),
    ("Escape", "Put the old number back, close a paragraph, or take the marked step away."),
    ("Home, End", "In the pictures: mark the first or the last step."),
    ("Page Up, Down", "In the pictures: show nets that are out of sight."),
    ("Up, Down", "In a number: the next value; among the examples: the next one."),
)


class Dialog(QDialog):
    """A titled column with a row of buttons below; it deletes itself when closed."""

    def __init__(self, title: str, parent: QWidget | None) -> None:
        super().__init__(parent)
        self.setWindowTitle(title)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.column = QVBoxLayout(self)
        self.column.setContentsMargins(24, 24, 24, 16)
        self.column.setSpacing(12)
        self.buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Close)
        self.close_button = self.buttons.button(QDialogButtonBox.StandardButton.Close)
        self.close_button.setIcon(QIcon())  # the style's own is black on every ground
        self.close_button.setToolTip("Close this window.")
        self.close_button.setAccessibleName("Close")
        self.buttons.rejected.connect(self.close)

    def finish(self) -> None:
        """Put the buttons under what was added."""
        self.column.addWidget(self.buttons)

    def add_button(self, words: str, tip: str, act: Callable[[], None]) -> QPushButton:
        """A further button."""
        button = self.buttons.addButton(words, QDialogButtonBox.ButtonRole.ActionRole)
        button.setToolTip(tip)
        button.setAccessibleName(words)
        button.clicked.connect(act)
        return button


def push_button(words: str, tip: str) -> QPushButton:
    """A button that is called as it is labelled."""
    button = QPushButton(words)
    button.setAccessibleName(words)
    button.setToolTip(tip)
    return button


def paragraph(words: str, role: str = "text", width: int = 0) -> QLabel:
    """Words that wrap and can be selected."""
    label = QLabel(words)
    label.setProperty("role", role)
    label.setWordWrap(True)
    label.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
    if width:
        fit(label, least_width=width)
    return label


class Sentence(Dialog):
    """One sentence about something that the person or the machine did."""

    def __init__(self, title: str, sentence: str, parent: QWidget | None) -> None:
        super().__init__(title, parent)
        self.setObjectName("sentence_dialog")
        self.column.addWidget(paragraph(title, "heading"))
        self.column.addWidget(paragraph(sentence, width=400))
        self.finish()


class ReportDialog(Dialog):
    """Something that went wrong in the program, with a report that can be copied."""

    def __init__(self, sentence: str, report: str, parent: QWidget | None) -> None:
        super().__init__("Something went wrong", parent)
        self.setObjectName("report_dialog")
        self.column.addWidget(paragraph("Something went wrong in Sequence Sandbox", "heading"))
        self.column.addWidget(paragraph(sentence))
        self.text = QPlainTextEdit(report)
        self.text.setReadOnly(True)
        self.text.setFont(QFontDatabase.systemFont(QFontDatabase.SystemFont.FixedFont))
        self.text.setLineWrapMode(QPlainTextEdit.LineWrapMode.NoWrap)
        self.text.setAccessibleName("Report")
        self.text.setToolTip("What went wrong, the versions of everything, and the experiment.")
        self.column.addWidget(self.text, 1)
        self.copy_button = self.add_button(
            "Copy report", "Copy the whole report to the clipboard.", self.copy
        )
        self.finish()
        self.resize(WIDE + 120, 420)

    def copy(self) -> None:
        """Put the whole report on the clipboard."""
        QGuiApplication.clipboard().setText(self.text.toPlainText())
        self.copy_button.setText("Copied")


class KeysDialog(Dialog):
    """Every key and what it does, from the registry of actions."""

    def __init__(self, parent: QWidget | None) -> None:
        super().__init__("Keys", parent)
        self.setObjectName("keys_dialog")
        content, layout = column(4)
        layout.setContentsMargins(0, 0, 16, 0)
        grid = QGridLayout()
        grid.setHorizontalSpacing(24)
        grid.setVerticalSpacing(8)
        grid.setColumnStretch(1, 1)
        rows = [
            (shown_keys(spec), spec.tip)
            for menu in MENUS_OF_KEYS
            for spec in ACTIONS
            if spec.menu == menu and spec.keys
        ]
        for row, (keys, tip) in enumerate([*rows, *OTHER_KEYS]):
            name = QLabel(keys)
            name.setProperty("role", "heading")
            name.setAlignment(Qt.AlignmentFlag.AlignTop)
            grid.addWidget(name, row, 0)
            grid.addWidget(paragraph(tip), row, 1)
        layout.addLayout(grid)
        layout.addStretch(1)
        self.column.addWidget(paragraph("Keys", "large"))
        self.column.addWidget(Scrolled(content), 1)
        self.finish()
        self.resize(WIDE, HIGH)


class WordsDialog(Dialog):
    """Every term of the window, a paragraph each."""

    def __init__(self, parent: QWidget | None) -> None:
        super().__init__("Words", parent)
        self.setObjectName("words_dialog")
        content, layout = column(8)
        layout.setContentsMargins(0, 0, 16, 0)
        for number, term in enumerate(TERMS.values()):
            if number:
                layout.addSpacing(4)
                layout.addWidget(rule())
                layout.addSpacing(4)
            layout.addWidget(paragraph(term.question, "heading"))
            layout.addWidget(paragraph(term.text))
        layout.addStretch(1)
        self.column.addWidget(Scrolled(content), 1)
        self.finish()
        self.resize(WIDE, HIGH)


class AboutDialog(Dialog):
    """What this program is."""

    def __init__(self, parent: QWidget | None) -> None:
        super().__init__("About", parent)
        self.setObjectName("about_dialog")
        head, words = QHBoxLayout(), QVBoxLayout()
        picture = QLabel()
        picture.setPixmap(app_icon().pixmap(64, 64))
        head.setSpacing(16)
        head.addWidget(picture, 0, Qt.AlignmentFlag.AlignTop)
        head.addLayout(words, 1)
        words.addWidget(paragraph("Sequence Sandbox", "large"))
        words.addWidget(paragraph(f"Version {sandbox.__version__}", "quiet"))
        words.addWidget(
            paragraph(
                "A recurrent net small enough to play with is small enough to see whole. "
                "Every number on the window is one that the nets are trained with: gates, "
                "states and gradients come from the very pass that learns.",
                width=360,
            )
        )
        self.column.addLayout(head)
        self.finish()
