"""The tables in tests/data/tables, each with what a careful person reads in it beside it."""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from sandbox.reading.encoding import encodings_of_table
from sandbox.reading.recipe import TURNED, Recipe
from sandbox.reading.table import Table, table_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

FOLDER = Path(__file__).parents[1] / "data" / "tables"
NAMES = tuple(sorted(path.name for path in FOLDER.glob("[!.]*") if path.suffix != ".json"))


@dataclass(frozen=True)
class Truth:
    """What stands in a file, in its own order.

    columns: names and values, None where one is missing.  time: name, first, last and order, or
    None.  plausible: what a careful person would have to ask about.
    """

    columns: tuple[tuple[str, tuple[float | None, ...]], ...]
    time: dict[str, str] | None
    plausible: tuple[str, ...]


@cache
def truth_of(name: str) -> Truth:
    """What stands in the file of this name."""
    found: dict[str, Any] = json.loads((FOLDER / name).with_suffix(".json").read_text("utf-8"))
    columns = tuple((each["name"], tuple(each["values"])) for each in found["columns"])
    return Truth(columns, found.get("time"), tuple(found["plausible"]))


@cache
def lines_of(name: str) -> tuple[str, ...]:
    """The lines of the file of this name."""
    path = FOLDER / name
    with path.open(encoding=encodings_of_table(path)[0]) as file:
        return tuple(file)


@cache
def read(name: str) -> Table:
    """The table in the file of this name, as it is read without any choice."""
    return table_of(lines_of(name), Recipe())


def as_in_file(table: Table, values: NDArray[Any]) -> NDArray[Any]:
    """Values (n,) of the table in the order of the file."""
    return values[::-1] if table.order == TURNED else values


def same(found: NDArray[np.float64], wanted: Sequence[float | None]) -> bool:
    """Whether values (n,) are those wanted, with NaN for None."""
    numbers = np.array([np.nan if value is None else value for value in wanted], float)
    return len(found) == len(numbers) and np.allclose(
        found, numbers, rtol=1e-9, atol=1e-12, equal_nan=True
    )
