"""A table while it is read: its cells so far, and what was asked and noted on the way."""

from __future__ import annotations

import re
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, TypeVar

from sandbox.reading.cell_columns import CellColumn
from sandbox.reading.data import Report, silent
from sandbox.reading.doubts import Question

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from sandbox.reading.doubts import Mend
    from sandbox.reading.layout import Layout
    from sandbox.reading.recipe import Recipe

Item = TypeVar("Item")


@dataclass
class Draft:
    """What the steps of reading pass on.

    names, units, kinds, cells: of the columns (m,).  orientation: whether a series is one of the
    "columns" or of the "rows" of the file.  told_apart: the column by which several series differ
    that share their times.  notes: what was done without asking, in words.  report: is told the
    share that is done, and may raise to stop the reading.
    """

    layout: Layout
    recipe: Recipe
    names: list[str]
    units: list[str]
    kinds: list[str]
    cells: list[CellColumn]
    orientation: str = "columns"
    told_apart: str = ""
    questions: list[Question] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    report: Report = silent

    @property
    def separator(self) -> str:
        """What stands between cells, as the recipe calls it."""
        return self.layout.body.splitting.separator

    @property
    def count(self) -> int:
        """How many rows there are."""
        return len(self.cells[0]) if self.cells else 0

    @property
    def rows(self) -> list[tuple[str, ...]]:
        """The cells by row, (n, m)."""
        return list(zip(*self.cells, strict=True))

    def copy(self, recipe: Recipe, report: Report) -> Draft:
        """A draft of the same cells, to go on with by this recipe."""
        questions, notes = list(self.questions), list(self.notes)
        return replace(self, recipe=recipe, report=report, questions=questions, notes=notes)

    def in_turn(self, items: Sequence[Item], first: float, last: float) -> Iterator[Item]:
        """The items, reporting before each how much is done, from `first` to `last`."""
        for at, item in enumerate(items):
            self.report(first + (last - first) * at / len(items))
            yield item

    def ask(self, about: str, text: str, columns: Iterable[str], *mends: Mend) -> None:
        """Ask one thing; the columns of these names are not sure until it is settled."""
        self.questions.append(Question(about, text, mends, tuple(columns)))

    def ask_about_last_row(self, text: str, columns: Iterable[str]) -> None:
        """Ask whether the last row is a value of the columns of these names."""
        after = len(self.layout.after)
        leave = "Leave it out", (("skip_after", after + 1),)
        self.ask("skip_after", text, columns, leave, ("Keep it", (("skip_after", after),)))


def draft_of(layout: Layout, recipe: Recipe, report: Report = silent) -> Draft:
    """The rows of a layout without columns that are empty and have no name.

    Separators at the ends of rows make such columns.
    """
    columns = list(zip(*layout.rows, strict=True))
    kept = [
        at
        for at, (name, column) in enumerate(zip(layout.names, columns, strict=True))
        if any(column) or not re.fullmatch(r"column \d+", name)
    ]
    return Draft(
        layout,
        recipe,
        [layout.names[at] for at in kept],
        [layout.units[at] for at in kept],
        [layout.body.kinds[at] for at in kept],
        [CellColumn(columns[at]) for at in kept],
        notes=[f"{key} before each number is left out" for key in layout.body.keys.values()],
        report=report,
    )
