"""The page on a table: its rows beside what was read, its columns, and all that was guessed."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QSizePolicy, QSplitter, QVBoxLayout, QWidget

from sandbox.gui.look.typeface import fit, px
from sandbox.gui.own.data_calendar import CalendarChoice, reason_without
from sandbox.gui.own.data_columns import ColumnList
from sandbox.gui.own.data_guesses import Guesses
from sandbox.gui.own.data_plot import ColumnPlot
from sandbox.gui.own.data_questions import Questions
from sandbox.gui.own.data_roles import ColumnRoles, lost_in_words
from sandbox.gui.own.data_rows import RowsBeside
from sandbox.gui.own.data_times import TimesLine
from sandbox.gui.widgets.dock import Scrolled, column
from sandbox.gui.widgets.form import Form
from sandbox.gui.widgets.parts import fill
from sandbox.reading.recipe import Recipe, with_words, words_of
from sandbox.tasks.registry import task_class
from sandbox.validation import ExperimentError

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from sandbox.gui.own.data_roles import ColumnRole
    from sandbox.reading.beside import Beside
    from sandbox.reading.table import Table
    from sandbox.reading.table_files import TableFile

LEFT_PX, ROWS_PX, LOWER_PX = 318, 190, 160
LIST_PX, PLOT_PX = 545, 280  # of the lower part's width
LISTS = {"missing": "keep", "keep": "missing"}  # a number cannot be in both


class Shown(NamedTuple):
    """A table, its first and last rows, and the table at the step that is wanted."""

    found: TableFile
    beside: Beside
    plotted: Table


class TableForm(Form):
    """Some parameters of a forecast, with captions that say what they mean for a table."""

    CAPTIONS: Mapping[str, str] = {
        "gap": "season, or rows read first",
        "forecasts": "forecasts in a sequence",
        "missing": "rows without a value",
    }


class TablePage(QWidget):
    """Shows a table, and what its columns and dates are for; emits a recipe that is wanted."""

    edited = Signal()  # roles or calendar
    rewritten = Signal(object)  # Recipe
    refused = Signal(object)  # ExperimentError

    def __init__(self) -> None:
        super().__init__()
        self.form = TableForm(task_class("forecast").Params, tuple(TableForm.CAPTIONS))
        self.recipe = Recipe()
        self.shown: Shown | None = None
        self._settled: Recipe | None = None  # by which a table was last shown
        self.roles, self.calendar = ColumnRoles(), ""
        self._looked_at, self._missing = "", "refuse"  # a column's name
        self.guesses, self.rows, self.columns = Guesses(), RowsBeside(), ColumnList()
        self.plot, self.questions, self.times = ColumnPlot(), Questions(), TimesLine()
        self.dates = CalendarChoice()
        self.times.wanted.connect(lambda step: self._change({"every": step}))
        self.dates.changed.connect(self._take_calendar)
        self.guesses.changed.connect(lambda name, value: self._change({name: value}))
        self.questions.mended.connect(lambda choices: self._change(mended(self.recipe, choices)))
        self.questions.accepted.connect(lambda accept: self._change({"accept": accept}))
        self.columns.chosen.connect(self._look_at)
        self.columns.role_wanted.connect(self._take_role)
        guesses = Scrolled(column(self.guesses, None, margins=(0, 0, 8, 0)))
        guesses.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        left = QWidget()
        fill(QVBoxLayout(left), guesses, self.form, self.dates, spacing=8, wide=guesses)
        fit(left, width=LEFT_PX)
        lower = QSplitter(Qt.Orientation.Horizontal)
        for widget, wide in ((self.columns, LIST_PX), (self.plot, PLOT_PX)):
            lower.addWidget(widget)
            lower.setStretchFactor(lower.indexOf(widget), wide)
        lower.setChildrenCollapsible(False)
        lower.setSizes([px(LIST_PX), px(PLOT_PX)])
        fit(self.rows, least_height=ROWS_PX // 2)
        fit(lower, least_height=LOWER_PX // 2)
        right = QWidget()
        column_of_parts = fill(
            QVBoxLayout(right), self.times, self.rows, lower, self.questions, spacing=6
        )
        column_of_parts.setStretchFactor(self.rows, ROWS_PX)
        column_of_parts.setStretchFactor(lower, LOWER_PX)
        right.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
        fill(QHBoxLayout(self), left, right, spacing=14, wide=right)
        self.guesses.show_recipe(self.recipe, None)

    def begin(self, recipe: Recipe, missing: str) -> None:
        """Take over a recipe before anything is read."""
        self.recipe, self._missing = recipe, missing
        self.guesses.show_recipe(recipe, None)

    def show_table(self, shown: Shown, roles: ColumnRoles, calendar: str) -> str:
        """Show a table that was read by the recipe in force, and what is read of it.

        Returns what had to be given up, since its column or the dates are not there; "" if nothing.
        """
        self.shown, self._settled = shown, self.recipe
        found, plotted = shown.found.table, shown.plotted
        names = [column.name for column in found.columns]
        wanted = roles.resolved(found.layout.names)
        self.roles = wanted.among(names)
        lacking = reason_without(plotted)
        self.calendar = "" if lacking else calendar
        self.times.show_table(found, plotted, self.recipe)
        self.guesses.show_recipe(self.recipe, shown.found)
        self.rows.show_rows(shown.beside)
        self.dates.show_table(plotted, self.calendar)
        looked_at = self._looked_at if self._looked_at in names else self.roles.column
        self.columns.show_columns(plotted.columns, looked_at)
        self.columns.show_roles(self.roles)
        self.columns.mark_sure(self.recipe.accept)
        gone = f"Nothing is read of the dates, since {lacking}." if calendar and lacking else ""
        return " ".join(filter(None, (lost_in_words(wanted, self.roles), gone)))

    def step_back(self) -> Recipe:
        """Take the recipe of the table that is shown again, or one without a step."""
        self.recipe = self._settled or self.recipe.with_choices({"every": ""})
        self.guesses.show_recipe(self.recipe, self.shown.found if self.shown else None)
        return self.recipe

    def show_unread(self, beside: Beside) -> None:
        """Show rows of a file that cannot be read by the recipe in force."""
        self.shown = None
        self.times.clear()
        self.dates.show_table(None, "")
        self.guesses.show_recipe(self.recipe, None)
        self.rows.show_rows(beside)
        self.columns.show_columns((), "")
        self.plot.clear()
        self.questions.clear()

    def show_missing(self, missing: str) -> None:
        """Show the split as it is if missing values are treated so."""
        self._missing = missing
        self._show_plot()

    @property
    def doubt(self) -> str:
        """Why the columns that are read cannot be used yet, in a sentence; "" if they can."""
        if self.shown is None or self.recipe.accept:
            return ""
        unsure = {each.name for each in self.shown.found.table.columns if not each.sure}
        name = next((each for each in self.roles.read if each in unsure), "")
        settle = "is not sure yet: settle what is in doubt, or take it as it is read."
        return f"{name} {settle}" if name else ""

    def _take_role(self, name: str, role: ColumnRole) -> None:
        if self.shown is None:
            return
        if name == self.roles.column:
            accepts = "another role once another column is forecast"
            self.refused.emit(ExperimentError(name, role.words, accepts))
            return
        names = [column.name for column in self.shown.found.table.columns]
        self.roles = self.roles.changed(name, role, names)
        self.columns.show_roles(self.roles)
        self._show_plot()
        self.edited.emit()

    def _take_calendar(self, calendar: str) -> None:
        self.calendar = calendar
        self.edited.emit()

    def _look_at(self, name: str) -> None:
        self._looked_at = name
        assert self.shown is not None
        table = self.shown.found.table
        self._show_plot()
        self.rows.show_column(name)
        self.questions.show_questions(
            table.questions, table.notes, name, accepted=self.recipe.accept
        )

    def _show_plot(self) -> None:
        if self.shown is None or not self.roles.column or not self._looked_at:
            return
        table, even = self.shown.plotted, bool(self.recipe.every)
        self.plot.show_column(table, self._looked_at, self._missing, self.roles, even=even)

    def _change(self, choices: dict[str, object]) -> None:
        try:
            changed = self.recipe.with_choices(choices)
        except ExperimentError as error:
            self.guesses.show_recipe(self.recipe, self.shown.found if self.shown else None)
            self.refused.emit(error)
            return
        self.recipe = changed
        self.guesses.show_recipe(changed, self.shown.found if self.shown else None)
        self.rewritten.emit(changed)


def mended(recipe: Recipe, choices: Sequence[tuple[str, object]]) -> dict[str, object]:
    """The choices of a mend; words are added to those that a recipe has."""
    found = dict(choices)
    for name, other in LISTS.items():
        if name not in found:
            continue
        before, wanted = words_of(getattr(recipe, name)), words_of(str(found[name]))
        added = [word for word in wanted if word not in before]
        found[name] = with_words(getattr(recipe, name), *added)
        left = [word for word in words_of(getattr(recipe, other)) if word not in added]
        found.setdefault(other, with_words("", *left))
    return found
