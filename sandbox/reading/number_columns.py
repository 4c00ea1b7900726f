"""The columns of numbers of a table: how each is written, its values, and what is missing."""

from __future__ import annotations

import re
import shlex
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from itertools import pairwise
from typing import TYPE_CHECKING

import numpy as np

from sandbox.reading.column_styles import ask_about_styles, judgements_of
from sandbox.reading.doubts import fillings
from sandbox.reading.kinds import kinds_in
from sandbox.reading.missing_words import is_missing
from sandbox.reading.odd_cells import settle_odd_cells
from sandbox.reading.recipe import with_words, words_of
from sandbox.reading.tally import Tally, Writing, scales_of
from sandbox.reading.unit_sizes import IGNORED, converted

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from numpy.typing import NDArray

    from sandbox.reading.cells import Style
    from sandbox.reading.doubts import Filling
    from sandbox.reading.draft import Draft
    from sandbox.reading.tally import Numbers

NUMERIC = 0.5  # the least share of numbers in a column of numbers
MANY = 0.8  # the least share of different cells in a column that is no list of labels
FEWEST = 6  # told cells that say what a column is
UNNAMED = "column 1"
_ROW_NAMES = re.compile(
    r"(?i)|id|idx|index|nr\.?|no\.?|#|row|rows|rownames?|n|obs|unnamed: 0|lfd\.? ?nr\.?|record|"
    rf"{UNNAMED}|rn|record rn|line|seq|rec|entry|lp|№|pos\.?"
)
_CODES = re.compile(
    r"(?i)id$|\bid\b|code|number|\bnr\b|\bno\b|key|plz|zip|post|station|sensor|account"
)
_HEXADECIMAL = re.compile(r"[0-9a-f]{4,}|[0-9A-F]{4,}")
_NEARLY = re.compile(r"[-+~<>(]*\d+[.,]?\d*\D{0,4}$|[-+~<>(]*\d{1,3}(?:[., ']\d{3})+\D*$")
_BEHIND_WORDS = re.compile(r"[^\w,;]+\s+-?\d+(?:[.,]\d+)?$")


@dataclass(frozen=True)
class Column:
    """One column of numbers.

    values: float64 (n,), NaN where none is known.  style: how its numbers are written.  unit: that
    was taken off.  missing: how often each word or number stood for no value.  odd: texts of
    cells that are neither a number nor a usual word for a missing one.
    """

    name: str
    values: NDArray[np.float64]
    style: Style
    unit: str = ""
    missing: Mapping[str, int] = field(default_factory=dict)
    odd: tuple[str, ...] = ()
    sure: bool = True


Source = Callable[["Draft", list[Writing]], "list[Numbers]"]


def numeric_places(draft: Draft, cells: Sequence[Sequence[str]]) -> list[int]:
    """The indices of the columns of numbers that do not only count the rows."""
    return [
        at
        for at, column in draft.in_turn(list(enumerate(cells)), 0.4, 0.5)
        if is_numeric(draft.names[at], column) and not _counts_rows(draft, at, column)
    ]


def is_numeric(name: str, cells: Sequence[str]) -> bool:
    """Whether most told cells are numbers, and not codes such as 00417."""
    kinds = kinds_in(cells)
    told = len(cells) - kinds["missing"]
    if kinds["text"] and _are_hexadecimal(cells):
        return False
    padded = 0 if _CODES.search(name) else kinds["padded"]
    return kinds["number"] + padded > NUMERIC * told


def _are_hexadecimal(cells: Sequence[str]) -> bool:
    """Whether all told cells are codes of one length, some with letters: 2a80, 1234."""
    told = [cell for cell in cells if not is_missing(cell)]
    return len(set(map(len, told))) == 1 and all(map(_HEXADECIMAL.fullmatch, told))


def _counts_rows(draft: Draft, at: int, column: Sequence[str]) -> bool:
    if len(draft.names) == 1 or len(column) < 3:
        return False
    if not all(re.fullmatch(r"\d{1,15}", cell) for cell in column):
        return False
    if any(int(after) - int(before) != 1 for before, after in pairwise(column)):
        return False
    unnamed = at == 0 and int(column[0]) in (0, 1) and not draft.layout.header
    of_r = at == 0 and draft.layout.named_rows
    name = draft.names[at].strip()
    years = name == UNNAMED and 1500 <= int(column[0]) and int(column[-1]) <= 2200
    return unnamed or of_r or (_ROW_NAMES.fullmatch(name) is not None and not years)


def columns_of_numbers(
    draft: Draft, places: list[int], cells: Sequence[Sequence[str]], source: Source | None = None
) -> list[Column]:
    """The columns at these places; asks about styles, odd cells, units and fillings.

    source: where the numbers come from if the cells are only some of a large file's.
    """
    judgements = judgements_of(draft, {at: cells[at] for at in draft.in_turn(places, 0.5, 0.7)})
    writings = [
        Writing(at, draft.names[at], judgements[at].style, *scales_of(cells[at], draft.recipe))
        for at in places
    ]
    if source is None:
        found = [_numbers(each, draft, cells) for each in draft.in_turn(writings, 0.7, 1)]
    else:
        found = source(draft, writings)
    columns = [_column(draft, *each) for each in zip(writings, found, strict=True)]
    ask_about_styles(draft, judgements)
    return columns


def _numbers(writing: Writing, draft: Draft, cells: Sequence[Sequence[str]]) -> Numbers:
    tally = Tally(writing, draft.recipe)
    return tally.values(cells[writing.place]), tally


def ask_about_words(draft: Draft, cells: Sequence[Sequence[str]], taken: set[int]) -> None:
    """Tell of columns that are left out though every cell has a number, another each."""
    for at, column in enumerate(cells):
        if at in taken:
            continue
        told = [cell for cell in column if cell]
        if len(told) < FEWEST or len(set(told)) < MANY * len(told):
            continue
        why = ""
        if all(map(_BEHIND_WORDS.search, told)):
            why = "its cells are numbers with words before them"
        elif not is_numeric(draft.names[at], column) and all(map(_NEARLY.match, told)):
            why = "its cells are no numbers"
        if why:
            text = f"{draft.names[at]} is left out: {why}, such as {told[0][:40]!r}."
            draft.ask("column", text, ())


def _column(draft: Draft, writing: Writing, numbers: Numbers) -> Column:
    values, tally = numbers
    settle_odd_cells(draft, writing.name, tally)
    unit = _unit(draft, writing, tally) or draft.units[writing.place]
    missing = dict(tally.missing + tally.limits)
    column = Column(writing.name, values, writing.style, unit, missing, tuple(tally.odd))
    return without_fillings(draft, column)


def without_fillings(draft: Draft, column: Column) -> Column:
    """The column with NaN for numbers that stand for no value; asks where that is not sure."""
    recipe, values, missing = draft.recipe, column.values.copy(), Counter(column.missing)
    for number in _numbers_in(recipe.missing):
        missing[f"{number:g}"] += int((values == number).sum())
        values[values == number] = np.nan
    for filling in fillings(values, _numbers_in(recipe.keep)):
        text = f"{filling.value:g}"
        values[values == filling.value] = np.nan
        missing[text] += filling.times
        times = f"{filling.times:,} times" if filling.times > 1 else "once"
        if filling.sure:
            draft.notes.append(f"{text} in {column.name} stands for no value, {times}")
            continue
        draft.ask(
            "missing",
            f"{text} occurs {times} in {column.name} and {_what_is_odd(filling)}: "
            "it is read as missing.",
            [column.name],
            ("It is missing", (("missing", with_words(recipe.missing, text)),)),
            ("It is a value", (("keep", with_words(recipe.keep, text)),)),
        )
    return replace(column, values=values, missing=dict(+missing))


def _what_is_odd(filling: Filling) -> str:
    return "looks like a filling among the values" if filling.inside else "is far from all else"


def _numbers_in(text: str) -> list[float]:
    """Those words of a list that are numbers."""
    numbers = []
    for word in words_of(text):
        try:
            numbers.append(float(word))
        except ValueError:
            continue
    return numbers


def _unit(draft: Draft, writing: Writing, tally: Tally) -> str:
    """The unit of a column; flags are taken off, and different units are asked about."""
    signs, units = list(filter(None, tally.befores)), list(filter(None, tally.afters))
    name, bare = writing.name, tally.afters[""] - tally.befores.total() + tally.befores[""]
    if writing.unit:
        return writing.unit
    if units and set(units) <= writing.factors.keys():
        return ""  # the numbers were multiplied
    marks = Counter({mark: tally.befores[mark] for mark in signs})
    marks.update({mark: tally.afters[mark] for mark in units})
    usual = [mark for mark, _ in marks.most_common()]
    sizes = {converted(1.0, mark, usual[0]) for mark in usual}
    if len(usual) > 1 and sizes == {1.0}:
        return usual[0]  # spelled in several ways
    flags = not signs and max(map(len, usual), default=0) == 1 and None in sizes
    if len(usual) > 1 and not flags and (None not in sizes or not bare or len(signs) > 1):
        found = ", ".join([*usual[:4], *["none"] * bool(bare)])
        _ask_about_units(
            draft, f"{name} has different units: {found}; they are ignored.", name, usual
        )
        return ""
    if usual == ["%"] and bare:
        text = f"Some values of {name} have a % and others have none."
        _ask_about_units(draft, text, name, usual)
        return "%"
    if len(units) == 1 and not bare:
        return units[0]
    if units:
        draft.notes.append(f"marks behind numbers of {name} are left out: {', '.join(units)}")
    return signs[0] if signs else ""


def _ask_about_units(draft: Draft, text: str, name: str, usual: Sequence[str]) -> None:
    """Ask which unit is wanted, of those that stand in a column, the most usual first."""
    known = words_of(draft.recipe.unit, lower=False)
    if IGNORED in known:
        return
    only = any(converted(1.0, mark, usual[0]) is None for mark in usual)
    words = "Only those in {}" if only else "All in {}"
    words = "Those without are shares" if list(usual) == ["%"] else words
    mends = [(words.format(mark), (("unit", shlex.join([*known, mark])),)) for mark in usual[:2]]
    leave = "Ignore units", (("unit", shlex.join([*known, IGNORED])),)
    draft.ask("unit", text, [name], *mends, leave)
