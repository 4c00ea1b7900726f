"""Several series in one table are told apart, and one is picked by what stands in a column."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest

from sandbox.reading import table_lines
from sandbox.reading.beside import VALUES, rows_beside
from sandbox.reading.recipe import Recipe, recipe_of
from sandbox.reading.several_series import offered
from sandbox.reading.table import Table, table_of
from sandbox.reading.table_files import read_table
from sandbox.validation import ExperimentError

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

STATIONS = ("North Weir", "B", "C")
DAYS = [f"2024-01-{day:02d}" for day in range(1, 9)]
PLACES = [(station, day) for station in STATIONS for day in DAYS]


def level_of(station: str, day: str) -> float:
    return 10.5 * STATIONS.index(station) + int(day[-2:])


def text_of(places: Iterable[tuple[str, str]]) -> str:
    rows = (f"{station},{day},{level_of(station, day)}" for station, day in places)
    return "\n".join(["station,date,level", *rows, ""])


def read(text: str, recipe: str = "") -> Table:
    return table_of(text.splitlines(keepends=True), recipe_of(recipe))


@pytest.mark.parametrize("by_day", [False, True], ids=["one below the other", "in turn"])
def test_that_one_of_several_series_is_picked_by_a_click(by_day: bool) -> None:
    text = text_of(sorted(PLACES, key=lambda place: place[1]) if by_day else PLACES)
    (question,) = read(text).questions
    assert question.about == "only"
    assert ("take turns" in question.text) == by_day
    *picks, (words, all_rows) = question.mends
    assert words == "All as one"
    for (words, choices), station in zip(picks, STATIONS, strict=True):
        table = read(text, str(Recipe().with_choices(dict(choices))))
        assert words == f"Only {station}"
        assert np.array_equal(table.columns[0].values, [level_of(station, day) for day in DAYS])
        assert not table.questions
        assert table.times is not None
        assert table.times.course.step == "1 day"
    whole = read(text, str(Recipe().with_choices(dict(all_rows))))
    assert len(whole.columns[0].values) == len(PLACES)
    assert not whole.questions


def test_that_two_columns_that_tell_series_apart_are_asked_about_in_turn() -> None:
    rows = [
        f"{day},{station},{what},{at}.5"
        for day in DAYS
        for at, (station, what) in enumerate([("A", "t"), ("A", "p"), ("B", "t"), ("B", "p")])
    ]
    text = "\n".join(["date,station,what,value", *rows, ""])
    (first,) = read(text).questions
    recipe = Recipe().with_choices(dict(first.mends[1][1]))
    (second,) = read(text, str(recipe)).questions
    recipe = recipe.with_choices(dict(second.mends[0][1]))
    assert recipe.only == "station=B what=t"
    assert np.array_equal(read(text, str(recipe)).columns[0].values, [2.5] * len(DAYS))


def test_that_years_that_begin_again_tell_series_apart() -> None:
    rows = [
        f"{land},{year},{at}{year}" for at, land in enumerate("FE", 1) for year in range(1990, 2000)
    ]
    text = "\n".join(["country,year,people", *rows, ""])
    (question,) = read(text).questions
    table = read(text, str(Recipe().with_choices(dict(question.mends[1][1]))))
    assert np.array_equal(table.columns[0].values, 20000 + np.arange(1990, 2000))
    assert table.times is not None
    assert len(table.columns) == 1


def test_that_a_time_that_comes_twice_now_and_then_is_no_second_series() -> None:
    rows = [f"{'AB'[at % 2]},2024-01-{at + 1:02d},{at}.5" for at in range(20)]
    text = "\n".join(["shift,date,level", *rows, rows[-1], ""])
    assert not read(text).questions


def test_that_what_may_be_picked_is_listed() -> None:
    table = read(text_of(PLACES))
    wanted = ["station=North Weir", "station=B", "station=C"]
    assert offered(table.layout, "", table.told_apart) == wanted
    assert offered(table.layout, "station=C", "") == wanted


def test_that_a_value_with_blanks_needs_no_quotes() -> None:
    table = read(text_of(PLACES), "only='station=North Weir'")
    assert np.array_equal(table.columns[0].values, [level_of(STATIONS[0], day) for day in DAYS])


@pytest.mark.parametrize(
    ("only", "says"),
    [("stop=B", "columns are station, date, level"), ("station=D", "North Weir, B, C")],
)
def test_that_a_condition_that_does_not_fit_says_what_does(only: str, says: str) -> None:
    with pytest.raises(ExperimentError, match=says) as caught:
        read(text_of(PLACES), f"only='{only}'")
    assert "data.only" in str(caught.value)


def test_that_rows_stand_beside_their_own_values(tmp_path: Path) -> None:
    path = tmp_path / "levels.csv"
    path.write_text(text_of(PLACES), "utf-8")
    rows = rows_beside(path, read_table(path, Recipe(only="station=B"))).rows
    told = [row for row in rows if row is not None and row.kind == VALUES]
    assert len(told) == len(DAYS)
    assert all(row.text == f"B,{','.join(row.cells)}" or row.cells[1] in row.text for row in told)
    assert all(float(row.text.split(",")[2]) == float(row.cells[1]) for row in told)


def test_that_a_large_table_is_picked_from_as_well(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    days = np.arange("1990-01-01", "2020-01-01", dtype="datetime64[D]").astype(str)
    rows = [f"{s},{day},{at}.{n}" for at, day in enumerate(days) for n, s in enumerate("ABC", 1)]
    path = tmp_path / "large.csv"
    path.write_text("\n".join(["station,date,level", *rows, "Source: office", ""]), "utf-8")
    monkeypatch.setattr(table_lines, "WHOLE", 1000)
    table = read_table(path, Recipe(only="station=B")).table
    assert np.array_equal(table.columns[0].values, np.arange(len(days)) + 0.2)


SHOPS = ["Bakery", "Landlord", "Power", "Telephone"]


def account(balance: float, *, kept: bool, newest_first: bool) -> str:
    """Bookings of several a day; the balance follows them if it is kept."""
    rows = []
    for at in range(60):
        amount = round(-20.25 - at * 7 % 13, 2)
        balance = round(balance + amount, 2)
        told = balance if kept else 500 + at * 11 % 17
        rows.append(f"2024-01-{1 + at // 2:02d},{SHOPS[at * 3 % 4]},{amount},{told}")
    return "\n".join(["day,payee,amount,balance", *(rows[::-1] if newest_first else rows), ""])


@pytest.mark.parametrize("newest_first", [False, True])
def test_that_the_payees_of_an_account_are_no_series(newest_first: bool) -> None:
    assert not read(account(3000, kept=True, newest_first=newest_first)).questions
    asked = read(account(3000, kept=False, newest_first=newest_first)).questions
    assert [question.about for question in asked] == ["only"]


@pytest.mark.parametrize("stations", [12, 2])
def test_that_rows_of_one_time_are_one_series_if_each_word_is_rare(stations: int) -> None:
    words = [f"Shop {at * 5 % stations}" for at in range(40)]
    rows = [f"2024-01-{1 + at // 2:02d},{word},{at * 7 % 13}.5" for at, word in enumerate(words)]
    table = read("\n".join(["day,payee,amount", *rows, ""]))
    told = "payee differs among rows of one time: read as one series" in table.notes
    asked = [question.about for question in table.questions]
    assert (told, asked) == ((True, []) if stations == 12 else (False, ["only"]))


@pytest.mark.parametrize("form", ["{}:00{}", "{}:00 {}", "{}:00{}m", "{}:00 {}M"])
def test_that_a_clock_of_twelve_hours_is_time_and_tells_no_series_apart(form: str) -> None:
    clock = [form.format((hour - 1) % 12 + 1, "ap"[hour // 12]) for hour in (0, 6, 12, 18)]
    rows = [
        f"{day:02d}/05/23 {at} {day}.{n}" for day in range(11, 21) for n, at in enumerate(clock)
    ]
    text = "\n".join(["Date,Time,level", *(row.replace(" ", ",", 1) for row in rows), ""])
    text = "\n".join(",".join([*line.rsplit(" ", 1)]) for line in text.split("\n"))
    table = read(text)
    assert table.questions == ()
    assert table.times is not None
    wanted = [f"2023-05-{day:02d}T{hour:02d}" for day in range(11, 21) for hour in (0, 6, 12, 18)]
    assert [str(time)[:13] for time in table.times.values] == wanted


def test_that_parts_of_a_second_make_no_doubles() -> None:
    rows = [
        f"2024-03-01 10:00:{at // 4:02d}.{at % 4 * 250:03d},{'AB'[at % 2]},{at % 7}.5"
        for at in range(80)
    ]
    table = read("\n".join(["time,shift,level", *rows, rows[-1], ""]))
    assert table.questions == ()
    assert table.times is not None
    assert table.times.course.doubles == 1
    assert "parts of a second are left out of time" in table.notes
