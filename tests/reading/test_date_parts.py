"""Times that stand in several columns of whole numbers."""

from __future__ import annotations

import datetime

import numpy as np
import pytest

from sandbox.reading.recipe import Recipe
from sandbox.reading.table import Table, table_of

DAYS = [datetime.date(2023, 11, 20) + datetime.timedelta(days=at) for at in range(60)]
VALUES = [10 + at * 7 % 13 / 2 for at in range(60)]


def read(header: str, rows: list[str]) -> Table:
    lines = [header] * bool(header) + [
        f"{row},{value}" for row, value in zip(rows, VALUES, strict=True)
    ]
    return table_of([f"{line}\n" for line in lines], Recipe())


@pytest.mark.parametrize(
    "header",
    ["Year,Month,Day,level", "obs_year,obs_month,obs_day,level", "", "Jahr,Monat,Tag,Pegel"],
)
def test_that_year_month_and_day_are_days(header: str) -> None:
    table = read(header, [f"{day.year},{day.month},{day.day}" for day in DAYS])
    assert table.times is not None
    assert np.array_equal(table.times.values, np.array(DAYS, "datetime64[s]"))
    assert len(table.columns) == 1


@pytest.mark.parametrize("header", ["year,month,level", ""])
def test_that_year_and_month_are_months(header: str) -> None:
    table = read(header, [f"{2015 + at // 12},{at % 12 + 1}" for at in range(60)])
    assert table.times is not None
    assert table.times.course.step == "1 month"
    assert table.times.values[13] == np.datetime64("2016-02-01")
    assert len(table.columns) == 1


@pytest.mark.parametrize("quarter", ["{}", "Q{}"])
def test_that_year_and_quarter_are_quarters(quarter: str) -> None:
    rows = [f"{2010 + at // 4},{quarter.format(at % 4 + 1)}" for at in range(60)]
    table = read("year,qtr,level", rows)
    assert table.times is not None
    assert table.times.course.step == "1 quarter"
    assert table.times.values[5] == np.datetime64("2011-04-01")
    assert not table.questions


def test_that_year_and_week_are_weeks_and_no_days() -> None:
    weeks = [datetime.date(2021, 1, 4) + datetime.timedelta(weeks=at) for at in range(60)]
    told = [week.isocalendar() for week in weeks]
    table = read("year,week,level", [f"{each.year},{each.week}" for each in told])
    assert table.times is not None
    assert np.array_equal(table.times.values, np.array(weeks, "datetime64[s]"))


@pytest.mark.parametrize("first", [0, 1])
def test_that_dates_that_repeat_have_the_hours_beside_them(first: int) -> None:
    table = read("date,hour,load", [f"{DAYS[at // 24]},{at % 24 + first}" for at in range(60)])
    assert table.times is not None
    assert table.times.course.step == "1 hour"
    assert table.times.course.doubles == 0
    assert [column.name for column in table.columns] == ["load"]


def test_that_parts_of_other_things_are_no_times() -> None:
    rows = [f"{2010 + at // 12},{at % 5 + 1}" for at in range(60)]
    table = read("year,rain_month,level", rows)
    assert "rain_month" in [column.name for column in table.columns]


@pytest.mark.parametrize("header", ["", ",level,flow\n", "Levels and flows\n"])
@pytest.mark.parametrize("first", [1990, 40])
def test_that_years_without_a_name_are_times_and_other_counters_are_none(
    header: str, first: int
) -> None:
    rows = [f"{first + at},{at * 7 % 11}.5,{at * 3 % 7}\n" for at in range(12)]
    table = table_of([*([header] if header else []), *rows], Recipe())
    assert len(table.columns) == 2
    assert (table.times is not None) == (first == 1990)
    if table.times is not None:
        assert str(table.times.values[-1])[:4] == "2001"
