"""The search: words and "gap:50" as typed, and the choices beside them."""

from __future__ import annotations

import operator
import re
import sys
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal, get_args

if TYPE_CHECKING:
    from collections.abc import Callable

    from sandbox.gui.history.listing import Row

Outcome = Literal["", "solved", "not solved", "diverged", "interrupted", "damaged"]
OUTCOMES: tuple[Outcome, ...] = get_args(Outcome)[1:]
_RANGE = re.compile(
    r"(?P<low>[0-9]{1,9})-(?P<high>[0-9]{0,9})|(?P<sign>[<>]=?|=?)(?P<number>[0-9]{1,9})"
)
COMPARISONS = {
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
    "=": operator.eq,
    "": operator.eq,
}
NUMBERS = "a number (50), a range (20-100, 20-) or a limit (>50)"
HINT = (
    "Finds runs with all these words in their task, ID, note or contestants. "
    "Also: gap:50, gap:20-100, seed:0, task:recall, cell:gru, solved:lstm, diverged:rnn, "
    "is:interrupted, star."
)


@dataclass(frozen=True)
class Query:
    """What to search for.  cell: a cell's name; gap: None for any."""

    text: str = ""
    task: str = ""
    gap: int | None = None
    cell: str = ""
    outcome: Outcome = ""
    starred: bool = False

    @property
    def narrows(self) -> bool:
        """Whether it leaves any run out."""
        return self != Query(text=self.text) or bool(self.text.strip())


class Unclear(ValueError):
    """A typed word that cannot be understood; its text is a sentence for the person."""


def matcher(query: Query) -> Callable[[Row], bool]:
    """The test of a row; raises Unclear for a word that cannot be understood."""
    tests = [_typed(word) for word in query.text.casefold().split()]
    if query.task:
        tests.append(lambda row: row.info.task == query.task)
    if query.gap is not None:
        tests.append(lambda row: row.info.gap == query.gap)
    if query.cell:
        tests.append(lambda row: query.cell in row.cells)
    if query.outcome:
        tests.append(OUTCOME_TESTS[query.outcome])
    if query.starred:
        tests.append(_is_starred)
    return lambda row: all(test(row) for test in tests)


def _typed(word: str) -> Callable[[Row], bool]:
    """The test of one typed word; "gap:" and "gap:>" are still being typed and match all."""
    key, colon, value = word.partition(":")
    if word in ("star", "starred", "is:star", "is:starred"):
        return _is_starred
    if not colon or key not in _KEYS:
        return lambda row: word in row.searched
    return _KEYS[key](value) if value.rstrip("<>=-") else lambda row: True


def _is_starred(row: Row) -> bool:
    return row.info.star


OUTCOME_TESTS: dict[str, Callable[[Row], bool]] = {
    "solved": lambda row: bool(row.solvers),
    "not solved": lambda row: not row.solvers and not row.info.damage,
    "diverged": lambda row: bool(row.diverged),
    "interrupted": lambda row: row.info.interrupted,
    "damaged": lambda row: row.info.damage is not None,
}


def _outcome(value: str) -> Callable[[Row], bool]:
    known = {name.replace(" ", "-"): test for name, test in OUTCOME_TESTS.items()}
    begun = [test for name, test in known.items() if name.startswith(value)]
    if not begun:
        raise Unclear(f"is: takes one of star, {', '.join(known)}.")
    return known.get(value, begun[0])


def _gap(value: str) -> Callable[[Row], bool]:
    fits = _numbers("gap", value)
    return lambda row: row.info.gap is not None and fits(row.info.gap)


def _seed(value: str) -> Callable[[Row], bool]:
    fits = _numbers("seed", value)
    return lambda row: not row.info.damage and fits(row.info.seed)


def _numbers(key: str, value: str) -> Callable[[int], bool]:
    read = _RANGE.fullmatch(value)
    if read is None:
        raise Unclear(f"{key}: takes {NUMBERS}.")
    if read["low"]:
        low, high = int(read["low"]), int(read["high"] or sys.maxsize)
        return lambda number: low <= number <= high
    limit, compare = int(read["number"]), COMPARISONS[read["sign"]]
    return lambda number: compare(number, limit)


_KEYS: dict[str, Callable[[str], Callable[[Row], bool]]] = {
    "gap": _gap,
    "seed": _seed,
    "is": _outcome,
    "task": lambda value: lambda row: value in f"{row.info.task} {row.task}".casefold(),
    "note": lambda value: lambda row: value in row.info.note.casefold(),
    "cell": lambda value: lambda row: value in row.cells,
    "solved": lambda value: lambda row: value in row.solvers,
    "diverged": lambda value: lambda row: value in row.diverged,
}
