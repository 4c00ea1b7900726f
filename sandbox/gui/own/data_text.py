"""The page on a text: how it begins, and what it is split into."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtWidgets import QHBoxLayout, QLineEdit, QPlainTextEdit, QVBoxLayout, QWidget

from sandbox.gui.look.typeface import fit
from sandbox.gui.own.data_table import LEFT_PX
from sandbox.gui.widgets.form import Form
from sandbox.gui.widgets.parts import fill, named
from sandbox.tasks.registry import task_class

if TYPE_CHECKING:
    from collections.abc import Mapping


class TextForm(Form):
    """Some parameters of a task on a text, with captions that say what they mean for a file."""

    CAPTIONS: Mapping[str, str] = {
        "level": "split into",
        "normal_form": "normal form of letters",
        "cues": "ask only after",
        "length": "length of a sequence",
        "vocabulary": "vocabulary",
    }


class TextPage(QWidget):
    """The beginning of a text beside a form."""

    def __init__(self) -> None:
        super().__init__()
        self.form = TextForm(task_class("own").Params, tuple(TextForm.CAPTIONS))
        cues = self.form.control("cues").entry
        assert isinstance(cues, QLineEdit)
        cues.setPlaceholderText("after each")
        self._text = named(QPlainTextEdit(), "Beginning of the text", "How the text begins.")
        self._text.setReadOnly(True)
        self._text.setTabChangesFocus(True)
        left = QWidget()
        fill(QVBoxLayout(left), self.form, None)
        fit(left, width=LEFT_PX)
        fill(QHBoxLayout(self), left, self._text, spacing=14, wide=self._text)

    def show_text(self, head: str) -> None:
        """Show how the text begins."""
        self._text.setPlainText(head)
