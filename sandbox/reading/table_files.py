"""Tables in files of any size: small ones are read whole, large ones by their two ends first.

What a table is like is judged by its first and last lines; pandas then reads the columns of numbers
in chunks, and what does not fit that judgement is asked about.
"""

from __future__ import annotations

import csv
import io
from collections import Counter
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import numpy as np

from sandbox.reading.cells import MISSING, Style, is_missing, plain, taken_apart, value_of
from sandbox.reading.data import Report, name_of, silent
from sandbox.reading.doubts import Question, missing_mends
from sandbox.reading.encoding import encoding_of, text_chunks
from sandbox.reading.layout import NoTable, has_figures_beyond
from sandbox.reading.recipe import words_of
from sandbox.reading.splitting import FIXED, SEPARATORS
from sandbox.reading.table import Column, NoNumbers, Table, table_of
from sandbox.validation import ExperimentError

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from numpy.typing import NDArray

    from sandbox.reading.recipe import Recipe

WHOLE = 2 << 20  # bytes of a table that is read whole
HEAD, TAIL = 400_000, 60_000  # bytes of a larger one that are looked at first
ROWS = 100_000  # read at a time
FEW_ROWS, PROSE = 5, 0.3  # fewer rows than these, of all lines, are no table
SHOWN = 3  # odd cells in a question


@dataclass(frozen=True)
class TableFile:
    """A table and the encoding of its file."""

    table: Table
    encoding: str


def read_table(path: Path, recipe: Recipe, report: Report = silent) -> TableFile:
    """Read a table as the recipe wants it.

    ExperimentError says in a sentence why it cannot be read, or that a choice does not fit.
    """
    name, encoding = name_of(path.name), recipe.encoding or encoding_of(path)
    try:
        if path.stat().st_size <= WHOLE:
            table = table_of(lines_of(path, encoding)[0], recipe)
        else:
            table = _of_large(path, encoding, recipe, report)
        _refuse_prose(table)
    except (NoTable, NoNumbers) as error:
        accepts = f"a table with a column of numbers, and {name} has {error}"
        raise ExperimentError("data", name, accepts) from None
    except LookupError:
        accepts = "the name of an encoding, such as utf-8 or cp1252"
        raise ExperimentError("data.encoding", encoding, accepts) from None
    except UnicodeError:
        accepts = f"text that is {encoding} throughout: save {name} as UTF-8 and open it again"
        raise ExperimentError("data", name, accepts) from None
    return TableFile(table, encoding)


def lines_of(path: Path, encoding: str) -> tuple[list[str], int]:
    """The lines of a file, of a large one only those at both ends, and how many are the first ones.

    OSError and UnicodeError.
    """
    if path.stat().st_size <= WHOLE:
        lines = _lines(path.read_bytes(), encoding)
        return lines, len(lines)
    first, last = _both_ends(path, encoding)
    return first + last, len(first)


def _refuse_prose(table: Table) -> None:
    """Raise NoTable where hardly any line looks like a row of a table."""
    inside = len(table.layout.body.inside)
    told = sum(map(bool, table.layout.body.rows))
    if inside < FEW_ROWS and inside < PROSE * told:
        raise NoTable(f"only {inside} of {told} lines that look like rows of one")


def _lines(data: bytes, encoding: str) -> list[str]:
    """The lines with their ends, every end as a newline."""
    text = io.TextIOWrapper(io.BytesIO(data), encoding, newline=None).read()
    return text.rstrip("\x1a").splitlines(keepends=True)


def _of_large(path: Path, encoding: str, recipe: Recipe, report: Report) -> Table:
    """A table of which only the columns of numbers are kept in memory."""
    table = table_of(lines_of(path, encoding)[0], recipe)
    if table.orientation == "rows" or table.layout.body.splitting.separator == FIXED:
        return table_of(_lines(path.read_bytes(), encoding), recipe)
    file = _LargeFile(path, encoding, table, report)
    file.refuse_wide_rows()
    columns, questions = [], list(table.questions)
    plain_ones = [column for column in table.columns if not column.style.thousands]
    quick = file.quickly(plain_ones)
    slow = [column for column in table.columns if column.name not in quick]
    parts = file.cell_by_cell(slow, recipe)
    for column in table.columns:
        part = quick.get(column.name) or parts[column.name]
        whole, asked = part.column(column, file.cut)
        columns.append(whole)
        known = any("missing" == q.about and column.name in q.columns for q in table.questions)
        if asked is not None and not known:
            questions.append(asked)
    if table.order == "turned round":
        columns = [replace(column, values=column.values[::-1]) for column in columns]
    return replace(table, columns=tuple(columns), questions=tuple(questions))


class _LargeFile:
    """The rows of values of a large file, read by pandas as its two ends tell.

    cut: rows at the end that are no values.
    """

    def __init__(self, path: Path, encoding: str, table: Table, report: Report) -> None:
        self._path, self._encoding, self._report = path, encoding, report
        self._layout = table.layout
        self.cut = len(table.layout.after) + len(table.layout.rows) - len(table.columns[0].values)

    def quickly(self, columns: Sequence[Column]) -> dict[str, _Part]:
        """The columns by name, if every cell is a plain number or a usual missing word."""
        marks = {column.style.decimal for column in columns}
        if len(marks) != 1 or any(column.unit and column.odd for column in columns):
            return {}
        parts = {column.name: _Part(column.style) for column in columns}
        words = [word for word in MISSING if word]
        words += [word.upper() for word in words] + [word.title() for word in words]
        how: dict[str, Any] = {
            "kind": float,
            "decimal": marks.pop(),
            "na_values": words,
            "na_filter": True,
        }
        try:
            for chunk in self._chunks([column.name for column in columns], **how):
                for name, part in parts.items():
                    part.values.append(chunk[self._place(name)].to_numpy())
        except ValueError:  # some cell is something else
            return {}
        return parts

    def cell_by_cell(self, columns: Sequence[Column], recipe: Recipe) -> dict[str, _Part]:
        """The columns by name, however their cells are written."""
        parts = {column.name: _Part(column.style, recipe.missing) for column in columns}
        if not parts:
            return {}
        for chunk in self._chunks(list(parts), object, na_filter=False):
            frame = chunk.fillna("")
            again = np.ones(len(frame), np.bool_)  # the header, in the middle
            for name in parts:
                again &= (frame[self._place(name)] == name).to_numpy()
            for name, part in parts.items():
                part.add(frame[self._place(name)][~again])
        return parts

    def refuse_wide_rows(self) -> None:
        """Raise NoTable if some line has cells behind the last column, which pandas would drop."""
        body = self._layout.body
        sign = SEPARATORS[body.splitting.separator].encode()
        if len(sign) != 1 or sign == b" " or body.kinds[-1] in ("text", "missing"):
            return  # any number of blanks is one, and words may hold the separator
        before, rest = 0, b""
        for chunk in text_chunks(self._path, self._encoding):
            data = rest + chunk.encode()
            data, _, rest = data.rpartition(b"\n")
            for number, line in _wide_lines(data + b"\n", sign, body.width):
                if has_figures_beyond(body.splitting.rows([line])[0], body):
                    raise NoTable(f"a row with too many cells in line {before + number:,}")
            before += data.count(b"\n") + 1

    def _place(self, name: str) -> int:
        return self._layout.names.index(name)

    def _chunks(self, names: list[str], kind: type, **how: Any) -> Iterator[Any]:
        """Frames with the columns of these names, from the first row of values on."""
        import pandas as pd

        layout, splitting = self._layout, self._layout.body.splitting
        sign = SEPARATORS[splitting.separator]
        size = self._path.stat().st_size
        with self._path.open("rb") as file:
            frames = pd.read_csv(
                file,
                sep=r"\s+" if sign == " " else sign or "\x1f",
                header=None,
                names=range(layout.body.width),
                usecols=[self._place(name) for name in names],
                dtype=kind,
                skiprows=layout.first,
                keep_default_na=False,
                quotechar=splitting.quote or '"',
                quoting=csv.QUOTE_MINIMAL if splitting.quote else csv.QUOTE_NONE,
                encoding=self._encoding,
                comment="#" if "a comment" in layout.left_out.values() else None,
                chunksize=ROWS,
                index_col=False,
                **how,
            )
            for frame in frames:
                yield frame
                self._report(min(file.tell() / size, 1.0))


def _wide_lines(data: bytes, sign: bytes, width: int) -> Iterator[tuple[int, str]]:
    """Number and text of each line in which the separator comes as often as there are columns."""
    letters = np.frombuffer(data, np.uint8)
    ends = np.flatnonzero(letters == 10)
    signs = np.searchsorted(np.flatnonzero(letters == sign[0]), ends)
    times = np.diff(signs, prepend=0)
    for number in np.flatnonzero(times >= width):
        start = ends[number - 1] + 1 if number else 0
        yield int(number) + 1, data[start : ends[number] + 1].decode()


def _both_ends(path: Path, encoding: str) -> tuple[list[str], list[str]]:
    """The first and the last lines, whole ones only."""
    with path.open("rb") as file:
        head = file.read(HEAD)
        file.seek(-TAIL, 2)
        tail = file.read()
    width = 4 if "32" in encoding else 2 if "16" in encoding else 1
    head = head[: len(head) // width * width].decode(encoding, "ignore").encode(encoding)
    kind = encoding.removesuffix("-sig")
    last = tail[len(tail) % width :].decode(kind, "ignore").encode(kind)
    return _lines(head, encoding)[:-1], _lines(last, kind)[1:]


class _Part:
    """One column of a large table while it is read."""

    def __init__(self, style: Style, missing: str = "") -> None:
        self._style, self._words = style, {plain(word) for word in words_of(missing)}
        self._given = missing
        self.values: list[NDArray[np.float64]] = []
        self._missing: Counter[str] = Counter()
        self._odd: Counter[str] = Counter()

    def add(self, cells: Any) -> None:
        """Take in the next cells, a pandas series of text."""
        import pandas as pd

        text = cells.str.strip()
        if not self._style.thousands:
            if self._style.decimal == ",":
                text = text.where(~text.str.contains(".", regex=False), "x")
                text = text.str.replace(",", ".", regex=False)
            values = pd.to_numeric(text, errors="coerce").to_numpy(np.float64, copy=True)
        else:
            values = np.full(len(text), np.nan)
        for place in np.flatnonzero(~np.isfinite(values)):
            values[place] = self._value(plain(cells.iloc[place]))
        self.values.append(values)

    def _value(self, cell: str) -> float:
        if is_missing(cell) or cell.lower() in self._words:
            self._missing[cell.lower()] += 1
            return np.nan
        parts = taken_apart(cell)
        value = value_of(parts, self._style)
        if value is None or parts.limit:
            self._odd[cell] += 1
            return np.nan
        return value

    def column(self, like: Column, cut: int) -> tuple[Column, Question | None]:
        """The whole column without its last `cut` rows, and what should be asked about it."""
        values = np.concatenate(self.values)
        values = values[: len(values) - cut]
        missing = dict(self._missing)
        for word, _ in like.missing.items():
            try:
                filling = float(word)
            except ValueError:
                continue
            missing[word] = int((values == filling).sum())
            values[values == filling] = np.nan
        asked = None
        if self._odd:
            shown = ", ".join(repr(word[:20]) for word, _ in self._odd.most_common(SHOWN))
            asked = Question(
                "missing",
                f"{like.name} has {self._odd.total():,} cells that are no numbers: {shown}; "
                "they are read as missing.",
                missing_mends(self._given, self._odd),
                (like.name,),
            )
        sure = like.sure and asked is None
        return replace(like, values=values, missing=missing, sure=sure), asked
