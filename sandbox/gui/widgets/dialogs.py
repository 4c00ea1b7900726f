"""Dialogs: a sentence, a fault report, the sheet of keys, the glossary, about."""

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
from sandbox.gui.widgets.actions import MENUS
from sandbox.gui.widgets.dock import Scrolled, column, rule
from sandbox.gui.widgets.explanations import TERMS

if TYPE_CHECKING:
    from collections.abc import Callable

    from sandbox.gui.widgets.actions import Menu

WIDE, HIGH = 560, 520
MENUS_OF_KEYS: tuple[Menu, ...] = ("Run", "View", "Edit", "File", "Help")
OTHER_KEYS = (
    ("Tab", "Go to the next control; Shift+Tab to the one before."),
    ("Enter", "Press the focused button, open the focused list, or accept a typed number."),
    (
        "Escape",
        "Undo typing, close a paragraph or a window, remove the mark, or leave a presentation.",
    ),
    ("Home, End", "In the panels: mark the first or the last step."),
    ("Page Up, Down", "In the panels: scroll to nets that are out of sight."),
    ("Up, Down", "In a number field: next or previous value. In a list: next or previous entry."),
)


class Dialog(QDialog):
    """A column with a row of buttons below; it deletes itself when closed, also by Escape."""

    def __init__(self, title: str, parent: QWidget | None) -> None:
        super().__init__(parent)
        self.setWindowTitle(title)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.column = QVBoxLayout(self)
        self.column.setContentsMargins(24, 24, 24, 16)
        self.column.setSpacing(12)
        self.buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Close)
        self.close_button = self.buttons.button(QDialogButtonBox.StandardButton.Close)
        self.close_button.setIcon(QIcon())  # the style's icon is black in either theme
        self.close_button.setToolTip("Close this window.")
        self.close_button.setAccessibleName("Close")
        self.buttons.rejected.connect(self.close)

    def finish(self) -> None:
        """Add the row of buttons at the end."""
        self.column.addWidget(self.buttons)

    def add_button(self, words: str, tip: str, act: Callable[[], None]) -> QPushButton:
        """Add a button and return it."""
        button = self.buttons.addButton(words, QDialogButtonBox.ButtonRole.ActionRole)
        button.setToolTip(tip)
        button.setAccessibleName(words)
        button.clicked.connect(act)
        return button


def push_button(words: str, tip: str) -> QPushButton:
    """A button whose accessible name is its label."""
    button = QPushButton(words)
    button.setAccessibleName(words)
    button.setToolTip(tip)
    return button


def paragraph(words: str, role: str = "text", width: int = 0) -> QLabel:
    """A label that wraps and whose text can be selected."""
    label = QLabel(words)
    label.setProperty("role", role)
    label.setWordWrap(True)
    label.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
    if width:
        fit(label, least_width=width)
    return label


class Sentence(Dialog):
    """One sentence about a mistake of the person or a fault of the machine."""

    def __init__(self, title: str, sentence: str, parent: QWidget | None) -> None:
        super().__init__(title, parent)
        self.setObjectName("sentence_dialog")
        self.column.addWidget(paragraph(title, "heading"))
        self.column.addWidget(paragraph(sentence, width=400))
        self.finish()


class ReportDialog(Dialog):
    """A fault of the program, with a report that can be copied."""

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
        self.text.setToolTip("The error, all versions and the experiment.")
        self.column.addWidget(self.text, 1)
        self.copy_button = self.add_button(
            "Copy report", "Copy the whole report to the clipboard.", self.copy
        )
        self.finish()
        self.resize(WIDE + 120, 420)

    def copy(self) -> None:
        """Copy the whole report."""
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
            (spec.shown_keys, spec.tip)
            for menu in MENUS_OF_KEYS
            for spec in MENUS[menu]
            if spec is not None and spec.keys
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
    """Every term of the window, explained in a paragraph."""

    def __init__(self, parent: QWidget | None) -> None:
        super().__init__("Glossary", parent)
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
                "Train small recurrent nets side by side and watch everything inside them. "
                "Every gate, state and gradient on screen is computed by the pass that "
                "trains the nets.",
                width=360,
            )
        )
        self.column.addLayout(head)
        self.finish()
