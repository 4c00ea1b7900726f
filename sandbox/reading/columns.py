"""Tables that were opened, and their columns by name or number."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sandbox.reading.data import Report, path_of, silent
from sandbox.reading.recipe import recipe_of
from sandbox.reading.table_files import TableFile, read_table
from sandbox.validation import ExperimentError

if TYPE_CHECKING:
    from pathlib import Path

    from sandbox.reading.doubts import Question
    from sandbox.reading.number_columns import Column
    from sandbox.reading.table import Table

TABLES = 2  # kept in memory
_kept: dict[tuple[Path, str], TableFile] = {}


def opened(data: str, recipe: str, report: Report = silent) -> TableFile:
    """The adopted table, read by the recipe, a text, and kept in memory for a while.

    ExperimentError says in a sentence why it cannot be read.
    """
    path = path_of(data)
    choices = recipe_of(recipe).of_rows()
    key = path, str(choices)
    found = _kept.pop(key, None) or read_table(path, choices, report)
    for oldest in list(_kept)[: 1 - TABLES]:
        _kept.pop(oldest, None)
    _kept[key] = found
    return found


def named(table: Table, name: str, column: str, field: str = "column") -> Column:
    """The column with this name, or this number from 1 among all of the file; "" is the first.

    name: of the file.  ExperimentError names the field if there is none, or if it is in doubt.
    """
    found = _found(table, name, column, field) if column else table.columns[0]
    if not found.sure:
        question = next(each for each in table.questions if found.name in each.columns)
        raise ExperimentError(field, found.name, f"an answer first. {settled_by(question)}")
    return found


def _found(table: Table, name: str, column: str, field: str) -> Column:
    names = table.layout.names
    number = int(column) if column.isascii() and column.isdigit() else 0
    wanted = names[number - 1] if column not in names and 1 <= number <= len(names) else column
    for each in table.columns:
        if each.name == wanted:
            return each
    numeric = [each.name for each in table.columns]
    listed = ", ".join(numeric[:8]) + (", …" if numeric[8:] else "")
    raise ExperimentError(field, column, f"a column of numbers of {name}: {listed}")


def settled_by(question: Question) -> str:
    """A question, and what to say on the command line to settle it."""
    ways = [
        " ".join(f"--set data.{name}={_typed(value)}" for name, value in choices)
        for _, choices in question.mends
    ]
    ways.append("--set data.accept=true to take it as it is read")
    return f"{question.text} Say {', or '.join(ways)}"


def _typed(value: object) -> str:
    text = str(value)
    sign = '"' if "'" in text else "'" if " " in text else ""
    return {" ": "space"}.get(text, f"{sign}{text}{sign}")
