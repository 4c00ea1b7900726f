"""A table as it was read: its columns of numbers, its times, and what should be asked."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, replace
from functools import lru_cache
from itertools import takewhile
from typing import TYPE_CHECKING

import numpy as np

from sandbox.reading.cell_columns import CellColumn
from sandbox.reading.course import course_of
from sandbox.reading.data import Report, silent
from sandbox.reading.doubts import is_total, sums_up
from sandbox.reading.draft import draft_of
from sandbox.reading.dull_columns import without_dull
from sandbox.reading.kinds import kind_of
from sandbox.reading.layout import layout_of
from sandbox.reading.layout_questions import ask_about_layout
from sandbox.reading.number_columns import (
    Column,
    ask_about_words,
    columns_of_numbers,
    numeric_places,
)
from sandbox.reading.orientation import ROWS, orientation_of, turn_over
from sandbox.reading.recipe import KEPT, TURNED
from sandbox.reading.several_series import ask_about_groups
from sandbox.reading.time_columns import Times, numeric_times, times_in
from sandbox.reading.time_formats import DECIMAL_YEARS
from sandbox.reading.times import numeric_format

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sandbox.reading.doubts import Question
    from sandbox.reading.draft import Draft
    from sandbox.reading.layout import Layout
    from sandbox.reading.number_columns import Source
    from sandbox.reading.recipe import Recipe

FEWEST = 5  # rows of which the last may have no time by mistake
MOST_SUMS = 3  # rows that sum up, before they are thought to be values
FIRST = ("separator", "table", "header", "only")  # what is asked before what depends on it


@dataclass(frozen=True)
class Table:
    """All that was read, rows in their final order.

    order: "as it stands" or "turned round".  orientation: "columns" or "rows".  notes: what was
    done without asking, in words.  told_apart: the column by which several series differ, or "".
    """

    layout: Layout
    columns: tuple[Column, ...]
    times: Times | None
    orientation: str
    order: str
    questions: tuple[Question, ...]
    notes: tuple[str, ...] = ()
    told_apart: str = ""

    @property
    def decimal(self) -> str:
        """The decimal mark of most columns."""
        return Counter(column.style.decimal for column in self.columns).most_common(1)[0][0]

    @property
    def thousands(self) -> str:
        """The mark between thousands, "" if no column has one."""
        return next((c.style.thousands for c in self.columns if c.style.thousands), "")


class NoNumbers(ValueError):
    """There is a table, and it has no column of numbers; says what it has."""


def table_of(
    lines: Sequence[str], recipe: Recipe, source: Source | None = None, report: Report = silent
) -> Table:
    """Read a table from all its lines; NoTable or NoNumbers.

    ExperimentError if a choice of the recipe does not fit the file.
    source: if the lines are only some of a large file's, where the numbers of its columns are.
    report: is told the share that is done, and may raise to stop.
    """
    draft = _begun(tuple(lines), recipe.on_layout()).copy(recipe, report)
    report(0.1)
    times, columns = _times_and_numbers(draft, source)
    times, columns = _without_untimed_end(draft, times, columns)
    columns = without_dull(draft, times, columns)
    ask_about_groups(draft, times, columns)
    ask_about_layout(draft, [column.name for column in columns])
    _ask_about_last_row(draft, columns)
    order = _order(draft, times)
    if order == TURNED:
        columns = [replace(column, values=column.values[::-1]) for column in columns]
        if times is not None:
            values = times.values[::-1]
            times = replace(times, values=values, course=course_of(values))
    unsure = {name for question in draft.questions for name in question.columns}
    columns = [
        replace(column, sure=recipe.accept or column.name not in unsure) for column in columns
    ]
    return Table(
        draft.layout,
        tuple(columns),
        times,
        draft.orientation,
        order,
        tuple(sorted(draft.questions, key=lambda each: each.about not in FIRST)),
        tuple(draft.notes),
        draft.told_apart,
    )


@lru_cache(maxsize=2)  # a table is read again by another recipe, mostly with the same cells
def _begun(lines: tuple[str, ...], recipe: Recipe) -> Draft:
    """The cells of the lines, by choices on the layout alone; nobody may change them."""
    draft = draft_of(layout_of(lines, recipe), recipe)
    _leave_out_sums(draft)
    draft.orientation = orientation_of(draft)
    if draft.orientation == ROWS:
        turn_over(draft)
    return draft


def _times_and_numbers(draft: Draft, source: Source | None) -> tuple[Times | None, list[Column]]:
    """The times and the columns of numbers beside them; NoNumbers."""
    cells = draft.cells
    times, used = times_in(draft)
    places = [at for at in numeric_places(draft, cells) if at not in used]
    if not places and len(used) == len(cells):  # then the times are the values
        times, places = None, numeric_places(draft, cells)
    if not places:
        raise NoNumbers(f"no column of numbers: its columns are {', '.join(draft.names[:6])}")
    columns = columns_of_numbers(draft, places, cells, source)
    ask_about_words(draft, cells, {*places, *used})
    if times is not None:
        return times, _without_decimal_years(columns)
    if draft.recipe.time != "none":
        names = [column.name for column in columns]
        times = numeric_times(draft, names, np.array([column.values for column in columns]))
    if times is None:
        return None, columns
    draft.questions = [each for each in draft.questions if each.columns != (times.name,)]
    return times, [column for column in columns if column.name != times.name]


def _without_decimal_years(columns: list[Column]) -> list[Column]:
    """The columns without decimal years, which say nothing more beside other times."""
    years = {
        column.name
        for column in columns
        if numeric_format(column.name, column.values, first=False) == DECIMAL_YEARS
    }
    return [column for column in columns if column.name not in years] or columns


def _order(draft: Draft, times: Times | None) -> str:
    if draft.recipe.order:
        return draft.recipe.order
    if times is None or times.course.order != "falling":
        return KEPT
    draft.notes.append("the newest row came first, so the order is turned round")
    return TURNED


def _leave_out_sums(draft: Draft) -> None:
    """Leave out last rows that are labelled as sums or means of the others."""
    if draft.recipe.skip_after is not None:
        return
    backwards = zip(*(reversed(column[3:]) for column in draft.cells), strict=True)
    labels = list(takewhile(is_total, map(_label, backwards)))
    if labels and sum(any(map(is_total, row)) for row in draft.rows[:-1]) <= MOST_SUMS:
        draft.cells = [CellColumn(column[: -len(labels)]) for column in draft.cells]
        draft.notes += [f"the last row, {label}, is left out" for label in labels]


def _label(row: Sequence[str]) -> str:
    """The first words in a row, "" if it has none."""
    return next((cell for cell in row if kind_of(cell) == "text"), "")


def _without_untimed_end(
    draft: Draft, times: Times | None, columns: list[Column]
) -> tuple[Times | None, list[Column]]:
    """Leave out a last row that alone has no time and sums the others up; asks about any other."""
    if times is None or draft.recipe.skip_after is not None or draft.orientation == ROWS:
        return times, columns
    untold = np.isnat(times.values)
    if len(untold) < FEWEST or untold[:-1].any() or not untold[-1]:
        return times, columns
    if not any(sums_up(column.values) for column in columns) or len(untold) != len(
        columns[0].values
    ):
        names = [column.name for column in columns]
        draft.ask_about_last_row("The last row alone has no time: leave it out?", names)
        return times, columns
    draft.cells = [CellColumn(column[:-1]) for column in draft.cells]
    draft.notes.append("the last row has no time and sums the others up: it is left out")
    values = times.values[:-1]
    columns = [replace(column, values=column.values[:-1]) for column in columns]
    return replace(times, values=values, course=course_of(values)), columns


def _ask_about_last_row(draft: Draft, columns: list[Column]) -> None:
    if draft.recipe.skip_after is not None:
        return
    told = [what for column in columns if (what := sums_up(column.values))]
    if told and 2 * len(told) >= len(columns):
        text = f"The last row is the {told[0]} of the others: leave it out?"
        draft.ask_about_last_row(text, [column.name for column in columns])
