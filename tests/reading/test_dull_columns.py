"""Columns that nobody forecasts are left out with a note, and others stay."""

from __future__ import annotations

import datetime
from random import Random

import numpy as np
import pytest

from sandbox.reading.recipe import Recipe
from sandbox.reading.table import Table, table_of

START = datetime.date(2023, 11, 20)
DAYS = [START + datetime.timedelta(days=at) for at in range(60)]
VALUES = [round(12 + Random(at).gauss(0, 3), 1) for at in range(60)]


def read(names: list[str], *columns: list[object], keep: str = "") -> Table:
    rows = [",".join(map(str, row)) for row in zip(*columns, strict=True)]
    return table_of([f"{line}\n" for line in [",".join(names), *rows]], Recipe(keep=keep))


DULL = {
    "weekday": [day.isoweekday() for day in DAYS],
    "month": [day.month for day in DAYS],
    "day of the month": [day.day for day in DAYS],
    "week": [day.isocalendar().week for day in DAYS],
    "sample": list(range(1, 61)),
    "offset": list(range(60)),
    "invoice no": [100234 + at for at in range(60)],
    "Belegnummer": [4100234 + 3 * at + at % 2 for at in range(60)],
    "order_id": [Random(at).randrange(10**6, 10**7) for at in range(60)],
    "pressure": [1013.25] * 60,
    "Кач.": [192 if at % 9 else 0 for at in range(60)],
    "RSKF": [at * 7 % 3 for at in range(60)],
    "東京 気温 品質情報": [8 if at % 9 else 5 for at in range(60)],
    "x": [
        round(day.year + (day - datetime.date(day.year, 1, 1)).days / 365.25 + 0.001, 4)
        for day in DAYS
    ],
}
OF_USE = {
    "NO": [Random(at).randrange(10, 60) for at in range(60)],
    "number of visitors": list(range(100, 160)),
    "total cases": [100 + at * at for at in range(60)],
    "day length": [900 + at for at in range(60)],
    "wind direction code": [at * 7 % 5 for at in range(60)],
    "heat": [round(2023.8 + at * 0.01, 2) for at in range(60)],
    "humid": [Random(at).randrange(10, 90) for at in range(60)],
}


@pytest.mark.parametrize("name", DULL)
def test_that_a_column_that_nobody_forecasts_is_left_out_with_a_note(name: str) -> None:
    table = read(["date", name, "level"], list(DAYS), DULL[name], VALUES)
    assert [column.name for column in table.columns] == ["level"]
    assert any(note.startswith(name) and note.endswith("left out") for note in table.notes)
    assert not table.questions


@pytest.mark.parametrize("name", OF_USE)
def test_that_a_column_of_measurements_stays(name: str) -> None:
    table = read(["date", name, "level"], list(DAYS), OF_USE[name], VALUES)
    assert [column.name for column in table.columns] == [name, "level"]
    assert np.array_equal(table.columns[0].values, OF_USE[name])


def test_that_the_only_column_stays_whatever_it_holds() -> None:
    table = read(["date", "sample"], list(DAYS), DULL["sample"])
    assert [column.name for column in table.columns] == ["sample"]


def test_that_months_and_days_without_a_year_are_left_out() -> None:
    table = read(["month", "day", "level"], DULL["month"], DULL["day of the month"], VALUES)
    assert [column.name for column in table.columns] == ["level"]


def test_that_a_column_comes_back_if_it_is_kept() -> None:
    table = read(
        ["date", "invoice no", "level"], list(DAYS), DULL["invoice no"], VALUES, keep="'Invoice no'"
    )
    assert [column.name for column in table.columns] == ["invoice no", "level"]
