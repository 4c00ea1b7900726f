"""Every guess about how a table is written, as a control that can be changed."""

from __future__ import annotations

from collections import Counter
from functools import partial
from typing import TYPE_CHECKING, NamedTuple

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QGridLayout, QWidget

from sandbox.gui.look.typeface import fit
from sandbox.gui.widgets.controls import QuietComboBox
from sandbox.gui.widgets.fields import TextField
from sandbox.gui.widgets.parts import label, named
from sandbox.gui.widgets.typed_choice import TypedChoice
from sandbox.reading.picked_rows import ALL
from sandbox.reading.recipe import KEPT, TURNED
from sandbox.reading.several_series import offered
from sandbox.reading.steps import coarser_steps, usual_step
from sandbox.reading.words import SIGNS
from sandbox.validation import ExperimentError

if TYPE_CHECKING:
    from collections.abc import Mapping

    from sandbox.reading.recipe import Recipe
    from sandbox.reading.table import Table
    from sandbox.reading.table_files import TableFile

TYPED = "every"  # or chosen
NO_STEP = "It matters once the rows are brought to a step."
GUESS, GUESSED = "guess", "{} (guessed)"
CONTROL_PX = 182
MOST_TIMES = 60
ENCODINGS = (
    "utf-8 utf-8-sig utf-16 cp1252 cp1250 cp1251 cp1253 cp1254 cp1255 cp1256 cp1257 iso8859-2 "
    "iso8859-7 iso8859-15 koi8-r mac-roman cp932 euc_jp cp949 gb18030 big5"
).split()
QUOTES = {'"': "double", "'": "single", "": "none"}


class Guess(NamedTuple):
    """A field of the recipe: its caption, what it means, and its choices in words; () if typed."""

    caption: str
    tip: str
    choices: Mapping[object, str] | None = None


def _as_is(*words: str) -> Mapping[object, str]:
    return {word: word for word in words}


GUESSES: Mapping[str, Guess] = {
    "separator": Guess(
        "separator",
        "What stands between two cells of a row; fixed: columns begin at fixed places; pairs: "
        "commas that are decimal marks, too.",
        _as_is("comma", "semicolon", "tab", "space", "bar", "ampersand", "fixed", "pairs", "none"),
    ),
    "quote": Guess(
        "quotes",
        "What stands around a cell that holds the separator itself.",
        {mark or "none": words for mark, words in QUOTES.items()},
    ),
    "decimal": Guess(
        "decimal sign", "What stands before decimals.", {sign: SIGNS[sign] for sign in ".,"}
    ),
    "thousands": Guess(
        "thousands",
        "What stands between groups of three digits.",
        {sign or "none": words for sign, words in SIGNS.items()},
    ),
    "missing": Guess(
        "missing words", "Further words or numbers that stand for no value, with blanks between."
    ),
    "keep": Guess(
        "kept as values",
        "Numbers that look like fillings and are values, and names of columns that were left out.",
    ),
    "limits": Guess(
        "below a limit",
        "What <0.5 stands for: no value, 0.5, or half of it.",
        {"missing": "no value", "limit": "the limit", "half": "half of it"},
    ),
    "unit": Guess(
        "unit",
        "The unit that numbers with different ones are converted to; ignored: as they stand.",
    ),
    "skip_before": Guess("rows before", "How many lines stand above the table's header."),
    "header": Guess(
        "header rows", "How many rows name the columns.", {n: str(n) for n in range(4)}
    ),
    "units": Guess(
        "unit rows", "How many rows below the header give units.", {n: str(n) for n in range(3)}
    ),
    "skip_after": Guess("rows after", "How many rows at the end are no values."),
    "odd_rows": Guess(
        "odd rows",
        "Rows among the values that look unlike them: left out, or kept with values missing.",
        _as_is("left out", "kept"),
    ),
    "only": Guess("only rows with", "What has to stand in a column of the rows that are read.", {}),
    "orientation": Guess(
        "a series is",
        "Whether the values of a series stand below one another or side by side.",
        {"columns": "a column", "rows": "a row"},
    ),
    "time": Guess("time column", "The column of times, or none.", {}),
    "dates": Guess(
        "dates begin with",
        "What comes first in dates such as 03/04/2024.",
        {"day first": "the day", "month first": "the month"},
    ),
    "order": Guess(
        "order of rows",
        "The oldest row has to come first.",
        {KEPT: KEPT, TURNED: TURNED},
    ),
    "every": Guess(
        "step of rows",
        "An even step that the rows are brought to: type one, such as 15 minutes or 1 day, or "
        "choose one. Steps without a row are missing.",
        {},
    ),
    "resample": Guess(
        "a step has",
        "What a step has of the rows in it: their mean, their sum (of rain or sales), the last one "
        "(of a meter or a price), or the line between the values around its beginning.",
        {"mean": "their mean", "sum": "their sum", "last": "the last one", "interpolate": "lines"},
    ),
    "table": Guess("table", "Which of several tables in the file is read.", {}),
    "encoding": Guess("encoding", "How letters are written as bytes.", _as_is(*ENCODINGS)),
}


class Guesses(QWidget):
    """A row for each guess; a choice is emitted, "" or None to guess again."""

    changed = Signal(str, object)

    def __init__(self) -> None:
        super().__init__()
        grid = QGridLayout(self)
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setHorizontalSpacing(8)
        grid.setVerticalSpacing(3)
        grid.setColumnStretch(0, 1)
        self._values: dict[str, list[object]] = {}
        self.controls: dict[str, QuietComboBox | TextField | TypedChoice] = {}
        for row, (name, guess) in enumerate(GUESSES.items()):
            control = self._control(name, guess)
            words = label(guess.caption)
            words.setBuddy(control)
            words.setToolTip(guess.tip)
            grid.addWidget(words, row, 0)
            grid.addWidget(control, row, 1, Qt.AlignmentFlag.AlignRight)

    def _control(self, name: str, guess: Guess) -> QuietComboBox | TextField | TypedChoice:
        control: QuietComboBox | TextField | TypedChoice
        if name == TYPED:
            control = TypedChoice()
            control.committed.connect(partial(self._commit, name))
        elif guess.choices is None:
            control = TextField()
            control.committed.connect(partial(self._commit, name))
        else:
            control = QuietComboBox()
            control.activated.connect(partial(self._choose, name))
        self.controls[name] = named(control, guess.caption, guess.tip)
        control.setAccessibleDescription(guess.tip)
        fit(control, width=CONTROL_PX)
        return control

    def show_recipe(self, recipe: Recipe, found: TableFile | None) -> None:
        """Show what was chosen, and for all else what was guessed; None if nothing was read."""
        guessed = guesses_in(found) if found is not None else {}
        for name, guess in GUESSES.items():
            chosen = getattr(recipe, name)
            control = self.controls[name]
            told = guessed.get(name, "")
            if isinstance(control, TypedChoice):
                _show_steps(control, recipe, found)
            elif isinstance(control, TextField):
                control.show_value("" if chosen is None else str(chosen))
                control.setPlaceholderText(GUESSED.format(told) if told else GUESS)
            else:
                choices = dict(guess.choices or _choices(name, found, chosen))
                self._show_choices(name, control, choices, chosen, told)

        self._allow_rule(recipe)

    def _allow_rule(self, recipe: Recipe) -> None:
        """Let the rule be chosen only if there is a step."""
        control, tip = self.controls["resample"], GUESSES["resample"].tip
        control.setEnabled(bool(recipe.every))
        control.setToolTip(tip if recipe.every else f"{tip} {NO_STEP}")

    def _show_choices(
        self,
        name: str,
        box: QuietComboBox,
        choices: Mapping[object, str],
        chosen: object,
        told: str,
    ) -> None:
        """The guess first, then each choice."""
        is_open = chosen in ("", None)
        if not is_open and chosen not in choices:
            choices = {**choices, chosen: str(chosen)}
        first = GUESSED.format(told) if told and is_open else GUESS
        self._values[name] = ["" if isinstance(chosen, str) else None, *choices]
        words = [first, *choices.values()]
        if [box.itemText(at) for at in range(box.count())] != words:
            box.clear()
            box.addItems(words)
        box.setCurrentIndex(0 if is_open else self._values[name].index(chosen))

    def _choose(self, name: str, at: int) -> None:
        self.changed.emit(name, self._values[name][at])

    def _commit(self, name: str, text: str) -> None:
        whole = name.startswith("skip")
        self.changed.emit(name, None if whole and not text else text)


def _show_steps(control: TypedChoice, recipe: Recipe, found: TableFile | None) -> None:
    """Offer the rows as they stand, their usual step, and coarser ones."""
    steps: list[str] = []
    if found is not None and (usual := usual_step(found.table)):
        steps = [usual, *coarser_steps(found.table)]
    control.show_choices({"": KEPT, **{step: step for step in steps}})
    control.show_value(recipe.every, KEPT)


def _choices(name: str, found: TableFile | None, chosen: object) -> Mapping[object, str]:
    """The columns that may hold times, the series or the tables of a file."""
    if found is None:
        return {}
    if name == "time":
        return _as_is("none", *found.table.layout.names[:MOST_TIMES])
    layout = found.table.layout
    if name == "only":
        groups = offered(layout, str(chosen or ""), found.table.told_apart)
        return _as_is(ALL, *groups)
    many = max(layout.blocks, layout.tables, chosen or 0)  # type: ignore[call-overload]
    return {n: f"number {n}" for n in range(1, many + 1)}


def by_caption(error: ExperimentError) -> ExperimentError:
    """The same refusal, with a choice of the recipe by its caption on this page."""
    name = error.field.removeprefix("data.")
    if name == error.field or name not in GUESSES:
        return error
    return ExperimentError(GUESSES[name].caption, error.given, error.accepted)


def guesses_in(found: TableFile) -> Mapping[str, str]:
    """How the table was read, in a word or two for each field of the recipe."""
    table, layout = found.table, found.table.layout
    start = min(layout.header, default=layout.first)
    several = layout.blocks > 1 or layout.tables > 1
    return {
        "separator": layout.body.splitting.separator,
        "quote": QUOTES[layout.body.splitting.quote],
        "decimal": SIGNS[table.decimal],
        "thousands": SIGNS[table.thousands],
        "missing": _missing_words(table),
        "keep": "none",
        "limits": "no value",
        "unit": ", ".join(dict.fromkeys(c.unit for c in table.columns if c.unit)) or "none",
        "skip_before": str(start),
        "header": str(len(layout.header)),
        "units": str(int(any(layout.units))),
        "skip_after": str(len(layout.after)),
        "odd_rows": "left out",
        "only": "all",
        "orientation": "a row" if table.orientation == "rows" else "a column",
        "time": table.times.name if table.times is not None else "none",
        "dates": _first_in_dates(table),
        "order": table.order,
        "resample": "their mean",
        "table": "the largest" if several else "only one",
        "encoding": found.encoding,
    }


def _missing_words(table: Table) -> str:
    words = Counter[str]()
    for column in table.columns:
        words.update(column.missing)
    told = [word for word, _ in words.most_common(4) if word]
    return ", ".join(told) or "none"


def _first_in_dates(table: Table) -> str:
    form = "" if table.times is None else table.times.form
    return {"%d": "the day", "%m": "the month", "%Y": "the year"}.get(form[:2], "no matter")
