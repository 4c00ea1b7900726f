"""The page on a text: how it begins, the tokens that it is split into, and all that was guessed."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, NamedTuple

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import (
    QGridLayout,
    QHBoxLayout,
    QLineEdit,
    QPlainTextEdit,
    QSplitter,
    QVBoxLayout,
    QWidget,
)

from sandbox.gui.look.typeface import fit, px
from sandbox.gui.own.data_alphabet import AlphabetTable
from sandbox.gui.own.data_guesses import CONTROL_PX, ENCODINGS, GUESS, GUESSED
from sandbox.gui.own.data_questions import Questions
from sandbox.gui.own.data_table import LEFT_PX
from sandbox.gui.widgets.controls import QuietComboBox
from sandbox.gui.widgets.form import Form
from sandbox.gui.widgets.parts import fill, label, named, paragraph
from sandbox.reading.text_questions import text_questions
from sandbox.reading.text_recipe import KEPT, LEFT_OUT, TextRecipe
from sandbox.tasks.alphabet import Alphabet, summary
from sandbox.tasks.registry import task_class

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from sandbox.reading.doubts import Question
    from sandbox.reading.text_notes import TextNotes
    from sandbox.tasks.tokens import Corpus, Source

TEXT_PX, TABLE_PX = 330, 500  # the widths of the text's beginning and of its tokens
TIPS = {
    "encoding": "How letters are written as bytes.",
    "controls": "Whether characters that are no letters, such as a bell, belong to the text.",
}
NONE = "none in the text"
CAPTIONS = {"encoding": "encoding", "controls": "control characters"}
CHOICES: Mapping[str, Sequence[str]] = {"encoding": ENCODINGS, "controls": (KEPT, LEFT_OUT)}


class ShownText(NamedTuple):
    """A whole text as tokens, by its source, and how its file begins."""

    text: Corpus
    source: Source
    head: str


class TextForm(Form):
    """Some parameters of a task on a text, with captions that say what they mean for a file."""

    CAPTIONS: Mapping[str, str] = {
        "level": "split into",
        "normal_form": "normal form of letters",
        "cues": "ask only after",
        "length": "length of a sequence",
        "vocabulary": "vocabulary",
    }


class TextGuesses(QWidget):
    """What was guessed about a text's bytes, each as a control; a choice is emitted."""

    changed = Signal(str, str)

    def __init__(self) -> None:
        super().__init__()
        grid = QGridLayout(self)
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setVerticalSpacing(4)
        grid.setColumnStretch(0, 1)
        self.controls: dict[str, QuietComboBox] = {}
        self._values: dict[str, list[str]] = {}
        for row, (name, caption) in enumerate(CAPTIONS.items()):
            box, words = named(QuietComboBox(), caption, TIPS[name]), label(caption)
            box.activated.connect(partial(self._choose, name))
            words.setBuddy(box)
            words.setToolTip(TIPS[name])
            fit(box, width=CONTROL_PX)
            self.controls[name] = box
            grid.addWidget(words, row, 0)
            grid.addWidget(box, row, 1, Qt.AlignmentFlag.AlignRight)

    def show_recipe(self, recipe: TextRecipe, notes: TextNotes | None) -> None:
        """Show what was chosen, and for all else what was guessed; None if nothing was read."""
        guessed = {name: "" for name in CAPTIONS}
        if notes is not None:
            guessed = {"encoding": notes.encoding, "controls": KEPT}
        for name, box in self.controls.items():
            chosen = str(getattr(recipe, name))
            others = [chosen] if chosen not in ("", *CHOICES[name]) else []
            self._values[name] = ["", *CHOICES[name], *others]
            first = GUESSED.format(guessed[name]) if guessed[name] and not chosen else GUESS
            first = NONE if name == "controls" and notes and not notes.controls else first
            box.clear()
            box.addItems([first, *self._values[name][1:]])
            box.setCurrentIndex(self._values[name].index(chosen))

    def _choose(self, name: str, at: int) -> None:
        self.changed.emit(name, self._values[name][at])


class TextPage(QWidget):
    """Shows a text; emits a recipe that is wanted instead of the one in force."""

    rewritten = Signal(object)  # TextRecipe

    def __init__(self) -> None:
        super().__init__()
        self.form = TextForm(task_class("own").Params, tuple(TextForm.CAPTIONS))
        cues = self.form.control("cues").entry
        assert isinstance(cues, QLineEdit)
        cues.setPlaceholderText("after each")
        self.recipe = TextRecipe()
        self.shown: ShownText | None = None
        self.guesses, self.table, self.questions = TextGuesses(), AlphabetTable(), Questions()
        self.guesses.changed.connect(lambda name, value: self._change({name: value}))
        self.questions.mended.connect(lambda choices: self._change(dict(choices)))
        self.questions.accepted.connect(lambda accept: self._change({"accept": accept}))
        self._summary = paragraph("")
        named(self._summary, "What the text is split into", "")
        self._text = named(QPlainTextEdit(), "Beginning of the text", "How the text begins.")
        self._text.setReadOnly(True)
        self._text.setTabChangesFocus(True)
        self._make()

    def _make(self) -> None:
        left, right, both = QWidget(), QWidget(), QSplitter(Qt.Orientation.Horizontal)
        fill(QVBoxLayout(left), self.guesses, self.form, None, spacing=8)
        fit(left, width=LEFT_PX)
        for widget in (self._text, self.table):
            both.addWidget(widget)
        both.setChildrenCollapsible(False)
        both.setSizes([px(TEXT_PX), px(TABLE_PX)])
        fill(QVBoxLayout(right), self._summary, both, self.questions, spacing=8, wide=both)
        fill(QHBoxLayout(self), left, right, spacing=14, wide=right)
        self.questions.hide()
        self.guesses.show_recipe(self.recipe, None)

    def begin(self, recipe: TextRecipe) -> None:
        """Take over a recipe before anything is read."""
        self.recipe = recipe
        self.guesses.show_recipe(recipe, None)

    def show_text(self, shown: ShownText, vocabulary: int) -> None:
        """Show how the text begins, what it is split into, and what is in doubt."""
        if self.shown is None or self.shown.head != shown.head:
            self._text.setPlainText(shown.head)
        self.shown = shown
        self.guesses.show_recipe(self.recipe, shown.text.notes)
        self.show_vocabulary(vocabulary)
        questions = self._questions
        self.questions.show_questions(questions, (), "", accepted=self.recipe.accept)
        self.questions.setVisible(bool(questions))

    def show_vocabulary(self, vocabulary: int) -> None:
        """Show which tokens are told apart if they are so many."""
        if self.shown is None:
            return
        alphabet = Alphabet(self.shown.text, self.shown.source.level, vocabulary)
        self._summary.setText(f"{summary(alphabet, self.shown.source)}.")
        self.table.show_alphabet(alphabet)

    def show_unread(self) -> None:
        """Show that the text cannot be read by the recipe in force."""
        self.shown = None
        self._text.clear()
        self._summary.clear()
        self.table.show_alphabet(None)
        self.questions.hide()
        self.guesses.show_recipe(self.recipe, None)

    @property
    def doubt(self) -> str:
        """Why the text cannot be used yet, in a sentence; "" if it can."""
        if self.recipe.accept or not self._questions:
            return ""
        return "The text is not sure yet: settle what is in doubt, or take it as it is read."

    @property
    def _questions(self) -> tuple[Question, ...]:
        return text_questions(self.shown.text.notes, self.recipe) if self.shown else ()

    def _change(self, choices: Mapping[str, object]) -> None:
        self.recipe = self.recipe.with_choices(choices)
        self.rewritten.emit(self.recipe)
