"""Tables in files of any size: small ones are read whole, large ones by their two ends first.

What a table is like is judged by its first and last lines; pandas then reads the columns of numbers
in chunks, and what does not fit that judgement is asked about.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from sandbox.reading import table_lines
from sandbox.reading.data import Report, name_of, silent
from sandbox.reading.encoding import encoding_of
from sandbox.reading.large_tables import LargeTable, NotInChunks
from sandbox.reading.layout import LOOKED_AT, NoTable, layout_of
from sandbox.reading.recipe import Recipe
from sandbox.reading.table import NoNumbers, Table, table_of
from sandbox.validation import ExperimentError

if TYPE_CHECKING:
    from pathlib import Path

FEW_ROWS, PROSE = 5, 0.3  # fewer rows than these, of all lines, are no table
MOST_ROWS = 0.7  # of the lines from the first row on, in a file that is not called a table


@dataclass(frozen=True)
class TableFile:
    """A table and the encoding of its file."""

    table: Table
    encoding: str


def read_table(path: Path, recipe: Recipe, report: Report = silent) -> TableFile:
    """Read a table as the recipe wants it.

    ExperimentError says in a sentence why it cannot be read, or that a choice does not fit.
    """
    name, encoding = name_of(path.name), recipe.encoding
    try:
        encoding = encoding or encoding_of(path)
        table = _read(path, encoding, recipe, report)
        _refuse_prose(table)
    except (NoTable, NoNumbers) as error:
        accepts = f"a table with a column of numbers, and {name} has {error}"
        raise ExperimentError("data", name, accepts) from None
    except OSError as error:
        accepts = f"a file that can be read ({error.strerror})"
        raise ExperimentError("data", name, accepts) from None
    except LookupError:
        accepts = "the name of an encoding, such as utf-8 or cp1252"
        raise ExperimentError("data.encoding", encoding, accepts) from None
    except UnicodeError:
        accepts = f"text that is {encoding} throughout: save {name} as UTF-8 and open it again"
        raise ExperimentError("data", name, accepts) from None
    return TableFile(table, encoding)


def is_table(path: Path) -> bool:
    """Whether the first lines of a file are rows of a table rather than a text; OSError."""
    try:
        lines = table_lines.first_lines(path, encoding_of(path))[:LOOKED_AT]
        body = layout_of([f"{line}\n" for line in lines], Recipe()).body
    except (NoTable, ExperimentError):
        return False
    told = [place for place, row in enumerate(body.rows) if row]
    inside, below = len(body.inside), sum(place >= min(body.inside, default=0) for place in told)
    return inside >= FEW_ROWS and inside > PROSE * len(told) and inside > MOST_ROWS * below


def _read(path: Path, encoding: str, recipe: Recipe, report: Report) -> Table:
    lines, _ = table_lines.lines_of(path, encoding)
    if path.stat().st_size <= table_lines.WHOLE:
        return table_of(lines, recipe, report=report)
    try:
        return table_of(lines, recipe, LargeTable(path, encoding, report).numbers)
    except NotInChunks:
        return table_of(table_lines.all_lines(path, encoding), recipe, report=report)


def _refuse_prose(table: Table) -> None:
    """Raise NoTable where hardly any line looks like a row of a table."""
    inside = len(table.layout.body.inside)
    told = sum(map(bool, table.layout.body.rows))
    if inside < FEW_ROWS and inside < PROSE * told:
        raise NoTable(f"only {inside} of {told} lines that look like rows of one")
