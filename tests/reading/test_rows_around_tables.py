"""Rows above and below a table that look like its rows, and columns that measure nothing."""

from __future__ import annotations

import numpy as np
import pytest

from sandbox.reading.recipe import Recipe
from sandbox.reading.table import Table, table_of

DAYS = [f"2024-01-{day:02d}" for day in range(1, 29)]
VALUES = [3.5 + 0.25 * (day * 7 % 11) for day in range(1, 29)]

MONTHS = range(1, 13)


def read(text: str) -> Table:
    return table_of(text.splitlines(keepends=True), Recipe())


def rows(sign: str = ";") -> str:
    return "".join(f"{day}{sign}{value}\n" for day, value in zip(DAYS, VALUES, strict=True))


def test_that_a_date_above_the_names_is_no_row() -> None:
    table = read(f"Saison 2023/24;\n\nday;level\n{rows()}")
    assert table.questions == ()
    assert [column.name for column in table.columns] == ["level"]
    assert table.columns[0].values.tolist() == VALUES


def test_that_a_second_table_of_about_the_same_length_is_still_asked_about() -> None:
    head = "".join(f"{day};{value}\n" for day, value in zip(DAYS[:6], VALUES, strict=False))
    table = read(f"day;level\n{head}\nday;flow\n{rows()}")
    assert "table" in {question.about for question in table.questions}


def test_that_a_sum_without_a_label_is_left_out_and_told() -> None:
    table = read(f"day;level\n{rows()};{sum(VALUES)}\n")
    assert table.questions == ()
    assert "no time" in table.notes[0]
    assert table.columns[0].values.tolist() == VALUES
    assert table.times is not None
    assert not np.isnat(table.times.values).any()


def test_that_another_last_row_without_a_time_is_asked_about() -> None:
    (question,) = read(f"day;level\n{rows()};4.125\n").questions
    assert question.about == "skip_after"
    assert [dict(choices) for _, choices in question.mends] == [
        {"skip_after": 1},
        {"skip_after": 0},
    ]


def test_that_one_missing_time_makes_no_doubt_about_day_and_month() -> None:
    lines = rows().splitlines()
    lines[4] = ";4.5"
    assert read("day;level\n" + "\n".join(lines) + "\n").questions == ()


def test_that_counted_rows_below_a_table_are_no_row() -> None:
    for end in ("(28 rows)", "28 rows in set (0.01 sec)", "28 rows selected."):
        table = read(f"day;level\n{rows()}{end}\n")
        assert table.questions == ()
        assert table.columns[0].values.tolist() == VALUES


def test_that_hexadecimal_codes_are_no_numbers_though_most_look_so() -> None:
    codes = ["2a80", "1234", "5678", "9012", "12e4", "7e10", "5552"] * 4
    lines = [f"{line};{code}\n" for line, code in zip(rows().splitlines(), codes, strict=True)]
    table = read("day;level;packet\n" + "".join(lines))
    assert [column.name for column in table.columns] == ["level"]
    assert table.questions == ()


def test_that_marks_of_quality_and_places_are_left_out_and_told() -> None:
    lines = [f"{line};{10 if at < 20 else 3};41.534\n" for at, line in enumerate(rows().split())]
    table = read("day;level;QN_9;lat\n" + "".join(lines))
    assert [column.name for column in table.columns] == ["level"]
    assert len(table.notes) == 2


def test_that_names_and_units_stand_in_two_comments() -> None:
    lines = [f"{line} 1{at}.5 {at % 7}.1\n" for at, line in enumerate(rows(" ").split("\n")[:-1])]
    text = "".join(lines).replace("-", " ")
    table = read("#YY MM DD level wind temp\n#yr mo dy cm m/s degC\n" + text)
    names = [(column.name, column.unit) for column in table.columns]
    assert names == [("level", "cm"), ("wind", "m/s"), ("temp", "degC")]
    assert table.times is not None
    assert str(table.times.values[-1]) == "2024-01-28T00:00:00"


def test_that_millimetres_are_no_minutes() -> None:
    lines = "".join(f"2024,1,{at // 24 + 1},{at % 24},{at * 7 % 60}\n" for at in range(48))
    table = read("year,month,day,hour,mm\n" + lines)
    assert [column.name for column in table.columns] == ["mm"]


def test_that_names_stand_above_facts_about_them() -> None:
    text = "Label;Level of the river\nidBank;001572417\nupdated;26/02/2024 12:00\nPeriod;\n"
    table = read(text + rows())
    assert [column.name for column in table.columns] == ["Level of the river"]
    assert table.columns[0].values.tolist() == VALUES


def test_that_the_head_of_every_page_is_left_out_and_told() -> None:
    line, names = "-" * 40, "|Periode |   Erlöse |\n"
    pages = [
        f"06.05.2023   Listenausgabe   {page}\n{line}\n{names}{line}\n"
        + "".join(f"|{month:02d}.20{18 + page} | 1.{100 + month},5{page}-|\n" for month in MONTHS)
        + f"{line}\n\n"
        for page in (1, 2, 3)
    ]
    table = read("".join(pages) + f"|* Summe | 39.999,00-|\n{line}\n")
    assert table.questions == ()
    (column,) = table.columns
    assert column.values.tolist() == [
        -(1100 + m + 0.5 + p / 100) for p in (1, 2, 3) for m in MONTHS
    ]
    assert table.times is not None
    assert (str(table.times.values[9])[:7], str(table.times.values[-1])[:7]) == (
        "2019-10",
        "2021-12",
    )


FACTS = (
    "Station;Number;Net\nVisby;78400;Net of SMHI\n\nTime from;Time to;Height;Latitude;Longitude\n"
    "1949-01-01 00:00:00;2023-06-30 23:59:59;42.327;57.6627;18.3448\n\n"
)


@pytest.mark.parametrize("end", ["", ";"])
@pytest.mark.parametrize("remarks", [(), ("Checked data", "From 2024-01-01 on", "", "Codes:")])
def test_that_facts_above_and_remarks_beside_are_no_values(end: str, remarks: list[str]) -> None:
    beside = [f"G;;{text}" for text in remarks]
    told = [
        f"{day};00:00:00;{value};{beside[at] if at < len(beside) else f'G;{end}'}\n"
        for at, (day, value) in enumerate(zip(DAYS, VALUES, strict=True))
    ]
    table = read(f"{FACTS}Date;Time (UTC);level;Quality;;Span:\n{''.join(told)}")
    assert table.questions == ()
    assert [column.name for column in table.columns] == ["level"]
    assert table.columns[0].values.tolist() == VALUES
    assert table.times is not None
    assert str(table.times.values[0]).startswith("2024-01-01")


def test_that_names_of_two_groups_stand_above_others_with_an_empty_row_between() -> None:
    head = ",Tokyo,Tokyo,Osaka,Osaka\nday,rain,rain,rain,rain\n,,,,\n,,quality,,quality\n"
    told = [
        f"{day},{value},{8 - at % 2},{value + 1},{8 - at % 3}\n"
        for at, (day, value) in enumerate(zip(DAYS, VALUES, strict=True))
    ]
    table = read(head + "".join(told))
    assert [column.name for column in table.columns] == ["Tokyo rain", "Osaka rain"]
    assert table.times is not None
    assert table.times.name == "day"


@pytest.mark.parametrize("label", ["Summa", "*  Summe", "Итого", "Łącznie", "Totaal"])
def test_that_a_sum_in_the_column_of_years_is_left_out(label: str) -> None:
    told = "".join(f"{1741 + at}\t{40 + at % 7}\n" for at in range(20))
    table = read(f"Anno\tbaptizati\n{told}{label}\t{sum(40 + at % 7 for at in range(20))}\n")
    assert table.questions == ()
    assert [len(column.values) for column in table.columns] == [20]


def test_that_a_date_may_stand_among_names() -> None:
    three = "".join(f"{line};1.5\n" for line in rows().splitlines())
    table = read(f"2023-12-31;level;flow\n{three}")
    assert [column.name for column in table.columns] == ["level"]
    assert table.columns[0].values.tolist() == VALUES
    assert not read(f"2023-12-31;level\n{rows()}").columns[0].sure
