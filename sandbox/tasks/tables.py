"""The numbers in the columns of the user's tables.

Messages count rows by the file's lines, from 1, including the header.
"""

from __future__ import annotations

import csv
from dataclasses import dataclass
from functools import lru_cache
from io import TextIOWrapper
from itertools import islice
from typing import TYPE_CHECKING

import numpy as np

from sandbox.tasks.data import Report, from_cache, into_cache, name_of, path_of, silent
from sandbox.tasks.table_layout import MISSING, NUMBER, Layout, layout_of
from sandbox.validation import ExperimentError

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from pathlib import Path

    from numpy.typing import NDArray


ROWS_PER_READ = 4_000
MOST_NAMED = 3  # rows that a message names
VERSION = 1  # of the cached arrays


@dataclass(frozen=True)
class Column:
    """One column as it was read.

    values: float64 (n,), NaN where there is no number.  row: the first cell that is neither a
    number nor empty, counted from 0 below the header, or None.  cell: its text.
    """

    values: NDArray[np.float64]
    row: int | None = None
    cell: str = ""


def opened(path: Path, report: Report = silent) -> tuple[Layout, Mapping[int, Column]]:
    """The layout of an adopted table and its numeric columns by index, which are then cached.

    ExperimentError if there is no such column.
    """
    layout = layout_of(path)
    wanted = tuple(index for index, has in enumerate(layout.numeric) if has)
    if not wanted:
        name = name_of(path.name)
        raise ExperimentError("data", name, f"a table with a numeric column, and {name} has none")
    columns = _columns(path, layout, wanted, report)
    for index, column in columns.items():
        if column.row is None:
            into_cache(_stored(path, index), column.values)
    return layout, columns


def column_of(data: str, column: str, missing: str) -> NDArray[np.float64]:
    """The values (n,) of a column of an adopted table; "" is its first numeric column.

    missing: "refuse", "skip" rows without a value, or "carry" the last value on.
    ExperimentError says what cannot be read and where.
    """
    return _column(path_of(data), column, missing)


@lru_cache(maxsize=8)
def _column(path: Path, column: str, missing: str) -> NDArray[np.float64]:
    layout = layout_of(path)
    index = _index(path, layout, column)
    name = layout.names[index]
    values = from_cache(_stored(path, index))
    if values is None:
        read = _columns(path, layout, (index,))[index]
        if read.row is not None:
            line = _lines_of(path, layout, [read.row])[0]
            accepts = f"a numeric column, and row {line} of this one is {read.cell[:30]!r}"
            raise ExperimentError("column", name, f"{accepts}; {_numeric_ones(layout)}")
        values = into_cache(_stored(path, index), read.values)
    return _complete(path, layout, name, values, missing)


def _complete(
    path: Path, layout: Layout, column: str, values: NDArray[np.float64], missing: str
) -> NDArray[np.float64]:
    """The values without NaN; ExperimentError if `missing` is "refuse" and some are missing."""
    gaps = np.isnan(values)
    if not gaps.any():
        return np.asarray(values)
    if missing == "skip":
        return values[~gaps]
    first = int(gaps.argmin())
    if missing == "carry" and not gaps.all():
        last = np.maximum.accumulate(np.where(gaps, 0, np.arange(len(values))))
        return values[last][first:]
    rows = _lines_of(path, layout, np.flatnonzero(gaps)[:MOST_NAMED].tolist())
    count = int(gaps.sum())
    listed = " and ".join(filter(None, [", ".join(map(str, rows[:-1])), str(rows[-1])]))
    where = f"in {'row' if len(rows) == 1 else 'rows'} {listed}"
    more = f" and {count - len(rows):,} more" if count > len(rows) else ""
    accepts = f"skip (leave out such rows) or carry (repeat the last value), since {column} has"
    raise ExperimentError("missing", missing, f"{accepts} no value {where}{more}")


def _stored(path: Path, index: int) -> str:
    """The column's name in the cache."""
    return f"{path.name}.{index}.{VERSION}.npy"


def _index(path: Path, layout: Layout, column: str) -> int:
    """The index of the column with this name or number (from 1); "" is the first numeric one."""
    if not column and any(layout.numeric):
        return layout.numeric.index(True)
    if column in layout.names:
        return layout.names.index(column)
    number = int(column) if column.isascii() and column.isdigit() else 0
    if 1 <= number <= len(layout.names):
        return number - 1
    accepts = _numeric_ones(layout)
    if any(layout.numeric):
        accepts = f"a column of {name_of(path.name)}; {accepts}"
    raise ExperimentError("column", column or name_of(path.name), accepts)


def _numeric_ones(layout: Layout) -> str:
    names = [name for name, has in zip(layout.names, layout.numeric, strict=True) if has]
    if not names:
        return "a table with a numeric column, and this one has none"
    return "the numeric ones are " + ", ".join(names[:8]) + (", …" if names[8:] else "")


def _columns(
    path: Path, layout: Layout, wanted: Sequence[int], report: Report = silent
) -> dict[int, Column]:
    """Read these columns of the whole table."""
    parts: dict[int, list[NDArray[np.float64]]] = {index: [] for index in wanted}
    wrong: dict[int, tuple[int, str]] = {}
    done = 0
    for rows in _batches(path, layout, report):
        for index in wanted:
            cells = [row[index] if index < len(row) else "" for row in rows]
            values, bad = _numbers(cells, layout.decimal)
            parts[index].append(values)
            if bad is not None:
                wrong.setdefault(index, (done + bad, cells[bad].strip()))
        done += len(rows)
    found = {index: np.concatenate([np.zeros(0), *parts[index]]) for index in wanted}
    return {index: Column(found[index], *wrong.get(index, (None, ""))) for index in wanted}


def _batches(path: Path, layout: Layout, report: Report = silent) -> Iterator[list[list[str]]]:
    """The rows below the header that are not empty, ROWS_PER_READ at a time."""
    size = max(path.stat().st_size, 1)
    with path.open("rb") as raw, TextIOWrapper(raw, layout.encoding, newline="") as file:
        reader = csv.reader(file, delimiter=layout.separator)
        rows = filter(None, reader)
        try:
            if layout.header:
                next(rows, None)
            while batch := list(islice(rows, ROWS_PER_READ)):
                yield batch
                report(min(raw.tell() / size, 1.0))
        except csv.Error:
            accepts = f"a table with closed quotation marks; see row {reader.line_num:,}"
            raise ExperimentError("data", name_of(path.name), accepts) from None
        except UnicodeError:
            accepts = f"text in one encoding: save {name_of(path.name)} as UTF-8 and open it again"
            raise ExperimentError("data", name_of(path.name), accepts) from None


def _lines_of(path: Path, layout: Layout, rows: Sequence[int]) -> list[int]:
    """The file's lines on which these rows end; both ascending."""
    found: list[int] = []
    with path.open(encoding=layout.encoding, newline="") as file:
        reader = csv.reader(file, delimiter=layout.separator)
        for number, _ in enumerate(filter(None, reader), -1 if layout.header else 0):
            if number in rows:
                found.append(reader.line_num)
            if number == rows[-1]:
                break
    return found


def _numbers(cells: list[str], decimal: str) -> tuple[NDArray[np.float64], int | None]:
    """The cells as numbers, NaN if empty, and the index of the first that is neither."""
    if decimal == ",":
        cells = [cell.replace(",", ".") if "." not in cell else "x" for cell in cells]
    try:
        values = np.array(list(map(float, cells)), np.float64)
    except ValueError:
        values = np.full(len(cells), np.nan)
    if np.isfinite(values).all() and "_" not in "".join(cells):
        return values, None
    bad = None
    for place, cell in enumerate(cells):
        plain = cell.strip()
        number = NUMBER.fullmatch(plain)
        values[place] = float(plain) if number else np.nan
        if bad is None and not number and plain.lower() not in MISSING:
            bad = place
    return values, bad
