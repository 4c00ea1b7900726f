"""Several series in one table that share their times, told apart by what stands in a column."""

from __future__ import annotations

import re
import shlex
from itertools import combinations, pairwise, permutations
from typing import TYPE_CHECKING

import numpy as np

from sandbox.reading.picked_rows import ALL, conditions_of, fits, only_of
from sandbox.reading.recipe import words_of
from sandbox.reading.time_formats import month_of
from sandbox.reading.times import numeric_format

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from sandbox.reading.doubts import Mend
    from sandbox.reading.draft import Draft
    from sandbox.reading.layout import Layout
    from sandbox.reading.number_columns import Column
    from sandbox.reading.time_columns import Times

MOST_COLUMNS = 12  # that may tell series apart
MOST_OFFERED, LONGEST = 3, 24  # groups with a button each, and the letters on it
MOST_GROUPS = 200
_CLOCK = re.compile(r"\d{1,2}(?:[:.]\d{2}\b|[:h]\d{2}| ?[aApP]\.?[mM])")  # however it goes on
FEW_ROWS, LEAST_SHARE = 12, 0.5  # of a series, and the share of all times at which it has rows
LEDGER = 6  # rows in which a balance is no chance
LEAST_DOUBLES = 0.25  # the share of times that come again


def offered(layout: Layout, only: str, told_apart: str) -> list[str]:
    """What may be said of a table's rows: each group of the column that tells series apart."""
    conditions = conditions_of(only, layout.names)
    if conditions:
        *others, (place, _) = conditions.items()
    elif told_apart in layout.names:
        others, place = [], layout.names.index(told_apart)
    else:
        return []
    kept = [f"{layout.names[at]}={value}" for at, value in others]
    rows = [row for row in layout.body.rows[layout.first : layout.last] if len(row) > place]
    groups = dict.fromkeys(row[place] for row in rows if fits(row, dict(others)) and row[place])
    texts = [only_of([*kept, f"{layout.names[place]}={group}"]) for group in groups]
    return texts if len(texts) <= MOST_GROUPS else []


def ask_about_groups(draft: Draft, times: Times | None, columns: Sequence[Column]) -> None:
    """Ask which series is wanted where several share the times, and a column tells them apart.

    columns: of numbers, of which one may hold times in each series.
    """
    names = draft.layout.names
    chosen = conditions_of(draft.recipe.only, names)
    known = [f"{names[at]}={value}" for at, value in chosen.items()]
    if draft.orientation == "rows" or ALL in words_of(draft.recipe.only):
        return
    if times is not None:
        at = _telling_column(draft, times.values) if _several(times) else None
    else:
        told = (_telling_years(draft, column) for column in columns)
        at = next((place for place in told if place is not None), None)
    if at is None or is_ledger([column.values for column in columns]):
        return
    if times is not None and _are_rare(draft.cells[at], times):
        draft.notes.append(f"{draft.names[at]} differs among rows of one time: read as one series")
        return
    name, groups = draft.names[at], list(dict.fromkeys(draft.cells[at]))
    draft.told_apart = name
    below = _is_in_blocks(draft.cells[at])
    draft.ask(
        "only",
        f"{len(groups)} series {'lie one below the other' if below else 'take turns'}, told apart "
        f"by {name}; they are read as one.",
        draft.names,
        *(_mend(known, name, group) for group in groups[:MOST_OFFERED]),
        ("All as one", (("only", shlex.join([*known, ALL])),)),
    )


def is_ledger(columns: Sequence[NDArray[np.float64]]) -> bool:
    """Whether one of the columns (n,) is the balance of another from row to row."""
    for balance, changes in permutations(columns[:MOST_COLUMNS], 2):
        if len(balance) < LEDGER or np.isnan(balance).any() or np.ptp(changes) == 0:
            continue
        close = 1e-9 * np.abs(balance).max()
        steps = np.diff(balance)
        if any(
            np.allclose(*pair, rtol=0, atol=close)
            for pair in ((steps, changes[1:]), (-steps, changes[:-1]))
        ):
            return True
    return False


def _telling_years(draft: Draft, column: Column) -> int | None:
    """The column of words whose groups have years, or other times, that go one way each."""
    for at in _of_few_words(draft)[:MOST_COLUMNS]:
        cells = draft.cells[at]
        if draft.kinds[at] != "text" or all(map(month_of, cells)):
            continue
        places: dict[str, list[int]] = {}
        for row, cell in enumerate(cells):
            places.setdefault(cell, []).append(row)
        if len(column.values) == len(cells) and all(
            numeric_format(column.name, column.values[rows], first=False)
            for rows in places.values()
        ):
            return at
    return None


def _mend(known: Sequence[str], name: str, group: str) -> Mend:
    return f"Only {group[:LONGEST]}", (("only", only_of([*known, f"{name}={group}"])),)


def _several(times: Times) -> bool:
    """Whether times go back, or many come again."""
    course = times.course
    return course.order == "mixed" or course.doubles >= LEAST_DOUBLES * len(times.values)


def _telling_column(draft: Draft, times: NDArray[np.datetime64]) -> int | None:
    """The column whose groups have times that go one way each; with a second one if need be."""
    places = _of_few_words(draft)[:MOST_COLUMNS]
    words = [at for at in places if draft.kinds[at] != "number"]
    for some in (words, places):
        found = _telling_among(some, draft.cells, times)
        if found is not None:
            return found
    return None


def _telling_among(
    places: Sequence[int], cells: Sequence[Sequence[str]], times: NDArray[np.datetime64]
) -> int | None:
    for at in places:
        if _goes_one_way(cells[at], times) or _is_in_blocks(cells[at]):
            return at
    for at, other in combinations(places, 2):
        if _goes_one_way(list(zip(cells[at], cells[other], strict=True)), times):
            return at
    return None


def _of_few_words(draft: Draft) -> list[int]:
    """The columns in which few different words or whole numbers stand."""
    found = []
    for at, (kind, column) in enumerate(zip(draft.kinds, draft.cells, strict=True)):
        few = 1 < len(set(column)) <= min(len(column) // 3, MOST_GROUPS)
        whole = kind != "number" or all(cell.isdecimal() for cell in column)
        tells = kind in ("text", "padded", "number") and not all(map(_CLOCK.match, column))
        if few and whole and tells:
            found.append(at)
    return found


def _are_rare(column: Sequence[str], times: Times) -> bool:
    """Whether each word comes in few rows and at few of the times, as the payees of an account."""
    words, moments = len(set(column)), len(np.unique(times.values))
    few = len(column) < FEW_ROWS * words and LEAST_SHARE * words * moments > len(column)
    return few and times.course.order != "mixed"


def _is_in_blocks(column: Sequence[str]) -> bool:
    changes = sum(before != after for before, after in pairwise(column))
    return changes == len(set(column)) - 1


def _goes_one_way(groups: Sequence[object], times: NDArray[np.datetime64]) -> bool:
    """Whether the times (n,) of each group rise, or those of each fall."""
    seconds = times.astype("datetime64[s]").astype(np.int64)
    numbers = {group: at for at, group in enumerate(dict.fromkeys(groups))}
    group = np.array([numbers[each] for each in groups])[~np.isnat(times)]
    order = np.argsort(group, kind="stable")
    same = np.diff(group[order]) == 0
    steps = np.diff(seconds[~np.isnat(times)][order])[same]
    enough = len(numbers) <= len(groups) // 3 and len(steps) > 0
    return enough and bool((steps > 0).all() or (steps < 0).all())
