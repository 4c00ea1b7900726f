"""Some columns of a person's table beside one another, with the times of their rows."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import TYPE_CHECKING

import numpy as np

from sandbox.reading.columns import named, opened
from sandbox.reading.data import from_cache, into_cache, name_of, path_of
from sandbox.reading.recipe import TURNED, recipe_of
from sandbox.reading.resampling import even
from sandbox.reading.steps import without_dates
from sandbox.reading.table_files import with_all_times
from sandbox.reading.unit_rows import unit_in
from sandbox.validation import ExperimentError

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from numpy.typing import NDArray

    from sandbox.reading.table import Table

VERSION = 4  # of the cached arrays
MOST_NAMED = 3  # rows that a message names


@dataclass(frozen=True, eq=False)
class Frame:
    """n rows of k columns.

    values: float64 (k, n), NaN where there is no value.  times: seconds (n,), or None if they were
    not wanted or there are none.  names, units: of the columns.
    """

    values: NDArray[np.float64]
    times: NDArray[np.datetime64] | None
    names: tuple[str, ...]
    units: tuple[str, ...]


def frame_of(
    data: str, wanted: Sequence[tuple[str, str]], recipe: str = "", *, timed: bool = False
) -> Frame:
    """Columns of an adopted table, as they stand or at the even step of the recipe.

    wanted: pairs of a field, which a refusal names, and a column's name or number; "" is the
    first column of numbers.  recipe: as text.  ExperimentError says what cannot be read, or what
    has to be settled first.
    """
    return _frame(path_of(data), tuple(wanted), str(recipe_of(recipe)), timed)


@lru_cache(maxsize=4)
def _frame(path: Path, wanted: tuple[tuple[str, str], ...], recipe: str, timed: bool) -> Frame:
    key = repr((recipe, [column for _, column in wanted], timed)).encode()
    stored = f"{path.name}.{hashlib.sha256(key).hexdigest()[:16]}.{VERSION}"
    found = _from_cache(stored)
    if found is None:
        found = _into_cache(stored, _read(path.name, wanted, recipe, timed))
    return found


def _read(data: str, wanted: tuple[tuple[str, str], ...], recipe: str, timed: bool) -> Frame:
    table, name = opened(data, recipe).table, name_of(data)
    columns = tuple(named(table, name, column, field) for field, column in wanted)
    found = replace(table, columns=columns)
    choices = recipe_of(recipe)
    if timed or choices.every:
        found = even(with_all_times(path_of(data), found, choices), choices)
    dated = timed and found.times is not None and not without_dates(found)
    return Frame(
        np.array([column.values for column in found.columns]),
        found.times.values if dated and found.times is not None else None,
        tuple(column.name for column in columns),
        tuple(column.unit or unit_in(column.name) for column in columns),
    )


def _from_cache(stored: str) -> Frame | None:
    """What was kept under that name; None if that cannot be used."""
    values, told = from_cache(f"{stored}.npy"), from_cache(f"{stored}.names.npy")
    if values is None or told is None:
        return None
    try:
        known = json.loads(told.tobytes())
        times = from_cache(f"{stored}.times.npy") if known["timed"] else None
        if known["timed"] and times is None:
            return None
        return Frame(values, times, tuple(known["names"]), tuple(known["units"]))
    except (ValueError, KeyError, TypeError):
        return None  # it can be read again


def _into_cache(stored: str, frame: Frame) -> Frame:
    """The same frame, mapped into memory if it could be written; its values are written last."""
    times = frame.times
    told = {"names": frame.names, "units": frame.units, "timed": times is not None}
    into_cache(f"{stored}.names.npy", np.frombuffer(json.dumps(told).encode(), np.uint8))
    times = None if times is None else into_cache(f"{stored}.times.npy", times)
    return replace(frame, values=into_cache(f"{stored}.npy", frame.values), times=times)


def complete(frame: Frame, missing: str, data: str = "", recipe: str = "") -> Frame:
    """The frame with missing values treated: "refuse" them, "skip" their rows, "carry" the last
    value on, "interpolate" between neighbours, or leave the first column's "unknown", as NaN.

    Rows before a column's first value are left out where it is carried on, and rows behind its last
    one where it is interpolated.  data, recipe: of the table, so that a refusal can name its rows.
    """
    found = filled(frame.values, missing)
    if found is None:
        at = next(at for at, values in enumerate(frame.values) if np.isnan(values).any())
        ways = (
            "skip (leave out such rows), carry (repeat the last value), interpolate (between "
            "neighbours) or unknown (ask nothing there)"
        )
        where = _where(np.flatnonzero(np.isnan(frame.values[at])), data, recipe)
        accepts = f"{ways}, since {frame.names[at]} has no value {where}"
        raise ExperimentError("missing", missing, accepts)
    values, rows = found
    return replace(frame, values=values, times=None if frame.times is None else frame.times[rows])


def filled(
    values: NDArray[np.float64], missing: str
) -> tuple[NDArray[np.float64], NDArray[np.intp]] | None:
    """The values (k, m) of columns (k, n) and the rows (m,) that they stand for.

    missing: as for `complete`; None if there are some, and they are refused.
    """
    gaps, every = np.isnan(values), np.arange(values.shape[1])
    if not gaps.any():
        return values, every
    if missing == "skip":
        told = np.flatnonzero(~gaps.any(axis=0))
        return values[:, told], told
    if missing == "refuse" or gaps.all(axis=1).any():
        return None
    made = np.array([_made(each, missing) for each in values])
    if missing == "unknown":
        made[0] = values[0]
    known = ~np.isnan(made[missing == "unknown" :]).any(axis=0)
    return made[:, known], np.flatnonzero(known)


def _made(values: NDArray[np.float64], missing: str) -> NDArray[np.float64]:
    """Values (n,) in place of NaN wherever the rule has one: carried on, or on lines."""
    told = np.flatnonzero(~np.isnan(values))
    every = np.arange(len(values))
    if missing == "interpolate":
        return np.interp(every, told, values[told], left=np.nan, right=np.nan)
    last = np.maximum.accumulate(np.where(np.isnan(values), 0, every))
    made: NDArray[np.float64] = values[last]
    return made


def _where(rows: NDArray[np.intp], data: str, recipe: str) -> str:
    """In which lines of the file these rows of values are, the first few by number."""
    lines = _lines_of(opened(data, recipe).table, rows[:MOST_NAMED].tolist()) if data else []
    if not lines or recipe_of(recipe).every:
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
