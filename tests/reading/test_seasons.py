"""Seasons such as 1999/00 are times, and no months."""

from __future__ import annotations

import numpy as np
import pytest

from sandbox.reading.recipe import Recipe
from sandbox.reading.table import Table, table_of

FORMS = ["{}/{:02d}", "{}-{:02d}", "{}/20{:02d}"]


def read(times: list[str]) -> Table:
    rows = [f"{time},{at * 7 % 11}.5\n" for at, time in enumerate(times)]
    return table_of(["time,goals\n", *rows], Recipe())


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("first", [1999, 2000, 2009])  # 2000/01 to 2011/12 could be months
@pytest.mark.parametrize("falling", [False, True])
def test_that_a_season_is_dated_by_its_first_year(form: str, first: int, falling: bool) -> None:
    years = list(range(first, first + 12))
    table = read([form.format(year, (year + 1) % 100) for year in years][:: -1 if falling else 1])
    assert table.times is not None
    assert np.array_equal(table.times.values.astype("datetime64[Y]").astype(int) + 1970, years)
    assert table.times.course.step == "1 year"
    assert not table.questions
    assert "each season in time is dated by its first year" in table.notes


def test_that_months_are_no_seasons() -> None:
    table = read([f"{2000 + at // 12}/{at % 12 + 1:02d}" for at in range(40)])
    assert table.times is not None
    assert table.times.course.step == "1 month"


def test_that_numbers_of_documents_are_no_seasons() -> None:
    assert read([f"2024/{at}" for at in range(17, 57)]).times is None
