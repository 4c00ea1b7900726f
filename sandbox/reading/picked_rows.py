"""Rows that are picked by what stands in a column, as station=A."""

from __future__ import annotations

import shlex
from typing import TYPE_CHECKING

from sandbox.reading.recipe import words_of
from sandbox.validation import ExperimentError

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

ALL = "all"  # in a list of conditions: every row, though they are of several series
OTHER = "it is of another series"  # why a row is left out
MOST_NAMED = 8  # in a message


def conditions_of(only: str, names: Sequence[str]) -> dict[int, str]:
    """What has to stand in which columns, by their indices.

    ExperimentError if a condition names no column.
    """
    found: dict[int, str] = {}
    for word in words_of(only, lower=False):
        fitting = [name for name in names if word.startswith(f"{name}=")]
        if fitting:
            name = max(fitting, key=len)
            found[names.index(name)] = word[len(name) + 1 :]
        elif found and word != ALL:  # station=North Weir, typed without quotes
            last = list(found)[-1]
            found[last] = f"{found[last]} {word}"
        elif word != ALL:
            accepts = "a column and what stands in it, such as {}=…; columns are {}"
            raise ExperimentError("data.only", word, accepts.format(names[0], ", ".join(names[:8])))
    return found


def only_of(conditions: Sequence[str]) -> str:
    """The conditions as one text; a single one is as people type it, without quotes if it can."""
    if len(conditions) == 1:
        text = conditions[0]
        if text == " ".join(words_of(text, lower=False)) and ALL not in text.split():
            return text
    return shlex.join(conditions)


def fits(row: Sequence[str], conditions: Mapping[int, str]) -> bool:
    """Whether a row of plain cells meets all conditions."""
    return all(len(row) > at and row[at] == value for at, value in conditions.items())


def refuse_none(only: str, rows: Sequence[Sequence[str]], conditions: Mapping[int, str]) -> None:
    """Raise ExperimentError if no row meets all conditions; it says what does stand there."""
    if any(fits(row, conditions) for row in rows):
        return
    stands = {at: {row[at] for row in rows} for at in conditions}
    at = next((at for at in conditions if conditions[at] not in stands[at]), list(conditions)[-1])
    there = list(dict.fromkeys(row[at] for row in rows if row[at]))
    listed = ", ".join(there[:MOST_NAMED]) + ", …" * (len(there) > MOST_NAMED)
    raise ExperimentError("data.only", only, f"what stands in that column: {listed}")
