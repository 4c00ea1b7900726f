"""Cells of a column of numbers that are none: missing and told of, or asked about."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sandbox.reading.doubts import missing_mends
from sandbox.reading.kinds import is_figure, kind_of
from sandbox.reading.missing_words import surely_missing
from sandbox.reading.tally import BELOW
from sandbox.reading.words_for_numbers import may_be_number

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sandbox.reading.draft import Draft
    from sandbox.reading.tally import Tally

CLEAN = 0.7  # the least share of numbers among which a word is no number
SHOWN = 3  # odd cells in a question or a note


def settle_odd_cells(draft: Draft, name: str, tally: Tally) -> None:
    """Count the cells of a column that stand for no number as missing; asks about the others."""
    gone = _that_are_missing(draft, name, tally)
    if gone:
        times = sum(tally.odd[word] for word in gone)
        cells = "1 cell" if times == 1 else f"{times:,} cells"
        verb = "is" if len(gone) == 1 else "are"
        draft.notes.append(f"{_listed(gone)} in {cells} of {name} {verb} read as missing")
    for word in gone:
        tally.missing[word.lower()] += tally.odd.pop(word)
    _ask_about_odd_cells(draft, name, tally)
    _ask_about_limits(draft, name, tally)


def _that_are_missing(draft: Draft, name: str, tally: Tally) -> list[str]:
    """The odd cells of a column that can stand for nothing else, the most frequent first."""
    if not tally.odd:
        return []
    numbers, words = tally.afters.total(), [word for word, _ in tally.odd.most_common()]
    if len(words) == 1 and surely_missing(words[0], tally.odd[words[0]], numbers):
        return words
    if numbers < CLEAN * (numbers + tally.odd.total() + tally.limits.total()):
        return []
    others = [word for word in words if word != name and not may_be_number(word)]
    beside = _beside_figures(draft, name, others)
    return [word for word in others if word in beside]


def _beside_figures(draft: Draft, name: str, words: Sequence[str]) -> set[str]:
    """The words that stand only in rows with a figure, unlike units, headings and remarks.

    A first row that no header stands above may be one.  Of a large file, the ends are seen.
    """
    if not words:
        return set()
    at, wanted = draft.names.index(name), set(words)
    others = [column for place, column in enumerate(draft.cells) if place != at]
    found = {True: set[str](), False: set[str]()}
    for row, cell in enumerate(draft.cells[at]):
        if cell in wanted:
            names = row == 0 and not draft.layout.header
            figure = any(is_figure(kind_of(column[row])) for column in others)
            found[figure and not names].add(cell)
    return found[True] - found[False]


def _listed(words: Sequence[str]) -> str:
    """The first words of some, in quotes, and how many more there are."""
    rest = len(words) - SHOWN
    more = f" and {rest} other{'s' * (rest > 1)}" if rest > 0 else ""
    return ", ".join(repr(word[:20]) for word in words[:SHOWN]) + more


def _ask_about_odd_cells(draft: Draft, name: str, tally: Tally) -> None:
    if not tally.odd:
        return
    words = [word for word, _ in tally.odd.most_common()]
    what = _counted(tally.odd.total(), "cell that is no number", "cells that are no numbers")
    draft.ask(
        "missing",
        f"{name} has {what}: {_listed(words)}; read as missing.",
        [name],
        *missing_mends(draft.recipe.missing, tally.odd),
    )


def _ask_about_limits(draft: Draft, name: str, tally: Tally) -> None:
    if not tally.limits or draft.recipe.limits:
        return
    what = _counted(tally.limits.total(), "value", "values")
    below = any(cell[0] in BELOW for cell in tally.limits)
    draft.ask(
        "missing",
        f"{name} has {what} below or above a limit, such as {next(iter(tally.limits))}; "
        "read as missing.",
        [name],
        ("They are missing", (("limits", "missing"),)),
        ("Take the limit", (("limits", "limit"),)),
        *[("Half, if below", (("limits", "half"),))] * below,
    )


def _counted(many: int, one: str, several: str) -> str:
    return f"{many:,} {one if many == 1 else several}"
