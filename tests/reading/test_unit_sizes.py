"""Numbers with different units are asked about, and converted to the one that is chosen."""

from __future__ import annotations

import numpy as np
import pytest

from sandbox.reading.recipe import Recipe, recipe_of
from sandbox.reading.table import Table, table_of
from sandbox.reading.unit_sizes import converted


def read(cells: list[str], recipe: str = "") -> Table:
    rows = [f"2024-01-{day:02d};{cell}\n" for day, cell in enumerate(cells, 1)]
    return table_of(["date;weight\n", *rows], recipe_of(recipe))


def mended(cells: list[str]) -> dict[str, Table]:
    """The table by the words of each mend of its only question."""
    (question,) = read(cells).questions
    return {
        words: read(cells, str(Recipe().with_choices(dict(choices))))
        for words, choices in question.mends
    }


@pytest.mark.parametrize(
    ("value", "unit", "wanted", "expected"),
    [
        (800, "g", "kg", 0.8),
        (2, "MWh", "kWh", 2000),
        (3, "m³", "l", 3000),
        (68, "°F", "°C", 20),
        (0, "°C", "K", 273.15),
        (36, "km/h", "m/s", 10),
        (0.4, "", "%", 40),
        (5, "", "kg", 5),
        (5, "$", "€", None),
        (5, "kg", "m", None),
        (7, "widgets", "widgets", 7),
    ],
)
def test_that_values_are_converted_where_one_unit_follows_from_the_other(
    value: float, unit: str, wanted: str, expected: float | None
) -> None:
    found = converted(value, unit, wanted)
    assert found is None if expected is None else found == pytest.approx(expected, rel=1e-12)


@pytest.mark.parametrize("bare", [False, True])
def test_that_different_units_are_one_unit_by_a_click(bare: bool) -> None:
    cells = ["12 kg", "800 g", "11 kg", "9" if bare else "9 kg", "900 g"]
    by = mended(cells)
    assert set(by) == {"All in kg", "All in g", "Ignore units"}
    assert np.allclose(by["All in kg"].columns[0].values, [12, 0.8, 11, 9, 0.9])
    grams = [12000, 800, 11000, 9 if bare else 9000, 900]
    assert np.allclose(by["All in g"].columns[0].values, grams)
    assert np.array_equal(by["Ignore units"].columns[0].values, [12, 800, 11, 9, 900])
    assert [table.columns[0].unit for table in by.values()] == ["kg", "g", ""]
    assert all(table.columns[0].sure for table in by.values())


def test_that_currencies_are_kept_apart_by_a_click() -> None:
    by = mended(["€12", "$80", "€11", "€9"])
    only = by["Only those in €"].columns[0]
    assert np.array_equal(only.values, [12, np.nan, 11, 9], equal_nan=True)
    assert only.missing == {"$80": 1}


def test_that_numbers_beside_percentages_are_shares_or_percentages_by_a_click() -> None:
    by = mended(["20%", "0.4", "21%", "22%"])
    assert np.allclose(by["Those without are shares"].columns[0].values, [20, 40, 21, 22])
    assert np.array_equal(by["Ignore units"].columns[0].values, [20, 0.4, 21, 22])


def test_that_one_unit_spelled_in_two_ways_is_one() -> None:
    table = read(["12 l", "13 L", "11 l", "14 l"])
    assert not table.questions
    assert table.columns[0].unit == "l"


def test_that_two_columns_have_a_unit_each() -> None:
    rows = [f"2024-01-{day:02d};{day} kg;{day} m\n" for day in range(1, 6)]
    rows.append("2024-01-06;500 g;20 cm\n")
    table = table_of(["date;a;b\n", *rows], recipe_of("unit='kg cm'"))
    assert not table.questions
    assert np.allclose(table.columns[0].values, [1, 2, 3, 4, 5, 0.5])
    assert np.allclose(table.columns[1].values, [100, 200, 300, 400, 500, 20])


def test_that_values_below_a_limit_are_taken_as_it_is_chosen() -> None:
    by = mended(["2", "<0.5", "21", ">50", "<= 3"])
    assert np.array_equal(
        by["They are missing"].columns[0].values, [2, np.nan, 21, np.nan, np.nan], equal_nan=True
    )
    assert np.array_equal(by["Take the limit"].columns[0].values, [2, 0.5, 21, 50, 3])
    assert np.array_equal(by["Half, if below"].columns[0].values, [2, 0.25, 21, 50, 1.5])
    assert not any(table.questions for table in by.values())
