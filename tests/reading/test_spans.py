"""Times that are told with their ends, as statistics programs do, or as a day and an hour."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest

from sandbox.reading.recipe import Recipe
from sandbox.reading.table import Table, table_of
from sandbox.reading.time_formats import tidy_time

LEVELS = [3.5, 4.25, 4.0, 3.75, 5.0, 2.5, 4.5, 3.25]


def read(header: str, times: list[str]) -> Table:
    rows = [f"{time};{level}\n" for time, level in zip(times, LEVELS, strict=True)]
    return table_of([f"{header};level\n", *rows], Recipe())


@pytest.mark.parametrize(
    ("form", "sign"),
    [
        ("%d.%m.%Y %H:%M", " - "),
        ("%Y-%m-%d %H:%M:%S", " to "),
        ("%Y-%m-%dT%H:%MZ", "/"),
        ("%d.%m.%Y %H:%M", " \u2013 "),
        ("%Y%m%d%H%M", "-"),
    ],
)
def test_that_a_span_is_the_time_at_which_it_begins(form: str, sign: str) -> None:
    begins = np.datetime64("2024-03-28T20:00") + np.arange(9) * np.timedelta64(1, "h")
    told = [each.item().strftime(form) for each in begins]
    table = read("time", [f"{a}{sign}{b}" for a, b in pairwise(told)])
    assert table.questions == ()
    assert table.times is not None
    assert (table.times.values == begins[:8]).all()


@pytest.mark.parametrize(
    "cell", ["2024-03-28 - 05:00", "2024-03-28", "28-03-2024", "03/28/2024", "12-Mar-2024 05:00"]
)
def test_that_a_time_with_such_signs_is_no_span(cell: str) -> None:
    assert tidy_time(cell) == cell


def test_that_numbers_with_a_dash_between_stay_what_they_are() -> None:
    assert read("score", [f"1{at}-1{at + 1}" for at in range(8)]).times is None


@pytest.mark.parametrize(
    ("times", "step"),
    [
        ([f"1990m{at}" for at in range(5, 13)], "1 month"),
        ([f"199{at // 4}q{at % 4 + 1}" for at in range(8)], "1 quarter"),
        ([f"1990w{at}" for at in range(5, 13)], "1 week"),
    ],
)
def test_that_statas_months_quarters_and_weeks_are_times(times: list[str], step: str) -> None:
    table = read("time", times)
    assert table.times is not None
    assert (table.times.course.step, table.times.course.gaps) == (step, 0)


def test_that_square_metres_are_no_months() -> None:
    table = read("area", ["1990m2", "850m2", "1200m2", "940m2", "1850m2", "700m2", "99m2", "80m2"])
    assert table.times is None
    assert table.columns[0].values.tolist()[:3] == [1990, 850, 1200]


def test_that_year_day_and_hour_are_one_time() -> None:
    rows = [f"2015 {365 if at < 4 else 366} {20 + at % 4}\n" for at in range(8)]
    lines = [f"{row.strip()} {level}\n" for row, level in zip(rows, LEVELS, strict=True)]
    table = table_of(["YEAR DOY HR level\n", *lines], Recipe())
    assert [column.name for column in table.columns] == ["level"]
    assert table.times is not None
    assert table.times.name == "YEAR DOY HR"
    assert str(table.times.values[0]) == "2015-12-31T20:00:00"


def test_that_hours_that_come_twice_are_no_times() -> None:
    lines = [f"2015 74 {at // 2} {level}\n" for at, level in enumerate(LEVELS)]
    table = table_of(["a b c level\n", *lines], Recipe())
    assert table.times is None


def test_that_24_00_beside_a_date_is_the_end_of_its_day() -> None:
    rows = [f"2024-03-{1 + n // 24:02d};{n % 24 + 1:02d}:00;{n % 7}.5\n" for n in range(96)]
    table = table_of(["date;hour;level\n", *rows], Recipe())
    assert table.times is not None
    assert str(table.times.values[23]) == "2024-03-02T00:00:00"
    assert table.times.course.step == "1 hour"
    assert (table.times.course.gaps, table.times.course.doubles) == (0, 0)
