"""The numbers of a large table, read by pandas in chunks as the table's two ends tell."""

from __future__ import annotations

import csv
from typing import TYPE_CHECKING, Any

import numpy as np

from sandbox.reading.cells import plain
from sandbox.reading.comma_pairs import PAIRS
from sandbox.reading.encoding import text_chunks
from sandbox.reading.layout import NoTable
from sandbox.reading.missing_words import AS_WRITTEN, MISSING
from sandbox.reading.orientation import ROWS
from sandbox.reading.outside_rows import has_figures_beyond
from sandbox.reading.picked_rows import conditions_of, fits
from sandbox.reading.recipe import TURNED
from sandbox.reading.splitting import FIXED, SEPARATORS
from sandbox.reading.tally import Tally
from sandbox.reading.time_columns import with_clock
from sandbox.reading.time_formats import CLOCK
from sandbox.reading.times import times_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from numpy.typing import NDArray

    from sandbox.reading.data import Report
    from sandbox.reading.draft import Draft
    from sandbox.reading.layout import Layout
    from sandbox.reading.recipe import Recipe
    from sandbox.reading.table import Table
    from sandbox.reading.tally import Numbers, Writing
    from sandbox.reading.time_columns import Times

    Values = NDArray[np.float64]

IN_PYTHON = (FIXED, PAIRS, "ampersand")  # ways of splitting that pandas lacks
CHUNK_ROWS = 100_000  # read at a time


class NotInChunks(Exception):
    """A series is a row, cells have keys, or lines are split as pandas cannot."""


class LargeTable:
    """A source of numbers; `report` is told the share of the file that is read."""

    def __init__(self, path: Path, encoding: str, report: Report) -> None:
        self._path, self._encoding, self._report = path, encoding, report

    def numbers(self, draft: Draft, writings: list[Writing]) -> list[Numbers]:
        """The values (n,) of whole columns, and what their cells hold; NotInChunks and NoTable."""
        if draft.orientation == ROWS or draft.separator in IN_PYTHON or draft.layout.body.keys:
            raise NotInChunks
        self._refuse_wide_rows(draft)
        cut = _picked_after(draft) + len(draft.layout.rows) - draft.count
        tallies = [Tally(writing, draft.recipe) for writing in writings]
        plain_ones = [writing for writing in writings if not writing.style.thousands]
        found = self._quickly(draft, plain_ones)
        found |= self._cell_by_cell(
            draft,
            [each for each in zip(writings, tallies, strict=True) if each[0].name not in found],
        )
        numbers = []
        for writing, tally in zip(writings, tallies, strict=True):
            values = found[writing.name]
            values = values[: len(values) - cut]
            if not (tally.afters or tally.missing or tally.odd):  # it was read quickly
                tally.missing[""] = int(np.isnan(values).sum())
                tally.afters[""] = len(values) - tally.missing[""]
            numbers.append((values, tally))
        return numbers

    def times(self, table: Table, recipe: Recipe) -> NDArray[np.datetime64]:
        """The time of every row of a table that was read by the recipe, (n,); NotInChunks."""
        assert table.times is not None
        names, layout = _time_columns(table.layout.names, table.times), table.layout
        count, how = len(table.columns[0].values), {"dtype": object, "na_filter": False}
        cells: dict[str, list[str]] = {name: [] for name in names}
        for chunk in self._chunks(layout, recipe, names, how):
            frame = chunk.fillna("")
            for name in names:
                column = frame[_place(layout, name)].map(plain)
                cells[name] += column[column != name].tolist()
        if any(len(column) < count for column in cells.values()):
            raise NotInChunks
        parts = [column[:count] for column in cells.values()]
        found = times_of(parts[0], table.times.form.removesuffix(f" {CLOCK}"))
        if len(parts) > 1:
            found = with_clock(found, parts[1])
        return found[::-1] if table.order == TURNED else found

    def _quickly(self, draft: Draft, writings: list[Writing]) -> dict[str, Values]:
        """The values by name, if every cell is a plain number or a usual word for missing."""
        marks = {writing.style.decimal for writing in writings}
        if len(marks) != 1 or draft.recipe.only:
            return {}
        words = [word for word in MISSING if word]
        words += [word.upper() for word in words] + [word.title() for word in words]
        words += AS_WRITTEN
        names = [writing.name for writing in writings]
        how = {"dtype": float, "decimal": marks.pop(), "na_values": words, "na_filter": True}
        parts: dict[str, list[Values]] = {name: [] for name in names}
        try:
            for chunk in self._chunks(draft.layout, draft.recipe, names, how):
                for name, part in parts.items():
                    part.append(chunk[_place(draft.layout, name)].to_numpy())
        except ValueError:  # some cell is something else
            return {}
        return {name: np.concatenate(part) for name, part in parts.items()}

    def _cell_by_cell(
        self, draft: Draft, wanted: Sequence[tuple[Writing, Tally]]
    ) -> dict[str, Values]:
        """The values by name, however their cells are written."""
        parts: dict[str, list[Values]] = {writing.name: [] for writing, _ in wanted}
        for chunk in self._chunks(
            draft.layout, draft.recipe, list(parts), {"dtype": object, "na_filter": False}
        ):
            frame = chunk.fillna("")
            again = np.ones(len(frame), np.bool_)  # the header, in the middle
            for name in parts:
                again &= (frame[_place(draft.layout, name)] == name).to_numpy()
            for writing, tally in wanted:
                cells = frame[_place(draft.layout, writing.name)][~again]
                parts[writing.name].append(_values_in(cells, writing, tally))
        return {name: np.concatenate(part) for name, part in parts.items()}

    def _refuse_wide_rows(self, draft: Draft) -> None:
        """Raise NoTable if some line has cells behind the last column, which pandas would drop."""
        body = draft.layout.body
        sign = SEPARATORS[draft.separator].encode()
        if len(sign) != 1 or sign == b" " or body.kinds[-1] in ("text", "missing"):
            return  # any number of blanks is one, and words may hold the separator
        before, rest = 0, b""
        for chunk in text_chunks(self._path, self._encoding):
            data, _, rest = (rest + chunk.encode()).rpartition(b"\n")
            for number, line in _wide_lines(data + b"\n", sign, body.width):
                if has_figures_beyond(body.splitting.rows([line])[0], body):
                    raise NoTable(f"a row with too many cells in line {before + number:,}")
            before += data.count(b"\n") + 1

    def _chunks(
        self, layout: Layout, recipe: Recipe, names: list[str], how: dict[str, Any]
    ) -> Iterator[Any]:
        """Frames with the columns of these names, from the first row of values on."""
        if not names:
            return
        import pandas as pd

        conditions = conditions_of(recipe.only, layout.names)
        splitting, size = layout.body.splitting, self._path.stat().st_size
        sign, quote = SEPARATORS[splitting.separator], splitting.quote
        with self._path.open("rb") as file:
            frames = pd.read_csv(
                file,
                sep=r"\s+" if sign == " " else sign or "\x1f",
                header=None,
                names=range(layout.body.width),
                usecols=sorted({*conditions, *(_place(layout, name) for name in names)}),
                skiprows=layout.first,
                keep_default_na=False,
                quotechar=quote or '"',
                quoting=csv.QUOTE_MINIMAL if quote else csv.QUOTE_NONE,
                encoding=self._encoding,
                comment="#" if "a comment" in layout.left_out.values() else None,
                chunksize=CHUNK_ROWS,
                index_col=False,
                **how,
            )
            for frame in frames:
                yield _picked(frame, conditions)
                self._report(min(file.tell() / size, 1.0))


def _picked(frame: Any, conditions: dict[int, str]) -> Any:
    """The rows of a frame that meet all conditions."""
    for at, value in conditions.items():
        frame = frame[frame[at].fillna("").map(plain) == value]
    return frame


def _picked_after(draft: Draft) -> int:
    """How many rows behind the table are read with it."""
    layout, width = draft.layout, draft.layout.body.width
    conditions = conditions_of(draft.recipe.only, layout.names)
    if not conditions:
        return len(layout.after)
    rows = layout.body.rows[layout.last :]
    return sum(bool(row) and fits(([*row] + [""] * width)[:width], conditions) for row in rows)


def _time_columns(names: Sequence[str], times: Times) -> list[str]:
    """The column of times, or those of dates and times of day; NotInChunks if there are others."""
    if times.name in names:
        return [times.name]
    if times.form.endswith(f" {CLOCK}"):
        for date in names:
            clock = times.name.removeprefix(f"{date} ")
            if clock != times.name and clock in names:
                return [date, clock]
    raise NotInChunks


def _place(layout: Layout, name: str) -> int:
    """The index of the column in the file, where columns without a name and cells count, too."""
    return layout.names.index(name)


def _values_in(cells: Any, writing: Writing, tally: Tally) -> Values:
    """The numbers in a pandas series of text, most of them at once."""
    import pandas as pd

    values: Values = np.full(len(cells), np.nan)
    if not writing.style.thousands:
        text = cells.str.strip()
        if writing.style.decimal == ",":
            text = text.where(~text.str.contains(".", regex=False), "x")
            text = text.str.replace(",", ".", regex=False)
        values = pd.to_numeric(text, errors="coerce").to_numpy(np.float64, copy=True)
    values *= writing.scaled(1.0) or 1.0
    rest = np.flatnonzero(~np.isfinite(values))
    tally.afters[""] += len(values) - len(rest)
    for place in rest:
        values[place] = tally.value(plain(cells.iloc[place]))
    return values


def _wide_lines(data: bytes, sign: bytes, width: int) -> Iterator[tuple[int, str]]:
    """Number and text of each line in which the separator comes as often as there are columns."""
    letters = np.frombuffer(data, np.uint8)
    ends = np.flatnonzero(letters == ord("\n"))
    signs = np.searchsorted(np.flatnonzero(letters == sign[0]), ends)
    for number in np.flatnonzero(np.diff(signs, prepend=0) >= width):
        start = ends[number - 1] + 1 if number else 0
        yield int(number) + 1, data[start : ends[number] + 1].decode()
