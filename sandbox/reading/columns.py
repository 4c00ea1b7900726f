"""One column of a person's table, as numbers without gaps."""

from __future__ import annotations

import hashlib
from functools import lru_cache
from typing import TYPE_CHECKING

import numpy as np

from sandbox.reading.data import Report, from_cache, into_cache, name_of, path_of, silent
from sandbox.reading.recipe import TURNED, recipe_of
from sandbox.reading.table_files import TableFile, read_table
from sandbox.validation import ExperimentError

if TYPE_CHECKING:
    from pathlib import Path

    from numpy.typing import NDArray

    from sandbox.reading.doubts import Question
    from sandbox.reading.number_columns import Column
    from sandbox.reading.table import Table

VERSION = 2  # of the cached arrays
MOST_NAMED = 3  # rows that a message names
TABLES = 2  # kept in memory


def opened(data: str, recipe: str, report: Report = silent) -> TableFile:
    """The adopted table, read by the recipe, a text, and kept in memory for a while.

    ExperimentError says in a sentence why it cannot be read.
    """
    return _opened(path_of(data), recipe, report)


_kept: dict[tuple[Path, str], TableFile] = {}


def _opened(path: Path, recipe: str, report: Report = silent) -> TableFile:
    """The table from memory, or read anew."""
    key = path, str(recipe_of(recipe))
    found = _kept.pop(key, None) or read_table(path, recipe_of(recipe), report)
    for oldest in list(_kept)[: 1 - TABLES]:
        _kept.pop(oldest, None)
    _kept[key] = found
    return found


def column_of(data: str, column: str, missing: str, recipe: str = "") -> NDArray[np.float64]:
    """The values (n,) of a column of an adopted table; "" is its first column of numbers.

    column: its name, or its number from 1 among all columns of the file.  missing: "refuse", "skip"
    rows without a value, "carry" the last value on, "interpolate" between neighbours, or leave
    them "unknown", as NaN.  recipe: as text.  ExperimentError says what cannot be
    read, or what has to be settled first.
    """
    return _column(path_of(data), column, missing, str(recipe_of(recipe)))


@lru_cache(maxsize=8)
def _column(path: Path, column: str, missing: str, recipe: str) -> NDArray[np.float64]:
    values = from_cache(_stored(path.name, recipe, column)) if column else None
    if values is not None and not np.isnan(values).any():
        return values
    table = _opened(path, recipe).table
    found = _named(table, path, column)
    if not found.sure:
        _refuse(table, found)
    values = into_cache(_stored(path.name, recipe, found.name), found.values)
    return _complete(table, found.name, values, missing)


def _stored(data: str, recipe: str, column: str) -> str:
    """The column's name in the cache."""
    key = hashlib.sha256(f"{recipe_of(recipe)}\n{column}".encode()).hexdigest()[:16]
    return f"{data}.{key}.{VERSION}.npy"


def _named(table: Table, path: Path, column: str) -> Column:
    """The column with this name or number; "" is the first."""
    if not column:
        return table.columns[0]
    names = table.layout.names
    number = int(column) if column.isascii() and column.isdigit() else 0
    wanted = names[number - 1] if column not in names and 1 <= number <= len(names) else column
    for each in table.columns:
        if each.name == wanted:
            return each
    numeric = [each.name for each in table.columns]
    listed = ", ".join(numeric[:8]) + (", …" if numeric[8:] else "")
    accepts = f"a column of numbers of {name_of(path.name)}: {listed}"
    raise ExperimentError("column", column, accepts)


def _refuse(table: Table, column: Column) -> None:
    """Raise ExperimentError with the first question about a column."""
    question = next(each for each in table.questions if column.name in each.columns)
    raise ExperimentError("column", column.name, f"an answer first. {settled_by(question)}")


def settled_by(question: Question) -> str:
    """A question, and what to say on the command line to settle it."""
    ways = [
        " ".join(f"--set data.{name}={_typed(value)}" for name, value in choices)
        for _, choices in question.mends
    ]
    ways.append("--set data.accept=true to take it as it is read")
    return f"{question.text} Say {', or '.join(ways)}"


def _typed(value: object) -> str:
    return {" ": "space"}.get(str(value), f"'{value}'" if " " in str(value) else str(value))


def _complete(
    table: Table, column: str, values: NDArray[np.float64], missing: str
) -> NDArray[np.float64]:
    """The values without NaN; ExperimentError if `missing` is "refuse" and some are missing."""
    found = filled(values, missing)
    if found is not None:
        return found[0]
    gaps = np.isnan(values)
    ways = (
        "skip (leave out such rows), carry (repeat the last value), interpolate (between "
        "neighbours) or unknown (ask nothing there)"
    )
    where = _where(table, np.flatnonzero(gaps))
    raise ExperimentError("missing", missing, f"{ways}, since {column} has no value {where}")


def filled(
    values: NDArray[np.float64], missing: str
) -> tuple[NDArray[np.float64], NDArray[np.intp]] | None:
    """The values (m,) and the rows (m,) that they stand for; None to refuse those with NaN.

    Only "unknown" leaves NaN in them.
    """
    gaps = np.isnan(values)
    told = np.flatnonzero(~gaps)
    if missing == "unknown":
        return np.asarray(values), np.arange(len(values))
    if len(told) == len(values) or missing == "skip":
        return np.asarray(values[told]), told
    if missing == "carry" and len(told):
        last = np.maximum.accumulate(np.where(gaps, 0, np.arange(len(values))))
        return values[last][told[0] :], np.arange(told[0], len(values))
    if missing == "interpolate" and len(told):
        inside = np.arange(told[0], told[-1] + 1)
        return np.interp(inside, told, values[told]), inside
    return None


def _where(table: Table, rows: NDArray[np.intp]) -> str:
    """In which lines of the file these rows of values are, the first few by number."""
    lines = _lines_of(table, rows[:MOST_NAMED].tolist())
    if not lines:
        return f"in {len(rows):,} row{'s' * (len(rows) > 1)}"
    listed = " and ".join(filter(None, [", ".join(map(str, lines[:-1])), str(lines[-1])]))
    more = f" and {len(rows) - len(lines):,} more" if len(rows) > len(lines) else ""
    return f"in {'row' if len(lines) == 1 else 'rows'} {listed}{more}"


def _lines_of(table: Table, rows: list[int]) -> list[int]:
    """The rows of the file, from 1; none where a series is a row, or the file is large."""
    kept, count = table.layout.kept, len(table.columns[0].values)
    if table.orientation == "rows" or not count <= len(kept) <= count + 5:
        return []
    return sorted(kept[count - 1 - row if table.order == TURNED else row] + 1 for row in rows)
