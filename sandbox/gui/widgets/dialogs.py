"""Dialogs: a sentence, a fault report, the sheet of keys, the glossary, about; and of files."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtGui import QFontDatabase, QGuiApplication, QIcon
from PySide6.QtWidgets import (
    QDialog,
    QDialogButtonBox,
    QFileDialog,
    QGridLayout,
    QHBoxLayout,
    QLabel,
    QPlainTextEdit,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

import sandbox
from sandbox.gui.look.marks import app_icon
from sandbox.gui.widgets.actions import MENUS
from sandbox.gui.widgets.dock import Scrolled, column
from sandbox.gui.widgets.info import TERMS
from sandbox.gui.widgets.parts import fill, label, named, paragraph, rule

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
    (
        "Enter, Insert, Delete",
        "In the sentence: edit the marked word, put one before it, or take it out.",
    ),
    ("Page Up, Down", "In the panels: scroll to nets that are out of sight."),
    ("Up, Down", "In a number field: next or previous value. In a list: next or previous entry."),
)


class Dialog(QDialog):
    """A column with a row of buttons below; it deletes itself when closed, also by Escape."""

    def __init__(self, title: str, parent: QWidget | None) -> None:
        super().__init__(parent)
        self.setWindowTitle(title)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.column = fill(QVBoxLayout(self), spacing=12, margins=(24, 24, 24, 16))
        self.buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Close)
        self.close_button = self.buttons.button(QDialogButtonBox.StandardButton.Close)
        self.close_button.setIcon(QIcon())  # the style's icon is black in either theme
        named(self.close_button, "Close", "Close this window.")
        self.buttons.rejected.connect(self.close)

    def finish(self) -> None:
        """Add the row of buttons at the end."""
        self.column.addWidget(self.buttons)

    def add_button(self, words: str, tip: str, act: Callable[[], object]) -> QPushButton:
        """Add a button and return it."""
        button = self.buttons.addButton(words, QDialogButtonBox.ButtonRole.ActionRole)
        button.clicked.connect(act)
        return named(button, words, tip)


class Sentence(Dialog):
    """One sentence about a mistake of the person or a fault of the machine."""

    def __init__(self, title: str, sentence: str, parent: QWidget | None) -> None:
        super().__init__(title, parent)
        self.setObjectName("sentence_dialog")
        self.column.addWidget(paragraph(title, "heading"))
        self.column.addWidget(paragraph(sentence, width=400))
        self.finish()


class ReportDialog(Dialog):
    """A sentence about a fault, and a report; both can be copied."""

    def __init__(self, title: str, sentence: str, report: str, parent: QWidget | None) -> None:
        super().__init__(title, parent)
        self.setObjectName("report_dialog")
        self.sentence = sentence
        self.column.addWidget(paragraph(title, "heading"))
        self.column.addWidget(paragraph(sentence, width=400))
        if report:
            self.text = text_box(report, "Report", "What happened, in full.")
            self.column.addWidget(self.text, 1)
        self._all = f"{sentence}\n\n{report}".strip() + "\n"
        tip = "Copy the sentence and the report to the clipboard."
        self.copy_button = self.add_button("Copy", tip, self.copy)
        self.finish()
        if report:
            self.resize(WIDE + 300, 420)

    def copy(self) -> None:
        """Copy the sentence and the report."""
        QGuiApplication.clipboard().setText(self._all)
        self.copy_button.setText("Copied")


def text_box(text: str, name: str, tip: str) -> QPlainTextEdit:
    """Read-only text in a fixed-width face; Tab leaves it."""
    box = named(QPlainTextEdit(text), name, tip)
    box.setReadOnly(True)
    box.setTabChangesFocus(True)
    box.setFont(QFontDatabase.systemFont(QFontDatabase.SystemFont.FixedFont))
    box.setLineWrapMode(QPlainTextEdit.LineWrapMode.NoWrap)
    return box


class ScrolledDialog(Dialog):
    """A dialog with a long text; `content` is the column that scrolls."""

    def __init__(self, title: str, parent: QWidget | None, spacing: int) -> None:
        super().__init__(title, parent)
        self.content = QVBoxLayout()
        self.content.setSpacing(spacing)

    def finish(self) -> None:
        """Add the column and the row of buttons."""
        self.column.addWidget(Scrolled(column(self.content, None, margins=(0, 0, 16, 0))), 1)
        super().finish()
        self.resize(WIDE, HIGH)


class KeysDialog(ScrolledDialog):
    """Every key and what it does, from the registry of actions."""

    def __init__(self, parent: QWidget | None) -> None:
        super().__init__("Keys", parent, 4)
        self.setObjectName("keys_dialog")
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
            grid.addWidget(label(keys, "heading"), row, 0, Qt.AlignmentFlag.AlignTop)
            grid.addWidget(paragraph(tip), row, 1)
        self.content.addLayout(grid)
        self.column.addWidget(paragraph("Keys", "large"))
        self.finish()


class WordsDialog(ScrolledDialog):
    """Every term of the window, explained in a paragraph."""

    def __init__(self, parent: QWidget | None) -> None:
        super().__init__("Glossary", parent, 8)
        self.setObjectName("words_dialog")
        for number, term in enumerate(TERMS.values()):
            if number:
                fill(self.content, 4, rule(), 4)
            self.content.addWidget(paragraph(term.question, "heading"))
            self.content.addWidget(paragraph(term.text))
        self.finish()


class AboutDialog(Dialog):
    """What this program is."""

    def __init__(self, parent: QWidget | None) -> None:
        super().__init__("About", parent)
        self.setObjectName("about_dialog")
        picture = QLabel(pixmap=app_icon().pixmap(64, 64))
        what = (
            "Train small recurrent nets side by side and watch everything inside them. Every gate, "
            "state and gradient on screen is computed by the pass that trains the nets."
        )
        words = fill(
            QVBoxLayout(),
            paragraph("Sequence Sandbox", "large"),
            paragraph(f"Version {sandbox.__version__}", "quiet"),
            paragraph(what, width=360),
        )
        picture.setAlignment(Qt.AlignmentFlag.AlignTop)
        self.column.addLayout(fill(QHBoxLayout(), picture, words, spacing=16))
        self.finish()


def choose_file(
    window: QWidget,
    title: str,
    filters: str,
    act: Callable[[str], object],
    at: str = "",
    save: bool = False,
    chosen: str = "",
) -> None:
    """Let a person choose a file, then call `act` with its path.

    at: the folder, or the proposed path.  save: the file is to be written; its ending is that of
    the chosen filter, at first `chosen` or the first one.
    """
    dialog = QFileDialog(window, title, at, filters)
    dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
    if save:
        dialog.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
        dialog.filterSelected.connect(lambda filter: dialog.setDefaultSuffix(ending_in(filter)))
        first = chosen or filters.partition(";;")[0]
        dialog.selectNameFilter(first)
        dialog.setDefaultSuffix(ending_in(first))
    else:
        dialog.setFileMode(QFileDialog.FileMode.ExistingFile)
    dialog.fileSelected.connect(act)
    dialog.open()


def ending_in(filter: str) -> str:
    """The ending in a filter such as "Tables (*.csv)"."""
    return filter.rpartition("*.")[2].rstrip(")")
