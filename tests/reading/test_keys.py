"""Keys before numbers name the columns and are taken off."""

from __future__ import annotations

import numpy as np
import pytest

from sandbox.reading.cells import taken_apart
from sandbox.reading.recipe import Recipe
from sandbox.reading.table import Table, table_of

DAYS = [f"2024-01-{day:02d}" for day in range(1, 10)]
VALUES = [10 + 1.5 * at + at * 7 % 3 for at in range(9)]


def read(lines: list[str]) -> Table:
    return table_of([f"{line}\n" for line in lines], Recipe())


@pytest.mark.parametrize(
    ("line", "names"),
    [
        ("temp={0}", ["temp"]),
        ("{1},T:{0},P: {0}", ["T", "P"]),
        ("INFO {1} temp={0} hum={0}", ["temp", "hum"]),
        ("{1} 12:30 air temperature={0}", ["temperature"]),
        ("{1};level_2 = {0}", ["level_2"]),
        ("Temperature: {0}", ["Temperature"]),
    ],
)
def test_that_keys_name_columns_and_are_taken_off(line: str, names: list[str]) -> None:
    table = read([line.format(value, day) for value, day in zip(VALUES, DAYS, strict=True)])
    assert [column.name for column in table.columns] == names
    assert all(np.array_equal(column.values, VALUES) for column in table.columns)
    assert not table.questions
    assert any("is left out" in note for note in table.notes)


def test_that_a_header_names_columns_rather_than_keys() -> None:
    rows = [f"{day},T={value}" for day, value in zip(DAYS, VALUES, strict=True)]
    (column,) = read(["date,water", *rows]).columns
    assert column.name == "water"
    assert np.array_equal(column.values, VALUES)


def test_that_times_and_lines_above_a_table_are_no_keys() -> None:
    rows = [f"12:{at:02d},{value}" for at, value in enumerate(VALUES, 10)]
    table = read(["Station: 5", "Depth: 3", "Height: 2", "", "time,level", *rows])
    (column,) = table.columns
    assert table.times is not None
    assert column.name == "level"
    assert np.array_equal(column.values, VALUES)


@pytest.mark.parametrize("about", ["~", "≈ ", "ca. ", "ca ", "about ", "approx. "])
@pytest.mark.parametrize("number", ["12.5", "-3"])
def test_that_about_a_number_is_that_number(about: str, number: str) -> None:
    assert taken_apart(about + number) == taken_apart(number)
