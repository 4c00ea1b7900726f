"""Detect how a table is written: encoding, separator, header and decimal mark."""

from __future__ import annotations

import csv
import re
from dataclasses import dataclass
from functools import lru_cache
from itertools import chain, islice
from typing import TYPE_CHECKING

from sandbox.tasks.data import name_of
from sandbox.tasks.encoding import encoding_of
from sandbox.validation import ExperimentError

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

SEPARATORS = "\t;|,"  # the first wins a tie
MISSING = {"", "na", "n/a", "nan", "null", "none", "-", "--", "?", "."}
LOOKED_AT = 200  # rows
MOST_COLUMNS = 1000
NUMBER = re.compile(r"[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?", re.IGNORECASE)
_COMMA = re.compile(r"[+-]?\d*,\d+(e[+-]?\d+)?", re.IGNORECASE)


@dataclass(frozen=True)
class Layout:
    """How a table is written.

    names: of the columns; "column 1" and so on without a header.  decimal: "." or ",".
    numeric: whether each column has numbers in the rows that were looked at.
    """

    encoding: str
    separator: str
    header: bool
    decimal: str
    names: tuple[str, ...]
    numeric: tuple[bool, ...]


@lru_cache(maxsize=8)
def layout_of(path: Path) -> Layout:
    """The layout of a table, from its first rows; ExperimentError if it has no rows."""
    encoding, name = encoding_of(path), name_of(path.name)
    with path.open(encoding=encoding, newline="") as file:
        start = [line for line in islice(file, LOOKED_AT) if line.strip()]
    if not start:
        raise ExperimentError("data", name, f"a table with rows, and {name} has none")
    split = {separator: _split(start, separator) for separator in SEPARATORS}
    fitting = [separator for separator in SEPARATORS if _is_regular(split[separator])]
    separator = max(fitting, key=lambda one: _share_of_numbers(split[one], one), default=";")
    table = split[separator]
    decimal = _decimal(table, separator)
    header = _is_header(table, decimal)
    body, width = table[header:], max(map(len, table[:2]))
    names = _names(table[0] if header else [], width)
    numeric = tuple(_is_numeric(body, column, decimal) for column in range(width))
    return Layout(encoding, separator, header, decimal, names, numeric)


def _split(lines: list[str], separator: str) -> list[list[str]]:
    """Rows of stripped cells; none if quotation marks are not closed."""
    try:
        rows = list(filter(None, csv.reader(lines, delimiter=separator)))
    except csv.Error:
        return []
    return [[cell.strip() for cell in row] for row in rows]


def _is_regular(rows: list[list[str]]) -> bool:
    """Whether the rows have several cells, and nearly all as many as the first row."""
    if not rows or not 2 <= len(rows[0]) <= MOST_COLUMNS:
        return False
    return sum(len(row) == len(rows[0]) for row in rows) >= 0.9 * len(rows)


def _share_of_numbers(rows: list[list[str]], separator: str) -> float:
    """The share of cells that are numbers."""
    decimal, cells = _decimal(rows, separator), list(chain.from_iterable(rows))
    return sum(_is_number(cell, decimal) for cell in cells) / len(cells)


def _decimal(rows: list[list[str]], separator: str) -> str:
    """The decimal mark, "," or ".", in most of the numbers."""
    if separator == ",":
        return "."
    cells = list(chain.from_iterable(rows))
    commas = sum(_COMMA.fullmatch(cell) is not None for cell in cells)
    points = sum("." in cell and NUMBER.fullmatch(cell) is not None for cell in cells)
    return "," if commas > points else "."


def _is_number(cell: str, decimal: str) -> bool:
    if decimal == ",":
        cell = cell.replace(",", ".") if "." not in cell else "x"
    return NUMBER.fullmatch(cell) is not None


def _is_numeric(rows: list[list[str]], column: int, decimal: str) -> bool:
    """Whether most of a column's values are numbers."""
    cells = [row[column] for row in rows if column < len(row)]
    told = [cell for cell in cells if cell.lower() not in MISSING]
    return bool(told) and 2 * sum(_is_number(cell, decimal) for cell in told) > len(told)


def _is_header(rows: list[list[str]], decimal: str) -> bool:
    """Whether the first row has a word above a numeric column."""
    first, below = rows[0], rows[1:]
    return any(
        cell.lower() not in MISSING
        and not _is_number(cell, decimal)
        and _is_numeric(below, column, decimal)
        for column, cell in enumerate(first)
    )


def _names(header: Sequence[str], width: int) -> tuple[str, ...]:
    """A unique name for each column."""
    names: list[str] = []
    for column in range(width):
        name = (header[column] if column < len(header) else "") or f"column {column + 1}"
        same = sum(known == name or known.startswith(f"{name} (") for known in names)
        names.append(f"{name} ({same + 1})" if same else name)
    return tuple(names)
