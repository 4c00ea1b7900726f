"""Rows as they stand in a file, beside the values that were taken from them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from sandbox.reading import table_lines
from sandbox.reading.data import CHUNK
from sandbox.reading.doubts import is_total
from sandbox.reading.encoding import encodings_of_table
from sandbox.reading.picked_rows import OTHER
from sandbox.reading.recipe import TURNED
from sandbox.reading.splitting import SEPARATORS
from sandbox.reading.words import number_in_words, time_in_words
from sandbox.validation import ExperimentError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from pathlib import Path

    from sandbox.reading.layout import Layout
    from sandbox.reading.table_files import TableFile

FIRST, LAST, ODD = 24, 16, 16  # rows that are shown of each kind
BEFORE = 30  # lines before the table
MOST_COLUMNS, MOST_LETTERS = 60, 400
NAMES, UNITS, VALUES, UNREAD = "names", "units", "values", ""


@dataclass(frozen=True)
class FileRow:
    """One row of a file.

    number: of its line, from 1; 0 where it is unknown.  text: as it stands there.  kind: NAMES,
    UNITS, VALUES, UNREAD, or why it is left out.  cells: what was taken from it, one for each of
    the names.
    """

    number: int
    text: str
    kind: str
    cells: tuple[str, ...] = ()


@dataclass(frozen=True)
class Beside:
    """The first and last rows, and odd ones in between; None stands for rows that are not shown.

    names: of the times, if there are any, and of the columns.  series: whether a row is a series,
    of which the cells give the name and the first values.
    """

    names: tuple[str, ...]
    rows: tuple[FileRow | None, ...]
    series: bool = False


def rows_beside(path: Path, found: TableFile) -> Beside:
    """Rows of a table's file beside its values; OSError."""
    return _Pairing(path, found).beside()


def rows_unread(path: Path, encoding: str) -> Beside:
    """The first rows of a file that cannot be read as a table; OSError.

    encoding: "" or one that may be wrong.
    """
    try:
        lines = table_lines.first_lines(path, encoding or encodings_of_table(path)[0])
    except (LookupError, UnicodeError, ExperimentError):
        lines = table_lines.first_lines(path, "utf-8")
    shown = enumerate(lines[: BEFORE + FIRST], 1)
    rows = [FileRow(number, line[:MOST_LETTERS], UNREAD) for number, line in shown]
    return Beside((), (*rows, *[None] * (len(lines) > len(rows))))


class _Pairing:
    """Finds the line and the values of each row of one table."""

    def __init__(self, path: Path, found: TableFile) -> None:
        self._table, self._layout = found.table, found.table.layout
        self._rows, self._count = self._layout.body.rows, len(found.table.columns[0].values)
        self._lines, self._head = table_lines.lines_of(path, found.encoding)
        self._large = path.stat().st_size > table_lines.WHOLE
        self._total = len(self._rows)
        if self._large and len(self._rows) == len(self._lines):
            self._total = _count_lines(path) if "-16" not in found.encoding else 0
        self._kept = self._layout.kept
        self._cut = _sums_at_end(self._rows, self._kept, self._count, self._large)
        self._place = {at: place for place, at in enumerate(self._kept)}

    def beside(self) -> Beside:
        turned_over = self._table.orientation == "rows"
        cells = self._series if turned_over else self._values
        names = self._names() if not turned_over else ("series", "first values")
        rows: list[FileRow | None] = []
        before = -1
        for at in self._shown():
            rows += [None] * (at > before + 1)
            rows.append(self._row(at, cells))
            before = at
        return Beside(names, tuple(rows), turned_over)

    def _shown(self) -> list[int]:
        """The indices of rows that are shown."""
        layout, count = self._layout, len(self._rows)
        start = max(min(layout.header, default=layout.first) - BEFORE, 0)
        odd = [at for at, why in layout.left_out.items() if why not in ("empty", OTHER)]
        if not self._large:
            texts = {text for column in self._table.columns for text in column.odd}
            odd += [at for at in self._kept if texts and not texts.isdisjoint(self._rows[at])]
        shown = {*range(start, min(layout.first + FIRST, count)), *sorted(odd)[:ODD]}
        last = min(count, layout.last + LAST)
        return sorted(shown | {*range(max(layout.last - LAST, 0), last)})

    def _row(self, at: int, cells: Callable[[int], tuple[str, ...]]) -> FileRow:
        number = at + 1
        if at >= self._head and self._total != len(self._rows):
            number = self._total - (len(self._rows) - 1 - at) if self._total else 0
        kind = self._kind(at)
        return FileRow(number, self._text(at), kind, cells(at) if kind == VALUES else ())

    def _text(self, at: int) -> str:
        """The line, or its cells joined where a row runs over several lines."""
        whole = self._large or len(self._lines) == len(self._rows)
        if not whole:
            sign = SEPARATORS.get(self._layout.body.splitting.separator) or " "
            return sign.join(self._rows[at])[:MOST_LETTERS]
        line = self._lines[at if at < self._head else at - len(self._rows)]
        return line.rstrip("\n")[:MOST_LETTERS]

    def _kind(self, at: int) -> str:
        layout, row = self._layout, self._rows[at]
        if at in layout.header:
            return NAMES
        if at < layout.first:
            return _above(layout, row, self._text(at))
        if at >= layout.last:
            return "after the table" if row else "empty"
        if at in layout.left_out:
            return layout.left_out[at]
        if self._place[at] >= len(self._kept) - self._cut:
            return "it sums others up"
        return VALUES

    def _names(self) -> tuple[str, ...]:
        table = self._table
        times = [] if table.times is None else [table.times.name]
        return (*times, *(column.name for column in table.columns[:MOST_COLUMNS]))

    def _values(self, at: int) -> tuple[str, ...]:
        """The time and the values of a row."""
        table, place = self._table, self._place[at]
        if at >= self._head:
            place += self._count - (len(self._kept) - self._cut)
        place = self._count - 1 - place if table.order == TURNED else place
        if not 0 <= place < self._count:
            return ()
        times = table.times
        told: list[str] = []
        if times is not None:  # a large file's are those of its two ends
            time = place if len(times.values) == self._count else place - self._count
            time = place if place < len(times.values) // 2 else time
            told.append(time_in_words(times.values[time], times))
        columns = table.columns[:MOST_COLUMNS]
        return (*told, *(number_in_words(float(column.values[place])) for column in columns))

    def _series(self, at: int) -> tuple[str, ...]:
        """The name of a row's series, and how it begins."""
        table, row = self._table, self._rows[at]
        label = " ".join(dict.fromkeys(cell for cell in row if cell))
        number = self._place[at]
        names = {f"row {number + 1}", *row[:1]}
        likely = [column for column in table.columns if column.name in names]
        likely += [column for column in table.columns if label.startswith(column.name)]
        if not likely:
            return ("no numbers", "")
        values = ", ".join(number_in_words(float(value)) for value in likely[0].values[:8])
        return (likely[0].name, values + ", …" * (len(likely[0].values) > 8))


def _above(layout: Layout, row: Sequence[str], text: str) -> str:
    """What a row above the values is that names no columns by its place."""
    if not any(row):
        return "empty"
    width = layout.body.width
    if any(layout.units) and tuple(([*row] + [""] * width)[:width]) == layout.units:
        return UNITS
    named = not layout.header and layout.names[0] != "column 1"
    return NAMES if named and all(name in text for name in layout.names) else "before the table"


def _sums_at_end(
    rows: Sequence[Sequence[str]], kept: Sequence[int], count: int, large: bool
) -> int:
    """How many of the last rows were left out, since they sum others up."""
    if not large:
        return max(len(kept) - count, 0) if len(kept) <= count + 5 else 0
    sums = 0
    while sums < min(3, len(kept)) and any(is_total(cell) for cell in rows[kept[-1 - sums]]):
        sums += 1
    return sums


def _count_lines(path: Path) -> int:
    return sum(chunk.count(b"\n") for chunk in _chunks(path)) + (not _ends_well(path))


def _chunks(path: Path) -> Iterator[bytes]:
    with path.open("rb") as file:
        while chunk := file.read(CHUNK):
            yield chunk


def _ends_well(path: Path) -> bool:
    with path.open("rb") as file:
        file.seek(-1, 2)
        return file.read() == b"\n"
