"""The numbers of a column, and what is found in its cells on the way."""

from __future__ import annotations

from collections import Counter
from itertools import compress
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from sandbox.reading.cell_columns import groups_of, once, shapes_of
from sandbox.reading.cells import (
    LARGE,
    NO_NUMBER,
    Cell,
    Style,
    plain,
    taken_apart,
    value_of,
)
from sandbox.reading.missing_words import is_missing
from sandbox.reading.recipe import words_of
from sandbox.reading.unit_sizes import IGNORED, converted

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from numpy.typing import NDArray

    from sandbox.reading.recipe import Recipe

    Values = NDArray[np.float64]

BELOW = ("<", "≤")  # before a limit that is not reached
_BETWEEN = "\n"  # stands in no number


class Writing(NamedTuple):
    """How the numbers of the column at a place are written.

    factors: what a sign behind a number multiplies it by, {"K": 1000.0}.  unit: that a person
    wants the numbers in, "" if that is open.
    """

    place: int
    name: str
    style: Style
    factors: Mapping[str, float]
    unit: str = ""

    def scaled(self, value: float, parts: Cell = NO_NUMBER) -> float | None:
        """A number with what stands around it; None if it has another unit."""
        if self.unit:
            return converted(value, parts.after or parts.before, self.unit)
        return value * self.factors.get(parts.after, 1.0)


class Tally:
    """What is found in the cells of a column.

    missing, odd, befores, afters: how often each word stood for no value, was no number, stood
    before a number, and behind one.  limits: cells such as <0.5.
    """

    def __init__(self, writing: Writing, recipe: Recipe) -> None:
        self._writing, self._bounds = writing, recipe.limits
        self._words = {plain(word) for word in words_of(recipe.missing)}
        self.missing, self.odd, self.limits = Counter[str](), Counter[str](), Counter[str]()
        self.befores, self.afters = Counter[str](), Counter[str]()

    def values(self, cells: Sequence[str]) -> Values:
        """The numbers (n,) in plain cells, NaN where none is known."""
        bare = self._are_bare(cells)
        told = list(compress(cells, bare))
        values, rest = np.full(len(cells), np.nan), ~np.array(bare, np.bool_)
        values[~rest] = _numbers_in(told, self._writing.style)
        if told:
            self.befores[""] += len(told)
            self.afters[""] += len(told)
        for at in np.flatnonzero(rest).tolist():
            values[at] = self.value(cells[at])
        return values

    def _are_bare(self, cells: Sequence[str]) -> list[bool]:
        """Whether each cell is a number with nothing around it."""
        shapes, style = shapes_of(cells), self._writing.style
        examples = dict(zip(shapes, cells, strict=True))
        as_it_is = self._writing.scaled(1.0) == 1.0
        bare = {shape: as_it_is and _is_bare(cell, style) for shape, cell in examples.items()}
        if not self._words:
            return [bare[shape] for shape in shapes]
        pairs = zip(shapes, cells, strict=True)
        return [bare[shape] and cell.lower() not in self._words for shape, cell in pairs]

    def value(self, cell: str) -> float:
        """The number in a plain cell; NaN if none is known."""
        parts = taken_apart(cell)
        value = value_of(parts, self._writing.style)
        if cell.lower() in self._words or is_missing(cell):
            self.missing[cell.lower()] += 1
        elif value is None:
            self.odd[cell] += 1
        elif parts.limit and self._bounds in ("", "missing"):
            self.limits[cell] += 1
        elif (scaled := self._writing.scaled(value, parts)) is None:
            self.missing[cell.lower()] += 1
        else:
            self.befores[parts.before] += 1
            self.afters[parts.after] += 1
            halved = self._bounds == "half" and parts.limit in BELOW
            return scaled / 2 if halved else scaled
        return np.nan


Numbers = tuple["Values", Tally]  # (n,), and what was found on the way


@once
def factors_of(cells: Sequence[str]) -> dict[str, float]:
    """What K, M and B behind numbers multiply by; {} where M alone may be a unit."""
    ends = {parts.after for parts in _parts_in(cells) if parts.after}
    if not ends or not ends <= LARGE.keys() or ends in ({"M"}, {"B"}):
        return {}
    return {end: LARGE[end] for end in ends}


def scales_of(cells: Sequence[str], recipe: Recipe) -> tuple[Mapping[str, float], str]:
    """What signs behind the numbers multiply by, and the unit that a person wants them in."""
    factors, found = factors_of(cells), _marks_around(cells)
    wanted = [unit for unit in words_of(recipe.unit, lower=False) if unit != IGNORED]
    return factors, next((unit for unit in wanted if unit in found and not factors), "")


@once
def _marks_around(cells: Sequence[str]) -> set[str]:
    """What stands before and behind the numbers in cells."""
    return {mark for each in _parts_in(cells) for mark in (each.before, each.after)}


def _parts_in(cells: Sequence[str]) -> list[Cell]:
    """A number of each look in cells, taken apart."""
    return [parts for group in groups_of(cells) if (parts := taken_apart(group[0])).digits]


def _is_bare(cell: str, style: Style) -> bool:
    """Whether a cell is a number of this style with no more than a sign before it.

    All cells of its shape are, or none.
    """
    parts = taken_apart(cell)
    alone = parts == Cell(cell.lstrip("+-"), negative=cell[:1] == "-")
    return alone and value_of(parts, style) is not None


def _numbers_in(cells: Sequence[str], style: Style) -> list[float]:
    """The numbers of bare cells, all at once."""
    if not cells:
        return []
    text = _BETWEEN.join(cells)
    for mark, as_float in ((style.thousands, ""), (style.decimal, "."), ("d", "e"), ("D", "e")):
        text = text.replace(mark, as_float) if mark else text
    return list(map(float, text.split(_BETWEEN)))
