"""Dialogs about the user's task files: asking before one runs, its faults, a new one."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, QUrl, Signal
from PySide6.QtGui import QDesktopServices
from PySide6.QtWidgets import QFormLayout

from sandbox.gui.widgets.dialogs import WIDE, Dialog, text_box
from sandbox.gui.widgets.parts import named, paragraph

if TYPE_CHECKING:
    from pathlib import Path

    from PySide6.QtWidgets import QWidget

    from sandbox.tasks.user_tasks import TaskFile

NEW = "Never run here before."
CHANGED = "Changed since it was last run here."
WARNING = (
    "A task is a Python program. It can do whatever you can do on this machine, such as read and "
    "delete files. Run it only if you wrote it or trust whoever did."
)


class ConsentDialog(Dialog):
    """Asks whether a file may run, and shows its path, size, date and text.

    agreed: yes.  Closing the dialog in any other way means no, and so does Enter at first.
    """

    agreed = Signal()

    def __init__(self, file: TaskFile, changed: bool, parent: QWidget | None) -> None:
        super().__init__("Run a task file?", parent)
        self.setObjectName("consent_dialog")
        self.column.addWidget(paragraph(f"Run the code in {file.path.name}?", "heading"))
        self.column.addWidget(paragraph(WARNING))
        self.column.addLayout(_facts(file, changed))
        text = file.text.decode("utf-8", "replace")
        self.text = text_box(text, "The file's text", "What will run.")
        self.column.addWidget(self.text, 1)
        self.run_button = self.add_button(
            "Run it",
            "Run this file now, and later without asking as long as it does not change.",
            self._agree,
        )
        self.close_button.setText("Don't run it")
        named(self.close_button, "Don't run it", "Leave the file alone; none of it runs.")
        self.close_button.setDefault(True)
        self.run_button.setAutoDefault(False)
        self.finish()
        self.resize(WIDE + 300, 540)
        self.close_button.setFocus()

    def _agree(self) -> None:
        self.agreed.emit()
        self.close()


class WrittenDialog(Dialog):
    """Says where a new task file is, and what to do next."""

    open_wanted = Signal()

    def __init__(self, path: Path, parent: QWidget | None) -> None:
        super().__init__("New task file", parent)
        self.setObjectName("written_dialog")
        self.column.addWidget(paragraph(f"{path.name} has been written", "heading"))
        words = (
            f"{path} is a working task, with comments that say how to change it. Edit it in any "
            "editor, then open it here; errors are shown with their line. Each time you save it, "
            "this window offers to reload it."
        )
        self.column.addWidget(paragraph(words, width=400))
        url = QUrl.fromLocalFile(str(path))
        self.add_button(
            "Edit it", "Open it in your default editor.", partial(QDesktopServices.openUrl, url)
        )
        self.add_button("Open it here…", "Open it as a task; it asks before it runs.", self._open)
        self.finish()

    def _open(self) -> None:
        self.open_wanted.emit()
        self.close()


def _facts(file: TaskFile, changed: bool) -> QFormLayout:
    when = file.changed.astimezone()
    rows = (
        ("File", str(file.path)),
        ("Size", f"{len(file.text):,} bytes"),
        ("Last changed", f"{when:%Y-%m-%d %H:%M:%S}"),
        ("Status", CHANGED if changed else NEW),
    )
    form = QFormLayout()
    form.setHorizontalSpacing(16)
    form.setVerticalSpacing(4)
    for name, value in rows:
        words = paragraph(value)
        words.setTextFormat(Qt.TextFormat.PlainText)
        words.setAccessibleName(f"{name}: {value}")
        form.addRow(paragraph(name, "quiet"), words)
    return form
