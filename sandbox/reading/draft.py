"""A table while it is read: its cells so far, and what was asked and noted on the way."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, TypeVar

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

    names, units, kinds: of the columns (m,).  rows: plain cells (n, m).  orientation: whether a
    series is one of the "columns" or of the "rows" of the file.  told_apart: the column by which
    several series differ that share their times.  notes: what was done without
    asking, in words.  report: is told the share that is done, and may raise to stop the reading.
    """

    layout: Layout
    recipe: Recipe
    names: list[str]
    units: list[str]
    kinds: list[str]
    rows: list[list[str]]
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
    def cells(self) -> list[list[str]]:
        """The cells by column, (m, n)."""
        return [list(column) for column in zip(*self.rows, strict=True)]

    def in_turn(self, items: Sequence[Item], first: float, last: float) -> Iterator[Item]:
        """The items, reporting before each how much is done, from `first` to `last`."""
        for at, item in enumerate(items):
            self.report(first + (last - first) * at / len(items))
            yield item

    def ask(self, about: str, text: str, columns: Iterable[str], *mends: Mend) -> None:
        """Ask one thing; the columns of these names are not sure until it is settled."""
        self.questions.append(Question(about, text, mends, tuple(columns)))


def draft_of(layout: Layout, recipe: Recipe, report: Report = silent) -> Draft:
    """The rows of a layout without columns that are empty and have no name.

    Separators at the ends of rows make such columns.
    """
    rows = layout.rows
    kept = [
        at
        for at, (name, column) in enumerate(zip(layout.names, zip(*rows, strict=True), strict=True))
        if any(column) or not re.fullmatch(r"column \d+", name)
    ]
    return Draft(
        layout,
        recipe,
        [layout.names[at] for at in kept],
        [layout.units[at] for at in kept],
        [layout.body.kinds[at] for at in kept],
        [[row[at] for at in kept] for row in rows],
        report=report,
    )
