"""Tables in files of any size: small ones are read whole, large ones by their two ends first.

What a table is like is judged by its first and last lines; pandas then reads the columns of numbers
in chunks, and what does not fit that judgement is asked about.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from sandbox.reading import table_lines
from sandbox.reading.course import course_of
from sandbox.reading.data import Report, name_of, silent
from sandbox.reading.doubts import Question
from sandbox.reading.encoding import encodings_of_table
from sandbox.reading.large_tables import LargeTable, NotInChunks
from sandbox.reading.layout import LOOKED_AT, NoTable, layout_of
from sandbox.reading.recipe import Recipe
from sandbox.reading.table import NoNumbers, Table, table_of
from sandbox.validation import ExperimentError

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    import numpy as np
    from numpy.typing import NDArray

FEW_ROWS, PROSE = 5, 0.3  # fewer rows than these, of all lines, are no table
MOST_ROWS = 0.7  # of the lines from the first row on, in a file that is not called a table
_NAMES = {
    "cp1250": "Windows-1250",
    "cp1251": "Windows-1251",
    "cp1252": "Windows-1252",
    "cp1253": "Windows-1253",
    "cp1254": "Windows-1254",
    "cp1257": "Windows-1257",
    "iso8859-2": "ISO-8859-2",
    "iso8859-5": "ISO-8859-5",
    "iso8859-7": "ISO-8859-7",
    "koi8-r": "KOI8-R",
    "mac-roman": "Macintosh",
}
_kept_times: dict[tuple[Path, str], NDArray[np.datetime64]] = {}  # of the last large table


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
        encodings = (encoding,) if encoding else encodings_of_table(path)
        encoding = encodings[0]
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
    return TableFile(_asked_about_names(table, encodings, recipe), encoding)


def with_all_times(path: Path, table: Table, recipe: Recipe, report: Report = silent) -> Table:
    """The table with the time of every row; of a large one they are read anew, and kept.

    report: is told the share that is read.  ExperimentError if they cannot be, since they do not
    stand in one column or two.
    """
    times = table.times
    if times is None or len(times.values) == len(table.columns[0].values):
        return table
    key = path, str(recipe.of_rows())
    try:
        values = _kept_times.get(key)
        if values is None:
            encoding = recipe.encoding or encodings_of_table(path)[0]
            values = LargeTable(path, encoding, report).times(table, recipe)
            _kept_times.clear()
            _kept_times[key] = values
    except NotInChunks:
        accepts = "none for this table, since its times can be read from a smaller file only"
        raise ExperimentError("data.time", times.name, accepts) from None
    return replace(table, times=replace(times, values=values, course=course_of(values)))


def is_table(path: Path) -> bool:
    """Whether the first lines of a file are rows of a table rather than a text; OSError."""
    try:
        lines = table_lines.first_lines(path, encodings_of_table(path)[0])[:LOOKED_AT]
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


def _asked_about_names(table: Table, encodings: Sequence[str], recipe: Recipe) -> Table:
    """The table, where names that other encodings write in other letters are asked about."""
    names = {
        column.name: [(each, _in_encoding(column.name, encodings[0], each)) for each in encodings]
        for column in table.columns
    }
    unsure = {name: told for name, told in names.items() if len({words for _, words in told}) > 1}
    if not unsure:
        return table
    told = [(each, words) for each, words in next(iter(unsure.values())) if words]
    mends = tuple(
        (f"{words} ({_NAMES.get(each, each)})", (("encoding", each),)) for each, words in told
    )
    text = f"A name could be {' or '.join(repr(words) for _, words in told)}: {told[0][1]} is read."
    question = Question("encoding", text, mends, tuple(unsure))
    columns = [
        replace(column, sure=column.sure and (recipe.accept or column.name not in unsure))
        for column in table.columns
    ]
    return replace(table, columns=tuple(columns), questions=(*table.questions, question))


def _in_encoding(text: str, encoding: str, other: str) -> str:
    """What a text in one encoding is in another, "" if it is nothing there."""
    try:
        return text.encode(encoding).decode(other)
    except UnicodeError:
        return ""


def _refuse_prose(table: Table) -> None:
    """Raise NoTable where hardly any line looks like a row of a table."""
    inside = len(table.layout.body.inside)
    told = sum(map(bool, table.layout.body.rows))
    if inside < FEW_ROWS and inside < PROSE * told:
        raise NoTable(f"only {inside} of {told} lines that look like rows of one")
